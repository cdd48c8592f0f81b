package fetch

import (
	"slices"
	"strings"
	"testing"
	"time"
)

func TestCrossOriginNeedsPermission(t *testing.T) {
	const url = "https://other.test/a"
	for _, c := range []struct {
		name, credentials, reason string
		headers                   []string
	}{
		{"nothing", "same-origin", "no \"Access-Control-Allow-Origin\"", nil},
		{"star", "same-origin", "", []string{"Access-Control-Allow-Origin: *"}},
		{"origin", "omit", "", []string{"Access-Control-Allow-Origin: https://site.test"}},
		{"another", "omit", "has the value", []string{"Access-Control-Allow-Origin: https://site.test/"}},
		{"twice", "omit", "has the value", []string{"Access-Control-Allow-Origin: *", "Access-Control-Allow-Origin: *"}},
		{"star with credentials", "include", "must not be", []string{"Access-Control-Allow-Origin: *", "Access-Control-Allow-Credentials: true"}},
		{"credentials not allowed", "include", "Allow-Credentials", []string{"Access-Control-Allow-Origin: https://site.test"}},
		{"credentials", "include", "", []string{"Access-Control-Allow-Origin: https://site.test", "Access-Control-Allow-Credentials: true"}},
		{"TRUE", "include", "Allow-Credentials", []string{"Access-Control-Allow-Origin: https://site.test", "Access-Control-Allow-Credentials: TRUE"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t)
			w.serve(url, 200, "x", c.headers...)
			req := with(request(url), func(r *Request) { r.Credentials = c.credentials })
			if c.reason != "" {
				w.fails(req, c.reason)
			} else if resp := w.ok(req, "x"); resp.Type != "cors" || w.sent("Origin") != "https://site.test" {
				t.Errorf("%s, %v", resp.Type, w.last.Headers)
			}
		})
	}
}

func TestOnlyExposedHeadersAreSeen(t *testing.T) {
	w := newWorld(t)
	names := func(credentials string, expose ...string) string {
		w.serve("https://other.test/a", 200, "x", append([]string{
			"Content-Type: x/y", "X-A: 1", "X-B: 2", "Set-Cookie: a=b", "Access-Control-Allow-Origin: https://site.test", "Access-Control-Allow-Credentials: true",
		}, expose...)...)
		resp := w.ok(with(request("https://other.test/a"), func(r *Request) { r.Credentials = credentials }), "x")
		var all []string
		for _, h := range resp.Headers {
			all = append(all, h.Name)
		}
		return strings.Join(all, " ")
	}
	for _, c := range []struct{ credentials, expose, want string }{
		{"omit", "Server-Timing", "Content-Type"},
		{"omit", "x-a, set-cookie", "Content-Type X-A"},
		{"omit", "*", "Content-Type X-A X-B Access-Control-Allow-Origin Access-Control-Allow-Credentials Access-Control-Expose-Headers"},
		{"include", "*", "Content-Type"},
	} {
		if got := names(c.credentials, "Access-Control-Expose-Headers: "+c.expose); got != c.want {
			t.Errorf("%s, %s: %q, want %q", c.credentials, c.expose, got, c.want)
		}
	}
}

func TestNoCORSGivesAnOpaqueResponse(t *testing.T) {
	w := newWorld(t)
	w.serve("https://other.test/a", 404, "secret", "X-A: 1")
	resp := w.fetch(with(request("https://other.test/a"), func(r *Request) { r.Mode = "no-cors" }))
	if resp.Type != "opaque" || resp.Status != 0 || len(resp.Headers) != 0 || resp.Body != nil || len(resp.URLs) != 0 {
		t.Errorf("%+v", resp)
	}
	if inside := resp.Unfiltered(); inside.Status != 404 || text(inside) != "secret" || inside.URL() != "https://other.test/a" {
		t.Errorf("%+v", inside)
	}
	w.serve("https://site.test/a", 200, "own")
	if own := w.ok(with(request("https://site.test/a"), func(r *Request) { r.Mode = "no-cors" }), "own"); own.Type != "basic" {
		t.Error(own.Type)
	}
}

func TestSameOriginModeStaysAtHome(t *testing.T) {
	w := newWorld(t)
	w.serve("https://site.test/a", 200, "own")
	w.redirect("https://site.test/r", 302, "https://other.test/")
	strict := func(url string) *Request { return with(request(url), func(r *Request) { r.Mode = "same-origin" }) }
	w.ok(strict("https://site.test/a"), "own")
	w.fails(strict("https://other.test/"), "same-origin")
	w.fails(strict("https://site.test/r"), "same-origin")
	w.wantSeen("GET https://site.test/a", "GET https://site.test/r")
}

