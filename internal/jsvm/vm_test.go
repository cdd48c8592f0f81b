//go:build (linux && (amd64 || arm64 || loong64 || ppc64le || riscv64 || s390x)) || ((darwin || freebsd || windows) && (amd64 || arm64))

package jsvm

import (
	"errors"
	"os"
	"runtime"
	"strings"
	"testing"
	"time"
)

func newVM(t testing.TB, l Limits) *VM {
	t.Helper()
	vm, err := New(l)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(vm.Close)
	return vm
}

func eval(t testing.TB, vm *VM, source string) any {
	t.Helper()
	v, err := vm.Eval("https://example.com/test.js", source)
	if err != nil {
		t.Fatalf("%s: %v", source, err)
	}
	return v
}

func TestHostileScriptsEndInANamedError(t *testing.T) {
	for name, test := range map[string]struct {
		script string
		want   error
	}{
		"a loop":                            {"for(;;);", ErrTime},
		"a loop in catch and finally":       {"try { throw 1 } catch { for(;;); } finally { for(;;); }", ErrTime},
		"a loop that catches all":           {"for(;;) try { for(;;); } catch {} finally { continue }", ErrTime},
		"loops that promises take":          {"async function f() { for(;;); } for(;;) f()", ErrTime},
		"loops in executors":                {"for(;;) new Promise(() => { for(;;); })", ErrTime},
		"loops in async callbacks":          {"for(;;) [1, 2, 3].forEach(async () => { for(;;); })", ErrTime},
		"a generator without an end":        {"(function*() { for(;;) yield })().forEach(() => {})", ErrTime},
		"a loop in a getter of the error":   {"throw { get message() { for(;;); } }", ErrTime},
		"a loop in toJSON of the result":    {"({ toJSON() { for(;;); } })", ErrTime},
		"a loop in toString":                {"''+{ toString() { for(;;); } }", ErrTime},
		"a comparison without an end":       {"[1, 2].sort(() => { for(;;); })", ErrTime},
		"a regular expression":              {"/^(a+)+$/.test('a'.repeat(40) + 'b')", ErrTime},
		"a regular expression in a replace": {"('a'.repeat(40) + 'b').replace(/(a|aa)+$/g, '')", ErrTime},
		"a loop in code made of text":       {"new Function('for(;;);')()", ErrTime},
		"recursion":                         {"(function f() { return f() + 1 })()", ErrStack},
		"recursion over native functions":   {"(function f() { [1].forEach(f) })()", ErrStack},
		"recursion over a getter":           {"var o = { get p() { return this.p } }; o.p", ErrStack},
		"recursion over a proxy":            {"var p = new Proxy({}, { get: (o, k, r) => r[k] }); p.x", ErrStack},
		"recursion over toString":           {"var o = { toString() { return '' + this } }; o + ''", ErrStack},
		"recursion over a constructor":      {"class A { constructor() { new A } } new A", ErrStack},
		"a deep object as JSON":             {"var d = []; for (let i = 0; i < 3e4; i++) d = [d]; JSON.stringify(d)", ErrStack},
		"a deep result":                     {"var d = []; for (let i = 0; i < 3e4; i++) d = [d]; d", ErrStack},
		"an array that grows":               {"var a = []; for(;;) a.push({ a })", ErrMemory},
		"a text that grows":                 {"var s = 'é\u2028'; for(;;) s = (s + s).toUpperCase()", ErrMemory},
		"large buffers":                     {"var a = []; for(;;) a.push(new Uint8Array(1 << 20))", ErrMemory},
		"one very large buffer":             {"new Uint8Array(2e9)", ErrMemory},
		"many promises":                     {"var p = Promise.resolve(); for(;;) p.then(() => p)", ErrMemory},
	} {
		t.Run(name, func(t *testing.T) {
			vm := newVM(t, Limits{Turn: 100 * time.Millisecond, Memory: 4 << 20, Stack: 1000})
			if test.want != ErrTime {
				vm.limits.Turn = time.Minute
			}
			began := time.Now()
			v, err := vm.Eval("hostile.js", test.script)
			if !errors.Is(err, test.want) {
				t.Errorf("got %v, %v, want %v", v, err, test.want)
			}
			if took := time.Since(began); took > 20*time.Second {
				t.Errorf("took %v", took)
			}
			vm.limits.Turn = time.Minute
			if _, err := vm.Eval("clear.js", "a = s = d = p = undefined"); err != nil {
				t.Error(err)
			}
			if v := eval(t, vm, "[1, 2].map((n) => n * 2).join()"); v != "2,4" {
				t.Errorf("the engine is of no use afterwards: %v", v)
			}
		})
	}
}

