package swtest

import (
	"bytes"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/swgen/swgen/internal/eventloop"
	"github.com/swgen/swgen/internal/fetch"
)

// Network answers the requests that leave the browser, as the test scripts
// it, and records them.
type Network struct {
	browser  *Browser
	handler  http.Handler
	offline  bool
	latency  time.Duration
	weather  func(*Request) Weather
	requests []*Request
}

// Request is one request that left the browser.
type Request struct {
	Method string
	URL    string
	Header http.Header
	// Body is what was sent.
	Body []byte
	// Destination is the Fetch standard's: "document", "script", "" ...
	Destination string
	// Mode and Cache are the Fetch standard's.
	Mode, Cache string
	// Client is the id of the page or dedicated worker that asked, "" for a
	// service worker and for the browser.
	Client string
	// Initiator is the URL of the page or worker that asked, "" for a
	// navigation that the user began.
	Initiator string
	// Status is what was answered, 0 when nothing was: Err says why.
	Status int
	Err    error
}

func (r *Request) String() string { return r.Method + " " + r.URL }

// Weather is what happens to one request on its way. A Delay of ten minutes is
// a server that hangs: Settle would wait for it, a worker's own timeout comes
// first.
type Weather struct {
	// Delay comes before the response.
	Delay time.Duration
	// Stall comes between the headers of the response and its body.
	Stall time.Duration
	// Fail breaks the connection before there is a response.
	Fail bool
	// Status replaces the answer by an empty one, if not 0.
	Status int
	// Cut breaks the connection after so many bytes of the body, if not 0.
	Cut int
	// Answer replaces the answer, if not nil.
	Answer http.Handler
}

// Serve changes who answers from now on: a deploy. A handler that is also an
// http.RoundTripper is asked as such, on a goroutine of its own, so that it may
// be a real network: while its answer is awaited the clock is the real one.
func (n *Network) Serve(h http.Handler) { n.handler = h }

// Offline cuts the network, or mends it: then sync events fire that waited.
func (n *Network) Offline(offline bool) {
	if n.offline == offline {
		return
	}
	n.offline = offline
	n.browser.online(!offline)
}

// Delay lets every response come so much later, on the browser's clock.
func (n *Network) Delay(d time.Duration) { n.latency = d }

// Script decides about each request from now on; nil for good weather.
func (n *Network) Script(weather func(*Request) Weather) { n.weather = weather }

// Requests are the requests so far, in the order in which they were sent.
func (n *Network) Requests() []*Request { return n.requests }

// Forget empties the record.
func (n *Network) Forget() { n.requests = nil }

// Paths are the URLs of the record, without the origin of the browser's first
// page: what a test reads best.
func (n *Network) Paths() []string {
	var paths []string
	for _, r := range n.requests {
		paths = append(paths, strings.TrimPrefix(r.URL, n.browser.home))
	}
	return paths
}

var errOffline = errors.New("the network is offline")

// wire is the network as the browser's fetch calls it.
type wire struct{ *Network }

// RoundTrip is one exchange.
func (n wire) RoundTrip(co *eventloop.Co, q *fetch.Request) (*fetch.Response, error) {
	address, _, _ := strings.Cut(q.URL, "#")
	r := &Request{
		Method: q.Method, URL: address, Header: make(http.Header), Destination: q.Destination,
		Mode: q.Mode, Cache: q.Cache, Client: q.ClientID, Initiator: q.ClientURL,
	}
	for _, line := range q.Headers {
		r.Header.Add(line.Name, line.Value)
	}
	n.requests = append(n.requests, r)
	if q.Body != nil {
		read := eventloop.NewFuture[error](co.Loop())
		q.Body.ReadAll(func(all []byte, err error) {
			r.Body = all
			read.Resolve(err)
		})
		if err := eventloop.Await(co, read); err != nil {
			r.Err = err
			return nil, err
		}
	}
	answer, err := n.exchange(co, r)
	if err != nil {
		r.Err = err
		n.browser.note("request", "network", "%s: %v", r, err)
		return nil, err
	}
	r.Status = answer.Status
	n.browser.note("request", "network", "%s: %d", r, answer.Status)
	return answer, nil
}

