package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"time"
)

// A worker that somebody else wrote may do what the engine cannot stop, or
// crash it. So verify runs in a child process: this same program with the same
// arguments, which knows by the environment that it is the child.
const childVariable = "_SWGEN_CHILD"

// inChild runs the command again in a child and ends as it does.
func (a *app) inChild(ctx context.Context, limit time.Duration) error {
	self, err := os.Executable()
	if err != nil {
		return fmt.Errorf("finding this program again: %w", err)
	}
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	child := exec.CommandContext(ctx, self, os.Args[1:]...)
	child.Env = append(os.Environ(), childVariable+"=1")
	child.Stdout, child.Stderr = a.stdout, a.stderr
	child.Cancel = func() error { return child.Process.Kill() }
	err = child.Run()
	var ended *exec.ExitError
	switch {
	case err == nil:
		return nil
	case errors.Is(ctx.Err(), context.DeadlineExceeded):
		a.tellOne(fmt.Sprintf("the verification did not end within %v", limit), "",
			"the worker keeps the engine busy where it cannot be stopped; a longer time can be given with --timeout")
		return errFindings
	case ctx.Err() != nil:
		return ctx.Err()
	case errors.As(err, &ended) && ended.ExitCode() > 0:
		return &childError{ended.ExitCode()}
	}
	return fmt.Errorf("the process that verifies ended: %w", err)
}

// childError is the exit code of a child that has told why.
type childError struct{ code int }

func (e *childError) Error() string { return fmt.Sprintf("the child ended with code %d", e.code) }
