package swtest_test

import (
	"net/http"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/swgen/swgen/swtest"
)

func TestTheNetworkComesAndGoes(t *testing.T) {
	b, tab := open(t, files{"/": "home"})
	b.Network.Offline(true)
	same(t, "offline", answered(tab.Reload()), "error")
	same(t, "the address", tab.URL(), origin+"/")
	if r := b.Network.Requests()[1]; r.Err == nil || r.Status != 0 {
		t.Errorf("the record: %v %d", r.Err, r.Status)
	}
	b.Network.Offline(false)
	same(t, "online", answered(tab.Reload()), "network: home")
}

func TestTheNetworkIsSlowOnTheBrowsersClock(t *testing.T) {
	b, tab := open(t, files{"/": "home", "/x": "x"})
	real, begin := time.Now(), b.Now()
	b.Network.Delay(40 * time.Second)
	same(t, "slow", answered(tab.Get("/x")), "network: x")
	same(t, "time", b.Now().Sub(begin), 40*time.Second)
	if d := time.Since(real); d > 10*time.Second {
		t.Errorf("it took %v in reality", d)
	}
	same(t, "given up", outcome(tab, "fetch('/x', { signal: AbortSignal.timeout(5000) }).catch(error => error.name)"), "TimeoutError")
	same(t, "time", b.Now().Sub(begin), 45*time.Second)
}

func TestTheNetworkIsScriptedRequestByRequest(t *testing.T) {
	b, tab := open(t, files{"/": "home", "/x": strings.Repeat("x", 100)})
	weather := map[string]swtest.Weather{
		"/fails":  {Fail: true},
		"/status": {Status: 503},
		"/cut":    {Cut: 50},
		"/late":   {Delay: time.Minute},
		"/stalls": {Stall: time.Minute},
		"/other":  {Answer: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { w.Write([]byte("another server")) })},
	}
	b.Network.Script(func(r *swtest.Request) swtest.Weather { return weather[strings.TrimPrefix(r.URL, origin)] })
	b.Network.Serve(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { w.Write([]byte(strings.Repeat("x", 100))) }))
	same(t, "a connection that breaks", answered(tab.Get("/fails")), "error")
	same(t, "a status", tab.Get("/status").Status, 503)
	if p := tab.Get("/cut"); p.Err == nil || p.Status != 200 || !strings.Contains(p.Err.Error(), "the connection was reset after 50 bytes") {
		t.Errorf("a body that is cut: %v", p)
	}
	begin := b.Now()
	same(t, "late", tab.Get("/late").OK(), true)
	same(t, "time", b.Now().Sub(begin), time.Minute)
	same(t, "another server", tab.Get("/other").Text(), "another server")
	same(t, "when the headers and the body come", eval[[]int](t, tab, `(async () => {
		const begin = Date.now(), response = await fetch("/stalls"), headers = Date.now()
		await response.text()
		return [headers - begin, Date.now() - headers]
	})()`), []int{0, 60_000})
	b.Network.Script(nil)
	same(t, "good weather", tab.Get("/fails").OK(), true)
}

func TestEveryRequestIsRecorded(t *testing.T) {
	b, tab, _ := controlled(t, files{"/sw.js": "onfetch = event => { if (event.request.url.endsWith('by-worker')) event.respondWith(fetch('/from-worker', { headers: { 'x-a': 'b' } })) }"})
	b.Network.Forget()
	tab.Get("/by-worker")
	tab.Ask("/form", swtest.Ask{Method: "POST", Body: []byte("text"), Header: http.Header{"X-One": {"1"}}})
	tab.Load("https://else.test/lib.js", "script")
	same(t, "paths", b.Network.Paths(), []string{"/from-worker", "/form", "https://else.test/lib.js"})
	all := b.Network.Requests()
	same(t, "by the worker", []any{all[0].Initiator, all[0].Client, all[0].Header.Get("X-A"), all[0].Status}, []any{origin + "/sw.js", "", "b", 404})
	same(t, "by the page", []any{all[1].Initiator, all[1].Client, all[1].Method, string(all[1].Body), all[1].Header.Get("X-One"), all[1].Status},
		[]any{origin + "/", tab.ClientID(), "POST", "text", "1", 405})
	same(t, "a script", []any{all[2].Destination, all[2].Mode, all[2].Header.Get("Sec-Fetch-Site")}, []any{"script", "no-cors", "cross-site"})
}

