package browsertest

import (
	"bytes"
	_ "embed"
	"fmt"
	"image/png"
	"io/fs"
	"os"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"
)

//go:embed testdata/sw.js
var workerJS string

// One browser serves all tests that don't need options of their own; none is started when no such test is selected.
var (
	sharedBrowser *Browser
	shared        = sync.OnceValues(func() (b *Browser, err error) {
		sharedBrowser, err = Launch(Options{})
		return sharedBrowser, err
	})
)

func TestMain(m *testing.M) {
	code := m.Run()
	if b := sharedBrowser; b != nil {
		if err := b.Close(); err != nil {
			fmt.Fprintln(os.Stderr, err)
			code = 1
		}
	}
	os.Exit(code)
}

func newTab(t *testing.T) *Tab {
	t.Helper()
	b, err := shared()
	if err != nil {
		t.Fatal(err)
	}
	return b.NewTab(t)
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func eval[T any](t *testing.T, tab *Tab, expr string) (v T) {
	t.Helper()
	must(t, tab.Eval(expr, &v))
	return v
}

func equal(t *testing.T, what string, got, want any) {
	t.Helper()
	if !reflect.DeepEqual(got, want) {
		t.Fatalf("%s: got %v, want %v", what, got, want)
	}
}

// demo is a page with one resource of each common kind, which registers a worker if it has one.
func demo(version string, worker bool) fs.FS {
	files := fstest.MapFS{}
	add := func(name, text string) {
		files[name] = &fstest.MapFile{Data: []byte(strings.ReplaceAll(text, "%VERSION%", version))}
	}
	register := ""
	if worker {
		add("sw.js", workerJS)
		register = `<script>navigator.serviceWorker.register("sw.js").catch(console.error)</script>`
	}
	add("index.html", `<!doctype html><title>%VERSION%</title><link rel="stylesheet" href="style.css">
		<script src="app.js"></script><script type="module" src="module.mjs"></script><img src="pic.svg">`+register)
	add("style.css", `body { color: rgb(1, 2, 3) }`)
	add("app.js", `self.app = "%VERSION%"`)
	add("module.mjs", `self.mod = "%VERSION%"`)
	add("pic.svg", `<svg xmlns="http://www.w3.org/2000/svg" width="20" height="20"/>`)
	add("page.html", `<!doctype html><title>page</title>`)
	return files
}

// whole asserts that the demo page of a version is there with everything it needs.
func whole(t *testing.T, tab *Tab, version string) {
	t.Helper()
	title, err := tab.Title()
	must(t, err)
	equal(t, "title", title, version)
	equal(t, "what the page sees",
		eval[[]any](t, tab, `[self.app, self.mod, getComputedStyle(document.body).color, document.images[0].naturalWidth]`),
		[]any{version, version, "rgb(1, 2, 3)", 20.0})
	if broken := tab.Broken(); len(broken) > 0 {
		t.Fatalf("not loaded: %v", broken)
	}
	equal(t, "number of responses", len(tab.Responses()), 5)
}

func fromWorker(t *testing.T, tab *Tab, want bool) {
	t.Helper()
	for _, r := range tab.Responses() {
		if r.FromServiceWorker != want {
			t.Fatalf("from a worker: got %v for %v", r.FromServiceWorker, r)
		}
	}
}

func TestPrecachedPageOutlivesItsServer(t *testing.T) {
	s := Serve(t, "/", demo("v1", true))
	tab := newTab(t)

	must(t, tab.Navigate(s.URL("/")))
	whole(t, tab, "v1")
	must(t, tab.WaitActivated())
	must(t, tab.WaitFor("navigator.serviceWorker.controller", 5*time.Second))
	state, err := tab.WorkerState()
	must(t, err)
	equal(t, "state", state, WorkerState{Active: "activated", Controlled: true})
	keys, err := tab.CacheKeys()
	must(t, err)
	equal(t, "caches", keys, map[string][]string{"v1": {
		s.URL("/"), s.URL("/app.js"), s.URL("/module.mjs"), s.URL("/pic.svg"), s.URL("/style.css"),
	}})
	usage, err := tab.CacheUsage()
	must(t, err)
	if usage < 100 {
		t.Errorf("caches take %d bytes", usage)
	}
	equal(t, "requests", s.Paths(), []string{
		"/", "/", "/app.js", "/app.js", "/module.mjs", "/module.mjs", "/pic.svg", "/pic.svg", "/style.css", "/style.css",
		"/sw.js",
	})
	if i := slices.IndexFunc(s.Requests(), func(r Request) bool { return r.WorkerScript }); i < 0 {
		t.Error("the worker's script isn't told apart")
	} else {
		equal(t, "the script's destination", s.Requests()[i].Dest, "serviceworker")
	}

	s.Down()
	s.Reset()
	must(t, tab.Reload())
	whole(t, tab, "v1")
	fromWorker(t, tab, true)
	equal(t, "document's cache", tab.Responses()[0].Cache, "v1")

	// A cold start: Chromium stops workers whenever it likes.
	b, _ := shared()
	must(t, b.StopWorkers())
	equal(t, "cold fetch", eval[string](t, tab, `fetch("app.js").then(r => r.text())`), `self.app = "v1"`)
	must(t, b.StopWorkers())
	must(t, tab.Navigate(s.URL("/")))
	whole(t, tab, "v1")
	timing, err := tab.NavigationTiming()
	must(t, err)
	if timing.WorkerStart <= 0 || timing.ResponseEnd < timing.ResponseStart || timing.Load <= 0 {
		t.Errorf("timing: %+v", timing)
	}

	second := newTab(t)
	must(t, second.Navigate(s.URL("/")))
	whole(t, second, "v1")
	fromWorker(t, second, true)
	equal(t, "requests while down", s.Paths(), []string{})
}

func TestPageWithoutWorkerIsGoneWithItsServer(t *testing.T) {
	s := Serve(t, "/", demo("v1", false))
	tab := newTab(t)
	must(t, tab.Navigate(s.URL("/")))
	whole(t, tab, "v1")
	fromWorker(t, tab, false)

	s.Down()
	for _, again := range []func() error{tab.Reload, func() error { return tab.Navigate(s.URL("/")) }, tab.Reload} {
		err := again()
		if err == nil || !strings.Contains(err.Error(), "ERR_CONNECTION_REFUSED") {
			t.Fatalf("got %v, want ERR_CONNECTION_REFUSED", err)
		}
		url, err := tab.URL()
		must(t, err)
		equal(t, "URL", url, "chrome-error://chromewebdata/")
	}
	must(t, s.Up())
	must(t, tab.Reload())
	whole(t, tab, "v1")
}

func TestUpdateReplacesTheWorkerInAllTabs(t *testing.T) {
	s := Serve(t, "/repo/", demo("v1", true))
	tabs := []*Tab{newTab(t), newTab(t)}
	for _, tab := range tabs {
		must(t, tab.Navigate(s.URL("/repo/")))
		must(t, tab.WaitActivated())
	}

	s.Swap(demo("v2", true))
	s.Reset()
	must(t, tabs[0].Update())
	must(t, tabs[0].WaitActivated())
	keys, err := tabs[1].CacheKeys()
	must(t, err)
	equal(t, "caches", len(keys), 1)
	equal(t, "files in v2", len(keys["v2"]), 5)
	equal(t, "requests", s.Paths(), []string{
		"/repo/", "/repo/app.js", "/repo/module.mjs", "/repo/pic.svg", "/repo/style.css", "/repo/sw.js",
	})

	s.Down()
	for _, tab := range tabs {
		must(t, tab.Reload())
		whole(t, tab, "v2")
		fromWorker(t, tab, true)
	}
}

func TestFailedInstallSettlesWithoutWorker(t *testing.T) {
	s := Serve(t, "/", demo("v1", true))
	s.Fail("/pic.svg", 500, 0)
	tab := newTab(t)
	must(t, tab.Navigate(s.URL("/")))
	must(t, tab.WaitWorkerSettled())
	state, err := tab.WorkerState()
	must(t, err)
	equal(t, "state", state, WorkerState{})
	broken := tab.Broken()
	if len(broken) != 1 || broken[0].URL != s.URL("/pic.svg") || broken[0].Status != 500 {
		t.Errorf("broken: %v", broken)
	}
}

func TestWorkerErrorsAreCollected(t *testing.T) {
	b, err := shared()
	must(t, err)
	s := Serve(t, "/", demo("v1", true))
	tab := newTab(t)
	must(t, tab.Navigate(s.URL("/")))
	must(t, tab.WaitActivated())
	must(t, tab.Eval(`navigator.serviceWorker.ready.then(r => r.active.postMessage("now"))`, nil))
	waitForWorkerText(t, b, s, "as told: now", "told to fail")
}

func TestWorkerConsoleIsCollectedOnDemand(t *testing.T) {
	b := Start(t, Options{WorkerConsole: true})
	s := Serve(t, "/", demo("v1", true))
	tab := b.NewTab(t)
	must(t, tab.Navigate(s.URL("/")))
	must(t, tab.WaitActivated())
	waitForWorkerText(t, b, s, "hello from v1")
}

func waitForWorkerText(t *testing.T, b *Browser, s *Server, want ...string) {
	t.Helper()
	deadline := time.Now().Add(5 * time.Second)
	for {
		var got strings.Builder
		for _, m := range b.WorkerErrors() {
			if strings.HasPrefix(m.URL, s.URL("/")) {
				fmt.Fprintln(&got, m)
			}
		}
		if !slices.ContainsFunc(want, func(w string) bool { return strings.Count(got.String(), w) != 1 }) {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("want each of %q once in:\n%s", want, got.String())
		}
		time.Sleep(10 * time.Millisecond)
	}
}

func TestEvalAwaitsAndTellsWhatWasThrown(t *testing.T) {
	s := Serve(t, "/", demo("v1", false))
	tab := newTab(t)
	must(t, tab.Navigate(s.URL("/page")))
	equal(t, "promise", eval[int](t, tab, "Promise.resolve(7)"), 7)
	equal(t, "undefined", eval[int](t, tab, "undefined"), 0)
	for expr, want := range map[string]string{
		`null.x`: "TypeError", `Promise.reject(new RangeError("far"))`: "RangeError: far", `throw 5`: "5", `(`: "SyntaxError",
		`Promise.reject("plain")`: "plain", `fetch("http://example.com/")`: "TypeError: Failed to fetch",
	} {
		if err := tab.Eval(expr, nil); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want %s", expr, err, want)
		}
	}
	for _, expr := range []string{"1", "'a'", "[]", "({})", "Infinity", "1n", "document.body", "Promise.resolve(true)"} {
		if err := tab.WaitFor(expr, 5*time.Second); err != nil {
			t.Error(err)
		}
	}
	for expr, want := range map[string]string{
		"0": "0", "''": `""`, "NaN": "NaN", "null": "null", "undefined": "undefined", "0n": "0n", "nope": "ReferenceError",
	} {
		if err := tab.WaitFor(expr, time.Millisecond); err == nil || !strings.Contains(err.Error(), "last: "+want) {
			t.Errorf("%s: got %v, want last: %s", expr, err, want)
		}
	}
}

