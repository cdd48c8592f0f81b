package swtest

import (
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/swgen/swgen/internal/eventloop"
	"github.com/swgen/swgen/internal/fetch"
	"github.com/swgen/swgen/internal/weburl"
)

// Tab is a tab or window of the browser, or a frame in one.
type Tab struct {
	browser *Browser
	client  *client // nil: an error page, or none yet
	address string
	parent  *Tab // of a frame
	frames  []*Tab
	history []entry
	at      int // in history
	hidden  bool
	page    *Response
	leaving *eventloop.Future[struct{}] // the navigation that is under way: resolved to give it up
	closed  bool
}

// Open opens a tab and navigates it, as a click on a link in a new tab. Page
// says what came of it.
func (b *Browser) Open(url string) *Tab {
	t := b.newTab()
	t.Navigate(url)
	return t
}

func (b *Browser) newTab() *Tab {
	t := &Tab{browser: b, address: "about:blank", at: -1}
	b.tabs = append(b.tabs, t)
	return t
}

// Tabs are the open tabs in the order of their opening, with those that a
// worker opened; frames are none.
func (b *Browser) Tabs() []*Tab { return slices.Clone(b.tabs) }

// Page is what the last navigation was answered with, nil before the first.
func (t *Tab) Page() *Response { return t.page }

// URL is what the address bar shows: after a navigation that failed, where it
// was to go.
func (t *Tab) URL() string { return t.address }

// ClientID is the id by which workers know the page, "" for an error page.
func (t *Tab) ClientID() string {
	if t.client == nil {
		return ""
	}
	return t.client.id
}

// entry is a page that was visited, and who led there. Entries of one client
// differ by the fragment.
type entry struct {
	url    string
	from   initiator
	client *client
}

// initiator is the page or worker that asks for a page; none: the user.
type initiator struct{ url, origin string }

// visit is how a navigation changes the history.
type visit int

const (
	forth   visit = iota // a new entry
	again                // the same entry
	through              // the entry was chosen already
)

// Navigate goes to a URL, relative to the present one, as a link in the page
// would, and returns the page. When there is no answer the tab shows an error
// page, which no worker controls. The same URL with another fragment asks
// nobody.
func (t *Tab) Navigate(url string) *Response { return t.navigate(url, fetch.Request{}, forth) }

// Submit is a navigation by a form's POST.
func (t *Tab) Submit(url, contentType string, body []byte) *Response {
	return t.navigate(url, post(contentType, body), forth)
}

func post(contentType string, body []byte) fetch.Request {
	return fetch.Request{
		Method: http.MethodPost, Body: fetch.Bytes(body), Cache: "no-cache",
		Headers: fetch.Headers{{Name: "content-type", Value: contentType}},
	}
}

// Reload is the user's reload button. A page that a form asked for is asked
// for by GET.
func (t *Tab) Reload() *Response {
	return t.navigate(t.address, reload(), again)
}

// reload is what distinguishes a reload from other navigations.
func reload() fetch.Request { return fetch.Request{IsReload: true, Cache: "no-cache"} }

// ForceReload is a reload with the shift key: past caches and workers, which
// do not control the page then.
func (t *Tab) ForceReload() *Response {
	return t.navigate(t.address, fetch.Request{IsReload: true, Cache: "reload", SkipServiceWorker: true}, again)
}

// Back goes back in the tab's history, where there is one. Pages are loaded
// again: there is no back/forward cache.
func (t *Tab) Back() *Response { return t.goTo(t.at - 1) }

// Forward goes forward again.
func (t *Tab) Forward() *Response { return t.goTo(t.at + 1) }

func (t *Tab) goTo(at int) *Response {
	if at < 0 || at >= len(t.history) {
		return t.page
	}
	t.at = at
	if e := t.history[at]; t.client != nil && e.client == t.client {
		t.remember(e, through)
		t.moved()
		return t.page
	}
	return t.navigate(t.history[at].url, fetch.Request{IsHistory: true, Cache: "force-cache"}, through)
}

func (t *Tab) navigate(url string, q fetch.Request, v visit) *Response {
	r, err := do(t.browser, func(co *eventloop.Co) *Response { return t.load(co, url, q, v, t.initiator(v)) })
	if err != nil {
		return noResponse(url, err)
	}
	t.browser.Advance(0) // what the end of the old page sets off
	return r
}

// initiator is who asks for the next page: the present one, unless it was
// visited already.
func (t *Tab) initiator(v visit) (from initiator) {
	c := t.client
	if c == nil && t.parent != nil {
		c = t.parent.client
	}
	switch {
	case v != forth:
		return t.history[t.at].from
	case c != nil:
		return initiator{c.url, c.origin.name}
	}
	return from
}

// load is a navigation: the request is made for a client that is reserved,
// which takes the old one's place when there is a response.
func (t *Tab) load(co *eventloop.Co, url string, q fetch.Request, v visit, from initiator) *Response {
	b := t.browser
	u, err := weburl.Parse(url, t.address)
	switch {
	case t.closed:
		return noResponse(url, fmt.Errorf("the tab that should go to %s is closed", url))
	case err != nil:
		return noResponse(url, fmt.Errorf("%q is not a URL", url))
	case v == forth && q.Body == nil && t.samePage(u.Href):
		t.remember(entry{u.Href, from, t.client}, v)
		t.moved()
		return t.page
	}
	t.giveUp()
	leaving := eventloop.NewFuture[struct{}](b.loop)
	t.leaving, q.Abort = leaving, leaving
	c := t.reserve(u.Href)
	t.request(&q, u.Href, c, from)
	p := b.fetcher.Fetch(co, &q)
	for p.Type == "opaqueredirect" {
		p = p.Next(co)
	}
	if n := len(p.URLs); n > 0 && p.Source != "worker" {
		c.moved(p.URLs[n-1])
	}
	r := b.read(co, p)
	if r.URL == "" {
		r.URL = c.url
	}
	b.note("client", "tab", "navigate %s: %v", u.Href, r)
	switch {
	case leaving.Done():
		c.end()
		return r
	case !p.IsError() && staysAway(p):
		c.end()
		return r
	case p.IsError():
		c.end()
		c = nil
		t.remember(entry{u.Href, from, nil}, v)
	default:
		t.remember(entry{c.url, from, c}, v)
	}
	t.commit(c, r)
	return r
}

