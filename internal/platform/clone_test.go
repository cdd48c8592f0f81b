package platform_test

import (
	"testing"

	"github.com/swgen/swgen/internal/platform"
)

// Both ways of copying a value must give the same: within the realm, and
// through a message.
func TestStructuredClone(t *testing.T) {
	s := newRealm(t, platform.ServiceWorker, nil, `
		const post = (value, transfer = []) => new Promise((resolve, reject) => {
			const { port1, port2 } = new MessageChannel()
			port2.onmessage = e => resolve(e.data)
			port2.onmessageerror = reject
			port1.postMessage(value, transfer)
		})
		async function both(value, look, ...more) {
			const seen = JSON.stringify(look(structuredClone(value, { transfer: more })))
			return more.length > 0 || JSON.stringify(look(await post(value))) === seen ? JSON.parse(seen) : "they differ"
		}`)
	expectValues(t, s,
		`both([undefined, null, true, -0, NaN, -Infinity, 12n, "\ud800"], v => v.map(x => Object.is(x, -0) ? "-0" : typeof x + String(x)))`,
		`["undefinedundefined","objectnull","booleantrue","-0","numberNaN","number-Infinity","bigint12","string\ud800"]`,
		`both([Object(1), Object("s"), Object(false), Object(3n)], v => v.map(x => [typeof x, x.constructor.name, String(x)]))`,
		`[["object","Number","1"],["object","String","s"],["object","Boolean","false"],["object","BigInt","3"]]`,
		`both([new Date(5), new Date(NaN), /a\/b/giu], v => [v[0].getTime(), isNaN(v[1]), v[2].source, v[2].flags, v[2].lastIndex])`,
		`[5,true,"a\\/b","giu",0]`,
		`both(new Map([[{ k: 1 }, new Set([1, "a"])]]), v => [...v].map(([k, s]) => [k, [...s]]))`, `[[{"k":1},[1,"a"]]]`,
		`both(Object.assign([1, , 3], { more: 4 }), v => [v.length, 1 in v, v.more])`, `[3,false,4]`,
		`both([1, , 3], v => [v.length, 1 in v, v[2]])`, `[3,false,3]`,
		`both({ ["__proto__"]: 1, toString: 2 }, v => [Object.keys(v), Object.getPrototypeOf(v) === Object.prototype])`, `[["__proto__","toString"],true]`,
		`both((() => { const a = { list: [] }; a.self = a; a.list.push(a, a.list); return a })(), v => [v.self === v, v.list[0] === v, v.list[1] === v.list])`, `[true,true,true]`,
		`both(new RangeError("m", { cause: { why: 1 } }), v => [v instanceof RangeError, v.name, v.message, v.cause, typeof v.stack, Object.keys(v)])`, `[true,"RangeError","m",{"why":1},"string",[]]`,
		`both(Object.assign(new Error("m"), { name: "Own" }), v => [v.constructor.name, v.name])`, `["Error","Error"]`,
		`both(new DOMException("m", "AbortError"), v => [v instanceof DOMException, v.name, v.message, v.code])`, `[true,"AbortError","m",20]`,
		`both((b => ({ b, a: new Uint16Array(b, 2, 1), d: new DataView(b, 1) }))(new Uint8Array([1, 2, 3, 4]).buffer), v => [v.a.buffer === v.b, v.a[0], v.d.byteLength, v.d.getUint8(0)])`, `[true,1027,3,2]`,
		`both((b => ({ b, a: new Uint8Array(b) }))(new ArrayBuffer(2, { maxByteLength: 8 })), v => (v.b.resize(4), [v.b.maxByteLength, v.a.length]))`, `[8,4]`,
		`both(new class Own { x = 1; get y() { return 2 }; #z }, v => [v, v.constructor.name])`, `[{"x":1},"Object"]`,
		`both(new Blob(["abc"], { type: "a/b" }), v => [v instanceof Blob, v.size, v.type])`, `[true,3,"a/b"]`,
		// Getters run, in order, and what they remove is not there.
		`both({ get a() { delete this.b; return 1 }, b: 2, c: 3 }, v => v)`, `{"a":1,"c":3}`,
		// Object.prototype has no say.
		`(() => { Object.defineProperty(Object.prototype, "trap", { set() { throw 1 }, configurable: true }); try { return structuredClone(Object.defineProperty({}, "trap", { value: 5, enumerable: true })) } finally { delete Object.prototype.trap } })()`, `{"trap":5}`,
	)
}

func TestWhatCannotBeCloned(t *testing.T) {
	s := newRealm(t, platform.ServiceWorker, nil, `const names = (...values) => values.map(v => { try { structuredClone(v); return "cloned" } catch (e) { return e instanceof DOMException ? e.name : "threw " + e } })`)
	expectValues(t, s,
		`[...new Set(names(() => 1, class {}, Symbol("s"), Object(Symbol("s")), new Proxy({}, {}), new Proxy([], {}), Promise.resolve(), new WeakMap, new WeakRef({}), self,
			new Event("x"), new Response(), new Headers(), new AbortController().signal, new MessageChannel().port1, (function* () {})(), { deep: [() => 1] }))]`,
		`["DataCloneError"]`,
		`names({ get a() { throw 5 } }, Object.create(Blob.prototype))`, `["threw 5","cloned"]`,
		`(view => { structuredClone(0, { transfer: [view.buffer] }); return names(view.buffer, view) })(new Uint8Array(1))`, `["DataCloneError","DataCloneError"]`,
	)
}

func TestTransfer(t *testing.T) {
	s := newRealm(t, platform.ServiceWorker, nil, `const failure = f => { try { f() } catch (e) { return e.name } }`)
	expectValues(t, s,
		`(() => { const b = new Uint8Array([1, 2]).buffer; const c = structuredClone({ b }, { transfer: [b] }); return [b.byteLength, b.detached, [...new Uint8Array(c.b)]] })()`, `[0,true,[1,2]]`,
		`(b => [failure(() => structuredClone(1, { transfer: [b, b] })), b.detached])(new ArrayBuffer(1))`, `["DataCloneError",false]`,
		`failure(() => structuredClone(1, { transfer: [{}] }))`, `"DataCloneError"`,
		`failure(() => structuredClone(1, { transfer: [1] }))`, `"TypeError"`,
		// What a getter throws leaves the list alone.
		`(b => [failure(() => structuredClone({ get a() { throw new RangeError() } }, { transfer: [b] })), b.detached])(new ArrayBuffer(1))`, `["RangeError",false]`,
	)
}
