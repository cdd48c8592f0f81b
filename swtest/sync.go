package swtest

import (
	"fmt"
	"slices"
	"time"

	"github.com/swgen/swgen/internal/eventloop"
)

// tagSync is a registered synchronization, until it has succeeded or was tried
// often enough.
type tagSync struct {
	tag    string
	tries  int
	firing bool
	again  bool      // it was registered anew while it was firing
	due    time.Time // after a failure
}

// How often and how soon Chromium fires a sync event that fails: after five
// minutes, then after fifteen.
const (
	syncTries = 3
	syncDelay = 5 * time.Minute
)

// periodicSync is a registered periodic synchronization.
type periodicSync struct {
	tag      string
	interval time.Duration
}

func askedSyncRegister(a *agent, p params, done func(any, error)) {
	r := a.browser.registration(p.num(0))
	switch {
	case r == nil || r.active == nil:
		done(nil, exception("InvalidStateError", "Registration failed - no active Service Worker"))
	case a.origin.permission("background-sync") == "denied":
		done(nil, exception("NotAllowedError", "Permission denied."))
	default:
		r.registerSync(p.str(1))
		done(nil, nil)
	}
}

func (r *registration) registerSync(tag string) {
	i := slices.IndexFunc(r.sync, func(s *tagSync) bool { return s.tag == tag })
	if i < 0 {
		r.sync = append(r.sync, &tagSync{tag: tag})
	} else if r.sync[i].firing {
		r.sync[i].again = true
	}
	r.runSync()
}

func askedSyncTags(a *agent, p params, done func(any, error)) {
	tags := []string{}
	if r := a.browser.registration(p.num(0)); r != nil {
		tags = append(tags, r.syncTags()...)
	}
	done(tags, nil)
}

func (r *registration) syncTags() []string {
	var tags []string
	for _, s := range r.sync {
		tags = append(tags, s.tag)
	}
	return tags
}

// runSync fires what is due, when there is a network.
func (r *registration) runSync() {
	b := r.browser()
	for _, s := range r.sync {
		if !b.Network.offline && !s.firing && !s.due.After(b.Now()) {
			s.firing = true
			b.begin(func(co *eventloop.Co) { r.fireSync(co, s) })
		}
	}
}

func (r *registration) fireSync(co *eventloop.Co, s *tagSync) {
	s.tries++
	ok := true // without a listener there is nothing to do
	if e, fired := r.functional(co, "sync", s.tag, s.tries == syncTries); fired {
		ok = eventloop.Await(co, e.over).ok
	}
	s.firing = false
	switch {
	case s.again:
		*s = tagSync{tag: s.tag}
		r.runSync()
	case ok || s.tries == syncTries:
		r.sync = slices.DeleteFunc(r.sync, func(o *tagSync) bool { return o == s })
	default:
		wait := syncDelay
		for range s.tries - 1 {
			wait *= 3
		}
		s.due = r.browser().Now().Add(wait)
		r.browser().loop.After(wait, r.runSync)
	}
}

// online tells that the network came or went, and fires what waited for it.
func (b *Browser) online(online bool) {
	for _, name := range sortedKeys(b.origins) {
		o := b.origins[name]
		o.tell("online", online)
		for _, r := range o.registrations {
			r.runSync()
		}
	}
}

func askedPeriodicRegister(a *agent, p params, done func(any, error)) {
	r := a.browser.registration(p.num(0))
	switch {
	case r == nil || r.active == nil:
		done(nil, exception("InvalidStateError", "Registration failed - no active Service Worker"))
	case a.origin.permission("periodic-background-sync") != "granted":
		done(nil, exception("NotAllowedError", "Permission denied."))
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

// PeriodicSync fires the periodic synchronization of a tag and waits until it
// is over. The browser does so only when told: Chromium chooses the time by
// how often the site is visited, twelve hours apart at least. The error says
// that the tag is not registered, or how the event failed.
func (r *Registration) PeriodicSync(tag string) error {
	if !slices.ContainsFunc(r.reg.periodic, func(s *periodicSync) bool { return s.tag == tag }) {
		return fmt.Errorf("no periodic sync %q is registered", tag)
	}
	return r.browser.functional(r.reg, "periodicsync", func(*worker) {}, tag)
}

// SyncTags are the tags that wait for a sync event.
func (r *Registration) SyncTags() []string { return r.reg.syncTags() }