func TestTextThatNestsTooDeepIsAnErrorToo(t *testing.T) {
	vm := newVM(t, Limits{})
	for _, script := range []string{"eval('('.repeat(1e5))", "JSON.parse('['.repeat(1e5))"} {
		if v, err := vm.Eval("deep.js", script); !errors.Is(err, ErrStack) {
			t.Errorf("%s: %v, %v", script, v, err)
		}
	}
	var e *Exception
	if v, err := vm.Eval("deep.js", "new RegExp('(?:'.repeat(1e5))"); !errors.As(err, &e) || e.Name != "SyntaxError" {
		t.Errorf("%v, %v", v, err)
	}
}

func TestWhatATimeLimitEndsCatchesNothing(t *testing.T) {
	vm := newVM(t, Limits{Turn: 50 * time.Millisecond})
	script := `
		var seen = [];
		async function inner() { try { for(;;); } catch { seen.push("async catch") } finally { seen.push("async finally") } }
		try { inner(); seen.push("after"); inner() } catch { seen.push("catch") } finally { seen.push("finally") }
		seen.push("end")`
	if _, err := vm.Eval("x.js", script); !errors.Is(err, ErrTime) {
		t.Fatal(err)
	}
	vm.limits.Turn = time.Minute
	// A promise took what ended the first loop; the engine asks again before
	// the next call.
	if v := eval(t, vm, "seen.join()"); v != "" {
		t.Errorf("ran on: %v", v)
	}
}

func TestTooDeepACallIsARangeErrorThatScriptsCatch(t *testing.T) {
	vm := newVM(t, Limits{})
	v := eval(t, vm, `
		let depth = 0, caught;
		(function f() { depth++; try { f() } catch (e) { caught ??= e } })();
		[caught instanceof RangeError, caught.name, caught.message, Object.keys(caught).length, depth > 10_000, depth < 12_000, typeof InternalError].join()`)
	if v != "true,RangeError,Maximum call stack size exceeded,0,true,true,undefined" {
		t.Error(v)
	}
	if v := eval(t, vm, "new Error('stack overflow').message"); v != "stack overflow" {
		t.Errorf("the words of another error are %q", v)
	}
	for _, stack := range []string{"", "a", "a\nb\n"} {
		if got := topOf(stack); got != strings.TrimSuffix(stack, "\n") {
			t.Errorf("the trace %q becomes %q", stack, got)
		}
	}
	var e *Exception
	_, err := vm.Eval("deep.js", "(function f() { f() })()")
	if !errors.As(err, &e) || strings.Count(e.Stack, "deep.js") != 50 {
		t.Errorf("got a trace of %d lines", strings.Count(e.Stack, "\n")+1)
	}
}

func TestErrorsAreOrdinaryObjects(t *testing.T) {
	vm := newVM(t, Limits{})
	for script, want := range map[string]any{
		"var e = new TypeError('m', { cause: 1 }); e.extra = 2; [e.message, e.cause, e.extra, Object.keys(e)].join()": "m,1,2,extra",
		"Object.getOwnPropertyNames(new Error('m')).sort().join()":                                                    "message,stack",
		"Object.isFrozen(Object.freeze(new Error('m')))":                                                              true,
		"var e = new Error('m'); delete e.message; e.message":                                                         "",
		"Object.defineProperty(new Error, 'message', { get: () => 'got', configurable: true }).message":               "got",
		"class Own extends RangeError { name = 'Own' } String(new Own('m'))":                                          "Own: m",
		"new AggregateError([1], 'm').errors[0]":                                                                      1.0,
	} {
		if v := eval(t, vm, script); v != want {
			t.Errorf("%s: %v, want %v", script, v, want)
		}
	}
}

func TestStackTracesNameTheScript(t *testing.T) {
	vm := newVM(t, Limits{})
	_, err := vm.Eval("https://example.com/sw.js?a=1#b", "function f() {\n  null.x\n}\n\nf()")
	var e *Exception
	if !errors.As(err, &e) || e.Name != "TypeError" {
		t.Fatal(err)
	}
	for _, want := range []string{"at f (https://example.com/sw.js?a=1#b:2:", "at <eval> (https://example.com/sw.js?a=1#b:5:"} {
		if !strings.Contains(e.Stack, want) {
			t.Errorf("%q lacks %q", e.Stack, want)
		}
	}
	_, err = vm.Eval("bad.js", "let a = 1\nlet b = )")
	if !errors.As(err, &e) || e.Name != "SyntaxError" || !strings.Contains(e.Stack, "bad.js:2:9") {
		t.Errorf("got %v at %q", err, e.Stack)
	}
}

func TestAnyTextCanNameAScript(t *testing.T) {
	vm := newVM(t, Limits{})
	for _, name := range []string{"", "%s%n", "a b\n(c:1:2)", "日本/語.js", "😀\u2028", "back\\slash", "\xff\xfe", strings.Repeat("long/", 5000)} {
		_, err := vm.Eval(name, "throw new Error('m')")
		var e *Exception
		if !errors.As(err, &e) || !strings.Contains(e.Stack, valid(name)+":1:") {
			t.Errorf("%.40q: %v", name, err)
		}
	}
}

