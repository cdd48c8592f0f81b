package e2e

import (
	"io/fs"
	"maps"
	"net/http"
	"path"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/swgen/swgen"
	"github.com/swgen/swgen/internal/browsertest"
)

// patient is how long a busy machine may take for what comes soon.
const patient = 20 * time.Second

// unique are the names and sizes of the bodies of a version.
func unique(site built) map[string]int64 {
	sizes := make(map[string]int64)
	for _, e := range site.Manifest.Entries {
		sizes[bodyName(site, e.URL)] = e.Size
	}
	return sizes
}

// bodyName is the name under which the body of a URL is stored.
func bodyName(site built, url string) string {
	for _, e := range site.Manifest.Entries {
		if e.URL == url {
			return e.Hash.String() + strings.ToLower(path.Ext(e.Path))
		}
	}
	return ""
}

// caches lists a site's own caches: the names of bodies, and the records.
func caches(t testing.TB, tab *browsertest.Tab, scope string) (bodies, records []string) {
	t.Helper()
	keys, err := tab.CacheKeys()
	must(t, err)
	names := func(cache string) (names []string) {
		for _, key := range keys["swgen:"+scope+" "+cache] {
			_, name, _ := strings.Cut(key, ".swgen/")
			names = append(names, name)
		}
		slices.Sort(names)
		return names
	}
	return names("store"), names("records")
}

// holdsOnly waits until the caches hold the bodies and records of one version
// and nothing else.
func holdsOnly(t testing.TB, tab *browsertest.Tab, scope string, site built) {
	t.Helper()
	version := site.Manifest.Version
	wantBodies, wantRecords := slices.Sorted(maps.Keys(unique(site))), []string{"active/" + version, "version/" + version}
	var bodies, records []string
	eventually(t, func() bool {
		bodies, records = caches(t, tab, scope)
		return slices.Equal(bodies, wantBodies) && slices.Equal(records, wantRecords)
	})
	same(t, "bodies", bodies, wantBodies)
	same(t, "records", records, wantRecords)
}

// eventually waits for a condition; that it never came true is for the caller
// to find out.
func eventually(t testing.TB, condition func() bool) bool {
	t.Helper()
	for deadline := time.Now().Add(patient); time.Now().Before(deadline); time.Sleep(30 * time.Millisecond) {
		if condition() {
			return true
		}
	}
	return false
}

func TestTheFirstVisitIsNotDisturbedAndTheSecondAsksForNothing(t *testing.T) {
	t.Parallel()
	site := build(t, small("one"), swgen.Config{})
	server := browsertest.Serve(t, "/", site)
	tab := sharedBrowser(t).NewTab(t)
	must(t, tab.Navigate(server.URL("/")))
	eval[any](t, tab, "window.marked = true")
	must(t, tab.WaitFor("!!navigator.serviceWorker.controller", patient))
	must(t, tab.WaitActivated())
	if !eval[bool](t, tab, "window.marked === true") {
		t.Error("the page was loaded again")
	}
	page := []string{"/", "/app.js", "/style.css", "/img/a.svg", "/swgen-register.js"}
	for _, e := range site.Manifest.Entries {
		want := 1
		if slices.Contains(page, e.URL) {
			want = 2 // the page's own request
		}
		same(t, "requests for "+e.URL, server.Count(e.URL), want)
	}

	server.Reset()
	second := sharedBrowser(t).NewTab(t)
	must(t, second.Navigate(server.URL("/about/")))
	must(t, second.Navigate(server.URL("/")))
	must(t, second.Update())
	must(t, second.WaitActivated())
	same(t, "requests of the second visit", contents(server), []string{})
	if server.Count("/sw.js") == 0 {
		t.Error("nobody looked for an update")
	}
	holdsOnly(t, second, "/", site)
}

