package verify

import (
	"bytes"
	"fmt"
	"io/fs"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/swgen/swgen/manifest"
	"github.com/swgen/swgen/swtest"
)

// home is the origin that the site is played at.
const home = "https://site.test"

// host answers for a deployment: the subject's own host, or else swtest.Files
// at the site's base; but where the manifest knows better, since a server may
// rewrite URLs or answer what is no file.
func (r *run) host(d *Deployment) http.Handler {
	if known, ok := r.hosts.Load(d); ok {
		return known.(http.Handler)
	}
	site := http.StripPrefix(strings.TrimSuffix(r.subject.Base, "/"), swtest.Files(d.Files))
	if r.subject.Serve != nil {
		site = r.subject.Serve(d.Files)
	}
	odd := oddEntries(d.Manifest)
	host := http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		origin := ""
		if "https://"+q.Host != home {
			origin = "https://" + q.Host
		}
		for _, u := range []string{origin + q.URL.RequestURI(), origin + q.URL.EscapedPath()} {
			if e, ok := odd[u]; ok {
				standIn(w, d.Files, e)
				return
			}
		}
		if origin != "" || !strings.HasPrefix(q.URL.Path+"/", r.subject.Base) {
			http.NotFound(w, q)
			return
		}
		site.ServeHTTP(w, q)
	})
	r.hosts.Store(d, host)
	return host
}

// oddEntries are the entries that no host answers with their file.
func oddEntries(m *manifest.Manifest) map[string]manifest.Entry {
	odd := make(map[string]manifest.Entry)
	if m == nil {
		return odd
	}
	for _, e := range m.Entries {
		name := unescape(strings.TrimPrefix(e.URL, m.Base))
		if e.Path == "" || name != e.Path && stem(name) != stem(e.Path) {
			odd[e.URL] = e
		}
	}
	return odd
}

// stem is what the addresses of a page have in common.
func stem(name string) string {
	name, directory := strings.CutSuffix(name, "/")
	if !directory {
		name = strings.TrimSuffix(name, ".html")
	}
	return strings.TrimSuffix(strings.TrimSuffix("/"+name, "/index"), "/")
}

// standIn answers for an entry that a plain host does not know.
func standIn(w http.ResponseWriter, files fs.FS, e manifest.Entry) {
	body := fmt.Appendf(nil, "what %s answers at revision %s\n", e.URL, e.Hash)
	if e.Path != "" {
		var err error
		if body, err = fs.ReadFile(files, e.Path); err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
	}
	u, _, _ := strings.Cut(e.URL, "?")
	w.Header().Set("Content-Type", contentType(u))
	w.Header().Set("Access-Control-Allow-Origin", "*")
	_, _ = w.Write(body)
}

// hosted is what a host answers to a GET.
type hosted struct {
	status   int
	location string // where it redirects to, as a URL path
	header   http.Header
	body     bytes.Buffer
}

func (h *hosted) Header() http.Header         { return h.header }
func (h *hosted) Write(b []byte) (int, error) { return h.body.Write(b) }
func (h *hosted) WriteHeader(status int)      { h.status = status }

// ask asks the host of a deployment for a URL: a path of the site, or a whole
// one.
func (r *run) ask(d *Deployment, target string) *hosted {
	h := &hosted{status: http.StatusOK, header: make(http.Header)}
	u, err := url.Parse(absolute(target))
	if err != nil {
		h.status = http.StatusBadRequest
		return h
	}
	r.host(d).ServeHTTP(h, &http.Request{Method: http.MethodGet, URL: u, Host: u.Host, Header: make(http.Header)})
	if to, err := u.Parse(h.header.Get("Location")); err == nil && h.header.Get("Location") != "" {
		h.location = to.EscapedPath()
	}
	return h
}

// content is what a URL of a deployment answers with, nil when it is not there.
func (r *run) content(d *Deployment, target string) []byte {
	if h := r.ask(d, target); h.status == http.StatusOK {
		return h.body.Bytes()
	}
	return nil
}

// absolute is the whole URL for one as manifests write it.
func absolute(u string) string {
	if strings.HasPrefix(u, "/") {
		return home + u
	}
	return u
}

// pathOf is the URL of a request as manifests write it: without the origin of
// the site, query and fragment.
func pathOf(q *swtest.Request) string {
	u, err := url.Parse(q.URL)
	if err != nil || !strings.HasPrefix(q.URL, home+"/") {
		return q.URL
	}
	return u.EscapedPath()
}

func unescape(path string) string {
	if plain, err := url.PathUnescape(path); err == nil {
		return plain
	}
	return path
}

// contentType is what hosts say about a URL path.
func contentType(path string) string {
	switch manifest.ClassOf(path) {
	case manifest.Page:
		return "text/html; charset=utf-8"
	case manifest.Style:
		return "text/css; charset=utf-8"
	case manifest.Script:
		return "text/javascript; charset=utf-8"
	case manifest.Wasm:
		return "application/wasm"
	}
	return "application/octet-stream"
}

// load asks for a part of a page, for what the page would ask for it.
func load(tab *swtest.Tab, u string) *swtest.Response {
	switch manifest.ClassOf(u) {
	case manifest.Style:
		return tab.Load(u, "style")
	case manifest.Script:
		return tab.Load(u, "script")
	case manifest.Font:
		return tab.Load(u, "font")
	case manifest.Image:
		return tab.Load(u, "image")
	}
	return tab.Get(u)
}

// sorted are the keys of a map in order, so that every run plays the same.
func sorted[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

// same says whether an answer has the content of a hash.
func same(p *swtest.Response, want manifest.Hash) bool {
	return p.Err == nil && manifest.Sum(p.Body) == want
}

// sameBytes says whether an answer is the content.
func sameBytes(p *swtest.Response, content []byte) bool {
	return p.Err == nil && bytes.Equal(p.Body, content)
}

// describe says what an answer is, in a few words.
func describe(p *swtest.Response) string {
	if p.Err != nil {
		return p.Err.Error()
	}
	return fmt.Sprintf("status %d, %d bytes from the %s", p.Status, len(p.Body), p.From)
}
