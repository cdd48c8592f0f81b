package verify

import (
	"fmt"
	"net/http"
	"strings"

	"github.com/swgen/swgen/swtest"
)

// handsOff is W12. Requests of other schemes than http(s) never reach a
// worker, so there is nothing to see.
func handsOff(t *trial) {
	b := t.copy(t.small)
	tab := b.Open(home + t.scope())
	t.otherMethods(b, tab)
	t.foreignRequests(b, tab)
	t.done()
	for _, r := range t.routesWithExamples() {
		if r.stores() {
			t.keepsNothingPrivate(r)
		}
	}
}

// server says what it was asked, and that anyone may see it.
func server(header http.Header) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		w.Header().Set("Access-Control-Allow-Origin", "*")
		w.Header().Set("Access-Control-Allow-Headers", "authorization")
		for name, values := range header {
			w.Header()[name] = values
		}
		fmt.Fprintf(w, "%s %s", q.Method, q.URL.Path)
	})
}

// otherMethods sends requests to precached URLs that a cache cannot answer.
func (t *trial) otherMethods(b *swtest.Browser, tab *swtest.Tab) {
	b.Network.Serve(server(nil))
	defer func() { b.Network.Serve(t.host(t.small.Deployment)) }()
	u := t.small.critical(func(string) bool { return true })
	if u == "" {
		u = t.scope()
	}
	for _, method := range []string{http.MethodPost, http.MethodPut, http.MethodDelete, http.MethodHead} {
		ask := swtest.Ask{Method: method}
		if method == http.MethodPost || method == http.MethodPut {
			ask.Body = []byte("a form")
		}
		t.mark(b)
		b.Network.Forget()
		p := tab.Ask(u, ask)
		t.untouched(b, p, method, u, string(ask.Body))
	}
	b.Network.Forget()
	form := b.Open(home + t.scope())
	b.Network.Forget()
	p := form.Submit(home+t.scope(), "text/plain", []byte("a form"))
	t.untouched(b, p, http.MethodPost, t.scope(), "a form")
}

// untouched expects that a request reached the server as it was sent, and that
// its answer came from there.
func (t *trial) untouched(b *swtest.Browser, p *swtest.Response, method, u, body string) {
	arrived := 0
	for _, q := range b.Network.Requests() {
		if q.URL == home+u && q.Method == method && string(q.Body) == body {
			arrived++
		}
	}
	t.check(p.Err == nil && arrived == 1, b, u, "answer only GET requests", "a %s request reached the server %d times as it was sent: %s", method, arrived, describe(p))
	t.check(p.From != "worker", b, u, "answer only GET requests", "a %s request was answered by the worker: %s", method, describe(p))
}

// foreignRequests asks for what is none of the worker's.
func (t *trial) foreignRequests(b *swtest.Browser, tab *swtest.Tab) {
	private := http.Header{"Cache-Control": {"no-store, private"}}
	for _, try := range []struct {
		u    string
		ask  swtest.Ask
		what string
	}{
		{"https://elsewhere.test/data", swtest.Ask{}, "a request to another origin"},
		{"https://elsewhere.test/picture.png", swtest.Ask{Destination: "image"}, "an image of another origin"},
		{home + t.scope() + "swgen-verify/account", swtest.Ask{}, "a private answer"},
		{home + t.scope() + "swgen-verify/data", swtest.Ask{Header: http.Header{"Authorization": {"Basic x"}}}, "an answer to a request with a password"},
	} {
		own := strings.HasPrefix(try.u, home)
		open := !own && t.subject.Spec == nil // a worker of others may have a route for any origin
		if t.routed(try.u, try.ask) {
			continue // the routes' own checks ask for their like
		}
		b.Network.Serve(server(private))
		if !own {
			b.Network.Serve(server(nil))
		}
		t.mark(b)
		b.Network.Forget()
		p := tab.Ask(try.u, try.ask)
		_ = b.Settle()
		t.check(p.Err == nil && reached(b, try.u) == 1, b, try.u, "", "%s did not reach the server: %s", try.what, describe(p))
		t.check(own || open || p.From != "worker", b, try.u, "", "%s was answered by the worker: %s", try.what, describe(p))
		t.check(open || !keeps(b, try.u), b, try.u, "", "%s was stored", try.what)
	}
}

// reached counts the requests for a URL, without those that ask for permission.
func reached(b *swtest.Browser, u string) int {
	n := 0
	for _, q := range b.Network.Requests() {
		if q.URL == u && q.Method != http.MethodOptions {
			n++
		}
	}
	return n
}

// keeps says whether an answer for a URL, whatever the query, is stored.
func keeps(b *swtest.Browser, u string) bool {
	for _, e := range b.Entries(home) {
		if pathOnly(e.URL) == pathOnly(u) {
			return true
		}
	}
	return false
}

// keepsNothingPrivate asks a route for what it must not store.
func (t *trial) keepsNothingPrivate(r example) {
	b := t.copy(t.small)
	defer t.done()
	tab := b.Open(home + t.scope())
	header := make(http.Header)
	b.Network.Script(func(q *swtest.Request) swtest.Weather {
		if pathOnly(q.URL) == pathOnly(r.url(0)) {
			return swtest.Weather{Answer: server(header)}
		}
		return swtest.Weather{}
	})
	for _, value := range []string{"no-store", "private"} {
		header.Set("Cache-Control", value)
		r.get(tab, r.url(0))
		_ = b.Settle()
		t.check(!keeps(b, r.url(0)), b, r.url(0), "", "a route (%s) stored an answer with Cache-Control: %s", r.Strategy, value)
	}
	header.Set("Cache-Control", "no-cache")
	if r.asks() == "document" {
		return // a visitor's browser sets no Authorization header of a page's
	}
	ask := r.ask()
	ask.Header = http.Header{"Authorization": {"Basic x"}}
	ask.Mode = "cors"
	tab.Ask(r.url(0), ask)
	_ = b.Settle()
	t.check(!keeps(b, r.url(0)), b, r.url(0), "", "a route (%s) stored the answer to a request with a password", r.Strategy)
}

// routed says whether a route of the subject answers a request.
func (t *trial) routed(u string, ask swtest.Ask) bool {
	return t.subject.Spec != nil && firstRoute(t.subject, u, ask.Destination) >= 0
}
