//go:build (linux && (amd64 || arm64 || loong64 || ppc64le || riscv64 || s390x)) || ((darwin || freebsd || windows) && (amd64 || arm64))

package jsvm

import (
	"bytes"
	"encoding/json"
	"errors"
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	lib "modernc.org/libquickjs"
)

func TestValuesComeToGo(t *testing.T) {
	vm := newVM(t, Limits{})
	for script, want := range map[string]any{
		"undefined":                       nil,
		"null":                            nil,
		"true":                            true,
		"false":                           false,
		"-0":                              math.Copysign(0, -1),
		"1 << 30":                         float64(1 << 30),
		"2 ** 53":                         float64(1 << 53),
		"1 / 3":                           1.0 / 3,
		"Infinity":                        math.Inf(1),
		"''":                              "",
		"'a\\0b'":                         "a\x00b",
		"'\\u2028é日😀'":                    "\u2028é日😀",
		"'a\\ud83d'":                      "a\ufffd",
		"'\\udc00\\ud83d\\ude00\\ud83dé'": "\ufffd😀\ufffdé",
		"'\\ufffd\\ud7ff\\ue000'":         "\ufffd\ud7ff\ue000",
		"let s = ''; for (let i = 0; i < 300; i++) s = 'é' + s + 'x'; s": strings.Repeat("é", 300) + strings.Repeat("x", 300),
		"[1, 'a', null, undefined]":                                      JSON(`[1,"a",null,null]`),
		"({ b: 1, a: { toJSON: () => 2 } })":                             JSON(`{"b":1,"a":2}`),
		"new Date(0)":                                                    JSON(`"1970-01-01T00:00:00.000Z"`),
		"['\\ud800']":                                                    JSON(`["\ud800"]`),
		"(() => 1)":                                                      nil,
		"Symbol('s')":                                                    nil,
		"new ArrayBuffer(0)":                                             []byte{},
		"new Uint8Array()":                                               []byte{},
		"new Uint8Array([1, 2, 3]).buffer":                               []byte{1, 2, 3},
		"new Uint8Array([1, 2, 3]).subarray(1, 2)":                       []byte{2},
		"new Uint16Array([1, 258]).subarray(1)":                          []byte{2, 1},
		"new Float64Array([1])":                                          []byte{0, 0, 0, 0, 0, 0, 0xf0, 0x3f},
		"new DataView(new Uint8Array([1, 2, 3, 4]).buffer, 1, 2)":        []byte{2, 3},
		"new SharedArrayBuffer(2)":                                       []byte{0, 0},
		"var r = new ArrayBuffer(2, { maxByteLength: 8 }), u = new Uint8Array(r, 1); r.resize(4); u": []byte{0, 0, 0},
		"new Proxy([1], {})": JSON("[1]"),
		"Object.setPrototypeOf({ a: 1 }, Uint8Array.prototype)": JSON(`{"a":1}`),
	} {
		if got := eval(t, vm, "{"+script+"}"); !cmp.Equal(got, want) && !(got == want && want == nil) {
			t.Errorf("%s: %#v, want %#v", script, got, want)
		}
	}
}

func TestWhatCannotComeToGoIsAnException(t *testing.T) {
	vm := newVM(t, Limits{})
	for _, script := range []string{
		"10n", "var o = {}; o.o = o; o", "({ toJSON() { throw new TypeError('no') } })",
		"var b = new ArrayBuffer(8); b.transfer(); b", "var u = new Uint8Array(8); u.buffer.transfer(); u",
		"var r = new ArrayBuffer(8, { maxByteLength: 8 }), u = new Uint8Array(r, 4, 4); r.resize(6); u",
	} {
		var e *Exception
		if v, err := vm.Eval("x.js", "{"+script+"}"); !errors.As(err, &e) || e.Name != "TypeError" || e.Message == "" {
			t.Errorf("%s: %#v, %v", script, v, err)
		}
	}
}

type marshals struct{ text string }