func TestAnUpdateAsksOnlyForChangedContentAndARollbackForNone(t *testing.T) {
	t.Parallel()
	before := with(small("one"), "notes.txt", "the same under two names", "big.css", "p{}")
	after := with(before, "app.js", "window.app = 'two'", "data.json", `{"version":"two"}`, "renamed.txt", "the same under two names", "again.css", "p{}")
	delete(after, "notes.txt")
	first, second := build(t, before, swgen.Config{}), build(t, after, swgen.Config{})
	server := browsertest.Serve(t, "/", first)
	tab := install(t, sharedBrowser(t), server.URL("/"))
	deploy(t, server, tab, second)
	same(t, "requests of the update", contents(server), []string{"/app.js", "/data.json"})
	same(t, "requests for the worker", server.Count("/sw.js"), 1)
	deploy(t, server, tab, first)
	same(t, "requests of the rollback", contents(server), []string{})
	deploy(t, server, tab, second)
	same(t, "requests of the same deploy after the purge", contents(server), []string{"/app.js", "/data.json"})

	must(t, tab.Navigate(server.URL("/")))
	holdsOnly(t, tab, "/", second)
	server.Down()
	for _, url := range []string{"/renamed.txt", "/again.css", "/data.json"} {
		same(t, url, eval[int](t, tab, `fetch("`+url+`").then(r => r.status)`), 200)
	}
}

// neutral is a page outside every scope, from which a site's worker can be
// watched while no page of the site is open.
var neutral = texts("index.html", "<!doctype html><title>Neutral</title>")

// move is a site whose pages know that they are under a base path.
func move(site fstest.MapFS, base string) fstest.MapFS {
	moved := maps.Clone(site)
	for name, file := range site {
		if strings.HasSuffix(name, ".html") {
			moved[name] = &fstest.MapFile{Data: []byte(strings.ReplaceAll(string(file.Data), `="/`, `="`+base))}
		}
	}
	return moved
}

// repo is the registration of a site under /repo/.
const repo = `navigator.serviceWorker.getRegistration("/repo/")`

func TestActivationLeavesOnlyWhatIsNeededAndNothingOfNeighbours(t *testing.T) {
	t.Parallel()
	browser := sharedBrowser(t)
	config := swgen.Config{Base: "/repo/"}
	first, second := build(t, move(small("one"), "/repo/"), config), build(t, move(small("two"), "/repo/"), config)
	neighbour := build(t, move(small("other"), "/other/"), swgen.Config{Base: "/other/"})
	server := browsertest.Serve(t, "/repo/", first)
	server.Mount("/other/", neighbour)
	server.Mount("/", neutral)
	other := install(t, browser, server.URL("/other/"))
	tab := install(t, browser, server.URL("/repo/"))
	eval[any](t, tab, `caches.open("mine").then(cache => cache.put("/mine", new Response("mine")))`)
	untouched := func() {
		t.Helper()
		holdsOnly(t, other, "/other/", neighbour)
		same(t, "a cache of someone else", eval[string](t, other, `caches.match("/mine").then(r => r.text())`), "mine")
		same(t, "the neighbour's worker", eval[string](t, other, "navigator.serviceWorker.controller.scriptURL"), server.URL("/other/sw.js"))
	}
	untouched()

	must(t, tab.Navigate(server.URL("/"))) // now no page of the site is open
	server.Swap(second)
	eval[any](t, tab, repo+`.then(r => r.update()).then(() => {})`)
	holdsOnly(t, tab, "/repo/", second)
	var want int64
	for _, size := range unique(second) {
		want += size
	}
	same(t, "stored bytes", eval[int64](t, tab, `(async () => {
		const store = await caches.open("swgen:/repo/ store");
		const sizes = (await store.matchAll()).map(async response => (await response.arrayBuffer()).byteLength);
		return (await Promise.all(sizes)).reduce((a, b) => a + b);
	})()`), want)
	untouched()

	server.Swap(killed(t, second, config))
	eval[any](t, tab, repo+`.then(r => r.update()).then(() => {})`)
	must(t, tab.WaitFor(repo+`.then(r => !r)`, patient))
	bodies, records := caches(t, tab, "/repo/")
	same(t, "what is left", append(bodies, records...), []string{})
	untouched()
}

// killed is a site after the kill worker was written over it.
func killed(t testing.TB, site built, config swgen.Config) fs.FS {
	t.Helper()
	result, err := swgen.Kill(config)
	must(t, err)
	out := maps.Clone(site.MapFS)
	for _, o := range result.Outputs {
		content, err := o.Content()
		must(t, err)
		out[o.Path] = &fstest.MapFile{Data: content}
	}
	return out
}

