package verify

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/swgen/swgen/manifest"
	"github.com/swgen/swgen/swtest"
)

// killableAnywhere is W16.
func killableAnywhere(t *trial) {
	t.betweenEvents()
	t.whileFirstInstalling()
	if d := t.deploys(); d != nil {
		for _, moment := range t.moments(d.points, 1) {
			t.whileUpdating(d, moment)
			t.done()
		}
	}
	t.nothing = ""
}

// After each kill all that is precached is asked for. More than about
// manyAnswers would take minutes and show nothing new: of a large site fewer
// moments are tried, at least fewMoments.
const manyAnswers, fewMoments = 20_000, 4

// moments are the numbers of the operations at which the worker is killed, as
// many as Options say, or a part of that.
func (t *trial) moments(points, part int) []int {
	most := cmp.Or(t.options.Moments, min(40, max(manyAnswers/max(len(t.small.urls), 1), fewMoments)))
	n := min(points, (most+part-1)/part)
	list := make([]int, n)
	for i := range list {
		list[i] = 1 + i*points/n
	}
	return list
}

// killAt stops the worker at the n-th operation, and tells where that was.
func killAt(n int, where *string) swtest.Options {
	return swtest.Options{Point: func(p swtest.Point) swtest.Fault {
		if p.N != n {
			return swtest.Proceed
		}
		*where = p.Operation
		return swtest.Kill
	}}
}

// betweenEvents stops the worker between a page and its parts.
func (t *trial) betweenEvents() {
	b := t.copy(t.small)
	defer t.done()
	tab := b.Open(home + t.scope())
	b.Network.Offline(true)
	for _, u := range t.pages()[:min(3, len(t.pages()))] {
		want := t.content(t.small.Deployment, u)
		if !sameBytes(t.navigate(b, &tab, u), want) {
			continue // the matter of W1
		}
		t.kill(b)
		p := tab.Get(u)
		t.check(sameBytes(p, want), b, u, "", "once the browser had stopped the worker it answers otherwise: %s", describe(p))
	}
}

// whileFirstInstalling stops the worker at moments of a first install, and
// expects the next visit to bring it to an end.
func (t *trial) whileFirstInstalling() {
	points := 0
	b := t.visitor(t.small.Deployment, swtest.Options{Point: func(swtest.Point) swtest.Fault {
		points++
		return swtest.Proceed
	}})
	t.register(b)
	usage := b.Usage(home)
	offline := t.answering(b, b.Open(home+t.scope()), slices.Values(t.small.urls))
	t.done()
	for _, moment := range t.moments(points, 2) {
		where := ""
		b := t.visitor(t.small.Deployment, killAt(moment, &where))
		t.register(b)
		if t.check(t.register(b), b, "", "", "killed at %s of the first install: the next visit does not install either", where) {
			t.kill(b)
			when := "killed at " + where + " of the first install"
			t.whole(b, t.small.hashes, offline, when)
			t.check(b.Usage(home) <= usage+slack, b, "", "", "%s: in the end %d bytes more are stored than without that", when, b.Usage(home)-usage)
		}
		t.done()
	}
}

// whole expects URLs to answer offline as they do after an undisturbed run.
func (t *trial) whole(b *swtest.Browser, hashes map[string]manifest.Hash, offline map[string]bool, when string) {
	tab := b.Open(home + t.scope())
	b.Network.Offline(true)
	for _, u := range sorted(offline) {
		if want, known := hashes[u]; known && offline[u] {
			p := load(tab, u)
			t.check(same(p, want), b, u, "", "%s: in the end the version is not whole: %s", when, describe(p))
		}
	}
	tab.Close()
	b.Network.Offline(false)
}

// whileUpdating stops the worker at a moment of an update, and expects the
// next try to succeed and to leave what an update without trouble leaves.
func (t *trial) whileUpdating(d *deploy, moment int) {
	where := ""
	b := t.copyWith(d.from, killAt(moment, &where))
	tab := b.Open(home + cmp.Or(d.page, t.scope()))
	t.deploy(b, d.to)
	t.since[b] = 0 // the worker may have been killed before the deploy, while the page was opened
	if d.keeps && where != "" && tab.Page().From == "worker" {
		p := load(tab, d.loose)
		t.check(sameBytes(p, d.changed[d.loose][0]), b, d.loose, "", "killed at %s of an update: a page that was open before does not get its own version's bytes any more: %s", where, describe(p))
	}
	if d.page != "" {
		p := b.Open(home + d.page)
		t.check(versionOf(p.Page(), d) >= 0, b, d.page, "", "killed at %s of an update: the page is of no version: %s", where, describe(p.Page()))
		p.Close()
	}
	t.update(b)
	tab.Close()
	t.takeOver(b)
	when := fmt.Sprintf("killed at %s of an update", where)
	if t.check(t.arrived(b, d), b, "", "", "%s: the new version never came", when) {
		t.whole(b, d.hashes, d.offline, when)
		t.noLitter(b, d, when)
	}
}

// noLitter expects no more to be stored than after an undisturbed update, now
// or after the site was deployed once more.
func (t *trial) noLitter(b *swtest.Browser, d *deploy, when string) {
	if b.Usage(home) > d.usage+slack {
		begin := t.since[b]
		for _, to := range []*Deployment{d.from.Deployment, d.to} {
			t.deploy(b, to)
			t.takeOver(b)
		}
		t.since[b] = begin // what led here happened before
	}
	t.check(b.Usage(home) <= d.usage+slack, b, "", "", "%s: %d bytes more are stored for good than without that", when, b.Usage(home)-d.usage)
}
