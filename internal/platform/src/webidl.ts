/**
 * Web IDL in JavaScript: how interfaces look from outside and how values are
 * converted on their way in. Knows no interface of its own.
 *
 * Interfaces are classes with real #private fields (which are the brand
 * checks) that are passed through `interfaceOf`. Give optional parameters a
 * default (`init: Init = {}`, `x: unknown = undefined`), so that `length`
 * counts the required ones.
 */

import { host } from "./host"

export type Kind = "serviceworker" | "window" | "worker"

/** The key to constructors that script may not call. */
export const illegal: unique symbol = Symbol("illegal")

/** First line of such constructors. */
export function requireKey(key: unknown): void {
	if (key !== illegal) throw new TypeError("Illegal constructor")
}

// What main.ts installs.

interface Global {
	name: string
	kinds: readonly Kind[] | undefined // undefined: all
	value?: unknown
	get?: () => unknown
}

export const globals: Global[] = []
/** Prototypes of all interfaces: objects that inherit from one are platform objects. */
export const prototypes = new Set<object>()
export const members: { object: object; kinds: readonly Kind[] | undefined; own: boolean }[] = []

/** Collects a global: writable, configurable, not enumerable. */
export function expose(name: string, value: unknown, kinds?: readonly Kind[]): void {
	globals.push({ name, kinds, value })
}

/** As `expose`, of a value that is made on first access. */
export function lazyGlobal(name: string, kinds: readonly Kind[] | undefined, get: () => unknown): void {
	globals.push({ name, kinds, get })
}

/**
 * Collects attributes and operations of the global scope (`fetch`, `caches`):
 * the methods and accessors of `object`. They become enumerable, and calls on
 * anything but the global object (or nothing) are illegal invocations.
 * `own` puts them on the global object itself, as those of the [Global]
 * interface (ServiceWorkerGlobalScope) are; the others go to the prototype of
 * WorkerGlobalScope, or to the window. The interface objects of the scopes
 * themselves are scope.ts's.
 */
export function scopeMembers(object: object, kinds?: readonly Kind[], own = false): void {
	members.push({ object, kinds, own })
}

/**
 * Puts the methods and accessors of `from` on `to`, enumerable. They are called
 * with what `receiver` makes of `this`, which throws TypeError for the wrong one.
 */
export function copyMembers(from: object, to: object, receiver: (self: unknown) => unknown): void {
	const properties = Object.getOwnPropertyDescriptors(from) as Record<string, PropertyDescriptor>
	for (const key in properties) {
		const property = properties[key]!
		if (property.get) property.get = checked("get " + key, property.get, receiver) as () => unknown
		if (property.set) property.set = checked("set " + key, property.set, receiver)
		if (typeof property.value === "function") property.value = checked(key, property.value as Function, receiver)
		property.enumerable = property.configurable = true
		Object.defineProperty(to, key, property)
	}
}

// Operations that return promises reject where others throw.

const AsyncFunction = (async () => {}).constructor as FunctionConstructor
const returningPromises = new Set<Function>()

/** Marks an operation that returns promises without being an async function, which would take turns more. */
export function returnsPromise(operation: Function): void {
	returningPromises.add(operation)
}

/** A method, so that it is no constructor. */
function checked(name: string, member: Function, receiver: (self: unknown) => unknown): (...args: unknown[]) => unknown {
	const method = {
		[name](this: unknown, ...args: unknown[]): unknown {
			let self: unknown
			try {
				self = receiver(this)
			} catch (error) {
				if (member instanceof AsyncFunction || returningPromises.has(member)) return Promise.reject(error)
				throw error
			}
			return Reflect.apply(member, self, args)
		},
	}[name]!
	if (member.length > 0) Object.defineProperty(method, "length", { value: member.length, configurable: true })
	return method
}

/**
 * A base class that makes private fields of its subclasses appear on any given
 * object: `class Brand extends Stamp { #x = 1 }; new Brand(globalThis)`.
 */
export const Stamp = function (object: object) {
	return object
} as unknown as new (object: object) => object

/** Makes a class an interface: enumerable members, Symbol.toStringTag, its name (minifiers rename classes: give it). */
export function interfaceOf<T extends abstract new (...args: any[]) => unknown>(constructor: T, name = constructor.name): T {
	host.showMembers(constructor.prototype as object)
	host.showMembers(constructor)
	prototypes.add(constructor.prototype as object)
	Object.defineProperty(constructor, "name", { value: name, configurable: true })
	Object.defineProperty(constructor.prototype, Symbol.toStringTag, { value: name, configurable: true })
	return constructor
}

/** Constants of an interface: on the constructor and on the prototype, enumerable, fixed. */
export function constants(constructor: abstract new (...args: any[]) => unknown, values: Record<string, number>): void {
	for (const [name, value] of Object.entries(values)) {
		const property = { value, enumerable: true, writable: false, configurable: false }
		Object.defineProperty(constructor, name, property)
		Object.defineProperty(constructor.prototype, name, property)
	}
}

