/**
 * The Encoding standard's API. Go decodes and encodes; what is kept here is
 * the state between chunks.
 */

import { host } from "./host"
import { streams, type ReadableStream, type TransformStream, type TransformStreamDefaultController, type WritableStream } from "./streams"
import { bufferSource, dictionary, DOMString, expose, failed, interfaceOf, requireArguments, toBoolean, USVString } from "./webidl"

const empty = new Uint8Array()

/** "Get an encoding": the name, in lower case, that a label stands for. */
export function encodingOf(label: string): string | undefined {
	const [, name] = /^[\t\n\f\r ]*([!-~]+)[\t\n\f\r ]*$/.exec(label) ?? []
	return name && host.encodingName(name)
}

export class TextEncoder {
	#brand = true

	get encoding(): string {
		return (this.#brand, "utf-8")
	}

	encode(input: unknown = ""): Uint8Array {
		return (this.#brand, host.utf8Encode(USVString(input)))
	}

	encodeInto(source: unknown, destination: unknown): { read: number; written: number } {
		requireArguments(arguments.length, 2, "TextEncoder.encodeInto")
		void this.#brand
		const text = USVString(source)
		if (!(destination instanceof Uint8Array)) {
			throw new TypeError(failed("TextEncoder.encodeInto") + ": parameter 2 is not of type 'Uint8Array'.")
		}
		const read = fitting(text, destination.length)
		const bytes = host.utf8Encode(text.slice(0, read))
		if (read > 0) destination.set(bytes) // it may be detached
		return { read, written: bytes.length }
	}
}

/** How many code units of a text without lone surrogates have room in so many bytes of UTF-8. */
function fitting(text: string, room: number): number {
	if (text.length * 3 <= room) return text.length
	let read = 0
	while (read < text.length) {
		const code = text.codePointAt(read)!
		room -= code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4
		if (room < 0) break
		read += code < 0x10000 ? 1 : 2
	}
	return read
}

export class TextDecoder {
	#encoding: string
	#fatal: boolean
	#ignoreBOM: boolean
	/** The decoder in Go, while a stream is going on. */
	#open: number | undefined

	constructor(label: unknown = "utf-8", options: unknown = undefined) {
		const wanted = DOMString(label)
		const { fatal, ignoreBOM } = dictionary(options, "TextDecoder")
		this.#fatal = toBoolean(fatal)
		this.#ignoreBOM = toBoolean(ignoreBOM)
		const encoding = encodingOf(wanted)
		if (encoding === undefined || encoding === "replacement") {
			throw new RangeError(`${failed("TextDecoder")}: The encoding label provided ('${wanted}') is invalid.`)
		}
		this.#encoding = encoding
	}

	get encoding(): string {
		return this.#encoding
	}

	get fatal(): boolean {
		return this.#fatal
	}

	get ignoreBOM(): boolean {
		return this.#ignoreBOM
	}

	decode(input: unknown = empty, options: unknown = undefined): string {
		const bytes = bufferSource(input)
		const stream = toBoolean(dictionary(options, "TextDecoder.decode").stream)
		if (!stream && this.#open === undefined && !this.#fatal && this.#encoding === "utf-8") {
			return host.utf8Decode(bytes, !this.#ignoreBOM)
		}
		const decoder = (this.#open ??= host.decoderOpen(this.#encoding, this.#fatal, this.#ignoreBOM))
		if (stream) return host.decoderPush(decoder, bytes, false)
		this.#open = undefined
		return host.decoderPush(decoder, bytes, true)
	}
}

export class TextEncoderStream {
	#transform: TransformStream
	/** A high surrogate at the end of a chunk, whose other half is in the next. */
	#pending = ""

	constructor() {
		this.#transform = new (streams().TransformStream)({
			transform: (chunk, controller) => this.#encode(this.#pending + DOMString(chunk), controller),
			flush: controller => {
				if (this.#pending) controller.enqueue(host.utf8Encode("\ufffd"))
			},
		})
	}

	get encoding(): string {
		return (this.#transform, "utf-8")
	}

	get readable(): ReadableStream {
		return this.#transform.readable
	}

	get writable(): WritableStream {
		return this.#transform.writable
	}

	#encode(text: string, controller: TransformStreamDefaultController<unknown>): void {
		const cut = /[\ud800-\udbff]$/.test(text) ? text.length - 1 : text.length
		this.#pending = text.slice(cut)
		if (cut > 0) controller.enqueue(host.utf8Encode(USVString(text.slice(0, cut))))
	}
}

export class TextDecoderStream {
	#decoder: TextDecoder
	#transform: TransformStream

	constructor(label: unknown = "utf-8", options: unknown = undefined) {
		const decoder = new TextDecoder(label, options)
		const decode = (chunk: Uint8Array, stream: boolean, controller: TransformStreamDefaultController<unknown>) => {
			const text = decoder.decode(chunk, { stream })
			if (text) controller.enqueue(text)
		}
		this.#decoder = decoder
		this.#transform = new (streams().TransformStream)({
			transform: (chunk, controller) => decode(bufferSource(chunk), true, controller),
			flush: controller => decode(empty, false, controller),
		})
	}

	get encoding(): string {
		return this.#decoder.encoding
	}

	get fatal(): boolean {
		return this.#decoder.fatal
	}

	get ignoreBOM(): boolean {
		return this.#decoder.ignoreBOM
	}

	get readable(): ReadableStream {
		return this.#transform.readable
	}

	get writable(): WritableStream {
		return this.#transform.writable
	}
}

expose("TextEncoder", interfaceOf(TextEncoder, "TextEncoder"))
expose("TextDecoder", interfaceOf(TextDecoder, "TextDecoder"))
expose("TextEncoderStream", interfaceOf(TextEncoderStream, "TextEncoderStream"))
expose("TextDecoderStream", interfaceOf(TextDecoderStream, "TextDecoderStream"))
