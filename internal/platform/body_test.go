package platform_test

import (
	"strings"
	"testing"

	"github.com/swgen/swgen/internal/fetch"
)

func TestEveryWayToReadABody(t *testing.T) {
	for _, made := range []string{
		`new Response("\ufeff{\"a\":\"ü\"}")`,
		`new Response(new TextEncoder().encode("\ufeff{\"a\":\"ü\"}"))`,
		`new Response(new TextEncoder().encode("\ufeff{\"a\":\"ü\"}").buffer)`,
		`new Response(new Blob(["\ufeff{\"a\":\"ü\"}"]))`,
		`new Response(new Response("\ufeff{\"a\":\"ü\"}").body)`,
		`new Response(new ReadableStream({ pull(c) { const b = new TextEncoder().encode("\ufeff{\"a\":\"ü\"}"); c.enqueue(b.subarray(0, 5)); c.enqueue(b.subarray(5)); c.close() } }))`,
		`new Request("/", { method: "POST", body: "\ufeff{\"a\":\"ü\"}" })`,
		`await fetch("/json")`,
		`(await fetch("/json")).clone()`,
	} {
		s := newSite(t)
		s.serve("https://site.test/json", 200, "\ufeff{\"a\":\"ü\"}")
		s.check(
			example{`const o = ` + made, `[await o.text(), o.bodyUsed, await name(o.text())]`, `["{\"a\":\"ü\"}",true,"TypeError"]`},
			example{`const o = ` + made, `o.json()`, `{"a":"ü"}`},
			example{`const o = ` + made, `o.bytes().then(b => [b.constructor.name, ...b])`, `["Uint8Array",239,187,191,123,34,97,34,58,34,195,188,34,125]`},
			example{`const o = ` + made, `o.arrayBuffer().then(b => [b.constructor.name, b.byteLength])`, `["ArrayBuffer",13]`},
			example{`const o = ` + made, `o.blob().then(async b => [b.constructor.name, b.size, await b.text()])`, `["Blob",13,"{\"a\":\"ü\"}"]`},
			example{`const o = ` + made, `name(o.formData())`, `"TypeError"`},
			example{`const o = ` + made + `, reader = o.body.getReader(); let n = 0, step; while (!(step = await reader.read()).done) n += step.value.length`, `[n, o.bodyUsed]`, `[13,true]`},
			example{`const o = ` + made + `; o.body`, `o.text()`, `"{\"a\":\"ü\"}"`},
		)
	}
}

func TestABodyIsUsedOnce(t *testing.T) {
	newSite(t).check(
		example{`const r = new Response("x"), p = r.text()`, `[r.bodyUsed, r.body.locked, await p, await name(r.body.cancel()), await r.body === r.body]`, `[true,true,"x","TypeError",true]`},
		example{`const r = new Response("x"), stream = r.body, p = r.text()`, `[r.body === stream, stream.locked, r.bodyUsed, await p]`, `[true,true,true,"x"]`},
		example{`const r = new Response("x"), reader = r.body.getReader()`, `[r.bodyUsed, await name(r.text()), (await reader.read()).value.length, r.bodyUsed]`, `[false,"TypeError",1,true]`},
		example{`const r = new Response("x"), reader = r.body.getReader(); reader.releaseLock()`, `r.text()`, `"x"`},
		example{`const r = new Response("x"); await r.body.cancel()`, `[r.bodyUsed, await name(r.text())]`, `[true,"TypeError"]`},
		example{`const r = new Response(""), q = new Response(null)`, `[await r.text(), r.bodyUsed, await q.text(), q.bodyUsed, await q.text()]`, `["",true,"",false,""]`},
		// Two responses of one stream, which is read once.
		example{`const a = new Response("x"), b = new Response(a.body)`, `[a.body === b.body, await b.text(), a.bodyUsed, await name(a.text())]`, `[true,"x",true,"TypeError"]`},
		example{``, `[Response.prototype.text.call({}).catch(() => {}) instanceof Promise, await name(Response.prototype.text.call({}))]`, `[true,"TypeError"]`},
	)
}

func TestStreamsOfBodiesAreByteStreams(t *testing.T) {
	for _, made := range []string{`new Response("hello")`, `await fetch("a.txt")`} {
		newSite(t).check(example{`const r = ` + made + `, reader = r.body.getReader({ mode: "byob" }), sizes = []
			for (let step; !(step = await reader.read(new Uint8Array(2))).done;) sizes.push(step.value.length)`, `sizes`, `[2,2,1]`})
	}
}

