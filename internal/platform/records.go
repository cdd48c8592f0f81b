package platform

import (
	"fmt"

	"github.com/swgen/swgen/internal/fetch"
	"github.com/swgen/swgen/internal/jsvm"
)

// headers are the arguments from the given one on: names and values in turns.
func (a arguments) headers(from int) fetch.Headers {
	h := make(fetch.Headers, 0, max(0, len(a)-from)/2)
	for i := from; i+1 < len(a); i += 2 {
		h = append(h, fetch.Header{Name: a.string(i), Value: a.string(i + 1)})
	}
	return h
}

// RecordOf is the record of a request, as src/host.ts declares it.
func RecordOf(q *fetch.Request) jsvm.Fields {
	headers := make(jsvm.List, len(q.Headers))
	for i, line := range q.Headers {
		headers[i] = jsvm.List{line.Name, line.Value}
	}
	return jsvm.Fields{
		"method", q.Method, "url", q.URL, "headers", headers, "mode", q.Mode, "credentials", q.Credentials,
		"cache", q.Cache, "redirect", q.Redirect, "referrer", q.Referrer, "referrerPolicy", q.ReferrerPolicy,
		"integrity", q.Integrity, "keepalive", q.Keepalive, "destination", q.Destination,
		"isReload", q.IsReload, "isHistory", q.IsHistory,
	}
}

// Requests and responses of script cross as plain values in the order that
// src/fetch/border.ts knows, and get a number, under which the function that
// they are for takes them.

func (r *Realm) recordFunctions(add func(string, function)) {
	add("request", func(a arguments) (any, error) {
		return r.requests.add(&fetch.Request{
			Method: a.string(0), URL: a.string(1), Mode: a.string(2), Credentials: a.string(3),
			Cache: a.string(4), Redirect: a.string(5), Referrer: a.string(6), ReferrerPolicy: a.string(7),
			Integrity: a.string(8), Keepalive: a.bool(9), Destination: a.string(10),
			IsReload: a.bool(11), IsHistory: a.bool(12), Headers: a.headers(13),
		}), nil
	})
	add("response", func(a arguments) (any, error) {
		var body *fetch.Body
		if a.at(1) != nil {
			var err error
			if body, err = r.takeBody(a.int(1)); err != nil {
				return nil, err
			}
		}
		p, err := r.response(a, body)
		if err != nil {
			return nil, err
		}
		return r.given.add(p), nil
	})
}

// request is the request that script handed over under a number.
func (r *Realm) request(number any) (*fetch.Request, error) {
	return take(&r.requests, "request", number)
}

// Response is the response that script handed over under a number.
func (r *Realm) Response(number any) (*fetch.Response, error) {
	return take(&r.given, "response", number)
}

func take[T any](from *handles[T], what string, number any) (v T, err error) {
	n, _ := number.(float64)
	v, ok := from.of[int(n)]
	if !ok {
		return v, fmt.Errorf("no %s has number %v", what, number)
	}
	delete(from.of, int(n))
	return v, nil
}

// ResponseRecord hands a response to script: what it may see as a record, the
// rest by number.
func (r *Realm) ResponseRecord(p *fetch.Response) any {
	// The bytes travel by a number of their own, so that what script has let
	// go is not kept; those of an opaque response too: script hands it on.
	kept := *p
	body := any(jsvm.Null)
	if b := p.Unfiltered().Body; b != nil {
		body = r.addBody(b)
	}
	kept.Body = nil
	if p.Internal != nil {
		internal := *p.Internal
		internal.Body = nil
		kept.Internal = &internal
	}
	list := jsvm.List{r.responses.add(&kept), body, p.Type, p.URL(), p.Redirected(), p.Status, p.StatusText}
	for _, line := range p.Headers {
		list = append(list, line.Name, line.Value)
	}
	return list
}

// response is a response of script's: one that it was handed, by its number,
// or one that it made.
func (r *Realm) response(a arguments, body *fetch.Body) (*fetch.Response, error) {
	if id := a.int(0); id != 0 {
		kept, ok := r.responses.of[id]
		if !ok {
			return nil, fmt.Errorf("no response has number %d", id)
		}
		p := *kept
		if kept.Internal != nil {
			internal := *kept.Internal
			internal.Body = body
			p.Internal = &internal
		}
		if p.Type != "opaque" && p.Type != "opaqueredirect" {
			p.Body = body
		}
		return &p, nil
	}
	p := &fetch.Response{
		Type: a.string(2), Status: a.int(5), StatusText: a.string(6), Headers: a.headers(7), Body: body, Source: "worker",
	}
	if url := a.string(3); url != "" {
		p.URLs = []string{url}
	}
	return p, nil
}
