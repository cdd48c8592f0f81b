/** The part "streams": web-streams-polyfill, and what its streams do not show to script. */

import type { ReadableStream, UnderlyingByteSource } from "web-streams-polyfill"
import * as constructors from "web-streams-polyfill/dist/ponyfill.mjs"

type Constructors = typeof constructors

export interface Streams extends Constructors {
	isReadableStream(value: unknown): boolean
	/** Whether anybody ever read from or cancelled a stream. */
	isDisturbed(stream: ReadableStream): boolean
	/**
	 * A byte stream, with a high water mark of 0, that is put together when
	 * something is first asked of its controller: most are only handed on, and
	 * making one costs as much as all else that is done for a request.
	 */
	lateStream(source: UnderlyingByteSource): ReadableStream
	/** Leaves a stream locked, disturbed and closed, as one that was read to its end. */
	spend(stream: ReadableStream): void
}

// The library's fields.
interface Fields {
	_state: "readable" | "closed" | "errored"
	_reader: unknown
	_storedError: unknown
	_disturbed: boolean
	_readableStreamController: { _controlledReadableByteStream: unknown }
}

function fields(stream: ReadableStream): Fields {
	return stream as unknown as Fields
}

/** The reader of all spent streams, which nobody has. */
const nobody = {}

// Whose check of its receiver holds whatever script does to prototypes later.
const locked = Object.getOwnPropertyDescriptor(constructors.ReadableStream.prototype, "locked")!.get!

export function start(): Streams {
	// The bundler may give classes that speak of themselves other names.
	for (const [name, constructor] of Object.entries(constructors)) Object.defineProperty(constructor, "name", { value: name })
	const iterators = Object.getPrototypeOf(new constructors.ReadableStream().values()) as object
	Object.setPrototypeOf(iterators, Object.getPrototypeOf(Object.getPrototypeOf(async function* () {}.prototype)) as object)
	return {
		...constructors,
		isReadableStream(value) {
			if (typeof value !== "object" || value === null) return false // quickly
			try {
				locked.call(value)
				return true
			} catch {
				return false
			}
		},
		isDisturbed: stream => fields(stream)._disturbed,
		lateStream(source) {
			const stream = Object.create(constructors.ReadableStream.prototype) as ReadableStream
			Object.assign(stream, { _state: "readable", _reader: undefined, _storedError: undefined, _disturbed: false })
			return Object.defineProperty(stream, "_readableStreamController", {
				configurable: true,
				enumerable: true,
				get() {
					const value = fields(new constructors.ReadableStream(source, { highWaterMark: 0 }))._readableStreamController
					value._controlledReadableByteStream = stream
					Object.defineProperty(stream, "_readableStreamController", { value, writable: true })
					return value
				},
			})
		},
		spend: stream => void Object.assign(stream, { _state: "closed", _reader: nobody, _disturbed: true }),
	}
}
