package platform_test

import (
	"strings"
	"testing"
	"time"

	"github.com/swgen/swgen/internal/eventloop"
	"github.com/swgen/swgen/internal/platform"
)

func TestTimersRunOnTheVirtualClock(t *testing.T) {
	s := newRealm(t, platform.ServiceWorker, nil, `
		const start = Date.now()
		const at = what => console.log(what, Date.now() - start)
		setTimeout(at, 20, "late")
		setTimeout(at, 10, "early")
		clearTimeout(setTimeout(at, 1, "never"))
		setTimeout("at('string')", 5)
		setTimeout(() => { at("timer"); Promise.resolve().then(() => at("microtask")) })
		setTimeout(at, -1, "negative")
		queueMicrotask(() => at("first"))`)
	s.expect("log first 0", "log timer 0", "log microtask 0", "log negative 0", "log string 5", "log early 10", "log late 20")
	s.run(`AbortSignal.timeout(5).onabort = () => console.log("aborted"); for (let id = 1; id < 1000; id++) clearTimeout(id)`)
	s.expect("log aborted") // that timer is not script's
	// From the sixth on they are four milliseconds apart.
	s.run(`const times = []; const began = Date.now(); const id = setInterval(() => { times.push(Date.now() - began); if (times.length === 8) { clearInterval(id); console.log(times.join()) } })`)
	s.expect("log 0,0,0,0,0,4,8,12")
}

func TestTheClockOfTheLanguage(t *testing.T) {
	s := newRealm(t, platform.ServiceWorker, nil, ``)
	expectValues(t, s,
		`[Date.name, Date.length, Date.prototype.constructor === Date, new Date() instanceof Date, Object.keys(Date).length]`, `["Date",7,true,true,0]`,
		`[new Date().getTime() === Date.now(), new (class extends Date {})().getTime() === Date.now(), new Date(2020, 1).getFullYear(), Date.UTC(1970, 0), isNaN(new Date(undefined))]`, `[true,true,2020,0,true]`,
		`typeof Date()`, `"string"`,
		`performance.timeOrigin + performance.now() === Date.now()`, `true`,
		`new Promise(resolve => { const before = Date.now(); setTimeout(() => resolve(Date.now() - before), 3_600_000) })`, ``,
	)
	s.loop.Advance(time.Hour)
	s.expect("log 3600000")
}

func TestTheEngineIsLikeABrowsers(t *testing.T) {
	s := newRealm(t, platform.ServiceWorker, nil, ``)
	expectValues(t, s,
		`(() => { const deep = () => deep(); try { deep() } catch (e) { return [e instanceof RangeError, e.name, e.constructor === RangeError, e.message] } })()`,
		`[true,"RangeError",true,"Maximum call stack size exceeded"]`,
		`["InternalError", "print", "SharedArrayBuffer", "__part", "document", "window", "localStorage"].filter(name => name in self)`, `[]`,
		// A target that was seen in a task stays until its end, and no longer.
		`(async () => { const ref = new WeakRef({ kept: 1 }); await null; const seen = ref.deref()?.kept; await new Promise(r => setTimeout(r)); return [seen, ref.deref() === undefined] })()`, `[1,true]`,
		`[WeakRef.name, WeakRef.length, new WeakRef({}) instanceof WeakRef, WeakRef.prototype.constructor === WeakRef]`, `["WeakRef",1,true,true]`,
		`["prototype" in Proxy, Proxy.name, Proxy.length, new Proxy({ a: 1 }, {}).a]`, `[false,"Proxy",2,1]`,
		`Array.fromAsync((async function* () { yield 1; yield 2 })(), x => x * 2)`, `[2,4]`,
		`(o => (Error.captureStackTrace(o), typeof o.stack))({})`, `"string"`,
		`new Set(Array.from({ length: 100 }, Math.random)).size`, `100`,
		`(([a, b, c]) => a === b && b === c)([0, 1, 2].map(() => Math.random() < 1 && Math.random() >= 0))`, `true`,
	)
}

