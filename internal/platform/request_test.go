package platform_test

import "testing"

func TestARequestHasTheDefaultsOfTheStandard(t *testing.T) {
	newSite(t).check(
		example{`const q = new Request("../b?x#y"), { method, url, destination, referrer, referrerPolicy, mode, credentials, cache, redirect, integrity, keepalive, isReloadNavigation, isHistoryNavigation, duplex, body, bodyUsed } = q`,
			`[method, url, destination, referrer, referrerPolicy, mode, credentials, cache, redirect, integrity, keepalive, isReloadNavigation, isHistoryNavigation, duplex, body, bodyUsed, [...q.headers]]`,
			`["GET","https://site.test/b?x#y","","about:client","","cors","same-origin","default","follow","",false,false,false,"half",null,false,[]]`},
		example{`const q = new Request("/")`, `[q.headers === q.headers, q.signal === q.signal, q.signal.aborted, String(q), Request.length]`, `[true,true,false,"[object Request]",1]`},
	)
}

func TestInitOverrides(t *testing.T) {
	const init = `const init = { method: "patch", mode: "same-origin", credentials: "include", cache: "only-if-cached", redirect: "manual", integrity: "sha256-x", keepalive: true, referrer: "/from#x", referrerPolicy: "origin", headers: { a: "b" }, priority: "low", window: null }
		const show = q => [q.method, q.mode, q.credentials, q.cache, q.redirect, q.integrity, q.keepalive, q.referrer, q.referrerPolicy, [...q.headers]]`
	const want = `["patch","same-origin","include","only-if-cached","manual","sha256-x",true,"https://site.test/from#x","origin",[["a","b"]]]`
	newSite(t).check(
		example{init, `show(new Request("/", init))`, want},
		example{init, `show(new Request(new Request("/", init)))`, want},
		example{init, `show(new Request("/", init).clone())`, want},
		// A member of init takes away where the request came from.
		example{init, `show(new Request(new Request("/", init), { keepalive: false }))`,
			`["patch","same-origin","include","only-if-cached","manual","sha256-x",false,"about:client","",[["a","b"]]]`},
		example{init, `show(new Request(new Request("/", init), { method: undefined }))`, want},
		example{``, `["get", "Post", "put", "delete", "head", "options", "patch", "x"].map(method => new Request("/", { method }).method)`, `["GET","POST","PUT","DELETE","HEAD","OPTIONS","patch","x"]`},
		example{``, `["", "about:client", "https://other.test/", "/a"].map(referrer => new Request("/", { referrer }).referrer)`, `["","about:client","about:client","https://site.test/a"]`},
		example{``, `[...new Request(new Request("/", { headers: { "X-Y": "1", Accept: "a" } }), { mode: "no-cors" }).headers]`, `[["accept","a"]]`},
	)
}

func TestARequestRefuses(t *testing.T) {
	s := newSite(t)
	for _, arguments := range []string{
		``, `"https://["`, `"https://user@site.test/"`, `"https://:pass@site.test/"`, `Symbol()`,
		`"/", 1`, `"/", { window: 1 }`, `"/", { referrer: "https://[" }`, `"/", { mode: "navigate" }`, `"/", { mode: "x" }`,
		`"/", { cache: "only-if-cached" }`, `"/", { method: "a b" }`, `"/", { method: "Connect" }`, `"/", { method: "PUT", mode: "no-cors" }`,
		`"/", { body: "x" }`, `"/", { method: "HEAD", body: "" }`, `"/", { signal: {} }`, `"/", { duplex: "full" }`, `"/", { priority: "x" }`,
		`"/", { method: "POST", body: new ReadableStream() }`, `"/", { method: "POST", body: new ReadableStream(), duplex: "half", keepalive: true }`,
		`"/", { method: "POST", body: new ReadableStream(), duplex: "half", mode: "no-cors" }`,
		`"/", { headers: null }`, `"/", { referrerPolicy: "x" }`, `new Request("/", { method: "POST", body: "x" }), { method: "GET" }`,
	} {
		s.check(example{``, `new Request(` + arguments + `)`, `throws TypeError`})
	}
	s.check(example{`const q = new Request("/", { method: "POST", body: "x" }); try { new Request(q, { method: "GET" }) } catch {}`, `q.bodyUsed`, `false`})
}

func TestMembersOfInitAreReadInTheOrderOfTheirNames(t *testing.T) {
	newSite(t).check(example{`const order = []; new Request("/", new Proxy({}, { get(target, key) { order.push(key) } }))`, `order.join()`,
		`"body,cache,credentials,duplex,headers,integrity,keepalive,method,mode,priority,redirect,referrer,referrerPolicy,signal,window"`})
}

func TestTheBodyMovesFromRequestToRequest(t *testing.T) {
	newSite(t).check(
		example{`const a = new Request("/", { method: "POST", body: "text" }), b = new Request(a)`, `[a.bodyUsed, a.body.locked, await name(a.text()), b.bodyUsed, await b.text(), b.headers.get("content-type")]`,
			`[true,true,"TypeError",false,"text","text/plain;charset=UTF-8"]`},
		example{`const a = new Request("/", { method: "POST", body: "text" }); a.body; const b = new Request(a)`, `[a.bodyUsed, await b.text()]`, `[true,"text"]`},
		example{`const body = new ReadableStream({ start(c) { c.enqueue(new Uint8Array([104, 105])); c.close() } })
			const a = new Request("/", { method: "POST", body, duplex: "half" }), same = a.body === body, b = new Request(a)`, `[same, a.bodyUsed, await b.text()]`, `[true,true,"hi"]`},
		example{`const a = new Request("/", { method: "POST", body: "text" }), b = new Request(a, { body: "other" })`, `[a.bodyUsed, await b.text()]`, `[true,"other"]`},
		example{`const a = new Request("/", { method: "POST", body: "text" }), b = a.clone()`, `[await a.text(), await b.text()]`, `["text","text"]`},
		example{`const a = new Request("/", { method: "POST", body: "text" }); await a.text()`, `a.clone()`, `throws TypeError`},
		example{`const a = new Request("/", { method: "POST", body: "text" }); a.body.getReader()`, `new Request(a)`, `throws TypeError`},
	)
}

func TestSignalsFollow(t *testing.T) {
	newSite(t).check(
		example{`const c = new AbortController(), a = new Request("/", { signal: c.signal }), b = new Request(a), d = b.clone(), free = new Request(a, { signal: null }), events = []
			b.signal.onabort = () => events.push("b"); a.signal.onabort = () => events.push("a"); c.abort("why")`,
			`[events, a.signal === c.signal, [a, b, d, free].map(q => q.signal.aborted), d.signal.reason]`, `[["b","a"],false,[true,true,true,false],"why"]`},
	)
}
