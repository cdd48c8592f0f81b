package swtest

import (
	"net/http"

	"github.com/swgen/swgen/internal/cachestorage"
)

// Entry is what a cache holds for one request.
type Entry struct {
	// Cache is the cache's name, URL the request's.
	Cache, URL string
	// Status, Header and Body are the response's, also where script may not
	// see them.
	Status int
	Header http.Header
	Body   []byte
	// Type is the response's: basic, cors, opaque ...
	Type string
}

// Entries are the entries of an origin's caches, in their order.
func (b *Browser) Entries(origin string) []Entry {
	var list []Entry
	s := b.origin(origin).caches
	for _, name := range s.Names() {
		for _, pair := range s.Open(name).Entries() {
			list = append(list, stored(name, pair))
		}
	}
	return list
}

func stored(cache string, pair cachestorage.Pair) Entry {
	p := pair.Response.Unfiltered()
	e := Entry{Cache: cache, URL: pair.Request.URL, Status: p.Status, Header: make(http.Header), Body: pair.Body, Type: pair.Response.Type}
	for _, line := range p.Headers {
		e.Header.Add(line.Name, line.Value)
	}
	return e
}

// Caches are the names of an origin's caches, in their order.
func (b *Browser) Caches(origin string) []string { return b.origin(origin).caches.Names() }

// Usage is how many bytes an origin stores, in caches and databases. An
// opaque response counts for some megabytes, as in browsers.
func (b *Browser) Usage(origin string) int64 { return b.origin(origin).usage() }