func (m marshals) MarshalJSON() ([]byte, error) {
	if m.text == "" {
		return nil, errors.New("nothing to write")
	}
	return []byte(m.text), nil
}

func TestValuesGoToJavaScript(t *testing.T) {
	vm := newVM(t, Limits{})
	eval(t, vm, `function show(v) {
		if (typeof v === "object" && v !== null) return v.constructor.name + ":" + (ArrayBuffer.isView(v) ? v + "/" + v.buffer.byteLength : JSON.stringify(v))
		return typeof v + ":" + (Object.is(v, -0) ? "-0" : v) + (typeof v === "string" ? ":" + v.length : "")
	}`)
	for _, test := range []struct {
		value any
		want  string
	}{
		{nil, "undefined:undefined"},
		{Null, "object:null"},
		{true, "boolean:true"},
		{-1, "number:-1"},
		{int32(math.MinInt32), "number:-2147483648"},
		{int64(1) << 40, "number:1099511627776"},
		{uint32(math.MaxUint32), "number:4294967295"},
		{uint64(1) << 50, "number:1125899906842624"},
		{uint8(7), "number:7"},
		{float32(0.5), "number:0.5"},
		{math.Copysign(0, -1), "number:-0"},
		{math.NaN(), "number:NaN"},
		{math.MaxFloat64, "number:1.7976931348623157e+308"},
		{"", "string::0"},
		{"a\x00b", "string:a\x00b:3"},
		{"\u2028é😀", "string:\u2028é😀:4"},
		{"a\xffb\xed\xa0\x80", "string:a\ufffdb\ufffd\ufffd\ufffd:6"},
		{[]byte(nil), "Uint8Array:/0"},
		{[]byte{}, "Uint8Array:/0"},
		{[]byte{0, 255}, "Uint8Array:0,255/2"},
		{JSON(`{"a":["\ud800",1e3]}`), `Object:{"a":["\ud800",1000]}`},
		{json.RawMessage("[]"), "Array:[]"},
		{map[string]any{"b": []byte("hi"), "a": nil}, `Object:{"a":null,"b":"aGk="}`},
		{[]string{"\u2028", "\xff"}, "Array:[\"\u2028\",\"\ufffd\"]"},
		{struct{ A, B any }{1, Null}, `Object:{"A":1,"B":null}`},
		{marshals{"[1]"}, "Array:[1]"},
		{[]any(nil), "object:null"},
		{map[string]any(nil), "object:null"},
		{List(nil), "Array:[]"},
		{List{1, nil, "a", List{true}, Fields{"b", Null}}, `Array:[1,null,"a",[true],{"b":null}]`},
		{Fields{}, "Object:{}"},
		{Fields{"b", List{}, "a", 1, "__proto__", 2, "u", nil, "m", map[string]any{"n": nil}}, `Object:{"b":[],"a":1,"__proto__":2,"m":{"n":null}}`},
	} {
		if got, err := vm.Global().Call("show", test.value); err != nil || got != test.want {
			t.Errorf("%#v: %q, %v, want %q", test.value, got, err, test.want)
		}
	}
	for _, value := range []any{make(chan int), marshals{}, JSON("{"), JSON(nil), JSON("[1] x"), func() {}, List{func() {}}, Fields{"a", 1, "b", func() {}}} {
		if got, err := vm.Global().Call("show", value); err == nil {
			t.Errorf("%T becomes %v", value, got)
		}
	}
}

func TestLargeValuesCrossUnchanged(t *testing.T) {
	hooks := crossings(t)
	b := make([]byte, 4<<20)
	for i := range b {
		b[i] = byte(i >> 3)
	}
	got, err := hooks.Call("same", b)
	if err != nil || !bytes.Equal(got.([]byte), b) {
		t.Errorf("bytes differ: %v", err)
	}
	b[0]++
	if got.([]byte)[0] == b[0] {
		t.Error("both sides see one memory")
	}
	text := strings.Repeat("é\u2028x", 1<<20)
	if got, err := hooks.Call("same", text); err != nil || got != text {
		t.Errorf("texts differ: %v", err)
	}
	if size := hooks.vm.scratch.size; size <= maxKept {
		t.Errorf("the memory for a large text has %d bytes", size)
	}
	if _, err := hooks.Call("same", "small"); err != nil || hooks.vm.scratch.size > maxKept {
		t.Errorf("the memory for texts keeps %d bytes, %v", hooks.vm.scratch.size, err)
	}
}

