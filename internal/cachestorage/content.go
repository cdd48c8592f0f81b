package cachestorage

import (
	"strings"

	"github.com/swgen/swgen/internal/fetch"
)

// content is a cache's entries: all of them, those of a URL without fragment,
// and those of a URL without query, too; each list in the order of insertion.
type content struct {
	all           list
	byURL, byPath map[string]*list
	count         int
	size          int64
	// shared: another storage reads it, too; it must not change any more.
	shared bool
}

// The lists that an entry is in.
const (
	inAll = iota
	inURL
	inPath
)

type entry struct {
	*record
	prev, next [3]*entry
}

type list struct{ first, last *entry }

func newContent() *content {
	return &content{byURL: make(map[string]*list), byPath: make(map[string]*list)}
}

// keys is what a URL is found by.
func keys(url string) (withoutFragment, withoutQuery string) {
	withoutFragment, _, _ = strings.Cut(url, "#")
	withoutQuery, _, _ = strings.Cut(withoutFragment, "?")
	return withoutFragment, withoutQuery
}

// find is the standard's query cache; nil asks for all entries.
func (c *content) find(req *fetch.Request, o Options) []*entry {
	if req == nil {
		all := make([]*entry, 0, c.count)
		for e := c.all.first; e != nil; e = e.next[inAll] {
			all = append(all, e)
		}
		return all
	}
	if !o.IgnoreMethod && req.Method != "GET" {
		return nil
	}
	url, path := keys(req.URL)
	candidates, which := c.byURL[url], inURL
	if o.IgnoreSearch {
		candidates, which = c.byPath[path], inPath
	}
	if candidates == nil {
		return nil
	}
	var found []*entry
	for e := candidates.first; e != nil; e = e.next[which] {
		if o.IgnoreVary || e.varyMatches(req.Headers) {
			found = append(found, e)
		}
	}
	return found
}

func (c *content) add(r *record) {
	e := &entry{record: r}
	c.count++
	c.size += r.size
	c.all.add(e, inAll)
	listOf(c.byURL, r.url).add(e, inURL)
	listOf(c.byPath, r.path).add(e, inPath)
}

func listOf(index map[string]*list, key string) *list {
	l := index[key]
	if l == nil {
		l = new(list)
		index[key] = l
	}
	return l
}

func (c *content) remove(e *entry) {
	c.count--
	c.size -= e.size
	c.all.remove(e, inAll)
	if c.byURL[e.url].remove(e, inURL) {
		delete(c.byURL, e.url)
	}
	if c.byPath[e.path].remove(e, inPath) {
		delete(c.byPath, e.path)
	}
}

func (l *list) add(e *entry, which int) {
	e.prev[which] = l.last
	if l.last != nil {
		l.last.next[which] = e
	} else {
		l.first = e
	}
	l.last = e
}

// remove says whether the list is empty now.
func (l *list) remove(e *entry, which int) bool {
	prev, next := e.prev[which], e.next[which]
	if prev != nil {
		prev.next[which] = next
	} else {
		l.first = next
	}
	if next != nil {
		next.prev[which] = prev
	} else {
		l.last = prev
	}
	return l.first == nil
}

func (c *content) copy() *content {
	copied := newContent()
	for e := c.all.first; e != nil; e = e.next[inAll] {
		copied.add(e.record)
	}
	return copied
}
