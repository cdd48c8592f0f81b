/** What bodies do with streams of script: read them whole, send them away, split them. */

import { structuredClone } from "../clone"
import { ask, callFor, host, type BodyHandle } from "../host"
import { concatenate } from "../multipart"
import { streams, type ReadableStream } from "../streams"
import type { Bytes } from "./feed"

const typedArrayName = Object.getOwnPropertyDescriptor(Object.getPrototypeOf(Uint8Array.prototype), Symbol.toStringTag)!.get!

function bytesOf(chunk: unknown): Bytes {
	if (typedArrayName.call(chunk) !== "Uint8Array") throw new TypeError("Received a chunk that is not a Uint8Array")
	return chunk as Bytes
}

/** Reads a stream, which stays locked. Pipes it, since results of readers are objects, of which script could make thenables. */
export function readAll(stream: ReadableStream, done: (bytes: Bytes) => void, failed: (reason: unknown) => void): void {
	const chunks: Bytes[] = []
	const sink = new (streams().WritableStream)({ write: chunk => void chunks.push(bytesOf(chunk)) })
	const lock = () => void stream.getReader()
	stream
		.pipeTo(sink, { preventCancel: true })
		.finally(lock)
		.then(() => done(concatenate(chunks)), failed)
}

/** Sends a stream to Go; `failed` is told why it does not reach its end. The result gives up, for a reason that the stream is told. */
export function pump(stream: ReadableStream, failed: (reason: unknown) => void): { handle: BodyHandle; cancel(reason: unknown): void } {
	let cancel!: (reason: unknown) => void
	const fail = (reason: unknown) => {
		failed(reason)
		failBody(handle, reason)
	}
	const sink = new (streams().WritableStream)({
		start(controller) {
			cancel = reason => controller.error(reason)
		},
		async write(chunk) {
			const bytes = bytesOf(chunk)
			if (!(await ask<boolean>(call => host.bodyPush(call, handle, bytes)))) cancel(undefined)
		},
		close: () => host.bodyEnd(handle),
	})
	const handle = host.bodyOpen(callFor(cancel, cancel))
	stream.pipeTo(sink).catch(fail)
	return { handle, cancel }
}

/** Ends a body with an exception, as far as it can cross the border. */
function failBody(handle: BodyHandle, reason: unknown): void {
	const { name, message } = reason instanceof Error ? reason : { name: "Error", message: String(reason) }
	host.bodyFail(handle, name, message)
}

/** Tees a stream; chunks of the second branch are clones. */
export function tee(stream: ReadableStream): [ReadableStream, ReadableStream] {
	const [own, other] = stream.tee()
	if (isByteStream(other)) return [own, other] // they clone by themselves
	const reader = other.getReader()
	const cloned = new (streams().ReadableStream)(
		{
			start: controller => void reader.closed.catch(reason => controller.error(reason)),
			async pull(controller) {
				const { done, value } = await reader.read()
				if (done) controller.close()
				else controller.enqueue(structuredClone(value))
			},
			cancel: reason => reader.cancel(reason),
		},
		{ highWaterMark: 0 },
	)
	return [own, cloned]
}

function isByteStream(stream: ReadableStream): boolean {
	try {
		stream.getReader({ mode: "byob" }).releaseLock()
		return true
	} catch {
		return false
	}
}

/** The stream that stands for a body which was consumed without one. */
export function spentStream(): ReadableStream {
	const stream = new (streams().ReadableStream)({ type: "bytes" })
	void stream.getReader().cancel()
	return stream
}

/** A stream with the chunks of another, which is locked from now on. */
export function proxy(stream: ReadableStream): ReadableStream {
	return stream.pipeThrough(new (streams().TransformStream)())
}