// giveUp ends the navigation that is under way: another one begins, or the
// tab is closed.
func (t *Tab) giveUp() {
	if t.leaving != nil {
		t.leaving.Resolve(struct{}{})
		t.leaving = nil
	}
}

// samePage says whether a URL is but another fragment of the page.
func (t *Tab) samePage(url string) bool {
	there, _, fragment := strings.Cut(url, "#")
	here, _, _ := strings.Cut(t.address, "#")
	return t.client != nil && fragment && here == there
}

// moved tells the page of its new fragment.
func (t *Tab) moved() { dispatch(t.client.realm, "fragment", t.address) }

// staysAway says whether a response leaves the tab's page as it is: no content
// or a download.
func staysAway(p *fetch.Response) bool {
	disposition, _ := p.Headers.Get("content-disposition")
	return p.Status == http.StatusNoContent || p.Status == http.StatusResetContent || strings.HasPrefix(strings.ToLower(disposition), "attachment")
}

// reserve makes the client that the navigation is for.
func (t *Tab) reserve(url string) *client {
	frameType := "top-level"
	if t.parent != nil {
		frameType = "nested"
	}
	c := t.browser.newClient(url, "window", frameType)
	c.tab = t
	return c
}

// request completes a navigation's request.
func (t *Tab) request(q *fetch.Request, url string, c *client, from initiator) {
	q.URL, q.Mode, q.Credentials, q.Redirect, q.Referrer = url, "navigate", "include", "manual", "no-referrer"
	q.Destination, q.ResultingClientID = "document", c.id
	if t.parent != nil {
		q.Destination = "iframe"
	}
	if q.Method == "" {
		q.Method = http.MethodGet
	}
	if q.Cache == "" {
		q.Cache = "default"
	}
	q.Headers.Set("upgrade-insecure-requests", "1")
	if t.client != nil && t.client.origin == c.origin {
		q.ReplacesClientID = t.client.id
	}
	if from != (initiator{}) {
		q.ClientURL, q.Origin, q.Referrer = from.url, from.origin, "client"
	}
}

// remember changes the address and the history.
func (t *Tab) remember(e entry, v visit) {
	t.address = e.url
	if v == forth || t.at < 0 {
		t.at++
		t.history = append(t.history[:t.at], e)
		return
	}
	t.history[t.at] = e
}

// commit makes a client the tab's page, nil for an error page.
func (t *Tab) commit(c *client, r *Response) {
	b := t.browser
	old := t.client
	t.client, t.page = c, r
	if c != nil {
		c.execute()
		if old != nil && old.hasFocus() || old == nil && t.parent == nil {
			b.focus++
			c.focused = b.focus
		}
	}
	for _, f := range slices.Clone(t.frames) {
		f.Close()
	}
	if old != nil {
		old.end()
	}
}

// loading begins a navigation that a worker or a page asked for.
func (a *agent) loading(t *Tab, url string, v visit, done func(*Response)) {
	from := initiator{a.url(), a.origin.name}
	a.browser.begin(func(co *eventloop.Co) { done(t.load(co, url, fetch.Request{}, v, from)) })
}

// toldNavigate is what Location does, and says whether the page stays, at
// another fragment.
func toldNavigate(a *agent, p params) (any, error) {
	t, url, v := a.client.tab, p.str(0), forth
	u, err := weburl.Parse(url, "")
	if err != nil {
		return nil, err
	}
	if p.is(1) || url == t.address {
		v = again
	}
	switch {
	case t.samePage(url):
		t.remember(entry{url, initiator{a.url(), a.origin.name}, a.client}, v)
		return true, nil
	case !isHTTP(u):
		a.note("refused", "swtest: pages cannot go to %s", url)
	default:
		a.loading(t, url, v, func(*Response) {})
	}
	return false, nil
}

func toldReload(a *agent, _ params) (any, error) {
	t := a.client.tab
	a.browser.begin(func(co *eventloop.Co) { t.load(co, t.address, reload(), again, t.initiator(again)) })
	return nil, nil
}

// Frame opens a frame in the page. It closes with the page.
func (t *Tab) Frame(url string) *Tab {
	f := &Tab{browser: t.browser, parent: t, address: t.address, at: -1}
	t.frames = append(t.frames, f)
	f.Navigate(url)
	return f
}

// Close closes the tab.
func (t *Tab) Close() {
	if t.closed {
		return
	}
	t.closed = true
	t.giveUp()
	for _, f := range slices.Clone(t.frames) {
		f.Close()
	}
	if t.client != nil {
		t.client.end()
		t.client = nil
	}
	t.browser.tabs = slices.DeleteFunc(t.browser.tabs, func(o *Tab) bool { return o == t })
	if t.parent != nil {
		t.parent.frames = slices.DeleteFunc(t.parent.frames, func(o *Tab) bool { return o == t })
		return
	}
	t.browser.Advance(0)
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
