package platform_test

import (
	"slices"
	"testing"

	"github.com/swgen/swgen/internal/cachestorage"
	"github.com/swgen/swgen/internal/fetch"
)

const openCache = `const cache = await caches.open("c");`

func TestACacheKeepsWhatIsPut(t *testing.T) {
	newSite(t).check(
		example{openCache + `const r = await fetch("a.txt"); const done = await cache.put("a.txt#x", r); const found = await cache.match("/a.txt#y")`,
			`[done === undefined, r.bodyUsed, found === r, found.url, found.type, await found.text(), [...found.headers], await name(Promise.resolve().then(() => found.headers.set("a", "b")))]`,
			`[true,true,false,"https://site.test/a.txt","basic","alpha",[["content-type","text/plain;charset=utf-8"],["x-a","1, 2"]],"TypeError"]`},
		example{openCache, `[await (await cache.match("a.txt")).text(), await (await cache.match("a.txt")).text()]`, `["alpha","alpha"]`},
		example{openCache + `await cache.put("/made", new Response("made", { status: 201, statusText: "Made", headers: { "X-Y": "z" } }))
			const r = await cache.match(new Request("/made", { mode: "same-origin" }))`, `[r.status, r.statusText, r.headers.get("x-y"), r.url, await r.text()]`, `[201,"Made","z","","made"]`},
		example{openCache + `await cache.put("/streamed", new Response(new ReadableStream({ pull(c) { c.enqueue(new Uint8Array([104, 105])); c.close() } })))`, `(await cache.match("/streamed")).text()`, `"hi"`},
		example{openCache + `await cache.put("/empty", new Response()); await cache.put("/made", new Response("newer"))`, `[(await cache.match("/empty")).body, await (await cache.match("/made")).text()]`, `[null,"newer"]`},
		example{openCache, `cache.match("/nothing")`, `undefined`},
		example{openCache + `const keys = await cache.keys(), all = await cache.matchAll()`,
			`[keys.map(q => new URL(q.url).pathname), all.length, Object.isFrozen(keys), Object.isFrozen(all), await name(Promise.resolve().then(() => keys[0].headers.set("a", "b")))]`,
			`[["/a.txt","/streamed","/empty","/made"],4,true,true,"TypeError"]`},
		example{openCache, `[await cache.delete("/made"), await cache.delete("/made"), (await cache.keys()).length]`, `[true,false,3]`},
	)
}

func TestOpaqueResponsesAreHandedOnWhole(t *testing.T) {
	s := newSite(t)
	s.check(example{openCache + `const r = await fetch("https://other.test/secret", { mode: "no-cors" })
		await cache.put("/one", r); await cache.put("/two", r.clone()); await cache.put("/three", await cache.match("/one"))
		const found = await cache.match("/three")`, `[found.type, found.status, found.body, found.url]`, `["opaque",0,null,""]`})
	for _, p := range s.storage.Open("c").Entries() {
		if string(p.Body) != "secret" {
			t.Errorf("%s holds %q", p.Request.URL, p.Body)
		}
	}
}

func TestPutRefuses(t *testing.T) {
	s := newSite(t)
	for _, arguments := range []string{
		``, `"/a"`, `"/a", "text"`, `"/a", null`, `"https://[", new Response()`, `"data:,x", new Response()`, `new Request("/a", { method: "POST" }), new Response()`,
		`"/a", await fetch("/part")`, `"/a", await fetch("/star")`, `"/a", new Response("", { headers: { vary: "x, *" } })`,
		`"/a", await fetch("a.txt").then(r => (r.text(), r))`, `"/a", await fetch("a.txt").then(r => (r.body.getReader(), r))`,
		`"/a", new Response(new ReadableStream({ start(c) { c.enqueue("text"); c.close() } }))`,
	} {
		s.check(example{openCache, `name(cache.put(` + arguments + `))`, `"TypeError"`})
	}
	s.check(
		example{openCache + `const why = new RangeError("why")`, `cache.put("/a", new Response(new ReadableStream({ start(c) { c.error(why) } }))).catch(e => e === why)`, `true`},
		example{openCache, `cache.keys().then(keys => keys.length)`, `0`},
		example{openCache + `const q = new Request("/a", { method: "POST", body: "x" }); await cache.put(q, new Response()).catch(() => {})`, `q.bodyUsed`, `false`},
	)
}

