// Package cachestorage is what the Cache Storage of one origin holds: named
// caches of request and response pairs, their queries and the quota
// (https://w3c.github.io/ServiceWorker/#cache-objects). It outlives workers
// and knows no script: reading bodies, converting arguments and promises are
// its caller's.
package cachestorage

import (
	"fmt"
	"slices"

	"github.com/swgen/swgen/internal/fetch"
)

// OpaquePadding is what an opaque response counts for beside its size, so that
// the usage does not tell the size: about what Chromium takes on average.
const OpaquePadding = 7 << 20

// Error is what script gets: a TypeError, or a DOMException of that name.
type Error struct{ Name, Message string }

func (e *Error) Error() string { return e.Name + ": " + e.Message }

// Options are a query's (the standard's CacheQueryOptions).
type Options struct{ IgnoreSearch, IgnoreMethod, IgnoreVary bool }

// Storage is the caches of one origin. The zero value is empty and has no
// quota.
type Storage struct {
	// Quota is how many bytes the caches may hold; 0: any number.
	Quota  int64
	names  []string // in the order of their making
	caches map[string]*Cache
}

// Open finds a cache, or makes it.
func (s *Storage) Open(name string) *Cache {
	if c := s.caches[name]; c != nil {
		return c
	}
	if s.caches == nil {
		s.caches = make(map[string]*Cache)
	}
	c := &Cache{storage: s, content: newContent()}
	s.caches[name] = c
	s.names = append(s.names, name)
	return c
}

// Has says whether there is a cache of that name.
func (s *Storage) Has(name string) bool { return s.caches[name] != nil }

// Delete removes a cache and says whether there was one. Whoever has it open
// may go on to use it; it counts for nothing any more.
func (s *Storage) Delete(name string) bool {
	c := s.caches[name]
	if c == nil {
		return false
	}
	c.storage = nil
	delete(s.caches, name)
	s.names = slices.DeleteFunc(s.names, func(n string) bool { return n == name })
	return true
}

// Names lists the caches in the order of their making.
func (s *Storage) Names() []string { return slices.Clone(s.names) }

// Match is the first response for a request in the named caches, or in all;
// nil when there is none.
func (s *Storage) Match(req *fetch.Request, o Options, names ...string) *fetch.Response {
	if len(names) == 0 {
		names = s.names
	}
	for _, name := range names {
		if c := s.caches[name]; c != nil {
			if resp := c.Match(req, o); resp != nil {
				return resp
			}
		}
	}
	return nil
}

// Usage is how many bytes the caches count for: bodies, headers, URLs and the
// padding of opaque responses.
func (s *Storage) Usage() int64 {
	var n int64
	for _, c := range s.caches {
		n += c.content.size
	}
	return n
}

// Clone is a storage with the same content that lives its own life. It costs
// little: a cache is copied when one of the two writes to it, bodies never.
func (s *Storage) Clone() *Storage {
	clone := &Storage{Quota: s.Quota, names: slices.Clone(s.names), caches: make(map[string]*Cache, len(s.caches))}
	for name, c := range s.caches {
		// Several clones may be made of one storage while earlier ones are used
		// by other goroutines, which read this.
		if !c.content.shared {
			c.content.shared = true
		}
		clone.caches[name] = &Cache{storage: clone, content: c.content}
	}
	return clone
}

// admit says whether the storage may grow by that many bytes.
func (s *Storage) admit(more int64) error {
	if s == nil || s.Quota == 0 || more <= 0 || s.Usage()+more <= s.Quota {
		return nil
	}
	return &Error{"QuotaExceededError", fmt.Sprintf("quota exceeded: %d bytes in use, %d more wanted, %d allowed", s.Usage(), more, s.Quota)}
}
