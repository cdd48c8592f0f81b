package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"runtime/debug"
	"strings"
	"time"

	"github.com/swgen/swgen"
	"github.com/swgen/swgen/internal/options"
	"github.com/swgen/swgen/internal/output"
)

// app is what a run of the command touches of the world.
type app struct {
	stdout, stderr io.Writer
	stdin          io.Reader // nil unless somebody types
	environ        []string
	getenv         func(string) string
	// terminal and talk say whether stdout and stderr are terminals.
	terminal, talk bool
	now            func() time.Time
	build          func(context.Context, fs.FS, swgen.Config) (*swgen.Result, error)
	kill           func(swgen.Config) (*swgen.Result, error)
}

// The exit codes.
const (
	exitGood     = 0
	exitFindings = 1
	exitUsage    = 2
	exitFailure  = 3
)

// errFindings ends a run whose findings were told already.
var errFindings = errors.New("there are findings")

// usageError is a mistake in the arguments.
type usageError struct{ message, hint string }

func (e *usageError) Error() string { return e.message }

// run is the whole command; it returns the exit code. A panic is a failure as
// well: the code that Go gives it would read as a usage error.
func (a *app) run(ctx context.Context, args []string) (code int) {
	defer func() {
		if caught := recover(); caught != nil {
			a.tellOne(fmt.Sprintf("internal error: %v", caught), string(debug.Stack()), "this is a mistake in swgen; please report it")
			code = exitFailure
		}
	}()
	root := newRoot(a)
	root.SetArgs(args)
	root.SetOut(a.stdout)
	root.SetErr(a.stderr)
	err := root.ExecuteContext(ctx)
	a.tell(err)
	return exitCode(err)
}

// exitCode is the one place where errors become codes.
func exitCode(err error) int {
	var usage *usageError
	var mistakes options.Errors
	var refused *output.RefusedError
	var child *childError
	switch {
	case err == nil:
		return exitGood
	case errors.As(err, &child):
		return child.code
	case errors.Is(err, errFindings):
		return exitFindings
	case errors.As(err, &usage), errors.As(err, &mistakes), errors.As(err, &refused):
		return exitUsage
	}
	return exitFailure
}

// tell prints an error with its remedy.
func (a *app) tell(err error) {
	var usage *usageError
	var mistakes options.Errors
	var refused *output.RefusedError
	var child *childError
	switch {
	case err == nil, errors.Is(err, errFindings), errors.As(err, &child):
	case errors.As(err, &mistakes):
		for _, m := range mistakes {
			a.tellOne(m.Error(), m.Excerpt, m.Hint)
		}
	case errors.As(err, &usage):
		a.tellOne(usage.message, "", usage.hint)
	case errors.As(err, &refused):
		a.tellOne(refused.Message, "", refused.Hint)
	case errors.Is(err, context.Canceled):
		a.tellOne("interrupted; nothing was written", "", "")
	default:
		a.tellOne(err.Error(), "", "")
	}
}

func (a *app) tellOne(message, excerpt, hint string) {
	fmt.Fprintf(a.stderr, "swgen: %s\n", message)
	if excerpt != "" {
		fmt.Fprintln(a.stderr, excerpt)
	}
	if hint != "" {
		fmt.Fprintf(a.stderr, "  %s\n", strings.ReplaceAll(hint, "\n", "\n  "))
	}
}

// print writes a result to stdout; a full disk behind it must not look like
// success.
func (a *app) print(text string) error {
	if _, err := io.WriteString(a.stdout, text); err != nil {
		return fmt.Errorf("writing the result: %w", err)
	}
	return nil
}
