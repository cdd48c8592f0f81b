package platform_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/swgen/swgen/internal/fetch"
	"github.com/swgen/swgen/internal/platform"
)

// fetchRecord is the request of a fetch event: a navigation, unless changed
// by pairs of a name and a value.
func fetchRecord(changes ...any) map[string]any {
	request := map[string]any{
		"method": "GET", "url": "https://site.test/page", "headers": [][2]string{{"accept", "text/html"}}, "mode": "navigate",
		"credentials": "include", "cache": "default", "redirect": "manual", "referrer": "no-referrer", "referrerPolicy": "",
		"integrity": "", "keepalive": false, "destination": "document",
	}
	record := map[string]any{
		"request": request, "body": nil, "clientId": "", "resultingClientId": "new", "replacesClientId": "old", "preload": false,
	}
	for i := 0; i < len(changes); i += 2 {
		name := changes[i].(string)
		if _, ok := record[name]; ok {
			record[name] = changes[i+1]
		} else {
			request[name] = changes[i+1]
		}
	}
	return record
}

// notingAnswers makes event.respond note the response and its body.
func (s *scripted) notingAnswers() *scripted {
	s.answers["event.respond"] = func(args []any) any {
		if args[1] == nil {
			return nil
		}
		s.log = s.log[:len(s.log)-1]
		p, err := s.realm.Response(args[1])
		if err != nil {
			return err
		}
		line := fmt.Sprintf("answer %d %s %s", p.Status, p.Type, p.URL())
		s.log = append(s.log, strings.TrimSpace(line))
		if p.Body != nil {
			p.Body.ReadAll(func(all []byte, err error) { s.log = append(s.log, fmt.Sprintf("body %s %v", all, err)) })
		}
		return nil
	}
	return s
}

func newFetchRealm(t *testing.T, script string) *scripted {
	t.Helper()
	return newRealm(t, platform.ServiceWorker, itself(nil), script).notingAnswers()
}

func TestFetchEventCarriesTheRequest(t *testing.T) {
	s := newFetchRealm(t, `onfetch = e => {
		const { request: r } = e
		console.log(r.method, r.url, r.mode, r.destination, r.headers.get("accept"), r.signal.aborted)
		console.log([e.clientId, e.resultingClientId, e.replacesClientId], e.request === r, e.cancelable, e.isTrusted)
		try { r.headers.set("x", "y") } catch (x) { console.log(x.name) }
		e.preloadResponse.then(p => console.log("preload", p))
	}`)
	s.dispatch("fetch", 1, fetchRecord())
	s.expect(
		"log GET https://site.test/page navigate document text/html false",
		"log (3) ['', 'new', 'old'] true true true",
		"log TypeError",
		"log preload undefined",
		"event.passed 1 false false",
		"event.done 1 true ",
	)
}

func TestRespondWith(t *testing.T) {
	for _, test := range []struct {
		name, listener string
		request        []any
		want           []string
	}{
		{"a response", `e => e.respondWith(new Response("hello", { status: 201 }))`, nil,
			[]string{"answer 201 default", "event.done 1 true ", "body hello <nil>"}},
		{"a promise for one, which keeps the event alive", `e => e.respondWith(task().then(() => new Response("later")))`, nil,
			[]string{"answer 200 default", "event.done 1 true ", "body later <nil>"}},
		{"a stream", `e => e.respondWith(new Response(new ReadableStream({ async pull(c) {
			await task(); c.enqueue(new TextEncoder().encode("chunk")); if (++count == 2) c.close() } })))`, nil,
			[]string{"answer 200 default", "event.done 1 true ", "body chunkchunk <nil>"}},
		{"nothing, after preventDefault", `e => e.preventDefault()`, nil,
			[]string{"event.passed 1 true false", "event.done 1 true "}},
		{"a rejected promise", `e => e.respondWith(Promise.reject(new TypeError("no")))`, nil,
			[]string{"event.respond 1 null the promise was rejected.", "event.done 1 false TypeError: no"}},
		{"no response", `e => e.respondWith({ status: 200 })`, nil,
			[]string{"event.respond 1 null an object that was not a Response was passed to respondWith().", "event.done 1 true "}},
		{"an object that only inherits from Response", `e => e.respondWith(Object.create(Response.prototype))`, nil,
			[]string{"event.respond 1 null an object that was not a Response was passed to respondWith().", "event.done 1 true "}},
		{"a network error", `e => e.respondWith(Response.error())`, nil,
			[]string{"event.respond 1 null the promise was resolved with an error response object.", "event.done 1 true "}},
		{"a used body", `e => { const r = new Response("x"); r.text(); e.respondWith(r) }`, nil,
			[]string{`event.respond 1 null a Response whose "bodyUsed" is "true" cannot be used to respond to a request.`, "event.done 1 true "}},
		{"a locked body", `e => { const r = new Response("x"); r.body.getReader(); e.respondWith(r) }`, nil,
			[]string{`event.respond 1 null a Response whose "body" is locked cannot be used to respond to a request.`, "event.done 1 true "}},
		{"twice", `e => { e.respondWith(new Response("x")); try { e.respondWith(new Response("y")) } catch (x) { console.log(x.name, x.message) } }`, nil,
			[]string{"log InvalidStateError Failed to execute 'respondWith' on 'FetchEvent': The fetch event has already been responded to.",
				"answer 200 default", "body x <nil>", "event.done 1 true "}},
		{"too late", `e => { task().then(() => { try { e.respondWith(new Response("y")) } catch (x) { console.log(x.name, x.message) } }) ; e.waitUntil(task().then(task)) }`, nil,
			[]string{"event.passed 1 false false", "log InvalidStateError Failed to execute 'respondWith' on 'FetchEvent': The event handler is already finished.", "event.done 1 true "}},
		{"in a microtask of the listener", `async e => { await null; e.respondWith(new Response("x")) }`, nil,
			[]string{"answer 200 default", "body x <nil>", "event.done 1 true "}},
		{"an exception in the listener", `e => { throw new Error("oops") }`, nil,
			[]string{"error Error: oops", "event.passed 1 false false", "event.done 1 true "}},
		{"an exception after an answer", `e => { e.respondWith(new Response("x")); throw new Error("oops") }`, nil,
			[]string{"error Error: oops", "answer 200 default", "body x <nil>", "event.done 1 true "}},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := newFetchRealm(t, `let count = 0; const task = () => new Promise(resolve => setTimeout(resolve)); onfetch = `+test.listener)
			s.dispatch("fetch", 1, fetchRecord(test.request...))
			got, want := s.took(), test.want
			// The body is read beside what else happens.
			if !sameSet(got, want) {
				t.Errorf("got %q\nwanted %q", got, want)
			}
		})
	}
}

