package platform_test

import (
	"testing"

	"github.com/swgen/swgen/internal/platform"
)

// expectValues fails where an expression's value, as JSON, is another one
// than the one that follows it.
func expectValues(t *testing.T, s *scripted, pairs ...string) {
	t.Helper()
	for i := 0; i < len(pairs); i += 2 {
		s.expectValue(pairs[i], pairs[i+1])
	}
}

func TestAnEventReachesItsListeners(t *testing.T) {
	s := newRealm(t, platform.ServiceWorker, nil, `
		function order(add, event = new Event("x", { cancelable: true })) {
			const target = new EventTarget(), seen = []
			add(target, what => () => void seen.push(what), seen)
			const result = target.dispatchEvent(event)
			return [...seen, result]
		}`)
	expectValues(t, s,
		// Capturing listeners first, each once, in the order of addition.
		`order((t, note) => { const twice = note("b"); t.addEventListener("x", twice); t.addEventListener("x", twice); t.addEventListener("x", note("c"), true) })`,
		`["c","b",true]`,
		// A listener that is removed while the event is under way does not run, one that is added neither.
		`order((t, note, seen) => {
			const late = note("removed")
			t.addEventListener("x", () => { t.removeEventListener("x", late); t.addEventListener("x", note("added")) })
			t.addEventListener("x", late)
		})`,
		`[true]`,
		`order((t, note) => { t.addEventListener("x", e => e.stopImmediatePropagation()); t.addEventListener("x", note("b")) })`,
		`[true]`,
		`order((t, note) => t.addEventListener("x", e => e.preventDefault()))`, `[false]`,
		`order((t, note) => t.addEventListener("x", e => e.preventDefault(), { passive: true }))`, `[true]`,
		`order((t, note) => t.addEventListener("x", e => e.preventDefault()), new Event("x"))`, `[true]`,
		`order((t, note, seen) => t.addEventListener("x", { handleEvent(e) { seen.push(e.target === t, e.isTrusted, this !== t) } }))`,
		`[true,false,true,true]`,
		`order((t, note) => { const c = new AbortController(); t.addEventListener("x", note("b"), { signal: c.signal }); c.abort() })`, `[true]`,
		`(t => { let n = 0; t.addEventListener("x", () => n++, { once: true }); t.dispatchEvent(new Event("x")); t.dispatchEvent(new Event("x")); return n })(new EventTarget())`, `1`,
		`[e => e.eventPhase, e => e.composedPath().length].map(f => { const t = new EventTarget(), e = new Event("x"); let during; t.addEventListener("x", () => during = f(e)); t.dispatchEvent(e); return [during, f(e)] })`,
		`[[2,0],[1,0]]`,
		`(() => { const e = new Event("x"), t = new EventTarget(); t.addEventListener("x", () => t.dispatchEvent(e)); onerror = m => { note = m; return true }; t.dispatchEvent(e); onerror = null; return note.includes("already being dispatched") })()`,
		`true`,
	)
}

func TestAnEventHandlerKeepsItsPlace(t *testing.T) {
	s := newRealm(t, platform.ServiceWorker, nil, `seen = []; for (const type of ["a", "b"]) addEventListener("x" + type, () => seen.push("first"))
		addEventListener("message", () => seen.push("listener"))
		onmessage = () => seen.push("old"); addEventListener("message", () => seen.push("last")); onmessage = () => seen.push("new")`)
	expectValues(t, s,
		`(dispatchEvent(new Event("message")), seen.splice(0))`, `["listener","new","last"]`,
		// Taken away and set again it is the last.
		`(onmessage = null, onmessage = () => seen.push("new"), dispatchEvent(new Event("message")), seen.splice(0))`, `["listener","last","new"]`,
		`(onmessage = () => false, [dispatchEvent(new Event("message", { cancelable: true })), dispatchEvent(new Event("message"))])`, `[false,true]`,
		`(onmessage = "no function", onmessage)`, `null`,
		`Object.keys(self).includes("onmessage") && "onerror" in WorkerGlobalScope.prototype`, `true`,
	)
}

