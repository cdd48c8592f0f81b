package verify

import (
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

// run is one verification.
type run struct {
	ctx     context.Context
	subject *Subject
	options Options
	now     *stage // the subject, installed
	was     *stage // what visitors have now, installed; nil without one
	small   *stage // now, or a part of it
	next    *deploy
	hosts   sync.Map        // of *Deployment: its http.Handler
	bare    map[string]bool // URLs without an extension that are pages'
	// What a tour has seen: the headers of pages by their URL, and what they load
	// by its destination and URL.
	seen   map[string]http.Header
	loaded map[string]string
}

// stage is a deployment in a browser that has installed it, of which every law
// takes copies.
type stage struct {
	*Deployment
	mu      sync.Mutex               // several laws copy at a time
	first   *swtest.Browser          // the browser of the installation
	failure string                   // why the worker does not install, "" when it does
	urls    []string                 // what it precaches, as URL paths or URLs, sorted
	hashes  map[string]manifest.Hash // of what the build answers with, where that is known
	held    map[manifest.Hash]int    // what its caches hold
	asked   []*swtest.Request        // what the worker asked for meanwhile
}

// findBare looks for pages without an extension.
func (r *run) findBare() {
	r.bare = make(map[string]bool)
	for _, d := range []*Deployment{&r.subject.Deployment, r.subject.Before} {
		if d == nil || d.Manifest == nil {
			continue
		}
		for _, e := range d.Manifest.Entries {
			if path.Ext(e.URL) == "" && manifest.ClassOf(e.Path) == manifest.Page {
				r.bare[e.URL] = true
			}
		}
	}
}

// prepare installs what the laws take copies of, and plays the deploy once.
func (r *run) prepare() (err error) {
	r.findBare()
	if r.now, err = r.install(&r.subject.Deployment); err != nil || r.now.failure != "" {
		return err
	}
	if r.subject.Before != nil {
		if r.was, err = r.install(r.subject.Before); err != nil {
			return fmt.Errorf("the previous deployment: %w", err)
		}
		if r.was.failure != "" {
			return fmt.Errorf("the worker of the previous deployment does not install: %s", r.was.failure)
		}
	}
	if r.small, err = r.part(); err != nil {
		return fmt.Errorf("the worker of a part of the site: %w", err)
	}
	if deployable(r.subject) != "" {
		return nil
	}
	if r.next, err = r.planned(); err != nil {
		return fmt.Errorf("the next version: %w", err)
	}
	t := r.trial(Law{})
	defer t.close()
	return t.attempt(func() { t.rehearse(r.next) })
}

func (r *run) close() {
	for _, s := range []*stage{r.now, r.was, r.small} {
		if s != nil {
			s.first.Close()
		}
	}
}

// scope is the URL path of the registration.
func (r *run) scope() string {
	if r.subject.Scope != "" {
		return r.subject.Scope
	}
	directory, _ := path.Split(r.script())
	return directory
}

// script is the URL path of the worker's file.
func (r *run) script() string {
	return (&url.URL{Path: r.subject.Base + r.subject.Worker}).EscapedPath()
}

func (r *run) registration() swtest.RegisterOptions {
	o := swtest.RegisterOptions{Module: r.subject.Module, UpdateViaCache: "none"}
	if r.subject.Scope != "" {
		o.Scope = home + r.subject.Scope
	}
	return o
}

// registered is the registration that is verified, nil when there is none.
func (r *run) registered(b *swtest.Browser) *swtest.Registration {
	for _, reg := range b.Registrations(home) {
		if reg.Scope() == home+r.scope() && !reg.Removed() {
			return reg
		}
	}
	return nil
}

// install installs the worker of a deployment for the first time.
func (r *run) install(d *Deployment) (*stage, error) {
	if _, err := fs.Stat(d.Files, r.subject.Worker); err != nil {
		return nil, fmt.Errorf("the worker: %w", err)
	}
	s := &stage{Deployment: d}
	s.first = swtest.New(swtest.Options{Turn: r.options.Turn, Network: r.host(d)})
	if !r.register(s.first) {
		s.failure = "the installation failed"
		if console := s.first.Console(); len(console) > 0 {
			s.failure += ": " + console[len(console)-1].Text
		}
		return s, nil
	}
	for _, q := range s.first.Network.Requests() {
		if fromWorker(q) {
			s.asked = append(s.asked, q)
		}
	}
	s.held = bodies(s.first)
	t := r.trial(Law{})
	defer t.close()
	if err := t.attempt(func() { s.urls = t.expected(s) }); err != nil {
		return nil, err
	}
	s.hashes = r.hashes(d, s.urls)
	return s, nil
}

// fromWorker says whether a request is a worker's for something to store, and
// not for a script of its own.
func fromWorker(q *swtest.Request) bool {
	return q.Destination == "" && q.Method == http.MethodGet
}

// expected lists what is to work offline: what the manifest says, or else
// what the worker has asked for and stored, and does not ask for again.
func (t *trial) expected(s *stage) []string {
	var urls []string
	if s.Manifest != nil {
		for _, e := range s.Manifest.Entries {
			urls = append(urls, e.URL)
		}
		return urls
	}
	for _, q := range s.asked {
		u := pathOf(q)
		content := t.content(s.Deployment, u)
		if strings.HasPrefix(q.URL, home+"/") && content != nil && s.held[manifest.Sum(content)] > 0 {
			urls = append(urls, u)
		}
	}
	slices.Sort(urls)
	return t.settled(s, slices.Compact(urls))
}

// settled are the URLs without those that a worker of others asks the network
// for when it answers, at once or afterwards: of these it keeps a copy that
// may change at any time, and no version owns them.
func (t *trial) settled(s *stage, urls []string) []string {
	b := t.copy(s)
	defer t.done()
	tab := b.Open(home + t.scope())
	return slices.DeleteFunc(urls, func(u string) bool {
		b.Network.Forget()
		answer := tab.Get(u)
		_ = b.Settle()
		return answer.From == "worker" && reached(b, home+u) > 0
	})
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

// part is the subject, or, when it is large and Options say so, the same
// worker with a part of the manifest: the code is the same, and each check
// costs less.
func (r *run) part() (*stage, error) {
	m := r.subject.Manifest
	if m == nil || r.subject.Remake == nil || r.options.Sample == 0 || len(m.Entries) <= r.options.Sample {
		return r.now, nil
	}
	d := &Deployment{Manifest: manifest.New(m.Base, r.sample())}
	worker, err := r.subject.Remake(d.Manifest)
	if err != nil {
		return nil, err
	}
	d.Files = Overlay(r.subject.Files, Overlaid{r.subject.Worker: bytesOf(worker)})
	s, err := r.install(d)
	if err == nil && s.failure != "" {
		err = fmt.Errorf("it does not install: %s", s.failure)
	}
	return s, err
}

// sample chooses about as many entries as Options say: the home page, the
// offline page, the first of every class, and others evenly.
func (r *run) sample() []manifest.Entry {
	all := r.subject.Manifest.Entries
	seen := make(map[manifest.Class]int)
	var some []manifest.Entry
	for i, e := range all {
		class := manifest.ClassOf(e.Path)
		seen[class]++
		needed := r.subject.Spec != nil && r.subject.Spec.Offline != nil && e.URL == r.subject.Base+r.subject.Spec.Offline.Path
		if needed || e.URL == r.subject.Base || seen[class] <= 3 || i%(len(all)/r.options.Sample+1) == 0 {
			some = append(some, e)
		}
	}
	return some
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

// bodies are what the caches of the origin hold, by hash.
func bodies(b *swtest.Browser) map[manifest.Hash]int {
	held := make(map[manifest.Hash]int)
	for _, e := range b.Entries(home) {
		held[manifest.Sum(e.Body)]++
	}
	return held
}
