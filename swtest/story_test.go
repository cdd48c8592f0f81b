package swtest_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/swgen/swgen/swtest"
)

// files is a site: paths with their contents.
type files map[string]string

func (f files) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	content, ok := f[r.URL.Path]
	if !ok {
		http.NotFound(w, r)
		return
	}
	switch {
	case strings.HasSuffix(r.URL.Path, ".js"):
		w.Header().Set("Content-Type", "text/javascript")
	case strings.HasSuffix(r.URL.Path, ".css"):
		w.Header().Set("Content-Type", "text/css")
	default:
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
	}
	w.Write([]byte(content))
}

const origin = "https://example.test"

// open starts a browser with a tab on the site's root.
func open(t *testing.T, site http.Handler, options ...swtest.Options) (*swtest.Browser, *swtest.Tab) {
	t.Helper()
	var o swtest.Options
	if len(options) > 0 {
		o = options[0]
	}
	o.Network = site
	b := swtest.New(o)
	t.Cleanup(func() {
		if t.Failed() {
			for _, e := range b.Trace() {
				t.Log(e)
			}
		}
		b.Close()
	})
	return b, b.Open(origin + "/")
}

// install registers a worker and waits until it is installed.
func install(t *testing.T, b *swtest.Browser, tab *swtest.Tab, script string, options ...swtest.RegisterOptions) *swtest.Registration {
	t.Helper()
	r, err := tab.Register(script, options...)
	if err != nil {
		t.Fatal(err)
	}
	if err := b.Settle(); err != nil {
		t.Fatal(err)
	}
	return r
}

const precaching = `
const files = ["./", "about/", "style.css"]
self.addEventListener("install", event => {
	event.waitUntil(caches.open("v1").then(cache => cache.addAll(files)))
})
self.addEventListener("fetch", event => {
	event.respondWith(caches.match(event.request).then(found => found || fetch(event.request)))
})`

func TestAPrecachedSiteWorksOffline(t *testing.T) {
	b, tab := open(t, files{
		"/": "home", "/about/": "about us", "/style.css": "body{}", "/sw.js": precaching, "/late": "late",
	})
	r := install(t, b, tab, "/sw.js")
	if r.Active() == nil || r.Active().State() != "activated" {
		t.Fatalf("the worker is not active: %+v", r)
	}
	if tab.Controller() != nil {
		t.Error("the page that registered is controlled without clients.claim()")
	}
	b.Network.Offline(true)
	b.Network.Forget()
	page := tab.Navigate("/about/")
	if page.Text() != "about us" || page.From != "worker" {
		t.Errorf("offline: %v %q", page, page.Text())
	}
	if style := tab.Load("../style.css", "style"); style.Text() != "body{}" {
		t.Errorf("offline: %v", style)
	}
	if sent := b.Network.Requests(); len(sent) != 0 {
		t.Errorf("requests while offline: %v", sent)
	}
	if late := tab.Get("/late"); late.Err == nil {
		t.Errorf("what was not precached is there: %v", late)
	}
	if tab.Controller() == nil {
		t.Error("the page is not controlled")
	}
}
