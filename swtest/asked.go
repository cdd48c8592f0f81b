package swtest

import (
	"encoding/json"
	"fmt"

	"github.com/swgen/swgen/internal/jsvm"
	"github.com/swgen/swgen/internal/platform"
)

// The operations of the platform's src/worker/outside.ts, by name: Tell
// answers at once, Ask later.

type params []any

func (p params) str(i int) string { s, _ := p[i].(string); return s }
func (p params) num(i int) int    { n, _ := p[i].(float64); return int(n) }
func (p params) is(i int) bool    { b, _ := p[i].(bool); return b }
func (p params) json(i int) jsvm.JSON {
	j, _ := p[i].(jsvm.JSON)
	return j
}

func (p params) into(i int, v any) error { return json.Unmarshal(p.json(i), v) }

type told func(a *agent, p params) (any, error)
type asked func(a *agent, p params, done func(any, error))

var tolds = map[string]told{
	"sw.self":                 toldSelf,
	"client.post":             toldClientPost,
	"worker.post":             toldWorkerPost,
	"container.controller":    toldController,
	"container.startMessages": toldStartMessages,
	"location.navigate":       toldNavigate,
	"location.reload":         toldReload,
	"notification.close":      toldNotificationClose,
	"notification.permission": func(a *agent, _ params) (any, error) { return a.origin.notificationPermission(), nil },
	"dedicated.new":           toldDedicatedNew,
	"dedicated.post":          toldDedicatedPost,
	"dedicated.terminate":     toldDedicatedTerminate,
	"scope.post":              toldScopePost,
	"scope.close":             toldScopeClose,
	"scope.name":              func(a *agent, _ params) (any, error) { return a.client.dedicated.options.Name, nil },
	"event.respond":           toldRespond,
	"event.passed": func(a *agent, p params) (any, error) {
		a.worker.pass(p.num(0), p.is(1), p.is(2))
		return nil, nil
	},
	"event.done": func(a *agent, p params) (any, error) {
		a.worker.finish(p.num(0), outcome{p.is(1), p.str(2)})
		return nil, nil
	},
}

var askeds = map[string]asked{
	"sw.skipWaiting":          askedSkipWaiting,
	"routes.add":              askedAddRoutes,
	"clients.get":             askedClientsGet,
	"clients.matchAll":        askedMatchAll,
	"clients.openWindow":      askedOpenWindow,
	"clients.claim":           func(a *agent, _ params, done func(any, error)) { done(nil, orNil(a.worker.claim())) },
	"client.focus":            askedFocus,
	"client.navigate":         askedNavigate,
	"container.register":      askedRegister,
	"container.get":           askedGetRegistration,
	"container.all":           askedAllRegistrations,
	"container.ready":         askedReady,
	"registration.update":     askedUpdate,
	"registration.unregister": askedUnregister,
	"preload.enable": func(a *agent, p params, done func(any, error)) {
		a.preload(p, done, func(s *preload) { s.Enabled = true })
	},
	"preload.disable": func(a *agent, p params, done func(any, error)) {
		a.preload(p, done, func(s *preload) { s.Enabled = false })
	},
	"preload.setHeader": func(a *agent, p params, done func(any, error)) {
		a.preload(p, done, func(s *preload) { s.HeaderValue = p.str(1) })
	},
	"preload.state": func(a *agent, p params, done func(any, error)) {
		r := a.browser.registration(p.num(0))
		if r == nil {
			done(preload{HeaderValue: "true"}, nil)
			return
		}
		done(r.preload, nil)
	},
	"sync.register":           askedSyncRegister,
	"sync.tags":               askedSyncTags,
	"periodicSync.register":   askedPeriodicRegister,
	"periodicSync.unregister": askedPeriodicUnregister,
	"periodicSync.tags":       askedPeriodicTags,
	"push.subscribe":          askedSubscribe,
	"push.get":                askedSubscription,
	"push.unsubscribe":        askedUnsubscribe,
	"push.permission":         askedPushPermission,
	"notification.show":       askedShow,
	"notification.list":       askedList,
	"notification.request":    func(a *agent, _ params, done func(any, error)) { done(a.origin.notificationPermission(), nil) },
	"permissions.query":       func(a *agent, p params, done func(any, error)) { done(a.origin.permission(p.str(0)), nil) },
}