func TestConsoleAndExceptionsAreCollected(t *testing.T) {
	s := Serve(t, "/", fstest.MapFS{"index.html": {Data: []byte(`<!doctype html><title>t</title><script>
console.log("say \"hi\"", 1, {a: 1});
setTimeout(() => { throw new Error("late") });
</script><img src="missing.png">`)}})
	tab := newTab(t)
	must(t, tab.Navigate(s.URL("/")))
	must(t, tab.Eval("new Promise(done => setTimeout(done, 10))", nil))
	var got []string
	for _, m := range tab.Console() {
		got = append(got, fmt.Sprintf("%s %s %d", m.Kind, strings.SplitN(m.Text, "\n", 2)[0], m.Line))
	}
	slices.Sort(got)
	equal(t, "console", got, []string{
		"exception Error: late 3",
		`log say "hi" 1 Object 2`,
		"network Failed to load resource: the server responded with a status of 404 (Not Found) 0",
	})
}

func TestResponsesFollowRedirectsAndNavigations(t *testing.T) {
	s := Serve(t, "/", demo("v1", false))
	s.Redirect("/old", "/page", 302)
	tab := newTab(t)
	must(t, tab.Navigate(s.URL("/")))
	must(t, tab.Navigate(s.URL("/old")))
	var got []string
	for _, r := range tab.Responses() {
		got = append(got, strings.ReplaceAll(r.String(), s.URL(""), ""))
	}
	equal(t, "responses", got, []string{
		"Document /old 302  from the network", "Document /page 200 text/html from the network",
	})
	must(t, tab.Navigate(s.URL("/page#part")))
	must(t, tab.Navigate("about:blank"))
	equal(t, "responses of about:blank", len(tab.Responses()), 0)
	must(t, tab.Navigate(s.URL("/nowhere")))
	equal(t, "status", tab.Responses()[0].Status, 404)
	must(t, tab.Eval(`location.href = "/"`, nil))
	must(t, tab.WaitFor(`document.title === "v1" && document.readyState === "complete"`, 5*time.Second))
	whole(t, tab, "v1")
}