func sameSet(a, b []string) bool {
	count := map[string]int{}
	for _, s := range a {
		count[s]++
	}
	for _, s := range b {
		count[s]--
	}
	for _, n := range count {
		if n != 0 {
			return false
		}
	}
	return true
}

func TestResponsesThatMayNotAnswer(t *testing.T) {
	for _, test := range []struct {
		request []any
		kind    string
		urls    []string
		want    string
	}{
		{[]any{"mode", "same-origin"}, "cors", nil, `a "cors" type response was used for a request whose mode is "same-origin".`},
		{[]any{"mode", "cors"}, "cors", nil, ""},
		{[]any{"mode", "cors"}, "opaque", nil, `an "opaque" response was used for a request whose type is not no-cors`},
		{[]any{"mode", "no-cors", "destination", "image"}, "opaque", nil, ""},
		{[]any{"mode", "no-cors", "destination", "worker"}, "opaque", nil, `an "opaque" response was used for a client request.`},
		{[]any{"redirect", "follow"}, "opaqueredirect", nil, `an "opaqueredirect" type response was used for a request whose redirect mode is not "manual".`},
		{nil, "opaqueredirect", nil, ""},
		{nil, "basic", []string{"https://site.test/a", "https://site.test/b"}, `a redirected response was used for a request whose redirect mode is not "follow".`},
		{[]any{"redirect", "follow", "mode", "cors"}, "basic", []string{"https://site.test/a", "https://site.test/b"}, ""},
	} {
		s := newRealm(t, platform.ServiceWorker, itself(nil), `onfetch = e => e.respondWith(e.preloadResponse)`)
		s.answers["event.respond"] = func(args []any) any {
			s.log = []string{fmt.Sprint(args[2])}
			return nil
		}
		s.dispatch("fetch", 1, fetchRecord(append(test.request, "preload", true)...))
		p := &fetch.Response{Type: test.kind, Status: 200, URLs: test.urls}
		s.log = nil
		s.dispatch("preloaded", 1, s.realm.ResponseRecord(p))
		if len(s.log) == 0 || s.log[0] != test.want {
			t.Errorf("%s for %v: %q, wanted %q", test.kind, test.request, s.log, test.want)
		}
	}
}

func TestRespondWithStopsPropagation(t *testing.T) {
	s := newFetchRealm(t, `
		addEventListener("fetch", e => e.respondWith(new Response("first")))
		addEventListener("fetch", e => e.respondWith(new Response("second")))
	`)
	s.dispatch("fetch", 1, fetchRecord())
	s.expect("answer 200 default", "body first <nil>", "event.done 1 true ")
}

