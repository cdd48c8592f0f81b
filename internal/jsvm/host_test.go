//go:build (linux && (amd64 || arm64 || loong64 || ppc64le || riscv64 || s390x)) || ((darwin || freebsd || windows) && (amd64 || arm64))

package jsvm

import (
	"errors"
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"
)

func TestAPreludeGetsFunctionsAndValues(t *testing.T) {
	hooks := hooksOf(t, `(host) => ({ show: () => Object.keys(host).join() + host.kind + host.add(1, 2) + host.add.name + host.list + host["a\u0000b\u2028"]() })`, map[string]any{
		"kind":         "worker",
		"list":         []int{1, 2},
		"a\x00b\u2028": HostFunc(func(args []any) (any, error) { return len(args), nil }),
		"add":          HostFunc(func(args []any) (any, error) { return args[0].(float64) + args[1].(float64), nil }),
	})
	if v, err := hooks.Call("show"); err != nil || v != "a\x00b\u2028,add,kind,listworker3add1,20" {
		t.Errorf("%q, %v", v, err)
	}
}

func TestShowMembersMakesThoseOfAClassEnumerable(t *testing.T) {
	hooks := hooksOf(t, `(host) => ({ show() {
		class A { static make() {} static get prop() {} method() {} get name() {} set length(v) {} #private() {} [Symbol.iterator]() {} }
		host.show(A)
		host.show(A.prototype)
		host.show()
		const broken = new Proxy({}, { ownKeys() { throw new Error("broken") } })
		let error
		try { host.show(broken) } catch (e) { error = e.message }
		return [Object.keys(A), Object.keys(A.prototype), Object.getOwnPropertyDescriptor(A.prototype, "method").writable, error].join(" ")
	} })`, map[string]any{"show": ShowMembers})
	if v, err := hooks.Call("show"); err != nil || v != "make,prop method,name,length true broken" {
		t.Errorf("%q, %v", v, err)
	}
}

func TestProgramsRunInManyEngines(t *testing.T) {
	p, err := Compile("https://example.com/p.js", "var n = (globalThis.n ?? 0) + 1;\nfunction fail() { throw new Error('m' + n) }; n")
	if err != nil {
		t.Fatal(err)
	}
	for range 3 {
		vm := newVM(t, Limits{})
		first, _ := vm.Run(p)
		second, err := vm.Run(p)
		if first != 1.0 || second != 2.0 || err != nil {
			t.Errorf("got %v, %v, %v", first, second, err)
		}
		var e *Exception
		if _, err := vm.Global().Call("fail"); !errors.As(err, &e) || e.Message != "m2" || !strings.Contains(e.Stack, "at fail (https://example.com/p.js:2:") {
			t.Errorf("got %v", err)
		}
		if v := eval(t, vm, "String(fail)"); !strings.Contains(v.(string), "[native code]") {
			t.Errorf("a function of a program shows as %q", v)
		}
		if err := vm.RunInto(p, "kept"); err != nil || eval(t, vm, "kept") != 3.0 {
			t.Errorf("the value is not kept: %v", err)
		}
	}
	var e *Exception
	if _, err := Compile("bad.js", "\n("); !errors.As(err, &e) || e.Name != "SyntaxError" || !strings.Contains(e.Stack, "bad.js:2:2") {
		t.Errorf("got %v", err)
	}
}

func TestAProgramThatIsNoPreludeIsRefused(t *testing.T) {
	for source, want := range map[string]string{
		"1": "not a function", "() => 1": "no object", "() => { throw new Error('m') }": "m", "throw new Error('n')": "n", "": "not a function",
	} {
		p, err := Compile("p", source)
		if err != nil {
			t.Fatal(err)
		}
		vm := newVM(t, Limits{})
		if _, err := vm.RunWith(p, nil); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", source, err)
		}
		if _, err := vm.RunWith(p, map[string]any{"bad": make(chan int)}); err == nil {
			t.Errorf("%s: a channel is accepted", source)
		}
	}
	vm := newVM(t, Limits{})
	_, err := vm.Run(Program{})
	if err == nil || vm.RunInto(Program{}, "x") == nil {
		t.Error("an empty program ran")
	}
}

