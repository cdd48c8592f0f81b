// Package e2e proves the emitted worker in real Chromium: sites are built as
// the command builds them, served, installed, and then the server goes away.
package e2e

import (
	"context"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"github.com/swgen/swgen"
	"github.com/swgen/swgen/internal/browsertest"
	"github.com/swgen/swgen/manifest"
)

// shared is the browser of the tests that stop no worker: each has an origin
// of its own.
var shared struct {
	sync.Mutex
	browser *browsertest.Browser
}

func TestMain(m *testing.M) {
	code := m.Run()
	if shared.browser != nil {
		shared.browser.Close()
	}
	os.Exit(code)
}

func sharedBrowser(t testing.TB) *browsertest.Browser {
	t.Helper()
	shared.Lock()
	defer shared.Unlock()
	if shared.browser == nil {
		browser, err := browsertest.Launch(browsertest.Options{})
		must(t, err)
		shared.browser = browser
	}
	return shared.browser
}

// built is a site as swgen deploys it, and what it knows about it.
type built struct {
	fstest.MapFS
	*swgen.Result
}

// build builds a site in memory.
func build(t testing.TB, site fs.FS, config swgen.Config) built {
	t.Helper()
	result, err := swgen.Build(context.Background(), site, config)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range result.Findings {
		t.Logf("%s %s %s", f.Severity, f.ID, f)
	}
	if result.Failed(config.Strict) {
		t.Fatal("the build failed")
	}
	out := fstest.MapFS{}
	err = fs.WalkDir(site, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		content, err := fs.ReadFile(site, name)
		out[name] = &fstest.MapFile{Data: content}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, o := range result.Outputs {
		content, err := o.Content()
		if err != nil {
			t.Fatal(err)
		}
		out[o.Path] = &fstest.MapFile{Data: content}
	}
	return built{out, result}
}

// texts is a site given as path and content in turn.
func texts(pairs ...string) fstest.MapFS {
	site := fstest.MapFS{}
	for i := 0; i < len(pairs); i += 2 {
		site[pairs[i]] = &fstest.MapFile{Data: []byte(pairs[i+1])}
	}
	return site
}

// with is a copy of a site with some files changed.
func with(site fstest.MapFS, pairs ...string) fstest.MapFS {
	changed := maps.Clone(site)
	maps.Copy(changed, texts(pairs...))
	return changed
}

// page is a page with a stylesheet and a script, so that a mix of versions shows.
func page(title, version string) string {
	return `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>` + title + ` ` + version + `</title>` +
		`<link rel="stylesheet" href="/style.css"><script defer src="/app.js"></script></head>` +
		`<body><h1>` + title + `</h1><p id="version">` + version + `</p><img src="/img/a.svg" alt=""></body></html>`
}

const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><rect width="9" height="9"/></svg>`

// small is a site of which every file names its version.
func small(version string) fstest.MapFS {
	return texts(
		"index.html", page("Home", version),
		"about/index.html", page("About", version),
		"flat.html", page("Flat", version),
		"404.html", page("Missing", version),
		"style.css", "body{--version:"+version+";background:url(img/a.svg)}",
		"app.js", "window.app = '"+version+"';",
		"img/a.svg", svg,
		"data.json", `{"version":"`+version+`"}`,
	)
}

// install opens a site in a new tab and waits until its worker is active and
// in control.
func install(t *testing.T, browser *browsertest.Browser, url string) *browsertest.Tab {
	t.Helper()
	tab := browser.NewTab(t)
	must(t, tab.Navigate(url))
	must(t, tab.WaitActivated())
	must(t, tab.WaitFor("!!navigator.serviceWorker.controller", 10*time.Second))
	return tab
}

// deploy puts a version on the server and lets a page look for it. When it
// returns the version is active, or its install has failed.
func deploy(t testing.TB, server *browsertest.Server, tab *browsertest.Tab, site fs.FS) {
	t.Helper()
	server.Swap(site)
	server.Reset()
	must(t, tab.Update())
	must(t, tab.WaitActivated())
}

// contents are the paths that were asked of a server, without worker scripts.
func contents(server *browsertest.Server) []string {
	paths := []string{}
	for _, r := range server.Requests() {
		if r.WorkerScript {
			continue
		}
		if r.Query != "" {
			r.Path += "?" + r.Query
		}
		paths = append(paths, r.Path)
	}
	slices.Sort(paths)
	return paths
}

// same fails the test unless two values print the same.
func same(t testing.TB, what string, got, want any) {
	t.Helper()
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("%s:\n got %v\nwant %v", what, got, want)
	}
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func eval[T any](t testing.TB, tab *browsertest.Tab, expression string) T {
	t.Helper()
	var out T
	if err := tab.Eval(expression, &out); err != nil {
		t.Fatalf("%s: %v", expression, err)
	}
	return out
}

// pageURLs are the URLs of a manifest's pages.
func pageURLs(r *swgen.Result) (urls []string) {
	for _, e := range r.Manifest.Entries {
		if strings.HasSuffix(e.Path, ".html") {
			urls = append(urls, e.URL)
		}
	}
	return urls
}

func sorted(s []string) []string {
	slices.Sort(s)
	return slices.Compact(s)
}

// entry is the manifest's entry of a file.
func entry(t testing.TB, site built, path string) manifest.Entry {
	t.Helper()
	i := slices.IndexFunc(site.Manifest.Entries, func(e manifest.Entry) bool { return e.Path == path })
	if i < 0 {
		t.Fatalf("%s is no entry", path)
	}
	return site.Manifest.Entries[i]
}
