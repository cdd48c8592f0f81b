package swtest_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/swgen/swgen/swtest"
)

// telling answers every request with what its event says.
const telling = `onfetch = event => {
	const { url, method, mode, destination, credentials, cache, redirect, referrer, isReloadNavigation, isHistoryNavigation } = event.request
	event.respondWith(Response.json({
		path: new URL(url).pathname, method, mode, destination, credentials, cache, redirect, referrer, reload: isReloadNavigation, history: isHistoryNavigation,
		client: event.clientId, resulting: event.resultingClientId, replaces: event.replacesClientId, type: event.type, cancelable: event.cancelable,
	}))
}`

type told struct {
	Path, Method, Mode, Destination, Credentials, Cache, Redirect, Referrer string
	Reload, History                                                         bool
	Client, Resulting, Replaces                                             string
	Type                                                                    string
	Cancelable                                                              bool
}

func tells(t *testing.T, p *swtest.Response) (v told) {
	t.Helper()
	if err := json.Unmarshal(p.Body, &v); err != nil {
		t.Fatalf("%v: %s, %v", p, p.Body, err)
	}
	return v
}

func TestFetchEventTellsAboutTheRequest(t *testing.T) {
	_, tab, _ := controlled(t, files{"/sw.js": telling})
	page := tab.ClientID()
	base := told{Path: "/x", Method: "GET", Referrer: origin + "/", Client: page, Cache: "default", Redirect: "follow", Type: "fetch", Cancelable: true}
	for destination, want := range map[string][2]string{
		"": {"cors", "same-origin"}, "script": {"no-cors", "include"}, "style": {"no-cors", "include"}, "image": {"no-cors", "include"},
		"font": {"cors", "same-origin"}, "audio": {"no-cors", "include"},
	} {
		w := base
		w.Destination, w.Mode, w.Credentials = destination, want[0], want[1]
		same(t, "destination "+destination, tells(t, tab.Load("/x", destination)), w)
	}
	frame := tells(t, tab.Frame("/x").Page())
	same(t, "a frame", frame, told{
		Path: "/x", Method: "GET", Referrer: origin + "/", Mode: "navigate", Destination: "iframe", Credentials: "include",
		Cache: "default", Redirect: "manual", Resulting: frame.Resulting, Type: "fetch", Cancelable: true,
	})
	got := tells(t, tab.Navigate("/y/"))
	same(t, "a page", got, told{
		Path: "/y/", Method: "GET", Referrer: origin + "/", Mode: "navigate", Destination: "document", Credentials: "include",
		Cache: "default", Redirect: "manual", Client: page, Resulting: tab.ClientID(), Replaces: page, Type: "fetch", Cancelable: true,
	})
}

func TestFetchEventTellsHowThePageWasReached(t *testing.T) {
	_, tab, _ := controlled(t, files{"/sw.js": telling})
	tab.Navigate("/a/")
	tab.Navigate("/b/")
	type how struct {
		path, cache     string
		reload, history bool
	}
	check := func(what string, p *swtest.Response, want how) {
		t.Helper()
		got := tells(t, p)
		same(t, what, how{got.Path, got.Cache, got.Reload, got.History}, want)
	}
	check("back", tab.Back(), how{"/a/", "force-cache", false, true})
	check("forward", tab.Forward(), how{"/b/", "force-cache", false, true})
	check("forward at the end", tab.Forward(), how{"/b/", "force-cache", false, true})
	check("reload", tab.Reload(), how{"/b/", "no-cache", true, false})
	tab.Back()
	tab.Navigate("/c/")
	same(t, "forward when another way was taken", tab.Forward().URL, origin+"/c/")
	got := tells(t, tab.Submit("/form", "application/x-www-form-urlencoded", []byte("a=b")))
	same(t, "a form", []string{got.Method, got.Mode, got.Cache}, []string{"POST", "navigate", "no-cache"})
}

