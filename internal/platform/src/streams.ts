/**
 * The Streams standard's interfaces. They are a part of their own: most
 * workers hand bodies through without looking at their streams.
 */

import type { ReadableStream } from "web-streams-polyfill"
import { loadPart, settleGlobals } from "./parts"
import type { Streams } from "./parts/streams"
import { lazyGlobal } from "./webidl"

export type * from "web-streams-polyfill"

let loaded: Streams | undefined

/** The constructors, as script sees them, and what script cannot ask of a stream. */
export function streams(): Streams {
	if (!loaded) {
		loaded = loadPart<undefined, Streams>("streams", undefined)
		settleGlobals(names)
	}
	return loaded
}

/** Whether a value is a ReadableStream; as long as nobody loaded the part, none is. */
export function isReadableStream(value: unknown): value is ReadableStream {
	return loaded?.isReadableStream(value) ?? false
}

const names = [
	"ReadableStream",
	"ReadableStreamDefaultReader",
	"ReadableStreamBYOBReader",
	"ReadableStreamDefaultController",
	"ReadableByteStreamController",
	"ReadableStreamBYOBRequest",
	"WritableStream",
	"WritableStreamDefaultWriter",
	"WritableStreamDefaultController",
	"TransformStream",
	"TransformStreamDefaultController",
	"ByteLengthQueuingStrategy",
	"CountQueuingStrategy",
] as const

for (const name of names) lazyGlobal(name, undefined, () => streams()[name])
