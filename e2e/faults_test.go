package e2e

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/swgen/swgen"
	"github.com/swgen/swgen/internal/browsertest"
)

// when answers a path by itself, if a condition holds.
func when(server *browsertest.Server, path string, condition func(r *http.Request) bool, kind, body string) {
	server.Intercept(func(w http.ResponseWriter, r *http.Request) bool {
		if r.URL.Path != path || !condition(r) {
			return false
		}
		w.Header().Set("Content-Type", kind)
		w.Header().Set("Cache-Control", "no-store")
		w.Write([]byte(body))
		return true
	})
}

func always(*http.Request) bool { return true }

// asksAgain says whether a path was asked for once plainly and once under a
// URL that caches on the way can't know.
func asksAgain(path string) func(t *testing.T, server *browsertest.Server, site built) {
	return func(t *testing.T, server *browsertest.Server, site built) {
		var got []string
		for _, asked := range contents(server) {
			if plain, _, _ := strings.Cut(asked, "?"); plain == path {
				got = append(got, asked)
			}
		}
		same(t, "requests for "+path, got, []string{path, path + "?swgen=" + bodyName(site, path)})
	}
}

func TestADeployWithAFault(t *testing.T) {
	t.Parallel()
	strict := swgen.Config{Integrity: "strict"}
	for _, c := range []struct {
		name   string
		config swgen.Config
		fault  func(server *browsertest.Server)
		// installs says that the new version takes over all the same.
		installs bool
		check    func(t *testing.T, server *browsertest.Server, site built)
	}{
		{name: "a wrong byte in a script keeps the old version", check: asksAgain("/app.js"),
			fault: func(s *browsertest.Server) { s.Corrupt("/app.js") }},
		{name: "a cache on the way with an old script is passed by", installs: true, check: asksAgain("/app.js"),
			fault: func(s *browsertest.Server) {
				when(s, "/app.js", func(r *http.Request) bool { return r.URL.RawQuery == "" }, "text/javascript", "window.app = 'old'")
			}},
		{name: "a wrong byte in a page is the host's business", installs: true,
			fault: func(s *browsertest.Server) { s.Corrupt("/about/") }},
		{name: "a wrong byte in a page fails where everything is verified", config: strict, check: asksAgain("/about/"),
			fault: func(s *browsertest.Server) { s.Corrupt("/about/") }},
		{name: "a page with status 200 under a stylesheet's URL never gets in",
			fault: func(s *browsertest.Server) { when(s, "/style.css", always, "text/html", "<title>Missing") }},
		{name: "nor does it where nothing is verified", config: swgen.Config{Integrity: "off"},
			fault: func(s *browsertest.Server) { when(s, "/style.css", always, "text/html", "<title>Missing") }},
		{name: "a page in the place of data never gets in",
			fault: func(s *browsertest.Server) { when(s, "/data.json", always, "text/html", "<title>Missing") }},
		{name: "a redirect to another page fails",
			fault: func(s *browsertest.Server) { s.Redirect("/about/", "/flat", http.StatusFound) }},
		{name: "a redirect to another spelling of the page is the page", installs: true,
			fault: func(s *browsertest.Server) {
				when(s, "/about", always, "text/html", page("About", "two"))
				s.Redirect("/about/", "/about", http.StatusMovedPermanently)
			},
			check: func(t *testing.T, server *browsertest.Server, site built) {
				server.Down()
				tab := sharedBrowser(t).NewTab(t)
				for _, path := range []string{"/about/", "/about"} {
					must(t, tab.Navigate(server.URL(path)))
					same(t, path, eval[string](t, tab, "document.title"), "About two")
				}
			}},
		{name: "an image that is missing fails nothing", installs: true,
			fault: func(s *browsertest.Server) { s.Fail("/img/a.svg", 404, 0) }},
		{name: "a missing page keeps the old version",
			fault: func(s *browsertest.Server) { s.Fail("/about/", 404, 0) }},
		{name: "a server that recovers soon is asked again", installs: true,
			fault: func(s *browsertest.Server) { s.Fail("/style.css", 503, 2) },
			check: func(t *testing.T, server *browsertest.Server, site built) {
				same(t, "requests for /style.css", server.Count("/style.css"), 3)
			}},
		{name: "a file that varies by everything is stored", installs: true,
			fault: func(s *browsertest.Server) {
				s.Intercept(func(w http.ResponseWriter, r *http.Request) bool {
					w.Header().Set("Vary", "*")
					return false
				})
			}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			first := build(t, with(small("one"), "img/a.svg", svg+"<!--one-->"), c.config)
			second := build(t, with(small("two"), "img/a.svg", svg+"<!--two-->"), c.config)
			server := browsertest.Serve(t, "/", first)
			tab := install(t, sharedBrowser(t), server.URL("/"))
			c.fault(server)
			deploy(t, server, tab, second)
			if c.check != nil {
				c.check(t, server, second)
			}
			server.Down()
			active, version := first, "one"
			if c.installs {
				active, version = second, "two"
			}
			_, records := caches(t, tab, "/")
			if !slices.Contains(records, "active/"+active.Manifest.Version) {
				t.Errorf("version %s should be active: %v", version, records)
			}
			must(t, tab.Navigate(server.URL("/flat")))
			same(t, "what is served without the server", eval[string](t, tab,
				"[document.title, app, getComputedStyle(document.body).getPropertyValue('--version')].join()"), "Flat "+version+","+version+","+version)
		})
	}
}

