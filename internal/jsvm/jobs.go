//go:build (linux && (amd64 || arm64 || loong64 || ppc64le || riscv64 || s390x)) || ((darwin || freebsd || windows) && (amd64 || arm64))

package jsvm

import (
	"modernc.org/libc"
	lib "modernc.org/libquickjs"
)

// Drain runs microtasks until there are none and says how many ran. An
// exception that no promise took, such as that of a finalizer, ends it: the
// rest stays queued, as it does when JavaScript is stopped.
func (vm *VM) Drain() (jobs int, err error) { return vm.jobs(0) }

// DrainOne runs one microtask and says whether there was one.
func (vm *VM) DrainOne() (bool, error) {
	n, err := vm.jobs(1)
	return n > 0, err
}

// jobs runs at most limit microtasks, or all.
func (vm *VM) jobs(limit int) (int, error) {
	return call(vm, func() (n int, err error) {
		outer := vm.module
		for err == nil && (limit == 0 || n < limit) && !vm.overdue() {
			vm.module = evaluation{frame: vm.frame()}
			status := lib.XJS_ExecutePendingJob(vm.tls, vm.rt, 0)
			if status == 0 {
				break
			}
			n++
			if status < 0 {
				err = vm.thrown()
			}
		}
		vm.module = outer
		if vm.stopping() {
			vm.drop()
			err = vm.stopReason()
		}
		return n, err
	})
}

// frame is the engine's innermost stack frame.
func (vm *VM) frame() uintptr { return at[lib.TJSRuntime](vm.rt).Fcurrent_stack_frame }

// rejections are those of promises that nobody handles.
type rejections struct {
	last   uint64
	number map[uintptr]uint64
	report func(promise uint64, handled bool, reason *Exception)
	hooks  *Object
	method lib.TJSAtom
}

// OnRejection sets the function that is told of a promise that was rejected
// while it had no handler, with the reason, and of its getting one later. It
// must not call into the VM.
//
// See HostPromiseRejectionTracker in ECMAScript.
func (vm *VM) OnRejection(report func(promise uint64, handled bool, reason *Exception)) {
	vm.rejections.report = report
	vm.rejections.start()
}

// TrackRejections does what OnRejection does for JavaScript: it calls
// o.method(promise, handled, reason).
func (vm *VM) TrackRejections(o *Object, method string) {
	if vm.closed || vm.dead {
		return
	}
	vm.rejections.hooks, vm.rejections.method = o, vm.atom(method)
	vm.rejections.start()
}

func (r *rejections) start() {
	if r.number == nil {
		r.number = make(map[uintptr]uint64)
	}
}

// rejection is called by the engine.
func (vm *VM) rejection(_ *libc.TLS, _ uintptr, promise, reason lib.TJSValue, handled int32, _ uintptr) {
	r := &vm.rejections
	if vm.stopping() || r.number == nil {
		return
	}
	p := address(promise)
	number := r.number[p]
	delete(r.number, p)
	switch {
	case handled != 0 && number == 0, handled == 0 && vm.inModule():
		return
	case handled == 0:
		// An address is used again when a promise is gone.
		r.last++
		number = r.last
		r.number[p] = number
	}
	if r.hooks != nil {
		vm.reportToHooks(promise, reason, handled)
	}
	if r.report == nil {
		return
	}
	vm.guard(func() lib.TJSValue {
		if handled != 0 {
			r.report(number, true, nil)
		} else {
			r.report(number, false, vm.exception(reason))
		}
		return undefined
	})
}

func (vm *VM) reportToHooks(promise, reason lib.TJSValue, handled int32) {
	const n = 3
	argv := vm.tls.Alloc(n * int(valueSize))
	*at[[n]lib.TJSValue](argv) = [n]lib.TJSValue{promise, newBool(handled != 0), reason}
	v := lib.XJS_Invoke(vm.tls, vm.ctx, vm.rejections.hooks.value, vm.rejections.method, n, argv)
	vm.tls.Free(n * int(valueSize))
	if isException(v) && !vm.stopping() {
		vm.drop()
	}
	vm.free(v)
}
