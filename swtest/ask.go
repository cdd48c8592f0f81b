package swtest

import (
	"fmt"
	"net/http"
	"time"

	"github.com/swgen/swgen/internal/eventloop"
	"github.com/swgen/swgen/internal/fetch"
	"github.com/swgen/swgen/internal/weburl"
)

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
		return noResponse(url, fmt.Errorf("the tab shows no page that could ask for %s", url))
	}
	u, err := weburl.Parse(url, t.client.url)
	if err != nil {
		return noResponse(url, err)
	}
	c := t.client
	q := c.request(u.Href, a)
	r, err := do(t.browser, func(co *eventloop.Co) *Response {
		if a.Abort > 0 {
			abort := eventloop.NewFuture[struct{}](t.browser.loop)
			t.browser.loop.After(a.Abort, func() { abort.Resolve(struct{}{}) })
			q.Abort = abort
		}
		return t.browser.read(co, t.browser.fetcher.Fetch(co, q))
	})
	if err != nil {
		return noResponse(u.Href, err)
	}
	if r.URL == "" {
		r.URL = u.Href
	}
	if r.Err != nil {
		t.browser.note("refused", c.String(), "%v", r)
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
		q.Method = http.MethodGet
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
	q.Headers = headers(a.Header)
	if a.Body != nil {
		q.Body = fetch.Bytes(a.Body)
	}
	return q
}