func TestPutWaitsForTheBody(t *testing.T) {
	s := newSite(t)
	s.run(`caches.open("c").then(async cache => {
		const r = await fetch("/slow")
		cache.put("/slow", r).then(() => cache.match("/slow")).then(r => r.text()).then(console.log)
		console.log("used", r.bodyUsed, "found", await cache.match("/slow"))
	})`)
	s.expect("log used true found undefined")
	s.open[0].Write([]byte("end"), nil)
	s.open[0].Close()
	s.loop.Advance(0)
	s.expect("log begin end")
	s.check(
		example{openCache + `const c = new AbortController(), r = await fetch("/slow", { signal: c.signal }), p = cache.put("/x", r); c.abort("why")`, `p.catch(e => e)`, `"why"`},
		example{openCache + `const c = new AbortController(), r = await fetch("a.txt", { signal: c.signal }); c.abort("why")`, `[await cache.put("/x", r).catch(e => e), await cache.match("/x")]`, `["why",null]`},
	)
}

func TestQueryOptions(t *testing.T) {
	const fill = openCache + `await cache.put("/a?1", new Response("1")); await cache.put("/a?2", new Response("2"))
		await cache.put(new Request("/vary", { headers: { "X-V": "1" } }), new Response("v", { headers: { Vary: "x-v" } }));`
	newSite(t).check(
		example{openCache + `await cache.put("undefined", new Response("u"))`, `[await (await cache.match(undefined)).text(), await cache.delete(undefined), (await cache.keys(undefined)).length]`, `["u",true,0]`},
		example{fill, `[await cache.match("/a"), await (await cache.match("/a", { ignoreSearch: true })).text(), (await cache.matchAll("/a", { ignoreSearch: 1 })).length]`, `[null,"1",2]`},
		example{fill, `[await cache.match("/vary"), await (await cache.match("/vary", { ignoreVary: true })).text(), await (await cache.match(new Request("/vary", { headers: { "x-v": "1" } }))).text()]`, `[null,"v","v"]`},
		example{fill + `const q = new Request("/a?1", { method: "HEAD" })`, `[await cache.match(q), (await cache.matchAll(q)).length, (await cache.keys(q)).length, await cache.delete(q), await (await cache.match(q, { ignoreMethod: true })).text()]`, `[null,0,0,false,"1"]`},
		example{fill, `[(await cache.keys("/a", { ignoreSearch: true })).length, await cache.delete("/a", { ignoreSearch: true }), (await cache.keys()).length]`, `[2,true,1]`},
		example{openCache, `[await cache.match(undefined), await name(cache.match("/", 1)), await name(cache.match()), await name(cache.delete()), await name(cache.match("https://["))]`, `[null,"TypeError","TypeError","TypeError","TypeError"]`},
	)
}

func TestStoredRequestsThatTheBrowserMade(t *testing.T) {
	s := newSite(t)
	err := s.storage.Open("c").Put(
		cachestorage.Pair{Request: &fetch.Request{Method: "GET", URL: "https://site.test/page", Mode: "navigate", Destination: "document", Redirect: "manual", IsReload: true}, Response: &fetch.Response{Status: 200}},
		cachestorage.Pair{Request: &fetch.Request{Method: "GET", URL: "https://site.test/film", Mode: "no-cors", Destination: "video", Headers: fetch.Headers{{Name: "Range", Value: "bytes=0-"}}}, Response: &fetch.Response{Status: 200}},
	)
	if err != nil {
		t.Fatal(err)
	}
	s.check(
		example{openCache + `const [q] = await cache.keys(), show = ({ mode, destination, isReloadNavigation, redirect }) => [mode, destination, isReloadNavigation, redirect]`,
			`[show(q), show(q.clone()), show(new Request(q)), show(new Request(q, { keepalive: true }))]`,
			`[["navigate","document",true,"manual"],["navigate","document",true,"manual"],["navigate","",true,"manual"],["same-origin","",false,"manual"]]`},
		// A range of no-cors requests is the browser's: it goes when script changes anything.
		example{openCache + `const [, q] = await cache.keys(), copy = new Request(q), changed = new Request(q); changed.headers.append("accept", "a")`,
			`[q.headers.get("range"), copy.headers.get("range"), changed.headers.get("range"), new Request(q, { keepalive: true }).headers.get("range")]`, `["bytes=0-","bytes=0-",null,null]`},
	)
}