func TestWhatAnAnswerComesTo(t *testing.T) {
	b, tab, _ := controlled(t, files{
		"/throw": "network", "/nothing": "network", "/moved/": "moved", "/sw.js": `onfetch = event => {
			switch (new URL(event.request.url).pathname) {
			case "/reject": return event.respondWith(Promise.reject(new Error("no answer")))
			case "/throw": throw new Error("in the handler")
			case "/prevent": return event.preventDefault()
			case "/undefined": return event.respondWith(undefined)
			case "/twice": event.respondWith(new Response("first")); return event.respondWith(new Response("second"))
			case "/opaque": return event.respondWith(fetch("https://else.test/", { mode: "no-cors" }))
			case "/error": return event.respondWith(Response.error())
			case "/redirected": return event.respondWith(fetch("/moved"))
			case "/rebuilt": return event.respondWith(fetch("/moved").then(r => new Response(r.body, r)))
			case "/used": return event.respondWith(fetch("/").then(r => r.text().then(() => r)))
			case "/locked": return event.respondWith(fetch("/").then(r => (r.body.getReader(), r)))
			case "/204": return event.respondWith(new Response(null, { status: 204 }))
			}
		}`})
	for path, want := range map[string]struct {
		fetched, page, trace string
	}{
		"/reject":     {"error", "error", "the promise was rejected"},
		"/throw":      {"network: network", "network: network", "Error: in the handler"},
		"/nothing":    {"network: network", "network: network", ""},
		"/prevent":    {"error", "error", ""},
		"/undefined":  {"error", "error", "an object that was not a Response was passed to respondWith()"},
		"/twice":      {"worker: first", "worker: first", "The fetch event has already been responded to"},
		"/opaque":     {"error", "error", `an "opaque" response was used for a request whose type is not no-cors`},
		"/error":      {"error", "error", "the promise was resolved with an error response object"},
		"/redirected": {"worker: moved", "error", ""},
		"/rebuilt":    {"worker: moved", "worker: moved", ""},
		"/used":       {"error", "error", `a Response whose "bodyUsed" is "true" cannot be used`},
		"/locked":     {"error", "error", `a Response whose "body" is locked cannot be used`},
	} {
		tab.Navigate("/")
		same(t, path+" fetched", answered(tab.Get(path)), want.fetched)
		if want.trace != "" && !traced(b, "exception", want.trace) {
			t.Errorf("%s: the trace does not say %q", path, want.trace)
		}
		same(t, path+" as a page", answered(tab.Navigate(path)), want.page)
	}
	same(t, "an opaque answer to a no-cors request", answered(tab.Navigate("/")), "network: home")
	same(t, "is fine", answered(tab.Load("/opaque", "image")), "worker: ")
}

func TestTheHandlersErrorIsNotLost(t *testing.T) {
	b, tab, _ := controlled(t, files{"/sw.js": `onfetch = event => { if (event.request.url.endsWith("x")) event.respondWith(Promise.reject(new RangeError("why"))) }`})
	tab.Get("/x")
	if !traced(b, "exception", "RangeError: why") {
		t.Error("nobody is told of the rejection")
	}
}

func TestEveryHopOfANavigationFindsItsOwnWorker(t *testing.T) {
	hop := func(to string) string {
		return `onfetch = event => event.respondWith(event.request.url.endsWith("hop") ? Response.redirect("` + to + `") : new Response("worker of " + registration.scope))`
	}
	site := files{"/": "home", "/a/sw.js": hop("/b/hop"), "/b/sw.js": hop("https://else.test/c/hop"), "/c/sw.js": hop("/end"), "/end": "the end"}
	b, tab := open(t, site)
	install(t, b, tab, "/a/sw.js")
	install(t, b, tab, "/b/sw.js")
	else_ := b.Open("https://else.test/")
	install(t, b, else_, "/c/sw.js")

	end := tab.Navigate("/a/hop")
	same(t, "the last page", []any{end.URL, end.Text(), tab.Controller() == nil}, []any{"https://else.test/end", "the end", true})
	same(t, "the address", tab.URL(), "https://else.test/end")
	tab.Navigate(origin + "/a/hop2")
	same(t, "controller", tab.Controller().ScriptURL(), origin+"/a/sw.js")
	b.Network.Serve(redirects{site, map[string]string{"/to-b": "/b/page"}})
	same(t, "a redirect by the network leads to a worker", answered(tab.Navigate("/to-b")), "worker: worker of https://example.test/b/")
}

func TestTheWorkerSeesAFormAndPassesItOn(t *testing.T) {
	site := files{"/": "home", "/sw.js": `
		onfetch = event => { if (event.request.url.endsWith("/seen")) event.respondWith(event.request.formData().then(form => new Response("the worker read " + form.get("name")))) }`}
	b, tab := open(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPost {
			w.Write([]byte("the server read " + r.FormValue("name")))
			return
		}
		site.ServeHTTP(w, r)
	}))
	install(t, b, tab, "/sw.js")
	tab.Navigate("/")
	const form = "application/x-www-form-urlencoded"
	same(t, "seen", answered(tab.Submit("/seen", form, []byte("name=Ann"))), "worker: the worker read Ann")
	same(t, "passed", answered(tab.Submit("/passed", form, []byte("name=Ann"))), "network: the server read Ann")
	same(t, "by script", answered(tab.Ask("/passed", swtest.Ask{
		Method: "POST", Header: http.Header{"Content-Type": {form}}, Body: []byte("name=Bob"),
	})), "network: the server read Bob")
}

