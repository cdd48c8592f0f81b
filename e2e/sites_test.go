package e2e

import (
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/swgen/swgen"
	"github.com/swgen/swgen/internal/browsertest"
)

// fixture is what a test has to know about one of the sites in testdata.
type fixture struct {
	name string
	base string
	// marker is the id of the element that the site's own script fills in, on
	// the page marked; "" where no page says that its script ran.
	marker, marked string
	// use does something on the home page that only works with its scripts.
	use func(*testing.T, *browsertest.Tab)
	// spelled gives the address that the site's own links use for a page,
	// where its router takes no other.
	spelled func(url string) string
	// linked are further addresses that the site's links use.
	linked []string
	// click is an internal link of the home page that a router follows
	// without loading a document, and arrives the title it leads to.
	click, arrives string
	// missing are the resources that pages ask for and may do without.
	missing []missing
}

// missing is a resource that a page may lack offline.
type missing struct {
	kind   string
	path   *regexp.Regexp // without the origin and its slash
	reason string
}

var fixtures = []fixture{
	{name: "hugo-pretty", base: "/", marker: "beam", marked: "/exhibits/code-of-light/"},
	{name: "hugo-ugly", base: "/museum/", marker: "clock", marked: "/museum/"},
	{name: "jekyll", base: "/lighthouse/", marker: "stamp", marked: "/lighthouse/"},
	{name: "mkdocs", base: "/island/", use: searches, missing: []missing{
		{"Script", regexp.MustCompile(`^island/assets/javascripts/workers/search\..*\.js$`), "the browser does not tell a page what became of the script of its worker; searching does"},
	}},
	{name: "eleventy", base: "/", marker: "status", marked: "/"},
	{name: "astro", base: "/repo/", marker: "client", marked: "/repo/"},
	{name: "vitepress", base: "/docs/", click: "guide/horns.html", arrives: "Horns", missing: []missing{
		{"Fetch", regexp.MustCompile(`^docs/hashmap\.json$`), "an unknown page asks whether a newer deploy has it"},
	}},
	{name: "docusaurus", base: "/", use: counts("nights"), linked: []string{"/docs/intro", "/about", "/docs/signals/horn"}, click: "/docs/intro", arrives: "Intro"},
	{name: "next", base: "/", use: counts("ships"), linked: []string{"/about", "/ships/gannet"}, click: "/ships/petrel", arrives: "petrel", missing: []missing{
		{"Fetch", regexp.MustCompile(`^(about|ships/(petrel|gannet))?$`), "Next asks for each linked page with HEAD before it prefetches, and the worker answers GET alone"},
	}},
	{name: "sveltekit", base: "/", use: counts("flashes"), spelled: withoutHTML, linked: []string{"/logs/monday"}, click: "/logs/tuesday", arrives: "tuesday", missing: []missing{
		{"Fetch", regexp.MustCompile(`^_app/version\.json$`), "the error page asks whether there is a newer deploy"},
	}},
	{name: "plain", base: "/", marker: "status", marked: "/"},
}

func withoutHTML(url string) string {
	if strings.HasSuffix(url, "/404.html") {
		return url
	}
	return strings.TrimSuffix(url, ".html")
}

