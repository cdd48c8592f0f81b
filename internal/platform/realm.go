// Package platform is a realm of JavaScript with the globals of the web
// platform: those of a service worker, of a dedicated worker, or of a page
// without its document. The globals are TypeScript of ours under src, on top
// of the functions listed in src/host.ts, which this package writes in Go.
//
// It knows no browser: whatever leaves the realm goes through the interface
// Outside, and nothing that must outlive the realm is kept in it, so that a
// realm can be stopped between any two steps.
package platform

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/swgen/swgen/internal/cachestorage"
	"github.com/swgen/swgen/internal/eventloop"
	"github.com/swgen/swgen/internal/fetch"
	"github.com/swgen/swgen/internal/jsvm"
)

// Realm is one global object and its script. It belongs to the goroutine of
// its event loop.
type Realm struct {
	Options
	vm      *jsvm.VM
	hooks   *jsvm.Object
	began   time.Time
	state   state
	timers  map[int]*eventloop.Timer
	bodies  map[int]*fetch.Body
	writers map[int]*fetch.Writer
	// What script holds by number: responses, opened caches, codecs.
	responses handles[*fetch.Response]
	// What script hands over, until the function that it is for takes it.
	requests   handles[*fetch.Request]
	given      handles[*fetch.Response]
	caches     handles[cache]
	decoders   handles[*decoder]
	codecs     handles[codec]
	aborts     map[int]*eventloop.Future[struct{}]
	lastBody   int
	looks      int  // at the clock, in this task
	checkpoint bool // script's half of the microtask checkpoint has something to do
	// evaluating is who waits for Eval.
	evaluating func(any, error)
	// held are the steps that came while script waits, inside a function of
	// the host, for something that the loop has to bring.
	waits bool
	held  []func() error
	lent  time.Duration // what the present turn of script may last longer
}

type state int

const (
	alive state = iota
	closed
)

// New makes a realm; no script has run in it yet.
func New(o Options) (*Realm, error) {
	program, err := mainProgram()
	if err != nil {
		return nil, err
	}
	vm, err := jsvm.New(jsvm.Limits{Memory: o.Memory}) // o.Turn is for the scripts of others
	if err != nil {
		return nil, err
	}
	r := &Realm{
		Options: o,
		vm:      vm,
		began:   o.Loop.Now(),
		timers:  make(map[int]*eventloop.Timer),
		bodies:  make(map[int]*fetch.Body),
		writers: make(map[int]*fetch.Writer),
		aborts:  make(map[int]*eventloop.Future[struct{}]),
	}
	r.hooks, err = vm.RunWith(program, r.host())
	if err == nil {
		_, err = vm.Drain()
	}
	if err != nil {
		vm.Close()
		return nil, fmt.Errorf("starting the web platform: %w", err)
	}
	if o.Turn > 0 {
		vm.SetTurn(o.Turn)
	}
	vm.TrackRejections(r.hooks, "rejection")
	return r, nil
}

// Close ends the realm at once: no further step of its script runs.
func (r *Realm) Close() {
	if r.state == closed {
		return
	}
	r.state = closed
	r.vm.Close()
	for _, t := range r.timers {
		t.Stop()
	}
	for _, abort := range inOrder(r.aborts) {
		abort.Resolve(struct{}{})
	}
	for _, b := range inOrder(r.bodies) {
		b.Cancel()
	}
	for _, w := range inOrder(r.writers) {
		w.Fail(&Exception{Name: "AbortError", Message: "the worker that wrote the body was stopped"})
	}
	r.Exchange.leave(r)
}

// inOrder makes what happens at the end the same each time.
func inOrder[T any](of map[int]T) []T {
	list := make([]T, 0, len(of))
	for _, number := range slices.Sorted(maps.Keys(of)) {
		list = append(list, of[number])
	}
	return list
}

// Alive says whether script can still run.
func (r *Realm) Alive() bool { return r.state == alive }

// Run runs a classic script named by its URL. The error is an *Exception when
// the script threw.
func (r *Realm) Run(url, source string) (any, error) {
	var value any
	err := r.enter(func() (err error) {
		value, err = r.vm.Eval(url, source)
		return err
	})
	return value, err
}

// Exec is Run for a script whose completion value does not matter.
func (r *Realm) Exec(url, source string) error {
	return r.enter(func() error { return r.vm.Exec(url, source) })
}

// RunModule runs a module and what it imports.
func (r *Realm) RunModule(url, source string) error {
	return r.enter(func() error { return r.runModule(url, source) })
}

