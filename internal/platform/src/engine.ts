/**
 * What the engine does otherwise than browsers, put right. Knows no interface
 * of the web platform.
 */

import { host } from "./host"

/** Gives a function the look of a native one: its name and `length`, properties not enumerable. */
function nativeLooking(f: Function, name: string, length: number, members: object = {}): void {
	Object.defineProperty(f, "name", { value: name, configurable: true })
	Object.defineProperty(f, "length", { value: length, configurable: true })
	for (const [key, value] of Object.entries(members)) define(f, key, value)
}

function define(object: object, key: PropertyKey, value: unknown): void {
	Object.defineProperty(object, key, { value, writable: true, enumerable: false, configurable: true })
}

/** Date on the clock of the host. */
function virtualDate(): void {
	const Native = Date
	function VirtualDate(this: unknown, ...args: unknown[]): Date | string {
		if (!new.target) return new Native(host.now()).toString()
		return Reflect.construct(Native, (args.length === 0 ? [Math.trunc(host.now())] : args) as [number], new.target) as Date
	}
	nativeLooking(VirtualDate, "Date", 7, { now: { now: () => Math.trunc(host.now()) }.now, parse: Native.parse, UTC: Native.UTC })
	Object.defineProperty(VirtualDate, "prototype", { value: Native.prototype, writable: false })
	define(Native.prototype, "constructor", VirtualDate)
	define(globalThis, "Date", VirtualDate)
}

/** Math.random from the host's seed (sfc32), drawn when it is first wanted. */
function seededRandom(): void {
	let state: Uint32Array | undefined
	const methods = {
		random(): number {
			state ??= new Uint32Array(host.random(16).slice().buffer)
			const [a, b, c, d] = state as unknown as [number, number, number, number]
			const sum = (a + b + d) | 0
			state[0] = b ^ (b >>> 9)
			state[1] = c + (c << 3)
			state[2] = ((c << 21) | (c >>> 11)) + sum
			state[3] = d + 1
			return (sum >>> 0) / 4294967296
		},
	}
	define(Math, "random", methods.random)
}

const held = new Set<unknown>()

function hold(target: unknown): void {
	if (held.size === 0) host.wantCheckpoint()
	held.add(target)
}

/**
 * WeakRef that keeps its target until the task ends (KeepDuringJob): the
 * engine counts references and frees at once.
 */
function patientWeakRef(): void {
	const Native = WeakRef
	const nativeDeref = Native.prototype.deref
	const methods = {
		deref(this: WeakRef<WeakKey>): unknown {
			const target = nativeDeref.call(this)
			if (target !== undefined) hold(target)
			return target
		},
	}
	function PatientWeakRef(target: WeakKey): object {
		if (!new.target) throw new TypeError("Constructor WeakRef requires 'new'")
		const ref = Reflect.construct(Native, [target], new.target)
		hold(target)
		return ref
	}
	nativeLooking(PatientWeakRef, "WeakRef", 1)
	Object.defineProperty(PatientWeakRef, "prototype", { value: Native.prototype, writable: false })
	define(Native.prototype, "constructor", PatientWeakRef)
	define(Native.prototype, "deref", methods.deref)
	define(globalThis, "WeakRef", PatientWeakRef)
}

/** Lets go of what WeakRefs kept alive during the task. */
export function endOfTask(): void {
	if (held.size > 0) held.clear()
}

const proxies = new WeakSet<object>()

/** Whether an object is a Proxy, which the language itself does not tell. */
export function isProxy(value: object): boolean {
	return proxies.has(value)
}

function visibleProxy(): void {
	const Native = Proxy
	function VisibleProxy(target: object, handler: object): object {
		if (!new.target) throw new TypeError("Constructor Proxy requires 'new'")
		const proxy = new Native(target, handler)
		proxies.add(proxy)
		return proxy
	}
	const methods = {
		revocable(target: object, handler: object): { proxy: object; revoke: () => void } {
			const made = Native.revocable(target, handler)
			proxies.add(made.proxy)
			return made
		},
	}
	// Bound functions are constructors without the property `prototype`, as Proxy is.
	const bound = VisibleProxy.bind(undefined)
	nativeLooking(bound, "Proxy", 2, methods)
	define(globalThis, "Proxy", bound)
}

/** Deep recursion throws InternalError here, a RangeError in browsers. */
function rangeErrors(): void {
	const { InternalError } = globalThis as { InternalError?: ErrorConstructor }
	if (!InternalError) return
	Object.setPrototypeOf(InternalError.prototype, RangeError.prototype)
	define(InternalError.prototype, "name", "RangeError")
	define(InternalError.prototype, "constructor", RangeError)
	Reflect.deleteProperty(globalThis, "InternalError")
}

/** Parts of the language that browsers have and the engine lacks. */
function missingMethods(): void {
	const statics = {
		captureStackTrace(error: object): void {
			define(error, "stack", new Error().stack)
		},
		async fromAsync(this: unknown, items: Iterable<unknown>, map: unknown = undefined, thisArg: unknown = undefined): Promise<unknown> {
			if (map !== undefined && typeof map !== "function") throw new TypeError(`${String(map)} is not a function`)
			const result = typeof this === "function" ? (new (this as new () => unknown[])()) : []
			const source = Symbol.iterator in Object(items) || Symbol.asyncIterator in Object(items) ? items : Array.from(items)
			let length = 0
			for await (const item of source) {
				define(result, length, map ? await (Reflect.apply(map, thisArg, [item, length]) as unknown) : item)
				Object.defineProperty(result, length, { enumerable: true })
				length++
			}
			result.length = length
			return result
		},
	}
	if (!("captureStackTrace" in Error)) define(Error, "captureStackTrace", statics.captureStackTrace)
	if (!("fromAsync" in Array)) define(Array, "fromAsync", statics.fromAsync)
}

/** To be called once, before any script runs. */
export function repairEngine(): void {
	virtualDate()
	seededRandom()
	patientWeakRef()
	visibleProxy()
	rangeErrors()
	missingMethods()
	// Without cross-origin isolation browsers hide it.
	for (const name of ["SharedArrayBuffer", "print", "console", "scriptArgs", "std", "os", "bjson", "gc"]) {
		Reflect.deleteProperty(globalThis, name)
	}
}
