package verify

import (
	"bytes"
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/swgen/swgen/internal/compress"
	"github.com/swgen/swgen/strategies"
	"github.com/swgen/swgen/swtest"
)

var exitLaws = []Law{
	{Code: "W14", Name: "the way out", Sentence: "The kill worker removes this worker from the browser, and only that.", needs: killable, check: wayOut},
	{Code: "W15", Name: "small", Sentence: "The worker carries no code that the site's configuration does not use.", needs: weighable, check: small},
	{Code: "W16", Name: "killable", Sentence: "The browser may stop the worker at any moment, also in the middle of an install: nothing depends on memory.", check: killableAnywhere},
}

func killable(s *Subject) string {
	if s.Kill == nil {
		return "no kill worker is known for this worker"
	}
	return ""
}

func wayOut(t *trial) {
	b := t.copy(t.now)
	tab := b.Open(home + t.scope())
	for _, name := range strangers {
		_, _ = tab.Eval(fmt.Sprintf("caches.open(%q).then(c => c.put('/stranger', new Response('theirs')))", name))
	}
	strange := b.Caches(home)[len(b.Caches(home))-len(strangers):]
	dead := &Deployment{Files: Overlay(t.subject.Files, Overlaid{t.subject.Worker: bytesOf(t.subject.Kill)})}
	_ = t.deploy(b, dead)
	tab.Close()
	t.settle(b)
	t.check(registered(b, t.scope()) == nil, b, t.script(), "", "the registration is still there after the kill worker was deployed")
	for _, name := range b.Caches(home) {
		t.check(slices.Contains(strange, name), b, name, "", "a cache of the worker is still there after the kill worker was deployed")
	}
	for _, name := range strange {
		t.check(slices.Contains(b.Caches(home), name), b, name, "", "the kill worker deleted a cache that is not the worker's")
	}
}

func weighable(s *Subject) string {
	if s.Spec == nil || s.Remake == nil {
		return "the code of this worker is not known from its content"
	}
	return ""
}

// What the code may weigh with brotli, in bytes: what each feature was measured
// to add (go test ./templates -run TestSize -v), with a little to spare.
const (
	codeBudget     = 3060
	rangeBudget    = 300
	queryBudget    = 100
	routesBudget   = 600
	strategyBudget = 150
)

func budget(spec *strategies.Spec) int {
	sum := codeBudget
	if spec.Ranges {
		sum += rangeBudget
	}
	if spec.Extra || len(spec.KeepQuery) > 0 {
		sum += queryBudget
	}
	used := make(map[strategies.Name]bool)
	for _, r := range spec.Routes {
		used[r.Strategy] = true
		sum += len(r.Path) + len(r.Host) + len(r.Cache)
	}
	if len(used) > 0 {
		sum += routesBudget
	}
	return sum + len(used)*strategyBudget
}

func small(t *trial) {
	worker := readFile(t.subject.Files, t.subject.Worker)
	if bytes.Count(worker, []byte("\n")) > 2 {
		t.nothing = "the worker is not minified"
		return
	}
	packed, err := t.subject.Manifest.Pack()
	if err != nil {
		t.check(false, nil, "", "", "the manifest could not be packed: %v", err)
		return
	}
	code := bytes.Replace(worker, packed, nil, 1)
	size, most := compress.Of(code).Brotli, budget(t.subject.Spec)
	t.check(size <= int64(most), nil, t.script(), "leave out the modules that the configuration does not use",
		"the worker's code is %d bytes with brotli; what the configuration uses is at most %d", size, most)
}

func killableAnywhere(t *trial) {
	b := t.copy(t.now)
	b.Network.Offline(true)
	for _, u := range t.pages()[:min(3, len(t.pages()))] {
		tab := b.Open(home + u)
		t.kill(b)
		want := t.content(t.now.Deployment, u)
		p := tab.Get(u)
		t.check(want == nil || sameBytes(p, want), b, u, "", "after the browser stopped the worker it answers otherwise: %s", describe(p))
	}
	if deployable(t.subject) != "" {
		return
	}
	old, n := t.deploys()
	if n == nil {
		return
	}
	points := 0
	b = t.copy(old, func(swtest.Point) swtest.Fault {
		points++
		return swtest.Proceed
	})
	if err := t.deploy(b, &n.Deployment); err != nil {
		t.check(false, b, "", "", "the update failed: %v", err)
		return
	}
	moments := min(points, cmp.Or(t.options.Moments, 40))
	for i := range moments {
		t.killedAt(old, n, 1+i*points/moments)
	}
}

