package swtest

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/swgen/swgen/internal/cachestorage"
	"github.com/swgen/swgen/internal/platform"
)

// origin is what a browser keeps for one origin, across workers and tabs.
type origin struct {
	browser       *Browser
	name          string
	caches        *cachestorage.Storage
	databases     *platform.Databases
	registrations []*registration
	notifications []*notification
	permissions   map[string]string
	jobs          map[string][]*job // by scope: one that runs, and those that wait
}

func (b *Browser) origin(name string) *origin {
	o, ok := b.origins[name]
	if !ok {
		o = &origin{
			browser: b, name: name, caches: new(cachestorage.Storage), databases: platform.NewDatabases(),
			permissions: map[string]string{}, jobs: make(map[string][]*job),
		}
		b.origins[name] = o
	}
	return o
}

// usage is how many bytes the origin stores.
func (o *origin) usage() int64 { return o.caches.Usage() + o.databases.Usage() }

// match is the registration whose scope is the longest prefix of a URL
// (Service Workers, Match Service Worker Registration).
func (o *origin) match(url string) *registration {
	url, _, _ = strings.Cut(url, "#")
	var best *registration
	for _, r := range o.registrations {
		if !r.unregistered && strings.HasPrefix(url, r.scope) && (best == nil || len(r.scope) > len(best.scope)) {
			best = r
		}
	}
	return best
}

// byScope finds a registration by its scope, even one that is unregistered
// while pages still use it: registering again brings it back, as in Chromium.
func (o *origin) byScope(scope string) *registration {
	for _, r := range o.registrations {
		if r.scope == scope {
			return r
		}
	}
	return nil
}

func (b *Browser) registration(id int) *registration {
	for _, o := range b.origins {
		for _, r := range o.registrations {
			if r.id == id {
				return r
			}
		}
	}
	return nil
}

// permission is the state of a permission: as in a fresh Chromium until Grant
// or Deny.
func (o *origin) permission(name string) string {
	if state, ok := o.permissions[name]; ok {
		return state
	}
	switch name {
	case "background-sync":
		return "granted"
	case "periodic-background-sync":
		return "denied"
	}
	return "prompt"
}

var errPrivate = &platform.Exception{
	Name: "SecurityError", Message: "Failed to execute an operation on 'CacheStorage': Cache storage is disabled because the context is private.",
}

// Grant gives an origin a permission: notifications, push, background-sync or
// periodic-background-sync.
func (b *Browser) Grant(origin, permission string) {
	b.origin(origin).permissions[permission] = "granted"
}

// Deny refuses an origin a permission.
func (b *Browser) Deny(origin, permission string) {
	b.origin(origin).permissions[permission] = "denied"
}

func sortedKeys[K cmp.Ordered, V any](m map[K]V) []K { return slices.Sorted(maps.Keys(m)) }
