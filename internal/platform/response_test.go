package platform_test

import "testing"

const showResponse = `const show = async r => [r.type, r.url, r.redirected, r.status, r.ok, r.statusText, [...r.headers], r.body === null, await r.text()];`

func TestResponsesMadeByScript(t *testing.T) {
	newSite(t).check(
		example{showResponse, `show(new Response())`, `["default","",false,200,true,"",[],true,""]`},
		example{showResponse, `show(new Response("a", { status: 299, statusText: "Fine", headers: { "X-Y": "z" } }))`,
			`["default","",false,299,true,"Fine",[["content-type","text/plain;charset=UTF-8"],["x-y","z"]],false,"a"]`},
		example{showResponse, `show(new Response("a", { headers: { "content-TYPE": "x/y" } }))`, `["default","",false,200,true,"",[["content-type","x/y"]],false,"a"]`},
		example{showResponse, `show(new Response(null, { status: 204 }))`, `["default","",false,204,true,"",[],true,""]`},
		example{showResponse, `show(Response.error())`, `["error","",false,0,false,"",[],true,""]`},
		example{showResponse, `show(Response.redirect("../there?a b", 308))`, `["default","",false,308,false,"",[["location","https://site.test/there?a%20b"]],true,""]`},
		example{showResponse, `show(Response.json({ a: [1, "\ud800"] }, { status: 201 }))`,
			`["default","",false,201,true,"",[["content-type","application/json"]],false,"{\"a\":[1,\"\\ud800\"]}"]`},
		example{``, `[Response.length, Response.redirect.length, Response.json.length, String(new Response())]`, `[0,1,1,"[object Response]"]`},
	)
}

func TestAResponseRefuses(t *testing.T) {
	s := newSite(t)
	for _, status := range []string{"199", "600", "0", "-1", "65536 + 101"} {
		s.check(example{``, `new Response(null, { status: ` + status + ` })`, `throws RangeError`})
	}
	for _, call := range []string{
		`new Response("", { status: 204 })`, `new Response("", { status: 304 })`, `new Response(null, { statusText: "\n" })`,
		`new Response(null, { statusText: "\u0100" })`, `new Response(null, 1)`, `Response.redirect("https://[")`, `Response.redirect()`,
		`Response.json(undefined)`, `Response.json(() => 1)`, `Response.json({ get a() { throw new TypeError() } })`, `Response()`,
		`Response.prototype.clone.call({})`, `Object.getOwnPropertyDescriptor(Response.prototype, "status").get.call({})`,
	} {
		s.check(example{``, call, `throws TypeError`})
	}
	s.check(
		example{``, `Response.redirect("/", 200)`, `throws RangeError`},
		example{`const order = []; new Response("", new Proxy({}, { get(target, key) { order.push(key) } }))`, `order`, `["headers","status","statusText"]`},
	)
}

func TestCloningAResponse(t *testing.T) {
	newSite(t).check(
		example{`const r = await fetch("a.txt"), c = r.clone()`, `[c.url, c.type, await c.text(), r.bodyUsed, await r.text(), [...c.headers].length]`, `["https://site.test/a.txt","basic","alpha",false,"alpha",2]`},
		example{`const r = new Response("x"), c = r.clone(); c.headers.set("content-type", "y")`, `[r.headers.get("content-type"), await r.text(), await c.text()]`, `["text/plain;charset=UTF-8","x","x"]`},
		example{`const r = new Response(new Uint8Array([1, 2])), c = r.clone(), a = await r.bytes(), b = await c.bytes(); a[0] = 9`, `[...a, ...b]`, `[9,2,1,2]`},
		example{`const r = new Response(new Uint8Array([1, 2])), c = r.clone(), { value } = await r.body.getReader().read(); value[0] = 9`, `c.bytes().then(b => [...b])`, `[1,2]`},
		example{`const r = new Response("x"), before = r.body, c = r.clone()`, `[before.locked, r.body === before, r.body === c.body, await r.text(), await c.text()]`, `[true,false,false,"x","x"]`},
		example{`const chunk = new Uint8Array([1, 2]), r = new Response(new ReadableStream({ start(c) { c.enqueue(chunk); c.close() } })), c = r.clone()
			const a = (await r.body.getReader().read()).value, b = (await c.body.getReader().read()).value`, `[a === chunk, b === chunk, [...b]]`, `[true,false,[1,2]]`},
		example{`const r = new Response("x"); await r.text()`, `r.clone()`, `throws TypeError`},
		example{`const r = new Response("x"); r.body.getReader()`, `r.clone()`, `throws TypeError`},
	)
}