func (n *Network) exchange(co *eventloop.Co, r *Request) (*fetch.Response, error) {
	var w Weather
	if n.weather != nil {
		w = n.weather(r)
	}
	if d := n.latency + w.Delay; d > 0 && !n.offline {
		co.Sleep(d)
	}
	switch {
	case n.offline:
		return nil, errOffline
	case w.Fail:
		return nil, errors.New("the connection was reset")
	case w.Status != 0:
		return &fetch.Response{Status: w.Status, StatusText: http.StatusText(w.Status), Body: fetch.Bytes(nil)}, nil
	}
	handler := n.handler
	if w.Answer != nil {
		handler = w.Answer
	}
	if handler == nil {
		return nil, errors.New("no server answers")
	}
	request, err := httpRequest(r)
	if err != nil {
		return nil, err
	}
	if transport, ok := handler.(http.RoundTripper); ok {
		return roundTrip(co, transport, request)
	}
	rec := &recorder{header: make(http.Header)}
	if err := rec.serve(handler, request); err != nil {
		return nil, err
	}
	p, send := rec.response(r.Method, w.Cut)
	if w.Stall > 0 {
		co.Loop().After(w.Stall, send)
	} else {
		send()
	}
	return p, nil
}

// httpRequest is a request as a server sees it.
func httpRequest(r *Request) (*http.Request, error) {
	u, err := url.Parse(r.URL)
	if err != nil {
		return nil, err
	}
	q := &http.Request{
		Method: r.Method, URL: &url.URL{Path: u.Path, RawPath: u.RawPath, RawQuery: u.RawQuery, ForceQuery: u.ForceQuery},
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, Host: u.Host, Header: r.Header.Clone(),
		Body: io.NopCloser(bytes.NewReader(r.Body)), ContentLength: int64(len(r.Body)),
		RemoteAddr: "192.0.2.1:1234", RequestURI: u.RequestURI(),
	}
	if u.Scheme == "https" {
		q.TLS = &tls.ConnectionState{Version: tls.VersionTLS13, HandshakeComplete: true}
	}
	return q, nil
}

// recorder is what a handler writes its answer to.
type recorder struct {
	header http.Header
	sent   http.Header
	status int
	chunks [][]byte
	broken error // why the body ended too early
}

func (w *recorder) Header() http.Header { return w.header }

func (w *recorder) WriteHeader(status int) {
	if w.status == 0 && (status >= 200 || status == http.StatusSwitchingProtocols) {
		w.status = status
		w.sent = w.header.Clone()
	}
}

func (w *recorder) Write(b []byte) (int, error) {
	if w.status == 0 {
		if w.header.Get("Content-Type") == "" {
			w.header.Set("Content-Type", http.DetectContentType(b))
		}
		w.WriteHeader(http.StatusOK)
	}
	if len(b) > 0 {
		w.chunks = append(w.chunks, bytes.Clone(b))
	}
	return len(b), nil
}

// Flush makes the recorder an http.Flusher.
func (w *recorder) Flush() { w.WriteHeader(http.StatusOK) }

// serve calls the handler; http.ErrAbortHandler is a broken connection.
func (w *recorder) serve(h http.Handler, r *http.Request) (err error) {
	defer func() {
		if e := recover(); e == http.ErrAbortHandler {
			if w.broken = errors.New("the connection was reset"); w.status == 0 {
				err = w.broken
			}
		} else if e != nil {
			panic(e)
		}
	}()
	h.ServeHTTP(w, r)
	w.WriteHeader(http.StatusOK)
	return nil
}

// response is the head of the answer, and what sends the body.
func (w *recorder) response(method string, cut int) (p *fetch.Response, send func()) {
	p = &fetch.Response{Status: w.status, StatusText: http.StatusText(w.status), Headers: headers(w.sent)}
	body, writer := fetch.NewBody(nil)
	p.Body = body
	return p, func() {
		if method != http.MethodHead {
			w.send(writer, cut)
		}
		writer.Close()
	}
}

func (w *recorder) send(to *fetch.Writer, cut int) {
	left := cut
	for _, chunk := range w.chunks {
		if cut > 0 && len(chunk) >= left {
			to.Write(chunk[:left], nil)
			to.Fail(fmt.Errorf("the connection was reset after %d bytes", cut))
			return
		}
		left -= len(chunk)
		to.Write(chunk, nil)
	}
	if w.broken != nil {
		to.Fail(w.broken)
	}
}

// headers are the lines of a header, in an order that is always the same.
func headers(h http.Header) fetch.Headers {
	var list fetch.Headers
	for _, name := range slices.Sorted(maps.Keys(h)) {
		for _, value := range h[name] {
			list.Add(strings.ToLower(name), value)
		}
	}
	return list
}
