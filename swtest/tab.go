package swtest

import (
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/swgen/swgen/internal/eventloop"
	"github.com/swgen/swgen/internal/fetch"
	"github.com/swgen/swgen/internal/weburl"
)

// Tab is a tab or window of the browser, or a frame in one.
type Tab struct {
	browser *Browser
	client  *client
	parent  *Tab // of a frame
	frames  []*Tab
	history []string
	at      int
	hidden  bool
	page    *Response
	closed  bool
}

// Response is an answer as a page sees it.
type Response struct {
	// URL is the last URL of the redirects that led to it.
	URL string
	// Type is the Fetch standard's: basic, cors, opaque, ... A network error
	// is "error", and Err says why.
	Type       string
	Redirected bool
	Status     int
	StatusText string
	Header     http.Header
	Body       []byte
	// From is who answered: "worker", "network" or "http cache".
	From string
	Err  error
}

// OK says whether the status is 200 to 299.
func (r *Response) OK() bool { return r.Err == nil && r.Status >= 200 && r.Status <= 299 }

// Text is the body.
func (r *Response) Text() string { return string(r.Body) }

func (r *Response) String() string {
	if r.Err != nil {
		return fmt.Sprintf("%s: %v", r.URL, r.Err)
	}
	return fmt.Sprintf("%s: %d, %d bytes from the %s", r.URL, r.Status, len(r.Body), r.From)
}

// Open opens a tab and navigates it, as a click on a link in a new tab.
func (b *Browser) Open(url string) *Tab {
	t := &Tab{browser: b}
	b.tabs = append(b.tabs, t)
	t.Navigate(url)
	return t
}

// Page is what the last navigation was answered with.
func (t *Tab) Page() *Response { return t.page }

// URL is where the tab is.
func (t *Tab) URL() string {
	if t.client == nil {
		return "about:blank"
	}
	return t.client.url
}

// ClientID is the id by which workers know the page.
func (t *Tab) ClientID() string {
	if t.client == nil {
		return ""
	}
	return t.client.id
}

// Navigate goes to a URL, relative to the present page, and returns the page.
// When that is a network error the tab stays where it is, without a client.
func (t *Tab) Navigate(url string) *Response {
	r := t.navigate(url, fetch.Request{})
	t.remember(r)
	return r
}

// remember adds the page to the tab's history.
func (t *Tab) remember(r *Response) {
	if r.Err == nil {
		t.history = append(t.history[:min(t.at+1, len(t.history))], t.client.url)
		t.at = len(t.history) - 1
	}
}

// loading begins a navigation that a script asked for.
func (b *Browser) loading(t *Tab, url string, done func(*Response)) {
	b.begin(func(co *eventloop.Co) {
		r := t.load(co, url, fetch.Request{})
		t.remember(r)
		done(r)
	})
}

// Reload is the user's reload button.
func (t *Tab) Reload() *Response {
	return t.navigate(t.URL(), fetch.Request{IsReload: true, Cache: "no-cache"})
}

// ForceReload is a reload with the shift key: past caches and workers.
func (t *Tab) ForceReload() *Response {
	return t.navigate(t.URL(), fetch.Request{IsReload: true, Cache: "reload", SkipServiceWorker: true})
}

// Back goes back in the tab's history.
func (t *Tab) Back() *Response {
	if t.at == 0 {
		return t.page
	}
	t.at--
	return t.navigate(t.history[t.at], fetch.Request{IsHistory: true, Cache: "force-cache"})
}

// Submit is a navigation by a form's POST.
func (t *Tab) Submit(url, contentType string, body []byte) *Response {
	return t.navigate(url, fetch.Request{
		Method: "POST", Body: fetch.Bytes(body), Headers: fetch.Headers{{Name: "content-type", Value: contentType}},
	})
}

func (t *Tab) navigate(url string, q fetch.Request) *Response {
	r, err := do(t.browser, func(co *eventloop.Co) *Response { return t.load(co, url, q) })
	if err != nil {
		return &Response{URL: url, Type: "error", Err: err}
	}
	return r
}

// load is a navigation: the request is made for a client that is reserved,
// which takes the old one's place when there is a response.
func (t *Tab) load(co *eventloop.Co, url string, q fetch.Request) *Response {
	b := t.browser
	base := ""
	if t.client != nil {
		base = t.client.url
	}
	u, err := weburl.Parse(url, base)
	if err != nil {
		return &Response{URL: url, Type: "error", Err: fmt.Errorf("%q is not a URL", url)}
	}
	frameType, destination := "top-level", "document"
	if t.parent != nil {
		frameType, destination = "nested", "iframe"
	}
	c := b.newClient(u.Href, "window", frameType)
	c.tab = t
	if q.Method == "" {
		q.Method = "GET"
	}
	if q.Cache == "" {
		q.Cache = "default"
	}
	q.URL, q.Mode, q.Credentials, q.Redirect = u.Href, "navigate", "include", "manual"
	q.Destination, q.ResultingClientID = destination, c.id
	if t.client != nil {
		q.ReplacesClientID, q.ClientURL, q.Referrer = t.client.id, t.client.url, "client"
		if !q.IsReload && !q.IsHistory {
			q.Origin = t.client.origin.name
		}
	} else {
		q.Referrer = "no-referrer"
	}
	p := b.fetcher.Fetch(co, &q)
	for p.Type == "opaqueredirect" {
		p = p.Next(co)
	}
	if n := len(p.URLs); n > 0 && p.Source != "worker" {
		c.moved(p.URLs[n-1])
	}
	r := b.read(co, p)
	b.note("client", "tab", "navigate %s: %v", u.Href, r)
	if r.Err != nil {
		if r.URL == "" {
			r.URL = u.Href
		}
		c.end()
		if t.client != nil {
			t.client.end()
			t.client = nil
		}
		t.page = r
		return r
	}
	t.commit(c, r)
	return r
}

