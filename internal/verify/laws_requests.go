package verify

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"github.com/swgen/swgen/internal/glob"
	"github.com/swgen/swgen/manifest"
	"github.com/swgen/swgen/swtest"
)

var requestLaws = []Law{
	{Code: "W8", Name: "every spelling", Sentence: "Every spelling of a page's URL works offline as the host answers it, and an unknown page gets the offline or 404 page with an honest status.", check: everySpelling},
	{Code: "W9", Name: "no redirected pages", Sentence: "A redirected response never answers a navigation.", needs: deployable, check: noRedirected},
	{Code: "W10", Name: "ranges", Sentence: "Range requests on precached media get a right 206, or 416.", check: ranges},
	{Code: "W11", Name: "never worse", Sentence: "An exception, an unavailable cache, a missing body: the request goes to the network.", check: neverWorse},
	{Code: "W12", Name: "hands off", Sentence: "Only GET over http(s) of its own origin is touched, and nothing private is kept.", check: handsOff},
}

// manyPages is how many pages are asked for in every spelling; more show
// nothing new.
const manyPages = 40

// pages are precached pages in scope, at most manyPages.
func (t *trial) pages() []string {
	var pages []string
	for _, u := range t.now.urls {
		if strings.HasPrefix(u, t.scope()) && manifest.ClassOf(u) == manifest.Page {
			pages = append(pages, u)
		}
	}
	if len(pages) <= manyPages {
		return pages
	}
	some := make([]string, manyPages)
	for i := range some {
		some[i] = pages[i*len(pages)/manyPages]
	}
	return some
}

// spellings are other URLs that a plain host answers with the page.
func spellings(u string) []string {
	list := []string{u + "?utm_source=verify", encoded(u)}
	switch {
	case strings.HasSuffix(u, "/"):
		list = append(list, u+"index.html")
		if trimmed := strings.TrimSuffix(u, "/"); strings.Count(trimmed, "/") > 0 {
			list = append(list, trimmed)
		}
	case strings.HasSuffix(u, ".html"):
		list = append(list, strings.TrimSuffix(u, ".html"))
	}
	return list
}

// encoded is a URL with one letter of its last segment percent-encoded.
func encoded(u string) string {
	trimmed := strings.TrimSuffix(u, "/")
	i := strings.LastIndexByte(trimmed, '/') + 1
	if i >= len(trimmed) || trimmed[i] == '%' {
		return u
	}
	return fmt.Sprintf("%s%%%02X%s", trimmed[:i], trimmed[i], u[i+1:])
}

func everySpelling(t *trial) {
	b := t.copy(t.now)
	b.Network.Offline(true)
	tab := b.Open(home + t.scope())
	for _, u := range t.pages() {
		want := t.content(t.now.Deployment, u)
		if want == nil || t.now.optional(u) {
			continue
		}
		for _, spelling := range append([]string{u}, spellings(u)...) {
			if t.keepsQuery(u) && strings.Contains(spelling, "?") || !t.answers(spelling, want) {
				continue
			}
			p := tab.Navigate(home + spelling)
			if p.Err != nil {
				tab = b.Open(home + t.scope())
			}
			t.check(sameBytes(p, want), b, spelling, "", "offline, this spelling of %s does not show the page: %s", u, describe(p))
		}
	}
	p := tab.Navigate(home + t.scope() + "swgen-verify/no-such-page")
	t.check(p.Err == nil && p.Status >= 400 && len(p.Body) > 0, b, t.scope()+"swgen-verify/no-such-page",
		"answer navigations that nothing else can with an offline page", "offline, an unknown page is not answered with a page and an honest status: %s", describe(p))
}

// answers says whether the host itself shows the page under a spelling.
func (t *trial) answers(spelling string, want []byte) bool {
	u, _, _ := strings.Cut(spelling, "?")
	name := unescape(strings.TrimPrefix(u, t.subject.Base))
	file, status := resolve(t.subject.Files, name)
	if status == http.StatusMovedPermanently {
		file, status = resolve(t.subject.Files, name+"/")
	}
	return status == http.StatusOK && string(readFile(t.subject.Files, file)) == string(want)
}

func (t *trial) keepsQuery(u string) bool {
	if t.subject.Spec == nil {
		return false
	}
	for _, text := range t.subject.Spec.KeepQuery {
		if p, err := glob.Compile(text); err == nil && p.Match(strings.TrimPrefix(u, t.subject.Base)) {
			return true
		}
	}
	return false
}

func noRedirected(t *trial) {
	old, n := t.deploys()
	if n == nil || n.page == "" {
		t.nothing = "the site has no page that could change"
		return
	}
	b := t.copy(old)
	b.Network.Script(func(q *swtest.Request) swtest.Weather {
		if pathOf(q) != n.page || strings.Contains(q.URL, "moved") {
			return swtest.Weather{}
		}
		return swtest.Weather{Answer: http.RedirectHandler(n.page+"?moved", http.StatusFound)}
	})
	_ = t.deploy(b, &n.Deployment)
	b.Network.Offline(true)
	p := b.Open(home + n.page).Page()
	t.check(p.Err == nil && !p.Redirected, b, n.page, "make a new Response from the body of one that was redirected",
		"the host redirected while the page was stored, and offline the navigation fails: %s", describe(p))
}