// Dispatch tells the realm that something happened: see src/worker/inside.ts
// for the kinds. The value is what the hook returned.
func (r *Realm) Dispatch(kind string, args ...any) (any, error) {
	var value any
	err := r.enter(func() (err error) {
		value, err = r.hooks.Call("dispatch", append([]any{kind}, args...)...)
		return err
	})
	return value, err
}

// task queues a step of script on the loop.
func (r *Realm) task(step func() error) {
	r.Loop.Post(func() { _ = r.enter(step) })
}

// call queues a hook.
func (r *Realm) call(hook string, args ...any) {
	r.task(func() error {
		_, err := r.hooks.Call(hook, args...)
		return err
	})
}

// enter runs a step of script and the microtasks that follow it, and reports
// what a limit ended.
func (r *Realm) enter(step func() error) error {
	switch {
	case r.state != alive:
		return ErrStop
	case r.waits:
		r.held = append(r.held, step)
		return nil
	}
	r.looks = 0
	if r.lent > 0 {
		r.lent = 0
		r.vm.SetTurn(r.Turn)
	}
	err := step()
	if drained := r.drain(); err == nil {
		err = drained
	}
	if r.state != alive {
		return ErrStop
	}
	if isLimit(err) {
		if errors.Is(err, jsvm.ErrTime) && r.lent > 0 {
			err = fmt.Errorf("%w of %v", jsvm.ErrTime, r.Turn)
		}
		r.Close()
		r.Outside.Crashed(err)
	}
	return exceptionOf(err)
}

// wait calls what runs the loop until something is there, for script that
// waits for it: no other step of this realm may run meanwhile.
func wait[T any](r *Realm, f func() (T, error)) (T, error) {
	r.waits = true
	value, err := notScript(r, f)
	r.waits = false
	for _, step := range r.held {
		r.task(step)
	}
	r.held = nil
	return value, err
}

// notScript does what takes time of script's turn and is none of its doing,
// such as compiling a part of the platform: the turn may last longer by that.
func notScript[T any](r *Realm, f func() (T, error)) (T, error) {
	began := time.Now()
	value, err := f()
	if r.Turn > 0 && r.state == alive {
		r.lent += time.Since(began)
		r.vm.SetTurn(r.Turn + r.lent)
	}
	return value, err
}

// drain is the microtask checkpoint.
func (r *Realm) drain() error {
	if r.state != alive {
		return nil
	}
	if _, err := r.vm.Drain(); err != nil || r.state != alive || !r.checkpoint {
		return err
	}
	r.checkpoint = false
	_, err := r.hooks.Call("checkpoint")
	if err == nil && r.state == alive {
		_, err = r.vm.Drain()
	}
	return err
}

func isLimit(err error) bool {
	return errors.Is(err, jsvm.ErrTime) || errors.Is(err, jsvm.ErrMemory)
}

func exceptionOf(err error) error {
	var thrown *jsvm.Exception
	if errors.As(err, &thrown) {
		return &Exception{thrown.Name, thrown.Message, thrown.Stack}
	}
	return err
}

// settle answers an asynchronous call.
func (r *Realm) settle(call int, value any, err error) {
	if err == nil {
		r.call("settle", call, true, value)
		return
	}
	e := asException(err)
	r.call("settle", call, false, e.Message, e.Name)
}

// answer is settle for an operation of storage or of the browser: that it
// failed is told, whatever script does about it.
func (r *Realm) answer(call int, operation, detail string, value any, err error) {
	if err != nil {
		r.refuse(operation, detail, err)
	}
	r.settle(call, value, err)
}

// refuse tells that an operation failed.
func (r *Realm) refuse(operation, detail string, err error) {
	if r.state != alive {
		return
	}
	e := asException(err)
	what := strings.TrimSpace(operation + " " + detail)
	r.Outside.Report("refused", &Exception{Name: e.Name, Message: e.Message + " (" + what + ")"})
}

func asException(err error) *Exception {
	var e *Exception
	if errors.As(err, &e) {
		return e
	}
	var stored *cachestorage.Error
	if errors.As(err, &stored) {
		return &Exception{Name: stored.Name, Message: stored.Message}
	}
	return &Exception{Name: "TypeError", Message: err.Error()}
}

// handles gives numbers to what Go keeps for script.
type handles[T any] struct {
	last int
	of   map[int]T
}

func (h *handles[T]) add(v T) int {
	if h.of == nil {
		h.of = make(map[int]T)
	}
	h.last++
	h.of[h.last] = v
	return h.last
}
