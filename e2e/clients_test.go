package e2e

import (
	"testing"
	"testing/fstest"

	"github.com/swgen/swgen"
	"github.com/swgen/swgen/internal/browsertest"
)

// rich is a site whose pages can ask for more of their version at any time.
func rich(version string) fstest.MapFS {
	return with(small(version),
		"lazy.js", "window.lazy = '"+version+"';",
		"module.js", "export { version } from './deep.js';",
		"deep.js", "export const version = '"+version+"';",
		"frame/index.html", page("Frame", version),
		"worker.js", `const version = "`+version+`"; onmessage = async ({ ports }) =>
			ports[0].postMessage(version + "/" + (await (await fetch("/data.json")).json()).version);`,
		"only-"+version+".txt", "only in "+version,
	)
}

// askJS defines ask(worker), which resolves to the versions that a dedicated
// worker and its fetch have.
const askJS = `window.ask ??= worker => new Promise(done => {
	const { port1, port2 } = new MessageChannel();
	port1.onmessage = ({ data }) => done(data);
	worker.postMessage(0, [port2]);
});`

// earlyJS starts what is there before a deploy: a worker, a worker from a
// blob, and frames.
const earlyJS = `(async () => {
	` + askJS + `
	early = { file: new Worker("/worker.js"), blob: new Worker(URL.createObjectURL(new Blob(["const base = '" + location.origin + "';" +
		"onmessage = async ({ ports }) => ports[0].postMessage((await (await fetch(base + '/data.json')).json()).version)"]))) };
	early.frame = document.createElement("iframe");
	early.frame.src = "/frame/";
	await new Promise(done => { early.frame.onload = done; document.body.append(early.frame) });
	early.srcdoc = document.createElement("iframe");
	early.srcdoc.srcdoc = "<p>hello";
	await new Promise(done => { early.srcdoc.onload = done; document.body.append(early.srcdoc) });
	return Promise.all([ask(early.file), ask(early.blob)]);
})()`

// lateJS loads everything that a page may load late, and returns where each
// version came from.
const lateJS = `(async () => {
	if (document.readyState != "complete") await new Promise(done => addEventListener("load", done));
	` + askJS + `
	const got = {};
	const see = (version, what) => (got[version] ??= []).push(what);
	const json = async (fetch, what) => see((await (await fetch("/data.json")).json()).version, what);
	const element = (name, set) => new Promise((done, failed) => {
		const made = Object.assign(document.createElement(name), set, { onload: () => done(made), onerror: failed });
		document.body.append(made);
	});
	see(document.getElementById("version").textContent, "page");
	see(window.app, "app");
	see(getComputedStyle(document.body).getPropertyValue("--version"), "style");
	await json(fetch, "fetch");
	await element("script", { src: "/lazy.js" });
	see(window.lazy, "script");
	see((await import("/module.js")).version, "module");
	for (const frame of [await element("iframe", { src: "/frame/" }), window.early?.frame]) {
		if (!frame) continue;
		const inner = frame.contentWindow;
		see(inner.document.getElementById("version").textContent, "frame's page");
		see(inner.app, "frame's app");
		await json(inner.fetch.bind(inner), "frame's fetch");
	}
	for (const versions of await Promise.all([ask(new Worker("/worker.js")), ...(window.early ? [ask(early.file), ask(early.blob)] : [])]))
		for (const version of versions.split("/")) see(version, "worker");
	if (window.early) await json(early.srcdoc.contentWindow.fetch.bind(early.srcdoc.contentWindow), "srcdoc's fetch");
	return Object.entries(got).map(([version, whats]) => Object.keys(got).length > 1 ? version + ": " + whats : version).join("; ");
})()`

// late fails unless all that a tab loads late comes from one version.
func late(t *testing.T, tab *browsertest.Tab, want string) {
	t.Helper()
	same(t, "what the page of "+want+" loads late", eval[string](t, tab, lateJS), want)
}

