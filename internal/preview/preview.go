// Package preview is a web server for looking at a site before it is deployed:
// it shows each request with who answered it, the service worker or the
// network, and has a switch for the network. It answers with what another
// handler says and knows nothing of hosts, builds and workers.
//
// A request that a service worker answers never reaches a server. So pages
// get a script at their end that reports what they loaded; see report.js.
package preview

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// Prefix is the URL path under which the server has pages of its own.
const Prefix = "/.swgen/"

// Line is one request.
type Line struct {
	// Who answered: the network, the worker, or the browser's HTTP cache.
	Who Who `json:"who"`
	// For is who asked: the page, the worker, or the browser for the worker's
	// script.
	For    string `json:"for"`
	Method string `json:"method"`
	// URL is the path with its query.
	URL string `json:"url"`
	// Status is that of the answer, 0 when it is not known.
	Status int   `json:"status"`
	Bytes  int64 `json:"bytes"`
}

// Who answered a request.
type Who string

// Those who answer.
const (
	Network Who = "network"
	Worker  Who = "worker"
	Cache   Who = "cache"
	Nobody  Who = "offline"
)

// Server is a preview.
type Server struct {
	site    http.Handler
	log     func(Line)
	exact   bool
	live    bool
	offline atomic.Bool

	mu     sync.Mutex
	seen   map[string]time.Time // when a URL was last asked for here
	open   map[chan event]bool  // pages that listen
	builds int                  // how often pages were told to reload
	failed string               // what pages are told that open meanwhile
}

// Options are how a Server behaves.
type Options struct {
	// Log is told each request; it is called by one goroutine at a time.
	Log func(Line)
	// Exact leaves pages as they are; what the worker answers is not shown then.
	Exact bool
	// Live pages reload when they are told to.
	Live bool
}

// New is a preview of what a handler answers.
func New(site http.Handler, o Options) *Server {
	return &Server{site: site, log: o.Log, exact: o.Exact, live: o.Live, seen: make(map[string]time.Time), open: make(map[chan event]bool)}
}

// Offline switches the network off or on: without it, connections end before
// anything is answered.
func (s *Server) Offline(off bool) { s.offline.Store(off) }

// IsOffline says how the switch is.
func (s *Server) IsOffline() bool { return s.offline.Load() }

func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if name, own := strings.CutPrefix(r.URL.Path, Prefix); own {
		s.serveOwn(w, r, name)
		return
	}
	line := Line{Who: Network, For: asker(r), Method: r.Method, URL: r.URL.RequestURI()}
	if s.offline.Load() {
		line.Who = Nobody
		s.tell(line)
		panic(http.ErrAbortHandler)
	}
	out := &recorder{ResponseWriter: w, status: http.StatusOK, hold: !s.exact && r.Method == http.MethodGet && r.Header.Get("Range") == ""}
	s.site.ServeHTTP(out, r)
	line.Status, line.Bytes = out.status, out.finish(s.live)
	s.tell(line)
}

// asker says who sent a request, as far as its headers tell.
func asker(r *http.Request) string {
	switch dest := r.Header.Get("Sec-Fetch-Dest"); {
	case r.Header.Get("Service-Worker") == "script", dest == "serviceworker":
		return "worker script"
	case dest == "empty" && strings.HasSuffix(strings.SplitN(r.Referer(), "?", 2)[0], ".js"):
		return "worker"
	case dest == "document", dest == "iframe":
		return "page"
	case dest == "" || dest == "empty":
		return "fetch"
	default:
		return dest
	}
}

func (s *Server) tell(line Line) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if line.Who == Network {
		s.seen[line.URL] = time.Now()
	}
	s.log(line)
}

//go:embed report.js
var reportScript []byte

//go:embed control.html
var controlPage []byte

