package cachestorage

import (
	"fmt"
	"slices"
	"strings"

	"github.com/swgen/swgen/internal/fetch"
)

// Cache is one cache, in a Storage or deleted from it.
type Cache struct {
	storage *Storage // nil: deleted
	content *content
}

// Pair is an entry. Body is the response's whole body, nil for a null one; it
// must not change any more. The bodies of Request and Response do not count.
type Pair struct {
	Request  *fetch.Request
	Response *fetch.Response
	Body     []byte
}

// Put stores all pairs, each in place of what matches its request, or none:
// then the error is an *Error.
func (c *Cache) Put(pairs ...Pair) error {
	added := make([]*record, len(pairs))
	earlier := make(map[string][]*record, len(pairs))
	replaced := make(map[*entry]bool)
	var growth int64
	for i, p := range pairs {
		if err := unsupported(p); err != nil {
			return err
		}
		r := newRecord(p)
		for _, other := range earlier[r.url] {
			if other.varyMatches(r.request.Headers) {
				return &Error{"InvalidStateError", fmt.Sprintf("duplicate requests (%s)", r.url)}
			}
		}
		earlier[r.url] = append(earlier[r.url], r)
		added[i] = r
		growth += r.size
		for _, old := range c.content.find(p.Request, Options{}) {
			if !replaced[old] {
				replaced[old] = true
				growth -= old.size
			}
		}
	}
	if err := c.storage.admit(growth); err != nil {
		return err
	}
	c.own()
	for i, p := range pairs {
		for _, old := range c.content.find(p.Request, Options{}) {
			c.content.remove(old)
		}
		c.content.add(added[i])
	}
	return nil
}

// unsupported says why a pair cannot be stored.
func unsupported(p Pair) error {
	scheme, _, _ := strings.Cut(p.Request.URL, ":")
	switch {
	case scheme != "http" && scheme != "https":
		return &Error{"TypeError", fmt.Sprintf("request scheme '%s' is unsupported", scheme)}
	case p.Request.Method != "GET":
		return &Error{"TypeError", fmt.Sprintf("request method '%s' is unsupported", p.Request.Method)}
	case p.Response.Status == 206: // of an opaque response nobody knows
		return &Error{"TypeError", "partial response (status code 206) is unsupported"}
	case slices.Contains(vary(p.Response), "*"):
		return &Error{"TypeError", "Vary header contains *"}
	}
	return nil
}

// Match is the first response for a request, nil when there is none. Every
// response has a body of its own to read.
func (c *Cache) Match(req *fetch.Request, o Options) *fetch.Response {
	if found := c.content.find(req, o); len(found) > 0 {
		return found[0].fresh()
	}
	return nil
}

// MatchAll is the responses for a request, or all of them for nil.
func (c *Cache) MatchAll(req *fetch.Request, o Options) []*fetch.Response {
	found := c.content.find(req, o)
	responses := make([]*fetch.Response, len(found))
	for i, e := range found {
		responses[i] = e.fresh()
	}
	return responses
}

// Keys is the stored requests that match a request, or all of them for nil.
func (c *Cache) Keys(req *fetch.Request, o Options) []*fetch.Request {
	found := c.content.find(req, o)
	requests := make([]*fetch.Request, len(found))
	for i, e := range found {
		requests[i] = e.request.Clone()
	}
	return requests
}

// Delete removes what matches a request and says whether there was anything.
func (c *Cache) Delete(req *fetch.Request, o Options) bool {
	if len(c.content.find(req, o)) == 0 {
		return false
	}
	c.own()
	for _, e := range c.content.find(req, o) {
		c.content.remove(e)
	}
	return true
}

// Entries is all that is stored, to be looked at: the records are the stored
// ones, without bodies to read.
func (c *Cache) Entries() []Pair {
	all := c.content.find(nil, Options{})
	pairs := make([]Pair, len(all))
	for i, e := range all {
		pairs[i] = Pair{&e.request, &e.response, e.body}
	}
	return pairs
}

// own makes the content this cache's alone before it is changed.
func (c *Cache) own() {
	if c.content.shared {
		c.content = c.content.copy()
	}
}

// record is a stored pair. It never changes, so that copies of a cache share
// it.
type record struct {
	url      string // without fragment
	path     string // without query, too
	request  fetch.Request
	response fetch.Response
	body     []byte
	vary     []string
	size     int64
}

func newRecord(p Pair) *record {
	r := &record{request: *p.Request, response: *p.Response, body: p.Body, vary: vary(p.Response)}
	r.url, r.path = keys(p.Request.URL)
	r.request.Headers = slices.Clone(p.Request.Headers)
	r.request.Body, r.request.Abort = nil, nil
	r.size = int64(len(r.url) + len(r.body) + length(r.request.Headers))
	for resp := &r.response; ; resp = resp.Internal {
		resp.Body = nil
		resp.Headers = slices.Clone(resp.Headers)
		resp.Source = "cache"
		if resp.Internal == nil {
			r.size += int64(length(resp.Headers))
			break
		}
		internal := *resp.Internal
		resp.Internal = &internal
	}
	if r.response.Type == "opaque" {
		r.size += OpaquePadding
	}
	return r
}

// vary is the header names that a response says it varies by. Those of an
// opaque response cannot be seen and do not count; a CORS response's do,
// though script may not see them: so do browsers.
func vary(resp *fetch.Response) []string {
	if isOpaque(resp) {
		return nil
	}
	return resp.Unfiltered().Headers.List("Vary")
}

func isOpaque(resp *fetch.Response) bool {
	return resp.Type == "opaque" || resp.Type == "opaqueredirect"
}

func length(headers fetch.Headers) int {
	n := 0
	for _, h := range headers {
		n += len(h.Name) + len(h.Value)
	}
	return n
}

// varyMatches compares the request that was stored with another.
func (r *record) varyMatches(request fetch.Headers) bool {
	for _, name := range r.vary {
		stored, had := r.request.Headers.Get(name)
		asked, has := request.Get(name)
		if name == "*" || stored != asked || had != has {
			return false
		}
	}
	return true
}

// fresh is a copy of the response with a body to read.
func (r *record) fresh() *fetch.Response {
	resp := r.response
	resp.Headers = slices.Clone(resp.Headers)
	whole := &resp
	if resp.Internal != nil {
		internal := *resp.Internal
		internal.Headers = slices.Clone(internal.Headers)
		resp.Internal, whole = &internal, &internal
	}
	if r.body != nil {
		whole.Body = fetch.Bytes(r.body)
	}
	if !isOpaque(&resp) {
		resp.Body = whole.Body
	}
	return &resp
}
