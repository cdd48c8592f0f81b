package swtest_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/swgen/swgen/swtest"
)

// version is a worker that says which one it is.
func version(name string, more ...string) string {
	return fmt.Sprintf("onmessage = event => event.ports[0].postMessage(%q); onfetch = event => event.respondWith(new Response(%q))\n%s",
		name, name, strings.Join(more, "\n"))
}

func TestEqualBytesAreNoUpdate(t *testing.T) {
	b, _, r := controlled(t, files{"/sw.js": version("one")})
	old := r.Active()
	must(t, r.Update())
	must(t, b.Settle())
	same(t, "states", states(r), [3]string{2: "activated"})
	if !r.Active().Same(old) {
		t.Error("the worker is another one")
	}
}

func TestANewVersionWaitsForTheLastPage(t *testing.T) {
	site := files{"/sw.js": version("one")}
	b, tab, r := controlled(t, site)
	second := b.Open(origin + "/")
	old := r.Active()

	site["/sw.js"] = version("two")
	must(t, r.Update())
	must(t, b.Settle())
	same(t, "states", states(r), [3]string{1: "installed", 2: "activated"})
	same(t, "a reload", answered(tab.Reload()), "worker: one")
	tab.Close()
	same(t, "a reload of the only tab", answered(second.Reload()), "worker: one")
	second.Navigate("https://else.test/")
	must(t, b.Settle())
	same(t, "states", states(r), [3]string{2: "activated"})
	same(t, "the old worker", old.State(), "redundant")
	same(t, "the next page", answered(b.Open(origin+"/").Page()), "worker: two")
}

func TestSkipWaitingTakesOpenPagesOver(t *testing.T) {
	site := files{"/sw.js": version("one")}
	b, tab, r := controlled(t, site)
	site["/sw.js"] = version("two", "onmessage = event => event.data === 'now' && skipWaiting()")
	must(t, r.Update())
	must(t, b.Settle())
	same(t, "while it waits", answered(tab.Get("/x")), "worker: one")
	must(t, tab.Post(r.Waiting(), "now"))
	must(t, b.Settle())
	same(t, "afterwards", answered(tab.Get("/x")), "worker: two")
	if !tab.Controller().Same(r.Active()) {
		t.Error("the page is controlled by another worker")
	}
}

func TestTheNewestVersionReplacesTheOneThatWaits(t *testing.T) {
	site := files{"/sw.js": version("one")}
	b, _, r := controlled(t, site)
	var waited []*swtest.Worker
	for _, name := range []string{"two", "three"} {
		site["/sw.js"] = version(name)
		must(t, r.Update())
		must(t, b.Settle())
		waited = append(waited, r.Waiting())
	}
	same(t, "the second", waited[0].State(), "redundant")
	same(t, "the third", waited[1].State(), "installed")
}

func TestAnotherScriptForTheSameScopeIsAnUpdate(t *testing.T) {
	b, tab, r := controlled(t, files{"/sw.js": version("one"), "/other.js": version("other")})
	again := install(t, b, tab, "/other.js")
	same(t, "scope", again.Scope(), r.Scope())
	same(t, "states", states(r), [3]string{1: "installed", 2: "activated"})
	same(t, "the script that waits", r.Waiting().ScriptURL(), origin+"/other.js")
}

func TestEquivalentJobsAreOne(t *testing.T) {
	b, tab, _ := controlled(t, files{"/sw.js": "", "/other.js": ""})
	b.Network.Forget()
	got := eval[[]bool](t, tab, `navigator.serviceWorker.ready.then(async r => {
		const register = (...args) => navigator.serviceWorker.register(...args)
		const all = await Promise.all([r.update(), r.update(), register("/other.js"), register("/other.js"), register("/other.js", { type: "module" }), r.unregister(), r.unregister()])
		return all.map(one => one === r || one === true)
	})`)
	same(t, "they are answered alike", got, []bool{true, true, true, true, true, true, true})
	same(t, "requests", b.Network.Paths(), []string{"/sw.js", "/other.js", "/other.js"})
}

func TestAVisitIsFollowedByACheck(t *testing.T) {
	site := files{"/sw.js": version("one")}
	b, tab, r := controlled(t, site)
	b.Advance(2 * time.Second) // the check of the first visit
	site["/sw.js"] = version("two")
	b.Network.Forget()
	tab.Navigate("/")
	if r.Waiting() != nil || len(b.Network.Requests()) != 0 {
		t.Error("the check comes before the page is there")
	}
	b.Advance(2 * time.Second)
	same(t, "asked for", b.Network.Paths(), []string{"/sw.js"})
	same(t, "states", states(r), [3]string{1: "installed", 2: "activated"})
}

func TestAnUpdateThatFailsKeepsTheOldVersion(t *testing.T) {
	for script, want := range map[string]string{
		"throw new Error('x')":   "ServiceWorker script evaluation failed: Error: x",
		"let let":                "ServiceWorker script evaluation failed: SyntaxError",
		"importScripts('/none')": "ServiceWorker script evaluation failed: NetworkError",
		"oninstall = event => event.waitUntil(Promise.reject(new Error('no')))": "",
		"": "A bad HTTP response code (404) was received when fetching the script.",
	} {
		site := files{"/sw.js": version("one")}
		b, tab, r := controlled(t, site)
		if site["/sw.js"] = script; script == "" {
			delete(site, "/sw.js")
		}
		err := r.Update()
		must(t, b.Settle())
		if want == "" && err != nil || want != "" && (err == nil || !strings.HasPrefix(err.Error(),
			"TypeError: Failed to update a ServiceWorker for scope ('https://example.test/') with script ('https://example.test/sw.js'): "+want)) {
			t.Errorf("%s: %v", script, err)
		}
		same(t, script+": states", states(r), [3]string{2: "activated"})
		same(t, script+": a request", answered(tab.Get("/x")), "worker: one")
	}
}

