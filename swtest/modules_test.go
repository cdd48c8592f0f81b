package swtest_test

import (
	"strings"
	"testing"
	"time"

	"github.com/swgen/swgen/swtest"
)

var module = swtest.RegisterOptions{Module: true}

func TestAModuleWorkerImportsStatically(t *testing.T) {
	b, tab := open(t, files{
		"/": "home", "/sw.js": "import { answer } from './lib/a.js'\nonfetch = event => event.respondWith(new Response(answer + ' ' + import.meta.url))",
		"/lib/a.js": "export { b as answer } from './b.js'", "/lib/b.js": "export const b = 'forty-two'",
	})
	install(t, b, tab, "/sw.js", module)
	same(t, "imports", []string{b.Network.Requests()[2].Mode, b.Network.Paths()[3]}, []string{"cors", "/lib/b.js"})
	b.StopWorkers()
	b.Network.Offline(true)
	same(t, "the page", answered(tab.Navigate("/")), "worker: forty-two "+origin+"/sw.js")
}

func TestAModuleWorkerHasNoImportCallNoImportScriptsNoTopLevelAwait(t *testing.T) {
	_, tab := open(t, files{
		"/": "home", "/await.js": "await 1", "/bare.js": "import 'lodash'", "/lost.js": "import './none.js'",
		"/scripts.js": "importScripts('/x.js')", "/call.js": "onmessage = event => import('/x.js').catch(error => event.ports[0].postMessage(error.name))",
		"/x.js": "",
	})
	for script, want := range map[string]string{
		"/await.js":   "Top-level await is disallowed in service workers.",
		"/bare.js":    `Failed to resolve module specifier "lodash"`,
		"/lost.js":    "none.js could not be loaded",
		"/scripts.js": "TypeError",
	} {
		if _, err := tab.Register(script, swtest.RegisterOptions{Module: true, Scope: script}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", script, err)
		}
	}
	for _, o := range []swtest.RegisterOptions{{Module: true}, {}} {
		r, err := tab.Register("/call.js", o)
		must(t, err)
		tab.Reload()
		tab.Navigate("/")
		_ = r
		same(t, "import()", ask[string](t, tab, "0"), "TypeError")
	}
}

func TestImportScriptsRunsInPlaceAndOnlyWhileItInstalls(t *testing.T) {
	b, tab := open(t, files{
		"/": "home", "/one.js": "self.order.push('one')", "/two.js": "self.order.push('two')", "/late.js": "self.order.push('late')", "/new.js": "",
		"/sw.js": `
			self.order = ["begin"]
			importScripts("one.js", "two.js")
			order.push("end")
			oninstall = () => importScripts("late.js")
			onmessage = event => {
				let error = "fine"
				try { importScripts(event.data) } catch (e) { error = e.name + ": " + e.message }
				event.ports[0].postMessage([...order, error])
			}`,
	})
	install(t, b, tab, "/sw.js")
	tab.Navigate("/")
	b.Network.Offline(true)
	same(t, "what was imported before", ask[[]string](t, tab, "'one.js'"), []string{"begin", "one", "two", "end", "late", "one", "fine"})
	b.StopWorkers()
	same(t, "in another life", ask[[]string](t, tab, "'late.js'"), []string{"begin", "one", "two", "end", "late", "fine"})
	b.Network.Offline(false)
	same(t, "what is new", ask[[]string](t, tab, "'new.js'")[5:], []string{"late", "NetworkError: Failed to execute 'importScripts' on 'WorkerGlobalScope': The script at 'https://example.test/new.js' failed to load."}[1:])
	if !traced(b, "refused", "https://example.test/new.js was not imported while the worker was installed") {
		t.Error("the trace does not say why")
	}
}

func TestNothingElseRunsWhileAScriptIsImported(t *testing.T) {
	b, tab := open(t, files{"/": "home", "/lib.js": "self.seen = self.fired ?? 'nothing'", "/sw.js": `
		setTimeout(() => self.fired = "timer")
		Promise.resolve().then(() => self.fired = "microtask")
		importScripts("lib.js")
		onmessage = event => event.ports[0].postMessage([seen, fired])`})
	b.Network.Delay(10 * time.Second)
	install(t, b, tab, "/sw.js")
	tab.Navigate("/")
	got := ask[[]string](t, tab, "0")
	same(t, "what the imported script saw", got[0], "nothing")
}

func TestAnImportMustBeAScript(t *testing.T) {
	for path, want := range map[string]string{
		"/none.js": "status 404", "/page.html": `the MIME type "text/html" is not JavaScript's`,
	} {
		b, tab := open(t, files{"/": "home", "/page.html": "", "/sw.js": "importScripts('" + path + "')"})
		if _, err := tab.Register("/sw.js"); err == nil || !strings.Contains(err.Error(), "NetworkError") {
			t.Errorf("%s: %v", path, err)
		}
		if !traced(b, "refused", want) {
			t.Errorf("%s: the trace does not say %q", path, want)
		}
	}
}

func TestScriptsOfOtherOriginsMayBeImported(t *testing.T) {
	b, tab := open(t, files{"/": "home", "/lib.js": "self.host = 'lib'", "/sw.js": "importScripts('https://cdn.test/lib.js'); onmessage = event => event.ports[0].postMessage(host)"})
	install(t, b, tab, "/sw.js")
	tab.Navigate("/")
	same(t, "what it set", ask[string](t, tab, "0"), "lib")
}