func TestInterruptEndsTheCallUnderWayOrElseTheNext(t *testing.T) {
	vm := newVM(t, Limits{Turn: time.Minute})
	started := make(chan struct{})
	hooks := hooksOf(t, "(host) => ({ run() { host.started(); for(;;); } })", map[string]any{
		"started": HostFunc(func([]any) (any, error) { close(started); return nil, nil }),
	})
	go func() {
		<-started
		hooks.vm.Interrupt()
	}()
	if _, err := hooks.Call("run"); !errors.Is(err, ErrInterrupted) {
		t.Errorf("got %v", err)
	}
	vm.Interrupt()
	if _, err := vm.Eval("x.js", "1"); !errors.Is(err, ErrInterrupted) {
		t.Errorf("got %v", err)
	}
	eval(t, vm, "1")
	vm.Close()
	vm.Interrupt()
}

func TestAClosedVMSaysSo(t *testing.T) {
	vm := newVM(t, Limits{})
	global := vm.Global()
	m, err := vm.EvalModule("a.js", "await new Promise(() => {})", Loader{})
	if err != nil {
		t.Fatal(err)
	}
	vm.Close()
	vm.Close()
	vm.TrackRejections(global, "x")
	_, evalErr := vm.Eval("x", "1")
	_, callErr := global.Call("eval", "1")
	_, drainErr := vm.Drain()
	_, moduleErr := m.Result()
	_, globalErr := vm.Global().Call("eval")
	for i, err := range []error{evalErr, callErr, drainErr, moduleErr, globalErr} {
		if err != ErrClosed {
			t.Errorf("%d: %v", i, err)
		}
	}
}

func TestClosedByAHostFunctionJavaScriptEnds(t *testing.T) {
	program, err := Compile("p", "(host) => ({ run() { try { host.close() } finally { host.after() } } })")
	if err != nil {
		t.Fatal(err)
	}
	vm := newVM(t, Limits{})
	after := false
	var inside error
	hooks, err := vm.RunWith(program, map[string]any{
		"close": HostFunc(func([]any) (any, error) {
			vm.Close()
			_, inside = vm.Eval("x", "1")
			return nil, nil
		}),
		"after": HostFunc(func([]any) (any, error) { after = true; return nil, nil }),
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := hooks.Call("run"); err != ErrClosed || inside != ErrClosed || after || !vm.closed {
		t.Errorf("got %v, inside %v, after: %v, closed: %v", err, inside, after, vm.closed)
	}
}

func TestLimitsThatCannotBeAreRefused(t *testing.T) {
	for _, l := range []Limits{{Turn: -1}, {Memory: -1}, {Stack: -1}, {Stack: 1_000_000}, {Memory: 1000}} {
		if vm, err := New(l); err == nil {
			vm.Close()
			t.Errorf("%v is accepted", l)
		}
	}
}

// resident is how many bytes of memory the process has, where that is known.
func resident() (pages int) {
	statm, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		return 0
	}
	for _, field := range strings.Fields(string(statm))[1] {
		pages = pages*10 + int(field-'0')
	}
	return pages * os.Getpagesize()
}

func TestCloseGivesBackAllMemory(t *testing.T) {
	round := func() {
		vm := newVM(t, Limits{})
		eval(t, vm, "var a = []; for (let i = 0; i < 3000; i++) a.push({ i, s: 'x' + i }); var b = new Uint8Array(4e6).fill(1)")
		vm.Close()
	}
	for range 5 {
		round()
	}
	before, goroutines := resident(), runtime.NumGoroutine()
	for range rounds {
		round()
	}
	if grown := resident() - before; grown > 30<<20 {
		t.Errorf("%d engines left %d MB", rounds, grown>>20)
	}
	if n := runtime.NumGoroutine(); n > goroutines {
		t.Errorf("%d goroutines more", n-goroutines)
	}
}

func TestNothingWaitsForAnotherThread(t *testing.T) {
	_, err := newVM(t, Limits{}).Eval("x.js", "Atomics.wait(new Int32Array(new SharedArrayBuffer(8)), 0, 0)")
	var e *Exception
	if !errors.As(err, &e) || e.Name != "TypeError" {
		t.Errorf("got %v", err)
	}
}

func TestExecDoesNotLookAtTheValue(t *testing.T) {
	vm := newVM(t, Limits{})
	if err := vm.Exec("x.js", "globalThis.looks = 0; ({ get a() { looks++ }, toJSON() { looks++ } })"); err != nil {
		t.Fatal(err)
	}
	if looks := eval(t, vm, "looks"); looks != 0.0 {
		t.Errorf("it was looked at %v times", looks)
	}
	var e *Exception
	if err := vm.Exec("x.js", "throw new TypeError('no')"); !errors.As(err, &e) || e.Name != "TypeError" {
		t.Errorf("thrown: %v", err)
	}
}
