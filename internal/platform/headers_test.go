package platform_test

import "testing"

func TestHeadersCombineAndSort(t *testing.T) {
	newSite(t).check(
		example{`const h = new Headers({ b: "1", A: " two " }); h.append("B", "3"); h.append("set-cookie", "x"); h.append("Set-Cookie", "y")`,
			`[[...h], h.get("b"), h.get("c"), h.has("SET-COOKIE"), h.getSetCookie(), h.get("set-cookie")]`,
			`[[["a","two"],["b","1, 3"],["set-cookie","x"],["set-cookie","y"]],"1, 3",null,true,["x","y"],"x, y"]`},
		example{`const h = new Headers([["a", "1"], ["a", "2"]]); h.set("A", "3"); h.delete("x"); h.set("n", "")`, `[...h]`, `[["a","3"],["n",""]]`},
		example{`const h = new Headers({ a: "1", b: "2" }); h.append("a", "x"); h.append("a", "y"); h.delete("a")`, `[...h.keys()]`, `["b"]`},
		example{``, `[...new Headers(new Headers([["x", "1"], ["x", "2"], ["set-cookie", "a"], ["set-cookie", "b"]])).values()]`, `["a","b","1, 2"]`},
		example{`const seen = []; new Headers({ b: "2", a: "1" }).forEach((value, key, all) => seen.push(key + value + all.has(key)))`, `seen`, `["a1true","b2true"]`},
	)
}

func TestIteratorsOfHeadersAreLive(t *testing.T) {
	newSite(t).check(example{`const h = new Headers({ b: "1", c: "1" }), seen = []
		for (const [name] of h) {
			seen.push(name)
			if (name === "b") { h.delete("c"); h.append("d", "1"); h.append("z", "1") }
		}`, `seen`, `["b","d","z"]`})
}

func TestHeadersRefuseWhatIsNoHeader(t *testing.T) {
	s := newSite(t)
	for _, call := range []string{
		`new Headers({ "a b": "1" })`, `new Headers({ a: "\0" })`, `new Headers({ a: "1\n2" })`, `new Headers({ a: "\u0100" })`,
		`new Headers([["a"]])`, `new Headers([["a", "b", "c"]])`, `new Headers(null)`, `new Headers(1)`, `new Headers({ [Symbol()]: "1" })`,
		`new Headers().get("")`, `new Headers().has("\u00e9")`, `new Headers().append("a")`, `new Headers().set("a", "b\rc")`,
		`Headers()`, `Headers.prototype.get.call({}, "a")`, `Headers.prototype.keys.call({})`,
	} {
		s.check(example{``, call, `throws TypeError`})
	}
	s.check(
		example{``, `new Headers({ a: "\t\n1 2\r " }).get("a")`, `"1 2"`},
		example{``, `new Headers({ a: "\u00ff\u0001" }).get("a")`, `"ÿ\u0001"`},
	)
}

func TestHeadersOfRequestsAreGuarded(t *testing.T) {
	newSite(t).check(
		example{`const h = new Request("/", { headers: { Cookie: "a", Host: "b", "Sec-Fetch-Mode": "c", "proxy-x": "d", Accept: "e", "X-HTTP-Method": "GET, trace", "X-Method-Override": "GET", "X-Other": "trace" } }).headers; h.set("origin", "f"); h.delete("cookie")`,
			`[...h]`, `[["accept","e"],["x-method-override","GET"],["x-other","trace"]]`},
		example{`const h = new Request("/", { mode: "no-cors", headers: { Accept: "a", "X-Y": "b", "Content-Type": "text/plain", "Accept-Language": "de; q=1" } }).headers
			h.set("content-type", "application/json"); h.append("accept", "b"); h.append("accept", "x".repeat(126)); h.append("range", "bytes=0-"); h.delete("accept-language"); h.delete("x-y")`,
			`[...h]`, `[["accept","a, b"],["content-type","text/plain"]]`},
	)
}

func TestHeadersOfResponsesAreGuarded(t *testing.T) {
	newSite(t).check(
		example{`const h = new Response(null, { headers: { "Set-Cookie": "a", "set-cookie2": "b", Cookie: "c" } }).headers; h.append("set-cookie", "d")`, `[...h]`, `[["cookie","c"]]`},
		example{``, `Response.error().headers.set("a", "b")`, `throws TypeError`},
		example{``, `Response.redirect("/").headers.delete("location")`, `throws TypeError`},
		example{`const h = Response.json(1).headers; h.set("a", "b")`, `h.get("a")`, `"b"`},
		example{``, `(await fetch("a.txt")).clone().headers.delete("no such header")`, `throws TypeError`},
	)
}

func TestArgumentsOfHeadersAreConvertedInOrder(t *testing.T) {
	newSite(t).check(
		example{`const order = [], show = name => ({ toString() { order.push(name); return name } })
			new Headers([{ *[Symbol.iterator]() { order.push("pair"); yield show("a"); yield show("b") } }])`, `order`, `["pair","a","b"]`},
		example{`const traps = [], log = (name, key) => traps.push(name + " " + String(key))
			new Headers(new Proxy({ a: "1" }, {
				get(target, key) { log("get", key); return target[key] },
				ownKeys(target) { log("keys", ""); return Reflect.ownKeys(target) },
				getOwnPropertyDescriptor(target, key) { log("property", key); return Reflect.getOwnPropertyDescriptor(target, key) },
				getPrototypeOf() { log("prototype", ""); return null },
			}))`, `traps`, `["get Symbol(Symbol.iterator)","keys ","property a","get a"]`},
	)
}