func TestTabsOfThreeVersionsNeverMix(t *testing.T) {
	t.Parallel()
	browser := browsertest.Start(t, browsertest.Options{})
	server := browsertest.Serve(t, "/", build(t, rich("one"), swgen.Config{}))
	one := install(t, browser, server.URL("/"))
	must(t, one.Navigate(server.URL("/about/")))
	eval[any](t, one, earlyJS)

	deploy(t, server, one, build(t, rich("two"), swgen.Config{}))
	must(t, browser.StopWorkers())
	two := browser.NewTab(t)
	must(t, two.Navigate(server.URL("/flat")))
	eval[any](t, two, earlyJS)

	deploy(t, server, two, build(t, rich("three"), swgen.Config{}))
	three := browser.NewTab(t)
	must(t, three.Navigate(server.URL("/")))

	all := func() {
		t.Helper()
		late(t, one, "one")
		late(t, two, "two")
		late(t, three, "three")
	}
	server.Reset()
	all()
	same(t, "requests", contents(server), []string{})

	must(t, browser.StopWorkers())
	all()

	server.Down()
	must(t, browser.StopWorkers())
	same(t, "a removed file", eval[string](t, one, `fetch("/only-one.txt").then(r => r.text())`), "only in one")
	for _, tab := range []*browsertest.Tab{two, three} {
		same(t, "a removed file in a newer tab", eval[string](t, tab, `fetch("/only-one.txt").then(() => "there", () => "gone")`), "gone")
	}
	all()
}

func TestATabBecomesNewByNavigatingAndFreesWhatItHeld(t *testing.T) {
	t.Parallel()
	browser := sharedBrowser(t)
	first, second := build(t, rich("one"), swgen.Config{}), build(t, rich("two"), swgen.Config{})
	server := browsertest.Serve(t, "/", first)
	navigates := install(t, browser, server.URL("/"))
	closes := browser.NewTab(t)
	must(t, closes.Navigate(server.URL("/")))
	deploy(t, server, navigates, second)
	if held, _ := caches(t, navigates, "/"); len(held) <= len(unique(second)) {
		t.Fatalf("the bodies of open tabs are gone: %v", held)
	}
	must(t, navigates.Navigate(server.URL("/about/")))
	late(t, navigates, "two")
	late(t, closes, "one")
	closes.Close()
	must(t, navigates.Navigate(server.URL("/flat")))
	holdsOnly(t, navigates, "/", second)
}

func TestAPageThatLoadsDuringAnUpdateStaysWhole(t *testing.T) {
	t.Parallel()
	browser := sharedBrowser(t)
	server := browsertest.Serve(t, "/", build(t, rich("one"), swgen.Config{}))
	tab := install(t, browser, server.URL("/"))
	release := server.Hang("/lazy.js")
	server.Swap(build(t, rich("two"), swgen.Config{}))
	must(t, tab.Update())
	must(t, tab.WaitFor("navigator.serviceWorker.getRegistration().then(r => !!r.installing)", patient))

	during := browser.NewTab(t)
	must(t, during.Navigate(server.URL("/about/")))
	must(t, tab.Navigate(server.URL("/flat")))
	eval[any](t, during, earlyJS)
	release()
	must(t, during.WaitActivated())
	late(t, during, "one")
	late(t, tab, "one")
	must(t, tab.Navigate(server.URL("/flat")))
	late(t, tab, "two")
	late(t, during, "one")
}

func TestAPageThatTheBrowserKeptComesBackWhole(t *testing.T) {
	t.Parallel()
	server := browsertest.Serve(t, "/", build(t, rich("one"), swgen.Config{}))
	server.SetCacheControl("max-age=600") // as hosts say; pages with no-store are not kept
	tab := install(t, sharedBrowser(t), server.URL("/"))
	must(t, tab.Navigate(server.URL("/about/")))
	eval[any](t, tab, `addEventListener("pageshow", ({ persisted }) => sessionStorage.persisted = persisted)`)
	second := build(t, rich("two"), swgen.Config{})
	deploy(t, server, tab, second)
	must(t, tab.Navigate(server.URL("/flat")))
	holdsOnly(t, tab, "/", second)
	eval[any](t, tab, "history.back()")
	must(t, tab.WaitFor("location.pathname == '/about/' && document.readyState == 'complete' && document.getElementById('version').textContent == 'two'", patient))
	same(t, "the browser had kept the page", eval[string](t, tab, "sessionStorage.persisted"), "true")
	late(t, tab, "two")
}
