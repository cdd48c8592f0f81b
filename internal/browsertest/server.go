package browsertest

import (
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
)

// Server serves static sites on http://localhost:PORT, a secure context, and remembers what it was asked.
type Server struct {
	port int
	base string // of the first site, the one that Swap replaces

	mu           sync.Mutex
	http         *http.Server // nil while down
	sites        []site       // longest base first
	intercepts   []*intercept
	requests     []Request
	inFlight     int
	peak         int
	cacheControl string
	ranges       bool
}

// Request is one request that reached a Server.
type Request struct {
	Method string
	Path   string // decoded, with the base path
	Query  string
	Header http.Header
	// Dest is Sec-Fetch-Dest: "document", "script", "empty" for fetch(), "serviceworker" for a worker's script.
	Dest string
	// WorkerScript says that a browser asked for the script of a service worker, to install or to update it.
	WorkerScript bool
}

// Serve starts a Server with fsys under base ("/" or "/repo/") and closes it when the test ends.
func Serve(tb testing.TB, base string, fsys fs.FS) *Server {
	tb.Helper()
	s, err := NewServer(base, fsys)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(s.Down)
	return s
}

// nextPort counts through the ports, from a random one on. No port may come
// twice in a process: tests share browsers, and the worker of an earlier test
// would answer for its origin.
var nextPort = func() *atomic.Int32 {
	n := new(atomic.Int32)
	n.Store(rand.Int32N(10000))
	return n
}()

// NewServer is Serve for callers without a testing.TB; they call Down at the end.
func NewServer(base string, fsys fs.FS) (*Server, error) {
	s := &Server{base: cleanBase(base), cacheControl: "no-store"}
	s.Mount(base, fsys)
	// The port lies below the ephemeral range. There, while the server is down, a client's socket could be given the
	// very port it wants to reach: TCP then connects it to itself.
	for range 100 {
		s.port = 20000 + int(nextPort.Add(1))%10000
		err := s.Up()
		if err == nil {
			return s, nil
		}
		if !errors.Is(err, syscall.EADDRINUSE) {
			return nil, err
		}
	}
	return nil, errors.New("browsertest: no free port between 20000 and 29999")
}

// URL returns the absolute URL of a path on the server, as in URL("/repo/index.html").
func (s *Server) URL(path string) string {
	return fmt.Sprintf("http://localhost:%d%s", s.port, path)
}

// Up listens again on the same port after Down.
func (s *Server) Up() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.http != nil {
		return nil
	}
	ln, err := net.Listen("tcp4", fmt.Sprintf("127.0.0.1:%d", s.port))
	if err != nil {
		return fmt.Errorf("browsertest: %w", err)
	}
	srv := new(http.Server)
	srv.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		// Close misses a connection that was accepted but isn't tracked yet; such a late one finds its server gone.
		if !s.begin(srv, r) {
			panic(http.ErrAbortHandler)
		}
		defer s.end()
		s.handle(w, r)
	})
	s.http = srv
	go srv.Serve(ln)
	return nil
}

// Down closes the listener and every connection: from now on the origin can't be reached.
func (s *Server) Down() {
	s.mu.Lock()
	srv := s.http
	s.http = nil
	s.mu.Unlock()
	if srv != nil {
		srv.Close()
	}
}

// Mount puts a site under a base path, beside the others or in place of the one that was there.
func (s *Server) Mount(base string, fsys fs.FS) {
	base = cleanBase(base)
	s.mu.Lock()
	defer s.mu.Unlock()
	sites := slices.DeleteFunc(slices.Clone(s.sites), func(m site) bool { return m.base == base })
	sites = append(sites, site{base: base, fsys: fsys})
	slices.SortFunc(sites, func(a, b site) int { return len(b.base) - len(a.base) })
	s.sites = sites
}

// Swap deploys a new version of the site that the server was started with. A request sees the old files or the new.
func (s *Server) Swap(fsys fs.FS) { s.Mount(s.base, fsys) }

// SetCacheControl replaces "no-store"; "" sends no Cache-Control header.
func (s *Server) SetCacheControl(value string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.cacheControl = value
}

// SetRanges says whether Range requests get a 206. By default they get everything, as they may.
func (s *Server) SetRanges(on bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ranges = on
}

// Requests returns what was asked since the start or the last Reset, in order of arrival. Requests of pages for
// /favicon.ico are answered but not remembered: Chromium makes them of its own accord, at times of its own.
func (s *Server) Requests() []Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.requests)
}

// Paths returns the paths of Requests with their queries, sorted, one for each request.
func (s *Server) Paths() []string {
	paths := []string{}
	for _, r := range s.Requests() {
		p := r.Path
		if r.Query != "" {
			p += "?" + r.Query
		}
		paths = append(paths, p)
	}
	slices.Sort(paths)
	return paths
}

// Count returns how often a path was asked, whatever the query.
func (s *Server) Count(path string) int {
	n := 0
	for _, r := range s.Requests() {
		if r.Path == path {
			n++
		}
	}
	return n
}

// Peak returns the most requests that were in flight at one time.
func (s *Server) Peak() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.peak
}

// Reset forgets the requests and the peak.
func (s *Server) Reset() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.requests, s.peak = nil, s.inFlight
}

func (s *Server) begin(srv *http.Server, r *http.Request) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.http != srv {
		return false
	}
	s.inFlight++
	if r.URL.Path == iconPath && r.Header.Get("Sec-Fetch-Dest") == "image" {
		return true
	}
	s.peak = max(s.peak, s.inFlight)
	s.requests = append(s.requests, Request{
		Method:       r.Method,
		Path:         r.URL.Path,
		Query:        r.URL.RawQuery,
		Header:       r.Header.Clone(),
		Dest:         r.Header.Get("Sec-Fetch-Dest"),
		WorkerScript: r.Header.Get("Service-Worker") == "script",
	})
	return true
}

func (s *Server) end() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.inFlight--
}

func (s *Server) handle(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	intercepts := slices.Clone(s.intercepts)
	s.mu.Unlock()
	for _, f := range intercepts {
		if f.handle(w, r) {
			return
		}
	}
	s.serveSite(w, r)
}

func (s *Server) serveSite(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	sites, cacheControl, ranges := s.sites, s.cacheControl, s.ranges
	s.mu.Unlock()
	if cacheControl != "" {
		w.Header().Set("Cache-Control", cacheControl)
	}
	for _, m := range sites {
		if name, ok := strings.CutPrefix(r.URL.Path, m.base); ok {
			m.serve(w, r, name, ranges)
			return
		}
		if r.URL.Path+"/" == m.base {
			redirect(w, m.base, r.URL.RawQuery)
			return
		}
	}
	http.NotFound(w, r)
}

func cleanBase(base string) string {
	base = strings.Trim(base, "/")
	if base == "" {
		return "/"
	}
	return "/" + base + "/"
}

func redirect(w http.ResponseWriter, path, query string) {
	u := url.URL{Path: path, RawQuery: query}
	w.Header().Set("Location", u.String())
	w.WriteHeader(http.StatusMovedPermanently)
}
