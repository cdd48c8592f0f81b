/** The part "streams": web-streams-polyfill, and what its streams do not show to script. */

import type { ReadableStream } from "web-streams-polyfill"
import * as constructors from "web-streams-polyfill/dist/ponyfill.mjs"

type Constructors = typeof constructors

export interface Streams extends Constructors {
	isReadableStream(value: unknown): boolean
	/** Whether anybody ever read from or cancelled a stream. */
	isDisturbed(stream: ReadableStream): boolean
}

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
			try {
				locked.call(value)
				return true
			} catch {
				return false
			}
		},
		isDisturbed: stream => (stream as unknown as { _disturbed: boolean })._disturbed, // the library's field
	}
}