func TestTheKillWorkerRemovesEverythingAndReloadsOnce(t *testing.T) {
	t.Parallel()
	browser := sharedBrowser(t)
	site := build(t, small("one"), swgen.Config{})
	server := browsertest.Serve(t, "/", site)
	tab := install(t, browser, server.URL("/"))
	neighbour := build(t, move(small("other"), "/other/"), swgen.Config{Base: "/other/"})
	server.Mount("/other/", neighbour)
	beside := install(t, browser, server.URL("/other/"))
	eval[any](t, beside, "window.stays = true")
	part := browser.NewTab(t)
	must(t, part.Navigate(server.URL("/about/#part")))
	tabs := []*browsertest.Tab{tab, part}
	for _, tab := range tabs {
		eval[any](t, tab, "window.marked = true")
	}
	dead := killed(t, site, swgen.Config{})
	server.Swap(dead)
	server.Reset()
	must(t, tab.Update())

	gone := func(what string) {
		t.Helper()
		for _, tab := range tabs {
			must(t, tab.WaitFor("!window.marked && document.readyState == 'complete'", patient))
			must(t, tab.WaitFor(`navigator.serviceWorker.getRegistrations().then(all => all.every(r => r.scope.endsWith("/other/")))`, patient))
			must(t, tab.WaitFor("!navigator.serviceWorker.controller", patient))
			must(t, tab.WaitFor(`caches.keys().then(all => all.every(name => name.startsWith("swgen:/other/ ")))`, patient))
		}
		same(t, "the neighbour's page stays", eval[bool](t, beside, "window.stays && !!navigator.serviceWorker.controller"), true)
		holdsOnly(t, beside, "/other/", neighbour)
	}
	documents := func() (n int) {
		for _, r := range server.Requests() {
			if r.Dest == "document" {
				n++
			}
		}
		return n
	}
	gone("after the kill")
	same(t, "documents asked for by two pages", documents(), 2)
	same(t, "where the page was", eval[string](t, part, "location.pathname"), "/about/")

	must(t, tab.Navigate(server.URL("/flat")))
	gone("on the next page")
	same(t, "documents after one more page", documents(), 3)
	same(t, "registrations by the script that is left", server.Count("/sw.js"), 1)

	// A cache on the way may still have the old registration script: it
	// registers the kill worker, and no page may be loaded for it again.
	server.Swap(with(maps.Clone(dead.(fstest.MapFS)), "swgen-register.js", string(site.MapFS["swgen-register.js"].Data)))
	server.Reset()
	must(t, tab.Navigate(server.URL("/flat")))
	eval[any](t, tab, "window.stays = true")
	if !eventually(t, func() bool { return server.Count("/sw.js") == 1 }) {
		t.Error("the old script did not register")
	}
	must(t, tab.WaitWorkerSettled())
	gone("after a registration by the old script")
	same(t, "documents with the old script", documents(), 1)
	same(t, "the page is as it was", eval[bool](t, tab, "window.stays === true"), true)
}

// TestAnEventStreamKeepsNoWorkerBusy has a page of an older version listen to
// its server: the worker looks for its other requests in that version.
func TestAnEventStreamKeepsNoWorkerBusy(t *testing.T) {
	t.Parallel()
	server := browsertest.Serve(t, "/", build(t, small("one"), swgen.Config{}))
	server.Intercept(func(w http.ResponseWriter, r *http.Request) bool {
		if r.URL.Path != "/events" {
			return false
		}
		w.Header().Set("Content-Type", "text/event-stream")
		_ = http.NewResponseController(w).Flush()
		<-r.Context().Done()
		return true
	})
	tab := install(t, sharedBrowser(t), server.URL("/"))
	deploy(t, server, tab, build(t, small("two"), swgen.Config{}))
	must(t, tab.Eval(`new Promise(open => (window.events = new EventSource("/events")).onopen = () => open())`, nil))
	deploy(t, server, tab, build(t, small("three"), swgen.Config{}))
	must(t, tab.Navigate(server.URL("/about/")))
	same(t, "the page", eval[string](t, tab, "document.getElementById('version').textContent"), "three")
}
