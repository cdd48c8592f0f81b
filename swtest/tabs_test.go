package swtest_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/swgen/swgen/swtest"
)

func TestAnErrorPageIsNobodysClient(t *testing.T) {
	b, tab, _ := controlled(t, files{"/sw.js": lister, "/next/": "next"})
	second := b.Open(origin + "/")
	b.Network.Offline(true)
	same(t, "offline", answered(tab.Navigate("/next/")), "error")
	same(t, "the address", []string{tab.URL(), tab.ClientID()}, []string{origin + "/next/", ""})
	if tab.Controller() != nil {
		t.Error("an error page is controlled")
	}
	if p := tab.Get("/"); p.Err == nil {
		t.Errorf("an error page asks: %v", p)
	}
	same(t, "clients", len(ask[[]string](t, second, "{}")), 1)
	if _, err := tab.Register("/sw.js"); err == nil {
		t.Error("an error page registers a worker")
	}
	if err := tab.Run(origin+"/main.js", ""); err == nil {
		t.Error("an error page runs a script")
	}
	if err := tab.Post(second.Controller(), "hello"); err == nil {
		t.Error("an error page sends a message")
	}
	if _, err := tab.Messages(); err == nil {
		t.Error("an error page takes messages")
	}
	b.Network.Offline(false)
	same(t, "reloaded", answered(tab.Reload()), "network: next")
	same(t, "back", tab.Back().URL, origin+"/")
}

func TestAFragmentAsksNobody(t *testing.T) {
	b, tab := open(t, files{"/": "home"})
	b.Network.Forget()
	id := tab.ClientID()
	same(t, "the page", answered(tab.Navigate("#part")), "network: home")
	same(t, "requests", len(b.Network.Requests()), 0)
	same(t, "the page", []string{tab.URL(), tab.ClientID()}, []string{origin + "/#part", id})
	tab.Reload()
	same(t, "reloaded", b.Network.Paths(), []string{"/"})
}

func TestAnAnswerWithoutAPageLeavesTheOldOne(t *testing.T) {
	_, tab := open(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/nothing":
			w.WriteHeader(http.StatusNoContent)
		case "/download":
			w.Header().Set("Content-Disposition", "attachment; filename=x")
		}
	}))
	id := tab.ClientID()
	for _, path := range []string{"/nothing", "/download"} {
		tab.Navigate(path)
		same(t, path, []string{tab.URL(), tab.ClientID()}, []string{origin + "/", id})
	}
}

func TestFramesAreControlledByThemselves(t *testing.T) {
	b, tab := open(t, files{"/": "home", "/app/": "app", "/app/sw.js": `
		onmessage = event => event.ports[0].postMessage([...event.source.ancestorOrigins])
		onfetch = event => event.respondWith(new Response("made"))`})
	install(t, b, tab, "/app/sw.js")
	frame := tab.Frame("/app/")
	same(t, "the frame", answered(frame.Page()), "worker: made")
	if tab.Controller() != nil {
		t.Error("the page around it is controlled")
	}
	same(t, "ancestors", ask[[]string](t, frame, "0"), []string{origin})
	same(t, "navigated", answered(frame.Navigate("/")), "network: home")
	same(t, "its part", answered(frame.Get("/app/x")), "network: 404 page not found\n")
	inner := frame.Frame("/app/")
	same(t, "ancestors of a frame in it", ask[[]string](t, inner, "0"), []string{origin, origin})
	tab.Navigate("/app/")
	if p := inner.Navigate("/"); p.Err == nil || !strings.Contains(p.Err.Error(), "closed") {
		t.Errorf("a frame of a page that is gone: %v", p)
	}
	same(t, "tabs", len(b.Tabs()), 1)
}

