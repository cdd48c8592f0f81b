package swtest

import (
	"cmp"
	"encoding/json"
	"errors"
	"maps"
	"slices"

	"github.com/swgen/swgen/internal/eventloop"
	"github.com/swgen/swgen/internal/jsvm"
	"github.com/swgen/swgen/internal/platform"
	"github.com/swgen/swgen/internal/weburl"
)

// RegisterOptions are the options of ServiceWorkerContainer.register.
type RegisterOptions struct {
	Scope          string // empty: the directory of the script
	Module         bool
	UpdateViaCache string // imports, all or none; empty is imports
}

// Register registers a worker from the page and waits for what register()
// promises: that the installation has begun. Browser.Settle waits for the
// rest.
func (t *Tab) Register(script string, options ...RegisterOptions) (*Registration, error) {
	if t.client == nil {
		return nil, errors.New("the tab shows no page that could register a worker")
	}
	var given RegisterOptions
	if len(options) > 0 {
		given = options[0]
	}
	u, err := weburl.Parse(script, t.client.url)
	if err != nil {
		return nil, err
	}
	o := registerOptions{ScriptURL: u.Set("hash", "").Href, UpdateViaCache: given.UpdateViaCache, Type: "classic"}
	if given.Module {
		o.Type = "module"
	}
	if given.Scope != "" {
		o.Scope = &given.Scope
	}
	r, err := await(t.browser, t.client.register(o))
	if err != nil {
		return nil, err
	}
	if r.err != nil {
		return nil, r.err
	}
	return &Registration{t.browser, r.reg}, nil
}

// Registration is a worker's registration for a scope.
type Registration struct {
	browser *Browser
	reg     *registration
}

// Registrations are those of an origin, in the order in which they were made.
func (b *Browser) Registrations(origin string) []*Registration {
	var list []*Registration
	for _, r := range b.origin(origin).registrations {
		list = append(list, &Registration{b, r})
	}
	return list
}

// Scope is the URL below which the worker controls pages.
func (r *Registration) Scope() string { return r.reg.scope }

// Removed says whether the registration was unregistered.
func (r *Registration) Removed() bool {
	return r.reg.unregistered || r.reg.origin.byScope(r.reg.scope) != r.reg
}

// Installing, Waiting and Active are the registration's workers, nil where it
// has none.
func (r *Registration) Installing() *Worker { return r.worker(r.reg.installing) }

// Waiting is the worker that waits for the active one's pages to close.
func (r *Registration) Waiting() *Worker { return r.worker(r.reg.waiting) }

// Active is the worker that answers.
func (r *Registration) Active() *Worker { return r.worker(r.reg.active) }

func (r *Registration) worker(w *worker) *Worker {
	if w == nil {
		return nil
	}
	return &Worker{w}
}

// Update checks for a new version and waits until the check has found one,
// whose installation has then begun, or none.
func (r *Registration) Update() error {
	got, err := await(r.browser, r.reg.scheduleUpdate())
	if err != nil {
		return err
	}
	return orNil(got.err)
}

// Unregister removes the registration, once no page uses it.
func (r *Registration) Unregister() error {
	f := eventloop.NewFuture[bool](r.browser.loop)
	r.reg.scheduleUnregister(func() { f.Resolve(true) })
	_, err := await(r.browser, f)
	return err
}

func (r *registration) scheduleUnregister(done func()) {
	r.origin.schedule(r.scope, func(*eventloop.Co) {
		r.unregister()
		done()
	})
}

// Worker is a service worker.
type Worker struct{ w *worker }

// State is installing, installed, activating, activated or redundant.
func (w *Worker) State() string { return w.w.state }

// ScriptURL is where its script came from.
func (w *Worker) ScriptURL() string { return w.w.scriptURL }

// Source is the text of its script.
func (w *Worker) Source() string { return w.w.scripts[w.w.scriptURL] }

// Same says whether both are the same worker.
func (w *Worker) Same(other *Worker) bool { return other != nil && w.w == other.w }

