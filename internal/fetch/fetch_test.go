package fetch

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/swgen/swgen/internal/eventloop"
)

const page = "https://site.test/page"

// world is a network of pages by URL, and a fetcher in front of it.
type world struct {
	t     *testing.T
	loop  *eventloop.Loop
	f     *Fetcher
	pages map[string]func(req *Request) *Response
	// seen is what reached the network: "METHOD URL".
	seen []string
	last *Request
}

func newWorld(t *testing.T) *world {
	w := &world{
		t: t, pages: make(map[string]func(*Request) *Response),
		loop: eventloop.New(time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)),
	}
	w.f = &Fetcher{Network: w}
	return w
}

func (w *world) RoundTrip(_ *eventloop.Co, req *Request) (*Response, error) {
	w.seen = append(w.seen, req.Method+" "+req.URL)
	w.last = req
	url, _, _ := strings.Cut(req.URL, "#")
	answer, ok := w.pages[url]
	if !ok {
		return nil, errors.New("connection refused")
	}
	return answer(req), nil
}

// serve puts a page on the network; headers are "Name: value".
func (w *world) serve(url string, status int, body string, headers ...string) {
	w.pages[url] = func(*Request) *Response { return answer(status, body, headers...) }
}

func answer(status int, body string, headers ...string) *Response {
	resp := &Response{Status: status, Body: Bytes([]byte(body))}
	for _, h := range headers {
		name, value, _ := strings.Cut(h, ": ")
		resp.Headers.Add(name, value)
	}
	return resp
}

// redirect puts a redirect on the network.
func (w *world) redirect(url string, status int, location string, headers ...string) {
	w.serve(url, status, "", append(headers, "Location: "+location)...)
}

// request is what fetch() of a script in page makes.
func request(url string) *Request {
	return &Request{
		Method: "GET", URL: url, Mode: "cors", Credentials: "same-origin", Cache: "default", Redirect: "follow",
		Referrer: "client", Origin: "https://site.test", ClientURL: page,
	}
}

func with(req *Request, change func(*Request)) *Request {
	change(req)
	return req
}

func navigation(url string) *Request {
	return &Request{
		Method: "GET", URL: url, Mode: "navigate", Credentials: "include", Cache: "default", Redirect: "manual",
		Referrer: "no-referrer", Destination: "document",
	}
}

// run runs steps as a coroutine to their end.
func (w *world) run(steps func(co *eventloop.Co)) {
	w.t.Helper()
	done := false
	w.loop.Go(func(co *eventloop.Co) {
		steps(co)
		done = true
	})
	if err := w.loop.Run(time.Hour, func() bool { return done }); err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) fetch(req *Request) *Response {
	w.t.Helper()
	var resp *Response
	w.run(func(co *eventloop.Co) { resp = w.f.Fetch(co, req) })
	return resp
}

// ok fetches and wants the body.
func (w *world) ok(req *Request, body string) *Response {
	w.t.Helper()
	resp := w.fetch(req)
	if resp.IsError() {
		w.t.Fatalf("%s: %s", req.URL, resp.Reason)
	}
	if got := text(resp); got != body {
		w.t.Errorf("%s: body %q, want %q", req.URL, got, body)
	}
	return resp
}

// fails fetches and wants a network error with a reason.
func (w *world) fails(req *Request, reason string) {
	w.t.Helper()
	resp := w.fetch(req)
	if !resp.IsError() || !strings.Contains(resp.Reason, reason) {
		w.t.Errorf("%s: type %s, reason %q; want an error about %q", req.URL, resp.Type, resp.Reason, reason)
	}
}

func text(resp *Response) string {
	if resp.Body == nil {
		return "(null)"
	}
	got := "(unfinished)"
	resp.Body.ReadAll(func(all []byte, err error) {
		if got = string(all); err != nil {
			got = "(" + err.Error() + ")"
		}
	})
	return got
}

func (w *world) wantSeen(want ...string) {
	w.t.Helper()
	if got := strings.Join(w.seen, ", "); got != strings.Join(want, ", ") {
		w.t.Errorf("the network saw %s; want %s", got, strings.Join(want, ", "))
	}
	w.seen = nil
}

// sent is a header of the last request that reached the network.
func (w *world) sent(name string) string {
	value, ok := w.last.Headers.Get(name)
	if !ok {
		return "(none)"
	}
	return value
}