func TestBrokenWaitsForWhatThePageStillFetches(t *testing.T) {
	s := Serve(t, "/", demo("v1", false))
	tab := newTab(t)
	must(t, tab.Navigate(s.URL("/page")))
	release := s.Hang("/app.js")
	must(t, tab.Eval(`{ const done = fetch("/app.js"), gone = fetch("/nowhere"); }`, nil))
	must(t, tab.WaitFor(`performance.getEntriesByType("resource").length`, 5*time.Second))
	time.AfterFunc(50*time.Millisecond, release)
	broken := tab.Broken()
	if len(broken) != 1 || broken[0].URL != s.URL("/nowhere") {
		t.Errorf("broken: %v", broken)
	}
}

func TestNothingLeavesTheMachine(t *testing.T) {
	tab := newTab(t)
	err := tab.Navigate("http://example.com/")
	if err == nil || !strings.Contains(err.Error(), "ERR_NAME_NOT_RESOLVED") {
		t.Errorf("got %v, want ERR_NAME_NOT_RESOLVED", err)
	}
}

func TestNavigateFollowsScriptedRedirects(t *testing.T) {
	s := Serve(t, "/", fstest.MapFS{
		"a.html": {Data: []byte(`<script>location.replace("b")</script><img src="slow.svg">`)},
		"b.html": {Data: []byte(`<script>location.replace("c")</script><img src="slow.svg">`)},
		"c.html": {Data: []byte(`<title>end</title>`)},
	})
	s.Hang("/slow.svg")
	tab := newTab(t)
	must(t, tab.Navigate(s.URL("/a")))
	must(t, tab.WaitFor(`document.title === "end"`, 5*time.Second))
	equal(t, "responses", len(tab.Responses()), 1)
}

