package fetch

import (
	"errors"
	"fmt"
	"testing"
	"time"
)

const cached = "https://site.test/c"

// cacheWorld is a world with an HTTP cache whose page counts its answers, and
// answers 304 to a validator that is its own.
func cacheWorld(t *testing.T, headers ...string) *world {
	w := newWorld(t)
	w.f.Cache = new(HTTPCache)
	n := 0
	w.pages[cached] = func(req *Request) *Response {
		n++
		resp := answer(200, fmt.Sprintf("v%d", n), headers...)
		tag, tagged := resp.Headers.Get("ETag")
		if asked, ok := req.Headers.Get("If-None-Match"); ok && tagged && asked == tag {
			resp.Status, resp.Body = 304, nil
			resp.Headers.Set("X-Answer", fmt.Sprint(n))
		}
		return resp
	}
	return w
}

func mode(cache string) *Request {
	return with(request(cached), func(r *Request) { r.Cache = cache })
}

func TestFreshResponsesNeedNoNetwork(t *testing.T) {
	for _, c := range []struct {
		name    string
		headers []string
		fresh   time.Duration // how long the first answer serves, to the second
	}{
		{"max-age", []string{"Cache-Control: max-age=60"}, time.Minute},
		{"s-maxage is for others", []string{"Cache-Control: s-maxage=600, max-age=60"}, time.Minute},
		{"the first of two", []string{"Cache-Control: max-age=60, max-age=600"}, time.Minute},
		{"malformed", []string{"Cache-Control: max-age=soon"}, 0},
		{"huge", []string{"Cache-Control: max-age=99999999999999999999"}, 100 * time.Hour},
		{"age spent on the way", []string{"Cache-Control: max-age=60", "Age: 50"}, 10 * time.Second},
		{"date in the past", []string{"Cache-Control: max-age=60", "Date: Wed, 31 Dec 2025 23:59:50 GMT"}, 50 * time.Second},
		{"Expires", []string{"Expires: Thu, 01 Jan 2026 00:01:00 GMT"}, time.Minute},
		{"Expires yields", []string{"Expires: Thu, 01 Jan 2026 01:00:00 GMT", "Cache-Control: max-age=60"}, time.Minute},
		{"Expires 0", []string{"Expires: 0"}, 0},
		{"a tenth of the age", []string{"Last-Modified: Wed, 31 Dec 2025 23:50:00 GMT"}, time.Minute},
		{"nothing said", nil, 0},
		{"no-cache", []string{"Cache-Control: max-age=60, no-cache"}, 0},
		{"no-store", []string{"Cache-Control: max-age=60, no-store"}, 0},
		{"Pragma", []string{"Pragma: no-cache", "Last-Modified: Wed, 31 Dec 2025 23:50:00 GMT"}, 0},
		{"Pragma yields", []string{"Pragma: no-cache", "Cache-Control: private", "Last-Modified: Wed, 31 Dec 2025 23:50:00 GMT"}, time.Minute},
		{"must-revalidate", []string{"Cache-Control: max-age=60, must-revalidate"}, time.Minute},
		{"Vary *", []string{"Cache-Control: max-age=60", "Vary: *"}, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := cacheWorld(t, c.headers...)
			w.ok(mode("default"), "v1")
			if c.fresh > 0 {
				w.loop.Advance(c.fresh - time.Second)
				resp := w.ok(mode("default"), "v1")
				if resp.Source != "http cache" || resp.URL() != cached {
					t.Errorf("%+v", resp)
				}
				w.loop.Advance(2 * time.Second)
			}
			w.ok(mode("default"), map[bool]string{true: "v1", false: "v2"}[c.fresh == 100*time.Hour])
		})
	}
}

