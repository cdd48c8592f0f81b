package swtest_test

import (
	"strings"
	"testing"
	"time"

	"github.com/swgen/swgen/swtest"
)

const precaching = `
const files = ["./", "about/", "style.css"]
self.addEventListener("install", event => {
	event.waitUntil(caches.open("v1").then(cache => cache.addAll(files)))
})
self.addEventListener("fetch", event => {
	event.respondWith(caches.match(event.request).then(found => found || fetch(event.request)))
})`

func TestAPrecachedSiteWorksOffline(t *testing.T) {
	b, tab := open(t, files{
		"/": "home", "/about/": "about us", "/style.css": "body{}", "/sw.js": precaching, "/late.html": "late",
	})
	r := install(t, b, tab, "/sw.js")
	same(t, "states", states(r), [3]string{2: "activated"})
	if tab.Controller() != nil {
		t.Error("the page that registered is controlled without clients.claim()")
	}
	b.Network.Offline(true)
	b.Network.Forget()
	same(t, "the page", answered(tab.Navigate("/about/")), "worker: about us")
	same(t, "its style", answered(tab.Load("../style.css", "style")), "worker: body{}")
	if sent := b.Network.Requests(); len(sent) != 0 {
		t.Errorf("requests while offline: %v", sent)
	}
	if late := tab.Get("/late.html"); late.Err == nil {
		t.Errorf("what was not precached is there: %v", late)
	}
	if c := tab.Controller(); !c.Same(r.Active()) {
		t.Error("the page is not controlled")
	}
}

func TestRegistrationsAreRefusedAsInChromium(t *testing.T) {
	site := files{
		"/": "home", "/app/": "app", "/sw.js": "", "/app/sw.js": "", "/text.txt": "", "/throws.js": "throw new Error('boom')", "/syntax.js": "let let =",
		"/imports.js": "importScripts('/missing.js')",
	}
	_, tab := open(t, redirects{site, map[string]string{"/moved.js": "/sw.js"}})
	tab.Navigate("/app/")
	const failed = "Failed to register a ServiceWorker for scope ('https://example.test/a/') with script "
	for script, test := range map[string]struct{ scope, want string }{
		"/moved.js":             {"/a/", "SecurityError: " + failed + "('https://example.test/moved.js'): The script resource is behind a redirect, which is disallowed."},
		"/text.txt":             {"/a/", "SecurityError: " + failed + "('https://example.test/text.txt'): The script has an unsupported MIME type ('text/plain')."},
		"/none.js":              {"/a/", "TypeError: " + failed + "('https://example.test/none.js'): A bad HTTP response code (404) was received when fetching the script."},
		"/throws.js":            {"/a/", "TypeError: " + failed + "('https://example.test/throws.js'): ServiceWorker script evaluation failed: Error: boom"},
		"/syntax.js":            {"/a/", "TypeError: " + failed + "('https://example.test/syntax.js'): ServiceWorker script evaluation failed: SyntaxError"},
		"/imports.js":           {"/a/", "TypeError: " + failed + "('https://example.test/imports.js'): ServiceWorker script evaluation failed: NetworkError"},
		"/app/sw.js":            {"/", "SecurityError: Failed to register a ServiceWorker for scope ('https://example.test/') with script ('https://example.test/app/sw.js'): The path of the provided scope ('/') is not under the max scope allowed ('/app/'). Adjust the scope, move the Service Worker script, or use the Service-Worker-Allowed HTTP header to allow the scope."},
		"https://else.test/":    {"/a/", "SecurityError: Failed to register a ServiceWorker: The origin of the provided scriptURL ('https://else.test') does not match the current origin ('https://example.test')."},
		"/sw.js":                {"https://else.test/", "SecurityError: Failed to register a ServiceWorker: The origin of the provided scope ('https://else.test') does not match the current origin ('https://example.test')."},
		"data:text/javascript,": {"/a/", "TypeError: Failed to register a ServiceWorker: The URL protocol of the script"},
		"/a%2fb.js":             {"/a/", "TypeError: Failed to register a ServiceWorker: The provided scope"},
	} {
		if _, err := tab.Register(script, swtest.RegisterOptions{Scope: test.scope}); err == nil || !strings.HasPrefix(err.Error(), test.want) {
			t.Errorf("%s: %v", script, err)
		}
		if got := outcome(tab, `navigator.serviceWorker.register("`+script+`", { scope: "`+test.scope+`" })`); !strings.HasPrefix(got, test.want) {
			t.Errorf("%s in the page: %s", script, got)
		}
	}
	same(t, "registrations", eval[int](t, tab, "navigator.serviceWorker.getRegistrations().then(all => all.length)"), 0)
}