func TestExceptionsTellWhatWasThrown(t *testing.T) {
	vm := newVM(t, Limits{})
	for script, want := range map[string]Exception{
		"throw new RangeError('far')":                                          {Name: "RangeError", Message: "far"},
		"class E extends Error { get name() { return 'E' } } throw new E('m')": {Name: "E", Message: "m"},
		"throw 'text'":      {Message: "text", Value: "text"},
		"throw 1":           {Message: "1", Value: 1.0},
		"throw null":        {Message: "null"},
		"throw undefined":   {Message: "undefined"},
		"throw 5n":          {Message: "5"},
		"throw Symbol('s')": {},
		"throw { a: 1 }":    {Message: `{"a":1}`, Value: JSON(`{"a":1}`)},
		"throw { name: 'AbortError', message: 'gone' }": {Name: "AbortError", Message: "gone", Value: JSON(`{"name":"AbortError","message":"gone"}`)},
		"throw () => 1": {},
		"throw { get name() { throw 1 }, toJSON() { throw { toJSON() { throw 2 } } } }": {},
		"throw new Proxy({}, { get() { throw 1 } })":                                    {},
		"var e = new Error('m'); e.name = 5; e.stack = 6; throw e":                      {Message: "m"},
	} {
		_, err := vm.Eval("x.js", script)
		var e *Exception
		if !errors.As(err, &e) {
			t.Fatalf("%s: %v", script, err)
		}
		got := *e
		got.Stack = ""
		if !cmp.Equal(got, want) {
			t.Errorf("%s: %#v, want %#v", script, got, want)
		}
	}
	for e, want := range map[*Exception]string{
		{Name: "TypeError", Message: "m"}: "TypeError: m", {Name: "E"}: "E", {Message: "thrown"}: "thrown",
	} {
		if e.Error() != want {
			t.Errorf("got %q", e.Error())
		}
	}
}

// usage counts what the engine holds once garbage is gone.
func usage(t *testing.T, vm *VM) (counts [3]int64) {
	t.Helper()
	p, err := vm.heap.UintptrMalloc(1024)
	if err != nil {
		t.Fatal(err)
	}
	defer vm.freeC(p)
	lib.XJS_RunGC(vm.tls, vm.rt)
	lib.XJS_ComputeMemoryUsage(vm.tls, vm.rt, p)
	u := at[lib.TJSMemoryUsage](p)
	return [3]int64{u.Fobj_count, u.Fstr_count, u.Fmalloc_size}
}

