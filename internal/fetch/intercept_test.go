package fetch

import (
	"testing"

	"github.com/swgen/swgen/internal/eventloop"
)

// worker makes a worker that answers everything with what respond gives.
func worker(w *world, respond func(co *eventloop.Co, req *Request) *Response) {
	w.f.Intercept = func(co *eventloop.Co, req *Request) (*Response, bool) {
		resp := respond(co, req)
		return resp, resp != nil
	}
}

// byWorker is a fetch that a worker makes.
func byWorker(req *Request) *Request {
	return with(req, func(r *Request) { r.SkipServiceWorker = true })
}

func TestAWorkerAnswersInsteadOfTheNetwork(t *testing.T) {
	w := newWorld(t)
	given := &Response{Type: "default", Status: 201, Body: Bytes([]byte("made")), Headers: Headers{{"X", "1"}, {"Set-Cookie", "a"}}}
	worker(w, func(_ *eventloop.Co, req *Request) *Response {
		if req.Headers.Has("Sec-Fetch-Mode") || !req.Headers.Has("Accept") || req.Referrer != page {
			t.Errorf("the worker sees the request before the browser completes it: %v, %s", req.Headers, req.Referrer)
		}
		return given
	})
	resp := w.ok(request("https://site.test/a"), "made")
	if resp.Type != "basic" || resp.Status != 201 || resp.URL() != "https://site.test/a" || resp.Redirected() || resp.Source != "worker" {
		t.Errorf("%+v", resp)
	}
	if len(given.URLs) != 0 || given.Type != "default" {
		t.Error("the worker's own response was changed")
	}
	w.wantSeen()
}

func TestWhatTheWorkerDoesNotHandleGoesToTheNetworkWithItsBody(t *testing.T) {
	w := newWorld(t)
	worker(w, func(_ *eventloop.Co, req *Request) *Response {
		text(&Response{Body: req.Body})
		req.Headers.Add("X", "mine")
		return nil
	})
	w.pages["https://site.test/a"] = func(req *Request) *Response { return answer(200, text(&Response{Body: req.Body})) }
	w.ok(with(request("https://site.test/a"), func(r *Request) { r.Method, r.Body = "POST", Bytes([]byte("abc")) }), "abc")
	if w.last.Headers.Has("X") {
		t.Error("the worker changed the request")
	}
}

func TestWhatAWorkerMayNotAnswer(t *testing.T) {
	w := newWorld(t)
	w.serve("https://other.test/a", 200, "far", "Access-Control-Allow-Origin: *")
	w.redirect("https://site.test/r", 302, "/end")
	w.serve("https://site.test/end", 200, "end")
	mode := func(mode, redirect string) func(r *Request) {
		return func(r *Request) { r.Mode, r.Redirect = mode, redirect }
	}
	opaque := with(request("https://other.test/a"), func(r *Request) { r.Mode = "no-cors" })
	manual := with(request("https://site.test/r"), func(r *Request) { r.Redirect = "manual" })
	for _, c := range []struct {
		name   string
		answer *Request // what the worker fetches
		change func(*Request)
		reason string // "" when it is allowed
	}{
		{"opaque to cors", opaque, mode("cors", "follow"), "an \"opaque\" response"},
		{"opaque to a navigation", opaque, mode("navigate", "manual"), "an \"opaque\" response"},
		{"opaque to no-cors", opaque, mode("no-cors", "follow"), ""},
		{"cors to same-origin", request("https://other.test/a"), mode("same-origin", "follow"), "a \"cors\" response"},
		{"cors to cors", request("https://other.test/a"), mode("cors", "follow"), ""},
		{"opaqueredirect to follow", manual, mode("cors", "follow"), "an \"opaqueredirect\" response"},
		{"opaqueredirect to manual", manual, mode("cors", "manual"), ""},
		{"redirected to a navigation", request("https://site.test/r"), mode("navigate", "manual"), "a redirected response"},
		{"redirected to error", request("https://site.test/r"), mode("cors", "error"), "a redirected response"},
		{"redirected to follow", request("https://site.test/r"), mode("cors", "follow"), ""},
		{"a failed fetch", request("https://site.test/nowhere"), mode("cors", "follow"), "connection refused"},
	} {
		t.Run(c.name, func(t *testing.T) {
			w.t = t
			worker(w, func(co *eventloop.Co, _ *Request) *Response { return w.f.Fetch(co, byWorker(c.answer)) })
			req := with(request("https://site.test/a"), c.change)
			if c.reason != "" {
				w.fails(req, c.reason)
			} else if resp := w.fetch(req); resp.IsError() || resp.Source != "worker" {
				t.Errorf("%+v", resp)
			}
		})
	}
	worker(w, func(*eventloop.Co, *Request) *Response { return &Response{Type: "error"} })
	w.fails(request("https://site.test/a"), "an \"error\" response was passed to respondWith()")
}