func TestErrorsOfHostFunctionsAreThrown(t *testing.T) {
	var fail error
	hooks := hooksOf(t, `(host) => ({ run() { try { host.fail() } catch (e) {
		return [e instanceof Error, Object.getPrototypeOf(e).constructor.name, e.name, e.message, e.hostName, Object.keys(e).length, /at run \(prelude:1/.test(e.stack)].join("|")
	} } })`, map[string]any{"fail": HostFunc(func([]any) (any, error) { return 1, fail })})
	for _, test := range []struct {
		err  error
		want string
	}{
		{&Exception{Name: "TypeError", Message: "m"}, "true|TypeError|TypeError|m|TypeError|0|true"},
		{&Exception{Name: "QuotaExceededError", Message: "é\x00"}, "true|Error|QuotaExceededError|é\x00|QuotaExceededError|0|true"},
		{&Exception{Message: "m"}, "true|Error|Error|m||0|true"},
		{fmt.Errorf("wrapped: %w", &Exception{Name: "URIError", Message: "m"}), "true|URIError|URIError|m|URIError|0|true"},
		{errors.New("plain %s"), "true|Error|Error|plain %s||0|true"},
	} {
		fail = test.err
		if got, err := hooks.Call("run"); err != nil || got != test.want {
			t.Errorf("%v: %v, %v, want %s", test.err, got, err, test.want)
		}
	}
}

func TestWhatCannotBeConvertedIsThrownAtTheCall(t *testing.T) {
	hooks := hooksOf(t, `(host) => ({ run() { const seen = []; for (const v of [10n, new Proxy({}, { get() { throw 5 } })]) try { host.take(v) } catch (e) { seen.push(e.name ?? e) } return seen.join() } })`,
		map[string]any{"take": HostFunc(func([]any) (any, error) { panic("called") })})
	if v, err := hooks.Call("run"); err != nil || v != "TypeError,5" {
		t.Errorf("%v, %v", v, err)
	}
}

// What a script throws keeps its identity on its way through Go, as an
// exception of importScripts must.
func TestAnExceptionThatPassesThroughGoIsTheSame(t *testing.T) {
	var vm *VM
	hooks := hooksOf(t, `(host) => ({ run() { globalThis.thrown = { own: 1 }; try { host.eval("throw thrown") } catch (e) { return e === thrown } }, fresh() { try { host.fresh() } catch (e) { return e.message } } })`, map[string]any{
		"eval": HostFunc(func(args []any) (any, error) { return vm.Eval("inner.js", args[0].(string)) }),
		"fresh": HostFunc(func(args []any) (any, error) {
			_, err := vm.Eval("inner.js", "throw new Error('first')")
			_, _ = vm.Eval("inner.js", "throw new Error('second')")
			return nil, err
		}),
	})
	vm = hooks.vm
	if v, err := hooks.Call("run"); v != true || err != nil {
		t.Errorf("got %v, %v", v, err)
	}
	if v, err := hooks.Call("fresh"); v != "first" || err != nil {
		t.Errorf("got %v, %v", v, err)
	}
}

func TestCallsNest(t *testing.T) {
	var hooks *Object
	hooks = hooksOf(t, `(host) => ({ down(n) { return n === 0 ? 0 : host.down(n - 1) + 1 }, loop() { try { return host.loop() } catch { return "caught" } } })`, map[string]any{
		"down": HostFunc(func(args []any) (any, error) { return hooks.Call("down", args[0]) }),
		"loop": HostFunc(func(args []any) (any, error) { return hooks.Call("loop") }),
	})
	if v, err := hooks.Call("down", 200); v != 200.0 || err != nil {
		t.Errorf("got %v, %v", v, err)
	}
	if v, err := hooks.Call("loop"); v != "caught" || err != nil {
		t.Errorf("calls without end: %v, %v", v, err)
	}
}

