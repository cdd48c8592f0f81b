/** StructuredDeserializeWithTransfer. https://html.spec.whatwg.org/#structureddeserializewithtransfer */

import { serializables, transferables, type Buffer, type Flat, type NewerBuffer, type Tree } from "./cloneable"
import { exception } from "./exceptions"

export class Reader {
	#buffers: Buffer[]
	#ports: number[]
	#objects: object[] = []
	transferred: object[]

	constructor({ buffers, ports, transferred }: Flat) {
		this.#buffers = buffers
		this.#ports = ports
		this.transferred = transferred.map(tree => this.#make(tree as Tree[], 0))
	}

	read(tree: Tree): unknown {
		if (!Array.isArray(tree)) return tree
		const [tag, a] = tree
		switch (tag) {
			case "u":
				return undefined
			case "n":
				return Number(a)
			case "i":
				return BigInt(a as string)
			case "@":
				return this.#objects[a as number]
			case "t":
				return this.transferred[a as number]
			case "y":
				return this.#buffers[a as number]
		}
		const number = this.#objects.length
		this.#objects.push(tree) // its place
		return this.#make(tree, number)
	}

	/** Objects that may contain themselves are in the list before their contents are read. */
	#make(tree: Tree[], number: number): object {
		const keep = <T extends object>(object: T): T => (this.#objects[number] = object)
		const [tag, a, b, c] = tree
		switch (tag) {
			case "o":
				return this.#fill(keep({}), tree, 1)
			case "A": {
				const array: unknown[] = keep([])
				array.length = a as number
				return this.#fill(array, tree, 2)
			}
			case "a": {
				const array: unknown[] = keep([])
				array.length = tree.length - 1
				for (let i = 1; i < tree.length; i++) {
					const item = tree[i]!
					if (!Array.isArray(item) || item[0] !== "hole") set(array, i - 1, this.read(item))
				}
				return array
			}
			case "M": {
				const map = keep(new Map())
				for (let i = 1; i < tree.length; i += 2) Map.prototype.set.call(map, this.read(tree[i]!), this.read(tree[i + 1]!))
				return map
			}
			case "S": {
				const set = keep(new Set())
				for (let i = 1; i < tree.length; i++) Set.prototype.add.call(set, this.read(tree[i]!))
				return set
			}
			case "d":
				return keep(new Date(a === null ? NaN : (a as number)))
			case "r":
				return keep(new RegExp(a as string, b as string))
			case "O":
				return keep(Object(this.read(a!)) as object)
			case "b":
				return keep(resizable(this.#buffers[a as number]!.buffer, b as number | undefined))
			case "v":
				return keep(view(a as string, this.read(b!) as ArrayBuffer, c as number, tree[4] as number | null))
			case "E":
				return this.#error(keep, tree)
			case "P":
				return keep(this.#platform(a as string, tree.slice(2)))
			default: // "x"
				return transferables.find(({ name }) => name === a)!.receive(b, this.#ports)
		}
	}

	#fill(object: object, tree: Tree[], from: number): object {
		for (let i = from; i < tree.length; i += 2) set(object, tree[i] as string, this.read(tree[i + 1]!))
		return object
	}

	#error(keep: (error: Error) => Error, [, name, message, stack, ...rest]: Tree[]): Error {
		const constructor = constructors[name as string] as ErrorConstructor
		const error = keep(message === null ? new constructor() : new constructor(message as string))
		if (stack !== null) Object.defineProperty(error, "stack", { value: stack, writable: true, configurable: true })
		if (rest.length > 0) Object.defineProperty(error, "cause", { value: this.read(rest[0]!), writable: true, configurable: true })
		return error
	}

	#platform(name: string, data: Tree[]): object {
		for (const found of serializables.values()) {
			if (found.name === name) return found.fromData(data.map(item => this.read(item)))
		}
		throw exception("DataCloneError", `${name} cannot be deserialized here.`)
	}
}

const constructors = Object.fromEntries(
	[
		...[Error, EvalError, RangeError, ReferenceError, SyntaxError, TypeError, URIError, DataView],
		...[Int8Array, Uint8Array, Uint8ClampedArray, Int16Array, Uint16Array, Int32Array, Uint32Array, Float32Array, Float64Array],
		...[BigInt64Array, BigUint64Array, (globalThis as unknown as { Float16Array: Function }).Float16Array],
	].map(constructor => [constructor.name, constructor as unknown]),
)

function set(object: object, key: PropertyKey, value: unknown): void {
	// Setters that script put on Object.prototype stay out of this.
	if (key in Object.prototype || (typeof key === "number" && key in Array.prototype)) {
		Object.defineProperty(object, key, { value, writable: true, enumerable: true, configurable: true })
	} else (object as Record<PropertyKey, unknown>)[key] = value
}

function resizable(buffer: ArrayBuffer, maxByteLength: number | undefined): ArrayBuffer {
	if (maxByteLength === undefined || (buffer as NewerBuffer).resizable) return buffer
	const made = new (ArrayBuffer as new (length: number, options: { maxByteLength: number }) => ArrayBuffer)(buffer.byteLength, { maxByteLength })
	new Uint8Array(made).set(new Uint8Array(buffer))
	return made
}

function view(name: string, buffer: ArrayBuffer, byteOffset: number, length: number | null): object {
	const constructor = constructors[name] as DataViewConstructor
	return length === null ? new constructor(buffer, byteOffset) : new constructor(buffer, byteOffset, length)
}