// Each of many crossings frees what it made.
func TestNoCrossingLeaks(t *testing.T) {
	var vm *VM
	hooks := hooksOf(t, `(host) => ({
		many(n, f, ...args) { for (let i = 0; i < n; i++) try { host[f](...args) } catch {} },
		same(v) { return v },
		fail(v) { throw v },
		error() { throw new TypeError("m") },
		circle() { const o = {}; return o.o = o },
		nested(v) { return host.nested(v) },
		reject() { Promise.reject(new Error("m")) },
		async wait() { await 1; return 2 },
	})`, map[string]any{
		"echo":  HostFunc(func(args []any) (any, error) { return args[0], nil }),
		"fail":  HostFunc(func(args []any) (any, error) { return nil, &Exception{Name: "AbortError", Message: "m"} }),
		"error": HostFunc(func(args []any) (any, error) { return nil, errors.New("m") }),
		"evals": HostFunc(func(args []any) (any, error) {
			for range int(args[0].(float64)) / 10 {
				_, _ = vm.Eval("x.js", "throw { a: new Error('m') }")
			}
			return nil, nil
		}),
		"bad": HostFunc(func(args []any) (any, error) { return make(chan int), nil }),
	})
	vm = hooks.vm
	vm.OnRejection(func(uint64, bool, *Exception) {})
	calls := func(method string, args ...any) func(n int) {
		return func(n int) {
			for range n {
				_, _ = hooks.Call(method, args...)
			}
			_, _ = vm.Drain()
		}
	}
	fromJS := func(f string, args ...any) func(n int) {
		return func(n int) { _, _ = hooks.Call("many", append([]any{n, f}, args...)...) }
	}
	for name, cross := range map[string]func(n int){
		"a number to Go":               fromJS("echo", 1.5),
		"a text to Go":                 fromJS("echo", "é\u2028 text"),
		"bytes to Go":                  fromJS("echo", []byte("bytes")),
		"a list to JavaScript":         calls("same", List{1, "a", Fields{"b", []byte("c")}}),
		"half a list to JavaScript":    calls("same", List{"a", Fields{"b", "c", "d", func() {}}}),
		"an object to Go":              fromJS("echo", JSON(`{"a":[1]}`)),
		"an exception of Go":           fromJS("fail"),
		"an error of Go":               fromJS("error"),
		"an impossible result":         fromJS("bad"),
		"an impossible argument":       func(n int) { _, _ = vm.Eval("x", "hooks = undefined"); calls("circle")(n) },
		"a number to JavaScript":       calls("same", 1.5),
		"a text to JavaScript":         calls("same", "é\u2028 text"),
		"bytes to JavaScript":          calls("same", []byte("bytes")),
		"an object to JavaScript":      calls("same", map[string]any{"a": 1}),
		"an impossible argument of Go": calls("same", "text", make(chan int)),
		"an error of JavaScript":       calls("error"),
		"an object thrown":             calls("fail", JSON(`{"a":1}`)),
		"exceptions within one call":   func(n int) { _, _ = hooks.Call("many", 1, "evals", n) },
		"no such method":               calls("nothing"),
		"a rejection":                  calls("reject"),
		"an async function":            calls("wait"),
		"a script": func(n int) {
			for range n / 10 {
				_, _ = vm.Eval("x.js", "var v = 'a' + 1; v")
			}
		},
		"a script that is no script": func(n int) {
			for range n / 10 {
				_, _ = vm.Eval("x.js", "let 1")
			}
		},
	} {
		cross(1000)
		clear(vm.rejections.number)
		before := usage(t, vm)
		cross(many)
		after := usage(t, vm)
		if after[0] > before[0]+5 || after[1] > before[1]+5 || after[2] > before[2]+64<<10 {
			t.Errorf("%s: objects, texts and bytes were %d and are %d", name, before, after)
		}
	}
}

func FuzzTextsAndBytesCrossUnchanged(f *testing.F) {
	for _, s := range []string{"", "a", "\x00", "é\u2028😀", "\xff", "\xed\xa0\x80", "a\xc3", "{\"a\":[1e400]}", "\"\\ud800\"", strings.Repeat("日", 3000)} {
		f.Add(s)
	}
	hooks := crossings(f)
	f.Fuzz(func(t *testing.T, s string) {
		if got, err := hooks.Call("same", s); err != nil || got != valid(s) {
			t.Errorf("text: %q, %v", got, err)
		}
		if got, err := hooks.Call("same", []byte(s)); err != nil || string(got.([]byte)) != s {
			t.Errorf("bytes: %q, %v", got, err)
		}
		// A name of a property is a text too.
		if got, err := hooks.Call("same", map[string]string{s: s}); err != nil || !cmp.Equal(decoded(got.(JSON)), decoded(must(json.Marshal(map[string]string{s: s})))) {
			t.Errorf("object: %s, %v", got, err)
		}
	})
}

func must(text []byte, err error) JSON {
	if err != nil {
		panic(err)
	}
	return text
}

func decoded(text JSON) (v any) {
	if err := json.Unmarshal(text, &v); err != nil {
		return err
	}
	return v
}
