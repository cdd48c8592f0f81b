//go:build (linux && (amd64 || arm64 || loong64 || ppc64le || riscv64 || s390x)) || ((darwin || freebsd || windows) && (amd64 || arm64))

package jsvm

import (
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// site are modules by URL, and what was loaded of them.
type site struct {
	files  map[string]string
	loaded []string
}

func (s *site) loader(dynamic bool) Loader {
	return Loader{
		Resolve: func(specifier, referrer string) (string, error) {
			base, err := url.Parse(referrer)
			if err != nil {
				return "", err
			}
			if !strings.HasPrefix(specifier, ".") && !strings.HasPrefix(specifier, "/") {
				return "", &Exception{Name: "TypeError", Message: "bare specifier " + specifier}
			}
			u, err := base.Parse(specifier)
			return u.String(), err
		},
		Load: func(url string) (string, error) {
			s.loaded = append(s.loaded, url)
			source, ok := s.files[url]
			if !ok {
				return "", &Exception{Name: "NetworkError", Message: "no " + url}
			}
			return source, nil
		},
		Dynamic: dynamic,
	}
}

const origin = "https://example.com/"

func files(pairs ...string) *site {
	s := &site{files: make(map[string]string)}
	for i := 0; i < len(pairs); i += 2 {
		s.files[origin+pairs[i]] = pairs[i+1]
	}
	return s
}

func run(vm *VM, s *site, source string, dynamic bool) (settled bool, err error) {
	m, err := vm.EvalModule(origin+"main.js", source, s.loader(dynamic))
	if err != nil {
		return false, fmt.Errorf("not evaluated: %w", err)
	}
	if _, err := vm.Drain(); err != nil {
		return false, err
	}
	return m.Result()
}

func TestModules(t *testing.T) {
	lib := []string{
		"a.js", "import { b } from './b.js'; export const a = 'a' + b(); export default () => a",
		"b.js", "import * as a from './a.js'; export function b() { return 'b' } export const later = () => a.a",
		"dir/c.js", "export * from '../b.js'; export const meta = import.meta.url + ' ' + import.meta.resolve('./x.js')",
		"throws.js", "throw new RangeError('while evaluated')",
		"bad.js", "export const x = 1\nexport const y = )",
		"late.js", "await Promise.resolve(); export const late = await 5",
		"deep.js", "import './deeper.js'", "deeper.js", "import './missing.js'",
		"cycle.js", "import './back.js'; import './missing.js'", "back.js", "import './cycle.js'; export default 1",
	}
	for name, test := range map[string]struct {
		source string
		want   string // what is left in the global out, or the error
	}{
		"imports":                         {"import f, { a } from './a.js'; out = a + f()", "abab"},
		"a cycle":                         {"import { later } from './b.js'; out = later()", "ab"},
		"import.meta":                     {"import { meta } from './dir/c.js'; out = import.meta.url + ' ' + meta", origin + "main.js " + origin + "dir/c.js " + origin + "dir/x.js"},
		"one evaluation each":             {"import { a as x } from './a.js'; import { a as y } from '/a.js'; out = x === y", "true"},
		"await at the top":                {"import { late } from './late.js'; out = late + await 1", "6"},
		"this is undefined":               {"out = typeof this", "undefined"},
		"import() that is allowed":        {"out = (await import('./a.js')).default() + Object.keys(await import('./dir/c.js'))", "abb,later,meta"},
		"import() of what is missing":     {"out = await import('./missing.js').catch((e) => e.name + e.message)", "NetworkErrorno " + origin + "missing.js"},
		"import() of no module":           {"out = await import('./bad.js').catch((e) => e.name + (e.stack + '').includes('bad.js:2:18'))", "SyntaxErrortrue"},
		"import() of what throws, twice":  {"let e1, e2; try { await import('./throws.js') } catch (e) { e1 = e } try { await import('./throws.js') } catch (e) { e2 = e } out = e1.message + (e1 === e2)", "while evaluatedtrue"},
		"import.meta.resolve of nothing":  {"import.meta.resolve()", "TypeError: import.meta.resolve needs a string"},
		"import() of a bare name":         {"out = await import('bare').catch((e) => e.name + e.message)", "TypeErrorbare specifier bare"},
		"import() that fails in a cycle":  {"let n = 0; for (const u of ['./cycle.js', './back.js', './cycle.js']) await import(u).catch((e) => n += e.message.endsWith('missing.js')); out = n + (await import('./a.js')).a", "3ab"},
		"a missing import":                {"import './missing.js'", "not evaluated: NetworkError: no " + origin + "missing.js"},
		"a missing import of an import":   {"import './deep.js'", "not evaluated: NetworkError: no " + origin + "missing.js"},
		"a missing name":                  {"import { nope } from './a.js'", "not evaluated: SyntaxError: Could not find export 'nope' in module '" + origin + "a.js'"},
		"an import that is no module":     {"import './bad.js'", "not evaluated: SyntaxError: unexpected token in expression: ')'"},
		"a main module that is no module": {"import './a.js'; let x = )", "not evaluated: SyntaxError: unexpected token in expression: ')'"},
		"an exception":                    {"throw new RangeError('m')", "RangeError: m"},
		"an exception of an import":       {"import './throws.js'", "RangeError: while evaluated"},
		"an exception after await":        {"await 1; throw new RangeError('m')", "RangeError: m"},
		"attributes":                      {"import a from './a.js' with { type: 'json' }", "not evaluated: TypeError: import attributes {\"type\":\"json\"} are not supported"},
		"no attributes":                   {"import { a } from './a.js' with {}; out = a", "ab"},
	} {
		t.Run(name, func(t *testing.T) {
			vm := newVM(t, Limits{})
			var told []string
			vm.OnRejection(func(_ uint64, handled bool, reason *Exception) { told = append(told, fmt.Sprint(handled, reason)) })
			eval(t, vm, "var out = 'nothing'")
			settled, err := run(vm, files(lib...), test.source, true)
			got := fmt.Sprint(eval(t, vm, "String(out)"))
			if err != nil {
				got = err.Error()
			}
			if got != test.want || !settled && !strings.HasPrefix(got, "not evaluated") {
				t.Errorf("got %q, settled: %v, want %q", got, settled, test.want)
			}
			// Whoever wrote the module has handled all promises of script.
			if told != nil {
				t.Errorf("told of rejections: %q", told)
			}
		})
	}
}

func TestImportIsRefusedUnlessAllowed(t *testing.T) {
	const refused = "TypeError: import() is not allowed here"
	vm := newVM(t, Limits{})
	s := files("a.js", "export const a = 1", "b.js", "export { a } from './a.js'; export const dynamic = import('./a.js').catch(String)")
	eval(t, vm, "var out")
	if settled, err := run(vm, s, "import { a, dynamic } from './b.js'; out = a + await import('./a.js').catch(String) + await dynamic", false); !settled || err != nil {
		t.Fatal(settled, err)
	}
	if v := eval(t, vm, "out"); v != "1"+refused+refused {
		t.Errorf("got %q", v)
	}
	for _, l := range []Loader{{}, s.loader(false)} {
		vm := newVM(t, Limits{})
		vm.SetLoader(l)
		eval(t, vm, "import('./a.js').catch((e) => out = String(e)); var out")
		if _, err := vm.Drain(); err != nil || eval(t, vm, "out") != refused {
			t.Errorf("a classic script: %q, %v", eval(t, vm, "out"), err)
		}
	}
}

func TestAFailedImportThatNobodyHandlesIsToldOnce(t *testing.T) {
	for specifier, want := range map[string]string{
		"./missing.js": "NetworkError: no " + origin + "missing.js",
		"./throws.js":  "RangeError: m",
		"./late.js":    "RangeError: m",
		"./bad.js":     "SyntaxError: unexpected token in expression: ')'",
		"./link.js":    "SyntaxError: Could not find export 'no' in module '" + origin + "throws.js'",
	} {
		vm := newVM(t, Limits{})
		var told []string
		vm.OnRejection(func(_ uint64, handled bool, reason *Exception) { told = append(told, fmt.Sprint(handled, reason)) })
		s := files("throws.js", "throw new RangeError('m')", "late.js", "await 1; throw new RangeError('m')", "bad.js", ")", "link.js", "import { no } from './throws.js'")
		if settled, err := run(vm, s, fmt.Sprintf("import(%q)", specifier), true); !settled || err != nil {
			t.Fatal(settled, err)
		}
		if diff := cmp.Diff([]string{"false" + " " + want}, told); diff != "" {
			t.Errorf("%s: %s", specifier, diff)
		}
	}
}

func TestAModuleThatRejectsAPromiseIsTold(t *testing.T) {
	vm := newVM(t, Limits{})
	var told []string
	vm.OnRejection(func(_ uint64, handled bool, reason *Exception) { told = append(told, fmt.Sprint(handled, reason)) })
	if _, err := run(vm, files(), "Promise.reject('one'); (async () => { throw 'two' })(); throw 'three'", false); err == nil || err.Error() != "three" {
		t.Errorf("got %v", err)
	}
	if diff := cmp.Diff([]string{"false one", "false two"}, told); diff != "" {
		t.Error(diff)
	}
}

func TestAFailedDynamicImportLeavesItsImporterAlone(t *testing.T) {
	vm := newVM(t, Limits{})
	s := files("a.js", "export const a = await import('./missing.js').catch((e) => e.name)", "b.js", "export { a } from './a.js'")
	eval(t, vm, "var out")
	if _, err := run(vm, s, "await import('./a.js'); out = (await import('./b.js')).a", true); err != nil || eval(t, vm, "out") != "NetworkError" {
		t.Errorf("%v, %v", eval(t, vm, "out"), err)
	}
}

func TestAClassicScriptImportsFromItsOwnURL(t *testing.T) {
	vm := newVM(t, Limits{})
	s := files("dir/a.js", "export default import.meta.url", "a.js", "export default 'wrong'")
	vm.SetLoader(s.loader(true))
	if _, err := vm.Eval(origin+"dir/classic.js", "var out; function f() { import('./a.js').then((m) => out = m.default) } f()"); err != nil {
		t.Fatal(err)
	}
	if _, err := vm.Drain(); err != nil || eval(t, vm, "out") != origin+"dir/a.js" {
		t.Errorf("got %v, %v", eval(t, vm, "out"), err)
	}
}

func TestALoaderThatLacksAFunctionRefuses(t *testing.T) {
	for _, l := range []Loader{{}, {Resolve: func(s, _ string) (string, error) { return s, nil }}} {
		if _, err := newVM(t, Limits{}).EvalModule("main.js", "import 'a'", l); err == nil {
			t.Error("imported")
		}
	}
}

func TestAModuleMayWait(t *testing.T) {
	vm := newVM(t, Limits{})
	eval(t, vm, "var out, go")
	m, err := vm.EvalModule("main.js", "out = 1; await new Promise((resolve) => go = resolve); out = 2", Loader{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := vm.Drain(); err != nil {
		t.Fatal(err)
	}
	if settled, err := m.Result(); settled || err != nil || eval(t, vm, "out") != 1.0 {
		t.Errorf("got %v, %v", settled, err)
	}
	eval(t, vm, "go()")
	if _, err := vm.Drain(); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if settled, err := m.Result(); !settled || err != nil || eval(t, vm, "out") != 2.0 {
			t.Errorf("got %v, %v", settled, err)
		}
	}
}

func TestEachModuleIsLoadedOnce(t *testing.T) {
	vm := newVM(t, Limits{})
	s := files("a.js", "import './b.js'; import './c.js'", "b.js", "import './c.js'", "c.js", "")
	if _, err := run(vm, s, "import './a.js'; import './b.js'; await import('./c.js')", true); err != nil {
		t.Fatal(err)
	}
	if want := []string{origin + "a.js", origin + "b.js", origin + "c.js"}; !slices.Equal(s.loaded, want) {
		t.Errorf("loaded %q", s.loaded)
	}
}

func TestModulesAreBoundedToo(t *testing.T) {
	vm := newVM(t, Limits{Turn: 50 * time.Millisecond})
	if _, err := vm.EvalModule("main.js", "for(;;);", Loader{}); !errors.Is(err, ErrTime) {
		t.Errorf("got %v", err)
	}
	n := 0
	endless := Loader{
		Resolve: func(s, _ string) (string, error) { return s, nil },
		Load:    func(string) (string, error) { n++; return fmt.Sprintf("import 'm%d'", n), nil },
	}
	vm.limits.Turn = time.Minute
	if _, err := vm.EvalModule("main2.js", "import 'm0'", endless); !errors.Is(err, ErrStack) {
		t.Errorf("got %v after %d modules", err, n)
	}
	if v := eval(t, vm, "1"); v != 1.0 {
		t.Error(v)
	}
}

func TestAPanicOfALoaderGoesOn(t *testing.T) {
	vm := newVM(t, Limits{})
	l := Loader{Resolve: func(string, string) (string, error) { panic("loader") }}
	if p := panicOf(func() { _, _ = vm.EvalModule("main.js", "import 'a'", l) }); p != "loader" {
		t.Errorf("got %v", p)
	}
	eval(t, vm, "1")
}
