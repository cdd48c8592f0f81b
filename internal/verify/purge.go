package verify

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/swgen/swgen/manifest"
	"github.com/swgen/swgen/swtest"
)

// strangers are caches of others: sites and workers share origins, and a name
// may begin like one of this scope's.
func (r *run) strangers() []string {
	return []string{
		"someone-elses-cache", "swgen:/elsewhere/ store", "swgen:" + r.scope() + "deeper/ store", "swgen:" + r.scope() + "deeper/ route cache-first",
		"workbox-precache-v2-" + home + "/elsewhere/", "workbox-precache-v2-" + home + r.scope() + "deeper/",
	}
}

// invite puts something into the caches of others.
func (t *trial) invite(tab *swtest.Tab) {
	var script strings.Builder
	for _, name := range t.strangers() {
		fmt.Fprintf(&script, "await (await caches.open(%q)).put('/stranger', new Response('theirs'));", name)
	}
	t.eval(tab, "(async () => {"+script.String()+"})()")
}

// strangersStay expects the caches of others to be as they were.
func (t *trial) strangersStay(b *swtest.Browser, who string) {
	held := make(map[string]bool)
	for _, e := range b.Entries(home) {
		held[e.Cache] = held[e.Cache] || string(e.Body) == "theirs"
	}
	for _, name := range t.strangers() {
		t.check(held[name], b, "", "touch only caches whose name says that they are this scope's own", "%s touched the cache %q of another site or worker of this origin", who, name)
	}
}

// activationPurges is W5. That the open pages of older versions keep what they
// need shows in W6.
func activationPurges(t *trial) {
	d := t.deploys()
	if d == nil {
		return
	}
	b := t.copy(d.from)
	tab := b.Open(home + t.scope())
	before := b.Usage(home)
	t.invite(tab)
	others := b.Usage(home) - before
	t.deploy(b, d.to)
	tab.Close()
	t.takeOver(b)
	b.Advance(time.Minute) // the worker ends for want of work, and starts again
	t.takeOver(b)

	held, needed := bodies(b), make(map[manifest.Hash]bool)
	for _, u := range sorted(d.hashes) {
		hash := d.hashes[u]
		needed[hash] = true
		t.check(held[hash] > 0 || d.from.held[hash] == 0, b, u, "", "its content was purged though the new version needs it")
	}
	left := 0
	for _, u := range sorted(d.from.hashes) {
		hash := d.from.hashes[u]
		if !needed[hash] && held[hash] > 0 {
			left++
		}
		t.check(needed[hash] || held[hash] == 0, b, u, "", "its old content is still stored after the new version took over and all pages were closed")
	}
	t.strangersStay(b, "the update")
	if left == 0 {
		t.noMoreThanFirst(b, d, others)
	}
}

// noMoreThanFirst compares what is stored with what a first install leaves.
func (t *trial) noMoreThanFirst(b *swtest.Browser, d *deploy, others int64) {
	first := t.visitor(d.to, swtest.Options{})
	if !t.register(first) {
		return // W1 says so
	}
	t.takeOver(first)
	most := first.Usage(home) + others
	t.check(b.Usage(home) <= most+slack, b, "", "", "after the update %d bytes are stored, and after a first install of the same version %d: caches %q", b.Usage(home), most, ownCaches(b, t.strangers()))
}

// ownCaches are the names of the caches that are not those of others.
func ownCaches(b *swtest.Browser, others []string) []string {
	return slices.DeleteFunc(slices.Clone(b.Caches(home)), func(name string) bool { return slices.Contains(others, name) })
}
