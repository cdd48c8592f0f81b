/** Blob and File of the File API. Their bytes are here, in the realm; slices share them. */

import { serializable } from "./clone"
import { host } from "./host"
import { streams, type ReadableStream } from "./streams"
import {
	bufferSource,
	dictionary,
	DOMString,
	enumeration,
	expose,
	failed,
	interfaceOf,
	isBufferSource,
	isObject,
	requireArguments,
	sequence,
	USVString,
} from "./webidl"

type Bytes = Uint8Array<ArrayBuffer>

let bytesOf: (blob: Blob) => Bytes
let setBytes: (blob: Blob, bytes: Bytes, type: string) => void

export class Blob {
	#bytes: Bytes
	#type: string

	static {
		bytesOf = blob => blob.#bytes
		setBytes = (blob, bytes, type) => {
			blob.#bytes = bytes
			blob.#type = type
		}
	}

	constructor(parts: unknown = undefined, options: unknown = undefined) {
		const list = parts === undefined ? [] : partsOf(parts, "Blob")
		const { endings, type } = properties(options, "Blob")
		this.#bytes = join(list, endings)
		this.#type = type
	}

	get size(): number {
		return this.#bytes.length
	}

	get type(): string {
		return this.#type
	}

	slice(start: unknown = undefined, end: unknown = undefined, contentType: unknown = undefined): Blob {
		const size = this.#bytes.length
		const from = position(start, 0, size)
		const to = position(end, size, size)
		return makeBlob(this.#bytes.subarray(from, Math.max(from, to)), normalizedType(contentType === undefined ? "" : DOMString(contentType)))
	}

	stream(): ReadableStream {
		const bytes = this.#bytes
		let sent = 0
		return new (streams().ReadableStream)({
			type: "bytes",
			pull(controller) {
				if (sent < bytes.length) {
					controller.enqueue(bytes.slice(sent, (sent += 65536)))
					return
				}
				controller.close()
				controller.byobRequest?.respond(0)
			},
		})
	}

	async text(): Promise<string> {
		return host.utf8Decode(this.#bytes, true)
	}

	async arrayBuffer(): Promise<ArrayBuffer> {
		return this.#bytes.slice().buffer
	}

	async bytes(): Promise<Uint8Array> {
		return this.#bytes.slice()
	}
}

export class File extends Blob {
	#name: string
	#lastModified: number

	constructor(bits: unknown, name: unknown, options: unknown = undefined) {
		requireArguments(arguments.length, 2, "File")
		const list = partsOf(bits, "File")
		const fileName = USVString(name)
		const { endings, lastModified, type } = properties(options, "File")
		super()
		setBytes(this, join(list, endings), type)
		this.#name = fileName
		this.#lastModified = lastModified ?? Math.trunc(host.now())
	}

	get name(): string {
		return this.#name
	}

	get lastModified(): number {
		return this.#lastModified
	}
}

/** The bytes of a blob, not copied: nobody may change them. */
export function blobBytes(blob: Blob): Bytes {
	return bytesOf(blob)
}

/** A blob of bytes that nobody will change, of a type that is in order. */
export function makeBlob(bytes: Bytes, type: string): Blob {
	const blob = new Blob()
	setBytes(blob, bytes, type)
	return blob
}

export function makeFile(bytes: Bytes, name: string, type: string, lastModified?: number): File {
	const file = new File([], name, { lastModified })
	setBytes(file, bytes, type)
	return file
}

/** A type as blobs have it: lower case, empty when it has characters beyond printable ASCII. */
export function normalizedType(type: string): string {
	return /[^\x20-\x7e]/.test(type) ? "" : type.toLowerCase()
}

function partsOf(value: unknown, what: string): (string | Bytes)[] {
	if (!isObject(value)) throw new TypeError(`${failed(what)}: The provided value cannot be converted to a sequence.`)
	return sequence(value, part => {
		if (part instanceof Blob) return bytesOf(part)
		return isBufferSource(part) ? bufferSource(part).slice() : USVString(part)
	})
}

/** FilePropertyBag, or BlobPropertyBag; members are read in the order of their names. */
function properties(value: unknown, what: string): { endings: string; lastModified: number | undefined; type: string } {
	const bag = dictionary(value, what)
	const endings = bag.endings === undefined ? "transparent" : enumeration(bag.endings, ["transparent", "native"], failed(what) + ": EndingType")
	let lastModified: number | undefined
	if (what === "File" && bag.lastModified !== undefined) lastModified = longLong(bag.lastModified)
	const type = bag.type
	return { endings, lastModified, type: type === undefined ? "" : normalizedType(DOMString(type)) }
}

function join(parts: (string | Bytes)[], endings: string): Bytes {
	const all = parts.map(part => {
		if (typeof part !== "string") return part
		return host.utf8Encode(endings === "native" ? part.replace(/\r\n?/g, "\n") : part)
	})
	if (all.length === 1) return all[0] as Bytes
	const bytes = new Uint8Array(all.reduce((sum, part) => sum + part.length, 0))
	let at = 0
	for (const part of all) {
		bytes.set(part, at)
		at += part.length
	}
	return bytes
}

/** A position in a blob as slice() takes them: from the end when negative, never outside. */
function position(value: unknown, missing: number, size: number): number {
	if (value === undefined) return missing
	let x = +(value as number) // [Clamp] long long
	if (Number.isNaN(x)) return 0
	x = Math.round(x)
	return x < 0 ? Math.max(size + x, 0) : Math.min(x, size)
}

/** long long, for numbers that doubles hold exactly. */
function longLong(value: unknown): number {
	const x = Math.trunc(+(value as number))
	return Number.isFinite(x) ? x + 0 : 0
}

serializable("Blob", Blob, blob => [bytesOf(blob), blob.type], ([bytes, type]) => makeBlob(bytes, type))
serializable(
	"File",
	File,
	file => [bytesOf(file), file.name, file.type, file.lastModified],
	([bytes, name, type, lastModified]) => makeFile(bytes, name, type, lastModified),
)
expose("Blob", interfaceOf(Blob, "Blob"))
expose("File", interfaceOf(File, "File"))