func TestASameOriginGETIsABasicResponse(t *testing.T) {
	w := newWorld(t)
	w.serve("https://site.test/a", 200, "hello", "Content-Type: text/plain", "Set-Cookie: a=b")
	req := request("https://site.test/a#part")
	resp := w.ok(req, "hello")
	if resp.Type != "basic" || resp.URL() != "https://site.test/a" || resp.Redirected() || resp.Source != "network" {
		t.Errorf("%+v", resp)
	}
	if resp.Headers.Has("Set-Cookie") || !resp.Unfiltered().Headers.Has("Set-Cookie") {
		t.Error("Set-Cookie is for the browser only")
	}
	if len(req.Headers) != 0 {
		t.Error("the caller's request was changed")
	}
	for name, want := range map[string]string{
		"Accept": "*/*", "Accept-Language": "en", "Accept-Encoding": "gzip, deflate, br", "Referer": page, "Origin": "(none)",
		"Sec-Fetch-Mode": "cors", "Sec-Fetch-Dest": "empty", "Sec-Fetch-Site": "same-origin", "User-Agent": defaultUserAgent,
	} {
		if got := w.sent(name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
}

func TestAFailingNetworkIsANetworkErrorWithItsReason(t *testing.T) {
	w := newWorld(t)
	w.fails(request("https://site.test/a"), "connection refused")
}

func TestSchemes(t *testing.T) {
	w := newWorld(t)
	w.f.Blob = func(url string) ([]byte, string, bool) {
		return []byte("0123456789"), "text/x", url == "blob:https://site.test/1"
	}
	w.ok(request("blob:https://site.test/1#x"), "0123456789")
	ranged := func(value string) *Request {
		return with(request("blob:https://site.test/1"), func(r *Request) { r.Headers.Add("Range", value) })
	}
	for value, want := range map[string]string{
		"bytes=2-4": "234 bytes 2-4/10", "bytes=8-": "89 bytes 8-9/10", "bytes=-3": "789 bytes 7-9/10", "bytes = 1 - 99": "123456789 bytes 1-9/10",
		"bytes=-30": "0123456789 bytes 0-9/10",
	} {
		resp := w.fetch(ranged(value))
		if got := text(resp) + " " + first(resp.Headers.Get("Content-Range")); got != want || resp.Status != 206 {
			t.Errorf("%s: %d %q, want %q", value, resp.Status, got, want)
		}
	}
	w.fails(ranged("bytes=10-"), "range")
	w.fails(ranged("bytes=4-2"), "range")
	w.fails(request("blob:https://site.test/2"), "no blob")
	w.fails(with(request("blob:https://site.test/1"), func(r *Request) { r.Method = "POST" }), "only be read")
	w.fails(request("blob:https://other.test/1"), "http and https")
	w.fails(request("ftp://site.test/1"), "http and https")
	w.fails(with(navigation("ftp://site.test/1"), func(r *Request) {}), "not supported")
	if resp := w.ok(navigation("about:blank"), ""); first(resp.Headers.Get("Content-Type")) != "text/html;charset=utf-8" {
		t.Errorf("%+v", resp.Headers)
	}
	w.wantSeen()
}

func first(value string, _ bool) string { return value }

func TestNullBodiesStayNull(t *testing.T) {
	w := newWorld(t)
	w.serve("https://site.test/204", 204, "servers err")
	w.serve("https://site.test/head", 200, "servers err")
	w.ok(request("https://site.test/204"), "(null)")
	w.ok(with(request("https://site.test/head"), func(r *Request) { r.Method = "HEAD" }), "(null)")
}

func TestBadPortsAndMixedContentNeverReachTheNetwork(t *testing.T) {
	w := newWorld(t)
	w.fails(request("https://site.test:25/"), "port 25")
	w.fails(request("http://site.test/"), "mixed content")
	w.fails(with(request("http://site.test/"), func(r *Request) { r.Mode = "no-cors" }), "mixed content")
	w.wantSeen()
	w.serve("http://localhost/", 200, "local", "Access-Control-Allow-Origin: *")
	w.ok(request("http://localhost/"), "local")
	w.serve("https://site.test/i.png", 200, "image")
	w.ok(with(request("http://site.test/i.png"), func(r *Request) { r.Mode, r.Destination = "no-cors", "image" }), "image")
}

func TestABodyThatNobodyWillReadIsNotSentOn(t *testing.T) {
	const own, far = "https://site.test/a", "https://other.test/a"
	for name, c := range map[string]struct {
		url     string
		change  func(*Request)
		status  int
		headers Headers
	}{
		"no permission":   {far, nil, 200, nil},
		"resource policy": {far, func(r *Request) { r.Mode = "no-cors" }, 200, Headers{{"Cross-Origin-Resource-Policy", "same-origin"}}},
		"no redirects":    {own, func(r *Request) { r.Redirect = "error" }, 302, nil},
		"redirect":        {own, nil, 302, Headers{{"Location", "/b"}}},
		"wrong type":      {own, func(r *Request) { r.Destination = "script" }, 200, Headers{{"Content-Type", "image/png"}}},
		"HEAD":            {own, func(r *Request) { r.Method = "HEAD" }, 200, nil},
		"not modified":    {cached, nil, 304, nil},
	} {
		t.Run(name, func(t *testing.T) {
			w := cacheWorld(t, "ETag: \"x\"")
			w.fetch(mode("default"))
			stopped := false
			page := func(*Request) *Response {
				body, _ := NewBody(func() { stopped = true })
				return &Response{Status: c.status, Headers: c.headers, Body: body}
			}
			w.pages[c.url] = page
			req := request(c.url)
			if c.change != nil {
				c.change(req)
			}
			w.fetch(req)
			if !stopped {
				t.Error("it is sent on for ever")
			}
		})
	}
	w := newWorld(t)
	stopped := 0
	stream := func() *Body {
		body, _ := NewBody(func() { stopped++ })
		return body
	}
	worker(w, func(_ *eventloop.Co, req *Request) *Response {
		req.Body.Cancel()
		return &Response{Type: "opaque", Internal: &Response{Status: 200, Body: stream()}}
	})
	w.fails(with(request(own), func(r *Request) { r.Method, r.Body = "POST", stream() }), "opaque")
	if stopped != 2 {
		t.Errorf("%d of request and response were stopped", stopped)
	}
}

func TestAcceptFollowsTheDestination(t *testing.T) {
	w := newWorld(t)
	w.serve("https://site.test/a", 200, "x")
	for destination, want := range map[string]string{"image": "image/png,", "style": "text/css,", "document": "text/html,", "script": "*/*"} {
		w.ok(with(request("https://site.test/a"), func(r *Request) { r.Destination = destination }), "x")
		if got := w.sent("Accept"); !strings.HasPrefix(got, want) {
			t.Errorf("%s: %s", destination, got)
		}
	}
	w.ok(with(request("https://site.test/a"), func(r *Request) { r.Headers.Add("accept", "x/y") }), "x")
	if got := w.sent("Accept"); got != "x/y" {
		t.Error(got)
	}
}

func TestBodiesAreSentWithTheirLength(t *testing.T) {
	w := newWorld(t)
	w.pages["https://site.test/a"] = func(req *Request) *Response {
		if req.Body == nil {
			return answer(200, "nothing")
		}
		return answer(200, text(&Response{Body: req.Body}))
	}
	w.ok(with(request("https://site.test/a"), func(r *Request) { r.Method, r.Body = "POST", Bytes([]byte("abc")) }), "abc")
	if w.sent("Content-Length") != "3" || w.sent("Origin") != "https://site.test" {
		t.Errorf("%v", w.last.Headers)
	}
	w.ok(with(request("https://site.test/a"), func(r *Request) { r.Method = "PUT" }), "nothing")
	if w.sent("Content-Length") != "0" {
		t.Errorf("%v", w.last.Headers)
	}
	w.fails(with(request("https://site.test/a"), func(r *Request) {
		r.Method, r.Keepalive, r.Body = "POST", true, Bytes(make([]byte, 65<<10))
	}), "keepalive")
}

type jar struct{ set, value string }

func (j *jar) Get(string) string    { return j.value }
func (j *jar) Set(url, line string) { j.set += url + " " + line + ";" }

func TestCookiesGoWithCredentialsOnly(t *testing.T) {
	w := newWorld(t)
	j := &jar{value: "a=b"}
	w.f.Cookies = j
	w.serve("https://site.test/a", 200, "x", "Set-Cookie: c=d", "Set-Cookie: e=f")
	w.serve("https://other.test/a", 200, "x", "Set-Cookie: c=d", "Access-Control-Allow-Origin: https://site.test", "Access-Control-Allow-Credentials: true")
	for _, c := range []struct {
		url, credentials string
		want             bool
	}{
		{"https://site.test/a", "same-origin", true},
		{"https://site.test/a", "omit", false},
		{"https://other.test/a", "same-origin", false},
		{"https://other.test/a", "include", true},
	} {
		j.set = ""
		w.ok(with(request(c.url), func(r *Request) { r.Credentials = c.credentials }), "x")
		if got := w.sent("Cookie") == "a=b"; got != c.want || (j.set != "") != c.want {
			t.Errorf("%s, %s: sent %v, set %q", c.url, c.credentials, got, j.set)
		}
	}
	if j.set != "https://other.test/a c=d;" {
		t.Error(j.set)
	}
}

func BenchmarkSimpleGET(b *testing.B) {
	loop := eventloop.New(time.Now())
	f := &Fetcher{Network: simple{}, Cache: new(HTTPCache)}
	loop.Go(func(co *eventloop.Co) {
		b.ReportAllocs()
		for b.Loop() {
			resp := f.Fetch(co, request("https://site.test/a"))
			if _, ok := resp.Body.Take(); !ok {
				b.Fatal(resp.Reason)
			}
		}
	})
	loop.Advance(0)
}

type simple struct{}

func (simple) RoundTrip(*eventloop.Co, *Request) (*Response, error) {
	return &Response{Status: 200, Body: Bytes(nil), Headers: Headers{{"Content-Type", "text/plain"}, {"Cache-Control", "no-store"}}}, nil
}

func TestAMisdirectedRequestIsMadeOnceMore(t *testing.T) {
	w := newWorld(t)
	n, wrong := 0, 1
	w.pages["https://site.test/m"] = func(req *Request) *Response {
		n++
		body, _ := req.Body.Take()
		if n <= wrong {
			return answer(421, "wrong server")
		}
		return answer(200, string(body))
	}
	post := func() *Request {
		return with(request("https://site.test/m"), func(r *Request) { r.Method, r.Body = "POST", Bytes([]byte("sent")) })
	}
	w.ok(post(), "sent")
	n, wrong = 0, 2
	w.ok(post(), "wrong server")
	if n != 2 {
		t.Errorf("%d requests", n)
	}
}