// TestEverySiteWorksWithoutItsServer installs the worker of each fixture site,
// takes the server away and opens every page, beside the same page of the
// site as it is without a worker.
func TestEverySiteWorksWithoutItsServer(t *testing.T) {
	t.Parallel()
	for _, f := range fixtures {
		t.Run(f.name, func(t *testing.T) {
			t.Parallel()
			browser := sharedBrowser(t)
			files := os.DirFS("../testdata/sites/" + f.name)
			site := build(t, files, swgen.Config{})
			if site.Found.Base != f.base {
				t.Fatalf("base %q, want %q", site.Found.Base, f.base)
			}
			bare, server := browsertest.Serve(t, f.base, files), browsertest.Serve(t, f.base, site)
			control, tab := browser.NewTab(t), install(t, browser, server.URL(f.base))
			server.Down()
			urls := f.pages(site.Result)
			if len(urls) < 5 || f.marked != "" && !slices.Contains(urls, f.marked) {
				t.Errorf("pages %v", urls)
			}
			for _, url := range urls {
				must(t, control.Navigate(bare.URL(url)))
				if err := tab.Navigate(server.URL(url)); err != nil {
					t.Errorf("%s: %v", url, err)
					continue
				}
				f.look(t, tab, url, server.URL("/"))
				sameHeads(t, url, tab, control)
			}
			if f.use != nil {
				must(t, tab.Navigate(server.URL(f.base)))
				f.use(t, tab)
			}
			if f.click != "" {
				must(t, tab.Navigate(server.URL(f.base)))
				followLink(t, tab, f.click, f.arrives)
			}
			noise := exceptions(control, bare)
			for _, e := range exceptions(tab, server) {
				if !slices.Contains(noise, e) {
					t.Errorf("console: %s", e)
				}
			}
			for _, m := range browser.WorkerErrors() {
				if strings.HasPrefix(m.URL, server.URL("/")) {
					t.Errorf("worker: %s", m)
				}
			}
		})
	}
}

// pages are the addresses at which the site's pages are to be opened.
func (f fixture) pages(site *swgen.Result) []string {
	urls := pageURLs(site)
	if f.spelled != nil {
		for i, url := range urls {
			urls[i] = f.spelled(url)
		}
	}
	return sorted(append(urls, f.linked...))
}

// look checks a page that was opened offline.
func (f fixture) look(t *testing.T, tab *browsertest.Tab, url, origin string) {
	t.Helper()
	document := tab.Responses()[0]
	if document.Status != 200 && document.Status != 301 || !document.FromServiceWorker {
		t.Errorf("%s: the document came as %s", url, document)
	}
	// The markers of all sites begin as "... not run".
	if err := tab.WaitFor("!/(script|bundle) not run/.test(document.body.innerText)", 5*time.Second); err != nil {
		t.Errorf("%s: a script did not run: %v", url, err)
	}
	if url == f.marked && eval[string](t, tab, "document.getElementById('"+f.marker+"')?.textContent ?? ''") == "" {
		t.Errorf("%s: no #%s", url, f.marker)
	}
	for _, r := range f.lacking(tab, origin) {
		t.Errorf("%s: %s", url, r)
	}
	if got := eval[int](t, tab, "[...document.images].filter(i => i.complete && !i.naturalWidth).length"); got > 0 {
		t.Errorf("%s: %d broken images", url, got)
	}
}

// lacking are the resources of a page that did not load and are not expected to.
func (f fixture) lacking(tab *browsertest.Tab, origin string) []browsertest.Response {
	for deadline := time.Now().Add(5 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		var lacking []browsertest.Response
		for _, r := range tab.Responses() {
			if !r.OK() && !f.mayLack(r, origin) {
				lacking = append(lacking, r)
			}
		}
		if len(lacking) == 0 || time.Now().After(deadline) {
			return lacking
		}
	}
}

// mayLack says whether pages may do without a resource; origin ends with a slash.
func (f fixture) mayLack(r browsertest.Response, origin string) bool {
	return slices.ContainsFunc(f.missing, func(m missing) bool { return m.kind == r.Type && m.path.MatchString(strings.TrimPrefix(r.URL, origin)) })
}

// sameHeads waits until both tabs show the same title and heading; scripts may
// set them after the load event.
func sameHeads(t *testing.T, url string, tabs ...*browsertest.Tab) {
	t.Helper()
	const heads = "document.title + ' / ' + (document.querySelector('h1')?.textContent ?? '')"
	var got, want string
	for deadline := time.Now().Add(5 * time.Second); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		got, want = eval[string](t, tabs[0], heads), eval[string](t, tabs[1], heads)
		if got == want && !strings.HasPrefix(got, " /") {
			return
		}
	}
	t.Errorf("%s: %q offline, %q online", url, got, want)
}

