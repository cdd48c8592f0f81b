package verify

import (
	"net/http"
	"strings"

	"github.com/swgen/swgen/swtest"
)

// neverWorse is W11. What a worker cannot do, the network must.
func neverWorse(t *trial) {
	t.letDown("caches, databases and all but fetch fail", func(p swtest.Point) swtest.Fault {
		if p.Operation == "fetch" || p.Operation == "importScripts" {
			return swtest.Proceed // an installed worker has its scripts
		}
		return swtest.Fail
	})
	t.killedAnswering()
	t.lost()
	t.noRoom(swtest.Options{Private: true}, "the browser allows no storage")
	full := &shortage{first: 1}
	b := t.noRoom(swtest.Options{Point: full.fault}, "the storage is full while the worker is installed")
	full.over = true
	t.check(t.register(b), b, "", "", "the storage was full during an install, and when there is room again the next one fails")
	t.done()
	t.fullUpdate()
	t.nothing = ""
}

// shortage is a storage that is full when something is stored for the first
// time of some, and five times more, until it is over: afterwards there is
// room for small things.
type shortage struct {
	first, puts int
	over        bool
}

func (s *shortage) fault(p swtest.Point) swtest.Fault {
	if p.Operation != "cachePut" || s.over {
		return swtest.Proceed
	}
	if s.puts++; s.puts < s.first || s.puts > s.first+5 {
		return swtest.Proceed
	}
	return swtest.Full
}

// letDown lets an installed worker meet faults.
func (t *trial) letDown(what string, fault func(swtest.Point) swtest.Fault) {
	b := t.copyWith(t.small, swtest.Options{Point: fault})
	defer t.done()
	t.served(b, what)
	u := t.nowhere()
	b.Network.Script(badStatus(http.StatusInternalServerError, u))
	p := b.Open(home + u).Page()
	t.check(p.Err == nil && p.Status == http.StatusInternalServerError, b, u, "", "%s: the host's own error (status 500) is not what is shown: %s", what, describe(p))
}

// killedAnswering stops the worker in the middle of each answer, once: a
// browser asks a restarted worker again.
func (t *trial) killedAnswering() {
	killed := false
	b := t.copyWith(t.small, swtest.Options{Point: func(p swtest.Point) swtest.Fault {
		if killed || !strings.HasSuffix(strings.ToLower(p.Operation), "match") {
			return swtest.Proceed
		}
		killed = true
		return swtest.Kill
	}})
	defer t.done()
	tab := t.servedPage(b, "the browser stopped the worker in the middle of an answer")
	killed = false
	t.servedPart(b, tab, "the browser stopped the worker in the middle of an answer")
}

// lost empties and then deletes the caches, as a browser does that needs room
// or a page that clears the site's data.
func (t *trial) lost() {
	b := t.copy(t.small)
	defer t.done()
	tab := b.Open(home + t.scope())
	t.eval(tab, emptyCaches)
	t.served(b, "what was stored is lost")
	t.eval(tab, "caches.keys().then(names => Promise.all(names.map(name => caches.delete(name))))")
	t.kill(b)
	t.served(b, "the caches are gone")
}

// noRoom is a first install that cannot store anything.
func (t *trial) noRoom(o swtest.Options, what string) *swtest.Browser {
	b := t.visitor(t.small.Deployment, o)
	t.register(b)
	t.served(b, what)
	return b
}

// fullUpdate is an update that finds no room, and one that does.
func (t *trial) fullUpdate() {
	d := t.deploys()
	if d == nil {
		return
	}
	full := &shortage{first: 2}
	b := t.copyWith(d.from, swtest.Options{Point: full.fault})
	t.deploy(b, d.to)
	if d.page != "" {
		p := b.Open(home + d.page)
		t.check(versionOf(p.Page(), d) >= 0, b, d.page, "", "the storage was full during an update, and the page is of no version: %s", describe(p.Page()))
		p.Close()
	}
	full.over = true
	t.update(b)
	t.takeOver(b)
	t.check(t.arrived(b, d), b, "", "", "the storage was full during an update, and when there is room again the next one fails")
}

// served expects a page and a part of it to be what the network has.
func (t *trial) served(b *swtest.Browser, what string) {
	t.servedPart(b, t.servedPage(b, what), what)
}

func (t *trial) servedPage(b *swtest.Browser, what string) *swtest.Tab {
	page := t.scope()
	want := t.ask(t.small.Deployment, page)
	tab := b.Open(home + page)
	p := tab.Page()
	t.check(p.Err == nil && (want.status != http.StatusOK || string(p.Body) == want.body.String()), b, page, "", "%s: the page is not what the network has: %s", what, describe(p))
	return tab
}

func (t *trial) servedPart(b *swtest.Browser, tab *swtest.Tab, what string) {
	u := t.small.critical(t.isPart)
	if u == "" || tab.Page().Err != nil {
		return
	}
	p := load(tab, u)
	t.check(sameBytes(p, t.content(t.small.Deployment, u)), b, u, "", "%s: the file is not what the network has: %s", what, describe(p))
}
