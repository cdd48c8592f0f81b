package verify

import (
	"slices"

	"github.com/swgen/swgen/strategies"
	"github.com/swgen/swgen/swtest"
)

// oneBuild is W6. It says nothing of which version a page is from, that is the
// matter of W7: what counts is that its parts are from the same.
func oneBuild(t *trial) {
	d := t.deploys()
	if d == nil {
		return
	}
	if d.page == "" || !slices.ContainsFunc(sorted(d.old()), func(u string) bool { return u != d.page }) {
		t.nothing = "the site has no page with a file beside it that could change"
		return
	}
	t.acrossDeploys(d)
	t.done()
	t.whileInstalling(d)
}

// acrossDeploys has two tabs open while versions come and go.
func (t *trial) acrossDeploys(d *deploy) {
	b := t.copy(d.from)
	old, second := b.Open(home+d.page), b.Open(home+d.page)
	t.deploy(b, d.to)
	t.consistent(b, old, d, "a page that was open before the deploy")
	frame := old.Frame(d.page)
	if was := versionOf(old.Page(), d); was >= 0 {
		t.check(frame.Page().Err == nil && versionOf(frame.Page(), d) == was, b, d.page, "", "a frame in a page that was open before the deploy is of another version: %s", describe(frame.Page()))
	}
	second.Reload()
	t.consistent(b, second, d, "a page that was loaded again after the deploy")
	t.kill(b)
	t.consistent(b, old, d, "a page that was open before the deploy, once the browser had stopped the worker")
	t.takeOver(b)
	t.consistent(b, old, d, "a page that was open before the deploy, after others came and went")
	t.deploy(b, d.from.Deployment)
	t.consistent(b, second, d, "a page of the new version, after the site went back to the previous one")
	t.consistent(b, old, d, "a page that was open before the site went forth and back")
	b.Network.Offline(true)
	t.consistent(b, second, d, "a page of the new version, offline")
	t.consistent(b, old, d, "a page that was open before the deploy, offline")
}

// whileInstalling opens a page when the install of the new version has begun.
func (t *trial) whileInstalling(d *deploy) {
	b := t.copy(d.from)
	b.Network.Delay(trip)
	t.mark(b)
	b.Network.Serve(t.host(d.to))
	for _, r := range b.Registrations(home) {
		_ = r.Update()
	}
	tab := b.Open(home + d.page)
	_ = b.Settle()
	t.consistent(b, tab, d, "a page that was opened while the new version was being installed")
}

// versionOf says which version a page shows: 0 the old, 1 the new, -1 neither.
func versionOf(p *swtest.Response, d *deploy) int {
	for i, content := range d.changed[d.page] {
		if sameBytes(p, content) {
			return i
		}
	}
	return -1
}

// consistent asks for every file that changed from a tab and expects the bytes
// of the version that its page is of.
func (t *trial) consistent(b *swtest.Browser, tab *swtest.Tab, d *deploy, who string) {
	version := versionOf(tab.Page(), d)
	if version < 0 {
		return
	}
	want := d.old()
	if version == 1 {
		want = make(map[string][]byte)
		for _, u := range d.critical() {
			want[u] = d.changed[u][1]
		}
	}
	for _, u := range sorted(want) {
		p := load(tab, u)
		t.check(sameBytes(p, want[u]), b, u, "", "%s does not get its own version's bytes: %s", who, describe(p))
	}
}

// policy is the update policy. Of a worker of others, what it does is taken
// for what it is meant to do.
func (t *trial) policy(d *deploy) strategies.Update {
	switch {
	case t.subject.Spec != nil:
		return t.subject.Spec.Update
	case d.waits:
		return strategies.Wait
	}
	return strategies.Fresh
}

// fresh is W7.
func fresh(t *trial) {
	d := t.deploys()
	if d == nil {
		return
	}
	if d.page == "" {
		t.nothing = "the site has no page that could change"
		return
	}
	b := t.copy(d.from)
	open, tab := b.Open(home+d.page), b.Open(home+d.page)
	t.deploy(b, d.to)
	t.check(versionOf(open.Page(), d) == 0, b, d.page, "leave pages that are open alone", "a page that was open was loaded again without being asked")
	again := tab.Navigate(home + d.page)
	if t.policy(d) == strategies.Fresh {
		t.check(versionOf(again, d) == 1, b, d.page, "", "the first navigation after the update was installed does not show the new version: %s", describe(again))
		young := b.Open(home + d.page).Page()
		t.check(versionOf(young, d) == 1, b, d.page, "", "a new tab after the update was installed does not show the new version: %s", describe(young))
		return
	}
	t.check(versionOf(again, d) == 0 || t.subject.Spec == nil, b, d.page, "do not call skipWaiting while installing", "with update policy %s a navigation shows the new version while pages of the old one are open: %s", t.policy(d), describe(again))
	if t.policy(d) == strategies.Prompt {
		t.accepted(b, open, tab, d)
		return
	}
	open.Close()
	tab.Close()
	t.takeOver(b)
	last := b.Open(home + d.page).Page()
	t.check(versionOf(last, d) == 1, b, d.page, "", "after every page was closed the new version does not show: %s", describe(last))
}

// accepted is what the registration script does once the visitor agrees.
func (t *trial) accepted(b *swtest.Browser, open, tab *swtest.Tab, d *deploy) {
	waiting := t.registered(b).Waiting()
	if !t.check(waiting != nil, b, d.page, "", "with update policy prompt no worker waits for the visitor to agree") {
		return
	}
	if err := tab.Post(waiting, map[string]string{"type": "SKIP_WAITING"}); err != nil {
		panic(stopped{err})
	}
	_ = b.Settle()
	again := tab.Reload()
	t.check(versionOf(again, d) == 1, b, d.page, "call skipWaiting when a page sends {type: \"SKIP_WAITING\"}", "the visitor agreed, and the page that is loaded then does not show the new version: %s", describe(again))
	t.check(versionOf(open.Page(), d) == 0, b, d.page, "leave pages that are open alone", "the visitor agreed in one page, and another one was loaded again")
}
