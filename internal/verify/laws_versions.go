package verify

import (
	"fmt"

	"github.com/swgen/swgen/manifest"
	"github.com/swgen/swgen/strategies"
	"github.com/swgen/swgen/swtest"
)

var versionLaws = []Law{
	{Code: "W5", Name: "activation purges", Sentence: "After an activation the caches hold what the versions in use need, and caches of others are untouched.", needs: deployable, check: activationPurges},
	{Code: "W6", Name: "one build a page", Sentence: "A page and everything that it loads come from one version, across a deploy and with several tabs open.", needs: deployable, check: oneBuild},
	{Code: "W7", Name: "fresh", Sentence: "The first navigation after an update was installed shows the new version (or when the policy says so), while open tabs keep theirs.", needs: deployable, check: fresh},
}

// strangers are caches of other sites and workers of the origin.
var strangers = []string{"someone-elses-cache", "swgen:/elsewhere/ store", "workbox-precache-v2-" + home + "/elsewhere/"}

// settle opens a page of the new version and closes it again, which is when a
// worker that waits may take over and tidy up.
func (t *trial) settle(b *swtest.Browser) {
	for range 2 {
		b.Open(home + t.scope()).Close()
		_ = b.Settle()
	}
}

func activationPurges(t *trial) {
	old, n := t.deploys()
	if n == nil {
		return
	}
	b := t.copy(old)
	tab := b.Open(home + t.scope())
	for _, name := range strangers {
		if _, err := tab.Eval(fmt.Sprintf("caches.open(%q).then(c => c.put('/stranger', new Response('theirs')))", name)); err != nil {
			t.check(false, b, "", "", "the caches cannot be used: %v", err)
			return
		}
	}
	if err := t.deploy(b, &n.Deployment); err != nil {
		t.check(false, b, "", "", "the update failed: %v", err)
		return
	}
	tab.Close()
	t.settle(b)
	held := bodies(b)
	needed := make(map[manifest.Hash]bool)
	for u, hash := range n.hashes {
		needed[hash] = true
		t.check(held[hash] > 0 || optional(n.Manifest, u), b, u, "", "its content was purged though the new version needs it")
	}
	for u, hash := range old.hashes {
		t.check(needed[hash] || held[hash] == 0, b, u, "", "its old content is still stored after the new version took over and all tabs were closed")
	}
	names := b.Caches(home)
	for _, stranger := range strangers {
		found := false
		for _, name := range names {
			found = found || name == stranger
		}
		t.check(found, b, stranger, "delete only caches whose name says that they are this scope's own", "a cache of another site of this origin was deleted")
	}
}

func oneBuild(t *trial) {
	old, n := t.deploys()
	if n == nil || n.page == "" || n.loose == "" {
		t.nothing = "the site has no page with a file beside it that could change"
		return
	}
	b := t.copy(old)
	tab := b.Open(home + n.page)
	if err := t.deploy(b, &n.Deployment); err != nil {
		t.check(false, b, "", "", "the update failed: %v", err)
		return
	}
	t.version(b, old, tab, n, 0, "the tab that was open before the deploy")
	t.kill(b)
	t.version(b, old, tab, n, 0, "the tab that was open before the deploy, after the browser stopped the worker")
	if t.policy() == strategies.Fresh {
		young := b.Open(home + n.page)
		t.check(sameBytes(young.Page(), n.changed[n.page][1]), b, n.page, "", "a new tab does not get the new version's page: %s", describe(young.Page()))
		t.version(b, old, young, n, 1, "a new tab")
		t.version(b, old, tab, n, 0, "the old tab, once a new one was open")
	}
	b.Network.Offline(true)
	t.version(b, old, tab, n, 0, "the tab that was open before the deploy, offline")
}

// version asks for every file that changed from a tab and expects the old (0)
// or the new (1) bytes.
func (t *trial) version(b *swtest.Browser, old *stage, tab *swtest.Tab, n *next, which int, who string) {
	for _, u := range n.urls() {
		if old.optional(u) {
			continue
		}
		p := tab.Get(u)
		t.check(sameBytes(p, n.changed[u][which]), b, u, "", "%s does not get its own version's bytes: %s", who, describe(p))
	}
}

// kill stops every running worker, as browsers do when they please.
func (t *trial) kill(b *swtest.Browser) {
	for _, r := range b.Registrations(home) {
		for _, w := range []*swtest.Worker{r.Installing(), r.Waiting(), r.Active()} {
			if w != nil {
				w.Stop()
			}
		}
	}
}

func fresh(t *trial) {
	old, n := t.deploys()
	if n == nil || n.page == "" {
		t.nothing = "the site has no page that could change"
		return
	}
	b := t.copy(old)
	open := b.Open(home + n.page)
	tab := b.Open(home + n.page)
	if err := t.deploy(b, &n.Deployment); err != nil {
		t.check(false, b, "", "", "the update failed: %v", err)
		return
	}
	again := tab.Navigate(home + n.page)
	switch t.policy() {
	case strategies.Fresh, "":
		t.check(sameBytes(again, n.changed[n.page][1]), b, n.page, "", "the first navigation after the update was installed does not show the new version: %s", describe(again))
		t.check(sameBytes(open.Get(n.page), n.changed[n.page][0]), b, n.page, "", "a tab that was open lost its version")
	default:
		t.check(sameBytes(again, n.changed[n.page][0]), b, n.page, "", "with update policy %s a navigation shows the new version while tabs of the old one are open: %s", t.policy(), describe(again))
		tab.Close()
		open.Close()
		t.settle(b)
		last := b.Open(home + n.page).Page()
		t.check(sameBytes(last, n.changed[n.page][1]), b, n.page, "", "after every tab was closed the new version does not show: %s", describe(last))
	}
}
