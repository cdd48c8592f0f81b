package fetch

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/swgen/swgen/internal/eventloop"
)

func TestARedirectIsFollowedAndKeepsTheFragment(t *testing.T) {
	w := newWorld(t)
	w.redirect("https://site.test/a", 302, "b?x")
	w.redirect("https://site.test/b?x", 301, "/c#own")
	w.serve("https://site.test/c", 200, "end")
	resp := w.ok(request("https://site.test/a#frag"), "end")
	want := []string{"https://site.test/a#frag", "https://site.test/b?x#frag", "https://site.test/c#own"}
	if !slices.Equal(resp.URLs, want) || !resp.Redirected() || resp.Type != "basic" {
		t.Errorf("%s %q", resp.Type, resp.URLs)
	}
}

func TestRedirectsEnd(t *testing.T) {
	w := newWorld(t)
	for i := range 25 {
		w.redirect(fmt.Sprintf("https://site.test/%d", i), 302, fmt.Sprintf("/%d", i+1))
	}
	w.serve("https://site.test/25", 200, "end")
	w.ok(request("https://site.test/5"), "end")
	w.seen = nil
	w.fails(request("https://site.test/4"), "20 redirects")
	if len(w.seen) != 21 {
		t.Errorf("%d requests", len(w.seen))
	}
}

func TestRedirectsToNowhere(t *testing.T) {
	w := newWorld(t)
	w.redirect("https://site.test/data", 302, "data:,x")
	w.redirect("https://site.test/bad", 302, "https://[")
	w.redirect("https://site.test/two", 302, "/a", "Location: /b")
	w.serve("https://site.test/none", 302, "body")
	w.redirect("https://site.test/down", 302, "http://other.test/")
	w.fails(request("https://site.test/data"), "neither http nor https")
	w.fails(request("https://site.test/bad"), "invalid URL")
	w.fails(request("https://site.test/two"), "several places")
	w.ok(request("https://site.test/none"), "body")
	w.fails(request("https://site.test/down"), "mixed content")
}

func TestMethodAndBodyAreRewritten(t *testing.T) {
	for _, c := range []struct {
		method string
		status int
		want   string
	}{
		{"POST", 301, "GET, no type, no body"}, {"POST", 302, "GET, no type, no body"}, {"POST", 303, "GET, no type, no body"},
		{"PUT", 303, "GET, no type, no body"}, {"PUT", 302, "PUT, x/y, body abc"}, {"POST", 307, "POST, x/y, body abc"}, {"POST", 308, "POST, x/y, body abc"},
	} {
		w := newWorld(t)
		w.pages["https://site.test/a"] = func(req *Request) *Response {
			text(&Response{Body: req.Body}) // servers read before they redirect
			return answer(c.status, "", "Location: /b")
		}
		w.pages["https://site.test/b"] = func(req *Request) *Response {
			got := req.Method
			if kind, ok := req.Headers.Get("Content-Type"); ok {
				got += ", " + kind
			} else {
				got += ", no type"
			}
			if req.Body == nil {
				return answer(200, got+", no body")
			}
			return answer(200, got+", body "+text(&Response{Body: req.Body}))
		}
		w.ok(with(request("https://site.test/a"), func(r *Request) {
			r.Method, r.Body = c.method, Bytes([]byte("abc"))
			r.Headers.Add("Content-Type", "x/y")
		}), c.want)
	}
}

func TestAnUploadStreamCannotBeSentTwice(t *testing.T) {
	w := newWorld(t)
	w.redirect("https://site.test/307", 307, "/b")
	w.redirect("https://site.test/303", 303, "/b")
	w.serve("https://site.test/b", 200, "end")
	stream := func(url string) *Request {
		return with(request(url), func(r *Request) {
			body, writer := NewBody(nil)
			writer.Close()
			r.Method, r.Body = "POST", body
		})
	}
	w.fails(stream("https://site.test/307"), "stream")
	w.ok(stream("https://site.test/303"), "end")
}

func TestACrossOriginRedirectLosesItsAuthorization(t *testing.T) {
	w := newWorld(t)
	allow := []string{"Access-Control-Allow-Origin: *", "Access-Control-Allow-Headers: authorization, x-other"}
	w.redirect("https://site.test/near", 302, "/near2")
	w.serve("https://site.test/near2", 200, "near")
	w.redirect("https://site.test/far", 302, "https://other.test/x")
	w.serve("https://other.test/x", 200, "far", allow...)
	authorized := func(url string) *Request {
		return with(request(url), func(r *Request) {
			r.Headers.Add("authorization", "secret")
			r.Headers.Add("X-Other", "1")
		})
	}
	w.ok(authorized("https://site.test/near"), "near")
	if w.sent("Authorization") != "secret" {
		t.Error("lost within the origin")
	}
	w.ok(authorized("https://site.test/far"), "far")
	if w.sent("Authorization") != "(none)" || w.sent("X-Other") != "1" || w.sent("Origin") != "https://site.test" {
		t.Errorf("%v", w.last.Headers)
	}
}

