// Command measure runs one command and writes what it cost to a file, as one
// line: CPU nanoseconds (user and system), wall nanoseconds, peak memory in
// bytes (0 where the system does not say). Children that the command waited
// for are in its CPU time; the peak is that of the largest single process.
//
// It is a program of its own because a child's peak memory on Linux is never
// below its parent's: the child starts in the parent's address space, and
// exec carries that peak over. So the parent must be small; the benchmark
// itself, which builds sites and compresses workers, is not.
package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"time"
)

func main() {
	// Without arguments it does nothing: that run is the least that it can
	// measure, and the benchmark prints it.
	if len(os.Args) == 1 {
		return
	}
	if len(os.Args) < 3 {
		fmt.Fprintln(os.Stderr, "usage: measure REPORT COMMAND [ARGUMENT...]")
		os.Exit(2)
	}
	code, err := measure(os.Args[1], os.Args[2:])
	if err != nil {
		fmt.Fprintln(os.Stderr, "measure:", err)
		os.Exit(1)
	}
	os.Exit(code)
}

func measure(report string, args []string) (exitCode int, err error) {
	cmd := exec.Command(args[0], args[1:]...)
	cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
	start := time.Now()
	err = cmd.Run()
	wall := time.Since(start)
	var failed *exec.ExitError
	if err != nil && !errors.As(err, &failed) {
		return 0, err
	}
	state := cmd.ProcessState
	line := fmt.Sprintln(
		(state.UserTime() + state.SystemTime()).Nanoseconds(), wall.Nanoseconds(), peak(state))
	return state.ExitCode(), os.WriteFile(report, []byte(line), 0o666)
}
