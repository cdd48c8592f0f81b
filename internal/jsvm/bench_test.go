//go:build (linux && (amd64 || arm64 || loong64 || ppc64le || riscv64 || s390x)) || ((darwin || freebsd || windows) && (amd64 || arm64))

package jsvm

import (
	"strings"
	"testing"
	"time"
)

const prelude = `(host) => ({
	numbers(n) { for (let i = 0; i < n; i++) host.echo(i) },
	texts(n) { for (let i = 0; i < n; i++) host.echo("https://example.com/articles/2024/12/a-page-with-a-name.html") },
	toGo(n) { const b = new Uint8Array(10240); for (let i = 0; i < n; i++) host.sink(b) },
	toJS(n) { for (let i = 0; i < n; i++) host.source() },
	records(n) { for (let i = 0; i < n; i++) host.echo({ url: "https://example.com/", status: 200, headers: [["a", "b"]] }) },
	nothing() {},
	same(v) { return v },
})`

// hooksOf runs a prelude of its own.
func hooksOf(t testing.TB, source string, host map[string]any) *Object {
	t.Helper()
	program, err := Compile("prelude", source)
	if err != nil {
		t.Fatal(err)
	}
	hooks, err := newVM(t, Limits{Turn: time.Minute}).RunWith(program, host)
	if err != nil {
		t.Fatal(err)
	}
	return hooks
}

func crossings(t testing.TB) *Object {
	bytes := make([]byte, 10240)
	return hooksOf(t, prelude, map[string]any{
		"echo":   HostFunc(func(args []any) (any, error) { return args[0], nil }),
		"sink":   HostFunc(func(args []any) (any, error) { return nil, nil }),
		"source": HostFunc(func([]any) (any, error) { return bytes, nil }),
	})
}

func benchLoop(b *testing.B, method string) {
	hooks := crossings(b)
	b.ReportAllocs()
	b.ResetTimer()
	for n := b.N; n > 0; n -= 10_000 {
		if _, err := hooks.Call(method, min(n, 10_000)); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkHostNumber(b *testing.B)  { benchLoop(b, "numbers") }
func BenchmarkHostText60(b *testing.B)  { benchLoop(b, "texts") }
func BenchmarkHostBytesTo(b *testing.B) { benchLoop(b, "toGo") }
func BenchmarkHostBytesOf(b *testing.B) { benchLoop(b, "toJS") }
func BenchmarkHostRecord(b *testing.B)  { benchLoop(b, "records") }

func benchCall(b *testing.B, method string, args ...any) {
	hooks := crossings(b)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := hooks.Call(method, args...); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkCallNothing(b *testing.B)  { benchCall(b, "nothing") }
func BenchmarkCallNumber(b *testing.B)   { benchCall(b, "same", 12.0) }
func BenchmarkCallText60(b *testing.B)   { benchCall(b, "same", strings.Repeat("a", 60)) }
func BenchmarkCallBytes10k(b *testing.B) { benchCall(b, "same", make([]byte, 10240)) }

func BenchmarkNewClose(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		vm, err := New(Limits{})
		if err != nil {
			b.Fatal(err)
		}
		vm.Close()
	}
}

func BenchmarkNewWithProgram(b *testing.B) {
	program, err := Compile("prelude", "(host) => { "+strings.Repeat("{ class A { method(x) { return x + 1 } }; host.a = A }\n", 3000)+" return {} }")
	if err != nil {
		b.Fatal(err)
	}
	b.ReportMetric(float64(len(program.code)), "bytes")
	for b.Loop() {
		vm, err := New(Limits{})
		if err != nil {
			b.Fatal(err)
		}
		if _, err := vm.RunWith(program, nil); err != nil {
			b.Fatal(err)
		}
		vm.Close()
	}
}