func TestAFailedInstallCostsNothingAndTheNextAsksForTheRest(t *testing.T) {
	t.Parallel()
	first, second := build(t, rich("one"), swgen.Config{}), build(t, rich("two"), swgen.Config{})
	server := browsertest.Serve(t, "/", first)
	fixed := server.Fail("/frame/", 404, 0)
	tab := sharedBrowser(t).NewTab(t)
	must(t, tab.Navigate(server.URL("/")))
	must(t, tab.WaitWorkerSettled())
	must(t, tab.WaitFor("navigator.serviceWorker.getRegistration().then(r => !r)", patient))

	// rest is what an install should ask for, given what is stored.
	rest := func(site built) (urls []string) {
		bodies, _ := caches(t, tab, "/")
		for _, e := range site.Manifest.Entries {
			if !slices.Contains(bodies, bodyName(site, e.URL)) {
				urls = append(urls, e.URL)
			}
		}
		if len(urls) == 0 || len(urls) > len(site.Manifest.Entries)/2 {
			t.Errorf("missing after the failed install: %v", urls)
		}
		return urls
	}
	missing := rest(first)
	fixed()
	server.Reset()
	must(t, tab.Reload())
	must(t, tab.WaitFor("!!navigator.serviceWorker.controller", patient))
	must(t, tab.WaitActivated())
	for _, path := range missing {
		if server.Count(path) == 0 {
			t.Errorf("%s was not asked for", path)
		}
	}
	for _, r := range server.Requests() {
		if r.Dest == "empty" && !slices.Contains(missing, r.Path) {
			t.Errorf("%s was asked for again", r.Path)
		}
	}
	holdsOnly(t, tab, "/", first)

	eval[any](t, tab, `addEventListener("swgen:failed", ({ detail }) => (window.reasons ??= []).push(detail.reason))`)
	fixed = server.Fail("/frame/", 404, 0)
	deploy(t, server, tab, second)
	must(t, tab.WaitFor("window.reasons", patient))
	late(t, tab, "one")
	reasons := eval[[]string](t, tab, "new Promise(done => setTimeout(() => done(reasons), 1100))")
	if len(reasons) != 1 || !strings.Contains(reasons[0], "/frame/") || !strings.Contains(reasons[0], "404") {
		t.Errorf("the reasons given are %q", reasons)
	}
	must(t, tab.Navigate(server.URL("/about/")))
	late(t, tab, "one")
	missing = rest(second)
	fixed()
	deploy(t, server, tab, second)
	same(t, "requests of the second try", contents(server), missing)
	must(t, tab.Navigate(server.URL("/about/")))
	late(t, tab, "two")
	holdsOnly(t, tab, "/", second)
}