func TestNestedCallsShareOneTimeLimit(t *testing.T) {
	var vm *VM
	calls := 0
	hooks := hooksOf(t, "(host) => ({ run() { for(;;) try { host.spin() } catch {} } })", map[string]any{
		"spin": HostFunc(func([]any) (any, error) {
			calls++
			_, _ = vm.Eval("spin.js", "for(;;);")
			return nil, nil
		}),
	})
	vm = hooks.vm
	vm.limits.Turn = 50 * time.Millisecond
	if _, err := hooks.Call("run"); !errors.Is(err, ErrTime) || calls > 1 {
		t.Errorf("got %v after %d calls", err, calls)
	}
	slow := 0
	hooks = hooksOf(t, "(host) => ({ run() { for(;;) host.sleep() } })", map[string]any{
		"sleep": HostFunc(func([]any) (any, error) { slow++; time.Sleep(20 * time.Millisecond); return nil, nil }),
	})
	hooks.vm.limits.Turn = 50 * time.Millisecond
	if _, err := hooks.Call("run"); !errors.Is(err, ErrTime) || slow > 5 {
		t.Errorf("got %v after %d slow calls", err, slow)
	}
}

func panicOf(f func()) (value any) {
	defer func() { value = recover() }()
	f()
	return nil
}

func TestAPanicGoesOnInTheGoCaller(t *testing.T) {
	var seen []string
	var hooks *Object
	hooks = hooksOf(t, `(host) => ({
		plain() { try { host.panic() } catch { host.see("catch") } finally { host.see("finally") } },
		async async() { try { host.panic() } catch { host.see("catch") } finally { host.see("finally") } },
		outer() { try { host.call("async") } catch { host.see("outer catch") } host.see("after") },
		guarded() { host.guarded(); return "went on" },
		job() { Promise.resolve().then(host.panic).then(() => host.see("then"), () => host.see("rejected")) },
	})`, map[string]any{
		"panic": HostFunc(func([]any) (any, error) { panic("told") }),
		"see":   HostFunc(func(args []any) (any, error) { seen = append(seen, args[0].(string)); return nil, nil }),
		"call":  HostFunc(func(args []any) (any, error) { return hooks.Call(args[0].(string)) }),
		"guarded": HostFunc(func(args []any) (any, error) {
			return nil, fmt.Errorf("%v", panicOf(func() { _, _ = hooks.Call("plain") }))
		}),
	})
	for _, method := range []string{"plain", "async", "outer"} {
		if p := panicOf(func() { _, _ = hooks.Call(method) }); p != "told" {
			t.Errorf("%s: the caller sees %v", method, p)
		}
	}
	if _, err := hooks.Call("guarded"); err == nil || err.Error() != "Error: told" {
		t.Errorf("a panic that Go recovered from: %v", err)
	}
	if _, err := hooks.Call("job"); err != nil {
		t.Fatal(err)
	}
	if p := panicOf(func() { _, _ = hooks.vm.Drain() }); p != "told" {
		t.Errorf("a microtask: the caller sees %v", p)
	}
	if seen != nil {
		t.Errorf("scripts went on: %q", seen)
	}
	if v := eval(t, hooks.vm, "1 + 1"); v != 2.0 {
		t.Errorf("the engine is of no use afterwards: %v", v)
	}
}

func TestAPanicWhileConvertingGoesOnToo(t *testing.T) {
	hooks := hooksOf(t, "(host) => ({ run() { try { host.get() } catch {} } })", map[string]any{
		"get": HostFunc(func([]any) (any, error) { return panics{}, nil }),
	})
	if p := panicOf(func() { _, _ = hooks.Call("run") }); p != "marshalling" {
		t.Errorf("got %v", p)
	}
	if p := panicOf(func() { _, _ = hooks.Call("run", panics{}) }); p != "marshalling" {
		t.Errorf("got %v", p)
	}
}

type panics struct{}

func (panics) MarshalJSON() ([]byte, error) { panic("marshalling") }

func TestGoexitLeavesAnEngineThatCanOnlyBeClosed(t *testing.T) {
	hooks := hooksOf(t, "(host) => ({ run() { try { host.exit() } finally { host.exit() } } })", map[string]any{
		"exit": HostFunc(func([]any) (any, error) { runtime.Goexit(); return nil, nil }),
	})
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_, _ = hooks.Call("run")
		t.Error("the goroutine went on")
	}()
	<-ended
	if _, err := hooks.Call("run"); err != errDead {
		t.Errorf("got %v", err)
	}
	if _, err := hooks.vm.Eval("x.js", "1"); err != errDead {
		t.Errorf("got %v", err)
	}
	hooks.vm.Close()
	if _, err := hooks.Call("run"); err != ErrClosed {
		t.Errorf("got %v", err)
	}
}
