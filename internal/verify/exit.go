package verify

import (
	"bytes"

	"github.com/swgen/swgen/internal/compress"
	"github.com/swgen/swgen/strategies"
	"github.com/swgen/swgen/swtest"
)

func killable(s *Subject) string {
	if s.Kill == nil {
		return "no kill worker is known for this worker"
	}
	return ""
}

// predecessor is a worker that answers for everything, as one that another
// tool has left at the same address might.
const predecessor = `
addEventListener("install", event => event.waitUntil(caches.open("predecessor")))
addEventListener("activate", event => event.waitUntil(clients.claim()))
addEventListener("fetch", event => event.respondWith(new Response("the predecessor")))
`

// wayOut is W14: the kill worker takes the place of the worker, and of another
// one.
func wayOut(t *trial) {
	killed := &Deployment{Files: Overlay(t.subject.Files, Overlaid{t.subject.Worker: bytesOf(t.subject.Kill)})}
	b := t.copy(t.small)
	tab := b.Open(home + t.scope())
	t.invite(tab)
	t.deploy(b, killed)
	t.check(tab.Controller() == nil && tab.Page().From != "worker", b, t.scope(), "navigate the clients that the worker controlled",
		"the kill worker was deployed, and a page that was open is still one that the worker answered")
	tab.Close()
	t.removed(b, "the worker")
	for _, name := range ownCaches(b, t.strangers()) {
		t.check(false, b, "", "delete the worker's own caches in the activate event", "the kill worker was deployed, and the worker's cache %q is still there", name)
	}
	t.strangersStay(b, "the kill worker")
	t.done()

	b = t.visitor(&Deployment{Files: Overlay(t.subject.Files, Overlaid{t.subject.Worker: bytesOf([]byte(predecessor))})}, swtest.Options{})
	t.register(b)
	t.deploy(b, killed)
	t.removed(b, "another worker in its place")
}

// removed expects the kill worker to have removed another one.
func (t *trial) removed(b *swtest.Browser, what string) {
	t.takeOver(b)
	u := t.scope()
	t.check(t.registered(b) == nil, b, u, "call registration.unregister() in the activate event", "the kill worker was deployed, and %s is still registered", what)
	p := b.Open(home + u).Page()
	t.check(p.From != "worker", b, u, "", "the kill worker was deployed, and pages are still answered by a worker: %s", describe(p))
}

func weighable(s *Subject) string {
	if s.Spec == nil || s.Remake == nil {
		return "the code of this worker is not known from its content"
	}
	return ""
}

// What the code may weigh with brotli, in bytes: what each feature was measured
// to add, with a little to spare. TestBudget holds them near the truth.
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

// small is W15.
func small(t *trial) {
	worker := readFile(t.subject.Files, t.subject.Worker)
	if bytes.Count(worker, []byte("\n")) > 2 {
		t.nothing = "the worker is not minified"
		return
	}
	packed, err := t.subject.Manifest.Pack()
	if err != nil {
		panic(stopped{err})
	}
	size, most := compress.Of(bytes.Replace(worker, packed, nil, 1)).Brotli, budget(t.subject.Spec)
	t.check(size <= int64(most), nil, "", "", "the worker's code is %d bytes with brotli; what the configuration uses is at most %d", size, most)
}