func TestAddAll(t *testing.T) {
	s := newSite(t)
	s.check(
		example{openCache, `[await cache.addAll(["a.txt", new Request("/empty"), "/away"]), await cache.add("/vary"), (await cache.keys()).map(q => new URL(q.url).pathname), (await cache.match("/away")).url]`,
			`[null,null,["/a.txt","/empty","/away","/vary"],"https://site.test/a.txt"]`},
		example{openCache, `[await cache.addAll([]), await name(cache.addAll()), await name(cache.addAll("a".length)), await name(cache.add())]`, `[null,"TypeError","TypeError","TypeError"]`},
		example{openCache + `const q = new Request("a.txt")`, `name(cache.addAll([q, q]))`, `"InvalidStateError"`},
		example{openCache + `const vary = v => new Request("/vary", { headers: { "x-v": v } })`, `[await name(cache.addAll([vary("1"), vary("2")])), await name(cache.addAll([vary("1"), vary("1")]))]`, `["none","InvalidStateError"]`},
	)
	for _, bad := range []string{
		`"/none"`, `"/part"`, `"/star"`, `"/unknown"`, `"https://["`, `"data:,x"`, `new Request("a.txt", { method: "POST" })`,
		`new Request("https://other.test/secret", { mode: "no-cors" })`,
	} {
		s.check(example{`await caches.delete("d"); const cache = await caches.open("d")`, `[await name(cache.addAll(["a.txt", ` + bad + `, "/empty"])), (await cache.keys()).length]`, `["TypeError",0]`})
	}
	s.check(example{openCache, `[await name(cache.add(new Request("a.txt", { signal: AbortSignal.abort() }))), await cache.add("data:,x").catch(e => e.message)]`,
		`["AbortError","Failed to execute 'add' on 'Cache': Request scheme 'data' is unsupported"]`})
}

func TestAddAllGivesUpTheRestWhenOneFails(t *testing.T) {
	s := newSite(t)
	s.check(
		example{openCache, `name(cache.addAll(["/slow", "/slow-none"]))`, `"TypeError"`},
		example{openCache + `const c = new AbortController(), p = cache.addAll([new Request("/slow", { signal: c.signal }), "/slow"]); setTimeout(() => c.abort("why"), 10)`, `p.catch(e => e)`, `"why"`},
	)
	if s.gaveUp != 4 {
		t.Errorf("%d of 4 open bodies were given up", s.gaveUp)
	}
}

func TestRequestsThatFailBeforeAllAreMadeAreNotSent(t *testing.T) {
	s := newSite(t)
	s.check(example{openCache, `name(cache.addAll(["a.txt", new Request("/b", { method: "PUT" })]))`, `"TypeError"`})
	if slices.Contains(s.seen, "GET https://site.test/a.txt") {
		t.Error("a request was sent though another cannot be stored")
	}
}

func TestCacheStorage(t *testing.T) {
	newSite(t).check(
		example{``, `[await caches.keys(), await caches.has("a"), await caches.delete("a"), caches === caches, String(caches)]`, `[[],false,false,true,"[object CacheStorage]"]`},
		example{`const a = await caches.open("a"), b = await caches.open("b"); await a.put("/x", new Response("a")); await b.put("/x", new Response("b"))`,
			`[await caches.keys(), a === await caches.open("a"), await (await caches.match("/x")).text(), await (await caches.match("/x", { cacheName: "b" })).text(), await caches.match("/x", { cacheName: "no" })]`,
			`[["a","b"],false,"a","b",null]`},
		example{`const a = await caches.open("a"); await caches.delete("a")`, `[await (await a.match("/x")).text(), await caches.has("a"), await caches.keys()]`, `["a",false,["b"]]`},
		example{`await caches.open("\ud800"); await caches.open("\u{10ffff}1;")`, `[await caches.has("\ud800"), await caches.has("\ufffd"), (await caches.keys()).slice(1)]`, `[true,false,["\ud800","` + "\U0010ffff" + `1;"]]`},
		example{``, `[await name(caches.open()), await name(caches.has()), await name(caches.match()), await name(caches.keys.call({}))]`, `["TypeError","TypeError","TypeError","TypeError"]`},
		example{``, `new CacheStorage()`, `throws TypeError`},
		example{``, `new Cache()`, `throws TypeError`},
	)
}

func TestCachesThatAreNotToBeHad(t *testing.T) {
	s := newSite(t)
	s.denied = &cachestorage.Error{Name: "SecurityError", Message: "An attempt was made to break through the security policy of the user agent."}
	s.check(example{``, `[await name(caches.open("a")), await name(caches.match("/")), await name(caches.keys()), await name(caches.has("a")), await name(caches.delete("a"))]`,
		`["SecurityError","SecurityError","SecurityError","SecurityError","SecurityError"]`})
}

func TestAFullStorage(t *testing.T) {
	s := newSite(t)
	s.storage.Quota = 5000
	s.pages["https://site.test/big"] = func(*fetch.Request) *fetch.Response {
		return &fetch.Response{Status: 200, Body: fetch.Bytes(make([]byte, 10000))}
	}
	s.check(example{openCache, `[await name(cache.addAll(["a.txt", "/big"])), await name(cache.put("/x", await fetch("/big"))), (await cache.keys()).length]`, `["QuotaExceededError","QuotaExceededError",0]`})
}