// orNil keeps a nil *Exception from becoming a non-nil error.
func orNil(e *platform.Exception) error {
	if e == nil {
		return nil
	}
	return e
}

// Tell carries out an operation that is done when the call returns.
func (a *agent) Tell(operation string, args []any) (any, error) {
	if f, ok := tolds[operation]; ok {
		return f(a, args)
	}
	return nil, fmt.Errorf("swtest: nothing is known about %s", operation)
}

// Ask carries out an operation that is answered later.
func (a *agent) Ask(operation string, args []any, done func(any, error)) {
	if f, ok := askeds[operation]; ok {
		f(a, args, done)
		return
	}
	done(nil, fmt.Errorf("swtest: nothing is known about %s", operation))
}

func toldSelf(a *agent, _ params) (any, error) {
	return map[string]any{"registration": a.worker.reg.record(), "worker": a.worker.record()}, nil
}

func toldRespond(a *agent, p params) (any, error) {
	if p[1] == nil {
		a.worker.respond(p.num(0), nil, p.str(2))
		return nil, nil
	}
	response, err := a.realm.Response(p[1])
	if err != nil {
		return nil, err
	}
	a.worker.respond(p.num(0), response, "")
	return nil, nil
}

func toldClientPost(a *agent, p params) (any, error) {
	switch c := a.browser.clientByID(p.str(0)); {
	case c == nil:
	case c.dedicated != nil:
		a.note("refused", "a message to %s is lost: in Chromium, workers have no navigator.serviceWorker to take it", c)
	default:
		c.post(p.json(1), a.worker.record(), a.origin.name)
	}
	return nil, nil
}

func toldWorkerPost(a *agent, p params) (any, error) {
	w := a.origin.worker(p.num(0))
	if w == nil || w.state == "redundant" {
		return nil, nil
	}
	source := map[string]any{"client": nil, "worker": nil}
	if a.client != nil {
		source["client"] = a.client.record()
	} else {
		source["worker"] = a.worker.record()
	}
	message := p.json(1)
	post := func() {
		w.deliver(w.prepare("message"), func(realm *platform.Realm) []any {
			realm.TakePorts(message)
			return []any{message, source, a.origin.name}
		})
	}
	if w.state == "parsed" {
		w.early = append(w.early, post)
	} else {
		post()
	}
	return nil, nil
}

func (o *origin) worker(id int) *worker {
	for _, r := range o.registrations {
		for _, w := range r.workers() {
			if w.id == id {
				return w
			}
		}
	}
	return nil
}

func toldController(a *agent, _ params) (any, error) { return a.client.controller.record(), nil }

func toldStartMessages(a *agent, _ params) (any, error) {
	a.client.listen()
	return nil, nil
}

func askedSkipWaiting(a *agent, _ params, done func(any, error)) {
	a.worker.skipWaiting = true
	a.worker.reg.tryActivate()
	done(nil, nil)
}

func askedAddRoutes(a *agent, p params, done func(any, error)) {
	var rules []route
	err := p.into(0, &rules)
	a.worker.routes = append(a.worker.routes, rules...)
	done(nil, err)
}

func askedClientsGet(a *agent, p params, done func(any, error)) {
	c := a.browser.clientByID(p.str(0))
	if c == nil || c.origin != a.origin {
		done(nil, nil)
		return
	}
	c.whenExecuting(func() { done(c.record(), nil) })
}

func askedMatchAll(a *agent, p params, done func(any, error)) {
	var o struct {
		IncludeUncontrolled bool   `json:"includeUncontrolled"`
		Type                string `json:"type"`
	}
	if err := p.into(0, &o); err != nil {
		done(nil, err)
		return
	}
	records := []any{}
	for _, c := range a.origin.matching(o.Type, func(c *client) bool { return o.IncludeUncontrolled || c.controller == a.worker }) {
		records = append(records, c.record())
	}
	done(records, nil)
}

