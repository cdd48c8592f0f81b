package swtest_test

import (
	"encoding/json"
	"fmt"
	"os"
	"sync"
	"testing"
	"testing/fstest"

	"github.com/swgen/swgen/swtest"
)

// large is a site of n pages with a worker that precaches them.
func large(t testing.TB, n int) fstest.MapFS {
	t.Helper()
	worker, err := os.ReadFile("testdata/precache/sw.js")
	must(t, err)
	site := fstest.MapFS{"index.html": {Data: []byte("home")}, "sw.js": {Data: worker}}
	var list []string
	for i := range n {
		path := fmt.Sprintf("pages/%d.html", i)
		site[path] = &fstest.MapFile{Data: fmt.Appendf(nil, "page %d", i)}
		list = append(list, path)
	}
	text, err := json.Marshal(list)
	must(t, err)
	site["files.js"] = &fstest.MapFile{Data: fmt.Appendf(nil, "self.files = %s", text)}
	return site
}

// installed is a browser in which the worker of a large site is active.
func installed(t testing.TB, site fstest.MapFS) (*swtest.Browser, *swtest.Tab) {
	t.Helper()
	b := swtest.New(swtest.Options{Network: swtest.Files(site)})
	tab := b.Open(origin + "/")
	if r := install(t, b, tab, "/sw.js"); r.Active() == nil {
		t.Fatal("the installation failed")
	}
	return b, tab
}

func BenchmarkInstall1000Files(b *testing.B) {
	site := large(b, 1000)
	for b.Loop() {
		browser, _ := installed(b, site)
		browser.Close()
	}
}

func BenchmarkOfflinePage(b *testing.B) {
	browser, tab := installed(b, large(b, 1000))
	defer browser.Close()
	browser.Network.Offline(true)
	i := 0
	for b.Loop() {
		if p := tab.Navigate(fmt.Sprintf("/pages/%d.html", i%1000)); p.Err != nil {
			b.Fatal(p)
		}
		i++
	}
}

func BenchmarkOfflineFetch(b *testing.B) {
	browser, tab := installed(b, large(b, 1000))
	defer browser.Close()
	browser.Network.Offline(true)
	tab.Navigate("/pages/0.html")
	for b.Loop() {
		if p := tab.Get("/pages/999.html"); p.Err != nil {
			b.Fatal(p)
		}
	}
}

func BenchmarkWorkerStart(b *testing.B) {
	browser, tab := installed(b, large(b, 10))
	defer browser.Close()
	tab.Navigate("/pages/0.html")
	for b.Loop() {
		browser.StopWorkers()
		tab.Get("/pages/1.html")
	}
}

func TestALargeSiteIsPrecachedWhole(t *testing.T) {
	browser, tab := installed(t, large(t, 300))
	defer browser.Close()
	browser.Network.Offline(true)
	same(t, "entries", len(browser.Entries(origin)), 300)
	same(t, "the last", answered(tab.Navigate("/pages/299.html")), "worker: page 299")
}

func TestBrowsersRunInParallelAndTellTheSameStory(t *testing.T) {
	want := play(t, 7)
	var running sync.WaitGroup
	for range 8 {
		running.Go(func() { same(t, "the story", play(t, 7), want) })
	}
	running.Wait()
}
