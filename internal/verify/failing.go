package verify

import (
	"cmp"
	"iter"
	"net/http"
	"slices"
	"time"

	"github.com/swgen/swgen/swtest"
)

// slack is what may be stored beside bodies without being called a remainder,
// in bytes: times of day and the like.
const slack = 512

// failedInstall is W3. It says nothing of a version that installs though a
// file of it cannot be had: that is the matter of W1.
func failedInstall(t *trial) {
	d := t.deploys()
	if d == nil {
		return
	}
	broken := cmp.Or(d.loose, d.page)
	b := t.copy(d.from)
	tab := b.Open(home + cmp.Or(d.page, t.scope()))
	served := t.answering(b, tab, slices.Values(sorted(d.old())))
	b.Network.Script(badStatus(http.StatusInternalServerError, broken))
	b.Network.Forget()
	t.deploy(b, d.to)
	if t.installed(b, d) {
		t.nothing = "a version is installed even though a file of it cannot be had"
		return
	}
	got := downloaded(b)
	t.servesOn(b, tab, d, served)
	t.nextTry(b, d, broken, got)
	tab.Close()
	t.takeOver(b)
	t.check(b.Usage(home) <= d.usage+slack, b, "", "", "an install that failed and then succeeded leaves %d bytes behind for good", b.Usage(home)-d.usage)
	t.done()
	t.abandoned(d, broken)
}

// answering tells which of some URLs answer offline. What does not even when
// nothing is wrong is the matter of W1.
func (t *trial) answering(b *swtest.Browser, tab *swtest.Tab, urls iter.Seq[string]) map[string]bool {
	b.Network.Offline(true)
	defer b.Network.Offline(false)
	answering := make(map[string]bool)
	for u := range urls {
		answering[u] = load(tab, u).OK()
	}
	return answering
}

// servesOn expects the old version to be there, offline.
func (t *trial) servesOn(b *swtest.Browser, tab *swtest.Tab, d *deploy, served map[string]bool) {
	b.Network.Offline(true)
	defer b.Network.Offline(false)
	old := d.old()
	for _, u := range sorted(old) {
		if served[u] {
			p := load(tab, u)
			t.check(sameBytes(p, old[u]), b, u, "", "after an install that failed the previous version does not answer with its own bytes: %s", describe(p))
		}
	}
	if served[d.page] {
		p := b.Open(home + d.page)
		t.check(versionOf(p.Page(), d) == 0, b, d.page, "", "after an install that failed the previous version does not show: %s", describe(p.Page()))
		p.Close()
	}
}

// nextTry mends the site, and expects an install of what is still missing.
func (t *trial) nextTry(b *swtest.Browser, d *deploy, broken string, got map[string]bool) {
	b.Network.Script(nil)
	b.Network.Forget()
	t.update(b)
	if !t.check(t.installed(b, d), b, broken, "", "the site was mended, and the next try does not install") {
		return
	}
	for _, u := range sorted(downloaded(b)) {
		t.check(!got[u] || u == broken, b, u, "keep what was downloaded for the next try", "downloaded again, though the install that failed had it already")
	}
}

// abandoned never mends the new version: the site goes back to the old one.
// How long files may wait for the next try is up to the worker. swgen's wait
// for a day; with others, what is left when the next worker has taken over was
// left for good.
func (t *trial) abandoned(d *deploy, broken string) {
	b := t.copy(d.from)
	defer t.done()
	b.Network.Script(badStatus(http.StatusInternalServerError, broken))
	t.deploy(b, d.to)
	b.Network.Script(nil)
	b.Network.Serve(t.host(d.from.Deployment))
	t.update(b)
	b.Advance(25 * time.Hour)
	t.takeOver(b)
	when := "after a day"
	if t.subject.Spec == nil {
		when = "after the next worker has taken over"
		t.deploy(b, t.touched(d.from.Deployment))
		t.takeOver(b)
	}
	held := bodies(b)
	for _, u := range sorted(d.hashes) {
		t.check(d.from.held[d.hashes[u]] > 0 || held[d.hashes[u]] == 0, b, u, "", "an install failed and the site went back to the previous version, but a file of the failed one is still stored %s", when)
	}
}

// touched is a deployment whose worker is another one to browsers, and else
// the same.
func (t *trial) touched(d *Deployment) *Deployment {
	worker := readFile(d.Files, t.subject.Worker)
	return &Deployment{
		Files:    Overlay(d.Files, Overlaid{t.subject.Worker: bytesOf(append(worker, "\n// deployed once more\n"...))}),
		Manifest: d.Manifest,
	}
}

// downloaded are the URLs that workers got from the network, without scripts
// of their own.
func downloaded(b *swtest.Browser) map[string]bool {
	urls := make(map[string]bool)
	for _, q := range b.Network.Requests() {
		if fromWorker(q) && q.Status == http.StatusOK {
			urls[pathOf(q)] = true
		}
	}
	return urls
}

// installed says whether the new version is there, active or waiting.
func (t *trial) installed(b *swtest.Browser, d *deploy) bool {
	r := t.registered(b)
	if r != nil && r.Waiting() != nil && r.Waiting().Source() == string(readFile(d.to.Files, t.subject.Worker)) {
		return true
	}
	return t.arrived(b, d)
}
