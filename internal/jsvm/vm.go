//go:build (linux && (amd64 || arm64 || loong64 || ppc64le || riscv64 || s390x)) || ((darwin || freebsd || windows) && (amd64 || arm64))

package jsvm

import (
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"modernc.org/libc"
	lib "modernc.org/libquickjs"
)

// VM is one realm of JavaScript with a heap of its own. It is for one
// goroutine at a time; only Interrupt may be called from others.
//
// Values come to Go as nil (undefined and null), bool, float64, string (a lone
// surrogate as U+FFFD), []byte (a copy of an ArrayBuffer or of the part of it
// that a view shows) and, whatever else is an object, JSON: nil when it has no
// JSON form. Values go to JavaScript as undefined (nil), boolean, number,
// string (an invalid byte as U+FFFD), Uint8Array ([]byte), what JSON says
// (JSON), Array (List), plain
// object (Fields and map[string]any, whose nil are null), and all else by way
// of encoding/json.
//
// When a HostFunc panics, JavaScript ends without running its catch and
// finally blocks and the panic goes on in the Go code that called JavaScript;
// the VM can be used again. When a HostFunc calls runtime.Goexit, as t.Fatal
// does, the VM can only be closed.
type VM struct {
	limits   Limits
	tls      *libc.TLS
	heap     heap
	rt, ctx  uintptr // JSRuntime, JSContext
	out      uintptr // memory for results that C hands out by address
	jsonName uintptr // what the engine calls JSON
	scratch  buffer
	atoms    map[string]lib.TJSAtom
	keep     []any // functions that C points at

	depth       int       // calls into JavaScript under way
	began       time.Time // the outermost of them
	interrupted atomic.Bool
	stopped     error      // why JavaScript must end; until the outermost call returns
	panicked    *hostPanic // what a HostFunc panicked with; until the innermost call returns
	dead        bool       // the engine was left in the middle of its work
	closing     bool
	closed      bool
	last        rethrow

	loader     Loader
	modules    map[string]*module
	linking    int // module graphs being loaded
	module     evaluation
	rejections rejections
}

// New makes a realm with the globals of ECMAScript only.
func New(l Limits) (*VM, error) {
	l, err := l.withDefaults()
	if err != nil {
		return nil, err
	}
	vm := &VM{limits: l, tls: libc.NewTLS(), atoms: make(map[string]lib.TJSAtom), modules: make(map[string]*module)}
	vm.scratch.heap = &vm.heap
	if err := vm.start(); err != nil {
		vm.release()
		return nil, fmt.Errorf("starting the JavaScript engine: %w", err)
	}
	return vm, nil
}

// SetTurn changes Limits.Turn.
func (vm *VM) SetTurn(turn time.Duration) { vm.limits.Turn = turn }

// firstGC is how many bytes the engine holds when it first looks for cycles.
// Its own 256 kB would have it look six times while the globals of the web
// platform are made, a tenth of the time that takes. From there on it looks
// each time the heap has grown by half.
const firstGC = 8 << 20

func (vm *VM) start() error {
	var err error
	if vm.out, err = vm.heap.UintptrMalloc(64); err != nil {
		return err
	}
	if vm.jsonName, err = vm.cstring("JSON"); err != nil {
		return err
	}
	*at[lib.TJSMallocFunctions](vm.out) = lib.TJSMallocFunctions{
		Fjs_malloc:             keep(vm, vm.heap.malloc),
		Fjs_free:               keep(vm, vm.heap.free),
		Fjs_realloc:            keep(vm, vm.heap.realloc),
		Fjs_malloc_usable_size: keep(vm, vm.heap.usable),
	}
	if vm.rt = lib.XJS_NewRuntime2(vm.tls, vm.out, 0); vm.rt == 0 {
		return ErrMemory
	}
	lib.XJS_SetMemoryLimit(vm.tls, vm.rt, lib.Tsize_t(vm.limits.Memory))
	lib.XJS_SetGCThreshold(vm.tls, vm.rt, lib.Tsize_t(min(firstGC, vm.limits.Memory/4)))
	lib.XJS_SetMaxStackSize(vm.tls, vm.rt, lib.Tsize_t(vm.limits.Stack))
	lib.XJS_SetInterruptHandler(vm.tls, vm.rt, keep(vm, vm.poll), 0)
	lib.XJS_SetHostPromiseRejectionTracker(vm.tls, vm.rt, keep(vm, vm.rejection), 0)
	lib.XJS_SetModuleLoaderFunc2(vm.tls, vm.rt, keep(vm, vm.resolve), keep(vm, vm.load), keep(vm, vm.attributes), 0)
	if vm.ctx = lib.XJS_NewContext(vm.tls, vm.rt); vm.ctx == 0 || vm.heap.refused {
		return ErrMemory
	}
	return vm.nameErrors()
}

// keep keeps a function for as long as the VM lives and returns it for C.
func keep[F any](vm *VM, f F) uintptr {
	vm.keep = append(vm.keep, f)
	return pointer(f)
}

// Close frees all that the VM holds. Called by a HostFunc, it ends the
// JavaScript that called it and frees when that has ended.
func (vm *VM) Close() {
	if vm.closed {
		return
	}
	if vm.depth > 0 {
		vm.closing = true
		vm.stop(ErrClosed)
		return
	}
	vm.release()
}