func TestServiceWorkerAllowedWidensAndNarrowsTheScope(t *testing.T) {
	b, tab := open(t, headed{files{"/": "home", "/js/sw.js": "", "/js/narrow.js": ""}, "Service-Worker-Allowed", map[string]string{
		"/js/sw.js": "/", "/js/narrow.js": "/js/deep/",
	}})
	r := install(t, b, tab, "/js/sw.js", swtest.RegisterOptions{Scope: "/"})
	same(t, "scope", r.Scope(), origin+"/")
	if _, err := tab.Register("/js/narrow.js"); err == nil {
		t.Error("a header that allows less is not heeded")
	}
}

func TestOnlySecureContextsHaveWorkers(t *testing.T) {
	b, _ := open(t, files{"/": "home", "/sw.js": ""})
	tab := b.Open("http://example.test/")
	if _, err := tab.Register("/sw.js"); err == nil || !strings.HasPrefix(err.Error(), "SecurityError") {
		t.Errorf("registering at an insecure page: %v", err)
	}
	same(t, "what an insecure page has", eval[[]string](t, tab, "[typeof navigator.serviceWorker, typeof caches]"), []string{"undefined", "undefined"})
	local := b.Open("http://localhost:8080/")
	install(t, b, local, "/sw.js")
	if local.Navigate("/"); local.Controller() == nil {
		t.Error("localhost counts as insecure")
	}
}

func TestThePageSeesEveryState(t *testing.T) {
	site := files{"/": "home", "/sw.js": "addEventListener('install', () => {})"}
	_, tab := open(t, site)
	follow := `new Promise(done => {
		const seen = []
		const follow = worker => {
			seen.push(worker.state)
			worker.onstatechange = () => { seen.push(worker.state); if (worker.state === "activated") done(seen) }
		}
		%s
	})`
	first := eval[[]string](t, tab, strings.Replace(follow, "%s", "navigator.serviceWorker.register('/sw.js').then(r => follow(r.installing))", 1))
	same(t, "the first version", first, []string{"installing", "installed", "activating", "activated"})

	site["/sw.js"] = "addEventListener('install', () => skipWaiting())"
	next := eval[[]string](t, tab, strings.Replace(follow, "%s", `navigator.serviceWorker.ready.then(r => {
		r.active.onstatechange = event => seen.push("old " + event.target.state)
		r.onupdatefound = () => { seen.push("updatefound"); follow(r.installing) }
		return r.update()
	})`, 1))
	same(t, "the next version", next, []string{"updatefound", "installing", "installed", "old redundant", "activating", "activated"})
}

func TestAFailedInstallLeavesNothing(t *testing.T) {
	b, tab := open(t, files{"/": "home", "/sw.js": `oninstall = event => event.waitUntil(caches.open("v1").then(cache => cache.addAll(["/", "/none.css"])))`})
	r := install(t, b, tab, "/sw.js")
	same(t, "states", states(r), [3]string{})
	if !r.Removed() || len(b.Registrations(origin)) != 0 || len(b.Entries(origin)) != 0 {
		t.Errorf("left: %v, %v", b.Registrations(origin), b.Entries(origin))
	}
	if !traced(b, "exception", "install event: TypeError") {
		t.Error("the trace does not say why")
	}
}

