/** StructuredSerializeWithTransfer. https://html.spec.whatwg.org/#structuredserializewithtransfer */

import { serializables, transferables, type Buffer, type Flat, type NewerBuffer, type Serializable, type Tree } from "./cloneable"
import { isProxy } from "./engine"
import { exception } from "./exceptions"
import { isArrayBuffer, prototypes } from "./webidl"

function inherits(value: object, test: (prototype: object) => boolean): boolean {
	const prototype = Object.getPrototypeOf(value) as object | null
	return prototype !== null && (test(prototype) || inherits(prototype, test))
}

function uncloneable(what: string): Error {
	return exception("DataCloneError", what + " could not be cloned.")
}

function nameOf(value: object): string {
	if (typeof value === "function") return Function.prototype.toString.call(value)
	const constructor = (Object.getPrototypeOf(value) as object | null)?.constructor
	return `#<${typeof constructor === "function" ? constructor.name : "Object"}>`
}

/** What f returns, undefined when it throws: internal slots are seen by methods that want them. */
function attempt<T>(f: () => T): T | undefined {
	try {
		return f()
	} catch {
		return undefined
	}
}

const errorNames = ["Error", "EvalError", "RangeError", "ReferenceError", "SyntaxError", "TypeError", "URIError"] as const
const boxes = [Boolean, Number, String, BigInt, Symbol] as const
const unserializable = [Promise, WeakMap, WeakSet, WeakRef, FinalizationRegistry, SharedArrayBuffer, Object.getPrototypeOf(function* () {}) as Function]
const sourceOf = Object.getOwnPropertyDescriptor(RegExp.prototype, "source")!.get!
const TypedArray = Object.getPrototypeOf(Uint8Array) as { prototype: Uint8Array }
const typedArrayName = Object.getOwnPropertyDescriptor(TypedArray.prototype, Symbol.toStringTag)!.get!

class Writer {
	buffers: Buffer[] = []
	#numbers = new Map<object, number>()
	#transfer: Map<object, number>

	constructor(transfer: Map<object, number>) {
		this.#transfer = transfer
	}

	write(value: unknown): Tree {
		switch (typeof value) {
			case "string":
			case "boolean":
				return value
			case "number":
				return Number.isFinite(value) && !Object.is(value, -0) ? value : ["n", Object.is(value, -0) ? "-0" : String(value)]
			case "undefined":
				return ["u"]
			case "bigint":
				return ["i", String(value)]
			case "symbol":
				throw uncloneable(String(value))
		}
		if (value === null) return null
		const transferred = this.#transfer.get(value as object)
		if (transferred !== undefined) return ["t", transferred]
		const number = this.#numbers.get(value as object)
		if (number !== undefined) return ["@", number]
		this.#numbers.set(value as object, this.#numbers.size)
		return this.#object(value as object)
	}