func TestStaticRouteIsTold(t *testing.T) {
	s := Serve(t, "/", fstest.MapFS{
		"index.html": {Data: []byte(`<title>t</title><script>navigator.serviceWorker.register("sw.js")</script>`)},
		"sw.js": {Data: []byte(`addEventListener("install", event => {
			event.addRoutes({condition: {urlPattern: "/a.txt"}, source: {cacheName: "files"}});
			event.waitUntil(caches.open("files").then(cache => cache.add("a.txt")));
		})`)},
		"a.txt": {Data: []byte(`a`)},
	})
	tab := newTab(t)
	must(t, tab.Navigate(s.URL("/")))
	must(t, tab.WaitActivated())
	must(t, tab.Reload())
	s.Reset()
	equal(t, "body", eval[string](t, tab, `fetch("a.txt").then(r => r.text())`), "a")
	equal(t, "requests", s.Paths(), []string{})
	responses := tab.Responses()
	r := responses[len(responses)-1]
	if r.Route != "cache" || !r.FromServiceWorker || r.Cache != "files" {
		t.Errorf("%+v", r)
	}
}

func TestScreenshotIsPNG(t *testing.T) {
	s := Serve(t, "/", demo("v1", false))
	tab := newTab(t)
	must(t, tab.Navigate(s.URL("/")))
	data, err := tab.Screenshot()
	must(t, err)
	if img, err := png.Decode(bytes.NewReader(data)); err != nil || img.Bounds().Dx() < 500 {
		t.Errorf("%d bytes: %v", len(data), err)
	}
}

func TestStoppedWorkerMeetsNoRequestUnlessPreloaded(t *testing.T) {
	for _, preload := range []bool{false, true} {
		b := Start(t, Options{AutoPreload: preload})
		s := Serve(t, "/", demo("v1", true))
		tab := b.NewTab(t)
		must(t, tab.Navigate(s.URL("/")))
		must(t, tab.WaitActivated())
		must(t, b.StopWorkers())
		s.Reset()
		must(t, tab.Navigate(s.URL("/")))
		whole(t, tab, "v1")
		if got := s.Count("/") > 0; got != preload {
			t.Errorf("preload %v: requests %v", preload, s.Paths())
		}
	}
}

func TestMissingBrowserIsAnErrorWithARemedy(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	t.Setenv("SWGEN_CHROMIUM", "")
	if _, err := Launch(Options{}); err == nil || !strings.Contains(err.Error(), "apt-get install chromium") {
		t.Errorf("got %v", err)
	}
	t.Setenv("SWGEN_CHROMIUM", "/bin/false")
	if _, err := Launch(Options{}); err == nil || !strings.Contains(err.Error(), "start /bin/false") {
		t.Errorf("got %v", err)
	}
}