func TestTheLastTabLetsTheNewVersionIn(t *testing.T) {
	site := files{"/": "home", "/sw.js": version("one")}
	b, tab, r := controlled(t, site)
	frame := b.Open("https://else.test/").Frame(origin + "/")
	site["/sw.js"] = version("two")
	must(t, r.Update())
	must(t, b.Settle())
	tab.Close()
	same(t, "a frame holds it", states(r), [3]string{1: "installed", 2: "activated"})
	frame.Close()
	must(t, b.Settle())
	same(t, "the frame is gone", states(r), [3]string{2: "activated"})
	same(t, "a closed tab", answered(tab.Navigate("/")), "error")
	if _, err := tab.Register("/sw.js"); err == nil {
		t.Error("a closed tab registers")
	}
}

func TestTwoBrowsersShareNothing(t *testing.T) {
	_, tab, _ := controlled(t, files{"/sw.js": precaching, "/about/": "", "/style.css": ""})
	other, page := open(t, files{"/": "home"}, swtest.Options{})
	same(t, "registrations", len(other.Registrations(origin)), 0)
	same(t, "caches", []int{len(eval[[]string](t, tab, "caches.keys()")), len(eval[[]string](t, page, "caches.keys()"))}, []int{1, 0})
}

func TestAPageNavigatesItself(t *testing.T) {
	b, tab, r := controlled(t, files{"/one": "one", "/two": "two", "/sw.js": "onfetch = event => { if (event.request.isReloadNavigation) event.respondWith(new Response('reloaded')) }"})
	script := func(source string) {
		t.Helper()
		must(t, tab.Run(origin+"/main.js", source))
		must(t, b.Settle())
	}
	script("location.assign('one')")
	same(t, "assign", []string{tab.URL(), tab.Page().Text()}, []string{origin + "/one", "one"})
	same(t, "the controller", tab.Controller().Same(r.Active()), true)
	script("location.replace('/two')")
	same(t, "replace", tab.Page().Text(), "two")
	script("location.reload()")
	same(t, "reload", answered(tab.Page()), "worker: reloaded")
	same(t, "back, past what was replaced", tab.Back().URL, origin+"/")
	script("location.pathname = 'one'")
	same(t, "a part of the URL", tab.URL(), origin+"/one")
	script("location = 'mailto:someone@example.test'")
	same(t, "what is no page", tab.URL(), origin+"/one")
	if !traced(b, "refused", "pages cannot go to mailto:") {
		t.Error("the trace does not say so")
	}
}

func TestThePageStaysAtAnotherFragment(t *testing.T) {
	b, tab := open(t, files{"/": "home"})
	must(t, tab.Run(origin+"/main.js", "globalThis.heard = []; onhashchange = event => heard.push(event.newURL.replace(origin, ''))"))
	b.Network.Forget()
	tab.Navigate("#one")
	must(t, tab.Run(origin+"/main.js", "location.hash = 'two'"))
	same(t, "the address", tab.URL(), origin+"/#two")
	tab.Back()
	tab.Back()
	tab.Forward()
	b.Advance(0)
	same(t, "what the page heard", eval[[]string](t, tab, "[...heard, location.hash]"), []string{"/#one", "/#two", "/#one", "/", "/#one", "#one"})
	same(t, "requests", len(b.Network.Requests()), 0)
}

func TestALaterNavigationEndsAnEarlierOne(t *testing.T) {
	b, tab := open(t, files{"/": "home", "/slow": "slow", "/fast": "fast"})
	b.Network.Script(func(r *swtest.Request) (w swtest.Weather) {
		if strings.HasSuffix(r.URL, "slow") {
			w.Delay = time.Minute
		}
		return w
	})
	must(t, tab.Run(origin+"/main.js", "location.href = '/slow'"))
	b.Advance(time.Second)
	same(t, "until there is an answer", tab.URL(), origin+"/")
	same(t, "the later one", answered(tab.Navigate("/fast")), "network: fast")
	b.Advance(2 * time.Minute)
	same(t, "the page", []string{tab.URL(), tab.Page().Text()}, []string{origin + "/fast", "fast"})
	must(t, tab.Run(origin+"/main.js", "location.href = '/slow'"))
	b.Advance(time.Second)
	tab.Close()
	must(t, b.Settle())
}
