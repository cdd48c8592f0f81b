package swtest

import (
	"fmt"
	"strings"
	"time"

	"github.com/swgen/swgen/internal/eventloop"
	"github.com/swgen/swgen/internal/platform"
)

// registration is a scope with its workers (Service Workers §2.2). What is
// named after an algorithm of the standard follows its steps.
type registration struct {
	id             int
	origin         *origin
	scope          string
	updateViaCache string
	evaluating     *worker // whose script runs for the first time
	installing     *worker
	waiting        *worker
	active         *worker
	lastCheck      time.Time
	preload        preload
	unregistered   bool
	sync           []*tagSync
	periodic       []*periodicSync
	subscription   *subscription
	checking       *eventloop.Timer // the update check after a navigation
}

type preload struct {
	Enabled     bool   `json:"enabled"`
	HeaderValue string `json:"headerValue"`
}

// A day without an update check makes the next one pass the HTTP cache.
const stale = 24 * time.Hour

func (o *origin) setRegistration(scope, updateViaCache string) *registration {
	r := &registration{
		id: o.browser.id(), origin: o, scope: scope, updateViaCache: updateViaCache,
		preload: preload{HeaderValue: "true"},
	}
	o.registrations = append(o.registrations, r)
	return r
}

func (r *registration) browser() *Browser { return r.origin.browser }

// newest is Get Newest Worker.
func (r *registration) newest() *worker {
	switch {
	case r.installing != nil:
		return r.installing
	case r.waiting != nil:
		return r.waiting
	}
	return r.active
}

// workers are all that may run.
func (r *registration) workers() []*worker {
	var all []*worker
	for _, w := range []*worker{r.evaluating, r.installing, r.waiting, r.active} {
		if w != nil {
			all = append(all, w)
		}
	}
	return all
}

func (r *registration) record() map[string]any {
	return map[string]any{
		"id": r.id, "scope": r.scope, "updateViaCache": r.updateViaCache,
		"installing": r.installing.record(), "waiting": r.waiting.record(), "active": r.active.record(),
	}
}

// changed is Update Registration State: tells every realm of the origin.
func (r *registration) changed() {
	record := r.record()
	r.origin.tell("registration", record)
}

// tell dispatches to every running realm of the origin.
func (o *origin) tell(kind string, args ...any) {
	for _, realm := range o.realms() {
		o.browser.loop.Post(func() { dispatch(realm, kind, args...) })
	}
}

// realms are the running realms of the origin, workers first.
func (o *origin) realms() []*platform.Realm {
	var all []*platform.Realm
	for _, r := range o.registrations {
		for _, w := range r.workers() {
			if w.realm != nil {
				all = append(all, w.realm)
			}
		}
	}
	for _, c := range o.browser.clients {
		if c.origin == o && c.realm != nil {
			all = append(all, c.realm)
		}
	}
	return all
}

// clients are those that use the registration's active worker.
func (r *registration) clients() []*client {
	var using []*client
	for _, c := range r.browser().clients {
		if c.controller != nil && c.controller.reg == r {
			using = append(using, c)
		}
	}
	return using
}

// tryActivate is Try Activate.
func (r *registration) tryActivate() {
	w := r.waiting
	switch {
	case w == nil:
	case r.active != nil && r.active.state == "activating":
	case r.active == nil, len(r.active.events) == 0 && (len(r.clients()) == 0 || w.skipWaiting):
		r.activate()
	}
}

// activate is Activate.
func (r *registration) activate() {
	w := r.waiting
	if old := r.active; old != nil {
		old.stop("a newer version takes over")
		old.setState("redundant")
	}
	r.active, r.waiting = w, nil
	r.changed()
	w.setState("activating")
	for _, c := range r.browser().clients {
		if c.controller != nil && c.controller.reg == r {
			c.control(w)
		}
		c.readyIf(r)
	}
	r.browser().begin(func(co *eventloop.Co) {
		if w.handles("activate") {
			eventloop.Await(co, w.fire("activate").over)
		}
		if w.state != "activating" {
			return
		}
		w.setState("activated")
		w.ready.Resolve(struct{}{})
		r.tryActivate()
	})
}

// clear is Clear Registration: the registration and its workers are no more.
func (r *registration) clear() {
	for _, w := range r.workers() {
		w.stop("its registration was removed")
		w.setState("redundant")
	}
	r.installing, r.waiting, r.active = nil, nil, nil
	list := r.origin.registrations[:0]
	for _, other := range r.origin.registrations {
		if other != r {
			list = append(list, other)
		}
	}
	r.changed()
	r.origin.registrations = list
}

// tryClear is Try Clear Registration.
func (r *registration) tryClear() {
	if len(r.clients()) > 0 {
		return
	}
	for _, w := range r.workers() {
		if len(w.events) > 0 {
			return
		}
	}
	r.clear()
}

// unregister is the job of that name, once its turn has come.
func (r *registration) unregister() {
	r.unregistered = true
	r.browser().note("worker", r.scope, "unregistered")
	r.tryClear()
}

// afterEvent is what the end of an event or of a client may set off.
func (r *registration) afterEvent() {
	if r.unregistered {
		r.tryClear()
		return
	}
	r.tryActivate()
}

func exception(name, format string, args ...any) *platform.Exception {
	return &platform.Exception{Name: name, Message: fmt.Sprintf(format, args...)}
}

// short is a URL as the trace shows it: without the origin.
func (o *origin) short(url string) string { return strings.TrimPrefix(url, o.name) }