func TestRespondWithExtendsTheLifetime(t *testing.T) {
	for _, test := range []struct{ name, listener, want string }{
		{"while its promise is pending", `e => { let end; e.respondWith(new Promise(r => end = r)); task().then(() => { extend(e, "extend"); end(new Response("x")) }) }`, "log extend ok"},
		{"in the reaction to its promise", `e => { const p = task().then(() => new Response("x")); e.respondWith(p); p.then(() => extend(e, "extend")) }`, "log extend ok"},
		{"but not a microtask later", `e => { const p = task().then(() => new Response("x")); e.respondWith(p); p.then(() => Promise.resolve()).then(() => extend(e, "extend")) }`, "log extend InvalidStateError true"},
	} {
		s := newFetchRealm(t, lifetimeScript+`onfetch = `+test.listener)
		s.dispatch("fetch", 1, fetchRecord())
		if got := s.took(); !slices.Contains(got, test.want) {
			t.Errorf("%s: %q", test.name, got)
		}
	}
}

func TestPreloadResponse(t *testing.T) {
	const script = `onfetch = e => { e.waitUntil(e.preloadResponse.then(p => p && p.text()).then(x => console.log("preload", x), x => console.log(x.name, x.message))) }`
	s := newFetchRealm(t, script)
	s.dispatch("fetch", 1, fetchRecord("preload", true))
	s.expect("event.passed 1 false false")
	s.dispatch("handled", 1, true, "")
	s.dispatch("preloaded", 1, s.realm.ResponseRecord(&fetch.Response{Type: "basic", Status: 200, Body: fetch.Bytes([]byte("early"))}))
	s.expect("log preload early", "event.done 1 true ")
	s.dispatch("fetch", 2, fetchRecord("preload", true))
	s.dispatch("preloaded", 2, nil, map[string]string{"name": "NetworkError", "message": "it failed"})
	s.expect("event.passed 2 false false", "log NetworkError it failed", "event.done 2 true ")
	// Nobody looks at it: no unhandled rejection.
	s = newFetchRealm(t, `onfetch = () => {}`)
	s.dispatch("fetch", 1, fetchRecord("preload", true))
	s.dispatch("preloaded", 1, nil, map[string]string{"name": "NetworkError", "message": "it failed"})
	s.expect("event.passed 1 false false", "event.done 1 true ")
}

func TestHandled(t *testing.T) {
	s := newFetchRealm(t, `onfetch = e => { e.handled.then(x => console.log("handled", x), x => console.log(x instanceof DOMException, x.name)) }`)
	s.dispatch("fetch", 1, fetchRecord())
	s.dispatch("fetch", 2, fetchRecord())
	s.took()
	s.dispatch("handled", 1, true, "")
	s.dispatch("handled", 2, false, "why")
	s.dispatch("handled", 3, false, "unknown events are ignored")
	s.expect("log handled undefined", "log true NetworkError")
}

func TestRequestBody(t *testing.T) {
	s := newFetchRealm(t, `onfetch = e => { if (e.request.url.endsWith("read")) e.waitUntil(e.request.text().then(t => console.log(t))) }`)
	post := func(id int, url string) {
		body := s.realm.BodyHandle(fetch.Bytes([]byte("posted")))
		s.dispatch("fetch", id, fetchRecord("method", "POST", "url", url, "mode", "cors", "body", body))
	}
	post(1, "https://site.test/leave")
	s.expect("event.passed 1 false false", "event.done 1 true ")
	post(2, "https://site.test/read")
	s.expect("log posted", "event.passed 2 false true", "event.done 2 true ")
}

func TestFetchEventConstructor(t *testing.T) {
	s := newFetchRealm(t, ``)
	s.expectValue(`new FetchEvent("fetch")`, `false TypeError: Failed to construct 'FetchEvent': 2 arguments required, but only 1 present.`)
	s.expectValue(`new FetchEvent("fetch", {})`, `false TypeError: Failed to construct 'FetchEvent': Failed to read the 'request' property from 'FetchEventInit': Required member is undefined.`)
	s.expectValue(`new FetchEvent("fetch", { request: {} })`, `false TypeError: Failed to construct 'FetchEvent': Failed to read the 'request' property from 'FetchEventInit': Failed to convert value to 'Request'.`)
	s.expectValue(`(() => { const e = new FetchEvent("f", { request: new Request("/x"), clientId: 5, cancelable: true }); return [e.type, e.request.url, e.clientId, e.resultingClientId, e.cancelable, e.isTrusted] })()`,
		`["f","https://site.test/x","5","",true,false]`)
	s.expectValue(`new FetchEvent("f", { request: new Request("/x"), preloadResponse: 7 }).preloadResponse`, `7`)
	s.expectValue(`new FetchEvent("f", { request: new Request("/x") }).respondWith(new Response)`, `true InvalidStateError: Failed to execute 'respondWith' on 'FetchEvent': The event handler is already finished.`)
	s.expectValue(`Object.keys(FetchEvent.prototype)`, `["request","preloadResponse","clientId","resultingClientId","replacesClientId","handled","respondWith"]`)
}
