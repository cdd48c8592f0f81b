package fetch

import (
	"errors"
	"testing"
	"time"

	"github.com/swgen/swgen/internal/eventloop"
)

// trickle is a page whose body comes in two parts, a second apart.
func trickle(w *world, url string, stopped *bool) {
	w.pages[url] = func(*Request) *Response {
		body, writer := NewBody(func() { *stopped = true })
		writer.Write([]byte("one "), nil)
		w.loop.After(time.Second, func() {
			writer.Write([]byte("two"), nil)
			writer.Close()
		})
		return &Response{Status: 200, Body: body, Headers: Headers{{"Cache-Control", "max-age=60"}}}
	}
}

func abortable(w *world, url string) (*Request, *eventloop.Future[struct{}]) {
	abort := eventloop.NewFuture[struct{}](w.loop)
	return with(request(url), func(r *Request) { r.Abort = abort }), abort
}

// slow is a network that takes a second before it answers.
type slow struct{ w *world }

func (s slow) RoundTrip(co *eventloop.Co, req *Request) (*Response, error) {
	co.Sleep(time.Second)
	return s.w.RoundTrip(co, req)
}

func TestAbortBeforeTheHeaders(t *testing.T) {
	w := newWorld(t)
	w.f.Network = slow{w}
	stopped := false
	trickle(w, "https://site.test/a", &stopped)
	req, abort := abortable(w, "https://site.test/a")
	start := w.loop.Now()
	w.loop.After(300*time.Millisecond, func() { abort.Resolve(struct{}{}) })
	resp := w.fetch(req)
	if !resp.IsError() || !resp.Aborted || resp.Reason != "aborted" || w.loop.Now().Sub(start) != 300*time.Millisecond {
		t.Errorf("%+v after %v", resp, w.loop.Now().Sub(start))
	}
	w.loop.Advance(2 * time.Second)
	if !stopped {
		t.Error("the body that nobody wants is still sent")
	}
	resp = w.fetch(req)
	w.loop.Advance(2 * time.Second)
	if !resp.Aborted || len(w.seen) != 1 {
		t.Error("an aborted request reached the network")
	}
}

func TestAbortAfterTheHeaders(t *testing.T) {
	w := newWorld(t)
	w.f.Cache = new(HTTPCache)
	stopped := false
	trickle(w, "https://site.test/a", &stopped)
	req, abort := abortable(w, "https://site.test/a")
	resp := w.fetch(req)
	clone := resp.Clone()
	abort.Resolve(struct{}{})
	w.loop.Advance(2 * time.Second)
	for _, r := range []*Response{resp, clone} {
		r.Body.ReadAll(func(_ []byte, err error) {
			if !errors.Is(err, ErrAborted) {
				t.Errorf("%v", err)
			}
		})
	}
	if !stopped || len(w.f.Cache.URLs()) != 0 {
		t.Error("the rest is still sent, or half of it is kept")
	}
}

func TestAbortingLate(t *testing.T) {
	w := newWorld(t)
	w.serve("https://site.test/a", 200, "hello")
	w.serve("https://site.test/empty", 200, "")
	for url, want := range map[string]string{"https://site.test/a": "(" + ErrAborted.Error() + ")", "https://site.test/empty": ""} {
		req, abort := abortable(w, url)
		read := w.fetch(req)
		copied := read.Clone()
		text(read)
		abort.Resolve(struct{}{})
		w.loop.Advance(0)
		if got := text(copied); got != want {
			t.Errorf("%s, unread: %q, want %q", url, got, want)
		}
		if got := text(read); got != "" {
			t.Errorf("%s, read to its end: %q", url, got)
		}
	}
}

func TestAbortingLateDespiteIntegrity(t *testing.T) {
	w := newWorld(t)
	w.serve("https://site.test/a", 200, "hello")
	req, abort := abortable(w, "https://site.test/a")
	req.Integrity = "sha256-" + base64Of(hash("sha256", []byte("hello")))
	resp := w.fetch(req)
	abort.Resolve(struct{}{})
	w.loop.Advance(0)
	if got := text(resp); got != "("+ErrAborted.Error()+")" {
		t.Error(got)
	}
}

func TestANavigationIsAbortedAtAnyStep(t *testing.T) {
	w := newWorld(t)
	w.f.Network = slow{w}
	w.redirect("https://site.test/a", 302, "/b")
	w.serve("https://site.test/b", 200, "end")
	req, abort := abortable(w, "https://site.test/a")
	req.Mode, req.Redirect = "navigate", "manual"
	w.run(func(co *eventloop.Co) {
		resp := w.f.Fetch(co, req)
		start := w.loop.Now()
		w.loop.After(300*time.Millisecond, func() { abort.Resolve(struct{}{}) })
		if next := resp.Next(co); !next.Aborted || w.loop.Now().Sub(start) != 300*time.Millisecond {
			t.Errorf("%+v after %v", next, w.loop.Now().Sub(start))
		}
		if next := resp.Next(co); !next.Aborted {
			t.Error("an aborted navigation goes on")
		}
	})
}

// hasty is a network that notices an abort by itself.
type hasty struct{}

func (hasty) RoundTrip(co *eventloop.Co, req *Request) (*Response, error) {
	eventloop.Await(co, req.Abort)
	return nil, errors.New("connection closed by the browser")
}

func TestTheNetworkMayNoticeTheAbort(t *testing.T) {
	w := newWorld(t)
	w.f.Network = hasty{}
	req, abort := abortable(w, "https://site.test/a")
	w.loop.After(time.Second, func() { abort.Resolve(struct{}{}) })
	if resp := w.fetch(req); !resp.Aborted {
		t.Errorf("%+v", resp)
	}
}

func TestAnAbortedPageDoesNotSpoilTheWorkersCopy(t *testing.T) {
	w := newWorld(t)
	stopped := false
	trickle(w, "https://site.test/a", &stopped)
	var copied *Response
	worker(w, func(co *eventloop.Co, req *Request) *Response {
		resp := w.f.Fetch(co, byWorker(with(request(req.URL), func(r *Request) { r.Abort = nil })))
		copied = resp.Clone()
		return resp
	})
	req, abort := abortable(w, "https://site.test/a")
	resp := w.fetch(req)
	abort.Resolve(struct{}{})
	w.loop.Advance(2 * time.Second)
	if got := text(resp); got != "("+ErrAborted.Error()+")" {
		t.Errorf("the page's: %q", got)
	}
	if got := text(copied); got != "one two" || stopped {
		t.Errorf("the worker's: %q", got)
	}
}

func TestAWorkersAbortReachesThePage(t *testing.T) {
	w := newWorld(t)
	stopped := false
	trickle(w, "https://site.test/a", &stopped)
	own, timeout := abortable(w, "https://site.test/a")
	worker(w, func(co *eventloop.Co, _ *Request) *Response { return w.f.Fetch(co, byWorker(own)) })
	req, _ := abortable(w, "https://site.test/a")
	resp := w.fetch(req)
	w.loop.After(500*time.Millisecond, func() { timeout.Resolve(struct{}{}) })
	w.loop.Advance(2 * time.Second)
	if got := text(resp); got != "("+ErrAborted.Error()+")" || !stopped {
		t.Errorf("%q", got)
	}
}
