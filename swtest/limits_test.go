package swtest_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/swgen/swgen/swtest"
)

// hostile are scripts that never end by themselves, or take all there is.
// Those that another limit than time ends have all the time of the world, so
// that a slow machine does not matter. The others do not run at once, for each
// would take the time of all.
var hostile = map[string]struct {
	script, trace string
	limits        swtest.Options
}{
	"a loop":                  {"for (;;);", "ran longer than its limit", short},
	"a loop that catches all": {"for (;;) try { for (;;); } catch {} finally { continue }", "ran longer than its limit", short},
	"endless microtasks":      {"(function again() { Promise.resolve().then(again) })()", "ran longer than its limit", short},
	"a greedy expression":     {"/^(a+)+$/.test('a'.repeat(50) + 'b')", "ran longer than its limit", short},
	"a memory bomb":           {"const all = []; for (;;) all.push(new Uint8Array(1 << 20).fill(1))", "RangeError: out of memory", little},
	"deep recursion":          {"(function down() { down() })()", "RangeError: Maximum call stack size exceeded", little},
}

var (
	short  = swtest.Options{Turn: 200 * time.Millisecond}
	little = swtest.Options{Turn: time.Hour, Memory: 64 << 20}
)

func TestAHostileScriptIsANamedError(t *testing.T) {
	for name, test := range hostile {
		t.Run(name, func(t *testing.T) {
			b, tab := open(t, files{"/": "home", "/sw.js": test.script}, test.limits)
			_, err := tab.Register("/sw.js")
			if name == "endless microtasks" && err == nil {
				must(t, b.Settle())
			} else if err == nil || !strings.Contains(err.Error(), strings.TrimPrefix(test.trace, "RangeError: ")) {
				t.Errorf("registering: %v", err)
			}
			same(t, "registrations", len(b.Registrations(origin)), 0)
			same(t, "the page", answered(tab.Reload()), "network: home")
		})
	}
}

func TestAHostileHandlerIsStopped(t *testing.T) {
	for name, test := range hostile {
		t.Run(name, func(t *testing.T) {
			b, tab := open(t, files{"/": "home", "/data": "from the network", "/sw.js": `
				oninstall = event => { if (registration.scope.endsWith("install")) { ` + test.script + ` } }
				onmessage = event => { if (event.data) { ` + test.script + ` } else event.ports[0].postMessage("fine") }
				onfetch = event => { if (!event.request.url.endsWith("/")) { ` + test.script + ` } }`}, test.limits)
			broken := install(t, b, tab, "/sw.js", swtest.RegisterOptions{Scope: "/install"})
			caught := strings.HasPrefix(test.trace, "RangeError") // script goes on after it
			if got := states(broken)[2]; got != "" && !caught {
				t.Errorf("install: the worker is %s", got)
			}
			r := install(t, b, tab, "/sw.js")
			tab.Navigate("/")
			if p := tab.Get("/data"); p.Err == nil && p.Text() != "from the network" {
				t.Errorf("fetch: %v", p)
			}
			if p := tab.Navigate("/data"); answered(p) != "network: from the network" {
				t.Errorf("a page: %v", answered(p))
			}
			tab.Navigate("/")
			must(t, tab.Post(r.Active(), "hang"))
			must(t, b.Settle())
			same(t, "the next message", ask[string](t, tab, "0"), "fine")
			if !traced(b, "exception", test.trace) {
				t.Errorf("the trace does not name %q", test.trace)
			}
		})
	}
}

func TestAScriptThatWaitsForAnotherHasTime(t *testing.T) {
	site := files{"/": "home", "/lib.js": "self.lib = 'imported'", "/sw.js": "importScripts('/lib.js'); for (let i = 0; i < 2e4; i++); onmessage = event => event.ports[0].postMessage(lib)"}
	const limit = time.Second
	slow := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/lib.js" {
			time.Sleep(limit + limit/10) // the limit is on the real clock
		}
		site.ServeHTTP(w, r)
	})
	b, tab := open(t, slow, swtest.Options{Turn: limit})
	install(t, b, tab, "/sw.js")
	tab.Navigate("/")
	same(t, "the worker", ask[string](t, tab, "0"), "imported")
}

func TestTasksWithoutEndAreStopped(t *testing.T) {
	b, tab, _ := controlled(t, files{"/data": "from the network", "/sw.js": `
		onfetch = event => {
			if (!event.request.url.endsWith("data")) return
			const { port1, port2 } = new MessageChannel()
			port1.onmessage = () => port1.postMessage(0)
			port2.onmessage = () => port2.postMessage(0)
			port1.postMessage(0)
			event.respondWith(new Promise(() => {}))
		}`}, short)
	same(t, "a request", answered(tab.Get("/data")), "error")
	same(t, "a page", answered(tab.Navigate("/data")), "network: from the network")
	if !traced(b, "exception", "tasks without end") {
		t.Error("the trace does not say so")
	}
}

func TestTasksWithoutEndAreStoppedWhileTimePasses(t *testing.T) {
	b, tab := open(t, files{"/": "home"}, short)
	must(t, tab.Run(origin+"/main.js", `
		const { port1, port2 } = new MessageChannel()
		port1.onmessage = () => port1.postMessage(0)
		port2.onmessage = () => port2.postMessage(0)
		port1.postMessage(0)`))
	began := b.Now()
	b.Advance(time.Minute)
	same(t, "what has passed", b.Now().Sub(began), time.Minute)
	if err := tab.Run(origin+"/main.js", ""); err == nil || !strings.Contains(err.Error(), "were stopped: tasks without end") {
		t.Errorf("afterwards: %v", err)
	}
}

func TestAnEventThatNeverEndsIsGivenUp(t *testing.T) {
	b, tab, _ := controlled(t, files{"/data": "from the network", "/sw.js": `
		onfetch = event => { if (event.request.url.endsWith("data")) event.respondWith(new Promise(() => {})) }`})
	same(t, "a request", answered(tab.Get("/data")), "error")
	same(t, "a page", answered(tab.Navigate("/data")), "network: from the network")
	if !traced(b, "warning", "the fetch event was not over after 5m0s") {
		t.Error("the trace does not say so")
	}
}

func TestAHostilePageIsStoppedToo(t *testing.T) {
	_, tab := open(t, files{"/": "home"}, short)
	for _, script := range []string{"(() => { for (;;); })()", "new Promise(() => setTimeout(() => { for (;;); }))"} {
		if _, err := tab.Eval(script); err == nil || !strings.Contains(err.Error(), "ran longer than its limit") {
			t.Errorf("%s: %v", script, err)
		}
		if _, err := tab.Eval("1"); err == nil || !strings.Contains(err.Error(), "were stopped") {
			t.Errorf("afterwards: %v", err)
		}
		tab.Reload()
		same(t, "the next page", eval[int](t, tab, "1"), 1)
	}
}

func TestWaitingForWhatNeverHappensIsAnError(t *testing.T) {
	_, tab := open(t, files{"/": "home"})
	if _, err := tab.Eval("new Promise(() => {})"); err == nil || !strings.Contains(err.Error(), swtest.ErrStuck.Error()) {
		t.Error(err)
	}
}
