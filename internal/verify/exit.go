package verify

import "github.com/swgen/swgen/swtest"

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
