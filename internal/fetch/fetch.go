package fetch

import (
	"fmt"
	"slices"

	"github.com/swgen/swgen/internal/eventloop"
	"github.com/swgen/swgen/internal/weburl"
)

// Network makes one HTTP exchange: no redirects, no caches. It may wait on co.
// The response, of which it sets Status, StatusText, Headers and Body, is the
// caller's; an error is a network failure, and its text the reason.
type Network interface {
	RoundTrip(co *eventloop.Co, req *Request) (*Response, error)
}

// Cookies keeps cookies.
type Cookies interface {
	// Get is the value of the Cookie header for a request, "" for none.
	Get(url string) string
	// Set takes one Set-Cookie line.
	Set(url, line string)
}

// Fetcher runs the standard's fetch. It belongs to one event loop; only
// Network must be set.
type Fetcher struct {
	Network Network
	// Cache is the HTTP cache, nil for none.
	Cache *HTTPCache
	// Intercept is asked where the standard invokes "handle fetch" (Service
	// Workers), with a request of its own. Not handled means that the network
	// is to answer; an error response's Reason is told on.
	Intercept func(co *eventloop.Co, req *Request) (resp *Response, handled bool)
	// Cookies is nil for none.
	Cookies Cookies
	// Blob finds what a blob: URL (without fragment) stands for.
	Blob func(url string) (body []byte, contentType string, ok bool)
	// Site is a host's registrable domain, which makes two hosts the same
	// site; nil: its last two labels.
	Site func(host string) string
	// UserAgent is the header's value when the request has none.
	UserAgent string

	preflights preflightCache
}

// run is one fetch: the standard's fetch params and what it keeps in its
// request beside what the caller sees.
type run struct {
	f         *Fetcher
	co        *eventloop.Co
	req       *Request
	urls      []string // the URL list; req.URL is its last
	tainting  string   // basic, cors or opaque
	redirects int
	// background is the revalidation of a stale response that was served.
	background bool
	fate       *fate // nil when the fetch cannot be aborted
}

// Fetch answers a request (https://fetch.spec.whatwg.org/#fetching) once the
// response's headers are there. It consumes the request's body and leaves the
// rest of req alone. Failure is a response of type error with a Reason.
func (f *Fetcher) Fetch(co *eventloop.Co, req *Request) *Response {
	c := *req
	c.Headers = slices.Clone(req.Headers)
	addUnlessPresent(&c.Headers, "Accept", accept(c.Destination))
	addUnlessPresent(&c.Headers, "Accept-Language", "en")
	r := &run{f: f, req: &c, urls: []string{c.URL}, tainting: "basic"}
	return r.abortably(co, func() *Response { return r.main(false) })
}

// abortably makes an abort end the wait for the steps' answer. The steps
// themselves cannot be stopped; their answer is dropped.
func (r *run) abortably(co *eventloop.Co, steps func() *Response) *Response {
	abort := r.req.Abort
	if abort == nil {
		r.co = co
		return steps()
	}
	if abort.Done() {
		return abortedError()
	}
	if r.fate == nil {
		r.fate = new(fate)
	}
	answer := eventloop.NewFuture[*Response](co.Loop())
	co.Loop().Go(func(co *eventloop.Co) {
		r.co = co
		resp := steps()
		if abort.Done() {
			resp.Unfiltered().cancel()
			resp = abortedError()
		}
		answer.Resolve(resp)
	})
	abort.Then(func(struct{}) {
		answer.Resolve(abortedError())
		r.fate.abort()
	})
	return eventloop.Await(co, answer)
}

func abortedError() *Response {
	resp := NetworkError("aborted")
	resp.Aborted = true
	return resp
}

func accept(destination string) string {
	switch destination {
	case "document", "frame", "iframe":
		return "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
	case "image":
		return "image/png,image/svg+xml,image/*;q=0.8,*/*;q=0.5"
	case "json":
		return "application/json,*/*;q=0.5"
	case "style":
		return "text/css,*/*;q=0.1"
	case "text":
		return "text/plain,*/*;q=0.5"
	}
	return "*/*"
}

// fail is a network error that names the request.
func (r *run) fail(format string, args ...any) *Response {
	return NetworkError(fmt.Sprintf("%s %s: %s", r.req.Method, r.req.URL, fmt.Sprintf(format, args...)))
}

// main is the standard's main fetch. recursive: a redirect was followed, and
// the first call hands over.
func (r *run) main(recursive bool) *Response {
	r.upgrade()
	resp := r.blockedRequest()
	if resp == nil {
		if r.req.ReferrerPolicy == "" {
			r.req.ReferrerPolicy = "strict-origin-when-cross-origin"
		}
		r.req.Referrer = r.referrer()
		resp = r.byMode()
	}
	if recursive {
		return resp
	}
	return r.handOver(resp)
}

// byMode chooses how to go on by the request's mode, and taints the response.
func (r *run) byMode() *Response {
	req := r.req
	switch {
	case weburl.SameOrigin(req.URL, req.Origin) && r.tainting == "basic",
		hasScheme(req.URL, "data"), req.Mode == "navigate", req.Mode == "websocket":
		r.tainting = "basic"
		return r.scheme()
	case req.Mode == "same-origin":
		return r.fail("the URL is of another origin than %s, and the request mode is \"same-origin\"", req.Origin)
	case req.Mode == "no-cors":
		if req.Redirect != "follow" {
			return r.fail("a cross-origin \"no-cors\" request must have the redirect mode \"follow\"")
		}
		r.tainting = "opaque"
		return r.scheme()
	case !isHTTP(req.URL):
		return r.fail("cross-origin requests are only possible over http and https")
	}
	r.tainting = "cors"
	if !r.needsPreflight() {
		return r.http(false)
	}
	resp := r.http(true)
	if resp.IsError() {
		r.f.preflights.clear(r)
	}
	return resp
}

// handOver filters the response and makes the checks of its content.
func (r *run) handOver(resp *Response) *Response {
	if resp.IsError() {
		return resp
	}
	if internal := resp.Unfiltered(); len(internal.URLs) == 0 {
		internal.URLs = slices.Clip(r.urls) // made by a worker, or of a blob
	}
	if resp.Internal == nil {
		resp = r.filter(resp)
	}
	internal := resp.Internal
	if failure := r.blockedResponse(resp); failure != nil {
		internal.cancel()
		return failure
	}
	if internal.Body != nil && (r.req.Method == "HEAD" || r.req.Method == "CONNECT" || isNullBody(internal.Status)) {
		internal.cancel()
		resp.Body, internal.Body = nil, nil
	}
	if r.req.Integrity == "" {
		return resp
	}
	if resp.Body == nil {
		return r.fail("integrity metadata needs a response whose body can be seen, this one is %q with status %d", resp.Type, internal.Status)
	}
	body, err := resp.Body.wait(r.co)
	switch {
	case err != nil:
		return r.fail("%v", err)
	case !matchesIntegrity(body, r.req.Integrity):
		return r.fail("the body does not match the integrity metadata %q; its hash is sha256-%s", r.req.Integrity, base64Of(hash("sha256", body)))
	}
	internal.Body = Bytes(body)
	r.hold(internal)
	resp.Body = internal.Body
	return resp
}

// cancel gives up the body.
func (r *Response) cancel() {
	if r.Body != nil {
		r.Body.Cancel()
	}
}