// counts clicks the button beside a counter until its framework listens.
func counts(id string) func(*testing.T, *browsertest.Tab) {
	return func(t *testing.T, tab *browsertest.Tab) {
		element := "document.getElementById('" + id + "')"
		click := element + ".closest('p').querySelector('button').click()"
		if err := tab.WaitFor(click+", +"+element+".textContent > 0", 5*time.Second); err != nil {
			t.Errorf("#%s does not count: %v", id, err)
		}
	}
}

// searches finds something through the search of MkDocs Material, whose index
// a worker of the page holds.
func searches(t *testing.T, tab *browsertest.Tab) {
	// The field is deaf until the worker has its index, to what it has heard
	// before, and to what comes too fast.
	if err := tab.WaitFor(`!!document.querySelector(".md-search-result__link[href*=seals]") || (() => {
		if (performance.now() - (window.typed ?? 0) < 500) return;
		window.typed = performance.now();
		const input = document.querySelector("[data-md-component=search-query]");
		input.focus();
		input.value = input.value == "seals" ? "seal" : "seals";
		input.dispatchEvent(new Event("keyup", { bubbles: true }));
		input.dispatchEvent(new Event("input", { bubbles: true }));
	})()`, 10*time.Second); err != nil {
		t.Errorf("the search finds nothing: %v", err)
	}
}

// followLink clicks an internal link: the router shows the page in the same document.
func followLink(t *testing.T, tab *browsertest.Tab, href, title string) {
	t.Helper()
	must(t, tab.Eval("window.same = true", nil))
	before, _ := tab.Title()
	link := fmt.Sprintf("document.querySelector('a[href$=%q]')", href)
	must(t, tab.WaitFor("!!"+link, 5*time.Second))
	// Before its framework listens a click is an ordinary navigation, which
	// offline works too but proves less.
	must(t, tab.WaitFor("document.readyState == 'complete' && new Promise(done => requestIdleCallback(() => done(true)))", 5*time.Second))
	must(t, tab.Eval(link+".click()", nil))
	if err := tab.WaitFor(fmt.Sprintf("document.title != %q && document.title.includes(%q) && location.pathname.endsWith(%q)", before, title, href), 5*time.Second); err != nil {
		t.Errorf("the link to %s: %v", href, err)
	}
	if !eval[bool](t, tab, "window.same === true") {
		t.Errorf("the link to %s loaded a document", href)
	}
}

// exceptions are the uncaught ones, without what differs between origins.
func exceptions(tab *browsertest.Tab, server *browsertest.Server) (list []string) {
	for _, m := range tab.Console() {
		if m.Kind == "exception" {
			list = append(list, strings.ReplaceAll(m.Text, server.URL("/"), "/"))
		}
	}
	return sorted(list)
}

// TestReadableWorker: what debug and source_map write is the same worker.
func TestReadableWorker(t *testing.T) {
	t.Parallel()
	browser := browsertest.Start(t, browsertest.Options{})
	for _, config := range []swgen.Config{{Debug: true}, {SourceMap: true}, {Debug: true, SourceMap: true}} {
		site := build(t, small("one"), config)
		server := browsertest.Serve(t, "/", site)
		tab := install(t, browser, server.URL("/"))
		server.Down()
		for _, url := range pageURLs(site.Result) {
			must(t, tab.Navigate(server.URL(url)))
			if broken := tab.Broken(); len(broken) > 0 {
				t.Errorf("%+v %s: %v", config, url, broken)
			}
			if got := eval[string](t, tab, "window.app + getComputedStyle(document.body).getPropertyValue('--version')"); got != "oneone" {
				t.Errorf("%+v %s: %q", config, url, got)
			}
		}
		if _, found := site.MapFS["sw.js.map"]; found != config.SourceMap {
			t.Errorf("%+v: a source map: %v", config, found)
		}
	}
	if errs := browser.WorkerErrors(); len(errs) > 0 {
		t.Errorf("%v", errs)
	}
}
