package main

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"github.com/swgen/swgen/internal/preview"
	"github.com/swgen/swgen/internal/watch"
	"github.com/swgen/swgen/manifest"
)

// watching are the flags of watch.
type watching struct {
	common
	prod, serve, noVerify bool
	listen                string
	poll                  time.Duration
}

func watchCommand(a *app) *cobra.Command {
	w := &watching{}
	cmd := &cobra.Command{
		Use:   "watch DIR",
		Short: "Build again whenever the site changes, for development",
		Long: `Build the site in DIR again whenever its generator writes into it, until Ctrl-C.

What is written is for development: a worker that never caches, removes a
production worker and what it stored from your browser, and pages that register
none. So you always see what you have just written. With --prod the worker is
the one that visitors get, to try how the site works offline.
Run swgen build before you deploy.`,
		Example: `  hugo --watch & swgen watch public --serve
  swgen watch dist --prod --serve --host cloudflare-pages`,
		Args:              oneDirectory,
		ValidArgsFunction: directories,
	}
	flags := cmd.Flags()
	flags.SortFlags = false
	flags.BoolVar(&w.prod, "prod", false, "write the worker that visitors get")
	flags.BoolVar(&w.serve, "serve", false, "serve the site as its host will, too; pages reload when a build is ready")
	flags.StringVar(&w.listen, "listen", "localhost:4173", "`ADDRESS` for --serve to listen at; with port 0 any that is free")
	flags.DurationVar(&w.poll, "poll", 0, "look at all files every `TIME`, such as 700ms, for network drives and containers that tell of no changes")
	flags.BoolVar(&w.noVerify, "no-verify", false, "write the worker of --prod without holding it to its promises first")
	flags.BoolVar(&w.json, "json", false, "print each build as a line of JSON")
	w.addTo(cmd)
	cmd.RunE = func(cmd *cobra.Command, args []string) error { return w.run(cmd.Context(), a, args[0]) }
	return cmd
}

func (w *watching) check() error {
	switch {
	case w.poll < 0 || w.poll > 0 && w.poll < 10*time.Millisecond:
		return &usageError{fmt.Sprintf("--poll %v is too often", w.poll), "700ms is a good time"}
	case w.noVerify && !w.prod:
		return &usageError{"--no-verify does nothing without --prod", "the worker for development holds no promise"}
	}
	return nil
}

func (w *watching) run(ctx context.Context, a *app, dir string) error {
	if err := w.check(); err != nil {
		return err
	}
	loaded, err := w.load(a)
	if err != nil {
		return err
	}
	loaded.Config.Project = os.DirFS(filepath.Dir(loaded.File))
	if info, err := os.Stat(dir); err == nil && !info.IsDir() {
		_, err := openSite(dir)
		return err
	}
	s := &session{watching: w, app: a, dir: dir, loaded: loaded, known: make(map[string]manifest.Hash)}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	served := make(chan error, 1)
	if w.serve {
		listener, err := net.Listen("tcp", w.listen)
		if err != nil {
			return &usageError{err.Error(), "choose another address with --listen, such as localhost:0 for any port that is free"}
		}
		s.address = "http://" + shown(listener.Addr())
		s.preview = preview.New(http.HandlerFunc(s.serveSite), preview.Options{Live: true, Log: func(preview.Line) {}})
		go func() {
			served <- listen(ctx, listener, s.preview)
			stop()
		}()
	} else {
		served <- nil
	}
	watch.Watch(ctx, watch.Options{Dir: dir, Poll: w.poll, Say: s.say}, s.batch(ctx))
	return <-served
}
