package fetch

import (
	"bytes"
	"compress/flate"
	"compress/gzip"
	"compress/zlib"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/andybalholm/brotli"

	"github.com/swgen/swgen/internal/eventloop"
	"github.com/swgen/swgen/internal/weburl"
)

// defaultUserAgent is modelled after browsers, as the standard advises.
const defaultUserAgent = "Mozilla/5.0 (swgen; a browser for tests)"

// networkOrCache is the standard's HTTP-network-or-cache fetch. Nobody can be
// asked for a password: 401 and 407 are answers like any other.
func (r *run) networkOrCache() *Response {
	credentials := r.req.Credentials == "include" || r.req.Credentials == "same-origin" && r.tainting == "basic"
	req, failure := r.httpRequest(credentials)
	if failure != nil {
		return failure
	}
	cache := r.f.Cache
	ranged := req.Headers.Has("Range")
	if ranged || req.Method != "GET" {
		cache = nil // neither parts nor answers to other methods are kept
	}
	resp := r.answer(req, cache, credentials)
	if resp.Status == 421 && !r.streams() { // Misdirected Request: once more, on another connection
		resp.cancel()
		if req, failure = r.httpRequest(credentials); failure != nil {
			return failure
		}
		resp = r.answer(req, cache, credentials)
	}
	if resp.IsError() {
		return resp
	}
	resp.URLs = slices.Clip(r.urls)
	resp.RangeRequested = ranged
	r.hold(resp)
	return resp
}

// answer is the part of networkOrCache that chooses between network and cache.
func (r *run) answer(req *Request, cache *HTTPCache, credentials bool) *Response {
	now := r.co.Loop().Now()
	var stored *kept
	if cache != nil && req.Cache != "no-store" && req.Cache != "reload" {
		stored = cache.find(req)
	}
	if stored != nil {
		switch use := stored.use(req, now); {
		case use == fresh, req.Cache == "force-cache", req.Cache == "only-if-cached":
			return stored.response()
		case use == whileRevalidating:
			r.revalidate(req)
			return stored.response()
		}
		stored.makeConditional(req)
	}
	if req.Cache == "only-if-cached" {
		return r.fail("nothing in the HTTP cache, and the request's cache mode is \"only-if-cached\"")
	}
	resp := r.exchange(req, credentials)
	switch {
	case resp.IsError():
	case !isSafe(req.Method):
		if r.f.Cache != nil && resp.Status >= 200 && resp.Status <= 399 {
			r.f.Cache.invalidate(req.URL, resp.Headers)
		}
	case stored != nil && resp.Status == 304:
		resp.cancel()
		fresh := cache.freshen(req, stored, resp.Headers, r.co.Loop().Now()).response()
		fresh.Source = "network" // it was asked
		return fresh
	case cache != nil && req.Cache != "no-store":
		cache.store(req, resp, now, r.co.Loop().Now())
	}
	return resp
}

// revalidate asks the network in the background, for the cache's sake.
func (r *run) revalidate(req *Request) {
	again := *r.req
	again.Headers = slices.Clone(r.req.Headers)
	again.Cache, again.SkipServiceWorker = "no-cache", true
	sub := &run{f: r.f, req: &again, urls: r.urls, tainting: r.tainting, background: true}
	r.co.Loop().Go(func(co *eventloop.Co) {
		sub.co = co
		if resp := sub.networkOrCache(); resp.Body != nil {
			resp.Body.ReadAll(func([]byte, error) {})
		}
	})
}