func TestAFailedActivateEventActivatesAllTheSame(t *testing.T) {
	b, tab := open(t, files{"/": "home", "/sw.js": `onactivate = event => event.waitUntil(Promise.reject(new Error("no")))`})
	r := install(t, b, tab, "/sw.js")
	same(t, "states", states(r), [3]string{2: "activated"})
	if !traced(b, "exception", "activate event: Error: no") {
		t.Error("the trace does not say what failed")
	}
}

func TestClaimControlsOpenPages(t *testing.T) {
	b, tab := open(t, files{"/": "home", "/sw.js": `
		onactivate = event => event.waitUntil(clients.claim())
		onfetch = event => event.respondWith(new Response("from " + event.clientId))`})
	other := b.Open("https://else.test/")
	got := eval[[]string](t, tab, `new Promise(done => {
		navigator.serviceWorker.oncontrollerchange = () => done([navigator.serviceWorker.controller.state])
		navigator.serviceWorker.register("/sw.js")
	})`)
	same(t, "state of the controller", got, []string{"activating"})
	must(t, b.Settle())
	same(t, "a request of the claimed page", answered(tab.Get("/x")), "worker: from "+tab.ClientID())
	if other.Controller() != nil {
		t.Error("a page of another origin is controlled")
	}
}

func TestAForcedReloadPassesTheWorker(t *testing.T) {
	_, tab, _ := controlled(t, files{"/sw.js": `onfetch = event => event.respondWith(new Response("made"))`})
	same(t, "reloaded", answered(tab.Reload()), "worker: made")
	same(t, "reloaded with shift", answered(tab.ForceReload()), "network: home")
	if tab.Controller() != nil {
		t.Error("the page is controlled")
	}
	same(t, "its requests", answered(tab.Get("/")), "network: home")
}

func TestTheLongestScopeWins(t *testing.T) {
	who := func(name string) string { return `onfetch = event => event.respondWith(new Response("` + name + `"))` }
	b, tab := open(t, files{"/": "home", "/docs/": "docs", "/docs/api/": "api", "/sw.js": who("root"), "/docs/sw.js": who("docs")})
	install(t, b, tab, "/sw.js")
	docs := install(t, b, tab, "/docs/sw.js")
	same(t, "/docs/api/", answered(tab.Navigate("/docs/api/")), "worker: docs")
	same(t, "/docs", answered(tab.Navigate("/docs")), "worker: root")
	must(t, docs.Unregister())
	same(t, "/docs/api/ when its worker is gone", answered(tab.Navigate("/docs/api/")), "worker: root")
}

func TestUnregisteringLetsOpenPagesKeepTheirWorker(t *testing.T) {
	b, tab, r := controlled(t, files{"/sw.js": `onfetch = event => event.respondWith(new Response("made"))`})
	must(t, r.Unregister())
	same(t, "an open page", answered(tab.Get("/")), "worker: made")
	same(t, "getRegistration()", outcome(tab, "navigator.serviceWorker.getRegistration().then(String)"), "undefined")
	same(t, "a new page", answered(b.Open(origin+"/").Page()), "network: home")
	tab.Navigate("/")
	if !r.Removed() || r.Active() != nil {
		t.Error("it is still there when no page uses it")
	}
	same(t, "the page", answered(tab.Page()), "network: home")
}

func TestRegisteringAgainBringsBackWhatIsStillInUse(t *testing.T) {
	_, tab, r := controlled(t, files{"/sw.js": ""})
	same(t, "the registration is the same", eval[bool](t, tab, `navigator.serviceWorker.ready.then(async old => {
		await old.unregister()
		return await navigator.serviceWorker.register("/sw.js") === old && !old.installing
	})`), true)
	if r.Removed() {
		t.Error("it is removed")
	}
}

func TestAnIdleWorkerStopsAndForgets(t *testing.T) {
	b, tab, r := controlled(t, files{"/sw.js": `let count = 0; onmessage = event => event.ports[0].postMessage(++count)`})
	ask[int](t, tab, "0")
	same(t, "the count", ask[int](t, tab, "0"), 2)
	b.Advance(29 * time.Second)
	same(t, "running", r.Active().Running(), true)
	b.Advance(2 * time.Second)
	same(t, "running after half a minute", r.Active().Running(), false)
	same(t, "the count in a new life", ask[int](t, tab, "0"), 1)
	b.StopWorkers()
	same(t, "the count after a kill", ask[int](t, tab, "0"), 1)
}