func TestTheGlobalObject(t *testing.T) {
	for _, test := range []struct {
		kind    platform.Kind
		scope   string
		parents string
	}{
		{platform.ServiceWorker, "ServiceWorkerGlobalScope", `["ServiceWorkerGlobalScope","WorkerGlobalScope","EventTarget","Object"]`},
		{platform.Worker, "DedicatedWorkerGlobalScope", `["DedicatedWorkerGlobalScope","WorkerGlobalScope","EventTarget","Object"]`},
		{platform.Window, "Window", `["Window","EventTarget","Object"]`},
	} {
		s := newRealm(t, test.kind, nil, ``)
		expectValues(t, s,
			`(() => { const names = []; for (let o = Object.getPrototypeOf(self); o; o = Object.getPrototypeOf(o)) names.push(o.constructor.name); return names })()`, test.parents,
			`[String(self), self === globalThis, self instanceof `+test.scope+`]`, `["[object `+test.scope+`]",true,true]`,
			`[() => new `+test.scope+`(), () => ({ setTimeout }).setTimeout(() => {}), () => Object.create(EventTarget.prototype).dispatchEvent(new Event("x"))].map(f => { try { f() } catch (e) { return e.message } })`,
			`["Illegal constructor","Illegal invocation","Illegal invocation"]`,
			`[Object.getOwnPropertyDescriptor(self, "Event").enumerable, Object.keys(Event.prototype).includes("type"), Event.prototype[Symbol.toStringTag], Event.length]`, `[false,true,"Event",1]`,
			`[isSecureContext, origin, crossOriginIsolated, location.pathname.length > 1, String(location) === location.href]`, `[true,"https://site.test",false,true,true]`,
			`[typeof importScripts, typeof window, typeof skipWaiting, typeof close]`, map[platform.Kind]string{
				platform.ServiceWorker: `["function","undefined","function","undefined"]`,
				platform.Worker:        `["function","undefined","undefined","function"]`,
				platform.Window:        `["undefined","object","undefined","undefined"]`,
			}[test.kind],
			`[navigator.constructor.name, navigator.userAgent.startsWith("Mozilla/5.0"), navigator.languages === navigator.languages, navigator.language]`,
			map[bool]string{true: `["Navigator",true,true,"en-US"]`, false: `["WorkerNavigator",true,true,"en-US"]`}[test.kind == platform.Window],
			`navigator.storage.estimate()`, `{"quota":0,"usage":0}`,
		)
	}
}

func TestWhatIsMissingNamesItself(t *testing.T) {
	s := newRealm(t, platform.Window, nil, `const message = f => { try { f() } catch (e) { return e.message } }`)
	expectValues(t, s,
		`[() => new WebSocket("wss://x"), () => WebAssembly.compile(), () => localStorage, () => navigator.connection].map(message)`,
		`["swtest: WebSocket is not implemented","swtest: WebAssembly.compile is not implemented","swtest: localStorage is not implemented","swtest: navigator.connection is not implemented"]`,
		`createImageBitmap().catch(e => e.message)`, `"swtest: createImageBitmap is not implemented"`,
		`"WebSocket" in self && typeof WebSocket`, `"function"`,
	)
}

// importing is a browser that has scripts for importScripts.
type importing struct {
	*scripted
	scripts map[string]string
}

func (i importing) ImportScript(url string) (string, error) {
	source, ok := i.scripts[url]
	if !ok {
		return "", &platform.Exception{Name: "NetworkError", Message: "there is no " + url}
	}
	return source, nil
}