func TestAMissingImageIsMendedWhenTheServerHasIt(t *testing.T) {
	t.Parallel()
	site := build(t, small("one"), swgen.Config{})
	server := browsertest.Serve(t, "/", site)
	fixed := server.Fail("/img/a.svg", 503, 0)
	tab := install(t, sharedBrowser(t), server.URL("/"))
	status := func() int { return eval[int](t, tab, `fetch("/img/a.svg").then(r => r.status, () => 0)`) }
	server.Reset()
	same(t, "the server's own answer", status(), 503)
	if n := server.Count("/img/a.svg"); n > 2 {
		t.Errorf("one request became %d", n)
	}
	fixed()
	same(t, "the answer of the mended server", status(), 200)
	if !eventually(t, func() bool {
		bodies, _ := caches(t, tab, "/")
		return slices.Contains(bodies, bodyName(site, "/img/a.svg"))
	}) {
		t.Error("the image was not stored")
	}
	server.Down()
	same(t, "the answer without a server", status(), 200)
}

func TestWithoutItsCachesTheWorkerLeavesRequestsToTheNetwork(t *testing.T) {
	t.Parallel()
	for _, damage := range []struct{ name, script, offline string }{
		{"all caches are deleted", `caches.keys().then(names => Promise.all(names.map(name => caches.delete(name))))`, "You are offline"},
		{"the store is deleted", `caches.delete("swgen:/ store")`, "You are offline"},
		{"the records are deleted", `caches.delete("swgen:/ records")`, "About one"},
		{"a page and a script are deleted", `caches.open("swgen:/ store").then(async store => {
			for (const { url } of await store.keys()) if (/html|js/.test(url)) await store.delete(url) })`, "You are offline"},
		{"the manifest is damaged", `caches.open("swgen:/ records").then(async records => {
			for (const { url } of await records.keys()) await records.put(url, new Response("{")) })`, "About one"},
	} {
		t.Run(damage.name, func(t *testing.T) {
			t.Parallel()
			files := rich("one")
			delete(files, "404.html")
			next := rich("two")
			delete(next, "404.html")
			second := build(t, next, swgen.Config{})
			server := browsertest.Serve(t, "/", build(t, files, swgen.Config{}))
			tab := install(t, sharedBrowser(t), server.URL("/"))
			ruin := func() { eval[any](t, tab, damage.script+".then(() => {})") }
			ruin()
			late(t, tab, "one")
			for _, path := range []string{"/about/", "/flat", "/"} {
				ruin()
				must(t, tab.Navigate(server.URL(path)))
				if broken := tab.Broken(); len(broken) > 0 {
					t.Errorf("%s: %v", path, broken)
				}
				late(t, tab, "one")
			}
			ruin()
			server.Down()
			must(t, tab.Navigate(server.URL("/nowhere")))
			same(t, "what says that the network is down", eval[string](t, tab, "document.title"), "You are offline")
			must(t, tab.Navigate(server.URL("/about/")))
			same(t, "a page without network", eval[string](t, tab, "document.title"), damage.offline)
			must(t, server.Up())

			// The next version comes all the same.
			must(t, tab.Navigate(server.URL("/")))
			ruin()
			deploy(t, server, tab, second)
			must(t, tab.Navigate(server.URL("/")))
			holdsOnly(t, tab, "/", second)
			server.Down()
			must(t, tab.Navigate(server.URL("/about/")))
			late(t, tab, "two")
		})
	}
}