// serveOwn answers for the server's own pages.
func (s *Server) serveOwn(w http.ResponseWriter, r *http.Request, name string) {
	w.Header().Set("Cache-Control", "no-store")
	switch r.Method + " " + name {
	case "GET ":
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = w.Write(controlPage)
	case "GET report.js":
		w.Header().Set("Content-Type", "text/javascript; charset=utf-8")
		_, _ = w.Write(reportScript)
	case "GET reload.js":
		w.Header().Set("Content-Type", "text/javascript; charset=utf-8")
		s.serveReload(w)
	case "GET events":
		s.serveEvents(w, r)
	case "POST seen":
		s.reported(w, r)
	case "GET offline":
		_, _ = fmt.Fprint(w, s.IsOffline())
	case "POST offline":
		off, err := strconv.ParseBool(r.FormValue("value"))
		if err != nil || !sameOrigin(r) {
			http.Error(w, "value is true or false, sent from this origin", http.StatusBadRequest)
			return
		}
		s.Offline(off)
		_, _ = fmt.Fprint(w, off)
	default:
		http.NotFound(w, r)
	}
}

// sameOrigin says whether a request is not from a page of somebody else.
func sameOrigin(r *http.Request) bool {
	site := r.Header.Get("Sec-Fetch-Site")
	return site == "" || site == "same-origin" || site == "none"
}

// report is what a page says of a request that it made.
type report struct {
	URL    string  // path and query
	Worker bool    // it went through the worker
	Start  float64 // in ms since 1970
	Status int
	Bytes  int64
}

// maxReport is more than a page with a thousand parts sends.
const maxReport = 1 << 20

// reported logs what pages loaded without the network.
func (s *Server) reported(w http.ResponseWriter, r *http.Request) {
	var list []report
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxReport))
	if err == nil {
		err = json.Unmarshal(body, &list)
	}
	if err != nil || !sameOrigin(r) {
		http.Error(w, "not a report", http.StatusBadRequest)
		return
	}
	w.WriteHeader(http.StatusNoContent)
	for _, entry := range list {
		s.mu.Lock()
		asked := s.seen[entry.URL]
		s.mu.Unlock()
		// The clock of this machine is the browser's.
		if !asked.Before(time.UnixMilli(int64(entry.Start)).Add(-10 * time.Millisecond)) {
			continue
		}
		who := Cache
		if entry.Worker {
			who = Worker
		}
		s.tell(Line{Who: who, For: "page", Method: http.MethodGet, URL: entry.URL, Status: entry.Status, Bytes: entry.Bytes})
	}
}

// recorder notes what is answered, and holds pages back until they are whole.
type recorder struct {
	http.ResponseWriter
	status int
	bytes  int64
	hold   bool // pages are to be held
	page   *bytes.Buffer
}

func (r *recorder) WriteHeader(status int) {
	r.status = status
	if r.hold && strings.HasPrefix(r.Header().Get("Content-Type"), "text/html") && status != http.StatusNotModified {
		r.page = new(bytes.Buffer)
		return
	}
	r.hold = false
	r.ResponseWriter.WriteHeader(status)
}

func (r *recorder) Write(b []byte) (int, error) {
	if r.hold && r.page == nil {
		r.WriteHeader(r.status)
	}
	r.bytes += int64(len(b))
	if r.page != nil {
		return r.page.Write(b)
	}
	return r.ResponseWriter.Write(b)
}

// finish sends a page with the scripts at its end, and says how many bytes the
// answer had without them.
func (r *recorder) finish(live bool) int64 {
	if r.page == nil {
		return r.bytes
	}
	if live {
		r.page.WriteString("<script src=\"" + Prefix + "reload.js\" async></script>\n")
	}
	r.page.WriteString("<script src=\"" + Prefix + "report.js\" async></script>\n")
	r.Header().Set("Content-Length", strconv.Itoa(r.page.Len()))
	if tag := r.Header().Get("ETag"); strings.HasSuffix(tag, `"`) {
		r.Header().Set("ETag", strings.TrimSuffix(tag, `"`)+`+report"`)
	}
	r.ResponseWriter.WriteHeader(r.status)
	_, _ = r.ResponseWriter.Write(r.page.Bytes()) // the client has gone when this fails
	return r.bytes
}
