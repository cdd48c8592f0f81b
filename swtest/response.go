package swtest

import (
	"fmt"
	"net/http"

	"github.com/swgen/swgen/internal/eventloop"
	"github.com/swgen/swgen/internal/fetch"
)

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
	// From is who answered: "worker", which stands for its static routes, too,
	// "network" or "http cache".
	From string
	// Err says why there is no response, or not all of its body.
	Err error
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

// noResponse is why there was nothing to ask.
func noResponse(url string, err error) *Response { return &Response{URL: url, Type: "error", Err: err} }

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
