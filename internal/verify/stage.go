package verify

import (
	"bytes"
	"context"
	"fmt"
	"io/fs"
	"net/http"
	"net/url"
	"path"
	"slices"
	"strings"
	"sync"

	"github.com/swgen/swgen/manifest"
	"github.com/swgen/swgen/swtest"
)

// home is the origin that the site is played at.
const home = "https://site.test"

// run is one verification.
type run struct {
	ctx     context.Context
	subject *Subject
	options Options
	now     *stage // the subject, installed
	was     *stage // what visitors have now, installed; nil without one

	sampling sync.Once
	sampled  struct {
		*stage
		err error
	}
}

// stage is a deployment in a browser that has installed it, of which every law
// takes copies.
type stage struct {
	*Deployment
	mu      sync.Mutex               // several laws copy at a time
	first   *swtest.Browser          // the browser of the installation
	failure string                   // why the worker does not install, "" when it does
	urls    []string                 // what it precaches, as URL paths or URLs
	hashes  map[string]manifest.Hash // of what the build answers with, where that is known
}

func (r *run) close() {
	for _, s := range []*stage{r.now, r.was, r.sampled.stage} {
		if s != nil {
			s.first.Close()
		}
	}
}

func (r *run) turn() swtest.Options {
	return swtest.Options{Turn: r.options.Turn, Seed: r.options.Seed}
}

// scope is the URL path of the registration.
func (r *run) scope() string {
	if r.subject.Scope != "" {
		return r.subject.Scope
	}
	return path.Dir(r.script()) + strings.Repeat("/", min(1, len(path.Dir(r.script()))-1))
}

// script is the URL path of the worker's file.
func (r *run) script() string {
	return (&url.URL{Path: r.subject.Base + r.subject.Worker}).EscapedPath()
}

// install installs the worker of a deployment for the first time.
func (r *run) install(d *Deployment) (*stage, error) {
	if _, err := fs.Stat(d.Files, r.subject.Worker); err != nil {
		return nil, fmt.Errorf("the worker: %w", err)
	}
	o := r.turn()
	o.Network = r.host(d)
	b := swtest.New(o)
	s := &stage{Deployment: d, first: b}
	tab := b.Open(home + r.scope())
	b.Network.Forget()
	reg, err := tab.Register(home+r.script(), r.registration())
	if err == nil {
		err = b.Settle()
	}
	if err == nil {
		tab.Close()
		err = b.Settle()
	}
	switch {
	case err != nil:
		s.failure = err.Error()
	case reg.Active() == nil || reg.Active().State() != "activated":
		s.failure = "the installation failed"
		if console := b.Console(); len(console) > 0 {
			s.failure += ": " + console[len(console)-1].Text
		}
	default:
		s.urls = s.precached()
		s.hashes = r.hashes(d, s.urls)
	}
	return s, nil
}

func (r *run) registration() swtest.RegisterOptions {
	o := swtest.RegisterOptions{Module: r.subject.Module, UpdateViaCache: "none"}
	if r.subject.Scope != "" {
		o.Scope = home + r.subject.Scope
	}
	return o
}

// precached lists what is to work offline.
func (s *stage) precached() []string {
	var urls []string
	if s.Manifest != nil {
		for _, e := range s.Manifest.Entries {
			urls = append(urls, e.URL)
		}
		return urls
	}
	for _, q := range s.first.Network.Requests() {
		u, err := url.Parse(q.URL)
		if err == nil && q.Status == http.StatusOK && q.Destination == "" && q.Method == http.MethodGet && strings.HasPrefix(q.URL, home+"/") {
			urls = append(urls, u.RequestURI())
		}
	}
	slices.Sort(urls)
	return slices.Compact(urls)
}

// hashes are those of the content of URLs: the manifest's, or else the files'.
func (r *run) hashes(d *Deployment, urls []string) map[string]manifest.Hash {
	known := make(map[string]manifest.Hash, len(urls))
	if d.Manifest != nil {
		for _, e := range d.Manifest.Entries {
			if !e.Unverified {
				known[e.URL] = e.Hash
			}
		}
		return known
	}
	for _, u := range urls {
		if content := r.content(d, u); content != nil {
			known[u] = manifest.Sum(content)
		}
	}
	return known
}

// optional says whether a worker may do without a URL.
func (s *stage) optional(url string) bool { return optional(s.Manifest, url) }

func optional(m *manifest.Manifest, url string) bool {
	if m == nil {
		return false
	}
	i, found := slices.BinarySearchFunc(m.Entries, url, func(e manifest.Entry, url string) int { return strings.Compare(e.URL, url) })
	return found && (m.Entries[i].Optional || m.Entries[i].Unverified)
}