// commit makes a client the tab's page.
func (t *Tab) commit(c *client, r *Response) {
	b := t.browser
	old := t.client
	t.client, t.page = c, r
	c.execute()
	if old != nil && old.hasFocus() || old == nil && t.parent == nil {
		b.focus++
		c.focused = b.focus
	}
	for _, f := range slices.Clone(t.frames) {
		f.Close()
	}
	if old != nil {
		old.end()
	}
}

// read waits for the whole of a response.
func (b *Browser) read(co *eventloop.Co, p *fetch.Response) *Response {
	r := &Response{
		URL: p.URL(), Type: p.Type, Redirected: p.Redirected(), Status: p.Status, StatusText: p.StatusText,
		Header: make(http.Header), From: p.Source,
	}
	for _, line := range p.Headers {
		r.Header.Add(line.Name, line.Value)
	}
	if p.IsError() {
		r.Err = fmt.Errorf("network error: %s", p.Reason)
		return r
	}
	if p.Body == nil {
		return r
	}
	read := eventloop.NewFuture[error](b.loop)
	p.Body.ReadAll(func(all []byte, err error) {
		r.Body = all
		read.Resolve(err)
	})
	if err := eventloop.Await(co, read); err != nil {
		r.Err = fmt.Errorf("the body failed: %w", err)
	}
	return r
}

// Frame opens a frame in the page.
func (t *Tab) Frame(url string) *Tab {
	f := &Tab{browser: t.browser, parent: t}
	u, err := weburl.Parse(url, t.URL())
	if err != nil {
		f.page = &Response{URL: url, Type: "error", Err: err}
		return f
	}
	t.frames = append(t.frames, f)
	f.Navigate(u.Href)
	return f
}

// Close closes the tab.
func (t *Tab) Close() {
	if t.closed {
		return
	}
	t.closed = true
	for _, f := range slices.Clone(t.frames) {
		f.Close()
	}
	if t.client != nil {
		t.client.end()
	}
	t.browser.tabs = slices.DeleteFunc(t.browser.tabs, func(o *Tab) bool { return o == t })
	for t.browser.loop.Step() {
	}
}

// Focus brings the tab to the front.
func (t *Tab) Focus() {
	if t.client != nil {
		t.browser.focus++
		t.client.focused = t.browser.focus
	}
}

// Hide puts the tab into the background, or back.
func (t *Tab) Hide(hidden bool) { t.hidden = hidden }

// Ask is a request that a page makes.
type Ask struct {
	// Method is GET when empty.
	Method string
	Header http.Header
	Body   []byte
	// Destination is the Fetch standard's: "script", "style", "image", "font",
	// "" for script's fetch() ...
	Destination string
	// Mode is "cors", "no-cors" or "same-origin"; empty is what the
	// destination has in a page without crossorigin attributes.
	Mode string
	// Cache, Redirect and Integrity are the Fetch standard's.
	Cache, Redirect, Integrity string
	// Abort gives up after so long, if not 0.
	Abort time.Duration
}

// Get asks for a URL as fetch() in the page does.
func (t *Tab) Get(url string) *Response { return t.Ask(url, Ask{}) }

// Load asks for a part of the page with a destination: "script", "style",
// "image", "font", "audio" ...
func (t *Tab) Load(url, destination string) *Response {
	return t.Ask(url, Ask{Destination: destination})
}

// Ask makes a request of the page.
func (t *Tab) Ask(url string, a Ask) *Response {
	if t.client == nil {
		return &Response{URL: url, Type: "error", Err: fmt.Errorf("the tab shows no page that could ask for %s", url)}
	}
	u, err := weburl.Parse(url, t.client.url)
	if err != nil {
		return &Response{URL: url, Type: "error", Err: err}
	}
	q := t.client.request(u.Href, a)
	r, err := do(t.browser, func(co *eventloop.Co) *Response {
		q := *q
		if a.Abort > 0 {
			abort := eventloop.NewFuture[struct{}](t.browser.loop)
			t.browser.loop.After(a.Abort, func() { abort.Resolve(struct{}{}) })
			q.Abort = abort
		}
		return t.browser.read(co, t.browser.fetcher.Fetch(co, &q))
	})
	if err != nil {
		return &Response{URL: u.Href, Type: "error", Err: err}
	}
	return r
}

// request is the request that a page makes for one of its parts.
func (c *client) request(url string, a Ask) *fetch.Request {
	q := &fetch.Request{
		Method: a.Method, URL: url, Mode: a.Mode, Cache: a.Cache, Redirect: a.Redirect, Integrity: a.Integrity,
		Destination: a.Destination, Referrer: "client", Origin: c.origin.name, ClientURL: c.url, ClientID: c.id,
		Credentials: "same-origin",
	}
	if q.Method == "" {
		q.Method = "GET"
	}
	if q.Mode == "" {
		q.Mode = "no-cors"
		if a.Destination == "" || a.Destination == "font" || a.Destination == "manifest" {
			q.Mode = "cors"
		}
	}
	if q.Mode == "no-cors" {
		q.Credentials = "include"
	}
	if q.Cache == "" {
		q.Cache = "default"
	}
	if q.Redirect == "" {
		q.Redirect = "follow"
	}
	names := make([]string, 0, len(a.Header))
	for name := range a.Header {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		for _, value := range a.Header[name] {
			q.Headers.Add(name, value)
		}
	}
	if a.Body != nil {
		q.Body = fetch.Bytes(a.Body)
	}
	return q
}
