package swtest_test

import (
	"encoding/json"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/swgen/swgen/swtest"
)

const origin = "https://example.test"

// files is a site: URL paths with their contents, those of pages ending in a
// slash.
type files map[string]string

func (f files) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	site := fstest.MapFS{}
	for path, content := range f {
		if strings.HasSuffix(path, "/") {
			path += "index.html"
		}
		site[strings.TrimPrefix(path, "/")] = &fstest.MapFile{Data: []byte(content)}
	}
	swtest.Files(site).ServeHTTP(w, r)
}

// headed is a handler whose answers for some paths get one more header.
type headed struct {
	http.Handler
	name   string
	values map[string]string // by path
}

func (h headed) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if value, ok := h.values[r.URL.Path]; ok {
		w.Header().Set(h.name, value)
	}
	h.Handler.ServeHTTP(w, r)
}

// open starts a browser with a tab on the site's root.
func open(t testing.TB, site http.Handler, options ...swtest.Options) (*swtest.Browser, *swtest.Tab) {
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
func install(t testing.TB, b *swtest.Browser, tab *swtest.Tab, script string, options ...swtest.RegisterOptions) *swtest.Registration {
	t.Helper()
	r, err := tab.Register(script, options...)
	must(t, err)
	must(t, b.Settle())
	return r
}

// controlled is a browser whose tab shows a page that the worker of the site,
// /sw.js, controls.
func controlled(t testing.TB, site files, options ...swtest.Options) (*swtest.Browser, *swtest.Tab, *swtest.Registration) {
	t.Helper()
	if _, ok := site["/"]; !ok {
		site["/"] = "home"
	}
	b, tab := open(t, site, options...)
	r := install(t, b, tab, "/sw.js")
	tab.Navigate("/")
	if tab.Controller() == nil {
		t.Fatal("the page is not controlled")
	}
	must(t, b.Settle())
	return b, tab, r
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func same(t testing.TB, what string, got, want any) {
	t.Helper()
	if !reflect.DeepEqual(got, want) {
		t.Errorf("%s: %v, want %v", what, got, want)
	}
}

// eval evaluates an expression in the page.
func eval[T any](t testing.TB, tab *swtest.Tab, expression string) (v T) {
	t.Helper()
	text, err := tab.Eval(expression)
	must(t, err)
	if err := json.Unmarshal(text, &v); err != nil {
		t.Fatalf("%s is %s: %v", expression, text, err)
	}
	return v
}

// outcome is the value of an expression, or what it throws, as text.
func outcome(tab *swtest.Tab, expression string) string {
	text, err := tab.Eval(expression)
	if err != nil {
		return err.Error()
	}
	var s string
	if json.Unmarshal(text, &s) == nil {
		return s
	}
	return string(text)
}

// ask sends a message with a port to the worker that controls the page and is
// the answer.
func ask[T any](t testing.TB, tab *swtest.Tab, message string) T {
	t.Helper()
	return eval[T](t, tab, `new Promise(done => {
		const { port1, port2 } = new MessageChannel()
		port1.onmessage = ({ data }) => done(data)
		navigator.serviceWorker.controller.postMessage(`+message+`, [port2])
	})`)
}

// answered says who answered with what.
func answered(p *swtest.Response) string {
	if p.Err != nil {
		return "error"
	}
	return p.From + ": " + p.Text()
}

// traced says whether there is an event of a kind whose text contains part.
func traced(b *swtest.Browser, kind, part string) bool {
	return slices.ContainsFunc(b.Trace(), func(e swtest.Event) bool {
		return e.Kind == kind && strings.Contains(e.Text, part)
	})
}

func states(r *swtest.Registration) (s [3]string) {
	for i, w := range []*swtest.Worker{r.Installing(), r.Waiting(), r.Active()} {
		if w != nil {
			s[i] = w.State()
		}
	}
	return s
}

// redirects is a handler that sends some paths elsewhere.
type redirects struct {
	http.Handler
	to map[string]string
}

func (h redirects) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if to, ok := h.to[r.URL.Path]; ok {
		http.Redirect(w, r, to, http.StatusFound)
		return
	}
	h.Handler.ServeHTTP(w, r)
}
