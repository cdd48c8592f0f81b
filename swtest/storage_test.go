package swtest_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/swgen/swgen/swtest"
)

func TestStorageIsCountedAndLimited(t *testing.T) {
	b, tab, _ := controlled(t, files{"/big": strings.Repeat("x", 60_000), "/sw.js": `
		onmessage = event => event.waitUntil((async () => {
			const cache = await caches.open("c")
			const error = await cache.add(event.data).then(() => "stored", error => error.name)
			event.ports[0].postMessage(error)
		})())`}, swtest.Options{Quota: 100_000})
	type estimate struct{ Usage, Quota int64 }
	estimated := func() estimate { return eval[estimate](t, tab, "navigator.storage.estimate()") }
	same(t, "at first", estimated(), estimate{0, 100_000})
	same(t, "the first", ask[string](t, tab, "'/big'"), "stored")
	used := estimated().Usage
	if used < 60_000 || used > 61_000 || used != b.Usage(origin) {
		t.Errorf("used: %d, %d", used, b.Usage(origin))
	}
	same(t, "the second", ask[string](t, tab, "'/big?again'"), "QuotaExceededError")
	same(t, "the first again, in its place", ask[string](t, tab, "'/big'"), "stored")
	if !traced(b, "refused", "QuotaExceededError") {
		t.Error("the trace does not tell of it")
	}
	same(t, "another origin", eval[estimate](t, b.Open("https://else.test/"), "navigator.storage.estimate()").Usage, int64(0))
}

const database = `new Promise((done, failed) => {
	const opening = indexedDB.open("notes", 1)
	opening.onerror = () => failed(opening.error)
	opening.onupgradeneeded = () => opening.result.createObjectStore("notes")
	opening.onsuccess = () => done(opening.result)
})`

const notes = `
const database = () => ` + database + `
onmessage = event => event.waitUntil((async () => {
	const db = await database()
	const store = db.transaction("notes", "readwrite").objectStore("notes")
	const request = event.data === "count" ? store.count() : store.put(event.data, Math.random())
	await new Promise(done => request.transaction.oncomplete = done)
	event.ports[0].postMessage(event.data === "count" ? request.result : true)
	db.close()
})())`

func TestDatabasesOutliveWorkersAndCount(t *testing.T) {
	b, tab, _ := controlled(t, files{"/sw.js": notes})
	before := b.Usage(origin)
	for range 3 {
		ask[bool](t, tab, "'a note'")
		b.StopWorkers()
	}
	same(t, "notes", ask[int](t, tab, "'count'"), 3)
	same(t, "seen by the page", eval[[]string](t, tab, "indexedDB.databases().then(list => list.map(d => d.name + ' ' + d.version))"), []string{"notes 1"})
	if b.Usage(origin) <= before {
		t.Error("they count for nothing")
	}
}

func TestDatabasesAreLimitedToo(t *testing.T) {
	b, tab := open(t, files{"/": "home"}, swtest.Options{Quota: 100_000})
	put := func(n int) string {
		return outcome(tab, fmt.Sprintf(`(%s).then(db => new Promise(done => {
			const transaction = db.transaction("notes", "readwrite")
			transaction.objectStore("notes").put("x".repeat(%d), "key")
			transaction.oncomplete = () => done("stored")
			transaction.onabort = () => done(transaction.error.name)
		}))`, database, n))
	}
	same(t, "a note", put(60_000), "stored")
	same(t, "a longer one in its place", put(90_000), "stored")
	same(t, "one that is too long", put(110_000), "QuotaExceededError")
	if !traced(b, "refused", "QuotaExceededError: quota exceeded") {
		t.Error("the trace does not tell of it")
	}
}

func TestCachesFillUpBecauseOfDatabases(t *testing.T) {
	_, tab, _ := controlled(t, files{"/big": strings.Repeat("x", 60_000), "/sw.js": notes}, swtest.Options{Quota: 100_000})
	ask[bool](t, tab, "'x'.repeat(50_000)")
	same(t, "a cache", outcome(tab, "caches.open('c').then(c => c.add('/big')).then(() => 'stored', error => error.name)"), "QuotaExceededError")
}

func TestAPrivateBrowserRefusesStorage(t *testing.T) {
	b, tab := open(t, files{"/": "home", "/sw.js": precaching}, swtest.Options{Private: true})
	r := install(t, b, tab, "/sw.js")
	same(t, "states", states(r), [3]string{})
	same(t, "caches", outcome(tab, "caches.open('c').catch(error => error.name)"), "SecurityError")
	same(t, "databases", outcome(tab, "("+database+").catch(error => error.name)"), "InvalidStateError")
	if !traced(b, "exception", "SecurityError") {
		t.Error("the trace does not say why the installation failed")
	}
}

func TestAWorkerMayLiveWithoutStorage(t *testing.T) {
	_, tab, r := controlled(t, files{"/sw.js": `
		oninstall = event => event.waitUntil(caches.open("v1").then(cache => cache.add("/")).catch(() => {}))
		onfetch = event => event.respondWith(caches.match(event.request).catch(() => {}).then(kept => kept ?? fetch(event.request)))`}, swtest.Options{Private: true})
	same(t, "states", states(r), [3]string{2: "activated"})
	same(t, "the page", answered(tab.Page()), "worker: home")
}

func TestAnOpaqueAnswerCountsForMegabytes(t *testing.T) {
	b, tab := open(t, files{"/": "home"})
	eval[bool](t, tab, "fetch('https://else.test/', { mode: 'no-cors' }).then(r => caches.open('c').then(c => c.put('/x', r))).then(() => true)")
	if used := b.Usage(origin); used < 1<<20 {
		t.Errorf("it counts for %d bytes", used)
	}
	e := b.Entries(origin)[0]
	same(t, "the entry", []any{e.Cache, e.URL, e.Type, e.Status, string(e.Body), e.Header.Get("Content-Type")},
		[]any{"c", origin + "/x", "opaque", 200, "home", "text/html; charset=utf-8"})
}
