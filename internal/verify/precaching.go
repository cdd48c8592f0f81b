package verify

import (
	"net/http"
	"strings"

	"github.com/swgen/swgen/manifest"
	"github.com/swgen/swgen/swtest"
)

// installPrecaches is W1.
func installPrecaches(t *trial) {
	if t.now.failure != "" {
		t.check(false, t.now.first, "", "every URL that the worker precaches must answer with status 200, and its script must run", "the worker does not install: %s", t.now.failure)
		return
	}
	t.stored()
	t.answersOffline()
	t.gapsFail()
	if t.next != nil && t.next.failure != "" {
		t.check(false, t.next.played, "", "", "the next version does not install: %s", t.next.failure)
		return
	}
	if d := t.deploys(); d != nil {
		t.pastHTTPCache(d)
	}
	t.nothing = ""
}

// stored looks at what the installation has left in the caches.
func (t *trial) stored() {
	if t.now.Manifest == nil {
		return
	}
	for _, e := range t.now.Manifest.Entries {
		if !e.Optional && !e.Unverified {
			t.check(t.now.held[e.Hash] > 0, t.now.first, e.URL, "", "installed, but these bytes of the build are not stored")
		}
	}
}

// answersOffline asks for every URL without a network.
func (t *trial) answersOffline() {
	b := t.copy(t.now)
	defer t.done()
	tab := b.Open(home + t.scope())
	b.Network.Offline(true)
	for _, u := range t.now.urls {
		want, known := t.now.hashes[u]
		got := tab.Get(u)
		switch {
		case got.Err != nil && !t.now.optional(u):
			t.check(false, b, u, "", "precached, but offline it does not answer: %s", describe(got))
		case got.Err == nil && known:
			t.check(same(got, want), b, u, "", "precached, but offline it answers with other bytes than the build's: %s", describe(got))
		}
	}
}

// gapsFail lets a first install meet a file that it cannot have.
func (t *trial) gapsFail() {
	s := t.small
	page, other := s.critical(t.isPage), s.critical(t.isPart)
	if other != "" {
		t.gapFails(other, swtest.Weather{Status: http.StatusNotFound}, nil, "answered with status 404")
	}
	if page != "" {
		t.gapFails(page, swtest.Weather{Cut: 1 + len(t.content(s.Deployment, page))/2}, nil, "broke off in the middle")
	}
	if strict := s.critical(t.strict); strict != "" {
		wrong := damaged(t.content(s.Deployment, strict))
		t.gapFails(strict, swtest.Weather{Answer: answer(contentType(strict), wrong)}, wrong, "arrived damaged")
	}
}

// gapFails expects a first install to fail in some weather; when it stored
// the wrong bytes, that is the matter of W2.
func (t *trial) gapFails(u string, w swtest.Weather, wrong []byte, what string) {
	b := t.visitor(t.small.Deployment, swtest.Options{})
	defer t.done()
	b.Network.Script(only(w, u))
	installed := t.register(b) && (wrong == nil || bodies(b)[manifest.Sum(wrong)] == 0)
	t.check(!installed, b, u, "", "a file that is precached %s, and the worker was installed without it", what)
}

// pastHTTPCache installs a version for the first time while the browser's HTTP
// cache has files of the one before, as a host allows that says max-age.
func (t *trial) pastHTTPCache(d *deploy) {
	lasting := func(h http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
			w.Header().Set("Cache-Control", "max-age=86400")
			h.ServeHTTP(w, q)
		})
	}
	b := t.visitor(d.from.Deployment, swtest.Options{})
	defer t.done()
	b.Network.Serve(lasting(t.host(d.from.Deployment)))
	tab := b.Open(home + t.scope())
	for _, u := range d.critical() {
		load(tab, u)
		tab.Get(u)
	}
	tab.Close()
	b.Network.Serve(lasting(t.host(d.to)))
	t.mark(b)
	if !t.check(t.register(b), b, "", "", "the host says max-age, the browser has older copies of some files, and the worker does not install") {
		return
	}
	held := bodies(b)
	for _, u := range d.critical() {
		t.check(held[manifest.Sum(d.changed[u][1])] > 0, b, u, "", "the host says max-age, the browser has an older copy, and the install took it for the new file")
	}
}

// critical is the first URL of a kind that no install may do without.
func (s *stage) critical(kind func(u string) bool) string {
	urls := make(map[manifest.Hash]int) // what another URL answers, too, a worker need not ask for here
	for _, hash := range s.hashes {
		urls[hash]++
	}
	for _, u := range s.urls {
		if hash, known := s.hashes[u]; known && urls[hash] == 1 && kind(u) && !s.optional(u) && strings.HasPrefix(u, "/") {
			return u
		}
	}
	return ""
}

// isPage says whether a URL is a page's: some hosts show pages without an
// extension, and then the manifest knows.
func (r *run) isPage(u string) bool { return manifest.ClassOf(u) == manifest.Page || r.bare[u] }

// isPart says whether a URL is a file's that is no page.
func (r *run) isPart(u string) bool { return !r.isPage(u) }

// damaged is content with one bit changed.
func damaged(content []byte) []byte {
	wrong := append([]byte{}, content...)
	if len(wrong) == 0 {
		return []byte{1}
	}
	wrong[len(wrong)-1] ^= 1
	return wrong
}
