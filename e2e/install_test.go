package e2e

import (
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/swgen/swgen"
	"github.com/swgen/swgen/internal/browsertest"
)

// W4: what a page cannot do without comes first, and several requests are in
// flight at a time.
func TestAnInstallAsksForTheMostImportantFirstAndInParallel(t *testing.T) {
	t.Parallel()
	site := build(t, small("one"), swgen.Config{})
	server := browsertest.Serve(t, "/", site)
	server.Delay(150 * time.Millisecond)
	install(t, sharedBrowser(t), server.URL("/"))
	var order []string
	for _, r := range server.Requests() {
		if r.Dest == "empty" { // the worker's own requests
			order = append(order, r.Path)
		}
	}
	rank := func(path string) int {
		switch {
		case path == "/":
			return 0
		case strings.HasSuffix(path, ".css"), strings.HasSuffix(path, ".js"):
			return 1
		case strings.HasSuffix(path, ".html"), strings.HasSuffix(path, "/"):
			return 2
		case strings.HasSuffix(path, ".json"):
			return 3
		}
		return 4
	}
	// Requests that leave together may arrive in any order; Chromium lets
	// three leave.
	for i, path := range order {
		for _, later := range order[min(i+3, len(order)):] {
			if rank(later) < rank(path) {
				t.Errorf("%s was asked for long before %s: %v", path, later, order)
			}
		}
	}
	if len(order) != len(site.Manifest.Entries) {
		t.Errorf("asked for %v", order)
	}
	if peak := server.Peak(); peak < 2 || peak > 6 {
		t.Errorf("%d requests were in flight at a time", peak)
	}
}

// W3 and W11: storage that is full costs neither the old version nor the next
// try, and what routes have cached gives way to the site.
func TestAFullStorage(t *testing.T) {
	large := func(version string) fstest.MapFS {
		return with(small(version), "big.css", "/*"+strings.Repeat(version+" ", 400_000)+"*/")
	}

	for _, test := range []struct {
		name     string
		config   swgen.Config
		installs bool
	}{
		{"keeps the old version and leaves no litter", swgen.Config{}, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			first, second := build(t, small("one"), test.config), build(t, large("two"), test.config)
			server := browsertest.Serve(t, "/", with(first.MapFS, "extra/data.bin", strings.Repeat("x", 4_000_000)))
			tab := install(t, sharedBrowser(t), server.URL("/"))
			if test.installs {
				server.SetCacheControl("no-cache") // routes keep nothing that is no-store
				eval[int](t, tab, "fetch('/extra/data.bin').then(r => r.arrayBuffer()).then(b => b.byteLength)")
				must(t, tab.WaitFor("caches.match('/extra/data.bin').then(r => !!r)", patient))
			}
			used := eval[float64](t, tab, "navigator.storage.estimate().then(e => e.usage)")
			must(t, tab.LimitStorage(used+500_000))
			eval[any](t, tab, "addEventListener('swgen:failed', ({ detail }) => window.reason = detail.reason)")
			deploy(t, server, tab, second)
			bodies, records := caches(t, tab, "/")
			wanted, version := first, "one"
			if test.installs {
				wanted, version = second, "two"
			} else {
				must(t, tab.WaitFor("window.reason", patient))
				if reason := eval[string](t, tab, "reason"); !strings.Contains(reason, "QuotaExceeded") {
					t.Errorf("the reason given is %q", reason)
				}
			}
			if !slices.Contains(records, "active/"+wanted.Manifest.Version) {
				t.Errorf("version %s should be active: %v", version, records)
			}
			for _, e := range wanted.Manifest.Entries {
				if !slices.Contains(bodies, bodyName(wanted, e.URL)) {
					t.Errorf("%s is not stored", e.URL)
				}
			}
			if !test.installs && len(bodies) != len(first.Manifest.Entries) {
				t.Errorf("litter of the failed install: %v", bodies)
			}
			server.Down()
			must(t, tab.Navigate(server.URL("/flat.html")))
			same(t, "what is served without the server", eval[string](t, tab, "document.title"), "Flat "+version)
		})
	}
}

// The strictest policies that pages have: no inline script or style, and no
// string as a script's URL.
func TestStrictPagesRegisterAndPrompt(t *testing.T) {
	t.Parallel()
	strict := func(version, trusted string) fstest.MapFS {
		site := small(version)
		for _, name := range []string{"index.html", "about/index.html"} {
			text := strings.Replace(string(site[name].Data), "<head>", `<head><meta http-equiv="Content-Security-Policy" content="default-src 'self'; `+trusted+`require-trusted-types-for 'script'">`, 1)
			site[name] = &fstest.MapFile{Data: []byte(text)}
		}
		return site
	}
	prompt := swgen.Config{Update: "prompt"}
	t.Run("a policy that allows our type", func(t *testing.T) {
		t.Parallel()
		first, second := build(t, strict("one", "trusted-types swgen; "), prompt), build(t, strict("two", "trusted-types swgen; "), prompt)
		server := browsertest.Serve(t, "/", first)
		tab := install(t, sharedBrowser(t), server.URL("/"))
		server.Swap(second)
		must(t, tab.Update())
		must(t, tab.WaitFor("document.querySelector('#swgen-prompt p')?.textContent", patient))
		same(t, "how it is placed", eval[string](t, tab, "getComputedStyle(document.getElementById('swgen-prompt')).position"), "fixed")
		if console := tab.Console(); len(console) > 0 {
			t.Errorf("the page complains: %v", console)
		}
	})
	t.Run("a policy that allows none", func(t *testing.T) {
		t.Parallel()
		site := build(t, strict("one", "trusted-types 'none'; "), prompt)
		server := browsertest.Serve(t, "/", site)
		tab := sharedBrowser(t).NewTab(t)
		must(t, tab.Navigate(server.URL("/")))
		same(t, "the page", eval[string](t, tab, "window.app"), "one")
		for _, message := range tab.Console() {
			if message.Kind == "exception" {
				t.Errorf("the script throws: %v", message)
			}
		}
	})
}