// useGesture uses up the click that the worker is told of.
func (a *agent) useGesture() bool {
	if a.worker == nil || !a.worker.gesture {
		return false
	}
	a.worker.gesture = false
	return true
}

func askedOpenWindow(a *agent, p params, done func(any, error)) {
	if !a.useGesture() {
		done(nil, exception("InvalidAccessError", "Not allowed to open a window."))
		return
	}
	t := a.browser.newTab()
	a.loading(t, p.str(0), forth, func(*Response) { done(a.visible(t), nil) })
}

// visible is the record of a tab's page if the realm may see it.
func (a *agent) visible(t *Tab) any {
	if t.client == nil || t.client.origin != a.origin {
		return nil
	}
	return t.client.record()
}

func askedFocus(a *agent, p params, done func(any, error)) {
	c := a.browser.clientByID(p.str(0))
	switch {
	case !a.useGesture():
		done(nil, exception("InvalidAccessError", "Not allowed to focus a window."))
	case c == nil || c.tab == nil:
		done(nil, exception("TypeError", "Failed to execute 'focus' on 'WindowClient': The client was not found."))
	default:
		c.tab.Focus()
		done(c.record(), nil)
	}
}

func askedNavigate(a *agent, p params, done func(any, error)) {
	c := a.browser.clientByID(p.str(0))
	switch {
	case c == nil || c.tab == nil:
		done(nil, exception("TypeError", "Failed to execute 'navigate' on 'WindowClient': The client was not found."))
	case c.controller != a.worker:
		done(nil, exception("TypeError", "Failed to execute 'navigate' on 'WindowClient': This service worker is not the client's active service worker."))
	default:
		t := c.tab
		a.loading(t, p.str(1), forth, func(r *Response) {
			if r.Err != nil {
				done(nil, exception("TypeError", "Failed to execute 'navigate' on 'WindowClient': Cannot navigate to URL: %s", p.str(1)))
				return
			}
			done(a.visible(t), nil)
		})
	}
}

func askedRegister(a *agent, p params, done func(any, error)) {
	var o registerOptions
	if err := p.into(0, &o); err != nil {
		done(nil, err)
		return
	}
	settleFuture(a.client.register(o), done, recordOf)
}

func recordOf(r registered) (any, error) {
	if r.err != nil {
		return nil, r.err
	}
	return r.reg.record(), nil
}

func askedGetRegistration(a *agent, p params, done func(any, error)) {
	if r := a.origin.match(p.str(0)); r != nil {
		done(r.record(), nil)
		return
	}
	done(nil, nil)
}

func askedAllRegistrations(a *agent, _ params, done func(any, error)) {
	records := []any{}
	for _, r := range a.origin.registrations {
		if !r.unregistered {
			records = append(records, r.record())
		}
	}
	done(records, nil)
}

func askedReady(a *agent, _ params, done func(any, error)) {
	a.client.whenReady(func(r *registration) { done(r.record(), nil) })
}

func askedUpdate(a *agent, p params, done func(any, error)) {
	r := a.browser.registration(p.num(0))
	switch {
	case r == nil || r.newest() == nil:
		done(nil, exception("InvalidStateError", "Failed to update a ServiceWorker for scope: the registration has no worker."))
	case a.worker != nil && a.worker.state == "installing":
		done(nil, exception("InvalidStateError", "Failed to update a ServiceWorker for scope ('%s') with script ('%s'): it is being installed.", r.scope, a.worker.url))
	default:
		settleFuture(r.scheduleUpdate(a.url()), done, recordOf)
	}
}

func askedUnregister(a *agent, p params, done func(any, error)) {
	r := a.browser.registration(p.num(0))
	if r == nil || r.unregistered {
		done(false, nil)
		return
	}
	settleFuture(r.scheduleUnregister(), done, func(registered) (any, error) { return true, nil })
}

func (a *agent) preload(p params, done func(any, error), change func(*preload)) {
	r := a.browser.registration(p.num(0))
	if r == nil || r.active == nil {
		done(nil, exception("InvalidStateError", "Failed to change the navigation preload: the registration has no active worker."))
		return
	}
	change(&r.preload)
	done(nil, nil)
}