// httpRequest is the request with all the headers that the browser adds.
func (r *run) httpRequest(credentials bool) (*Request, *Response) {
	c := *r.req
	req := &c
	req.Headers = append(make(Headers, 0, len(c.Headers)+14), c.Headers...)
	length := ""
	switch {
	case req.Body == nil && (req.Method == "POST" || req.Method == "PUT"):
		length = "0"
	case req.Body != nil && !r.streams():
		n := req.Body.left()
		if req.Keepalive && n > 64<<10 {
			return nil, r.fail("the body of a keepalive request is larger than 64 KiB")
		}
		length = strconv.Itoa(n)
		req.Body = req.Body.Tee() // the other stays for a redirect
	}
	if length != "" {
		req.Headers.Add("Content-Length", length)
	}
	if isHTTP(req.Referrer) {
		req.Headers.Add("Referer", req.Referrer)
	}
	r.addOrigin(req)
	r.addFetchMetadata(req)
	userAgent := r.f.UserAgent
	if userAgent == "" {
		userAgent = defaultUserAgent
	}
	addUnlessPresent(&req.Headers, "User-Agent", userAgent)
	r.applyCacheMode(req)
	switch {
	case req.Headers.Has("Range"):
		req.Headers.Add("Accept-Encoding", "identity")
	case weburl.PotentiallyTrustworthy(req.URL):
		addUnlessPresent(&req.Headers, "Accept-Encoding", "gzip, deflate, br")
	default:
		addUnlessPresent(&req.Headers, "Accept-Encoding", "gzip, deflate")
	}
	if credentials && r.f.Cookies != nil {
		if cookie := r.f.Cookies.Get(req.URL); cookie != "" {
			req.Headers.Add("Cookie", cookie)
		}
	}
	return req, nil
}

// applyCacheMode translates between the cache mode and headers.
func (r *run) applyCacheMode(req *Request) {
	if req.Cache == "default" && slices.ContainsFunc(conditional, req.Headers.Has) {
		req.Cache = "no-store"
	}
	switch req.Cache {
	case "no-cache":
		if !r.background {
			addUnlessPresent(&req.Headers, "Cache-Control", "max-age=0")
		}
	case "no-store", "reload":
		addUnlessPresent(&req.Headers, "Pragma", "no-cache")
		addUnlessPresent(&req.Headers, "Cache-Control", "no-cache")
	}
}

var conditional = []string{"If-Modified-Since", "If-None-Match", "If-Unmodified-Since", "If-Match", "If-Range"}

func addUnlessPresent(h *Headers, name, value string) {
	if !h.Has(name) {
		h.Add(name, value)
	}
}

// exchange is the standard's HTTP-network fetch.
func (r *run) exchange(req *Request, credentials bool) *Response {
	resp, err := r.f.Network.RoundTrip(r.co, req)
	if err != nil {
		return r.fail("%v", err)
	}
	resp.Type, resp.Source = "default", "network"
	if credentials && r.f.Cookies != nil {
		for _, line := range resp.Headers.Values("Set-Cookie") {
			r.f.Cookies.Set(req.URL, line)
		}
	}
	if isNullBody(resp.Status) || req.Method == "HEAD" {
		resp.cancel()
		resp.Body = nil
	}
	if codings := resp.Headers.List("Content-Encoding"); codings != nil && resp.Body != nil {
		resp.Body = decoded(resp.Body, codings)
	}
	return resp
}

// decoded undoes content codings once the encoded bytes are complete; a
// browser would do so piece by piece.
func decoded(encoded *Body, codings []string) *Body {
	body, w := NewBody(encoded.Cancel)
	encoded.ReadAll(func(all []byte, err error) {
		for _, coding := range slices.Backward(codings) {
			if err == nil && len(all) > 0 {
				all, err = decode(strings.ToLower(coding), all)
			}
		}
		if err != nil {
			w.Fail(err)
			return
		}
		w.Write(all, nil)
		w.Close()
	})
	return body
}

func decode(coding string, encoded []byte) ([]byte, error) {
	var from io.Reader
	var err error
	switch coding {
	case "gzip", "x-gzip":
		from, err = gzip.NewReader(bytes.NewReader(encoded))
	case "deflate":
		if from, err = zlib.NewReader(bytes.NewReader(encoded)); err != nil {
			from, err = flate.NewReader(bytes.NewReader(encoded)), nil // as some servers mean it
		}
	case "br":
		from = brotli.NewReader(bytes.NewReader(encoded))
	default:
		return encoded, nil
	}
	if err != nil {
		return nil, err
	}
	return io.ReadAll(from)
}
