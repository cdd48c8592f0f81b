package swtest

import (
	"slices"
	"time"

	"github.com/swgen/swgen/internal/eventloop"
	"github.com/swgen/swgen/internal/fetch"
	"github.com/swgen/swgen/internal/platform"
	"github.com/swgen/swgen/internal/weburl"
)

// answer is what a fetch event came to.
type answer struct {
	response *fetch.Response // nil: a network error for the reason
	passed   bool            // nobody called respondWith
	canceled bool            // preventDefault was called
	bodyUsed bool
	lost     bool // the worker ended before it answered
	reason   string
}

// intercept is Handle Fetch: what the browser's fetch calls for each request
// that a worker may answer.
func (b *Browser) intercept(co *eventloop.Co, q *fetch.Request) (*fetch.Response, bool) {
	if q.SkipServiceWorker || q.Destination == "embed" || q.Destination == "object" {
		return nil, false
	}
	var w *worker
	navigation := q.Mode == "navigate" && (q.Destination == "document" || q.Destination == "iframe" || q.Destination == "frame")
	c := b.clientByID(q.ClientID)
	if navigation {
		if c = b.clientByID(q.ResultingClientID); c == nil {
			return nil, false
		}
		c.moved(q.URL)
		c.controller = nil
		r := c.origin.match(q.URL)
		if r == nil || r.active == nil || !weburl.PotentiallyTrustworthy(q.URL) {
			return nil, false
		}
		w = r.active
		c.controller = w
	} else if q.Destination == "worker" && q.ResultingClientID != "" {
		c = b.clientByID(q.ResultingClientID)
		w = c.controller
	} else if c != nil {
		w = c.controller
	}
	if w == nil {
		return nil, false
	}
	if p, handled, decided := w.route(co, q); decided {
		return p, handled
	}
	var p *fetch.Response
	handled := false
	if w.handles("fetch") {
		p, handled = w.handleFetch(co, q, navigation)
	}
	if navigation {
		w.reg.softUpdate()
	} else {
		w.reg.updateIfStale()
	}
	return p, handled
}

// updateDelay is how long Chromium waits after an event before it checks for
// an update.
const updateDelay = time.Second

// softUpdate is the check that follows a navigation.
func (r *registration) softUpdate() {
	if r.checking != nil {
		return
	}
	r.checking = r.browser().loop.After(updateDelay, func() {
		r.checking = nil
		if !r.unregistered && r.newest() != nil {
			r.scheduleUpdate("")
		}
	})
}

// handleFetch dispatches a fetch event. Only navigations wait until the worker
// is activated: the parts of a page that was claimed meanwhile do not, in
// Chromium, though the standard says so.
func (w *worker) handleFetch(co *eventloop.Co, q *fetch.Request, navigation bool) (*fetch.Response, bool) {
	if navigation && w.state == "activating" {
		eventloop.Await(co, w.ready)
	}
	for attempt := 0; ; attempt++ {
		a := w.ask(co, q, navigation)
		switch {
		case a.response != nil:
			a.response.Source = "worker"
			w.note("answer", "%s %s: %d (%s)", q.Method, q.URL, a.response.Unfiltered().Status, a.response.Type)
			return a.response, true
		case a.passed && a.canceled:
			return fetch.NetworkError("the fetch event of " + w.String() + " was canceled by preventDefault()"), true
		case a.passed && a.bodyUsed && q.Body.Streams():
			return fetch.NetworkError("the worker read the request's body and did not answer"), true
		case a.passed:
			w.note("answer", "%s %s: left to the network", q.Method, q.URL)
			return nil, false
		case a.lost && navigation:
			// Chromium's last resort: the page comes from the network.
			w.note("warning", "%s: left to the network, %s", q.URL, a.reason)
			return nil, false
		case a.lost && attempt == 0 && q.Body == nil && w.state != "redundant":
			// Chromium asks a restarted worker once more.
			continue
		default:
			w.note("exception", "the FetchEvent for %q resulted in a network error response: %s", q.URL, a.reason)
			return fetch.NetworkError(a.reason), true
		}
	}
}

// ask fires one fetch event and waits for its answer.
func (w *worker) ask(co *eventloop.Co, q *fetch.Request, navigation bool) answer {
	given := q.Clone()
	preload := navigation && q.Method == "GET" && w.reg.preload.Enabled
	e := w.fireFetch(given, preload)
	if preload {
		w.preload(e, q)
	}
	a := eventloop.Await(co, e.answer)
	ok := a.response != nil || a.passed && !a.canceled
	w.browser().loop.Post(func() { dispatch(w.realm, "handled", e.id, ok, a.reason) })
	return a
}

func (w *worker) fireFetch(q *fetch.Request, preload bool) *event {
	b := w.browser()
	e := w.prepare("fetch")
	e.answer = eventloop.NewFuture[answer](b.loop)
	clientID := q.ClientID
	if q.Mode == "navigate" {
		clientID = q.ReplacesClientID // in Chromium; the standard says who navigates
	}
	w.deliver(e, func(realm *platform.Realm) []any {
		return []any{map[string]any{
			"request": platform.RecordOf(q), "body": realm.BodyHandle(q.Body),
			"clientId": clientID, "resultingClientId": q.ResultingClientID, "replacesClientId": q.ReplacesClientID,
			"preload": preload,
		}}
	})
	return e
}

// preload makes the request of navigation preload beside the start of the
// worker.
func (w *worker) preload(e *event, q *fetch.Request) {
	b := w.browser()
	direct := q.Clone()
	direct.SkipServiceWorker = true
	direct.Headers.Set("service-worker-navigation-preload", w.reg.preload.HeaderValue)
	b.begin(func(co *eventloop.Co) {
		p := b.fetcher.Fetch(co, direct)
		if p.IsError() {
			w.note("refused", "navigation preload: %s", p.Reason)
		}
		if w.starting == nil {
			return // stopped meanwhile, and the event with it
		}
		// The event itself was told of the start before this, and comes first.
		w.starting.Then(func(err error) {
			switch {
			case err != nil || w.realm == nil:
			case p.IsError():
				dispatch(w.realm, "preloaded", e.id, nil, map[string]string{"name": "NetworkError", "message": preloadFailed})
			default:
				dispatch(w.realm, "preloaded", e.id, w.realm.ResponseRecord(p))
			}
		})
	})
}

const preloadFailed = "The service worker navigation preload request failed due to a network error. This may have been an actual network error, " +
	"or caused by the browser simulating offline to see if the page works offline: see https://w3c.github.io/manifest/#installability-signals"

// respond takes what event.respond says.
func (w *worker) respond(id int, p *fetch.Response, reason string) {
	if e := w.events[id]; e != nil && e.answer != nil {
		e.answer.Resolve(answer{response: p, reason: reason})
	}
}

func (w *worker) pass(id int, canceled, bodyUsed bool) {
	if e := w.events[id]; e != nil && e.answer != nil {
		e.answer.Resolve(answer{passed: true, canceled: canceled, bodyUsed: bodyUsed})
	}
}

func sortEvents(list []*event) {
	slices.SortFunc(list, func(a, b *event) int { return a.id - b.id })
}
