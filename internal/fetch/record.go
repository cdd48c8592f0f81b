// Package fetch is the Fetch standard without script: requests, responses,
// header lists and byte streams as its concepts, and its algorithm from "main
// fetch" down to the HTTP cache, over a network that is given. It knows no
// JavaScript and no service workers: whoever wants to intercept a request
// gives a function.
//
// Names and steps are those of https://fetch.spec.whatwg.org/ (read in
// November 2026).
package fetch

import (
	"slices"
	"strings"

	"github.com/swgen/swgen/internal/eventloop"
)

// Header is one line of a header list.
type Header struct{ Name, Value string }

// Headers is a header list: in order, names compared without case.
type Headers []Header

// Values is every value of name, in order.
func (h Headers) Values(name string) []string {
	var values []string
	for _, line := range h {
		if strings.EqualFold(line.Name, name) {
			values = append(values, line.Value)
		}
	}
	return values
}

// Get is the combined value of name, and whether there is one.
func (h Headers) Get(name string) (value string, ok bool) {
	for _, line := range h {
		switch {
		case !strings.EqualFold(line.Name, name):
		case ok:
			value += ", " + line.Value
		default:
			value, ok = line.Value, true
		}
	}
	return value, ok
}

// List is the combined value of name split at its commas (the standard's "get,
// decode, and split"); nil when there is none.
func (h Headers) List(name string) []string {
	value, ok := h.Get(name)
	if !ok {
		return nil
	}
	return splitList(value)
}

// splitList splits at commas that are not in quoted strings.
func splitList(value string) []string {
	var list []string
	quoted, start := false, 0
	for i := 0; i < len(value); i++ {
		switch c := value[i]; {
		case c == '"':
			quoted = !quoted
		case c == '\\' && quoted:
			i++
		case c == ',' && !quoted:
			list = append(list, strings.Trim(value[start:i], "\t "))
			start = i + 1
		}
	}
	return append(list, strings.Trim(value[start:], "\t "))
}

// Has says whether name is in the list.
func (h Headers) Has(name string) bool {
	return slices.ContainsFunc(h, func(l Header) bool { return strings.EqualFold(l.Name, name) })
}

// Set replaces the values of name by one.
func (h *Headers) Set(name, value string) {
	for i, line := range *h {
		if strings.EqualFold(line.Name, name) {
			rest := (*h)[i+1:]
			(*h)[i].Value = value
			*h = append((*h)[:i+1], slices.DeleteFunc(rest, func(l Header) bool { return strings.EqualFold(l.Name, name) })...)
			return
		}
	}
	*h = append(*h, Header{name, value})
}

// Add appends a value.
func (h *Headers) Add(name, value string) { *h = append(*h, Header{name, value}) }

// Del removes name.
func (h *Headers) Del(name string) {
	*h = slices.DeleteFunc(*h, func(l Header) bool { return strings.EqualFold(l.Name, name) })
}

// Request is the standard's concept of a request. Modes and the like are its
// strings.
type Request struct {
	Method         string
	URL            string // the current URL, serialized with its fragment
	Headers        Headers
	Body           *Body // nil: null
	Mode           string
	Credentials    string
	Cache          string
	Redirect       string
	Referrer       string // "no-referrer", "client" or a URL
	ReferrerPolicy string
	Integrity      string
	Destination    string
	Keepalive      bool
	IsReload       bool
	IsHistory      bool

	// Origin is the serialized origin of the client that asks; "" for a
	// navigation that the user began.
	Origin string
	// ClientURL is the URL of the client, for the Referer header.
	ClientURL string
	// ClientID, ResultingClientID and ReplacesClientID name clients, as a
	// fetch event shows them.
	ClientID, ResultingClientID, ReplacesClientID string
	// SkipServiceWorker is the standard's service-workers mode "none".
	SkipServiceWorker bool
	// Abort is resolved by who asks when the answer is not wanted any more;
	// nil: never. Whoever handles the request may look at it too.
	Abort *eventloop.Future[struct{}]
}

// Clone is a request that shares nothing with r but what its body has still
// to deliver.
func (r *Request) Clone() *Request {
	c := *r
	c.Headers = slices.Clone(r.Headers)
	if r.Body != nil {
		c.Body = r.Body.Tee()
	}
	return &c
}

// Response is the standard's concept of a response.
type Response struct {
	Type       string   // default basic cors opaque opaqueredirect error
	URLs       []string // the URL list
	Status     int
	StatusText string
	Headers    Headers
	Body       *Body // nil: null
	// RangeRequested is the standard's flag of the same name.
	RangeRequested bool
	// Internal is the response that a filtered one wraps.
	Internal *Response
	// Reason says why a network error happened, to the developer only.
	Reason string
	// Aborted says that a network error was asked for (Request.Abort).
	Aborted bool
	// Source says who gave the response: "network", "http cache", "worker" or
	// "cache" (Cache Storage).
	Source string

	// next follows a navigation's redirect.
	next func(co *eventloop.Co) *Response
}

// NetworkError is a response of type error.
func NetworkError(reason string) *Response { return &Response{Type: "error", Reason: reason} }

// IsError says whether r is a network error.
func (r *Response) IsError() bool { return r.Type == "error" }

// URL is the last URL of the list without its fragment, "" when there is none.
func (r *Response) URL() string {
	if len(r.URLs) == 0 {
		return ""
	}
	url, _, _ := strings.Cut(r.URLs[len(r.URLs)-1], "#")
	return url
}

// Redirected says whether the URL list has more than one URL.
func (r *Response) Redirected() bool { return len(r.URLs) > 1 }

// Next is the answer to the next request of a navigation (mode "navigate",
// redirect "manual") whose answer r is of type opaqueredirect; a network error
// when r is anything else.
func (r *Response) Next(co *eventloop.Co) *Response {
	if r.next == nil {
		return NetworkError("the response is not a navigation's redirect")
	}
	return r.next(co)
}

// Unfiltered is the internal response of a filtered one, else r itself.
func (r *Response) Unfiltered() *Response {
	if r.Internal != nil {
		return r.Internal
	}
	return r
}

// Clone is a response with a body of its own to read.
func (r *Response) Clone() *Response {
	c := *r
	c.Headers = slices.Clone(r.Headers)
	switch {
	case r.Internal != nil:
		c.Internal = r.Internal.Clone()
		if r.Body != nil {
			c.Body = c.Internal.Body
		}
	case r.Body != nil:
		c.Body = r.Body.Tee()
	}
	return &c
}