func TestTheOriginIsHiddenAfterADetour(t *testing.T) {
	w := newWorld(t)
	w.redirect("https://other.test/a", 302, "https://third.test/b", "Access-Control-Allow-Origin: *")
	w.serve("https://third.test/b", 200, "end", "Access-Control-Allow-Origin: null")
	w.ok(request("https://other.test/a"), "end")
	if got := w.sent("Origin"); got != "null" {
		t.Error(got)
	}
	w.redirect("https://other.test/back", 302, "https://site.test/b", "Access-Control-Allow-Origin: *")
	w.serve("https://site.test/b", 200, "own")
	w.fails(request("https://other.test/back"), "no \"Access-Control-Allow-Origin\"")
}

func TestRedirectModes(t *testing.T) {
	w := newWorld(t)
	w.redirect("https://site.test/a", 302, "/b")
	w.serve("https://site.test/b", 200, "end")
	mode := func(mode string) *Request {
		return with(request("https://site.test/a"), func(r *Request) { r.Redirect = mode })
	}
	w.fails(mode("error"), "redirect mode is \"error\"")
	resp := w.fetch(mode("manual"))
	if resp.Type != "opaqueredirect" || resp.Status != 0 || resp.Body != nil || len(resp.Headers) != 0 || resp.URL() != "https://site.test/a" {
		t.Errorf("%+v", resp)
	}
	if resp.Unfiltered().Status != 302 {
		t.Error("what is hidden is lost")
	}
	w.run(func(co *eventloop.Co) {
		if next := resp.Next(co); !next.IsError() {
			t.Error("only a navigation goes on")
		}
	})
	w.fails(with(mode("manual"), func(r *Request) { r.URL, r.Mode = "https://other.test/a", "no-cors" }), "redirect mode \"follow\"")
}

func TestANavigationFollowsStepByStep(t *testing.T) {
	w := newWorld(t)
	w.redirect("https://site.test/a", 302, "https://other.test/b")
	w.redirect("https://other.test/b", 302, "/c")
	w.serve("https://other.test/c", 200, "end")
	w.serve("https://site.test/lost", 302, "no place to go")
	var asked []string
	w.f.Intercept = func(_ *eventloop.Co, req *Request) (*Response, bool) {
		asked = append(asked, req.URL)
		return nil, false
	}
	w.run(func(co *eventloop.Co) {
		resp := w.f.Fetch(co, navigation("https://site.test/a#f"))
		w.wantSeen("GET https://site.test/a#f")
		resp = resp.Next(co)
		if resp.Type != "opaqueredirect" || resp.URL() != "https://other.test/b" {
			t.Errorf("%+v", resp)
		}
		resp = resp.Next(co)
		if text(resp) != "end" || resp.Type != "basic" || len(resp.URLs) != 3 || resp.URLs[2] != "https://other.test/c#f" {
			t.Errorf("%+v", resp)
		}
		if lost := w.f.Fetch(co, navigation("https://site.test/lost")); text(lost) != "no place to go" || lost.Status != 302 {
			t.Errorf("%+v", lost)
		}
	})
	if len(asked) != 4 {
		t.Errorf("each step is a worker's to answer: %q", asked)
	}
}

func TestReferrerPolicies(t *testing.T) {
	const origin, full = "https://site.test/", "https://site.test/page?q"
	urls := []string{"https://site.test/a", "https://other.test/a", "http://down.test/a"}
	for policy, want := range map[string][3]string{
		"":                                {full, origin, "(none)"},
		"strict-origin-when-cross-origin": {full, origin, "(none)"},
		"no-referrer":                     {"(none)", "(none)", "(none)"},
		"origin":                          {origin, origin, origin},
		"unsafe-url":                      {full, full, full},
		"same-origin":                     {full, "(none)", "(none)"},
		"origin-when-cross-origin":        {full, origin, origin},
		"strict-origin":                   {origin, origin, "(none)"},
		"no-referrer-when-downgrade":      {full, full, "(none)"},
	} {
		for i, url := range urls {
			w := newWorld(t)
			w.serve(url, 200, "x")
			w.ok(with(navigation(url), func(r *Request) {
				r.Referrer, r.ClientURL, r.ReferrerPolicy = "client", "https://u:p@site.test/page?q#f", policy
			}), "x")
			if got := w.sent("Referer"); got != want[i] {
				t.Errorf("%s to %s: %q, want %q", policy, url, got, want[i])
			}
		}
	}
}