func TestCacheModes(t *testing.T) {
	for _, c := range []struct {
		mode          string
		fresh, stale  string // the body while the first answer is fresh, and later
		nothing       string // the body when nothing is kept
		headers       string // Cache-Control that is sent
		thenByDefault string // what a default request gets afterwards, while fresh
	}{
		{"default", "v1", "v2", "v1", "(none)", "v1"},
		{"no-store", "v2", "v2", "v1", "no-cache", "v1"},
		{"reload", "v2", "v2", "v1", "no-cache", "v2"},
		{"no-cache", "v2", "v2", "v1", "max-age=0", "v2"},
		{"force-cache", "v1", "v1", "v1", "(none)", "v1"},
	} {
		t.Run(c.mode, func(t *testing.T) {
			w := cacheWorld(t, "Cache-Control: max-age=60")
			w.ok(mode(c.mode), c.nothing)
			if got := w.sent("Cache-Control"); got != c.headers {
				t.Errorf("Cache-Control: %s", got)
			}

			w = cacheWorld(t, "Cache-Control: max-age=60")
			w.ok(mode("default"), "v1")
			w.ok(mode(c.mode), c.fresh)
			w.ok(mode("default"), c.thenByDefault)

			w = cacheWorld(t, "Cache-Control: max-age=60")
			w.ok(mode("default"), "v1")
			w.loop.Advance(2 * time.Minute)
			w.ok(mode(c.mode), c.stale)
		})
	}
	w := cacheWorld(t, "Cache-Control: max-age=60")
	only := with(mode("only-if-cached"), func(r *Request) { r.Mode = "same-origin" })
	w.fails(only, "only-if-cached")
	w.wantSeen()
	w.ok(mode("default"), "v1")
	w.loop.Advance(2 * time.Minute)
	w.ok(only, "v1")
}

func TestAStaleResponseIsConfirmedByTheServer(t *testing.T) {
	w := cacheWorld(t, "ETag: \"x\"", "Cache-Control: max-age=60", "Last-Modified: Mon, 01 Dec 2025 00:00:00 GMT", "Content-Type: x/y")
	w.ok(mode("default"), "v1")
	w.loop.Advance(2 * time.Minute)
	resp := w.ok(mode("default"), "v1")
	if w.sent("If-None-Match") != `"x"` || w.sent("If-Modified-Since") != "Mon, 01 Dec 2025 00:00:00 GMT" {
		t.Errorf("%v", w.last.Headers)
	}
	if resp.Status != 200 || first(resp.Headers.Get("X-Answer")) != "2" || resp.Source != "network" || resp.Headers.Values("Content-Type")[0] != "x/y" {
		t.Errorf("%+v", resp)
	}
	w.ok(mode("default"), "v1") // fresh again
	if len(w.seen) != 2 {
		t.Errorf("%q", w.seen)
	}
	w.ok(mode("no-cache"), "v1")
	if w.sent("If-None-Match") != `"x"` || w.sent("Cache-Control") != "max-age=0" {
		t.Errorf("%v", w.last.Headers)
	}
}

func TestTheServerMayProlongWhatItConfirms(t *testing.T) {
	w := cacheWorld(t, "ETag: \"x\"", "Cache-Control: max-age=60")
	w.ok(mode("default"), "v1")
	page := w.pages[cached]
	w.pages[cached] = func(req *Request) *Response {
		resp := page(req)
		resp.Headers.Set("Cache-Control", "max-age=600")
		return resp
	}
	for range 3 {
		w.loop.Advance(2 * time.Minute)
		w.ok(mode("default"), "v1")
	}
	if len(w.seen) != 2 {
		t.Errorf("%q", w.seen)
	}
}

func TestANullBodyIsKeptToo(t *testing.T) {
	w := cacheWorld(t)
	w.pages[cached] = func(*Request) *Response {
		return &Response{Status: 204, Headers: Headers{{"Cache-Control", "max-age=60"}}}
	}
	w.ok(mode("default"), "(null)")
	if resp := w.ok(mode("default"), "(null)"); resp.Status != 204 || resp.Source != "http cache" {
		t.Errorf("%+v", resp)
	}
}

func TestAScriptsOwnConditionIsLeftAlone(t *testing.T) {
	w := cacheWorld(t, "ETag: \"x\"", "Cache-Control: max-age=60")
	w.ok(mode("default"), "v1")
	own := with(mode("default"), func(r *Request) { r.Headers.Add("If-None-Match", "\"x\"") })
	if resp := w.ok(own, "(null)"); resp.Status != 304 {
		t.Errorf("status %d", resp.Status)
	}
	w.ok(mode("default"), "v1") // neither used nor changed
}