func ranges(t *trial) {
	b := t.copy(t.now)
	b.Network.Offline(true)
	tab := b.Open(home + t.scope())
	for _, u := range t.now.urls {
		if manifest.ClassOf(u) != manifest.Media {
			continue
		}
		want := t.content(t.now.Deployment, u)
		if want == nil || tab.Get(u).Err != nil {
			continue
		}
		t.ranged(b, tab, u, want)
	}
}

func (t *trial) ranged(b *swtest.Browser, tab *swtest.Tab, u string, want []byte) {
	size := len(want)
	ask := func(value string) *swtest.Response {
		return tab.Ask(u, swtest.Ask{Destination: "audio", Header: http.Header{"Range": {value}}})
	}
	for value, span := range map[string][2]int{
		"bytes=0-": {0, size},
		"bytes=0-" + strconv.Itoa(min(9, size-1)): {0, min(10, size)},
		"bytes=" + strconv.Itoa(size/2) + "-":     {size / 2, size},
	} {
		p := ask(value)
		where := fmt.Sprintf("bytes %d-%d/%d", span[0], span[1]-1, size)
		t.check(p.Status == http.StatusPartialContent && sameBytes(p, want[span[0]:span[1]]), b, u, "",
			"Range: %s is not answered with status 206 and those bytes: %s", value, describe(p))
		t.check(p.Status != http.StatusPartialContent || p.Header.Get("Content-Range") == where, b, u, "",
			"Range: %s is answered with Content-Range %q instead of %q", value, p.Header.Get("Content-Range"), where)
	}
	p := ask("bytes=" + strconv.Itoa(size) + "-")
	t.check(p.Status == http.StatusRequestedRangeNotSatisfiable, b, u, "", "a range after the end is not answered with status 416: %s", describe(p))
}

func neverWorse(t *trial) {
	page := t.scope()
	t.useless(page, "every operation on caches fails", func(p swtest.Point) swtest.Fault {
		if strings.HasPrefix(p.Operation, "cache") {
			return swtest.Fail
		}
		return swtest.Proceed
	})
	// A browser asks a restarted worker once more, not twice.
	killed := make(map[string]bool)
	t.useless(page, "the browser stops the worker in the middle of an answer", func(p swtest.Point) swtest.Fault {
		if killed[p.Detail] || p.Operation != "cacheMatch" && p.Operation != "cachesMatch" {
			return swtest.Proceed
		}
		killed[p.Detail] = true
		return swtest.Kill
	})
	b := t.copy(t.now)
	tab := b.Open(home + page)
	if _, err := tab.Eval(`caches.keys().then(names => Promise.all(names.map(async name => {
		const cache = await caches.open(name)
		for (const request of await cache.keys()) await cache.delete(request)
	})))`); err != nil {
		t.check(false, b, "", "", "the caches cannot be used: %v", err)
		return
	}
	t.kill(b)
	t.served(b, page, "the browser has lost what was stored")
}

// useless lets the worker down at every request, and expects the network's
// answers.
func (t *trial) useless(page, what string, faults func(swtest.Point) swtest.Fault) {
	t.served(t.copy(t.now, faults), page, what)
}

func (t *trial) served(b *swtest.Browser, page, what string) {
	want := t.content(t.now.Deployment, page)
	tab := b.Open(home + page)
	t.check(want == nil && tab.Page().Err == nil || sameBytes(tab.Page(), want), b, page, "let the request go to the network when anything fails",
		"%s: the page is not what the network has: %s", what, describe(tab.Page()))
	for _, u := range t.now.urls {
		if manifest.ClassOf(u) == manifest.Page {
			continue
		}
		want := t.content(t.now.Deployment, u)
		p := tab.Get(u)
		t.check(want == nil || sameBytes(p, want), b, u, "let the request go to the network when anything fails", "%s: %s", what, describe(p))
		return
	}
}

func handsOff(t *trial) {
	b := t.copy(t.now)
	const elsewhere = "https://elsewhere.test/data"
	b.Network.Serve(http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		w.Header().Set("Access-Control-Allow-Origin", "*")
		if strings.Contains(q.URL.Path, "swgen-verify-private") {
			w.Header().Set("Cache-Control", "no-store, private")
		}
		fmt.Fprintf(w, "%s %s", q.Method, q.URL.Path)
	}))
	tab := b.Open(home + t.scope())
	before := len(b.Entries(home))
	b.Network.Forget()
	post := tab.Ask(t.scope(), swtest.Ask{Method: http.MethodPost, Body: []byte("a form")})
	sent := b.Network.Requests()
	t.check(post.Text() == "POST "+t.scope() && len(sent) == 1 && string(sent[0].Body) == "a form", b, t.scope(), "answer only GET requests",
		"a POST request to a precached URL did not reach the server as it was sent: %s", describe(post))
	for _, u := range []string{elsewhere, t.scope() + "swgen-verify-private/account"} {
		b.Network.Forget()
		p := tab.Get(u)
		t.check(p.Err == nil && len(b.Network.Requests()) == 1, b, u, "leave alone what is not the site's own", "a request that is none of the worker's did not reach the server: %s", describe(p))
	}
	_ = b.Settle()
	if t.routed(elsewhere) {
		return
	}
	t.check(len(b.Entries(home)) <= before, b, "", "store nothing that no route asks for", "a private or foreign answer was stored: %d entries more", len(b.Entries(home))-before)
}

// routed says whether a route may match other URLs than those of the site.
func (t *trial) routed(string) bool { return t.subject.Spec != nil && len(t.subject.Spec.Routes) > 0 }