// release leaves the engine as it is: its memory is gone with the heap.
func (vm *VM) release() {
	vm.closed = true
	vm.tls.Close()
	// The heap is unmapped; there is nothing that could be done about an error.
	_ = vm.heap.Close()
	vm.keep, vm.atoms, vm.modules, vm.loader, vm.rejections = nil, nil, nil, Loader{}, rejections{}
}

// Interrupt ends the call into JavaScript that is under way, or else the next
// one, with ErrInterrupted. It may be called from any goroutine and does
// nothing to a closed VM.
func (vm *VM) Interrupt() { vm.interrupted.Store(true) }

var errDead = errors.New("a Go function left the JavaScript engine in the middle of its work: it can only be closed")

// enter begins a call into JavaScript. Unless it fails, leave must follow.
func (vm *VM) enter() error {
	switch {
	case vm.closed:
		return ErrClosed
	case vm.dead:
		return errDead
	case vm.stopping():
		return vm.stopReason()
	}
	if vm.depth == 0 {
		if vm.interrupted.Swap(false) {
			return ErrInterrupted
		}
		vm.began = time.Now()
		if vm.heap.refused {
			vm.heap.refused = false
			vm.makeRoom()
		}
	}
	vm.depth++
	return nil
}

// makeRoom leaves the next call something to work with, to clean up say, when
// the last one took all there is.
func (vm *VM) makeRoom() {
	const room, most = 256 << 10, 8 << 20
	limit := lib.Tsize_t(vm.limits.Memory)
	used := at[lib.TJSRuntime](vm.rt).Fmalloc_ctx.Fmalloc_state.Fmalloc_size
	lib.XJS_SetMemoryLimit(vm.tls, vm.rt, max(limit, min(used+room, limit+most)))
}

// leave ends a call into JavaScript. returned is false when a panic or
// runtime.Goexit goes up through the engine, whose frames then never end.
func (vm *VM) leave(returned *bool) {
	vm.depth--
	if !*returned {
		vm.dead = true
	}
	if vm.depth == 0 {
		vm.stopped = nil
		if !vm.dead {
			vm.forget()
		}
		if vm.closing {
			vm.release()
		}
	}
	if p := vm.panicked; p != nil && *returned {
		vm.panicked = nil
		panic(p.value)
	}
}

// poll is the engine's question, every few thousand steps, whether to stop.
func (vm *VM) poll(_ *libc.TLS, _, _ uintptr) int32 {
	if !vm.overdue() {
		return 0
	}
	// The engine may lose what it throws now to a promise: it must ask again
	// at the very next call or jump.
	at[lib.TJSContext](vm.ctx).Finterrupt_counter = 0
	return 1
}

// overdue says whether JavaScript must end.
func (vm *VM) overdue() bool {
	switch {
	case vm.stopping():
	case vm.interrupted.Load() && vm.interrupted.Swap(false):
		vm.stop(ErrInterrupted)
	case time.Since(vm.began) > vm.limits.Turn:
		vm.stop(fmt.Errorf("%w of %v", ErrTime, vm.limits.Turn))
	default:
		return false
	}
	return true
}

// stop makes JavaScript end at its next call or jump.
func (vm *VM) stop(why error) {
	if vm.stopped == nil {
		vm.stopped = why
	}
	at[lib.TJSContext](vm.ctx).Finterrupt_counter = 0
}

func (vm *VM) stopping() bool { return vm.stopped != nil || vm.panicked != nil }

// stopReason is why JavaScript was stopped. A panic goes on all the same.
func (vm *VM) stopReason() error {
	if vm.stopped != nil {
		return vm.stopped
	}
	return ErrInterrupted
}

// call makes a call into JavaScript.
func call[T any](vm *VM, step func() (T, error)) (result T, err error) {
	if err := vm.enter(); err != nil {
		return result, err
	}
	returned := false
	defer vm.leave(&returned)
	result, err = step()
	returned = true
	return result, err
}

// Eval runs a classic script and returns its completion value. name, usually
// its URL, is what stack traces and import() know it by. The error is an
// *Exception when the script threw.
func (vm *VM) Eval(name, source string) (any, error) {
	return call(vm, func() (any, error) { return vm.take(vm.eval(name, source, lib.MJS_EVAL_TYPE_GLOBAL)) })
}

// Exec is Eval for a script whose completion value does not matter: nothing of
// it is looked at, so that no getter and no toJSON of it runs.
func (vm *VM) Exec(name, source string) error {
	_, err := call(vm, func() (any, error) {
		v, err := vm.settle(vm.eval(name, source, lib.MJS_EVAL_TYPE_GLOBAL))
		vm.free(v)
		return nil, err
	})
	return err
}

// eval compiles and, unless flags say otherwise, runs a script.
func (vm *VM) eval(name, source string, flags int32) lib.TJSValue {
	source = valid(source)
	file, err := vm.cstring(name)
	if err != nil {
		return vm.throw(err)
	}
	defer vm.freeC(file)
	text, err := vm.cstring(source)
	if err != nil {
		return vm.throw(err)
	}
	defer vm.freeC(text)
	return lib.XJS_Eval(vm.tls, vm.ctx, text, lib.Tsize_t(len(source)), file, flags)
}