func TestARequestsOwnCacheControlCounts(t *testing.T) {
	w := cacheWorld(t, "Cache-Control: max-age=60")
	asks := func(value string) *Request {
		return with(mode("default"), func(r *Request) { r.Headers.Add("Cache-Control", value) })
	}
	w.ok(mode("default"), "v1")
	w.loop.Advance(30 * time.Second)
	w.ok(asks("max-age=40"), "v1")
	w.ok(asks("max-age=20"), "v2")
	w.ok(asks("no-cache"), "v3")
	w.ok(asks("min-fresh=59"), "v3")
	w.ok(asks("min-fresh=61"), "v4")
	w.ok(asks("no-store"), "v4")
	w.f.Cache.Clear()
	w.ok(asks("no-store"), "v5")
	if got := w.f.Cache.URLs(); len(got) != 0 {
		t.Errorf("kept against the request's will: %q", got)
	}
}

func TestVaryKeepsAnswersApart(t *testing.T) {
	w := cacheWorld(t, "Cache-Control: max-age=60", "Vary: X-A, x-b")
	a := func(value string) *Request {
		return with(mode("default"), func(r *Request) { r.Headers.Add("X-A", value) })
	}
	w.ok(a("1"), "v1")
	w.ok(a("2"), "v2")
	w.ok(a("1"), "v1")
	w.ok(mode("default"), "v3")
	w.ok(with(a("1"), func(r *Request) { r.Headers.Add("X-C", "1") }), "v1")
	w.ok(with(a("1"), func(r *Request) { r.Headers.Add("X-B", "1") }), "v4")
	w.ok(with(a("2"), func(r *Request) { r.Cache = "reload" }), "v5")
	w.ok(a("2"), "v5")
	w.ok(a("1"), "v1")
	if n := len(w.f.Cache.kept[cached]); n != 4 {
		t.Errorf("%d answers are kept", n)
	}
	star := cacheWorld(t, "Cache-Control: max-age=60", "Vary: *")
	star.ok(mode("default"), "v1")
	if got := star.f.Cache.URLs(); len(got) != 0 {
		t.Errorf("kept, though it can never be used: %q", got)
	}
}

func TestAStaleResponseMayServeWhileItIsRenewed(t *testing.T) {
	w := cacheWorld(t, "Cache-Control: max-age=10, stale-while-revalidate=60")
	w.ok(mode("default"), "v1")
	w.loop.Advance(30 * time.Second)
	w.ok(mode("default"), "v1")
	w.loop.Advance(0)
	w.ok(mode("default"), "v2")
	if w.sent("Cache-Control") != "(none)" || len(w.seen) != 2 {
		t.Errorf("%q %v", w.seen, w.last.Headers)
	}
	w.loop.Advance(2 * time.Minute)
	w.ok(mode("default"), "v3")
	strict := cacheWorld(t, "Cache-Control: max-age=10, stale-while-revalidate=60, must-revalidate")
	strict.ok(mode("default"), "v1")
	strict.loop.Advance(30 * time.Second)
	strict.ok(mode("default"), "v2")
}

func TestUnsafeMethodsInvalidate(t *testing.T) {
	w := cacheWorld(t, "Cache-Control: max-age=60")
	w.ok(mode("default"), "v1")
	post := with(mode("default"), func(r *Request) { r.Method = "POST" })
	w.ok(post, "v2")
	w.ok(mode("default"), "v3")
	w.serve("https://other.test/x", 200, "x", "Cache-Control: max-age=60", "Access-Control-Allow-Origin: *")
	w.ok(request("https://other.test/x"), "x")
	w.serve("https://site.test/form", 201, "", "Location: /c", "Content-Location: https://other.test/x")
	w.ok(with(request("https://site.test/form"), func(r *Request) { r.Method = "POST" }), "")
	w.ok(mode("default"), "v4")
	if got := w.f.Cache.URLs(); len(got) != 2 || got[0] != "https://other.test/x" {
		t.Errorf("one origin empties the cache of another: %q", got)
	}
	w.serve("https://site.test/form", 500, "", "Location: /c")
	w.ok(with(request("https://site.test/form"), func(r *Request) { r.Method = "POST" }), "")
	w.ok(mode("default"), "v4")
}

