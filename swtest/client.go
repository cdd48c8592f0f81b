package swtest

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/swgen/swgen/internal/eventloop"
	"github.com/swgen/swgen/internal/jsvm"
	"github.com/swgen/swgen/internal/platform"
	"github.com/swgen/swgen/internal/weburl"
)

// client is an environment that a worker may control: the page of a tab or of
// a frame, or a dedicated worker.
type client struct {
	browser    *Browser
	origin     *origin
	id         string
	url        string
	kind       string // window worker
	frameType  string // top-level nested auxiliary none
	tab        *Tab   // nil for workers
	owner      *client
	order      int
	focused    int  // when it last got the focus, 0 never
	execution  bool // execution ready: the navigation has ended
	controller *worker
	realm      *platform.Realm // nil until a script runs in it
	awaiting   []func()        // promises of "ready"
	starting   []func()        // who waits for execution
	queue      []queued        // the client message queue
	listening  bool
	children   []*client // dedicated workers and frames
	gone       bool
	failure    error // why its scripts were stopped
	dedicated  *dedicated
}

// queued is a message for a client's container.
type queued struct {
	message jsvm.JSON
	source  any
	origin  string
}

func (b *Browser) newClient(url, kind, frameType string) *client {
	u, _ := weburl.Parse(url, "")
	c := &client{
		browser: b, origin: b.origin(u.Origin), id: b.uuid(), url: url, kind: kind, frameType: frameType, order: b.id(),
	}
	b.home = cmp.Or(b.home, u.Origin)
	b.clients = append(b.clients, c)
	return c
}

func (b *Browser) clientByID(id string) *client {
	if id == "" {
		return nil
	}
	for _, c := range b.clients {
		if c.id == id {
			return c
		}
	}
	return nil
}

// moved is where a redirect has led the navigation that makes the client.
func (c *client) moved(url string) {
	if u, err := weburl.Parse(url, ""); err == nil {
		c.url, c.origin = u.Href, c.browser.origin(u.Origin)
	}
}

func (c *client) String() string {
	what := "page "
	if c.dedicated != nil {
		what = "dedicated worker "
	}
	return what + c.origin.short(c.url)
}

// window is the tab of a page, or of the page that a dedicated worker is of.
func (c *client) window() *Tab {
	for c.owner != nil {
		c = c.owner
	}
	return c.tab
}

func (c *client) record() map[string]any {
	visibility := "visible"
	if c.tab != nil && c.tab.hidden {
		visibility = "hidden"
	}
	return map[string]any{
		"id": c.id, "url": c.url, "type": c.kind, "frameType": c.frameType, "focused": c.hasFocus(),
		"visibilityState": visibility, "ancestorOrigins": c.ancestors(),
	}
}

func (c *client) ancestors() []string {
	list := []string{}
	if c.tab != nil {
		for parent := c.tab.parent; parent != nil; parent = parent.parent {
			list = append(list, parent.client.origin.name)
		}
	}
	return list
}

func (c *client) hasFocus() bool { return c.focused > 0 && c.focused == c.browser.focus }

// control changes the active worker of the client and tells it.
func (c *client) control(w *worker) {
	c.controller = w
	c.browser.note("client", c.String(), "controlled by %v", w)
	c.browser.loop.Post(func() { dispatch(c.realm, "controller") })
}

// end discards the client (Handle Service Worker Client Unload).
func (c *client) end() {
	if c.gone {
		return
	}
	c.gone = true
	for _, child := range slices.Clone(c.children) {
		child.end()
	}
	if c.realm != nil {
		c.realm.Close()
		c.realm = nil
	}
	c.browser.clients = slices.DeleteFunc(c.browser.clients, func(o *client) bool { return o == c })
	if w := c.controller; w != nil {
		c.controller = nil
		c.browser.loop.Post(w.reg.afterEvent)
	}
}

// crash stops the client's scripts for good.
func (c *client) crash(why error) {
	c.failure = why
	if c.realm != nil {
		c.realm.Close()
	}
	if d := c.dedicated; d != nil {
		c.browser.loop.Post(func() { d.failed(why.Error(), c.url) })
	}
}

// collect keeps the messages of workers for Tab.Messages.
const collect = `{
	const messages = []
	navigator.serviceWorker?.addEventListener("message", ({ data }) => messages.push(data))
	Object.defineProperty(globalThis, Symbol.for("swtest.messages"), { value: messages })
}`