func TestImportScripts(t *testing.T) {
	for _, module := range []bool{false, true} {
		s := &scripted{t: t, loop: eventloop.New(time.Unix(1e9, 0))}
		browser := importing{s, map[string]string{
			"https://site.test/lib/a.js": `const shared = "const of a"; function viaA() { return new Error().stack }`,
			"https://site.test/b.js":     `own = { thrown: true }; throw own`,
		}}
		realm, err := platform.New(platform.Options{
			Kind: platform.ServiceWorker, URL: scriptURL, Module: module, Loop: s.loop, Outside: browser, Exchange: platform.NewExchange(s.loop), Secure: true,
		})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(realm.Close)
		s.realm = realm
		s.run(`const failure = (...urls) => { try { importScripts(...urls); return "none" } catch (e) { return [e.name, e instanceof DOMException] } }`)
		if module {
			s.expectValue(`failure("lib/a.js")`, `["TypeError",false]`)
			continue
		}
		expectValues(t, s,
			`failure("lib/a.js", "https://:bad")`, `["SyntaxError",true]`, // nothing was run
			`typeof viaA`, `"undefined"`,
			`failure("missing.js")`, `["NetworkError",true]`,
			`[failure("lib/a.js"), shared, viaA().includes("https://site.test/lib/a.js:1")]`, `["none","const of a",true]`,
			`(() => { try { importScripts("b.js") } catch (e) { return e === own } })()`, `true`,
		)
	}
}

func TestTheConsoleSpeaksLikeDeveloperTools(t *testing.T) {
	for script, want := range map[string]string{
		`console.log("a", 1, -0, 2n, null, undefined, true, Symbol("s"))`:                                                        "log a 1 -0 2n null undefined true Symbol(s)",
		`console.log("%s is %d or %i, %f, %o %O %% %c%x", "it", "4.7", 4.7, "1.5", [1], {}, "css")`:                              "log it is 4 or 4, 1.5, [1] {} % %x",
		`console.log({ a: [1, "two", , null], "b c": { d: () => 1 } }, class A {})`:                                              `log {a: (4) [1, 'two', empty, null], 'b c': {d: ƒ d()}} class A`,
		`console.log(new Map([["k", new Set([1])]]), new (class Own { x = 1 }), Object.create(null))`:                            `log Map(1) {'k' => Set(1) {1}} Own {x: 1} [Object: null prototype] {}`,
		`const o = {}; o.o = o; console.log(o, { a: { b: { c: { d: 1 } } } })`:                                                   `log {o: [Circular]} {a: {b: {c: {…}}}}`,
		`console.log(new Blob(["x"], { type: "a/b" }), new Uint8Array(2), new ArrayBuffer(3))`:                                   `log Blob {size: 1, type: 'a/b'} Uint8Array(2) [0, 0] ArrayBuffer(3)`,
		`console.log({ get a() { throw 1 } }, new Proxy({}, {}))`:                                                                `log {a: (…)} Proxy(Object)`,
		`console.assert(true, "no"); console.assert(false, "%s", "why"); console.assert()`:                                       "error Assertion failed: why\nerror Assertion failed",
		`console.group("G"); console.warn("in\nside"); console.groupEnd(); console.info("out")`:                                  "log G\nwarn   in\n  side\ninfo out",
		`console.count(); console.count(); console.countReset(); console.count(); console.countReset("x")`:                       "log default: 1\nlog default: 2\nlog default: 1\nwarn Count for 'x' does not exist",
		`console.time("t"); setTimeout(() => { console.timeLog("t", "so far"); console.timeEnd("t"); console.timeEnd("t") }, 5)`: "log t: 5 ms so far\nlog t: 5 ms\nwarn Timer 't' does not exist",
		`console.table([{ a: 1, b: "x" }, { a: 22 }])`:                                                                           "log (index) | a  | b\n0       | 1  | 'x'\n1       | 22 |",
		`console.log(new TypeError("m"))`:                                                                                        "log TypeError: m\n    at <eval> (https://site.test/sw.js:1:26)",
		`console.log(new DOMException("m", "AbortError"))`:                                                                       "log AbortError: m\n    at <eval> (https://site.test/sw.js:1:29)",
		`console.log([new Error("in", { cause: 1 })])`:                                                                           "log [Error: in\n  [cause]: 1]",
		`console.log()`: "",
	} {
		s := newRealm(t, platform.ServiceWorker, nil, script)
		if got := strings.Join(s.took(), "\n"); got != want {
			t.Errorf("%s\n\tsays:   %q\n\twanted: %q", script, got, want)
		}
	}
}