func TestPartsAndHalvesAreNotKept(t *testing.T) {
	w := cacheWorld(t, "Cache-Control: max-age=60")
	w.ok(with(mode("default"), func(r *Request) { r.Headers.Add("Range", "bytes=0-1") }), "v1")
	w.ok(mode("default"), "v2")
	w.ok(with(mode("default"), func(r *Request) { r.Headers.Add("Range", "bytes=0-1") }), "v3")
	stopped := false
	trickle(w, "https://site.test/slow", &stopped)
	resp := w.fetch(request("https://site.test/slow"))
	resp.Body.Cancel()
	w.loop.Advance(2 * time.Second)
	if got := w.f.Cache.URLs(); len(got) != 1 || !stopped {
		t.Errorf("%q", got)
	}
	w.fetch(request("https://site.test/slow"))
	w.loop.Advance(2 * time.Second)
	if got := w.f.Cache.URLs(); len(got) != 2 {
		t.Errorf("complete, though nobody has read it: %q", got)
	}
	w.ok(request("https://site.test/slow"), "one two")
}

func TestWhatIsNoCompleteAnswerIsNotKept(t *testing.T) {
	for status, headers := range map[int]string{206: "Cache-Control: max-age=60", 304: "Cache-Control: max-age=60", 302: "X: 1", 500: "X: 1"} {
		w := cacheWorld(t)
		w.serve(cached, status, "", headers)
		w.fetch(with(mode("default"), func(r *Request) { r.Redirect = "manual" }))
		if got := w.f.Cache.URLs(); len(got) != 0 {
			t.Errorf("status %d is kept", status)
		}
	}
	w := cacheWorld(t)
	w.serve(cached, 302, "", "Cache-Control: private")
	w.fetch(with(mode("default"), func(r *Request) { r.Redirect = "manual" }))
	if got := w.f.Cache.URLs(); len(got) != 1 {
		t.Error("what the server calls cacheable is not kept")
	}
	w.f.Cache.Clear()
	w.pages[cached] = func(*Request) *Response {
		body, writer := NewBody(nil)
		w.loop.After(time.Second, func() { writer.Fail(errors.New("connection reset")) })
		return &Response{Status: 200, Body: body, Headers: Headers{{"Cache-Control", "max-age=60"}}}
	}
	resp := w.fetch(mode("default"))
	w.loop.Advance(2 * time.Second)
	if got := w.f.Cache.URLs(); len(got) != 0 || text(resp) != "(connection reset)" {
		t.Errorf("%q", got)
	}
}

func TestRedirectsComeFromTheCacheToo(t *testing.T) {
	w := cacheWorld(t)
	w.redirect("https://site.test/301", 301, "/end", "Cache-Control: max-age=60")
	w.redirect("https://site.test/302", 302, "/end")
	w.serve("https://site.test/end", 200, "end", "Cache-Control: max-age=60")
	for range 2 {
		w.ok(request("https://site.test/301"), "end")
		w.ok(request("https://site.test/302"), "end")
	}
	w.wantSeen("GET https://site.test/301", "GET https://site.test/end", "GET https://site.test/302", "GET https://site.test/302")
}

func TestACloneOfTheCacheLivesItsOwnLife(t *testing.T) {
	w := cacheWorld(t, "Cache-Control: max-age=60")
	w.ok(mode("default"), "v1")
	before := w.f.Cache.Clone()
	w.ok(mode("reload"), "v2")
	w.ok(mode("default"), "v2")
	w.f.Cache = before
	w.ok(mode("default"), "v1")
	w.f.Cache.Clear()
	w.ok(mode("default"), "v3")
}

func TestAnswersWhoseBodyNobodyReadsAreKept(t *testing.T) {
	for _, status := range []int{301, 204} {
		w := newWorld(t)
		w.f.Cache = new(HTTPCache)
		w.serve("https://site.test/end", 204, "", "Cache-Control: max-age=60")
		w.pages[cached] = func(*Request) *Response {
			resp := answer(status, "", "Cache-Control: max-age=60", "Location: /end")
			resp.Body, _ = NewBody(nil) // never ends
			return resp
		}
		w.ok(mode("default"), "(null)")
		seen := len(w.seen)
		w.ok(mode("default"), "(null)")
		if len(w.seen) != seen {
			t.Errorf("%d: %q", status, w.seen)
		}
	}
}
