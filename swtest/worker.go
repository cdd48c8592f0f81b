package swtest

import (
	"fmt"
	"time"

	"github.com/swgen/swgen/internal/eventloop"
	"github.com/swgen/swgen/internal/platform"
)

// worker is a service worker: its scripts and its state, which outlive the
// realm that runs it.
type worker struct {
	id  int
	reg *registration
	script
	state       string
	scripts     map[string]string // by URL: the script itself and what it imported
	order       []string          // the imported ones, in order
	fetched     map[string]string // what it will import and the update check has fetched
	importCache string            // the cache mode of imports
	skipWaiting bool
	routes      []route
	handled     map[string]bool // event types with listeners; nil before the first run
	fetchEmpty  bool
	ready       *eventloop.Future[struct{}] // resolved when activation has settled

	realm     *platform.Realm // nil while it does not run
	installed bool            // its scripts are complete: nothing new may be imported
	events    map[int]*event
	idle      *idleTimer
	starting  *eventloop.Future[error]
	gesture   bool     // a click that was not used yet
	early     []func() // messages from before the installation, which come after the install event
}

// How long browsers let a worker be (Chromium: 30 s idle, 5 min an event).
const (
	idleTime  = 30 * time.Second
	eventTime = 5 * time.Minute
)

// event is an extendable event that was given to a worker.
type event struct {
	id     int
	kind   string
	worker *worker
	over   *eventloop.Future[outcome]
	answer *eventloop.Future[answer] // fetch only
	timer  *eventloop.Timer
}

// outcome says how the lifetime of an event ended.
type outcome struct {
	ok     bool
	reason string
}

func (w *worker) record() any {
	if w == nil {
		return nil
	}
	return map[string]any{"id": w.id, "scriptURL": w.url, "state": w.state}
}

func (w *worker) browser() *Browser { return w.reg.origin.browser }

func (w *worker) String() string {
	return fmt.Sprintf("worker %d (%s)", w.id, w.reg.origin.short(w.url))
}

func (w *worker) note(kind, format string, args ...any) {
	w.browser().note(kind, w.String(), format, args...)
}

// handles says whether an event of that type would do anything.
func (w *worker) handles(kind string) bool {
	if kind == "fetch" && w.fetchEmpty {
		return false
	}
	return w.handled == nil || w.handled[kind]
}

// setState is Update Worker State.
func (w *worker) setState(state string) {
	w.state = state
	w.note("worker", "%s", state)
	w.reg.origin.tell("workerState", w.id, state)
}

// start is Run Service Worker: evaluates the script in a new realm.
func (w *worker) start() *eventloop.Future[error] {
	b := w.browser()
	if w.starting != nil {
		return w.starting
	}
	started := eventloop.NewFuture[error](b.loop)
	w.starting = started
	b.loop.Post(func() {
		err := w.run()
		if err != nil {
			w.note("exception", "the script threw: %v", err)
			w.stop("its script failed")
		}
		started.Resolve(err)
	})
	return started
}

func (w *worker) run() error {
	b := w.browser()
	a := &agent{browser: b, origin: w.reg.origin, worker: w}
	realm, err := platform.New(platform.Options{
		Kind: platform.ServiceWorker, URL: w.url, Module: w.module, Secure: true,
		Loop: b.loop, Outside: a, Exchange: b.exchange, Turn: b.options.Turn, Memory: b.options.Memory,
	})
	if err != nil {
		return err
	}
	a.realm, w.realm = realm, realm
	source := w.scripts[w.url]
	if w.module {
		err = realm.RunModule(w.url, source)
	} else {
		err = realm.Exec(w.url, source)
	}
	if err != nil {
		return err
	}
	var initial struct {
		Events     []string `json:"events"`
		FetchEmpty bool     `json:"fetchEmpty"`
	}
	if err := realm.DispatchInto(&initial, "initialised"); err != nil {
		return err
	}
	if w.handled == nil {
		w.handled = make(map[string]bool)
		for _, kind := range initial.Events {
			w.handled[kind] = true
		}
		w.fetchEmpty = initial.FetchEmpty
	}
	w.rest()
	return nil
}