func TestHandledTellsWhatBecameOfTheAnswer(t *testing.T) {
	_, tab, _ := controlled(t, files{"/sw.js": `
		const seen = []
		onmessage = event => event.ports[0].postMessage(seen)
		onfetch = event => {
			const path = new URL(event.request.url).pathname
			if (path === "/good") event.respondWith(new Response("good"))
			if (path === "/bad") event.respondWith(Response.error())
			event.waitUntil(event.handled.then(() => seen.push(path + " fine"), error => seen.push(path + " " + error.name)))
		}`})
	for _, path := range []string{"/good", "/bad", "/passed"} {
		tab.Get(path)
	}
	same(t, "handled", ask[[]string](t, tab, "0"), []string{"/ fine", "/good fine", "/bad NetworkError", "/passed fine"})
}

func TestAPageMayGiveUp(t *testing.T) {
	b, tab, _ := controlled(t, files{"/sw.js": `onfetch = event => event.respondWith(new Promise(done => setTimeout(() => done(new Response("late")), 5000)))`})
	given := tab.Ask("/x", swtest.Ask{Abort: time.Second})
	if given.Err == nil || !strings.Contains(given.Err.Error(), "abort") {
		t.Errorf("given up: %v", given)
	}
	same(t, "by script", outcome(tab, `(async () => {
		const controller = new AbortController()
		setTimeout(() => controller.abort(), 1000)
		return fetch("/x", { signal: controller.signal }).catch(error => error.name)
	})()`), "AbortError")
	must(t, b.Settle())
}

func TestAnAnswerMayBeAStream(t *testing.T) {
	_, tab, _ := controlled(t, files{"/sw.js": `onfetch = event => {
		const broken = event.request.url.endsWith("broken")
		event.respondWith(new Response(new ReadableStream({
			async start(controller) {
				for (const part of ["one ", "two "]) {
					await new Promise(done => setTimeout(done, 1000))
					controller.enqueue(new TextEncoder().encode(part))
				}
				broken ? controller.error(new Error("broken")) : controller.close()
			},
		})))
	}`})
	same(t, "the stream", answered(tab.Get("/x")), "worker: one two ")
	same(t, "one that breaks", answered(tab.Get("/broken")), "error")
}

func TestIntegrityIsCheckedAlsoOfTheWorkersAnswer(t *testing.T) {
	_, tab, _ := controlled(t, files{"/sw.js": `onfetch = event => event.respondWith(new Response("alert(1)"))`})
	const good = "sha256-bhHHL3z2vDgxUt0W3dWQOrprscmda2Y5pLsLg4GF+pI="
	same(t, "the right bytes", tab.Ask("/x", swtest.Ask{Integrity: good}).Text(), "alert(1)")
	same(t, "other bytes", answered(tab.Ask("/x", swtest.Ask{Integrity: strings.Replace(good, "b", "c", 1)})), "error")
}

func TestAWorkerWithoutAListenerIsNotStarted(t *testing.T) {
	for script, starts := range map[string]bool{
		"": false, "onfetch = () => {}": false, "addEventListener('fetch', event => { /* nothing */ })": false, "onfetch = () => { 0 }": true,
	} {
		b, tab, r := controlled(t, files{"/sw.js": script})
		b.StopWorkers()
		tab.Get("/")
		if r.Active().Running() != starts {
			t.Errorf("%q: started %v", script, !starts)
		}
	}
}

func TestOnlyWhatIsNewIsAskedOfTheNetworkTwice(t *testing.T) {
	b, tab := open(t, headed{files{"/": "home", "/sw.js": "onfetch = event => event.respondWith(fetch(event.request))", "/lib.js": ""}, "Cache-Control", map[string]string{"/lib.js": "max-age=60"}})
	install(t, b, tab, "/sw.js")
	tab.Navigate("/")
	b.Network.Forget()
	for range 2 {
		tab.Load("/lib.js", "script")
	}
	same(t, "within the minute", len(b.Network.Requests()), 1)
	b.Advance(61 * time.Second)
	tab.Load("/lib.js", "script")
	sent := b.Network.Requests()
	last := sent[len(sent)-1]
	same(t, "afterwards", []any{last.URL, last.Status}, []any{origin + "/lib.js", http.StatusNotModified})
}

func TestRangesPassThroughTheWorker(t *testing.T) {
	_, tab, _ := controlled(t, files{"/a.txt": "0123456789", "/sw.js": "onfetch = event => event.respondWith(fetch(event.request))"})
	p := tab.Ask("/a.txt", swtest.Ask{Destination: "audio", Header: http.Header{"Range": {"bytes=2-4"}}})
	same(t, "the part", []any{p.Status, p.Text(), p.Header.Get("Content-Range")}, []any{206, "234", "bytes 2-4/10"})
}