func TestWaitUntilKeepsAWorkerAliveForFiveMinutes(t *testing.T) {
	b, tab, r := controlled(t, files{"/sw.js": `
		let woken = 0
		onmessage = event => event.data === "sleep" ? event.waitUntil(new Promise(done => setTimeout(done, 60_000)).then(() => woken++))
			: event.data === "for ever" ? event.waitUntil(new Promise(() => {})) : event.ports[0].postMessage(woken)`})
	must(t, tab.Post(r.Active(), "sleep"))
	b.Advance(70 * time.Second)
	same(t, "woken", ask[int](t, tab, "0"), 1)
	must(t, tab.Post(r.Active(), "for ever"))
	b.Advance(5*time.Minute - time.Second)
	same(t, "running within five minutes", r.Active().Running(), true)
	b.Advance(2 * time.Second)
	same(t, "running after five minutes", r.Active().Running(), false)
	if !traced(b, "warning", "the message event was not over after 5m0s") {
		t.Error("the trace does not say why")
	}
}

func TestWhatComesTooLateThrows(t *testing.T) {
	_, tab, _ := controlled(t, files{"/sw.js": `
		let late
		const attempt = f => { try { f(); return "fine" } catch (error) { return error.name + ": " + error.message } }
		onmessage = event => event.ports[0].postMessage(late)
		onfetch = event => {
			if (!event.request.url.endsWith("late")) return
			setTimeout(() => late = [attempt(() => event.waitUntil(1)), attempt(() => event.respondWith(new Response()))], 0)
		}`})
	tab.Get("/late")
	tab.Eval("new Promise(done => setTimeout(done, 10))")
	same(t, "what was thrown", ask[[]string](t, tab, "0"), []string{
		"InvalidStateError: Failed to execute 'waitUntil' on 'ExtendableEvent': The event handler is already finished and no extend lifetime promises are outstanding.",
		"InvalidStateError: Failed to execute 'respondWith' on 'FetchEvent': The event handler is already finished.",
	})
}

func TestHandlersAddedLateAreWarnedOfAndNotCalled(t *testing.T) {
	b, tab, r := controlled(t, files{"/sw.js": `
		onmessage = event => { addEventListener("fetch", event => event.respondWith(new Response("late"))); addEventListener("push", () => {}); event.ports[0].postMessage(0) }`})
	ask[int](t, tab, "0")
	for _, kind := range []string{"fetch", "push"} {
		if !traced(b, "console", "Event handler of '"+kind+"' event must be added on the initial evaluation of worker script.") {
			t.Errorf("no warning about %s", kind)
		}
	}
	same(t, "a request", answered(tab.Get("/")), "network: home")
	if err := r.Push(nil); err == nil {
		t.Error("a push event was handled")
	}
}

func TestNavigationsWaitForTheActivation(t *testing.T) {
	b, tab := open(t, files{"/": "home", "/sw.js": `
		let ready = "not ready"
		onactivate = event => event.waitUntil(new Promise(done => setTimeout(done, 5000)).then(() => ready = "ready"))
		onfetch = event => event.respondWith(new Response(ready))`})
	_, err := tab.Register("/sw.js")
	must(t, err)
	b.Advance(time.Second)
	same(t, "the page", answered(tab.Navigate("/")), "worker: ready")
}

func TestScriptsSeeNoDocumentAndNoSyncStorage(t *testing.T) {
	_, tab, _ := controlled(t, files{"/sw.js": `onmessage = event => event.ports[0].postMessage(
		["document", "window", "localStorage", "XMLHttpRequest", "alert", "Worker"].filter(name => name in self))`})
	same(t, "what is there", ask[[]string](t, tab, "0"), []string{})
}
