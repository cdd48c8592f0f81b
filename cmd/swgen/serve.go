package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/swgen/swgen/internal/preview"
)

// serving are the flags of serve.
type serving struct {
	common
	listen         string
	offline, exact bool
}

func serveCommand(a *app) *cobra.Command {
	s := &serving{}
	cmd := &cobra.Command{
		Use:   "serve DIR",
		Short: "Serve a site as its host will, with its worker, and show who answers each request",
		Long: "Serve a site as its host will (--host), under its base path, with the worker that a build would write;\n" +
			"nothing is written. Each request is shown with who answered it: the network, the worker, or the\n" +
			"browser's own cache. Type o and Enter to switch the network off and on, or use the page /.swgen/.",
		Args:              oneDirectory,
		ValidArgsFunction: directories,
	}
	flags := cmd.Flags()
	flags.SortFlags = false
	flags.StringVar(&s.listen, "listen", "localhost:4173", "`ADDRESS` to listen at; with port 0 any that is free")
	flags.BoolVar(&s.offline, "offline", false, "begin with the network switched off")
	flags.BoolVar(&s.exact, "exact", false, "send pages as they are, without the script that reports what the worker answers")
	flags.BoolVar(&s.json, "json", false, "print requests as JSON, one a line")
	s.addTo(cmd)
	cmd.RunE = func(cmd *cobra.Command, args []string) error { return s.run(cmd.Context(), a, args[0]) }
	return cmd
}

func (s *serving) run(ctx context.Context, a *app, dir string) error {
	loaded, site, err := s.open(a, dir)
	if err != nil {
		return err
	}
	result, err := a.build(ctx, site.files, loaded.Config)
	if err != nil {
		return err
	}
	s.tellFindings(a.stderr, s.paint(a, a.talk), newReport(site, result, loaded).Findings)
	server := preview.New(result.Handler(site.files), preview.Options{Exact: s.exact, Log: func(l preview.Line) { _ = a.print(s.line(a, l)) }})
	server.Offline(s.offline)
	listener, err := net.Listen("tcp", s.listen)
	if err != nil {
		return &usageError{err.Error(), "choose another address with --listen, such as localhost:0 for any port that is free"}
	}
	home := "http://" + shown(listener.Addr()) + result.Found.Base
	fmt.Fprintf(a.stderr, "serving %s as %s does at %s, stop with Ctrl-C; the network is switched at %s\n",
		site.given, result.Found.Host, home, "http://"+shown(listener.Addr())+preview.Prefix)
	if a.stdin != nil {
		go s.keys(a, server)
	}
	return listen(ctx, listener, server)
}

// listen serves until the context ends.
func listen(ctx context.Context, listener net.Listener, handler http.Handler) error {
	server := &http.Server{Handler: handler, ReadHeaderTimeout: 10 * time.Second}
	stop := context.AfterFunc(ctx, func() {
		last, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		if server.Shutdown(last) != nil {
			_ = server.Close() // connections that do not end by themselves
		}
	})
	defer stop()
	if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

// shown is an address as people type it: browsers take localhost for secure.
func shown(address net.Addr) string {
	tcp, ok := address.(*net.TCPAddr)
	if ok && (tcp.IP.IsLoopback() || tcp.IP.IsUnspecified()) {
		return fmt.Sprintf("localhost:%d", tcp.Port)
	}
	return address.String()
}

// keys obeys what is typed.
func (s *serving) keys(a *app, server *preview.Server) {
	for lines := bufio.NewScanner(a.stdin); lines.Scan(); {
		switch strings.TrimSpace(lines.Text()) {
		case "o":
			server.Offline(!server.IsOffline())
			state := "on"
			if server.IsOffline() {
				state = "off"
			}
			fmt.Fprintf(a.stderr, "the network is %s\n", state)
		case "":
		default:
			fmt.Fprintln(a.stderr, "o switches the network off and on")
		}
	}
}

var whoColor = map[preview.Who]string{preview.Worker: green, preview.Network: yellow, preview.Cache: cyan, preview.Nobody: red}

// line is a request as one line.
func (s *serving) line(a *app, l preview.Line) string {
	if s.json {
		return compact(l)
	}
	status := "  -"
	if l.Status != 0 {
		status = fmt.Sprint(l.Status)
	}
	who := s.paint(a, a.terminal).in(whoColor[l.Who], fmt.Sprintf("%-8s", l.Who))
	return fmt.Sprintf("%s %s %-5s %-50s %10s  %s\n", who, status, l.Method, printable(l.URL), size(l.Bytes), l.For)
}
