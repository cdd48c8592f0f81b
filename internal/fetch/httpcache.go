package fetch

import (
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/swgen/swgen/internal/weburl"
)

// HTTPCache is a browser's own cache (RFC 9111, "private"), of complete
// answers to GET. The zero value is an empty one. It is not partitioned: give
// each top-level site its own.
type HTTPCache struct {
	// kept by URL without fragment, the newest first. Neither a slice nor what
	// it holds changes once it is here.
	kept map[string][]*kept
}

// kept is one stored response.
type kept struct {
	request        Headers // what Vary names, of the request that was answered
	record         Response
	body           []byte // nil: null
	asked, arrived time.Time
	directives     directives
}

// Clear empties the cache.
func (c *HTTPCache) Clear() { c.kept = nil }

// Clone is a cache with the same content.
func (c *HTTPCache) Clone() *HTTPCache { return &HTTPCache{kept: maps.Clone(c.kept)} }

// URLs lists what is kept, sorted.
func (c *HTTPCache) URLs() []string { return slices.Sorted(maps.Keys(c.kept)) }

func cacheKey(url string) string {
	key, _, _ := strings.Cut(url, "#")
	return key
}

// find selects the stored response for a request (RFC 9111 section 4, but
// freshness).
func (c *HTTPCache) find(req *Request) *kept {
	for _, k := range c.kept[cacheKey(req.URL)] {
		if k.matches(req.Headers) {
			return k
		}
	}
	return nil
}

// matches compares what Vary names (section 4.1).
func (k *kept) matches(request Headers) bool {
	for _, name := range k.record.Headers.List("Vary") {
		stored, _ := k.request.Get(name)
		presented, _ := request.Get(name)
		if name == "*" || stored != presented {
			return false
		}
	}
	return true
}

// response is a fresh copy.
func (k *kept) response() *Response {
	resp := k.record
	resp.Headers = slices.Clone(resp.Headers)
	if k.body != nil {
		resp.Body = Bytes(k.body)
	}
	return &resp
}

// store keeps an answer once its body is complete (section 3). Storing makes
// nobody read the body: what is not read to its end is not kept.
func (c *HTTPCache) store(req *Request, resp *Response, asked, arrived time.Time) {
	k := &kept{asked: asked, arrived: arrived, record: *resp, directives: parseDirectives(resp.Headers)}
	asks := parseDirectives(req.Headers)
	if resp.Status == 206 || resp.Status == 304 || k.directives.has("no-store") || asks.has("no-store") ||
		!isCacheableByDefault(resp.Status) && !k.hasLifetime() {
		return
	}
	for _, name := range resp.Headers.List("Vary") {
		if name == "*" {
			return
		}
		if value, ok := req.Headers.Get(name); ok {
			k.request.Add(name, value)
		}
	}
	k.record.Headers = slices.Clone(resp.Headers)
	k.record.Source = "http cache"
	k.record.Body = nil
	url := cacheKey(req.URL)
	if isRedirect(resp.Status) && resp.Headers.Has("Location") {
		k.body = []byte{} // nobody reads it
	}
	if resp.Body == nil || k.body != nil {
		c.put(url, req.Headers, k)
		return
	}
	request := slices.Clone(req.Headers)
	resp.Body.whenWhole(func(all []byte) {
		k.body = all
		c.put(url, request, k)
	})
}

// put replaces what would have answered the same request.
func (c *HTTPCache) put(url string, request Headers, k *kept) {
	if c.kept == nil {
		c.kept = make(map[string][]*kept)
	}
	all := []*kept{k}
	for _, old := range c.kept[url] {
		if !old.matches(request) {
			all = append(all, old)
		}
	}
	c.kept[url] = all
}

// makeConditional asks whether k still holds (section 4.3.1).
func (k *kept) makeConditional(req *Request) {
	if tag, ok := k.record.Headers.Get("ETag"); ok {
		addUnlessPresent(&req.Headers, "If-None-Match", tag)
	}
	if date, ok := k.record.Headers.Get("Last-Modified"); ok {
		addUnlessPresent(&req.Headers, "If-Modified-Since", date)
	}
}

// freshen is k with what a 304 response says anew (section 3.2).
func (c *HTTPCache) freshen(req *Request, k *kept, answer Headers, now time.Time) *kept {
	updated := *k
	updated.record.Headers = slices.Clone(k.record.Headers)
	for _, h := range answer {
		if !describesTransfer(h.Name) {
			updated.record.Headers.Del(h.Name)
		}
	}
	for _, h := range answer {
		if !describesTransfer(h.Name) {
			updated.record.Headers.Add(h.Name, h.Value)
		}
	}
	updated.directives = parseDirectives(updated.record.Headers)
	updated.asked, updated.arrived = now, now
	c.put(cacheKey(req.URL), req.Headers, &updated)
	return &updated
}

// describesTransfer says whether a header belongs to the message that carries
// it, or to a body that a 304 response does not have.
func describesTransfer(name string) bool {
	switch strings.ToLower(name) {
	case "connection", "keep-alive", "proxy-authenticate", "proxy-connection", "te", "trailer", "transfer-encoding", "upgrade",
		"content-encoding", "content-length", "content-range", "content-type":
		return true
	}
	return false
}

// invalidate forgets what an unsafe request may have changed (section 4.4).
func (c *HTTPCache) invalidate(url string, answer Headers) {
	delete(c.kept, cacheKey(url))
	for _, name := range []string{"Location", "Content-Location"} {
		if value, ok := answer.Get(name); ok {
			if u, err := weburl.Parse(value, url); err == nil && weburl.SameOrigin(u.Href, url) {
				delete(c.kept, cacheKey(u.Href))
			}
		}
	}
}
