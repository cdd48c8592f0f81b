// Swgen makes a static site work offline: it writes a manifest of the site's
// files and a service worker that precaches them. This package knows arguments,
// the environment, terminals and exit codes, and how a result reads; it does
// not know how anything is built.
package main

import (
	"context"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"
	"time"

	"golang.org/x/term"

	"github.com/swgen/swgen"
)

func main() {
	// A build is short and its memory small (30 MB at 10,000 files): collecting
	// garbage less often saves a tenth of its CPU time.
	debug.SetGCPercent(200)
	// After the first signal a second one kills, whatever is going on.
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop)
	a := &app{
		stdout:   os.Stdout,
		stderr:   os.Stderr,
		environ:  os.Environ(),
		getenv:   os.Getenv,
		terminal: term.IsTerminal(int(os.Stdout.Fd())),
		talk:     term.IsTerminal(int(os.Stderr.Fd())),
		now:      time.Now,
		build:    swgen.Build,
		kill:     swgen.Kill,
	}
	if term.IsTerminal(int(os.Stdin.Fd())) {
		a.stdin = os.Stdin
	}
	os.Exit(a.run(ctx, os.Args[1:]))
}
