package e2e

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/swgen/swgen"
	"github.com/swgen/swgen/internal/browsertest"
)

// The browser of each test here is its own, because it stops all workers.

func TestAnInstallWhoseWorkerIsStoppedGoesOnWhereItWas(t *testing.T) {
	t.Parallel()
	browser := browsertest.Start(t, browsertest.Options{})
	first, second := build(t, rich("one"), swgen.Config{}), build(t, rich("two"), swgen.Config{})
	server := browsertest.Serve(t, "/", first)
	tab := browser.NewTab(t)
	for i, site := range []built{first, second} {
		server.Swap(site)
		release := server.Hang("/frame/")
		must(t, tab.Navigate(server.URL("/")))
		if i > 0 {
			must(t, tab.Update())
		}
		stored := func() (n int) {
			bodies, _ := caches(t, tab, "/")
			for _, e := range site.Manifest.Entries {
				if slices.Contains(bodies, bodyName(site, e.URL)) {
					n++
				}
			}
			return n
		}
		if !eventually(t, func() bool { return stored() == len(site.Manifest.Entries)-1 }) {
			t.Fatalf("%d of %d stored before the worker is stopped", stored(), len(site.Manifest.Entries))
		}
		must(t, browser.StopWorkers())
		must(t, tab.WaitFor("navigator.serviceWorker.getRegistration().then(r => !r?.installing)", patient))
		release()
		server.Reset()
		must(t, tab.Navigate(server.URL("/")))
		if i > 0 {
			must(t, tab.Update())
		}
		must(t, tab.WaitActivated())
		var asked []string
		for _, r := range server.Requests() {
			if r.Dest == "empty" {
				asked = append(asked, r.Path)
			}
		}
		same(t, "requests of the second try", asked, []string{"/frame/"})
		must(t, browser.StopWorkers())
		must(t, tab.Navigate(server.URL("/about/")))
	}
	server.Down()
	must(t, tab.Navigate(server.URL("/")))
	late(t, tab, "two")
	holdsOnly(t, tab, "/", second)
}

// put stores an empty text in one of the caches of the site at "/".
func put(t *testing.T, tab *browsertest.Tab, cache, name string) {
	t.Helper()
	eval[any](t, tab, fmt.Sprintf(`caches.open("swgen:/ %s").then(cache => cache.put("/.swgen/%s", new Response("{")))`, cache, name))
}

// drop deletes what put stored, or the worker.
func drop(t *testing.T, tab *browsertest.Tab, cache, name string) {
	t.Helper()
	if !eval[bool](t, tab, fmt.Sprintf(`caches.open("swgen:/ %s").then(cache => cache.delete("/.swgen/%s"))`, cache, name)) {
		t.Errorf("%s has no %s", cache, name)
	}
}

// A worker may be stopped while it takes over. What it did until then is
// played by taking back what it did later.
func TestATakeOverThatWasCutShortIsFinished(t *testing.T) {
	t.Parallel()
	browser := browsertest.Start(t, browsertest.Options{})
	first, second := build(t, rich("one"), swgen.Config{}), build(t, rich("two"), swgen.Config{})
	for _, c := range []struct {
		name                 string
		assigned             int  // tabs that were noted before the end
		activated, forgotten bool // the new version is noted as active, the old one is not any more
	}{
		{"before anything was noted", 0, false, false},
		{"between two tabs", 1, false, false},
		{"before it was noted as active", 2, false, false},
		{"before the old version was forgotten", 2, true, false},
		{"before the purge", 2, true, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			server := browsertest.Serve(t, "/", first)
			one := install(t, browser, server.URL("/about/"))
			other := browser.NewTab(t)
			must(t, other.Navigate(server.URL("/flat")))
			deploy(t, server, one, second)
			must(t, browser.StopWorkers())
			_, records := caches(t, one, "/")
			assigned := 0
			for _, record := range records {
				if record[:len("client")] != "client" {
					continue
				}
				if assigned++; assigned > c.assigned {
					drop(t, one, "records", record)
				}
			}
			same(t, "tabs that were noted", assigned, 2)
			if !c.activated {
				drop(t, one, "records", "active/"+second.Manifest.Version)
			}
			if !c.forgotten {
				put(t, one, "records", "active/"+first.Manifest.Version)
			}

			late(t, one, "one")
			late(t, other, "one")
			fresh := browser.NewTab(t)
			must(t, fresh.Navigate(server.URL("/")))
			late(t, fresh, "two")
			must(t, browser.StopWorkers())
			late(t, one, "one")
			late(t, fresh, "two")
			must(t, one.Navigate(server.URL("/")))
			must(t, other.Navigate(server.URL("/")))
			holdsOnly(t, other, "/", second)
		})
	}
}

func TestWhatAFailedInstallLeftStaysADayAndNotForGood(t *testing.T) {
	t.Parallel()
	browser := browsertest.Start(t, browsertest.Options{})
	first, second := build(t, small("one"), swgen.Config{}), build(t, small("two"), swgen.Config{})
	server := browsertest.Serve(t, "/", first)
	tab := install(t, browser, server.URL("/"))
	left := func(hours int) string {
		put(t, tab, "store", "unfinished00.js")
		mark := fmt.Sprintf("installing/unfinished00/%d", time.Now().Add(-time.Duration(hours)*time.Hour).UnixMilli())
		put(t, tab, "records", mark)
		must(t, browser.StopWorkers())
		must(t, tab.Navigate(server.URL("/about/")))
		return mark
	}
	mark := left(23)
	must(t, tab.WaitFor("performance.now() > 1500", patient)) // the purge is a second late
	bodies, records := caches(t, tab, "/")
	if !slices.Contains(bodies, "unfinished00.js") || !slices.Contains(records, mark) {
		t.Errorf("gone before the next try: %v %v", bodies, records)
	}
	drop(t, tab, "records", mark)
	left(25)
	holdsOnly(t, tab, "/", first)

	left(1)
	deploy(t, server, tab, second)
	must(t, tab.Navigate(server.URL("/")))
	holdsOnly(t, tab, "/", second)
}

func TestATabWhoseManifestIsDamagedIsLeftToTheNetwork(t *testing.T) {
	t.Parallel()
	browser := browsertest.Start(t, browsertest.Options{})
	first := build(t, rich("one"), swgen.Config{})
	server := browsertest.Serve(t, "/", first)
	tab := install(t, browser, server.URL("/"))
	deploy(t, server, tab, build(t, rich("two"), swgen.Config{}))
	put(t, tab, "records", "version/"+first.Manifest.Version)
	must(t, browser.StopWorkers())
	same(t, "an answer of the network", eval[string](t, tab, `fetch("/data.json").then(r => r.json()).then(data => data.version)`), "two")

	third := build(t, rich("three"), swgen.Config{})
	deploy(t, server, tab, third)
	must(t, tab.Navigate(server.URL("/")))
	late(t, tab, "three")
	holdsOnly(t, tab, "/", third)
}
