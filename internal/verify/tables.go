package verify

import (
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/swgen/swgen/strategies"
	"github.com/swgen/swgen/swtest"
)

func specified(s *Subject) string {
	if s.Spec == nil {
		return "what the worker promises is not known: swgen did not make it"
	}
	return ""
}

// promiseTables is W13: every row of every route's table, and what the route's
// options add; of the precache the rows where its file is stored, since the
// others are the matter of W11.
func promiseTables(t *trial) {
	for _, u := range []string{t.small.critical(t.isPage), t.small.critical(t.isPart)} {
		if u != "" {
			t.precached(u)
		}
	}
	t.done()
	for _, r := range t.routesWithExamples() {
		p := &play{trial: t, example: r}
		strategy, _ := strategies.Find(r.Strategy)
		for _, row := range strategy.Promises {
			p.row(row)
		}
		if r.stores() {
			p.quickEnough()
			p.maxAge()
			p.maxEntries()
			p.opaque()
			p.query()
		}
		t.done()
	}
}

// precached plays the rows of the precache in which the file is stored.
func (t *trial) precached(u string) {
	b := t.copy(t.small)
	tab := b.Open(home + t.scope())
	want := t.content(t.small.Deployment, u)
	strategy, _ := strategies.Find(strategies.Precache)
	for _, row := range strategy.Promises {
		if !row.Cached {
			continue
		}
		b.Network.Script(only(weather(row.Network, time.Minute), u))
		b.Network.Forget()
		p := load(tab, u)
		t.check(sameBytes(p, want) && reached(b, home+u) == 0, b, u, "", "precached, network %s: the answer should come from the cache without a request: %s, %d requests", row.Network, describe(p), reached(b, home+u))
	}
}

// weather is what a network of a promise table does.
func weather(n strategies.Network, slow time.Duration) swtest.Weather {
	switch n {
	case strategies.Down:
		return swtest.Weather{Fail: true}
	case strategies.Slow:
		return swtest.Weather{Delay: slow}
	case strategies.Failing:
		return swtest.Weather{Status: http.StatusServiceUnavailable}
	}
	return swtest.Weather{}
}

// play is a route in a browser whose network answers every request with
// another number.
type play struct {
	*trial
	example
	b       *swtest.Browser
	tab     *swtest.Tab
	network swtest.Weather
	count   int // answers so far
	next    int // URL not asked for yet
}

// begin gives the route a URL that it has not been asked for.
func (p *play) begin() string {
	if p.b == nil || p.next >= p.distinct() {
		p.b, p.next = p.copy(p.small), 0
		p.tab = p.b.Open(home + p.scope())
		p.b.Network.Script(func(q *swtest.Request) swtest.Weather {
			if !p.about(q.URL) {
				return swtest.Weather{}
			}
			w := p.network
			if w.Status != 0 {
				w.Status, w.Answer = 0, http.HandlerFunc(p.failing)
			} else {
				w.Answer = http.HandlerFunc(p.number)
			}
			return w
		})
	}
	p.network = swtest.Weather{}
	p.next++
	p.mark(p.b)
	return p.url(p.next - 1)
}

// about says whether a URL is one of the route's examples.
func (p *play) about(u string) bool {
	for _, one := range p.urls {
		if pathOnly(u) == pathOnly(one) {
			return true
		}
	}
	return false
}

func (p *play) number(w http.ResponseWriter, q *http.Request) {
	p.count++
	w.Header().Set("Content-Type", "text/plain")
	w.Header().Set("Cache-Control", "no-cache")
	if q.Header.Get("Origin") != "" || q.Header.Get("Sec-Fetch-Mode") != "no-cors" {
		w.Header().Set("Access-Control-Allow-Origin", "*")
	}
	fmt.Fprint(w, p.count)
}

func (p *play) failing(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Access-Control-Allow-Origin", "*")
	w.WriteHeader(http.StatusServiceUnavailable)
	fmt.Fprint(w, "the server fails")
}

// fill lets the route have an answer for a URL in its cache, and returns what
// it holds; "" when that cannot be brought about.
func (p *play) fill(u string) string {
	if p.stores() {
		p.example.get(p.tab, u)
		_ = p.b.Settle()
		return p.held(u)
	}
	if p.MaxAge > 0 {
		return "" // an answer's age is known only of what the worker has stored
	}
	// Sites fill the cache of such a route themselves, by its name.
	p.eval(p.tab, fmt.Sprintf("caches.open(%q).then(c => c.put(%q, new Response('0')))", "swgen:"+p.scope()+" route "+p.Cache, u))
	return "0"
}

// held is what is stored for a URL, "" for nothing.
func (p *play) held(u string) string {
	if parsed, err := url.Parse(u); err == nil && p.IgnoreQuery {
		parsed.RawQuery = ""
		u = parsed.String()
	}
	for _, e := range p.b.Entries(home) {
		if e.URL == u {
			return string(e.Body)
		}
	}
	return ""
}

