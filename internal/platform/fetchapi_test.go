package platform_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/swgen/swgen/internal/cachestorage"
	"github.com/swgen/swgen/internal/eventloop"
	"github.com/swgen/swgen/internal/fetch"
	"github.com/swgen/swgen/internal/platform"
)

// site is a browser with a network and caches.
type site struct {
	*scripted
	fetcher fetch.Fetcher
	storage cachestorage.Storage
	denied  error // why there are no caches
	// pages answer by URL; open are the bodies that they left unfinished.
	pages map[string]func(*fetch.Request) *fetch.Response
	open  []*fetch.Writer
	// seen is what reached the network: "METHOD URL body".
	seen []string
	last *fetch.Request
	// gaveUp counts the open bodies that nobody reads any more.
	gaveUp int
	// unread leaves the bodies of requests to the pages.
	unread bool
}

// newSite makes a worker of https://site.test with a few pages.
func newSite(t testing.TB) *site {
	t.Helper()
	s := &site{scripted: &scripted{loop: eventloop.New(time.Unix(1e9, 0))}, pages: map[string]func(*fetch.Request) *fetch.Response{}}
	s.scripted.t, _ = t.(*testing.T)
	s.fetcher.Network = s
	realm, err := platform.New(platform.Options{
		Kind: platform.Worker, URL: scriptURL, Loop: s.loop, Outside: s, Exchange: platform.NewExchange(s.loop), Secure: true,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(realm.Close)
	s.realm = realm
	s.serve("https://site.test/a.txt", 200, "alpha", "Content-Type: text/plain;charset=utf-8", "X-A: 1", "x-a: 2")
	s.serve("https://site.test/empty", 200, "")
	s.serve("https://site.test/none", 404, "nothing")
	s.serve("https://site.test/part", 206, "al", "Content-Range: bytes 0-1/5")
	s.serve("https://site.test/star", 200, "star", "Vary: Accept, *")
	s.serve("https://site.test/vary", 200, "varies", "Vary: X-V")
	s.serve("https://site.test/away", 302, "", "Location: /a.txt")
	s.serve("https://other.test/cors", 200, "shared", "Access-Control-Allow-Origin: *", "X-Hidden: 1")
	s.serve("https://other.test/secret", 200, "secret")
	for url, status := range map[string]int{"https://site.test/slow": 200, "https://site.test/slow-none": 404} {
		s.pages[url] = func(*fetch.Request) *fetch.Response {
			body, w := fetch.NewBody(func() { s.gaveUp++ })
			w.Write([]byte("begin "), nil)
			s.open = append(s.open, w)
			return &fetch.Response{Status: status, Body: body}
		}
	}
	s.serve("https://site.test/again", 307, "", "Location: /a.txt")
	return s
}

func (s *site) serve(url string, status int, body string, headers ...string) {
	s.pages[url] = func(*fetch.Request) *fetch.Response {
		resp := &fetch.Response{Status: status, Body: fetch.Bytes([]byte(body))}
		for _, h := range headers {
			name, value, _ := strings.Cut(h, ": ")
			resp.Headers.Add(name, value)
		}
		return resp
	}
}

func (s *site) RoundTrip(co *eventloop.Co, req *fetch.Request) (*fetch.Response, error) {
	s.last = req
	sent := ""
	if req.Body != nil && !s.unread {
		read := eventloop.NewFuture[error](s.loop)
		req.Body.ReadAll(func(all []byte, err error) {
			sent = " " + string(all)
			read.Resolve(err)
		})
		if err := eventloop.Await(co, read); err != nil {
			return nil, err
		}
	}
	s.seen = append(s.seen, req.Method+" "+req.URL+sent)
	url, _, _ := strings.Cut(req.URL, "#")
	if answer, ok := s.pages[url]; ok {
		return answer(req), nil
	}
	return nil, errors.New("connection refused")
}

func (s *site) Fetch(req *fetch.Request, abort *eventloop.Future[struct{}]) *eventloop.Future[*fetch.Response] {
	answer := eventloop.NewFuture[*fetch.Response](s.loop)
	req.Abort, req.Origin, req.ClientURL = abort, "https://site.test", scriptURL
	s.loop.Go(func(co *eventloop.Co) { answer.Resolve(s.fetcher.Fetch(co, req)) })
	return answer
}

func (s *site) Caches() (*cachestorage.Storage, error) { return &s.storage, s.denied }

// value is an expression's value, awaited and as JSON, or "throws NAME". The
// statements before it run first.
func (s *site) value(statements, expression string) string {
	s.t.Helper()
	s.log = nil
	s.run(`(async () => {
		const name = async promise => { try { await promise; return "none" } catch (e) { return e.name } }
		try { ` + statements + `; console.log(JSON.stringify(await (` + expression + `)) ?? "undefined") } catch (e) { console.log("throws " + e.name) }
	})()`)
	if len(s.log) == 0 {
		return "never settles"
	}
	return strings.TrimPrefix(strings.Join(s.took(), "; "), "log ")
}

// example is a script and the value that its last expression has.
type example struct{ statements, expression, want string }

func (s *site) check(examples ...example) {
	s.t.Helper()
	for _, e := range examples {
		if got := s.value(e.statements, e.expression); got != e.want {
			s.t.Errorf("%s; %s\n\tis:     %s\n\twanted: %s", e.statements, e.expression, got, e.want)
		}
	}
}

func (s *site) expectSeen(want ...string) {
	s.t.Helper()
	if !slices.Equal(s.seen, want) {
		s.t.Errorf("the network saw %q, wanted %q", s.seen, want)
	}
	s.seen = nil
}

func TestFetchGivesTheResponseOfTheNetwork(t *testing.T) {
	s := newSite(t)
	s.check(
		example{`const r = await fetch("a.txt#part")`,
			`[r.type, r.url, r.redirected, r.status, r.ok, r.statusText, [...r.headers], r.bodyUsed, await r.text(), r.bodyUsed]`,
			`["basic","https://site.test/a.txt",false,200,true,"",[["content-type","text/plain;charset=utf-8"],["x-a","1, 2"]],false,"alpha",true]`},
		example{`const r = await fetch(new URL("https://site.test/none"))`, `[r.status, r.ok, await r.text()]`, `[404,false,"nothing"]`},
		example{`const r = await fetch("/away")`, `[r.url, r.redirected, await r.text()]`, `["https://site.test/a.txt",true,"alpha"]`},
		example{`const r = await fetch("/away", { redirect: "manual" })`, `[r.type, r.status, r.url, r.body]`, `["opaqueredirect",0,"https://site.test/away",null]`},
		example{`const r = await fetch("https://other.test/cors")`, `[r.type, r.headers.get("x-hidden"), await r.text()]`, `["cors",null,"shared"]`},
		example{`const r = await fetch("https://other.test/secret", { mode: "no-cors" })`,
			`[r.type, r.url, r.status, r.ok, [...r.headers], r.body, r.bodyUsed, await r.text()]`, `["opaque","",0,false,[],null,false,""]`},
		example{``, `fetch("https://other.test/secret")`, `throws TypeError`},
		example{``, `fetch("/away", { redirect: "error" })`, `throws TypeError`},
		example{``, `fetch("/unknown").catch(e => e.message)`, `"Failed to fetch"`},
		example{`const h = (await fetch("a.txt")).headers`, `h.append("x", "y")`, `throws TypeError`},
	)
}

func TestFetchRejectsInsteadOfThrowing(t *testing.T) {
	newSite(t).check(
		example{``, `name(fetch())`, `"TypeError"`},
		example{``, `await name(fetch("https://[")) + await name(fetch("https://u:p@site.test/"))`, `"TypeErrorTypeError"`},
		example{``, `name(fetch("a.txt", { method: "TRACE" }))`, `"TypeError"`},
		example{``, `name(fetch("a.txt", { mode: "navigate" }))`, `"TypeError"`},
		example{`const q = new Request("a.txt", { method: "POST", body: "x" }); await q.text()`, `name(fetch(q))`, `"TypeError"`},
		example{``, `name(fetch("a.txt", { get body() { throw new RangeError() } }))`, `"RangeError"`},
	)
}

func TestFetchSendsBodies(t *testing.T) {
	s := newSite(t)
	for _, c := range []struct{ body, sent, contentType string }{
		{`"täxt"`, "täxt", "text/plain;charset=UTF-8"},
		{`new Uint8Array([97, 98, 99]).subarray(1)`, "bc", ""},
		{`new Blob(["blob"], { type: "Image/X" })`, "blob", "image/x"},
		{`new URLSearchParams({ a: "b c" })`, "a=b+c", "application/x-www-form-urlencoded;charset=UTF-8"},
		{`new ReadableStream({ start(c) { c.enqueue(new Uint8Array([49])); c.enqueue(new Uint8Array([50])); c.close() } })`, "12", ""},
		{`new Response("from a response").body`, "from a response", ""},
	} {
		s.check(example{``, `fetch("a.txt", { method: "POST", body: ` + c.body + `, duplex: "half" }).then(r => r.status)`, `200`})
		s.expectSeen("POST https://site.test/a.txt " + c.sent)
		if got, _ := s.last.Headers.Get("Content-Type"); got != c.contentType {
			t.Errorf("%s: Content-Type %q", c.body, got)
		}
	}
	s.check(
		example{``, `name(fetch("a.txt", { method: "POST", duplex: "half", body: new ReadableStream({ start(c) { c.enqueue("text") } }) }))`, `"TypeError"`},
		// Only a body that is not a stream can be sent again.
		example{``, `fetch("/again", { method: "POST", body: "x" }).then(r => r.text())`, `"alpha"`},
		example{``, `name(fetch("/again", { method: "POST", body: new ReadableStream({ start(c) { c.close() } }), duplex: "half" }))`, `"TypeError"`},
	)
}

func TestARequestThatIsFetchedIsUsed(t *testing.T) {
	s := newSite(t)
	s.check(
		example{`const q = new Request("a.txt", { method: "POST", body: "b", headers: { "X-Y": "z" } }); await fetch(q)`, `[q.bodyUsed, await name(fetch(q))]`, `[true,"TypeError"]`},
	)
	if v, _ := s.last.Headers.Get("x-y"); v != "z" {
		t.Errorf("X-Y: %q", v)
	}
	s.expectSeen("POST https://site.test/a.txt b")
}

func TestAbortBeforeTheResponse(t *testing.T) {
	s := newSite(t)
	s.check(
		example{`const order = []
			fetch("a.txt", { signal: AbortSignal.abort("why") }).catch(e => order.push(e))
			await null`, `order`, `["why"]`},
		example{`const c = new AbortController(), p = fetch("a.txt", { signal: c.signal }); c.abort()`, `name(p)`, `"AbortError"`},
		example{`const c = new AbortController(), q = new Request("a.txt", { signal: c.signal }); c.abort()`, `[q.signal.aborted, await name(fetch(q)), await name(fetch(q.clone()))]`, `[true,"AbortError","AbortError"]`},
		example{`let cancelled; const c = new AbortController()
			const body = new ReadableStream({ cancel(e) { cancelled = e } })
			const p = fetch("a.txt", { method: "POST", body, duplex: "half", signal: c.signal }); c.abort("enough")`,
			`[await p.catch(e => e), cancelled]`, `["enough","enough"]`},
		example{`let cancelled; const body = new ReadableStream({ cancel(e) { cancelled = e } })`,
			`[await fetch("a.txt", { method: "POST", body, duplex: "half", signal: AbortSignal.abort("no") }).catch(e => e), cancelled]`, `["no","no"]`},
	)
	if slices.Contains(s.seen, "GET https://site.test/a.txt") {
		t.Error("an aborted request reached the network")
	}
}

func TestAbortDuringTheBody(t *testing.T) {
	const begin = `const c = new AbortController(), r = await fetch("/slow", { signal: c.signal });`
	s := newSite(t)
	s.check(
		example{begin + `const p = r.text(); c.abort("why")`, `p.catch(e => e)`, `"why"`},
		example{begin + `c.abort()`, `[await name(r.text()), await name(r.text()), await name(r.body.getReader().read())]`, `["AbortError","AbortError","AbortError"]`},
		example{begin + `const twin = r.clone(); c.abort()`, `[await name(r.arrayBuffer()), await name(twin.arrayBuffer())]`, `["AbortError","AbortError"]`},
		example{begin + `const reader = r.body.getReader(), { value } = await reader.read(); c.abort("why")`, `[value.length, await reader.read().catch(e => e), await reader.closed.catch(e => e)]`, `[6,"why","why"]`},
	)
	if s.gaveUp != 4 {
		t.Errorf("the network was told %d times that nobody reads", s.gaveUp)
	}
	// What is known to be empty ends before it can fail.
	s.check(example{`const c = new AbortController(), r = await fetch("/empty", { signal: c.signal }), reader = r.body.getReader(); c.abort()`, `reader.read()`, `{"done":true}`})
}

func TestANetworkFailureDuringTheBodyIsATypeError(t *testing.T) {
	s := newSite(t)
	fail := func() { s.open[len(s.open)-1].Fail(&platform.Exception{Name: "TypeError", Message: "network error"}) }
	for _, read := range []string{`r.text()`, `r.clone().blob()`, `((reader) => reader.read().then(() => reader.closed))(r.body.getReader())`} {
		s.log = nil
		s.run(`fetch("/slow").then(r => ` + read + `).then(() => console.log("done"), e => console.log(e.name))`)
		s.expect()
		fail()
		s.loop.Advance(time.Second)
		s.expect("log TypeError")
	}
}

func TestACancelledResponseStopsTheNetwork(t *testing.T) {
	s := newSite(t)
	s.check(
		example{`const r = await fetch("/slow"); await r.body.cancel()`, `r.bodyUsed`, `true`},
		example{`const r = await fetch("/slow"), reader = r.body.getReader(); await reader.read(); await reader.cancel()`, `reader.read()`, `{"done":true}`},
	)
	if s.gaveUp != 2 {
		t.Errorf("%d of 2 bodies were given up", s.gaveUp)
	}
}

func BenchmarkFetchAndPut(b *testing.B) {
	s := newSite(b)
	s.pages = map[string]func(*fetch.Request) *fetch.Response{}
	for i := range 100 {
		s.serve(fmt.Sprintf("https://site.test/%d", i), 200, strings.Repeat("x", 2000), "Content-Type: text/html", `ETag: "abc"`)
	}
	run := func(script string) {
		if _, err := s.realm.Run(scriptURL, script); err != nil {
			b.Fatal(err)
		}
		s.loop.Advance(time.Minute)
	}
	run(`let cache; caches.open("c").then(c => cache = c)
		async function one(i) {
			const q = new Request("/" + i, { cache: "no-cache", credentials: "same-origin" })
			const r = await fetch(q)
			const copy = r.clone()
			await crypto.subtle.digest("SHA-256", await copy.arrayBuffer())
			await cache.put(q, r)
		}
		async function all() { for (let i = 0; i < 100; i += 10) await Promise.all(Array.from({ length: 10 }, (_, k) => one(i + k))) }`)
	for b.Loop() {
		run(`all()`)
	}
	b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N)/100, "us/entry")
}