	#object(value: object): Tree {
		if (typeof value === "function" || isProxy(value)) throw uncloneable(nameOf(value))
		if (Array.isArray(value)) return this.#array(value)
		const prototype = Object.getPrototypeOf(value) as object | null
		if (prototype === Object.prototype || prototype === null) return this.#properties(["o"], value)
		return this.#platform(value) ?? this.#builtin(value) ?? this.#properties(["o"], value)
	}

	#properties(tree: Tree[], value: object): Tree {
		for (const key of Object.keys(value)) {
			if (Object.hasOwn(value, key)) tree.push(key, this.write((value as Record<string, unknown>)[key]))
		}
		return tree
	}

	#array(value: unknown[]): Tree {
		const { length } = value
		const keys = Object.keys(value)
		// Index keys come first and ascending, so these are all there are.
		const dense = keys.length === length && (length === 0 || keys[length - 1] === String(length - 1))
		if (!dense) return this.#properties(["A", length], value)
		const tree: Tree[] = ["a"]
		for (let i = 0; i < length; i++) tree.push(Object.hasOwn(value, i) ? this.write(value[i]) : ["hole"])
		return tree
	}

	#platform(value: object): Tree | undefined {
		let found: Serializable | undefined
		if (!inherits(value, prototype => (found = serializables.get(prototype)) !== undefined || prototypes.has(prototype))) return undefined
		if (!found) throw uncloneable(nameOf(value))
		let data: readonly unknown[]
		try {
			data = found.toData(value)
		} catch (error) {
			if (error instanceof TypeError) return undefined // no instance, whatever its prototype
			throw error
		}
		const tree: Tree[] = ["P", found.name]
		for (const item of data) {
			if (item instanceof Uint8Array) tree.push(["y", this.buffers.push(item as Buffer) - 1])
			else tree.push(this.write(item))
		}
		return tree
	}

	#builtin(value: object): Tree | undefined {
		if (value instanceof Map) {
			const entries = attempt(() => [...(Map.prototype.entries.call(value) as MapIterator<[unknown, unknown]>)])
			return entries && ["M", ...entries.flat().map(item => this.write(item))]
		}
		if (value instanceof Set) {
			const items = attempt(() => [...(Set.prototype.values.call(value) as SetIterator<unknown>)])
			return items && ["S", ...items.map(item => this.write(item))]
		}
		if (value instanceof Date) {
			const time = attempt(() => Date.prototype.getTime.call(value))
			return time === undefined ? undefined : ["d", Number.isNaN(time) ? null : time]
		}
		if (value instanceof RegExp) {
			const source = attempt(() => sourceOf.call(value) as string)
			return source === undefined ? undefined : ["r", source, value.flags]
		}
		if (ArrayBuffer.isView(value)) return this.#view(value)
		if (isArrayBuffer(value)) return this.#buffer(value as NewerBuffer)
		if (value instanceof Error) return this.#error(value)
		for (const box of boxes) {
			if (!((value as object) instanceof box)) continue
			const primitive = attempt(() => [(box.prototype.valueOf as (this: unknown) => unknown).call(value)])
			if (primitive) return ["O", this.write(primitive[0])]
		}
		if (unserializable.some(type => Object.prototype.isPrototypeOf.call(type.prototype as object, value))) throw uncloneable(nameOf(value))
		return undefined
	}

	#error(value: Error): Tree | undefined {
		if (!(Error as unknown as { isError(value: unknown): boolean }).isError(value)) return undefined
		const given = String(value.name) as (typeof errorNames)[number]
		const name = errorNames.includes(given) ? given : "Error"
		const message = Object.getOwnPropertyDescriptor(value, "message")
		const stack: unknown = value.stack
		const tree: Tree[] = [
			"E",
			name,
			message && "value" in message ? `${message.value as string}` : null,
			typeof stack === "string" ? stack : null,
		]
		const cause = Object.getOwnPropertyDescriptor(value, "cause")
		if (cause && "value" in cause) tree.push(this.write(cause.value))
		return tree
	}

	#buffer(buffer: NewerBuffer): Tree {
		if (buffer.detached) throw exception("DataCloneError", "An ArrayBuffer is detached and could not be cloned.")
		const tree = ["b", this.buffers.push(new Uint8Array(buffer.slice(0))) - 1]
		if (buffer.resizable) tree.push(buffer.maxByteLength)
		return tree
	}

	#view(view: ArrayBufferView): Tree {
		const name = (typedArrayName.call(view) as string | undefined) ?? "DataView"
		const buffer = view.buffer as NewerBuffer
		const length = name === "DataView" ? attempt(() => view.byteLength) : attempt(() => (view as Uint8Array).keys() && (view as Uint8Array).length)
		if (length === undefined) throw exception("DataCloneError", "An ArrayBuffer view is out of bounds and could not be cloned.")
		const { byteOffset } = view
		return ["v", name, this.write(buffer), byteOffset, isTracking(view, buffer) ? null : length]
	}
}

/** Whether a view has no length of its own but follows its buffer's: seen only by changing that. */
function isTracking(view: ArrayBufferView, buffer: NewerBuffer): boolean {
	if (!buffer.resizable) return false
	const { byteLength } = buffer
	const size = (view as Uint8Array).BYTES_PER_ELEMENT ?? 1
	if (byteLength + size > buffer.maxByteLength) return view.byteOffset + view.byteLength + size > byteLength
	const before = view.byteLength
	buffer.resize(byteLength + size)
	const tracking = view.byteLength !== before
	buffer.resize(byteLength)
	return tracking
}

/** Serializes a value, and detaches what is to be transferred. */
export function flatten(value: unknown, transfer: readonly object[]): Flat {
	const numbers = new Map<object, number>()
	const kinds = transfer.map(item => transferables.find(({ is }) => is(item)))
	for (const [i, item] of transfer.entries()) {
		if (!isArrayBuffer(item) && !kinds[i]) throw exception("DataCloneError", "Value at index " + numbers.size + " does not have a transferable type.")
		if (numbers.has(item)) throw exception("DataCloneError", `${nameOf(item)} at index ${numbers.size} is a duplicate of an earlier one.`)
		numbers.set(item, numbers.size)
	}
	const writer = new Writer(numbers)
	const ports: number[] = []
	const tree = writer.write(value)
	const transferred = transfer.map((item, index): Tree => {
		const found = kinds[index]
		if (found ? found.detached(item) : (item as NewerBuffer).detached) {
			throw exception("DataCloneError", `${nameOf(item)} at index ${index} is already detached.`)
		}
		if (found) return ["x", found.name, found.send(item, ports)]
		const buffer = item as NewerBuffer
		const moved: Tree[] = ["b", 0]
		if (buffer.resizable) moved.push(buffer.maxByteLength)
		moved[1] = writer.buffers.push(new Uint8Array(buffer.transfer())) - 1
		return moved
	})
	return { tree, transferred, buffers: writer.buffers, ports }
}
