/**
 * What a body still has to give where script has not read from it: a string or
 * bytes of script, or a stream in Go; and the ReadableStream that is made of
 * it when script asks, which leaves it where it is until the first read.
 */

import { callFor, host, type BodyHandle } from "../host"
import { streams, type ReadableByteStreamController, type ReadableStream } from "../streams"
import type { Fate } from "./fate"

export type Bytes = Uint8Array<ArrayBuffer>
export type Source = string | Bytes | BodyHandle

const feeds = new WeakMap<ReadableStream, Feed>()

/** Behind a stream that a body has made; none behind those of script. */
export function feedOf(stream: ReadableStream): Feed | undefined {
	return feeds.get(stream)
}

export class Feed {
	#source: Source | undefined
	readonly fate: Fate | undefined
	#reading = false
	/** Ends the pull that waits for a chunk. */
	#pulled: (() => void) | undefined
	readonly stream: ReadableStream
	/** Other bodies have the same bytes. */
	readonly shared: boolean

	constructor(source: Source, shared: boolean, fate: Fate | undefined) {
		this.#source = source
		this.shared = shared
		this.fate = fate
		let taken: Source | undefined
		const take = () => {
			taken ??= this.#source
			this.#source = undefined
			return taken
		}
		const underlying = {
			type: "bytes" as const,
			start: (controller: ReadableByteStreamController) => {
				if (fate?.failure) controller.error(fate.failure.reason)
				else fate?.watch(reason => this.#fail(controller, reason))
			},
			pull: (controller: ReadableByteStreamController) => this.#pull(take()!, controller),
			cancel() {
				const source = take()
				if (typeof source === "number") host.bodyCancel(source)
			},
		}
		// Script may be told of the fate before it reads: such a stream cannot be late.
		this.stream = fate ? new (streams().ReadableStream)(underlying, { highWaterMark: 0 }) : streams().lateStream(underlying)
		feeds.set(this.stream, this)
	}

	/** Takes the source back, if nothing was read. The stream stays behind, locked and closed. */
	reclaim(): Source | undefined {
		const source = this.#source
		this.#source = undefined
		if (source !== undefined) streams().spend(this.stream)
		return source
	}

	#pull(source: Source, controller: ReadableByteStreamController): Promise<void> | void {
		if (typeof source === "number") {
			if (!this.#reading) this.#read(source, controller)
			return new Promise(resolve => (this.#pulled = resolve))
		}
		const bytes = typeof source === "string" ? (host.utf8Encode(source) as Bytes) : this.shared ? source.slice() : source
		if (bytes.length > 0) controller.enqueue(bytes)
		finish(controller)
	}

	/** Reads a chunk, and one ahead of what is wanted: the end is to be seen without a further read. */
	#read(handle: BodyHandle, controller: ReadableByteStreamController): void {
		const answered = (chunk: Bytes | undefined) => {
			this.#reading = false
			if (this.fate?.failure) return
			if (!chunk) return finish(controller)
			if (chunk.length > 0) controller.enqueue(chunk)
			else if (this.#pulled) return this.#read(handle, controller)
			if (!this.#pulled) return
			this.#pulled()
			this.#pulled = undefined
			this.#read(handle, controller)
		}
		this.#reading = true
		host.bodyRead(callFor(answered, reason => controller.error(reason)), handle)
	}

	/** A body that is known to be empty is closed already, as far as script can see. */
	#fail(controller: ReadableByteStreamController, reason: unknown): void {
		const source = this.#source
		if (typeof source === "number" && host.bodyTake(source)?.length === 0) finish(controller)
		else controller.error(reason)
	}
}

function finish(controller: ReadableByteStreamController): void {
	controller.close()
	controller.byobRequest?.respond(0)
}
