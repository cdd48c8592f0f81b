package swtest

import (
	"context"
	"io"
	"net/http"
	"strings"

	"github.com/swgen/swgen/internal/eventloop"
	"github.com/swgen/swgen/internal/fetch"
)

// A network that is also an http.RoundTripper is asked through that, beside
// the browser's loop: its answers may come slowly, never end, or have a status
// text of their own, and while they are awaited the clock is the real one.

// roundTrip asks a transport and hands over the response once its headers are
// there.
func roundTrip(co *eventloop.Co, transport http.RoundTripper, r *http.Request) (*fetch.Response, error) {
	type headers struct {
		p   *fetch.Response
		err error
	}
	ctx, cancel := context.WithCancel(r.Context())
	outside := co.Loop().Outside()
	stop := func() {
		cancel()
		outside.Done()
	}
	answer := eventloop.NewFuture[headers](co.Loop())
	body, writer := fetch.NewBody(stop)
	go func() {
		p, err := transport.RoundTrip(r.WithContext(ctx))
		if err != nil {
			outside.Post(func() {
				outside.Done()
				answer.Resolve(headers{err: err})
			})
			return
		}
		defer p.Body.Close()
		if !outside.Post(func() { answer.Resolve(headers{p: record(p, body)}) }) {
			return
		}
		pump(p.Body, outside, writer)
	}()
	got := eventloop.Await(co, answer)
	return got.p, got.err
}

// pump carries a body into the loop, piece by piece.
func pump(from io.Reader, outside *eventloop.Outside, to *fetch.Writer) {
	for {
		chunk := make([]byte, 32<<10)
		n, err := from.Read(chunk)
		if !outside.Post(func() {
			to.Write(chunk[:n], nil)
			switch err {
			case nil:
				return
			case io.EOF:
				to.Close()
			default:
				to.Fail(err)
			}
			outside.Done()
		}) || err != nil {
			return
		}
	}
}

// record is the head of a response.
func record(p *http.Response, body *fetch.Body) *fetch.Response {
	_, text, _ := strings.Cut(p.Status, " ")
	return &fetch.Response{Status: p.StatusCode, StatusText: text, Headers: headers(p.Header), Body: body}
}
