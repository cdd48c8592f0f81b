package swtest_test

import (
	"testing"
	"time"

	"github.com/swgen/swgen/swtest"
)

const preloading = `
onactivate = event => event.waitUntil(registration.navigationPreload.enable())
onfetch = event => {
	if (event.request.mode !== "navigate") return event.respondWith(event.preloadResponse.then(r => new Response(String(r))))
	event.respondWith(event.preloadResponse.then(r => r ? r.text().then(text => new Response("preloaded " + text)) : new Response("no preload"), e => new Response(e.name)))
}`

func preloads(b *swtest.Browser) []string {
	var values []string
	for _, r := range b.Network.Requests() {
		if v := r.Header.Get("Service-Worker-Navigation-Preload"); v != "" {
			values = append(values, v)
		}
	}
	return values
}

func TestNavigationPreload(t *testing.T) {
	b, tab, _ := controlled(t, files{"/sw.js": preloading})
	b.Network.Forget()
	same(t, "a page", answered(tab.Navigate("/")), "worker: preloaded home")
	same(t, "requests", preloads(b), []string{"true"})
	same(t, "what is no navigation", answered(tab.Get("/")), "worker: undefined")
	same(t, "a form", answered(tab.Submit("/", "text/plain", nil)), "worker: no preload")
	same(t, "requests", preloads(b), []string{"true"})

	same(t, "state", eval[map[string]any](t, tab, `navigator.serviceWorker.ready.then(async ({ navigationPreload: p }) => {
		await p.setHeaderValue("short")
		return p.getState()
	})`), map[string]any{"enabled": true, "headerValue": "short"})
	tab.Navigate("/")
	same(t, "requests", preloads(b), []string{"true", "short"})
	eval[bool](t, tab, `navigator.serviceWorker.ready.then(r => r.navigationPreload.disable()).then(() => true)`)
	same(t, "disabled", answered(tab.Navigate("/")), "worker: no preload")
}

func TestPreloadFailsWithoutANetwork(t *testing.T) {
	b, tab, _ := controlled(t, files{"/sw.js": preloading})
	b.Network.Offline(true)
	same(t, "offline", answered(tab.Navigate("/")), "worker: NetworkError")
	if !traced(b, "refused", "navigation preload:") {
		t.Error("the trace does not say so")
	}
}

// TestPreloadWaitsForAWorkerThatStarts: the answer is there before the worker
// is, and reaches the event all the same.
func TestPreloadWaitsForAWorkerThatStarts(t *testing.T) {
	b, tab, _ := controlled(t, files{"/sw.js": preloading})
	for range 3 {
		b.StopWorkers()
		before := b.Now()
		same(t, "a page", answered(tab.Navigate("/")), "worker: preloaded home")
		if took := b.Now().Sub(before); took > time.Second {
			t.Fatalf("it took %v", took)
		}
	}
}

func TestPreloadStartsBesideTheWorker(t *testing.T) {
	b, tab, _ := controlled(t, files{"/sw.js": `
		onactivate = event => event.waitUntil(registration.navigationPreload.enable())
		onfetch = event => event.respondWith((async () => {
			await new Promise(done => setTimeout(done, 1000))
			return await event.preloadResponse
		})())`})
	b.Network.Delay(time.Second)
	begin := b.Now()
	tab.Navigate("/")
	same(t, "time", b.Now().Sub(begin), time.Second)
	must(t, b.Settle())
}

func TestPreloadNeedsAnActiveWorker(t *testing.T) {
	_, tab := open(t, files{"/": "home", "/sw.js": `oninstall = event => event.waitUntil(registration.navigationPreload.enable().catch(e => caches.open(e.name)))`})
	_, err := tab.Register("/sw.js")
	must(t, err)
	same(t, "while it installs", eval[[]string](t, tab, "new Promise(done => setTimeout(done, 100)).then(() => caches.keys())"), []string{"InvalidStateError"})
}

func TestAPageThatTheWorkerLeavesToTheNetworkIsAskedForTwice(t *testing.T) {
	b, tab, _ := controlled(t, files{"/sw.js": `onactivate = event => event.waitUntil(registration.navigationPreload.enable()); onfetch = event => { 0 }`})
	b.Network.Forget()
	same(t, "the page", answered(tab.Navigate("/")), "network: home")
	same(t, "requests", b.Network.Paths(), []string{"/", "/"})
	same(t, "preloads", preloads(b), []string{"true"})
}
