package swtest_test

import (
	"testing"
	"time"
)

const echo = `importScripts("/app/lib.js"); onmessage = async ({ data }) => postMessage([data, lib, await fetch("/app/data").then(r => r.text())])`

var withWorkers = files{
	"/": "home", "/app/": "app", "/app/w.js": echo, "/w.js": echo, "/app/module.js": `import { lib } from "./lib.mjs"; onmessage = ({ data }) => postMessage([data, lib])`,
	"/app/lib.js": "self.lib = 'lib of the network'", "/app/lib.mjs": "export const lib = 'module of the network'", "/app/data": "data of the network",
	"/app/broken.js": "let let", "/app/throws.js": "onmessage = () => { throw new Error('thrown') }",
	"/app/sw.js": lister + `
		onfetch = event => {
			const { pathname } = new URL(event.request.url)
			const made = { "/app/lib.js": "self.lib = 'lib of the worker'", "/app/lib.mjs": "export const lib = 'module of the worker'", "/app/data": "data of the worker" }[pathname]
			if (made) event.respondWith(new Response(made, { headers: { "content-type": "text/javascript" } }))
		}`,
}

// dedicate makes a dedicated worker, sends it a message and is its answer.
func dedicate(url, options string) string {
	return `new Promise((done, failed) => {
		const worker = new Worker(` + url + `, ` + options + `)
		worker.onmessage = ({ data }) => done(data)
		worker.onerror = event => failed(new Error(event.message ?? "its script did not load"))
		worker.postMessage("hello")
	})`
}

func TestADedicatedWorkerIsAClientOfItsOwn(t *testing.T) {
	b, tab := open(t, withWorkers)
	install(t, b, tab, "/app/sw.js")
	app := b.Open(origin + "/app/")
	same(t, "in scope", eval[[]string](t, app, dedicate("'/app/w.js'", "{}")), []string{"hello", "lib of the worker", "data of the worker"})
	same(t, "out of scope", eval[[]string](t, app, dedicate("'/w.js'", "{}")), []string{"hello", "lib of the network", "data of the network"})
	same(t, "in scope, its page not", eval[[]string](t, tab, dedicate("'/app/w.js'", "{}")), []string{"hello", "lib of the worker", "data of the worker"})
	same(t, "a module", eval[[]string](t, app, dedicate("'/app/module.js'", "{ type: 'module' }")), []string{"hello", "module of the worker"})
	blob := `URL.createObjectURL(new Blob(["onmessage = () => fetch('` + origin + `/app/data').then(r => r.text()).then(postMessage)"]))`
	same(t, "a blob has its page's worker", eval[string](t, app, dedicate(blob, "{}")), "data of the worker")
	same(t, "clients", ask[[]string](t, app, "{ type: 'worker' }"), []string{"/app/w.js,worker,none,,", "/app/w.js,worker,none,,", "/app/module.js,worker,none,,",
		ask[[]string](t, app, "{ type: 'worker' }")[3]})
	app.Close()
	tab.Navigate("/app/")
	same(t, "they go with their page", len(ask[[]string](t, tab, "{ type: 'worker' }")), 0)
}

func TestADedicatedWorkersErrorsReachItsPage(t *testing.T) {
	b, tab := open(t, withWorkers)
	tab.Navigate("/app/")
	same(t, "a script that is not there", outcome(tab, dedicate("'/none.js'", "{}")), "Error: its script did not load")
	same(t, "a script with a mistake", outcome(tab, dedicate("'/app/broken.js'", "{}"))[:27], "Error: Uncaught SyntaxError")
	same(t, "an exception", outcome(tab, dedicate("'/app/throws.js'", "{}")), "Error: Uncaught Error: thrown")
	if !traced(b, "refused", "its script did not load: status 404") || !traced(b, "exception", "Error: thrown") {
		t.Error("the trace does not tell")
	}
	same(t, "in the console of the page", len(tab.Console()) >= 2, true)
}

func TestADedicatedWorkerEndsWhenItIsTold(t *testing.T) {
	b, tab := open(t, files{"/": "home", "/w.js": "setInterval(() => postMessage('tick'), 1000); onmessage = () => close()"})
	must(t, tab.Run(origin+"/main.js", `
		globalThis.ticks = [0, 0]
		globalThis.workers = ticks.map((_, i) => { const worker = new Worker("/w.js"); worker.onmessage = () => ticks[i]++; return worker })`))
	b.Advance(2500 * time.Millisecond)
	same(t, "ticks", eval[[]int](t, tab, "ticks"), []int{2, 2})
	eval[bool](t, tab, "workers[0].terminate() || workers[1].postMessage('close') || true")
	b.Advance(5 * time.Second)
	same(t, "ticks", eval[[]int](t, tab, "ticks"), []int{2, 2})
}
