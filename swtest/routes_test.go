package swtest_test

import (
	"testing"
	"time"

	"github.com/swgen/swgen/swtest"
)

// routed is a worker with static routes that answers all else itself.
func routed(rules string) string {
	return `oninstall = event => event.waitUntil((async () => {
		await (await caches.open("c")).put("/kept.txt", new Response("from the cache"))
		await event.addRoutes(` + rules + `)
	})())
	onfetch = event => event.respondWith(new Response("from the handler"))`
}

func TestStaticRoutesAnswerWithoutTheWorker(t *testing.T) {
	b, tab, r := controlled(t, files{
		"/net/a.txt": "from the network", "/lost.txt": "from the network", "/race.txt": "from the network", "/or2": "from the network",
		"/sw.js": routed(`[
			{ condition: { urlPattern: "/net/*" }, source: "network" },
			{ condition: { urlPattern: "/*.txt", requestMethod: "GET" }, source: "cache" },
			{ condition: { urlPattern: "/kept" }, source: { cacheName: "c" } },
			{ condition: { urlPattern: "/event" }, source: "fetch-event" },
			{ condition: { or: [{ urlPattern: "/or1" }, { urlPattern: "/or2" }] }, source: "network" },
			{ condition: { requestDestination: "image", requestMode: "no-cors" }, source: "network" },
			{ condition: { not: { urlPattern: "/*" } }, source: "network" },
		]`),
	})
	b.StopWorkers()
	for path, want := range map[string]string{
		"/net/a.txt": "network: from the network",
		"/kept.txt":  "worker: from the cache",
		"/lost.txt":  "network: from the network",
		"/or2":       "network: from the network",
	} {
		same(t, path, answered(tab.Get(path)), want)
	}
	same(t, "an image", tab.Load("/x", "image").Status, 404)
	same(t, "the worker runs", r.Active().Running(), false)
	same(t, "another method", answered(tab.Ask("/a.txt", swtest.Ask{Method: "PUT"})), "worker: from the handler")
	same(t, "/event", answered(tab.Get("/event")), "worker: from the handler")
	same(t, "/other", answered(tab.Get("/other")), "worker: from the handler")
}

func TestARouteMayAskWhetherTheWorkerRuns(t *testing.T) {
	b, tab, _ := controlled(t, files{"/x": "from the network", "/sw.js": routed(`[{ condition: { urlPattern: "/x", runningStatus: "not-running" }, source: "network" }]`)})
	same(t, "while it runs", answered(tab.Get("/x")), "worker: from the handler")
	b.StopWorkers()
	same(t, "when it does not", answered(tab.Get("/x")), "network: from the network")
}

func TestARaceTakesTheFirstGoodAnswer(t *testing.T) {
	b, tab, _ := controlled(t, files{"/race": "from the network", "/sw.js": routed(`[{ condition: { urlPattern: "/race" }, source: "race-network-and-fetch-handler" }]`)})
	b.Network.Delay(time.Second)
	same(t, "a slow network", answered(tab.Get("/race")), "worker: from the handler")
	b.Network.Offline(true)
	same(t, "no network", answered(tab.Get("/race")), "worker: from the handler")
	must(t, b.Settle())
}

func TestRoutesSurviveTheWorkerAndABadOneIsRefused(t *testing.T) {
	b, tab, _ := controlled(t, files{"/net": "from the network", "/sw.js": `
		let refused
		oninstall = event => {
			event.addRoutes({ condition: { urlPattern: "/net" }, source: "network" })
			event.waitUntil(event.addRoutes({ condition: {}, source: "network" }).catch(error => caches.open(error.message)))
		}
		onfetch = event => event.respondWith(new Response("from the handler"))`})
	same(t, "refused", b.Caches(origin), []string{
		"Failed to execute 'addRoutes' on 'InstallEvent': At least one condition must be set, but no condition has been set to the rule.",
	})
	b.StopWorkers()
	tab.Get("/x")
	same(t, "after a restart", answered(tab.Get("/net")), "network: from the network")
}
