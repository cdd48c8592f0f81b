package swtest

import (
	"fmt"
	"maps"
	"slices"

	"github.com/swgen/swgen/internal/eventloop"
)

// Fork is a second browser with what the first one has stored: caches,
// databases, the HTTP cache, cookies, registrations and permissions, as if it had
// been closed and opened again on another machine. It has no tabs, its workers do not run yet,
// and a worker that waited is active. What is done in one is not seen in the
// other. The network and its script are those of o, which otherwise counts
// only where the two differ: clock and quota are the first one's.
func (b *Browser) Fork(o Options) (*Browser, error) {
	if b.busy > 0 {
		return nil, fmt.Errorf("only a settled browser can be copied: %d things are under way", b.busy)
	}
	o.Clock, o.Quota = b.Now(), b.options.Quota
	f := New(o)
	f.lastID = b.lastID
	for _, name := range sortedKeys(b.origins) {
		from := b.origins[name]
		to := f.origin(name)
		to.caches, to.databases = from.caches.Clone(), from.databases.Clone()
		to.permissions = maps.Clone(from.permissions)
		for _, r := range from.registrations {
			to.registrations = append(to.registrations, r.copy(to))
		}
	}
	f.fetcher.Cache = b.fetcher.Cache.Clone()
	f.fetcher.Cookies = b.fetcher.Cookies.(*cookies).copy(f.Now)
	for _, name := range sortedKeys(f.origins) {
		for _, r := range slices.Clone(f.origins[name].registrations) {
			r.afterEvent()
			for _, s := range r.sync {
				f.loop.After(s.due.Sub(f.Now()), r.runSync)
			}
		}
	}
	return f, f.Settle()
}

func (r *registration) copy(o *origin) *registration {
	c := &registration{
		id: r.id, origin: o, scope: r.scope, updateViaCache: r.updateViaCache, lastCheck: r.lastCheck,
		preload: r.preload, unregistered: r.unregistered, subscription: r.subscription,
	}
	for _, s := range r.sync {
		one := *s
		c.sync = append(c.sync, &one)
	}
	for _, s := range r.periodic {
		one := *s
		c.periodic = append(c.periodic, &one)
	}
	c.waiting, c.active = r.waiting.copy(c), r.active.copy(c)
	return c
}

func (w *worker) copy(r *registration) *worker {
	if w == nil {
		return nil
	}
	c := &worker{
		id: w.id, reg: r, script: w.script, state: w.state, scripts: w.scripts, order: w.order,
		skipWaiting: w.skipWaiting, routes: w.routes, handled: w.handled, fetchEmpty: w.fetchEmpty, installed: w.installed,
		ready: eventloop.NewFuture[struct{}](r.browser().loop),
	}
	if w.ready.Done() {
		c.ready.Resolve(struct{}{})
	}
	return c
}