func TestAHandlerServesSeveralOrigins(t *testing.T) {
	b := swtest.New(swtest.Options{Network: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/sw.js" {
			w.Header().Set("Content-Type", "text/javascript")
			w.Write([]byte("oninstall = event => event.waitUntil(caches.open(location.host)); onfetch = event => event.respondWith(new Response('worker of ' + location.host))"))
			return
		}
		if r.Host == "cdn.test" {
			w.Header().Set("Access-Control-Allow-Origin", "https://a.test")
		}
		scheme := "http"
		if r.TLS != nil {
			scheme = "https"
		}
		w.Write([]byte(scheme + " " + r.Host))
	})})
	defer b.Close()
	a, c := b.Open("https://a.test/"), b.Open("https://c.test:8443/")
	install(t, b, a, "/sw.js")
	install(t, b, c, "/sw.js")
	same(t, "a", answered(a.Navigate("/")), "worker: worker of a.test")
	same(t, "c", answered(c.Navigate("/")), "worker: worker of c.test:8443")
	same(t, "caches", []any{b.Caches("https://a.test"), b.Caches("https://c.test:8443"), len(b.Caches("https://d.test"))}, []any{[]string{"a.test"}, []string{"c.test:8443"}, 0})
	plain := b.Open("http://d.test/")
	same(t, "plain http", plain.Page().Text(), "http d.test")
	d := b.Open("https://d.test/")
	same(t, "refused by CORS", answered(d.Get("https://cdn.test/x")), "error")
	same(t, "opaque", d.Load("https://cdn.test/x", "image").Type, "opaque")
}

func TestFilesAnswerAsAStaticHost(t *testing.T) {
	h := swtest.Files(fstest.MapFS{
		"index.html": {Data: []byte("home")}, "about/index.html": {Data: []byte("about")}, "plain.html": {Data: []byte("plain")},
		"a b/c.css": {Data: []byte("c")}, "404.html": {Data: []byte("lost")}, "app.js": {Data: []byte("0123456789")},
	})
	b := swtest.New(swtest.Options{Network: http.StripPrefix("/base", h)})
	defer b.Close()
	tab := b.Open(origin + "/base/")
	for path, want := range map[string]struct {
		url, text, kind string
		status          int
	}{
		"/base/":              {"/base/", "home", "text/html; charset=utf-8", 200},
		"/base/about":         {"/base/about/", "about", "text/html; charset=utf-8", 200},
		"/base/about?q=1":     {"/base/about/?q=1", "about", "text/html; charset=utf-8", 200},
		"/base/plain":         {"/base/plain", "plain", "text/html; charset=utf-8", 200},
		"/base/plain.html":    {"/base/plain.html", "plain", "text/html; charset=utf-8", 200},
		"/base/a%20b/c.css":   {"/base/a%20b/c.css", "c", "text/css; charset=utf-8", 200},
		"/base/a b":           {"/base/a%20b", "lost", "text/html; charset=utf-8", 404},
		"/base/none":          {"/base/none", "lost", "text/html; charset=utf-8", 404},
		"/base/about/../none": {"/base/none", "lost", "text/html; charset=utf-8", 404},
	} {
		p := tab.Get(path)
		same(t, path, []any{p.URL, p.Text(), p.Header.Get("Content-Type"), p.Status}, []any{origin + want.url, want.text, want.kind, want.status})
	}
	part := tab.Ask("/base/app.js", swtest.Ask{Header: http.Header{"Range": {"bytes=2-3"}}})
	same(t, "a part", []any{part.Status, part.Text()}, []any{206, "23"})
	same(t, "a POST", tab.Ask("/base/", swtest.Ask{Method: "POST"}).Status, 405)
	tab.Get("/base/app.js")
	tab.Get("/base/app.js")
	last := b.Network.Requests()[len(b.Network.Requests())-1]
	same(t, "asked again", []any{last.Status, last.Header.Get("If-None-Match") != ""}, []any{http.StatusNotModified, true})
}
