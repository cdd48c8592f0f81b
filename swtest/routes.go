package swtest

import (
	"regexp"
	"strings"

	"github.com/swgen/swgen/internal/cachestorage"
	"github.com/swgen/swgen/internal/eventloop"
	"github.com/swgen/swgen/internal/fetch"
	"github.com/swgen/swgen/internal/weburl"
)

// route is a rule of InstallEvent.addRoutes (Static Routing API).
type route struct {
	Condition condition `json:"condition"`
	Source    string    `json:"source"`
	CacheName string    `json:"cacheName"`
}

type condition struct {
	URLPattern    *pattern    `json:"urlPattern"`
	Method        string      `json:"requestMethod"`
	Mode          string      `json:"requestMode"`
	Destination   *string     `json:"requestDestination"`
	RunningStatus string      `json:"runningStatus"`
	Or            []condition `json:"or"`
	Not           *condition  `json:"not"`
}

// pattern is a URL pattern: one regular expression a component, anchored.
type pattern struct {
	Protocol, Username, Password, Hostname, Port, Pathname, Search, Hash string
}

func (p *pattern) match(raw string) bool {
	u, err := weburl.Parse(raw, "")
	if err != nil {
		return false
	}
	for _, part := range [][2]string{
		{p.Protocol, strings.TrimSuffix(u.Protocol, ":")}, {p.Username, u.Username}, {p.Password, u.Password},
		{p.Hostname, u.Hostname}, {p.Port, u.Port}, {p.Pathname, u.Pathname},
		{p.Search, strings.TrimPrefix(u.Search, "?")}, {p.Hash, strings.TrimPrefix(u.Hash, "#")},
	} {
		re, err := regexp.Compile(part[0])
		if err != nil || !re.MatchString(part[1]) {
			return false
		}
	}
	return true
}

func (c *condition) match(w *worker, q *fetch.Request) bool {
	if c.Or != nil {
		for _, one := range c.Or {
			if one.match(w, q) {
				return true
			}
		}
		return false
	}
	if c.Not != nil {
		return !c.Not.match(w, q)
	}
	running := "not-running"
	if w.realm != nil {
		running = "running"
	}
	return (c.URLPattern == nil || c.URLPattern.match(q.URL)) &&
		(c.Method == "" || c.Method == q.Method) &&
		(c.Mode == "" || c.Mode == q.Mode) &&
		(c.Destination == nil || *c.Destination == q.Destination) &&
		(c.RunningStatus == "" || c.RunningStatus == running)
}

// route answers a request by the worker's static routes. decided is false
// when the fetch event has to.
func (w *worker) route(co *eventloop.Co, q *fetch.Request) (p *fetch.Response, handled, decided bool) {
	for _, r := range w.routes {
		if !r.Condition.match(w, q) {
			continue
		}
		switch r.Source {
		case "network":
			return nil, false, true
		case "cache":
			if p := w.cached(q, r.CacheName); p != nil {
				return p, true, true
			}
			return nil, false, true
		case "race-network-and-fetch-handler":
			p, handled := w.race(co, q)
			return p, handled, true
		}
		return nil, false, false
	}
	return nil, false, false
}

func (w *worker) cached(q *fetch.Request, name string) *fetch.Response {
	var names []string
	if name != "" {
		names = []string{name}
	}
	return w.reg.origin.caches.Match(q, cachestorage.Options{}, names...)
}

// race asks the network and the fetch event at once; the first good answer
// wins.
func (w *worker) race(co *eventloop.Co, q *fetch.Request) (*fetch.Response, bool) {
	b := w.browser()
	type result struct {
		p       *fetch.Response
		handled bool
	}
	first := eventloop.NewFuture[result](b.loop)
	left := 2
	finish := func(r result) {
		if left--; left == 0 || r.p != nil && !r.p.IsError() {
			first.Resolve(r)
		}
	}
	b.begin(func(co *eventloop.Co) {
		direct := q.Clone()
		direct.SkipServiceWorker = true
		finish(result{b.fetcher.Fetch(co, direct), true})
	})
	b.begin(func(co *eventloop.Co) {
		p, handled := w.handleFetch(co, q, q.Mode == "navigate")
		finish(result{p, handled})
	})
	r := eventloop.Await(co, first)
	return r.p, r.handled
}