/**
 * iterable<K, V>: adds entries, keys, values, forEach and Symbol.iterator.
 * `pairs` gives the current list, and throws TypeError when its argument is no
 * instance; iterators ask again at every step, since the list may change.
 */
export function iterablePairs<T extends object>(
	constructor: abstract new (...args: any[]) => T,
	name: string,
	pairs: (object: T) => readonly (readonly [unknown, unknown])[],
): void {
	const prototype = Object.create(IteratorPrototype) as object
	class PairIterator extends Stamp {
		#target: T
		#pick: (pair: readonly [unknown, unknown]) => unknown
		#index = 0
		constructor(target: T, pick: (pair: readonly [unknown, unknown]) => unknown) {
			super(Object.create(prototype) as object)
			this.#target = target
			this.#pick = pick
		}
		static next(iterator: PairIterator): IteratorResult<unknown> {
			const pair = pairs(iterator.#target)[iterator.#index]
			if (!pair) return { value: undefined, done: true }
			iterator.#index++
			return { value: iterator.#pick(pair), done: false }
		}
	}
	Object.defineProperty(prototype, "next", property(function next(this: unknown) {
		return PairIterator.next(this as PairIterator)
	}, true))
	Object.defineProperty(prototype, Symbol.toStringTag, { value: name + " Iterator", configurable: true })

	const make = (target: unknown, pick: (pair: readonly [unknown, unknown]) => unknown) => {
		pairs(target as T)
		return new PairIterator(target as T, pick)
	}
	const methods = {
		entries(this: unknown) {
			return make(this, pair => [pair[0], pair[1]])
		},
		keys(this: unknown) {
			return make(this, pair => pair[0])
		},
		values(this: unknown) {
			return make(this, pair => pair[1])
		},
		forEach(this: unknown, callback: (value: unknown, key: unknown, object: unknown) => void, thisArg: unknown = undefined) {
			pairs(this as T)
			requireArguments(arguments.length, 1, name + ".forEach")
			if (typeof callback !== "function") throw new TypeError(failed(name + ".forEach") + ": parameter 1 is not of type 'Function'.")
			for (let i = 0; ; i++) {
				const pair = pairs(this as T)[i]
				if (!pair) return
				callback.call(thisArg, pair[1], pair[0], this)
			}
		},
	}
	for (const [key, method] of Object.entries(methods)) Object.defineProperty(constructor.prototype, key, property(method, true))
	Object.defineProperty(constructor.prototype, Symbol.iterator, property(methods.entries, false))
}

function property(value: unknown, enumerable: boolean): PropertyDescriptor {
	return { value, enumerable, writable: true, configurable: true }
}

const IteratorPrototype = Object.getPrototypeOf(Object.getPrototypeOf([][Symbol.iterator]())) as object

/** How browsers begin: of "Headers.append" or of the constructor "Headers". */
export function failed(what: string): string {
	const dot = what.indexOf(".")
	if (dot < 0) return `Failed to construct '${what}'`
	return `Failed to execute '${what.slice(dot + 1)}' on '${what.slice(0, dot)}'`
}

/** Throws TypeError when there are too few arguments; what: "Headers.append" or, for constructors, "Headers". */
export function requireArguments(given: number, wanted: number, what: string): void {
	if (given >= wanted) return
	throw new TypeError(`${failed(what)}: ${wanted} argument${wanted === 1 ? "" : "s"} required, but only ${given} present.`)
}

// Conversions.

export function DOMString(value: unknown): string {
	return `${value as string}` // unlike String(), it refuses symbols
}

export function USVString(value: unknown): string {
	return (`${value as string}` as string & { toWellFormed(): string }).toWellFormed()
}

export function ByteString(value: unknown): string {
	const text = `${value as string}`
	const i = text.search(/[^\0-\xff]/)
	if (i < 0) return text
	throw new TypeError(
		`Cannot convert argument to a ByteString because the character at index ${i} has a value of ${text.charCodeAt(i)} which is greater than 255.`,
	)
}

export function toBoolean(value: unknown): boolean {
	return !!value
}

interface IntegerOptions {
	enforceRange?: boolean
	clamp?: boolean
}

function integer(value: unknown, options: IntegerOptions, lowest: number, highest: number, modulus: number): number {
	let x = +(value as number)
	if (options.enforceRange) {
		if (!Number.isFinite(x)) throw new TypeError(`Value is ${Number.isNaN(x) ? "not a number" : "infinite"}.`)
		x = Math.trunc(x)
		if (x < lowest || x > highest) throw new TypeError(`Value is outside the range [${lowest}, ${highest}].`)
		return x + 0
	}
	if (options.clamp) {
		if (Number.isNaN(x)) return 0
		x = Math.min(Math.max(x, lowest), highest)
		const floor = Math.floor(x)
		if (x - floor !== 0.5) return Math.round(x) + 0
		return floor % 2 === 0 ? floor + 0 : floor + 1
	}
	if (!Number.isFinite(x)) return 0
	x = Math.trunc(x) % modulus
	if (x < 0 && lowest === 0) x += modulus
	else if (lowest < 0 && x > highest) x -= modulus
	else if (lowest < 0 && x < lowest) x += modulus
	return x + 0 // no -0
}

export function unsignedShort(value: unknown, options: IntegerOptions = {}): number {
	return integer(value, options, 0, 65535, 65536)
}

export function unsignedLong(value: unknown, options: IntegerOptions = {}): number {
	return integer(value, options, 0, 4294967295, 4294967296)
}

export function long(value: unknown, options: IntegerOptions = {}): number {
	return integer(value, options, -2147483648, 2147483647, 4294967296)
}

/** Exact up to 2**53 - 1; without options larger values lose bits that doubles do not have. */
export function unsignedLongLong(value: unknown, options: IntegerOptions = {}): number {
	return integer(value, options, 0, Number.MAX_SAFE_INTEGER, 18446744073709551616)
}

/** A finite number; infinities and NaN throw TypeError. */
export function double(value: unknown): number {
	const x = +(value as number)
	if (!Number.isFinite(x)) throw new TypeError("The provided double value is non-finite.")
	return x
}

/** One of `values`; what names the enumeration ("RequestMode"). */
export function enumeration<T extends string>(value: unknown, values: readonly T[], what: string): T {
	const text = DOMString(value)
	if (!values.includes(text as T)) throw new TypeError(`The provided value '${text}' is not a valid enum value of type ${what}.`)
	return text as T
}

export function isObject(value: unknown): value is object {
	return (typeof value === "object" && value !== null) || typeof value === "function"
}

/** sequence<T>: any object with Symbol.iterator. */
export function sequence<T>(value: unknown, convert: (item: unknown) => T): T[] {
	const method: unknown = isObject(value) ? (value as Record<symbol, unknown>)[Symbol.iterator] : undefined
	if (typeof method !== "function") throw new TypeError("The provided value cannot be converted to a sequence.")
	return sequenceFrom(value, method, convert)
}

/** As `sequence`, with the iterator method that was read already (unions read it once). */
export function sequenceFrom<T>(value: unknown, method: Function, convert: (item: unknown) => T): T[] {
	const iterator = method.call(value) as Iterator<unknown>
	if (!isObject(iterator)) throw new TypeError("The iterator is not an object.")
	const next = iterator.next as unknown as Function
	const out: T[] = []
	for (;;) {
		const step = next.call(iterator) as IteratorResult<unknown>
		if (!isObject(step)) throw new TypeError("The iterator's result is not an object.")
		if (step.done) return out
		out.push(convert(step.value))
	}
}

/** record<K, V> as its list of entries, in order, without duplicate keys. */
export function record<K extends string, V>(value: unknown, toKey: (key: unknown) => K, toValue: (value: unknown) => V): [K, V][] {
	if (!isObject(value)) throw new TypeError("The provided value is not an object.")
	const out = new Map<K, V>()
	for (const key of Reflect.ownKeys(value)) {
		if (!Reflect.getOwnPropertyDescriptor(value, key)?.enumerable) continue
		const typedKey = toKey(key)
		out.set(typedKey, toValue((value as Record<PropertyKey, unknown>)[key]))
	}
	return [...out]
}

/** A dictionary to read members from: undefined and null give an empty one, other non-objects throw; what: as in `requireArguments`, or a type's name. */
export function dictionary(value: unknown, what: string): Record<string, unknown> {
	if (value === undefined || value === null) return Object.create(null) as Record<string, unknown>
	if (!isObject(value)) throw new TypeError(`${what.includes(".") ? failed(what) : what}: The provided value is not of type 'object'.`)
	return value as Record<string, unknown>
}

const byteLength = Object.getOwnPropertyDescriptor(ArrayBuffer.prototype, "byteLength")!.get!

export function isArrayBuffer(value: unknown): value is ArrayBuffer {
	if (typeof value !== "object" || value === null) return false
	try {
		byteLength.call(value)
		return true
	} catch {
		return false
	}
}

/** BufferSource: an ArrayBuffer or a view on one. */
export function isBufferSource(value: unknown): value is ArrayBuffer | ArrayBufferView {
	return ArrayBuffer.isView(value) ? isArrayBuffer(value.buffer) : isArrayBuffer(value)
}

/** The bytes of a BufferSource, not copied; none when it is detached. TypeError for anything else. */
export function bufferSource(value: unknown): Uint8Array<ArrayBuffer> {
	if (!isBufferSource(value)) throw new TypeError("The provided value is not of type '(ArrayBuffer or ArrayBufferView)'.")
	if (!ArrayBuffer.isView(value)) return value.byteLength === 0 ? new Uint8Array() : new Uint8Array(value)
	if (value.byteLength === 0) return new Uint8Array() // detached ones too, which cannot be viewed
	return new Uint8Array(value.buffer as ArrayBuffer, value.byteOffset, value.byteLength)
}