// stop is Terminate Service Worker: the realm ends at once, and with it every
// event that was under way.
func (w *worker) stop(why string) {
	if w.realm == nil && w.starting == nil {
		return
	}
	w.note("worker", "stopped: %s", why)
	realm := w.realm
	w.realm, w.starting = nil, nil
	if realm != nil {
		realm.Close()
	}
	w.idle.stop()
	for _, e := range w.takeEvents() {
		e.fail("the worker was stopped: " + why)
	}
}

// takeEvents empties the list, in the order of the events.
func (w *worker) takeEvents() []*event {
	var list []*event
	for id := range w.events {
		list = append(list, w.events[id])
	}
	w.events = nil
	sortEvents(list)
	return list
}

func (e *event) fail(reason string) {
	e.timer.Stop()
	e.over.Resolve(outcome{false, reason})
	if e.answer != nil {
		e.answer.Resolve(answer{lost: true, reason: reason})
	}
}

// rest begins to count the time without work.
func (w *worker) rest() {
	w.idle.stop()
	if len(w.events) == 0 && w.realm != nil {
		w.idle = &idleTimer{w.browser().loop.After(idleTime, func() { w.stop("idle for 30 s") })}
	}
}

// fire gives the worker an event, starting it when it does not run.
func (w *worker) fire(kind string, args ...any) *event {
	e := w.prepare(kind)
	w.deliver(e, func(*platform.Realm) []any { return args })
	return e
}

func (w *worker) prepare(kind string) *event {
	b := w.browser()
	e := &event{id: b.id(), kind: kind, worker: w, over: eventloop.NewFuture[outcome](b.loop)}
	if w.events == nil {
		w.events = make(map[int]*event)
	}
	w.events[e.id] = e
	b.busy++
	e.over.Then(func(outcome) { b.busy-- })
	w.idle.stop()
	e.timer = b.loop.After(eventTime, func() { w.timeout(e) })
	return e
}

// deliver dispatches an event once the worker runs.
func (w *worker) deliver(e *event, args func(*platform.Realm) []any) {
	w.start().Then(func(err error) {
		switch {
		case e.over.Done():
		case err != nil:
			delete(w.events, e.id)
			e.fail("its script failed: " + err.Error())
		default:
			dispatch(w.realm, e.kind, append([]any{e.id}, args(w.realm)...)...)
		}
	})
}

// timeout ends an event that takes too long, and the worker with it.
func (w *worker) timeout(e *event) {
	w.note("warning", "the %s event was not over after %v", e.kind, eventTime)
	w.stop(fmt.Sprintf("its %s event took longer than %v", e.kind, eventTime))
}

// finish takes an event whose lifetime is over.
func (w *worker) finish(id int, o outcome) {
	e, ok := w.events[id]
	if !ok {
		return
	}
	delete(w.events, id)
	e.timer.Stop()
	if e.kind == "notificationclick" {
		w.gesture = false // a click counts as long as its event
	}
	if !o.ok {
		w.note("exception", "%s event: %s", e.kind, o.reason)
	}
	e.over.Resolve(o)
	w.rest()
	if e.kind != "install" && e.kind != "activate" {
		w.reg.afterEvent()
	}
}

// functional is Fire Functional Event: waits until the worker is activated.
func (r *registration) functional(co *eventloop.Co, kind string, args ...any) (*event, bool) {
	w := r.active
	if w == nil || !w.handles(kind) {
		return nil, false
	}
	eventloop.Await(co, w.ready)
	if w.state != "activated" {
		return nil, false
	}
	e := w.fire(kind, args...)
	r.updateIfStale()
	return e, true
}

// idleTimer is a timer that may not be there.
type idleTimer struct{ *eventloop.Timer }

func (t *idleTimer) stop() {
	if t != nil {
		t.Stop()
	}
}
