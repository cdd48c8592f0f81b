//go:build (linux && (amd64 || arm64 || loong64 || ppc64le || riscv64 || s390x)) || ((darwin || freebsd || windows) && (amd64 || arm64))

package jsvm

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	lib "modernc.org/libquickjs"
)

func TestMicrotasksRunOnlyWhenDrained(t *testing.T) {
	vm := newVM(t, Limits{})
	eval(t, vm, "var log = ''; (async () => { log += 1; await 0; log += 2; await 0; log += 3 })()")
	if v := eval(t, vm, "log"); v != "1" {
		t.Errorf("before: %v", v)
	}
	if ran, err := vm.DrainOne(); !ran || err != nil || eval(t, vm, "log") != "12" {
		t.Errorf("one microtask: %v, %v", ran, err)
	}
	if n, err := vm.Drain(); n != 1 || err != nil || eval(t, vm, "log") != "123" {
		t.Errorf("the rest: %d, %v", n, err)
	}
	if ran, err := vm.DrainOne(); ran || err != nil {
		t.Errorf("nothing is left: %v, %v", ran, err)
	}
}

func TestEndlessMicrotasksEnd(t *testing.T) {
	for _, script := range []string{
		"(function again() { Promise.resolve().then(again) })()",
		"(async () => { for(;;) await 0 })()",
		"(async () => { for(;;) try { await 0; for(;;); } catch {} })()",
	} {
		vm := newVM(t, Limits{})
		eval(t, vm, script)
		vm.limits.Turn = 50 * time.Millisecond
		if n, err := vm.Drain(); !errors.Is(err, ErrTime) || n == 0 {
			t.Errorf("%s: %d, %v", script, n, err)
		}
		vm.limits.Turn = time.Minute
		eval(t, vm, "1")
	}
}

func TestAnExceptionOfAJobIsTold(t *testing.T) {
	vm := newVM(t, Limits{})
	eval(t, vm, `var log = ''
		let registry = new FinalizationRegistry((v) => { log += v; throw new Error(v) })
		registry.register({}, 'a')
		Promise.resolve().then(() => { log += 'b' })`)
	lib.XJS_RunGC(vm.tls, vm.rt)
	var e *Exception
	if n, err := vm.Drain(); n != 2 || !errors.As(err, &e) || e.Message != "a" {
		t.Errorf("got %d, %v", n, err)
	}
	if n, err := vm.Drain(); n != 0 || err != nil || eval(t, vm, "log") != "ba" {
		t.Errorf("the rest: %d, %v", n, err)
	}
}

type told struct {
	Promise uint64
	Handled bool
	Reason  string
}

func TestRejectionsAreTold(t *testing.T) {
	vm := newVM(t, Limits{})
	var log []told
	vm.OnRejection(func(promise uint64, handled bool, reason *Exception) {
		entry := told{promise, handled, ""}
		if reason != nil {
			entry.Reason = reason.Error()
		}
		log = append(log, entry)
	})
	for _, step := range []struct {
		script string
		want   []told
	}{
		{"var p = Promise.reject(new TypeError('m'))", []told{{1, false, "TypeError: m"}}},
		{"p.catch(() => {})", []told{{1, true, ""}}},
		{"p.catch(() => {})", nil},
		{"Promise.reject('text').catch(() => {})", []told{{2, false, "text"}, {2, true, ""}}},
		{"async function f() { throw { a: 1 } } f()", []told{{3, false, `{"a":1}`}}},
		{"new Promise((resolve, reject) => setReject = reject).catch(() => {}); setReject(1)", nil},
		{"var q = Promise.reject(1), r = Promise.reject(2)", []told{{4, false, "1"}, {5, false, "2"}}},
		{"r.then(); q.then()", []told{{5, true, ""}, {4, true, ""}, {6, false, "2"}, {7, false, "1"}}},
	} {
		log = nil
		eval(t, vm, step.script)
		if _, err := vm.Drain(); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(step.want, log); diff != "" {
			t.Errorf("%s: %s", step.script, diff)
		}
	}
}

func TestRejectionsAreToldToJavaScript(t *testing.T) {
	hooks := hooksOf(t, `() => { const log = []; return {
		rejection(promise, handled, reason) { log.push(promise === globalThis.p, handled, reason); if (handled) throw new Error("not looked at") },
		log: () => log.splice(0).join(),
	} }`, nil)
	vm := hooks.vm
	vm.TrackRejections(hooks, "rejection")
	eval(t, vm, "var reject; var p = new Promise((_, r) => reject = r); reject('why'); p.catch(() => {}); 1")
	if v, err := hooks.Call("log"); v != "true,false,why,true,true,why" || err != nil {
		t.Errorf("got %v, %v", v, err)
	}
}

func TestWhatALimitEndsIsNoRejection(t *testing.T) {
	vm := newVM(t, Limits{Turn: 20 * time.Millisecond})
	n := 0
	vm.OnRejection(func(uint64, bool, *Exception) { n++ })
	if _, err := vm.Eval("x.js", "(async () => { for(;;); })()"); !errors.Is(err, ErrTime) || n != 0 {
		t.Errorf("%v, told %d times", err, n)
	}
}

func TestAPanicOfTheTrackerGoesOn(t *testing.T) {
	vm := newVM(t, Limits{})
	vm.OnRejection(func(uint64, bool, *Exception) { panic("tracker") })
	if p := panicOf(func() { _, _ = vm.Eval("x.js", "Promise.reject(1); for(;;);") }); p != "tracker" {
		t.Errorf("got %v", p)
	}
	eval(t, vm, "1")
}