// copy is a browser that has a stage installed.
func (t *trial) copy(s *stage, faults ...func(swtest.Point) swtest.Fault) *swtest.Browser {
	o := t.turn()
	o.Network = t.host(s.Deployment)
	if len(faults) > 0 {
		o.Point = faults[0]
	}
	s.mu.Lock()
	b, err := s.first.Fork(o)
	s.mu.Unlock()
	if err != nil {
		t.check(false, b, "", "", "the browser could not be started again: %v", err)
	}
	t.browsers = append(t.browsers, b)
	return b
}

// deploy serves another deployment from now on and lets a tab find it.
func (t *trial) deploy(b *swtest.Browser, d *Deployment) error {
	b.Network.Serve(t.host(d))
	return t.update(b)
}

// update checks for a new worker and waits for all that follows.
func (t *trial) update(b *swtest.Browser) error {
	for _, r := range b.Registrations(home) {
		if err := r.Update(); err != nil {
			return err
		}
	}
	return b.Settle()
}

// registered is the registration that is verified, nil when it is gone.
func registered(b *swtest.Browser, scope string) *swtest.Registration {
	for _, r := range b.Registrations(home) {
		if r.Scope() == home+scope && !r.Removed() {
			return r
		}
	}
	return nil
}

// bodies are what the caches of the origin hold, by hash.
func bodies(b *swtest.Browser) map[manifest.Hash]int {
	held := make(map[manifest.Hash]int)
	for _, e := range b.Entries(home) {
		held[manifest.Sum(e.Body)]++
	}
	return held
}

// host answers as a plain static host does: directories by their index.html,
// pages without ".html", a slash added by a redirect, the site's 404.html.
func (r *run) host(d *Deployment) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		name, inside := strings.CutPrefix(q.URL.Path, r.subject.Base)
		if q.Host != strings.TrimPrefix(home, "https://") || !inside {
			http.NotFound(w, q)
			return
		}
		if q.Method != http.MethodGet && q.Method != http.MethodHead {
			w.WriteHeader(http.StatusMethodNotAllowed)
			return
		}
		file, status := resolve(d.Files, name)
		if status == http.StatusMovedPermanently {
			target := url.URL{Path: q.URL.Path + "/", RawQuery: q.URL.RawQuery}
			w.Header().Set("Location", target.String())
			w.WriteHeader(status)
			return
		}
		content := []byte("404 page not found\n")
		if file != "" {
			var err error
			if content, err = fs.ReadFile(d.Files, file); err != nil {
				status, content = http.StatusInternalServerError, []byte(err.Error())
			}
		}
		w.Header().Set("Content-Type", contentType(file))
		w.WriteHeader(status)
		w.Write(content)
	})
}

// resolve finds the file that answers for a path, "" when none does.
func resolve(files fs.FS, name string) (file string, status int) {
	if name == "" || strings.HasSuffix(name, "/") {
		if isFile(files, name+"index.html") {
			return name + "index.html", http.StatusOK
		}
	} else {
		switch {
		case isFile(files, name):
			return name, http.StatusOK
		case isFile(files, name+".html"):
			return name + ".html", http.StatusOK
		case isFile(files, name+"/index.html"):
			return "", http.StatusMovedPermanently
		}
	}
	if isFile(files, "404.html") {
		return "404.html", http.StatusNotFound
	}
	return "", http.StatusNotFound
}

func isFile(files fs.FS, name string) bool {
	if !fs.ValidPath(name) {
		return false
	}
	info, err := fs.Stat(files, name)
	return err == nil && info.Mode().IsRegular()
}

// contentType is what hosts say about a file of that name; the tables of the
// machine must not matter.
func contentType(file string) string {
	switch manifest.ClassOf(file) {
	case manifest.Page:
		return "text/html; charset=utf-8"
	case manifest.Style:
		return "text/css; charset=utf-8"
	case manifest.Script:
		return "text/javascript; charset=utf-8"
	case manifest.Wasm:
		return "application/wasm"
	case manifest.Image:
		if strings.HasSuffix(file, ".svg") {
			return "image/svg+xml"
		}
		return "image/" + strings.TrimPrefix(path.Ext(file), ".")
	}
	if strings.HasSuffix(file, ".json") {
		return "application/json"
	}
	return "application/octet-stream"
}

// same says whether an answer has the content of a hash.
func same(p *swtest.Response, want manifest.Hash) bool {
	return p.Err == nil && manifest.Sum(p.Body) == want
}

// sameBytes says whether an answer is the content.
func sameBytes(p *swtest.Response, content []byte) bool {
	return p.Err == nil && bytes.Equal(p.Body, content)
}