// killedAt stops the worker at a point of the update, and expects the next try
// to succeed and to leave what an update without trouble leaves.
func (t *trial) killedAt(old *stage, n *next, point int) {
	seen, where := 0, ""
	b := t.copy(old, func(p swtest.Point) swtest.Fault {
		if seen++; seen != point {
			return swtest.Proceed
		}
		where = p.String()
		return swtest.Kill
	})
	tab := b.Open(home + t.scope())
	_ = t.deploy(b, &n.Deployment)
	if n.page != "" {
		p := tab.Navigate(home + n.page)
		t.check(sameBytes(p, n.changed[n.page][0]) || sameBytes(p, n.changed[n.page][1]), b, n.page, "", "killed at %s: the page is of no version: %s", where, describe(p))
	}
	_ = t.update(b)
	tab.Close()
	t.settle(b)
	if !t.check(t.active(b, &n.Deployment), b, "", "", "killed at %s: the new version was never installed", where) {
		return
	}
	t.complete(b, n, "killed at "+where)
}

// complete expects the new version to be stored and shown, offline.
func (t *trial) complete(b *swtest.Browser, n *next, when string) {
	b.Network.Offline(true)
	tab := b.Open(home + t.scope())
	for _, u := range append(n.urls(), n.added, n.moved) {
		want := t.content(&n.Deployment, u)
		if want == nil || optional(n.Manifest, u) {
			continue
		}
		p := tab.Get(u)
		t.check(sameBytes(p, want), b, u, "", "%s: after the next try the new version is not there: %s", when, describe(p))
	}
}

var chaosLaw = Law{
	Code: "chaos", Name: "chaos", Sentence: "Whatever fails while versions come and go, a page is of one version, and the next quiet update mends everything.",
	needs: deployable, check: chaos,
}

// chaos lets operations fail, storage be full, requests be lost and the worker
// be killed at random through an update, and then lets it be.
func chaos(t *trial) {
	old, n := t.deploys()
	if n == nil {
		return
	}
	for i := range t.options.Chaos {
		seed := t.options.Seed + uint64(i)
		t.storm(old, n, seed)
		t.browsers[len(t.browsers)-1].Close()
		t.browsers = t.browsers[:len(t.browsers)-1]
	}
}

func (t *trial) storm(old *stage, n *next, seed uint64) {
	random := rand.New(rand.NewPCG(seed, 0x5eed))
	calm := false
	b := t.copy(old, func(swtest.Point) swtest.Fault {
		if calm || random.IntN(12) > 0 {
			return swtest.Proceed
		}
		return []swtest.Fault{swtest.Fail, swtest.Full, swtest.Kill}[random.IntN(3)]
	})
	b.Network.Script(func(*swtest.Request) swtest.Weather {
		if calm {
			return swtest.Weather{}
		}
		return swtest.Weather{
			Delay: time.Duration(random.IntN(3000)) * time.Millisecond, Fail: random.IntN(10) == 0,
			Cut: max(0, random.IntN(400)-300),
		}
	})
	when := fmt.Sprintf("chaos with seed %d", seed)
	tab := b.Open(home + t.scope())
	_ = t.deploy(b, &n.Deployment)
	for range 4 {
		if n.page != "" {
			p := tab.Navigate(home + n.page)
			t.check(p.Err != nil || sameBytes(p, n.changed[n.page][0]) || sameBytes(p, n.changed[n.page][1]), b, n.page, "",
				"%s: the page is of no version: %s", when, describe(p))
		}
		_ = t.update(b)
	}
	calm = true
	b.Network.Script(nil)
	tab.Close()
	_ = t.update(b)
	t.settle(b)
	if t.check(t.active(b, &n.Deployment), b, "", "", "%s: once all was quiet again, the new version was not installed", when) {
		t.complete(b, n, when)
	}
}