func TestResourcePolicy(t *testing.T) {
	for _, c := range []struct {
		origin, url, policy string
		blocked             bool
	}{
		{"https://site.test", "https://other.test/a", "same-origin", true},
		{"https://site.test", "https://cdn.site.test/a", "same-origin", true},
		{"https://site.test", "https://cdn.site.test/a", "same-site", false},
		{"https://site.test", "https://other.test/a", "same-site", true},
		{"http://site.test", "https://cdn.site.test/a", "same-site", true},
		{"https://site.test", "https://other.test/a", "cross-origin", false},
		{"https://site.test", "https://other.test/a", "same-origin, same-origin", false},
	} {
		w := newWorld(t)
		w.serve(c.url, 200, "x", "Cross-Origin-Resource-Policy: "+c.policy, "Access-Control-Allow-Origin: *")
		req := with(request(c.url), func(r *Request) { r.Mode, r.Origin = "no-cors", c.origin })
		if resp := w.fetch(req); resp.IsError() != c.blocked {
			t.Errorf("%s from %s, %s: %s", c.url, c.origin, c.policy, resp.Reason)
		}
		w.ok(with(req, func(r *Request) { r.Mode = "cors" }), "x") // a CORS request has its permission
	}
}

func TestACrossOriginRedirectWithCredentialsInItsURLIsRefused(t *testing.T) {
	w := newWorld(t)
	w.redirect("https://site.test/a", 302, "https://u:p@other.test/")
	w.redirect("https://other.test/a", 302, "https://u@site.test/", "Access-Control-Allow-Origin: *")
	w.redirect("https://site.test/own", 302, "https://u@site.test/x")
	w.serve("https://u@site.test/x", 200, "own")
	w.fails(request("https://site.test/a"), "contains credentials")
	w.fails(request("https://other.test/a"), "contains credentials")
	w.ok(request("https://site.test/own"), "own")
}

// guarded is a server that answers preflights.
func guarded(w *world, status int, headers ...string) {
	w.pages["https://other.test/a"] = func(req *Request) *Response {
		if req.Method == "OPTIONS" {
			return answer(status, "", append(slices.Clone(headers), "Access-Control-Allow-Origin: https://site.test", "Access-Control-Allow-Credentials: true")...)
		}
		return answer(200, "done", "Access-Control-Allow-Origin: https://site.test", "Access-Control-Allow-Credentials: true")
	}
}

func put(change func(*Request)) *Request {
	return with(with(request("https://other.test/a"), func(r *Request) {
		r.Method = "PUT"
		r.Headers.Add("X-B", "1")
		r.Headers.Add("x-a", "1")
		r.Headers.Add("Accept-Language", "de")
	}), change)
}

func TestAPreflightAsksFirst(t *testing.T) {
	w := newWorld(t)
	guarded(w, 204, "Access-Control-Allow-Methods: PUT", "Access-Control-Allow-Headers: x-a, X-B")
	page := w.pages["https://other.test/a"]
	var asked *Request
	w.pages["https://other.test/a"] = func(req *Request) *Response {
		if req.Method == "OPTIONS" {
			asked = req
		}
		return page(req)
	}
	w.ok(put(func(*Request) {}), "done")
	w.wantSeen("OPTIONS https://other.test/a", "PUT https://other.test/a")
	for name, want := range map[string]string{
		"Access-Control-Request-Method": "PUT", "Access-Control-Request-Headers": "x-a,x-b", "Origin": "https://site.test", "Accept": "*/*", "Sec-Fetch-Mode": "cors",
	} {
		if got := first(asked.Headers.Get(name)); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	if asked.Headers.Has("X-A") {
		t.Error("the preflight carries the request's own headers")
	}
}

func TestAPreflightMayRefuse(t *testing.T) {
	include := func(r *Request) { r.Credentials = "include" }
	for _, c := range []struct {
		name, reason string
		change       func(*Request)
		status       int
		headers      []string
	}{
		{"status", "status is 404", nil, 404, []string{"Access-Control-Allow-Methods: *", "Access-Control-Allow-Headers: *"}},
		{"method", "method PUT", nil, 200, []string{"Access-Control-Allow-Methods: DELETE", "Access-Control-Allow-Headers: *"}},
		{"header", "\"x-b\"", nil, 200, []string{"Access-Control-Allow-Methods: PUT", "Access-Control-Allow-Headers: x-a"}},
		{"malformed", "malformed", nil, 200, []string{"Access-Control-Allow-Methods: PUT", "Access-Control-Allow-Headers: x a"}},
		{"wildcards", "", nil, 200, []string{"Access-Control-Allow-Methods: *", "Access-Control-Allow-Headers: *"}},
		{"wildcards with credentials", "method PUT", include, 200, []string{"Access-Control-Allow-Methods: *", "Access-Control-Allow-Headers: *"}},
		{"no wildcard for authorization", "\"authorization\"", func(r *Request) { r.Headers.Add("Authorization", "x") }, 200, []string{"Access-Control-Allow-Methods: *", "Access-Control-Allow-Headers: *"}},
		{"authorization listed", "", func(r *Request) { r.Headers.Add("Authorization", "x") }, 200, []string{"Access-Control-Allow-Methods: *", "Access-Control-Allow-Headers: *, authorization"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t)
			guarded(w, c.status, c.headers...)
			if c.change == nil {
				c.change = func(*Request) {}
			}
			if c.reason == "" {
				w.ok(put(c.change), "done")
				return
			}
			w.fails(put(c.change), c.reason)
			w.wantSeen("OPTIONS https://other.test/a")
		})
	}
}

