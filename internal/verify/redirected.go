package verify

import (
	"net/http"
	"strings"

	"github.com/swgen/swgen/swtest"
)

// noRedirected is W9: pages that the host redirected when they were stored, by
// an install, by an update, in place of a lost one, or by a route.
func noRedirected(t *trial) {
	if pages := t.pages(); len(pages) > 0 {
		page, other := pages[len(pages)-1], pages[0]
		t.redirectedInstall(page, other)
		t.redirectedMend(page)
	}
	if d := t.deploys(); d != nil && d.page != "" {
		t.redirectedUpdate(d)
	}
	for _, r := range t.routesWithExamples() {
		if r.stores() && r.navigates() {
			t.redirectedRoute(r)
		}
	}
	t.nothing = ""
}

const broke = "the host redirected while the page was stored, and %s the navigation fails: %s"

// refused says whether a browser refuses an answer to a navigation since it was
// redirected. What fails for other reasons is the matter of other laws.
func refused(p *swtest.Response) bool {
	return p.Err != nil && strings.Contains(p.Err.Error(), "a redirected response was used")
}

// elsewhere redirects a URL to itself with a query.
func elsewhere(u string) func(*swtest.Request) swtest.Weather {
	return func(q *swtest.Request) swtest.Weather {
		if q.URL != home+u || strings.Contains(q.URL, "?") {
			return swtest.Weather{}
		}
		return swtest.Weather{Answer: http.RedirectHandler(u+"?moved", http.StatusFound)}
	}
}

// redirectedInstall has a page redirected during the first install. When even
// another page does not show offline, that is not the matter of this law.
func (t *trial) redirectedInstall(page, other string) {
	b := t.visitor(t.small.Deployment, swtest.Options{})
	defer t.done()
	b.Network.Script(elsewhere(page))
	installed := t.register(b)
	b.Network.Offline(true)
	if p := b.Open(home + other).Page(); page != other && p.Err != nil || !installed {
		t.checks++ // a worker may refuse what is redirected
		return
	}
	p := b.Open(home + page).Page()
	t.check(!refused(p), b, page, "", broke, "offline", describe(p))
}

// redirectedMend loses what is stored, and redirects what is asked for again.
func (t *trial) redirectedMend(page string) {
	b := t.copy(t.small)
	defer t.done()
	tab := b.Open(home + page)
	for _, redirects := range []bool{false, true} {
		t.eval(tab, emptyCaches)
		if redirects {
			b.Network.Script(elsewhere(page))
		}
		p := b.Open(home + page).Page()
		if !redirects && p.Err != nil {
			return // the matter of W11
		}
		t.check(!refused(p), b, page, "", "what was stored of the page was lost, the host redirects when it is asked for again, and the navigation fails: %s", describe(p))
	}
}

// redirectedUpdate has a page redirected during an update.
func (t *trial) redirectedUpdate(d *deploy) {
	b := t.copy(d.from)
	defer t.done()
	b.Network.Script(elsewhere(d.page))
	t.deploy(b, d.to)
	t.takeOver(b)
	b.Network.Offline(true)
	if !d.offline[d.page] {
		return // the matter of W1
	}
	p := b.Open(home + d.page).Page()
	t.check(!refused(p), b, d.page, "", broke, "offline, after the update,", describe(p))
}

// redirectedRoute lets a route store a redirected answer.
func (t *trial) redirectedRoute(r example) {
	b := t.copy(t.small)
	defer t.done()
	b.Network.Script(func(q *swtest.Request) swtest.Weather {
		switch q.URL {
		case r.url(0):
			return swtest.Weather{Answer: http.RedirectHandler(r.url(0)+"?moved", http.StatusFound)}
		case r.url(0) + "?moved":
			return swtest.Weather{Answer: answer("text/html", []byte("moved"))}
		}
		return swtest.Weather{}
	})
	tab := b.Open(home + t.scope())
	if r.asks() == "document" {
		tab.Navigate(r.url(0))
	} else {
		r.get(tab, r.url(0))
	}
	_ = b.Settle()
	b.Network.Offline(true)
	p := b.Open(r.url(0)).Page()
	t.check(!refused(p), b, r.url(0), "", "a route stored an answer that was redirected, and offline the navigation fails: %s", describe(p))
}