func TestTheOriginOfAPostFollowsTheReferrerPolicy(t *testing.T) {
	const origin = "https://site.test"
	urls := []string{"https://site.test/a", "https://other.test/a", "http://localhost/a"}
	for policy, want := range map[string][3]string{
		"":            {origin, origin, "null"},
		"no-referrer": {"null", "null", "null"},
		"same-origin": {origin, "null", "null"},
		"unsafe-url":  {origin, origin, origin},
	} {
		for i, url := range urls {
			w := newWorld(t)
			w.serve(url, 200, "x")
			w.fetch(with(request(url), func(r *Request) { r.Method, r.Mode, r.ReferrerPolicy = "POST", "no-cors", policy }))
			if got := w.sent("Origin"); got != want[i] {
				t.Errorf("%s to %s: %q, want %q", policy, url, got, want[i])
			}
		}
	}
}

func TestReferrersOfOtherKinds(t *testing.T) {
	w := newWorld(t)
	w.serve("https://site.test/a", 200, "x")
	for _, c := range []struct{ referrer, client, want string }{
		{"no-referrer", page, "(none)"},
		{"https://site.test/other#x", page, "https://site.test/other"},
		{"client", "about:blank", "(none)"},
		{"client", "blob:https://site.test/1", "(none)"},
		{"client", "https://site.test/" + strings.Repeat("x", 5000), "https://site.test/"},
	} {
		w.ok(with(request("https://site.test/a"), func(r *Request) { r.Referrer, r.ClientURL = c.referrer, c.client }), "x")
		if got := w.sent("Referer"); got != c.want {
			t.Errorf("%s of %.40s: %q, want %q", c.referrer, c.client, got, c.want)
		}
	}
}

func TestARedirectMayChangeTheReferrerPolicy(t *testing.T) {
	w := newWorld(t)
	w.redirect("https://site.test/a", 302, "/b", "Referrer-Policy: origin, unknown")
	w.serve("https://site.test/b", 200, "x")
	w.ok(request("https://site.test/a"), "x")
	if got := w.sent("Referer"); got != "https://site.test/" {
		t.Error(got)
	}
}

func TestFetchMetadata(t *testing.T) {
	w := newWorld(t)
	for _, c := range []struct{ origin, url, want string }{
		{"https://site.test", "https://site.test/a", "same-origin"},
		{"https://site.test", "https://cdn.site.test/a", "same-site"},
		{"https://site.test", "https://other.test/a", "cross-site"},
		{"null", "https://other.test/a", "cross-site"},
		{"https://site.test", "http://127.0.0.1/a", "cross-site"},
		{"https://1.0.0.1", "https://2.0.0.1/a", "cross-site"},
		{"http://site.test", "http://site.test/a", "(none)"},
		{"", "https://site.test/a", "none"},
	} {
		w.serve(c.url, 200, "x", "Access-Control-Allow-Origin: *")
		req := with(request(c.url), func(r *Request) { r.Origin = c.origin })
		if c.origin == "" {
			req = navigation(c.url)
		}
		w.ok(req, "x")
		if got := w.sent("Sec-Fetch-Site"); got != c.want {
			t.Errorf("%s to %s: %s, want %s", c.origin, c.url, got, c.want)
		}
	}
	if w.sent("Sec-Fetch-User") != "?1" || w.sent("Sec-Fetch-Dest") != "document" {
		t.Errorf("%v", w.last.Headers)
	}
	w.ok(with(navigation("https://site.test/a"), func(r *Request) { r.Origin = "https://other.test" }), "x")
	if w.sent("Sec-Fetch-User") != "(none)" || w.sent("Sec-Fetch-Site") != "cross-site" {
		t.Errorf("by a script: %v", w.last.Headers)
	}
	w.redirect("https://site.test/r", 302, "https://other.test/r")
	w.redirect("https://other.test/r", 302, "https://site.test/a", "Access-Control-Allow-Origin: *")
	w.serve("https://site.test/a", 200, "x", "Access-Control-Allow-Origin: null")
	w.ok(request("https://site.test/r"), "x")
	if got := w.sent("Sec-Fetch-Site"); got != "cross-site" {
		t.Errorf("after a detour: %s", got)
	}
	w.f.Site = func(host string) string { return host }
	w.serve("https://cdn.site.test/a", 200, "x", "Access-Control-Allow-Origin: *")
	w.ok(request("https://cdn.site.test/a"), "x")
	if got := w.sent("Sec-Fetch-Site"); got != "cross-site" {
		t.Errorf("by another list of sites: %s", got)
	}
}
