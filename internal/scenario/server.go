package scenario

import (
	"bytes"
	"fmt"
	"io"
	"maps"
	"net/http"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Server is the network of a scenario: it answers with the files of the
// version that is deployed, or fails as it is told, and notes every request.
// Two origins lead to it. In the text of scenarios and transcripts they are
// called %SITE% and %OTHER%; a file may also say %N%, how often it was asked.
type Server struct {
	// Build makes the files that a generator adds to a site, by name, for the
	// command "build".
	Build func(site map[string]string) (map[string]string, error)

	site, other string

	mu       sync.Mutex
	version  string
	files    []file
	faults   map[string]fault
	asked    map[string]int
	requests []string
}

// fault is what happens to the requests of a path.
type fault struct {
	drop   bool
	status int
	delay  time.Duration
}

// NewServer serves a scenario's first version at two origins, such as
// "http://localhost:8000".
func NewServer(s *Scenario, site, other string) *Server {
	return &Server{
		site: site, other: other, version: "v1", files: s.files,
		faults: make(map[string]fault), asked: make(map[string]int),
	}
}

// Delay is how long a request waits for its response. It is for the Player to
// wait, on its own clock, before it calls ServeHTTP.
func (s *Server) Delay(path string) time.Duration {
	s.mu.Lock()
	defer s.mu.Unlock()
	if f, ok := s.faults[path]; ok {
		return f.delay
	}
	answer, _ := s.find(path, "")
	return answer.delay
}

// ServeHTTP answers a request.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	a, drop := s.take(r, body)
	if drop {
		panic(http.ErrAbortHandler)
	}
	for _, h := range a.header {
		w.Header().Add(h[0], h[1])
	}
	// A connection that is used again would be tried again when it breaks, and
	// the same request noted twice.
	w.Header().Set("Connection", "close")
	if w.Header().Get("Accept-Ranges") == "bytes" && a.status == http.StatusOK {
		http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(a.body))
		return
	}
	if a.status != http.StatusNoContent && a.status != http.StatusNotModified {
		w.Header().Set("Content-Length", strconv.Itoa(len(a.body)))
	}
	w.WriteHeader(a.status)
	if r.Method == http.MethodHead {
		return
	}
	if a.cut > 0 {
		_, _ = w.Write(a.body[:a.cut])
		w.(http.Flusher).Flush()
		panic(http.ErrAbortHandler)
	}
	_, _ = w.Write(a.body)
}

// answer is a response.
type answer struct {
	status int
	header [][2]string
	body   []byte
	delay  time.Duration
	cut    int // where the connection breaks, if not 0
	hidden bool
}

// take notes a request and decides its response.
func (s *Server) take(r *http.Request, body []byte) (a answer, drop bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f, failing := s.faults[r.URL.Path]
	a, found := s.find(r.URL.Path, r.URL.RawQuery)
	if failing && f.drop {
		return a, true // not noted: browsers may try again
	}
	if !a.hidden && !(r.URL.Path == "/favicon.ico" && !found) {
		s.requests = append(s.requests, s.describe(r, body))
	}
	switch {
	case failing && f.status != 0:
		return answer{
			status: f.status, body: []byte(http.StatusText(f.status)),
			header: [][2]string{{"Content-Type", "text/plain"}, {"Cache-Control", "no-store"}},
		}, false
	}
	if found {
		s.asked[r.URL.RequestURI()]++
		a.body = bytes.ReplaceAll(a.body, []byte("%N%"), strconv.AppendInt(nil, int64(s.asked[r.URL.RequestURI()]), 10))
	}
	return a, false
}

// find is the response for a URL: of the file with that query, or without one.
func (s *Server) find(urlPath, query string) (a answer, found bool) {
	name := strings.TrimPrefix(urlPath, "/")
	if name == "" || strings.HasSuffix(name, "/") {
		name += "index.html"
	}
	for _, name := range []string{s.version + "/" + name + "?" + query, name + "?" + query, s.version + "/" + name, name} {
		if i := slices.IndexFunc(s.files, func(f file) bool { return f.name == name }); i >= 0 {
			return s.parse(s.files[i]), true
		}
	}
	return answer{
		status: http.StatusNotFound, body: []byte("not found"),
		header: [][2]string{{"Content-Type", "text/plain"}, {"Cache-Control", "no-store"}},
	}, false
}

// contentTypes are what a host sends for the names of files.
var contentTypes = map[string]string{
	".html": "text/html", ".js": "text/javascript", ".mjs": "text/javascript", ".css": "text/css", ".txt": "text/plain",
	".json": "application/json", ".svg": "image/svg+xml",
}

