/** The Compression standard's API over codecs in Go. */

import { host } from "./host"
import { streams, type ReadableStream, type TransformStream, type WritableStream } from "./streams"
import { bufferSource, enumeration, expose, failed, interfaceOf, requireArguments } from "./webidl"

function transform(name: string, direction: "compress" | "decompress", given: unknown): TransformStream {
	const format = enumeration(given, ["deflate", "deflate-raw", "gzip"], failed(name) + ": CompressionFormat")
	const codec = host.codecOpen(direction, format)
	return new (streams().TransformStream)({
		transform: (chunk, controller) => {
			const bytes = host.codecPush(codec, bufferSource(chunk), false)
			if (bytes.length > 0) controller.enqueue(bytes)
		},
		flush: controller => {
			const bytes = host.codecPush(codec, new Uint8Array(), true)
			if (bytes.length > 0) controller.enqueue(bytes)
		},
	})
}

export class CompressionStream {
	#transform: TransformStream

	constructor(format: unknown) {
		requireArguments(arguments.length, 1, "CompressionStream")
		this.#transform = transform("CompressionStream", "compress", format)
	}

	get readable(): ReadableStream {
		return this.#transform.readable
	}

	get writable(): WritableStream {
		return this.#transform.writable
	}
}

export class DecompressionStream {
	#transform: TransformStream

	constructor(format: unknown) {
		requireArguments(arguments.length, 1, "DecompressionStream")
		this.#transform = transform("DecompressionStream", "decompress", format)
	}

	get readable(): ReadableStream {
		return this.#transform.readable
	}

	get writable(): WritableStream {
		return this.#transform.writable
	}
}

expose("CompressionStream", interfaceOf(CompressionStream, "CompressionStream"))
expose("DecompressionStream", interfaceOf(DecompressionStream, "DecompressionStream"))