func TestImportedScriptsAreCompared(t *testing.T) {
	site := files{"/sw.js": "importScripts('/lib.js', '/other.js')\n" + version("one"), "/lib.js": "// one", "/other.js": ""}
	b, _, r := controlled(t, site)
	b.Network.Forget()
	must(t, r.Update())
	must(t, b.Settle())
	same(t, "asked for", b.Network.Paths(), []string{"/sw.js", "/lib.js", "/other.js"})
	same(t, "states", states(r), [3]string{2: "activated"})
	site["/lib.js"] = "// two"
	b.Network.Forget()
	must(t, r.Update())
	must(t, b.Settle())
	same(t, "asked for", b.Network.Paths(), []string{"/sw.js", "/lib.js", "/other.js"})
	same(t, "states", states(r), [3]string{1: "installed", 2: "activated"})
	site["/lib.js"] = "// three"
	b.StopWorkers()
	b.Network.Forget()
	must(t, b.Settle())
	if sent := b.Network.Paths(); len(sent) != 0 {
		t.Errorf("a worker that starts again asks for its scripts: %v", sent)
	}
}

func TestUpdateViaCacheSaysWhatTheHTTPCacheMayAnswer(t *testing.T) {
	for mode, want := range map[string][]string{
		"":        {"/sw.js"}, // imports
		"imports": {"/sw.js"},
		"all":     {},
		"none":    {"/sw.js", "/lib.js"},
	} {
		site := headed{files{"/": "home", "/sw.js": "importScripts('lib.js')", "/lib.js": ""}, "Cache-Control", map[string]string{
			"/sw.js": "max-age=604800", "/lib.js": "max-age=604800",
		}}
		b, tab := open(t, site)
		r := install(t, b, tab, "/sw.js", swtest.RegisterOptions{UpdateViaCache: mode})
		check := func(when string, want []string) {
			t.Helper()
			b.Network.Forget()
			must(t, r.Update())
			must(t, b.Settle())
			same(t, fmt.Sprintf("updateViaCache %q, %s", mode, when), append([]string{}, b.Network.Paths()...), want)
		}
		check("soon", want)
		b.Advance(25 * time.Hour)
		check("a day later", []string{"/sw.js", "/lib.js"})
		check("then", want)
	}
}

func TestAWorkerThatIsADayOldIsCheckedWithItsNextEvent(t *testing.T) {
	site := headed{files{"/": "home", "/sw.js": "onpush = onfetch = () => { 0 }"}, "Cache-Control", map[string]string{"/sw.js": "max-age=604800"}}
	b, tab := open(t, site)
	r := install(t, b, tab, "/sw.js", swtest.RegisterOptions{UpdateViaCache: "all"})
	tab.Navigate("/")
	b.Advance(2 * time.Second)
	for _, event := range []func(){func() { tab.Get("/x") }, func() { must(t, r.Push(nil)) }} {
		b.Network.Forget()
		event()
		b.Advance(2 * time.Second)
		if strings.Contains(fmt.Sprint(b.Network.Paths()), "/sw.js") {
			t.Error("a check within a day")
		}
		b.Advance(24 * time.Hour)
		event()
		b.Advance(2 * time.Second)
		if !strings.Contains(fmt.Sprint(b.Network.Paths()), "/sw.js") {
			t.Error("no check after a day")
		}
	}
}

func TestAWorkerMayUpdateItselfButNotWhileItInstalls(t *testing.T) {
	site := files{"/sw.js": version("one", `
		let refused
		oninstall = event => event.waitUntil(registration.update().catch(error => refused = error.name))
		onmessage = event => event.data === "update" ? registration.update().then(() => event.ports[0].postMessage("updated")) : event.ports[0].postMessage(refused)`)}
	b, tab, r := controlled(t, site)
	same(t, "while it installed", ask[string](t, tab, "0"), "InvalidStateError")
	site["/sw.js"] = version("two")
	same(t, "later", ask[string](t, tab, "'update'"), "updated")
	must(t, b.Settle())
	same(t, "states", states(r), [3]string{1: "installed", 2: "activated"})
}

func TestADeployInTheMiddleOfATest(t *testing.T) {
	b, tab := open(t, files{"/": "home", "/sw.js": precaching, "/about/": "first", "/style.css": "one"})
	r := install(t, b, tab, "/sw.js")
	tab.Navigate("/about/")
	b.Network.Serve(files{"/": "home", "/sw.js": strings.ReplaceAll(precaching, "v1", "v2"), "/about/": "second", "/style.css": "two"})
	must(t, r.Update())
	must(t, b.Settle())
	same(t, "the sources", []bool{r.Active().Source() == precaching, strings.Contains(r.Waiting().Source(), `"v2"`)}, []bool{true, true})
	same(t, "the open page's style", answered(tab.Load("/style.css", "style")), "worker: one")
	same(t, "caches", b.Caches(origin), []string{"v1", "v2"})
	same(t, "what the second version stored", string(b.Entries(origin)[4].Body), "second")
}

func TestTheCheckSaysThatItIsOne(t *testing.T) {
	b, _, r := controlled(t, files{"/sw.js": ""})
	b.Network.Forget()
	must(t, r.Update())
	q := b.Network.Requests()[0]
	same(t, "headers", []string{q.Header.Get("Service-Worker"), q.Header.Get("Cache-Control"), q.Destination, q.Mode}, []string{"script", "max-age=0", "serviceworker", "same-origin"})
	same(t, "method", q.Method, http.MethodGet)
}
