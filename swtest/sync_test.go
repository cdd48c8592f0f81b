package swtest_test

import (
	"io"
	"net/http"
	"testing"
	"time"
)

// mailbox is a site whose worker sends what could not be sent later.
type mailbox struct {
	files
	received []string
	refuses  int // so many POST requests
}

func (m *mailbox) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodPost {
		m.files.ServeHTTP(w, r)
		return
	}
	if m.refuses > 0 {
		m.refuses--
		w.WriteHeader(http.StatusServiceUnavailable)
		return
	}
	body, _ := io.ReadAll(r.Body)
	m.received = append(m.received, string(body))
}

const outbox = `
onsync = event => event.waitUntil((async () => {
	const response = await fetch("/post", { method: "POST", body: event.tag + (event.lastChance ? ", the last time" : "") })
	if (!response.ok) throw new Error("status " + response.status)
})())
onperiodicsync = event => event.waitUntil(fetch("/post", { method: "POST", body: "periodic " + event.tag }))`

func register(tag string) string {
	return `navigator.serviceWorker.ready.then(r => r.sync.register("` + tag + `")).then(() => true)`
}

func TestASyncComesAtOnceWhenThereIsANetwork(t *testing.T) {
	m := &mailbox{files: files{"/": "home", "/sw.js": outbox}}
	b, tab := open(t, m)
	r := install(t, b, tab, "/sw.js")
	eval[bool](t, tab, register("mail"))
	must(t, b.Settle())
	same(t, "received", m.received, []string{"mail"})
	same(t, "tags", len(r.SyncTags()), 0)
}

func TestASyncWaitsForTheNetwork(t *testing.T) {
	m := &mailbox{files: files{"/": "home", "/sw.js": outbox}}
	b, tab := open(t, m)
	r := install(t, b, tab, "/sw.js")
	b.Network.Offline(true)
	same(t, "navigator.onLine", eval[bool](t, tab, "(globalThis.ononline = () => globalThis.back = true) && navigator.onLine"), false)
	for range 2 {
		eval[bool](t, tab, register("mail"))
	}
	eval[bool](t, tab, register("photo"))
	tab.Close()
	b.Advance(time.Hour)
	same(t, "tags", r.SyncTags(), []string{"mail", "photo"})
	same(t, "the worker runs", r.Active().Running(), false)
	b.Network.Offline(false)
	must(t, b.Settle())
	same(t, "received", m.received, []string{"mail", "photo"})
	same(t, "tags", len(r.SyncTags()), 0)
}

func TestAFailedSyncIsTriedThreeTimes(t *testing.T) {
	m := &mailbox{files: files{"/": "home", "/sw.js": outbox}, refuses: 2}
	b, tab := open(t, m)
	r := install(t, b, tab, "/sw.js")
	eval[bool](t, tab, register("mail"))
	must(t, b.Settle())
	same(t, "after the first time", r.SyncTags(), []string{"mail"})
	b.Advance(5*time.Minute + time.Second)
	same(t, "after the second time", []any{m.refuses, r.SyncTags()}, []any{0, []string{"mail"}})
	b.Advance(15 * time.Minute)
	must(t, b.Settle())
	same(t, "after the third time", m.received, []string{"mail, the last time"})
	same(t, "tags", len(r.SyncTags()), 0)

	m.refuses = 9
	eval[bool](t, tab, register("mail"))
	b.Advance(24 * time.Hour)
	same(t, "tries that failed", 9-m.refuses, 3)
	same(t, "tags when it was given up", len(r.SyncTags()), 0)
}

func TestTriesGoOnCountingThroughAnOutage(t *testing.T) {
	m := &mailbox{files: files{"/": "home", "/sw.js": outbox}, refuses: 1}
	b, tab := open(t, m)
	r := install(t, b, tab, "/sw.js")
	eval[bool](t, tab, register("mail"))
	must(t, b.Settle())
	b.Network.Offline(true)
	b.Advance(time.Hour)
	m.refuses = 1
	b.Network.Offline(false)
	must(t, b.Settle())
	same(t, "after the outage", []any{m.refuses, r.SyncTags()}, []any{0, []string{"mail"}})
	b.Advance(16 * time.Minute)
	must(t, b.Settle())
	same(t, "received", m.received, []string{"mail, the last time"})
}

func TestASyncThatIsRegisteredWhileItFiresFiresAgain(t *testing.T) {
	m := &mailbox{files: files{"/": "home", "/sw.js": `
		let times = 0
		onsync = event => event.waitUntil((async () => {
			if (++times === 1) await registration.sync.register("mail")
			await fetch("/post", { method: "POST", body: "time " + times })
		})())`}}
	b, tab := open(t, m)
	install(t, b, tab, "/sw.js")
	eval[bool](t, tab, register("mail"))
	must(t, b.Settle())
	same(t, "received", m.received, []string{"time 1", "time 2"})
}

func TestASyncNeedsAWorkerAndPermission(t *testing.T) {
	b, tab := open(t, files{"/": "home", "/sw.js": outbox})
	same(t, "permission", eval[string](t, tab, `navigator.permissions.query({ name: "background-sync" }).then(p => p.state)`), "granted")
	install(t, b, tab, "/sw.js")
	b.Deny(origin, "background-sync")
	same(t, "denied", outcome(tab, register("x")), "NotAllowedError: Permission denied.")
}

func TestPeriodicSyncComesWhenTheBrowserPleases(t *testing.T) {
	m := &mailbox{files: files{"/": "home", "/sw.js": outbox}}
	b, tab := open(t, m)
	r := install(t, b, tab, "/sw.js")
	const periodic = `navigator.serviceWorker.ready.then(async r => {
		await r.periodicSync.register("news", { minInterval: 86_400_000 })
		return r.periodicSync.getTags()
	})`
	same(t, "without permission", outcome(tab, periodic), "NotAllowedError: Permission denied.")
	b.Grant(origin, "periodic-background-sync")
	same(t, "tags", eval[[]string](t, tab, periodic), []string{"news"})
	must(t, r.PeriodicSync("news"))
	same(t, "received", m.received, []string{"periodic news"})
	eval[bool](t, tab, `navigator.serviceWorker.ready.then(r => r.periodicSync.unregister("news")).then(() => true)`)
	if err := r.PeriodicSync("news"); err == nil {
		t.Error("a tag that was unregistered fires")
	}
}

func TestOnlineAndOfflineAreEvents(t *testing.T) {
	b, tab := open(t, files{"/": "home"})
	must(t, tab.Run(origin+"/main.js", `globalThis.seen = []; for (const type of ["online", "offline"]) addEventListener(type, () => seen.push(type + " " + navigator.onLine))`))
	b.Network.Offline(true)
	b.Network.Offline(true)
	must(t, b.Settle())
	b.Network.Offline(false)
	must(t, b.Settle())
	same(t, "events", eval[[]string](t, tab, "seen"), []string{"offline false", "online true"})
}
