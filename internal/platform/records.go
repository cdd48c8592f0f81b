package platform

import (
	"encoding/json"
	"fmt"

	"github.com/swgen/swgen/internal/fetch"
	"github.com/swgen/swgen/internal/jsvm"
)

// RequestRecord is a request as src/host.ts declares it.
type RequestRecord struct {
	Method         string      `json:"method"`
	URL            string      `json:"url"`
	Headers        [][2]string `json:"headers"`
	Mode           string      `json:"mode"`
	Credentials    string      `json:"credentials"`
	Cache          string      `json:"cache"`
	Redirect       string      `json:"redirect"`
	Referrer       string      `json:"referrer"`
	ReferrerPolicy string      `json:"referrerPolicy"`
	Integrity      string      `json:"integrity"`
	Keepalive      bool        `json:"keepalive"`
	Destination    string      `json:"destination"`
	IsReload       bool        `json:"isReload,omitempty"`
	IsHistory      bool        `json:"isHistory,omitempty"`
}

// responseRecord is a response as src/host.ts declares it.
type responseRecord struct {
	Type       string      `json:"type"`
	URL        string      `json:"url"`
	Redirected bool        `json:"redirected"`
	Status     int         `json:"status"`
	StatusText string      `json:"statusText"`
	Headers    [][2]string `json:"headers"`
	Body       *int        `json:"body"`
	ID         int         `json:"id"`
	Reason     string      `json:"reason,omitempty"`
}

func pairs(h fetch.Headers) [][2]string {
	list := make([][2]string, len(h))
	for i, line := range h {
		list[i] = [2]string{line.Name, line.Value}
	}
	return list
}

func headers(list [][2]string) fetch.Headers {
	h := make(fetch.Headers, len(list))
	for i, line := range list {
		h[i] = fetch.Header{Name: line[0], Value: line[1]}
	}
	return h
}

// RecordOf is the record of a request.
func RecordOf(q *fetch.Request) RequestRecord {
	return RequestRecord{
		Method: q.Method, URL: q.URL, Headers: pairs(q.Headers), Mode: q.Mode, Credentials: q.Credentials,
		Cache: q.Cache, Redirect: q.Redirect, Referrer: q.Referrer, ReferrerPolicy: q.ReferrerPolicy,
		Integrity: q.Integrity, Keepalive: q.Keepalive, Destination: q.Destination,
		IsReload: q.IsReload, IsHistory: q.IsHistory,
	}
}

func (r RequestRecord) request() *fetch.Request {
	return &fetch.Request{
		Method: r.Method, URL: r.URL, Headers: headers(r.Headers), Mode: r.Mode, Credentials: r.Credentials,
		Cache: r.Cache, Redirect: r.Redirect, Referrer: r.Referrer, ReferrerPolicy: r.ReferrerPolicy,
		Integrity: r.Integrity, Keepalive: r.Keepalive, Destination: r.Destination,
		IsReload: r.IsReload, IsHistory: r.IsHistory,
	}
}

// ResponseRecord hands a response to script: what it may see as a record, the
// rest by number.
func (r *Realm) ResponseRecord(p *fetch.Response) any {
	record := responseRecord{
		Type: p.Type, URL: p.URL(), Redirected: p.Redirected(), Status: p.Status, StatusText: p.StatusText,
		Headers: pairs(p.Headers), Reason: p.Reason,
	}
	// The bytes travel by a number of their own, so that what script has let
	// go is not kept; those of an opaque response too: script hands it on.
	kept := *p
	if body := p.Unfiltered().Body; body != nil {
		handle := r.addBody(body)
		record.Body = &handle
	}
	kept.Body = nil
	if p.Internal != nil {
		internal := *p.Internal
		internal.Body = nil
		kept.Internal = &internal
	}
	record.ID = r.responses.add(&kept)
	return record
}

// response takes a response back from script.
func (r *Realm) response(record responseRecord) (*fetch.Response, error) {
	var body *fetch.Body
	if record.Body != nil {
		var err error
		if body, err = r.takeBody(*record.Body); err != nil {
			return nil, err
		}
	}
	if record.ID != 0 {
		kept, ok := r.responses.of[record.ID]
		if !ok {
			return nil, fmt.Errorf("no response has number %d", record.ID)
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
		Type: record.Type, Status: record.Status, StatusText: record.StatusText,
		Headers: headers(record.Headers), Body: body, Source: "worker",
	}
	if record.URL != "" {
		p.URLs = []string{record.URL}
	}
	return p, nil
}

// Response takes a response that script handed over, as JSON.
func (r *Realm) Response(record any) (*fetch.Response, error) {
	var given responseRecord
	if err := read(record, &given); err != nil {
		return nil, err
	}
	return r.response(given)
}

// read reads an object that script handed over.
func read(value any, into any) error {
	text, ok := value.(jsvm.JSON)
	if !ok {
		return fmt.Errorf("%T is not an object", value)
	}
	return json.Unmarshal(text, into)
}