func TestABodyIsReadNoFurtherThanScriptWants(t *testing.T) {
	s := newSite(t)
	s.run(`let reader; fetch("/slow").then(r => (reader = r.body.getReader()).read())`)
	written := 0
	var write func(wanted bool)
	write = func(wanted bool) {
		if wanted && written < 20 {
			written++
			s.open[0].Write(make([]byte, 64<<10), write)
		}
	}
	write(true)
	s.run(`reader.read(); reader.read()`)
	if written > 6 {
		t.Errorf("%d chunks were written though 3 were asked for", written)
	}
}

func TestStreamsOfScriptAreReadNoFurtherThanGoWants(t *testing.T) {
	s := newSite(t)
	s.pages["https://site.test/a.txt"] = func(req *fetch.Request) *fetch.Response {
		req.Body.Cancel()
		return &fetch.Response{Status: 200}
	}
	s.unread = true
	s.check(example{`let pulls = 0, cancelled = 0
		const body = new ReadableStream({ pull(c) { pulls++; c.enqueue(new Uint8Array(40000)) }, cancel() { cancelled++ } })
		await fetch("a.txt", { method: "POST", body, duplex: "half" }); await new Promise(done => setTimeout(done, 10))`, `[pulls < 9, cancelled]`, `[true,1]`},
		example{`let cancelled = 0; const body = new ReadableStream({ cancel() { cancelled++ } })
		await fetch("a.txt", { method: "POST", body, duplex: "half" }); await new Promise(done => setTimeout(done, 10))`, `cancelled`, `1`})
}

func TestStreamsOfScriptMustGiveBytes(t *testing.T) {
	newSite(t).check(
		example{`const r = new Response(new ReadableStream({ start(c) { c.enqueue("text"); c.close() } }))`, `name(r.text())`, `"TypeError"`},
		example{`const r = new Response(new ReadableStream({ start(c) { c.error("why") } }))`, `r.text().catch(e => e)`, `"why"`},
		example{`const stream = new ReadableStream(); stream.getReader()`, `new Response(stream)`, `throws TypeError`},
		example{`const stream = new ReadableStream(); await stream.cancel()`, `new Response(stream)`, `throws TypeError`},
	)
}

func TestFormsAsBodies(t *testing.T) {
	newSite(t).check(
		example{`const f = new FormData(); f.append("a\"", "1\n2"); f.append("file", new File(["content"], "n.txt", { type: "x/y" })); const r = new Response(f)`,
			`[/^multipart\/form-data; boundary=.{10,}$/.test(r.headers.get("content-type")), ...await r.formData().then(async g => [g.get("a\""), g.get("file").name, g.get("file").type, await g.get("file").text()])]`,
			`[true,"1\r\n2","n.txt","x/y","content"]`},
		example{`const r = new Response("a=b+c&d=%C3%BC", { headers: { "Content-Type": "application/x-www-form-urlencoded" } })`, `r.formData().then(f => [...f])`, `[["a","b c"],["d","ü"]]`},
		example{`const r = new Response("--b\r\nContent-Disposition: form-data; name=x\r\n\r\n", { headers: { "Content-Type": "multipart/form-data; boundary=b" } })`, `name(r.formData())`, `"TypeError"`},
	)
}

func TestTheTypeOfABlobIsTheMIMETypeOfTheHeaders(t *testing.T) {
	s := newSite(t)
	for _, c := range [][2]string{
		{`text/HTML`, `text/html`}, {` text/plain ; charset = x;Charset=UTF-8 `, `text/plain;charset=UTF-8`}, {`nonsense`, ``}, {`text/`, ``},
		{`text/plain;a=\"b c\";d=\"\\\"\";e=`, `text/plain;a="b c";d="\""`}, {`text/plain;charset=utf-8, text/html`, `text/html`},
		{`text/html;charset=x, text/html, */*`, `text/html;charset=x`}, {`a/b;c=\"d,e\", x`, `a/b;c="d,e"`}, {`a/b;c=1;c=2;=3;d`, `a/b;c=1`},
	} {
		want := `"` + strings.ReplaceAll(strings.ReplaceAll(c[1], `\`, `\\`), `"`, `\"`) + `"`
		s.check(example{`const b = await new Response("x", { headers: { "Content-Type": "` + c[0] + `" } }).blob()`, `b.type`, want})
	}
}

func TestScriptThatChangesObjectsCannotInterfere(t *testing.T) {
	newSite(t).check(example{`const r = new Response(new ReadableStream({ start(c) { c.enqueue(new Uint8Array([104, 105])); c.close() } }))
		Object.prototype.then = function (done) { delete Object.prototype.then; done({ done: false, value: new Uint8Array([33]) }) }
		const text = await r.text(); delete Object.prototype.then`, `text`, `"hi"`})
}