func TestAPreflightMayFail(t *testing.T) {
	w := newWorld(t)
	w.fails(put(func(*Request) {}), "OPTIONS https://other.test/a: connection refused")
}

func TestAPreflightIsRemembered(t *testing.T) {
	w := newWorld(t)
	guarded(w, 200, "Access-Control-Allow-Methods: PUT", "Access-Control-Allow-Headers: *", "Access-Control-Max-Age: 60")
	same := func(*Request) {}
	w.ok(put(same), "done")
	w.loop.Advance(59 * time.Second)
	w.ok(put(same), "done")
	w.wantSeen("OPTIONS https://other.test/a", "PUT https://other.test/a", "PUT https://other.test/a")
	w.fails(put(func(r *Request) { r.Credentials = "include" }), "x-a")
	w.wantSeen("OPTIONS https://other.test/a")
	w.ok(put(same), "done") // the refusal emptied the cache for this URL
	w.wantSeen("OPTIONS https://other.test/a", "PUT https://other.test/a")
	w.loop.Advance(61 * time.Second)
	w.ok(put(same), "done")
	w.wantSeen("OPTIONS https://other.test/a", "PUT https://other.test/a")
}

func TestAStarIsNotRememberedForAuthorizationNorForever(t *testing.T) {
	w := newWorld(t)
	guarded(w, 200, "Access-Control-Allow-Methods: PUT", "Access-Control-Allow-Headers: *", "Access-Control-Max-Age: 86400")
	w.ok(put(func(*Request) {}), "done")
	w.fails(put(func(r *Request) { r.Headers.Add("Authorization", "x") }), "authorization")
	w.ok(put(func(*Request) {}), "done")
	w.loop.Advance(7199 * time.Second)
	w.ok(put(func(*Request) {}), "done")
	w.seen = nil
	w.loop.Advance(2 * time.Second)
	w.ok(put(func(*Request) {}), "done")
	w.wantSeen("OPTIONS https://other.test/a", "PUT https://other.test/a")
}

func TestNobodyReadsThePreflightsBody(t *testing.T) {
	w := newWorld(t)
	stopped := false
	w.pages["https://other.test/a"] = func(*Request) *Response {
		body, _ := NewBody(func() { stopped = true })
		return &Response{Status: 200, Body: body}
	}
	w.fails(put(func(*Request) {}), "no \"Access-Control-Allow-Origin\"")
	if !stopped {
		t.Error("it is sent on for ever")
	}
}

func TestSimpleRequestsNeedNoPreflight(t *testing.T) {
	for _, c := range []struct {
		name, value string
		simple      bool
	}{
		{"Accept", "text/html", true}, {"Accept", "a(b)", false}, {"Content-Language", "de-DE, en", true}, {"Content-Language", "@", false},
		{"Content-Type", "text/plain;charset=utf-8", true}, {"Content-Type", "application/json", false}, {"Content-Type", "multipart/form-data; boundary=x", true},
		{"Range", "bytes=0-10", true}, {"Range", "bytes=-10", false}, {"Range", "bytes=0-1,4-5", false}, {"X-Any", "1", false},
		{"Accept", strings.Repeat("a", 129), false},
	} {
		if got := len(unsafeNames(Headers{{c.name, c.value}})) == 0; got != c.simple {
			t.Errorf("%s: %s: simple %v", c.name, c.value, got)
		}
	}
	var many Headers
	for range 9 {
		many.Add("Accept", strings.Repeat("a", 120))
	}
	if got := unsafeNames(many); !slices.Equal(got, []string{"accept"}) {
		t.Errorf("many small ones: %q", got)
	}
}

func TestAnUploadStreamIsPreflighted(t *testing.T) {
	w := newWorld(t)
	guarded(w, 200)
	w.ok(with(request("https://other.test/a"), func(r *Request) {
		body, writer := NewBody(nil)
		writer.Close()
		r.Method, r.Body = "POST", body
	}), "done")
	w.wantSeen("OPTIONS https://other.test/a", "POST https://other.test/a")
}