// row plays one row of the route's promise table.
func (p *play) row(row strategies.Promise) {
	if row.Cached && row.Network == strategies.Slow && p.Strategy == strategies.NetworkFirst && p.Timeout == 0 {
		return // without a timeout no network is slow
	}
	u, had := p.begin(), ""
	if row.Cached {
		if had = p.fill(u); had == "" {
			return // the row without a cached answer says so
		}
	}
	slow := p.Timeout + time.Minute
	p.network = weather(row.Network, slow)
	p.b.Network.Forget()
	start := p.b.Now()
	got := p.example.get(p.tab, u)
	took := p.b.Now().Sub(start)
	_ = p.b.Settle()
	p.b.Advance(2 * slow)

	when := fmt.Sprintf("%s, cached: %t, network %s", p.Strategy, row.Cached, row.Network)
	p.check(p.answered(got, row.Answer, had), p.b, u, "", "%s: the answer should come from the %s, and is %s %q", when, row.Answer, describe(got), got.Text())
	asked := reached(p.b, u) > 0
	p.check(asked == row.Asked, p.b, u, "", "%s: a request reached the network: %t, promised: %t", when, asked, row.Asked)
	held := p.held(u)
	p.check((held != had) == row.Stored, p.b, u, "", "%s: the network's answer was stored: %t, promised: %t", when, held != had, row.Stored)
	if row.Network == strategies.Slow && row.Answer == strategies.FromCache {
		p.check(took <= p.Timeout+time.Second, p.b, u, "", "%s: the answer took %v, and the timeout is %v", when, took, p.Timeout)
	}
	if p.tab.Page().Err != nil {
		p.tab = p.b.Open(home + p.scope())
	}
}

// answered says whether a response is from where it should be. Navigations get
// an offline page instead of an error.
func (p *play) answered(got *swtest.Response, from strategies.Answer, had string) bool {
	switch from {
	case strategies.FromCache:
		return got.Err == nil && got.Text() == had
	case strategies.FromNetwork:
		_, err := strconv.Atoi(got.Text())
		return got.Err == nil && got.Text() != had && (err == nil || got.Text() == "the server fails")
	}
	return got.Err != nil || p.asks() == "document" && got.Status >= 400 && got.From == "worker"
}

// quickEnough has a network that needs half of the timeout.
func (p *play) quickEnough() {
	if p.Timeout == 0 {
		return
	}
	u := p.begin()
	had := p.fill(u)
	p.network = swtest.Weather{Delay: p.Timeout / 2}
	got := p.example.get(p.tab, u)
	p.check(got.Err == nil && got.Text() != had, p.b, u, "", "%s: the network answered after half of the timeout of %v, and its answer was not waited for: %s", p.Strategy, p.Timeout, describe(got))
}

// maxAge asks shortly before and after a stored answer gets too old, while the
// network is down.
func (p *play) maxAge() {
	if p.MaxAge == 0 {
		return
	}
	u := p.begin()
	had := p.fill(u)
	if had == "" {
		return
	}
	p.network = swtest.Weather{Fail: true}
	p.b.Advance(p.MaxAge - p.MaxAge/10)
	young := p.example.get(p.tab, u)
	p.check(p.answered(young, strategies.FromCache, had), p.b, u, "", "%s: the stored answer is younger than max_age %v and the network is down, but it does not answer: %s", p.Strategy, p.MaxAge, describe(young))
	_ = p.b.Settle()
	p.b.Advance(p.MaxAge / 5)
	old := p.example.get(p.tab, u)
	p.check(p.answered(old, strategies.FromError, had), p.b, u, "", "%s: the stored answer is older than max_age %v, and it answers: %s", p.Strategy, p.MaxAge, describe(old))
	if p.tab.Page().Err != nil {
		p.tab = p.b.Open(home + p.scope())
	}
}

// manyEntries is the largest max_entries that is tried.
const manyEntries = 100

// maxEntries asks for two URLs more than the route may keep.
func (p *play) maxEntries() {
	if p.MaxEntries == 0 || p.MaxEntries > manyEntries || p.distinct() < p.MaxEntries+2 {
		return
	}
	p.b = nil
	var urls []string
	for range p.MaxEntries + 2 {
		u := p.begin()
		urls = append(urls, u)
		p.example.get(p.tab, u)
		_ = p.b.Settle()
		p.b.Advance(time.Second)
	}
	for i, u := range urls {
		want := i >= len(urls)-p.MaxEntries
		p.check((p.held(u) != "") == want, p.b, u, "", "%s: %d URLs were asked for with max_entries %d; number %d of them is stored: %t, promised: %t", p.Strategy, len(urls), p.MaxEntries, i+1, !want, want)
	}
}

// opaque asks for an answer of another origin that nobody may look into.
func (p *play) opaque() {
	if p.Host == "" || p.asks() == "document" {
		return
	}
	u := p.begin()
	p.tab.Ask(u, swtest.Ask{Destination: p.asks(), Mode: "no-cors"})
	_ = p.b.Settle()
	stored := p.held(u) != ""
	p.check(stored == p.Opaque, p.b, u, "", "%s: an opaque answer was stored: %t, promised: %t", p.Strategy, stored, p.Opaque)
}

// query asks for the same path with another query while the network is down.
func (p *play) query() {
	p.b = nil
	u := p.begin()
	first := p.example.get(p.tab, u+"?a")
	_ = p.b.Settle()
	p.network = swtest.Weather{Fail: true}
	other := p.example.get(p.tab, u+"?b")
	want := strategies.FromError
	if p.IgnoreQuery {
		want = strategies.FromCache
	}
	p.check(p.answered(other, want, first.Text()), p.b, u+"?b", "", "%s with ignore_query %t: asked with another query, the answer should come from the %s: %s", p.Strategy, p.IgnoreQuery, want, describe(other))
}
