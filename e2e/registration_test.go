package e2e

import (
	"strings"
	"testing"
	"testing/fstest"

	"github.com/swgen/swgen"
	"github.com/swgen/swgen/internal/browsertest"
)

// listening is a site whose pages write down the events they get, and how
// often each tab has loaded a page.
func listening(site fstest.MapFS) fstest.MapFS {
	site = with(site, "events.js", `window.events = [];
		for (const name of ["installed", "update", "failed", "progress"])
			addEventListener("swgen:" + name, ({ detail }) => { events.push(name); window[name] = detail });
		if (window == top) sessionStorage.loads = 1 + +(sessionStorage.loads ?? 0);`)
	for name, file := range site {
		if strings.HasSuffix(name, ".html") {
			html := strings.Replace(string(file.Data), "<script", `<script src="/events.js"></script><script`, 1)
			site[name] = &fstest.MapFile{Data: []byte(html)}
		}
	}
	return site
}

// waits puts a version on the server and returns when it waits to take over.
func waits(t *testing.T, server *browsertest.Server, tab *browsertest.Tab, site built) {
	t.Helper()
	server.Swap(site)
	must(t, tab.Update())
	must(t, tab.WaitFor("navigator.serviceWorker.getRegistration().then(r => !!r.waiting)", patient))
}

func TestAPageHearsWhatBecomesOfTheWorker(t *testing.T) {
	t.Parallel()
	first, second, third := build(t, listening(rich("one")), swgen.Config{}), build(t, listening(rich("two")), swgen.Config{}), build(t, listening(rich("three")), swgen.Config{})
	server := browsertest.Serve(t, "/", first)
	tab := install(t, sharedBrowser(t), server.URL("/"))
	// heard waits for the first event of a deploy that isn't progress, and
	// returns all of them.
	heard := func() string {
		t.Helper()
		must(t, tab.WaitFor("events.some(name => name != 'progress')", patient))
		return eval[string](t, tab, "events.splice(0).filter(name => name != 'progress').join()")
	}
	same(t, "events of the first visit", heard(), "installed")
	same(t, "the last progress", eval[string](t, tab, "progress.version + ' ' + (progress.done == progress.total && progress.done > 10)"), first.Manifest.Version+" true")

	deploy(t, server, tab, second)
	same(t, "events of an update in the page of the first visit", heard(), "update")
	same(t, "loads", eval[string](t, tab, "sessionStorage.loads"), "1")

	must(t, tab.Navigate(server.URL("/")))
	fixed := server.Fail("/app.js", 404, 0)
	deploy(t, server, tab, third)
	same(t, "events of a failed update", heard(), "failed")
	same(t, "the version that failed", eval[string](t, tab, "failed.version"), third.Manifest.Version)
	fixed()
	deploy(t, server, tab, third)
	same(t, "events of the next try", heard(), "update")
	loads := eval[int](t, tab, "update.apply(), +sessionStorage.loads")
	must(t, tab.WaitFor("document.getElementById('version').textContent == 'three'", patient))
	same(t, "loads after apply", eval[int](t, tab, "+sessionStorage.loads"), loads+1)
	late(t, tab, "three")
}