// script is the realm of the page, made when the first script needs it.
func (c *client) script() (*platform.Realm, error) {
	if c.failure != nil {
		return nil, fmt.Errorf("the scripts of %s were stopped: %w", c, c.failure)
	}
	if c.realm != nil {
		return c.realm, nil
	}
	b := c.browser
	a := &agent{browser: b, origin: c.origin, client: c}
	realm, err := platform.New(platform.Options{
		Kind: platform.Window, URL: c.url, Secure: weburl.PotentiallyTrustworthy(c.url), Loop: b.loop, Outside: a,
		Exchange: b.exchange, Turn: b.options.Turn, Memory: b.options.Memory,
	})
	if err != nil {
		return nil, err
	}
	a.realm, c.realm = realm, realm
	return realm, realm.Exec("swtest:messages", collect)
}

// listen enables the client message queue: browsers do so when the document
// has ended loading, swtest when the page's first script has run.
func (c *client) listen() {
	c.listening = true
	c.browser.loop.Post(c.flush)
}

// post puts a message for the client's container into its queue.
func (c *client) post(message jsvm.JSON, source any, origin string) {
	c.queue = append(c.queue, queued{message, source, origin})
	c.browser.loop.Post(c.flush)
}

// flush delivers the queue once the page listens.
func (c *client) flush() {
	for c.listening && c.realm != nil && len(c.queue) > 0 {
		q := c.queue[0]
		c.queue = c.queue[1:]
		c.realm.TakePorts(q.message)
		dispatch(c.realm, "containerMessage", q.message, q.source, q.origin)
	}
}

// whenExecuting calls then once the navigation that made the client has ended.
func (c *client) whenExecuting(then func()) {
	if c.execution {
		then()
		return
	}
	c.starting = append(c.starting, then)
}

// execute makes the client execution ready.
func (c *client) execute() {
	c.execution = true
	for _, then := range c.starting {
		then()
	}
	c.starting = nil
}

// whenReady calls then once the registration that matches the page has an
// active worker.
func (c *client) whenReady(then func(*registration)) {
	try := func() bool {
		r := c.origin.match(c.url)
		if r == nil || r.active == nil {
			return false
		}
		then(r)
		return true
	}
	if !try() {
		var again func()
		again = func() {
			if !try() {
				c.awaiting = append(c.awaiting, again)
			}
		}
		c.awaiting = append(c.awaiting, again)
	}
}

// readyIf retries the promises of "ready" when the registration is the one.
func (c *client) readyIf(r *registration) {
	if len(c.awaiting) == 0 || c.origin != r.origin {
		return
	}
	waiting := c.awaiting
	c.awaiting = nil
	for _, again := range waiting {
		again()
	}
}

// matching are the clients of an origin, in the order of Clients.matchAll:
// windows by focus then age, workers by age.
func (o *origin) matching(kind string, keep func(*client) bool) []*client {
	var found []*client
	for _, c := range o.browser.clients {
		if c.origin == o && c.execution && (kind == "all" || kind == c.kind) && keep(c) {
			found = append(found, c)
		}
	}
	slices.SortStableFunc(found, func(a, b *client) int {
		return cmp.Or(cmp.Compare(rank(a), rank(b)), cmp.Compare(b.focused, a.focused), cmp.Compare(a.order, b.order))
	})
	return found
}

func rank(c *client) int {
	if c.kind == "window" {
		return 0
	}
	return 1
}

// claim is Clients.claim for a worker that is active.
func (w *worker) claim() *platform.Exception {
	if w.state != "activating" && w.state != "activated" || w.reg.active != w {
		return exception("InvalidStateError", "Failed to execute 'claim' on 'Clients': Only the active worker can claim clients.")
	}
	o := w.reg.origin
	for _, c := range slices.Clone(o.browser.clients) {
		if c.origin != o || !c.execution || c.controller == w || o.match(c.url) != w.reg {
			continue
		}
		old := c.controller
		c.control(w)
		if old != nil && old.reg != w.reg {
			o.browser.loop.Post(old.reg.afterEvent)
		}
	}
	return nil
}

// settleFuture answers an asynchronous operation from a future.
func settleFuture[T any](f *eventloop.Future[T], done func(any, error), value func(T) (any, error)) {
	f.Then(func(v T) { done(value(v)) })
}