// parse takes a file's headers from its text.
func (s *Server) parse(f file) answer {
	a := answer{status: http.StatusOK}
	kind := contentTypes[path.Ext(f.name)]
	if kind == "" {
		kind = "text/plain"
	}
	cache := "no-store"
	text := s.Fill(f.text)
	for strings.HasPrefix(text, "< ") {
		var line string
		line, text, _ = strings.Cut(text[2:], "\n")
		name, value, _ := strings.Cut(line, ":")
		switch value = strings.TrimSpace(value); strings.ToLower(name) {
		case "status":
			a.status, _ = strconv.Atoi(value)
		case "delay":
			a.delay, _ = time.ParseDuration(value)
		case "cut":
			a.cut, _ = strconv.Atoi(value)
		case "hidden":
			a.hidden = true
		case "content-type":
			kind = value
		case "cache-control":
			cache = value
		default:
			a.header = append(a.header, [2]string{name, value})
		}
	}
	a.header = append(a.header, [2]string{"Content-Type", kind}, [2]string{"Cache-Control", cache})
	a.body = []byte(strings.TrimSuffix(text, "\n"))
	return a
}

// Fill puts the real origins where a text names them.
func (s *Server) Fill(text string) string {
	return strings.NewReplacer("%SITE%", s.site, "%OTHER%", s.other).Replace(text)
}

// strip takes out of a text what is different each time: the real origins, and
// the ids of clients.
func (s *Server) strip(text string) string {
	return uuid.ReplaceAllString(strings.NewReplacer(s.site, "", s.other, "%OTHER%").Replace(text), "%ID%")
}

var uuid = regexp.MustCompile(`[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}`)

// build adds to a version what Build makes of its files.
func (s *Server) build(version string) error {
	sources := make(map[string]string)
	for _, pass := range []bool{false, true} { // the version's own files win
		for _, f := range s.files {
			if own, name := ofVersion(f.name); (own != "") == pass && (!pass || own == version) {
				sources[name] = string(s.parse(f).body)
			}
		}
	}
	made, err := s.Build(sources)
	if err != nil {
		return err
	}
	for _, name := range slices.Sorted(maps.Keys(made)) {
		s.files = append(s.files, file{version + "/" + name, made[name]})
	}
	return nil
}

// ofVersion splits the name of a file that belongs to a version, v1, v2 ...
func ofVersion(name string) (version, rest string) {
	if m := versioned.FindStringSubmatch(name); m != nil {
		return m[1], m[2]
	}
	return "", name
}

var versioned = regexp.MustCompile(`^(v\d+)/(.*)$`)

// shown are the request headers that a transcript shows.
var shown = []string{
	"Service-Worker", "Service-Worker-Navigation-Preload", "Cache-Control", "Pragma", "If-None-Match",
	"If-Modified-Since", "Range", "Content-Type", "Origin", "Referer", "Cookie", "X-Test",
}

// describe is a request as a line of the transcript.
func (s *Server) describe(r *http.Request, body []byte) string {
	where := ""
	if strings.HasSuffix(s.other, "://"+r.Host) {
		where = "%OTHER%"
	}
	line := fmt.Sprintf("%s %s%s (%s, %s, %s)", r.Method, where, r.URL.RequestURI(),
		r.Header.Get("Sec-Fetch-Dest"), r.Header.Get("Sec-Fetch-Mode"), r.Header.Get("Sec-Fetch-Site"))
	for _, name := range shown {
		value := r.Header.Get(name)
		if name == "Origin" {
			// Chromium sends it with modules of the same origin, too, though the Fetch
			// standard does not: there it does not count.
			if where == "" && r.Method == http.MethodGet {
				continue
			}
			value = strings.Replace(value, s.site, "%SITE%", 1)
		}
		if value != "" {
			line += fmt.Sprintf(" %s=%q", strings.ToLower(name), s.strip(value))
		}
	}
	if len(body) > 0 {
		line += " body=" + quote(body)
	}
	return line
}

// flush returns the requests since the last call, sorted: the order in which
// those that are under way together arrive is nobody's promise. Checks for a
// new worker, which browsers make when they please, are told only on request.
func (s *Server) flush(scripts bool) []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var list []string
	for _, line := range s.requests {
		if scripts || !strings.Contains(line, " (serviceworker, ") {
			list = append(list, line)
		}
	}
	s.requests = nil
	slices.Sort(list)
	return counted(list)
}

// counted says of equal lines that follow each other how many there are.
func counted(lines []string) []string {
	var list []string
	for len(lines) > 0 {
		n := 1
		for n < len(lines) && lines[n] == lines[0] {
			n++
		}
		line := lines[0]
		if n > 1 {
			line += fmt.Sprintf(", %d times", n)
		}
		list = append(list, line)
		lines = lines[n:]
	}
	return list
}
