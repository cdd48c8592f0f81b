package swtest_test

import (
	"testing"
	"time"

	"github.com/swgen/swgen/swtest"
)

func TestAForkHasWhatTheBrowserHasStored(t *testing.T) {
	site := files{"/sw.js": precaching, "/about/": "about us", "/style.css": "body{}"}
	b, tab, r := controlled(t, site)
	b.Grant(origin, "push")
	eval[any](t, tab, subscribe)
	b.Network.Serve(files{"/": "home", "/sw.js": version("two")})
	must(t, r.Update())
	must(t, b.Settle())
	same(t, "states", states(r), [3]string{1: "installed", 2: "activated"})

	f, err := b.Fork(swtest.Options{})
	must(t, err)
	defer f.Close()
	copied := f.Registrations(origin)[0]
	same(t, "the worker that waited", states(copied), [3]string{2: "activated"})
	same(t, "the clock", f.Now(), b.Now())
	same(t, "tabs", len(f.Tabs()), 0)
	same(t, "a page without a network", answered(f.Open(origin+"/").Page()), "worker: two")

	same(t, "the first browser", states(r), [3]string{1: "installed", 2: "activated"})
	same(t, "its page", answered(tab.Get("/about/")), "worker: about us")
	eval[bool](t, tab, "caches.delete('v1')")
	same(t, "caches of the first", len(b.Caches(origin)), 0)
	same(t, "caches of the copy", f.Caches(origin), []string{"v1"})
}

func TestASyncThatWaitsIsForkedToo(t *testing.T) {
	m := &mailbox{files: files{"/": "home", "/sw.js": outbox}}
	b, tab := open(t, m)
	install(t, b, tab, "/sw.js")
	b.Network.Offline(true)
	eval[bool](t, tab, register("mail"))
	must(t, b.Settle())
	f, err := b.Fork(swtest.Options{Network: m})
	must(t, err)
	defer f.Close()
	f.Advance(time.Second)
	same(t, "received", m.received, []string{"mail"})
	same(t, "tags of the first", b.Registrations(origin)[0].SyncTags(), []string{"mail"})
}

func TestABusyBrowserIsNotForked(t *testing.T) {
	b, tab := open(t, files{"/": "home", "/sw.js": precaching})
	_, err := tab.Register("/sw.js")
	must(t, err)
	if _, err := b.Fork(swtest.Options{}); err == nil {
		t.Error("it was")
	}
}
