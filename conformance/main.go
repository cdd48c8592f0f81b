// Command conformance runs the Web Platform Tests, unmodified, in the bundled
// test runtime and compares the results with the committed list of expected
// failures.
//
// It knows where the tests come from, which of them run wholly in a worker,
// who serves them and what is expected of them. It does not know how a worker
// is run: that is behind Runtime.
//
//	go run ./conformance [-suite DIR]... [-update] [-v] [-jobs N]
//	go run ./conformance -list
//
// The first run fetches the tests into .wpt (see fetch.go); python3 serves
// them. Exit codes: 0 as expected, 1 differences, 2 usage, 3 anything else.
package main

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"strings"
	"time"
)

const (
	wptDir       = ".wpt"
	expectedFile = "conformance/expected.txt"
)

var (
	errDiffer    = errors.New("the results are not the expected ones")
	errUsage     = errors.New("usage")
	errNoRuntime = errors.New("no runtime is linked in: only -list works")
)

// options are the flags of the command.
type options struct {
	suites  []string
	update  bool
	verbose bool
	list    bool
	jobs    int
	mirror  string
}

func main() {
	err := run(os.Args[1:], engine{}, os.Stdout, os.Stderr)
	switch {
	case err == nil:
		return
	case errors.Is(err, errUsage):
		os.Exit(2)
	}
	fmt.Fprintln(os.Stderr, "conformance:", err)
	if errors.Is(err, errDiffer) {
		os.Exit(1)
	}
	os.Exit(3)
}

func run(args []string, engine Runtime, stdout, stderr io.Writer) error {
	if len(args) == 2 && args[0] == childCommand {
		var srv proxy
		if err := json.Unmarshal([]byte(args[1]), &srv); err != nil {
			return fmt.Errorf("the addresses of the server: %w", err)
		}
		return serveTests(engine, srv, os.Stdin, stdout)
	}
	opts, err := parseFlags(args, stderr)
	if err != nil {
		return err
	}
	was, err := readExpected(expectedFile)
	if err != nil {
		return err
	}
	version, err := fetch(source{Dir: wptDir, Mirror: opts.mirror, Pin: was.Version, Log: stderr})
	if err != nil {
		return err
	}
	all, err := enumerate(os.DirFS(wptDir))
	if err != nil {
		return err
	}
	plan := all.within(opts.suites)
	if len(plan.Tests) == 0 {
		return fmt.Errorf("no test is in %s", strings.Join(opts.suites, ", "))
	}
	if opts.list {
		return plan.list(stdout)
	}
	if was.Version != version && was.Version != "" {
		fmt.Fprintf(stderr, "conformance: %s was written for %s, these tests are %s\n", expectedFile, was.Version, version)
	}
	srv, err := startServer(wptDir, stderr)
	if err != nil {
		return err
	}
	defer srv.stop()
	if err := selfCheck(srv.proxy); err != nil {
		return err
	}
	if engine == nil {
		return errNoRuntime
	}
	return opts.runTests(srv.proxy, plan, was, version, stdout)
}

func parseFlags(args []string, stderr io.Writer) (options, error) {
	opts := options{}
	flags := flag.NewFlagSet("conformance", flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.Func("suite", "run only what is in this `directory` of the tests, or this file; may be repeated", func(dir string) error {
		opts.suites = append(opts.suites, strings.Trim(dir, "/"))
		return nil
	})
	flags.BoolVar(&opts.update, "update", false, "rewrite "+expectedFile+", keeping the reasons, and without -suite the results in "+readmeFile)
	flags.BoolVar(&opts.verbose, "v", false, "print each test as it ends, and each subtest that fails")
	flags.BoolVar(&opts.list, "list", false, "print the tests and how each would be started; run nothing")
	flags.IntVar(&opts.jobs, "jobs", runtime.NumCPU(), "`number` of processes that run tests")
	flags.StringVar(&opts.mirror, "mirror", "", "Debian `'URL RELEASE'` to fetch the tests from, for machines that are not Debian's")
	if err := flags.Parse(args); err != nil {
		return options{}, errUsage
	}
	if flags.NArg() > 0 || opts.jobs < 1 {
		flags.Usage()
		return options{}, errUsage
	}
	return opts, nil
}

// runTests runs the plan and prints what differs from what was expected.
func (opts options) runTests(srv proxy, plan plan, was expected, version string, stdout io.Writer) error {
	self, err := os.Executable()
	if err != nil {
		return err
	}
	addresses, err := json.Marshal(srv)
	if err != nil {
		return err
	}
	tests, leftOut := was.leaveOut(plan.Tests)
	pool := pool{Jobs: opts.jobs, Command: func() *exec.Cmd {
		return exec.Command(self, childCommand, string(addresses))
	}}
	if opts.verbose {
		pool.Done = func(o outcome) { o.print(stdout) }
	}
	began := time.Now()
	outcomes := pool.run(tests)
	took := time.Since(began)

	selected := selection(opts.suites)
	if opts.update {
		now := was.updated(outcomes, plan.Tests, selected)
		if len(opts.suites) == 0 || was.Version == "" {
			now.Version = version
		}
		if err := os.WriteFile(expectedFile, []byte(now.text()), 0o666); err != nil {
			return err
		}
		was = now
	}
	report := compare(was, outcomes, plan.Tests, selected)
	report.count(plan, outcomes, leftOut)
	report.print(stdout)
	if opts.update && len(opts.suites) == 0 {
		if err := updateReadme(readmeFile, report.table(version)); err != nil {
			return err
		}
	}
	fmt.Fprintf(stdout, "%s, %d processes, %s\n", version, opts.jobs, took.Round(time.Second/10))
	if !report.good() {
		return errDiffer
	}
	return nil
}

// selection is the directories and files given by -suite; empty is everything.
type selection []string

func (s selection) has(path string) bool {
	return len(s) == 0 || slices.ContainsFunc(s, func(dir string) bool { return inside(path, dir) })
}

// inside says whether path is dir or in it.
func inside(path, dir string) bool {
	rest, ok := strings.CutPrefix(path, dir)
	return ok && (rest == "" || rest[0] == '/' || rest[0] == '?')
}
