package swtest

import (
	"fmt"
	"slices"
	"time"

	"github.com/swgen/swgen/internal/eventloop"
)

// periodicSync is a registered periodic synchronization.
type periodicSync struct {
	tag      string
	interval time.Duration
}

// syncTries is how often Chromium fires a sync event that fails.
const syncTries = 3

func askedSyncRegister(a *agent, p params, done func(any, error)) {
	r := a.browser.registration(p.num(0))
	switch {
	case r == nil || r.active == nil:
		done(nil, exception("InvalidStateError", "Failed to execute 'register' on 'SyncManager': Registration failed - no active Service Worker"))
	case a.origin.permission("background-sync") == "denied":
		done(nil, exception("NotAllowedError", "Failed to execute 'register' on 'SyncManager': Permission denied."))
	default:
		if !slices.Contains(r.sync, p.str(1)) {
			r.sync = append(r.sync, p.str(1))
		}
		done(nil, nil)
		if !a.browser.Network.offline {
			a.browser.begin(func(co *eventloop.Co) { r.runSync(co) })
		}
	}
}

func askedSyncTags(a *agent, p params, done func(any, error)) {
	tags := []string{}
	if r := a.browser.registration(p.num(0)); r != nil {
		tags = append(tags, r.sync...)
	}
	done(tags, nil)
}

// runSync fires what waits for a connection. A tag whose event fails is tried
// again after five and after fifteen minutes, as in Chromium.
func (r *registration) runSync(co *eventloop.Co) {
	for _, tag := range slices.Clone(r.sync) {
		if slices.Contains(r.sync, tag) {
			r.fireSync(co, tag, 1)
		}
	}
}

func (r *registration) fireSync(co *eventloop.Co, tag string, attempt int) {
	last := attempt == syncTries
	e, fired := r.functional(co, "sync", tag, last)
	if fired && !eventloop.Await(co, e.over).ok && !last {
		wait := 5 * time.Minute
		if attempt > 1 {
			wait *= 3
		}
		b := r.browser()
		b.loop.After(wait, func() {
			if slices.Contains(r.sync, tag) && !b.Network.offline {
				b.begin(func(co *eventloop.Co) { r.fireSync(co, tag, attempt+1) })
			}
		})
		return
	}
	r.sync = slices.DeleteFunc(r.sync, func(t string) bool { return t == tag })
}

// online fires all that waited for the network.
func (b *Browser) online() {
	for _, name := range sortedKeys(b.origins) {
		for _, r := range b.origins[name].registrations {
			if len(r.sync) > 0 {
				b.begin(func(co *eventloop.Co) { r.runSync(co) })
			}
		}
	}
}

func askedPeriodicRegister(a *agent, p params, done func(any, error)) {
	r := a.browser.registration(p.num(0))
	switch {
	case r == nil || r.active == nil:
		done(nil, exception("InvalidStateError", "Failed to execute 'register' on 'PeriodicSyncManager': Registration failed - no active Service Worker"))
	case a.origin.permission("periodic-background-sync") != "granted":
		done(nil, exception("NotAllowedError", "Failed to execute 'register' on 'PeriodicSyncManager': Permission denied."))
	default:
		r.dropPeriodic(p.str(1))
		r.periodic = append(r.periodic, &periodicSync{p.str(1), time.Duration(p.num(2)) * time.Millisecond})
		done(nil, nil)
	}
}

func (r *registration) dropPeriodic(tag string) {
	r.periodic = slices.DeleteFunc(r.periodic, func(s *periodicSync) bool { return s.tag == tag })
}

func askedPeriodicUnregister(a *agent, p params, done func(any, error)) {
	if r := a.browser.registration(p.num(0)); r != nil {
		r.dropPeriodic(p.str(1))
	}
	done(nil, nil)
}

func askedPeriodicTags(a *agent, p params, done func(any, error)) {
	tags := []string{}
	if r := a.browser.registration(p.num(0)); r != nil {
		for _, s := range r.periodic {
			tags = append(tags, s.tag)
		}
	}
	done(tags, nil)
}

// PeriodicSync fires the periodic synchronization of a tag, as a browser may
// at a time of its own choosing, and waits until it is over.
func (r *Registration) PeriodicSync(tag string) error {
	if !slices.ContainsFunc(r.reg.periodic, func(s *periodicSync) bool { return s.tag == tag }) {
		return fmt.Errorf("no periodic sync %q is registered", tag)
	}
	return r.browser.functional(r.reg, "periodicsync", func(*worker) {}, tag)
}

// SyncTags are the tags that wait for a sync event.
func (r *Registration) SyncTags() []string { return slices.Clone(r.reg.sync) }