// Between two listeners microtasks run, unless script dispatched the event.
func TestMicrotasksRunBetweenTheListenersOfATask(t *testing.T) {
	s := newRealm(t, platform.ServiceWorker, nil, `
		function chatter(target) {
			for (const name of ["a", "b"]) target.addEventListener("message", () => { console.log(name); Promise.resolve().then(() => console.log(name, "later")) })
			return target
		}
		const { port1, port2 } = new MessageChannel()
		chatter(port2).start()
		port1.postMessage(1)`)
	s.expect("log a", "log a later", "log b", "log b later")
	s.run(`chatter(new EventTarget()).dispatchEvent(new Event("message")); console.log("returned")`)
	s.expect("log a", "log b", "log returned", "log a later", "log b later")
}

func TestWhatAListenerThrowsIsReported(t *testing.T) {
	s := newRealm(t, platform.ServiceWorker, nil, `
		addEventListener("x", () => { throw new RangeError("first") })
		addEventListener("x", () => { throw "second" })
		console.log(dispatchEvent(new Event("x")))`)
	s.expect("error RangeError: first", "error : second", "log true")
	s.run(`onerror = (...args) => { console.log(args.length, args[0], args[1], args[2] > 0, args[4].message); return true }
		dispatchEvent(new Event("x"))`)
	s.expect(
		"log 5 Uncaught RangeError: first https://site.test/sw.js true first",
		"log 5 Uncaught second https://site.test/sw.js true undefined",
	)
	// An exception in the error listener is not told to it.
	s.run(`onerror = () => { throw new Error("again") }; reportError(new Error("once"))`)
	s.expect("error Error: again", "error Error: once")
}

func TestRejectionsThatNobodyHandles(t *testing.T) {
	s := newRealm(t, platform.ServiceWorker, nil, `
		Promise.reject(new TypeError("nobody"))
		Promise.reject(1).catch(() => {})
		const soon = Promise.reject(2)
		Promise.resolve().then(() => soon.catch(() => {}))`)
	s.expect("unhandledrejection TypeError: nobody")
	s.run(`
		onunhandledrejection = e => { console.log("unhandled", e.reason, e.cancelable); e.preventDefault() }
		onrejectionhandled = e => console.log("handled", e.reason, e.promise === late)
		const late = Promise.reject("late")
		setTimeout(() => late.catch(() => {}), 10)`)
	s.expect("log unhandled late true", "log handled late true")
	// Handled by the one who is told: nothing is late then.
	s.run(`onunhandledrejection = e => { console.log("unhandled"); e.preventDefault(); e.promise.catch(() => {}) }; Promise.reject(3)`)
	s.expect("log unhandled")
}

func TestAbort(t *testing.T) {
	s := newRealm(t, platform.ServiceWorker, nil, ``)
	expectValues(t, s,
		`(() => { const c = new AbortController(), seen = []; c.signal.onabort = e => seen.push(e.isTrusted, c.signal.reason.name); c.abort(); c.abort("ignored"); return [...seen, c.signal.aborted] })()`,
		`[true,"AbortError",true]`,

		`(() => { try { AbortSignal.abort(7).throwIfAborted() } catch (e) { return e } })()`, `7`,
		`new Promise(resolve => { const s = AbortSignal.timeout(30); const start = performance.now(); s.onabort = () => resolve([s.reason.name, s.reason.code, performance.now() - start]) })`,
		`["TimeoutError",23,30]`,
		`(() => { const a = new AbortController(), b = new AbortController(), any = AbortSignal.any([AbortSignal.any([a.signal]), b.signal]), seen = []
			any.onabort = () => seen.push("any"); a.signal.onabort = () => seen.push("source"); a.abort("r"); b.abort(); return [...seen, any.reason] })()`,
		`["source","any","r"]`,
		`[() => new AbortSignal(), () => addEventListener("x", () => {}, { signal: null }), () => AbortSignal.any([{}])].map(f => { try { f() } catch (e) { return e.name } })`,
		`["TypeError","TypeError","TypeError"]`,
	)
}