func TestThePromptLetsTheVisitorDecide(t *testing.T) {
	t.Parallel()
	browser := sharedBrowser(t)
	config := swgen.Config{Update: "prompt", PromptText: swgen.PromptText{Message: "Neu da.", Accept: "Laden", Dismiss: "Nein", Lang: "de"}}
	first, second := build(t, listening(rich("one")), config), build(t, listening(rich("two")), config)
	server := browsertest.Serve(t, "/", first)
	tab := install(t, browser, server.URL("/"))
	must(t, tab.Navigate(server.URL("/about/")))
	other := browser.NewTab(t)
	must(t, other.Navigate(server.URL("/flat")))
	waits(t, server, tab, second)

	const box = `document.getElementById("swgen-prompt")`
	const button = `[...` + box + `.querySelectorAll("button")].find(b => b.textContent == `
	for _, tab := range []*browsertest.Tab{tab, other} {
		must(t, tab.WaitFor(box+`?.querySelector("p").textContent == "Neu da."`, patient))
		same(t, "the prompt", eval[string](t, tab, box+`.getAttribute("role") + " " + `+box+`.lang + " " +
			[...`+box+`.querySelectorAll("button")].map(b => b.type + " " + b.textContent)`), "status de button Laden,button Nein")
		same(t, "who has the focus", eval[bool](t, tab, `document.activeElement == document.body`), true)
		late(t, tab, "one")
	}
	eval[any](t, other, button+`"Nein").focus()`)
	eval[any](t, other, `document.activeElement.dispatchEvent(new KeyboardEvent("keydown", { key: "Escape", bubbles: true }))`)
	same(t, "a prompt after Escape", eval[bool](t, other, "!!"+box), false)
	eval[any](t, tab, button+`"Nein").click()`)
	same(t, "a prompt after Later", eval[bool](t, tab, "!!"+box), false)

	// The next page says it again, and is of the old version still.
	must(t, tab.Navigate(server.URL("/")))
	must(t, tab.WaitFor("!!"+box, patient))
	late(t, tab, "one")
	eval[any](t, other, "window.marked = true")
	loads := eval[int](t, tab, "+sessionStorage.loads")
	eval[any](t, tab, button+`"Laden").click()`)
	must(t, tab.WaitFor("document.getElementById('version').textContent == 'two'", patient))
	must(t, tab.WaitActivated())
	late(t, tab, "two")
	late(t, other, "one")
	same(t, "loads of the tab that agreed", eval[int](t, tab, "+sessionStorage.loads"), loads+1)
	same(t, "the other tab stays", eval[bool](t, other, "window.marked === true"), true)
	must(t, other.Navigate(server.URL("/about/")))
	late(t, other, "two")
	same(t, "a prompt for the version that is there", eval[bool](t, other, "!!"+box), false)
	holdsOnly(t, other, "/", second)
}

func TestAVersionThatWaitedIsReplacedByANewerOne(t *testing.T) {
	t.Parallel()
	config := swgen.Config{Update: "prompt"}
	first, second, third := build(t, rich("one"), config), build(t, rich("two"), config), build(t, rich("three"), config)
	server := browsertest.Serve(t, "/", first)
	tab := install(t, sharedBrowser(t), server.URL("/"))
	waits(t, server, tab, second)
	server.Swap(third)
	must(t, tab.Update())
	must(t, tab.WaitFor(`caches.open("swgen:/ records").then(records => records.match("/.swgen/version/`+third.Manifest.Version+`"))`, patient))
	must(t, tab.WaitFor("navigator.serviceWorker.getRegistration().then(r => !r.installing)", patient))
	late(t, tab, "one")
	must(t, tab.Navigate(server.URL("/about/")))
	late(t, tab, "one")
	must(t, tab.WaitFor(`document.getElementById("swgen-prompt")`, patient))
	eval[any](t, tab, `document.querySelector("#swgen-prompt button").click()`)
	must(t, tab.WaitFor("document.getElementById('version').textContent == 'three'", patient))
	late(t, tab, "three")
	holdsOnly(t, tab, "/", third)
}

func TestPolicyWaitTakesOverWhenAllTabsAreClosed(t *testing.T) {
	t.Parallel()
	browser := sharedBrowser(t)
	config := swgen.Config{Base: "/repo/", Update: "wait"}
	first, second := build(t, move(listening(small("one")), "/repo/"), config), build(t, move(listening(small("two")), "/repo/"), config)
	server := browsertest.Serve(t, "/repo/", first)
	server.Mount("/", neutral)
	tab := install(t, browser, server.URL("/repo/"))
	other := browser.NewTab(t)
	must(t, other.Navigate(server.URL("/repo/about/")))
	waits(t, server, tab, second)
	is := func(tab *browsertest.Tab, path, want string) {
		t.Helper()
		must(t, tab.Navigate(server.URL(path)))
		same(t, path, eval[string](t, tab, "app+getComputedStyle(document.body).getPropertyValue('--version')"), want+want)
	}
	is(tab, "/repo/flat", "one")
	same(t, "a prompt", eval[bool](t, tab, `!!document.getElementById("swgen-prompt")`), false)
	must(t, tab.Navigate(server.URL("/")))
	is(other, "/repo/", "one")
	must(t, other.Navigate(server.URL("/")))
	must(t, tab.WaitFor(repo+".then(r => !r.waiting && r.active.state == 'activated')", patient))
	is(tab, "/repo/flat", "two")
	is(other, "/repo/", "two")
	holdsOnly(t, tab, "/repo/", second)
}