// Running says whether its script is running; it starts with the next event.
func (w *Worker) Running() bool { return w.w.realm != nil }

// Stop kills the worker, as browsers do when they please: what it was doing
// is not finished, what it kept in variables is lost.
func (w *Worker) Stop() { w.w.stop("stopped by the test") }

// Post sends a message, any value that JSON can carry, as a page would that
// is not there any more.
func (t *Tab) Post(w *Worker, message any) error {
	text, err := json.Marshal(message)
	if err != nil {
		return err
	}
	_, err = t.Eval("navigator.serviceWorker.getRegistrations().then(all => all.flatMap(r => [r.installing, r.waiting, r.active])" +
		".find(w => w && w.scriptURL === " + quote(w.w.scriptURL) + " && w.state === " + quote(w.w.state) + ").postMessage(" + string(text) + "))")
	return err
}

func quote(s string) string {
	text, _ := json.Marshal(s)
	return string(text)
}

// Controller is the worker that controls the page, nil when none does.
func (t *Tab) Controller() *Worker {
	if t.client == nil || t.client.controller == nil {
		return nil
	}
	return &Worker{t.client.controller}
}

// Grant gives an origin a permission: notifications, push, background-sync or
// periodic-background-sync.
func (b *Browser) Grant(origin, permission string) {
	b.origin(origin).permissions[permission] = "granted"
}

// Deny refuses an origin a permission.
func (b *Browser) Deny(origin, permission string) {
	b.origin(origin).permissions[permission] = "denied"
}

func (t *Tab) realm() (*platform.Realm, error) {
	if t.client == nil {
		return nil, errors.New("the tab shows no page that could run a script")
	}
	return t.client.script()
}

// Run runs a script in the page, which has no document, as a script element
// would.
func (t *Tab) Run(url, source string) error {
	realm, err := t.realm()
	if err != nil {
		return err
	}
	_, err = realm.Run(url, source)
	return err
}

// Eval evaluates an expression in the page, waits for it when it is a promise,
// and returns the value as JSON.
func (t *Tab) Eval(expression string) (json.RawMessage, error) {
	realm, err := t.realm()
	if err != nil {
		return nil, err
	}
	f := eventloop.NewFuture[any](t.browser.loop)
	if err := realm.Eval(expression, func(value any, err error) {
		if err != nil {
			value = err
		}
		f.Resolve(value)
	}); err != nil {
		return nil, err
	}
	value, err := await(t.browser, f)
	if err != nil {
		return nil, err
	}
	switch v := value.(type) {
	case error:
		return nil, v
	case jsvm.JSON:
		return json.RawMessage(v), nil
	default:
		text, err := json.Marshal(v)
		return text, err
	}
}

// Entry is what a cache holds for one request.
type Entry struct {
	Cache  string
	URL    string
	Status int
	Type   string
	Header map[string]string
	Body   []byte
}

// Entries are the entries of an origin's caches, in their order.
func (b *Browser) Entries(origin string) []Entry {
	var list []Entry
	s := b.origin(origin).caches
	for _, name := range s.Names() {
		for _, e := range s.Open(name).Entries() {
			entry := Entry{Cache: name, URL: e.Request.URL, Header: make(map[string]string)}
			p := e.Response.Unfiltered()
			entry.Status, entry.Type, entry.Body = p.Status, e.Response.Type, e.Body
			for _, line := range p.Headers {
				entry.Header[line.Name] = line.Value
			}
			list = append(list, entry)
		}
	}
	return list
}

// Caches are the names of an origin's caches, in their order.
func (b *Browser) Caches(origin string) []string { return b.origin(origin).caches.Names() }

// Usage is how many bytes an origin stores.
func (b *Browser) Usage(origin string) int64 { return b.origin(origin).caches.Usage() }

func sortedKeys[K cmp.Ordered, V any](m map[K]V) []K { return slices.Sorted(maps.Keys(m)) }