func TestAWorkerMayAnswerAcrossOrigins(t *testing.T) {
	w := newWorld(t)
	worker(w, func(*eventloop.Co, *Request) *Response {
		return &Response{Type: "default", Status: 200, Body: Bytes([]byte("made")), Headers: Headers{{"X-A", "1"}}}
	})
	// Neither a preflight nor a CORS check stands in its way.
	resp := w.ok(put(func(*Request) {}), "made")
	if resp.Type != "cors" || resp.Headers.Has("X-A") {
		t.Errorf("%s %v", resp.Type, resp.Headers)
	}
	w.wantSeen()
	opaque := w.fetch(with(request("https://other.test/a"), func(r *Request) { r.Mode = "no-cors" }))
	if opaque.Type != "opaque" || text(opaque.Unfiltered()) != "made" {
		t.Errorf("%+v", opaque)
	}
}

func TestAWorkersRedirectIsFollowedAndAskedAgain(t *testing.T) {
	w := newWorld(t)
	var asked []string
	worker(w, func(_ *eventloop.Co, req *Request) *Response {
		if asked = append(asked, req.URL); len(asked) == 1 {
			return &Response{Type: "default", Status: 302, Headers: Headers{{"Location", "/b"}}}
		}
		return nil
	})
	w.redirect("https://site.test/b", 302, "/c")
	w.serve("https://site.test/c", 200, "end")
	resp := w.ok(request("https://site.test/a"), "end")
	if len(resp.URLs) != 3 {
		t.Errorf("%q", resp.URLs)
	}
	if len(asked) != 2 {
		t.Errorf("redirects of the network are not shown to the worker: %q", asked)
	}
}

func TestTheBodyFollowsAWorkersRedirect(t *testing.T) {
	w := newWorld(t)
	w.pages["https://site.test/b"] = func(req *Request) *Response {
		return answer(200, req.Method+" "+text(&Response{Body: req.Body}))
	}
	worker(w, func(_ *eventloop.Co, req *Request) *Response {
		if req.URL == "https://site.test/b" {
			return nil
		}
		text(&Response{Body: req.Body})
		return &Response{Type: "default", Status: 307, Headers: Headers{{"Location", "/b"}}}
	})
	w.ok(with(request("https://site.test/a"), func(r *Request) { r.Method, r.Body = "POST", Bytes([]byte("abc")) }), "POST abc")
}

func TestANavigationGoesOnFromTheWorkersOpaqueRedirect(t *testing.T) {
	w := newWorld(t)
	w.redirect("https://site.test/a", 302, "/b")
	w.serve("https://site.test/b", 200, "end")
	asked := 0
	worker(w, func(co *eventloop.Co, req *Request) *Response {
		asked++
		return w.f.Fetch(co, byWorker(req))
	})
	w.run(func(co *eventloop.Co) {
		resp := w.f.Fetch(co, navigation("https://site.test/a"))
		if resp.Type != "opaqueredirect" {
			t.Fatalf("%+v", resp)
		}
		resp = resp.Next(co)
		if text(resp) != "end" || resp.URL() != "https://site.test/b" || asked != 2 {
			t.Errorf("%+v, asked %d times", resp, asked)
		}
	})
}

func TestAPartialOpaqueResponseIsNoAnswerToAPlainRequest(t *testing.T) {
	w := newWorld(t)
	w.serve("https://other.test/a", 206, "part")
	var kept *Response
	w.run(func(co *eventloop.Co) {
		kept = w.f.Fetch(co, byWorker(with(request("https://other.test/a"), func(r *Request) {
			r.Mode = "no-cors"
			r.Headers.Add("Range", "bytes=0-3")
		})))
	})
	if w.sent("Accept-Encoding") != "identity" {
		t.Errorf("%v", w.last.Headers)
	}
	worker(w, func(*eventloop.Co, *Request) *Response { return kept.Clone() })
	script := with(request("https://other.test/b"), func(r *Request) { r.Mode = "no-cors" })
	w.fails(script, "partial response")
	if resp := w.fetch(with(script, func(r *Request) { r.Headers.Add("Range", "bytes=0-3") })); resp.Type != "opaque" {
		t.Errorf("%+v", resp)
	}
}

func TestAPartThatNobodyAskedForIsLikeAnyOpaqueResponse(t *testing.T) {
	w := newWorld(t)
	w.serve("https://other.test/a", 206, "part")
	if resp := w.fetch(with(request("https://other.test/a"), func(r *Request) { r.Mode = "no-cors" })); resp.Type != "opaque" {
		t.Errorf("%+v", resp)
	}
}

func TestAWorkersAnswerIsCheckedForWhereItCameFrom(t *testing.T) {
	w := newWorld(t)
	var internal *Response
	worker(w, func(*eventloop.Co, *Request) *Response { return &Response{Type: "opaque", Internal: internal} })
	image := with(request("https://site.test/i.png"), func(r *Request) { r.Mode = "no-cors" })
	internal = &Response{Status: 200, URLs: []string{"https://other.test/i.png"}, Headers: Headers{{"Cross-Origin-Resource-Policy", "same-origin"}}}
	w.fails(image, "Cross-Origin-Resource-Policy")
	internal = &Response{Status: 200, URLs: []string{"http://other.test/i.png"}}
	w.fails(image, "mixed content")
}
