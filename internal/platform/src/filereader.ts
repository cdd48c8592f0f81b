/** FileReader of the File API, and FileReaderSync of dedicated workers. */

import { binaryString, toBase64 } from "./base64"
import { Blob, blobBytes } from "./blob"
import { encodingOf } from "./encoding"
import { defineEventHandler, dispatchTrusted, EventTarget, ProgressEvent } from "./events"
import { exception } from "./exceptions"
import { host } from "./host"
import { queueTask } from "./timers"
import { constants, DOMString, expose, failed, interfaceOf, requireArguments } from "./webidl"

type Result = string | ArrayBuffer

export class FileReader extends EventTarget {
	#state = 0
	#result: Result | null = null
	/** The read that is going on; another object after an abort. */
	#read: object | undefined

	get readyState(): number {
		return this.#state
	}

	get result(): Result | null {
		return this.#result
	}

	/** Always null: bytes that are here cannot fail to be read. */
	get error(): null {
		void this.#state
		return null
	}

	readAsArrayBuffer(blob: unknown): void {
		requireArguments(arguments.length, 1, "FileReader.readAsArrayBuffer")
		this.#start(blob, "readAsArrayBuffer", arrayBuffer)
	}

	readAsBinaryString(blob: unknown): void {
		requireArguments(arguments.length, 1, "FileReader.readAsBinaryString")
		this.#start(blob, "readAsBinaryString", binary)
	}

	readAsText(blob: unknown, encoding: unknown = undefined): void {
		requireArguments(arguments.length, 1, "FileReader.readAsText")
		const label = encoding === undefined ? undefined : DOMString(encoding)
		this.#start(blob, "readAsText", blob => text(blob, label))
	}

	readAsDataURL(blob: unknown): void {
		requireArguments(arguments.length, 1, "FileReader.readAsDataURL")
		this.#start(blob, "readAsDataURL", dataURL)
	}

	abort(): void {
		if (this.#state !== 1) {
			this.#result = null
			return
		}
		this.#state = 2
		this.#result = null
		this.#read = undefined
		this.#fire("abort", 0, 0)
		if ((this.#state as number) !== 1) this.#fire("loadend", 0, 0)
	}

	#start(given: unknown, method: string, pack: (blob: Blob) => Result): void {
		const blob = requireBlob(given, "FileReader." + method)
		if (this.#state === 1) {
			throw exception("InvalidStateError", failed("FileReader." + method) + ": The object is already busy reading Blobs.")
		}
		this.#state = 1
		this.#result = null
		const read = (this.#read = {})
		const size = blob.size
		const step = (f: () => void) => {
			queueTask(() => {
				if (this.#read === read) f()
			})
		}
		step(() => this.#fire("loadstart", 0, size))
		if (size > 0) step(() => this.#fire("progress", size, size))
		step(() => {
			this.#state = 2
			this.#result = pack(blob)
			this.#fire("load", size, size)
			if ((this.#state as number) !== 1) this.#fire("loadend", size, size)
		})
	}

	#fire(type: string, loaded: number, total: number): void {
		dispatchTrusted(this, new ProgressEvent(type, { lengthComputable: total > 0, loaded, total }))
	}
}

export class FileReaderSync {
	#brand = true

	readAsArrayBuffer(blob: unknown): ArrayBuffer {
		void this.#brand
		requireArguments(arguments.length, 1, "FileReaderSync.readAsArrayBuffer")
		return arrayBuffer(requireBlob(blob, "FileReaderSync.readAsArrayBuffer"))
	}

	readAsBinaryString(blob: unknown): string {
		void this.#brand
		requireArguments(arguments.length, 1, "FileReaderSync.readAsBinaryString")
		return binary(requireBlob(blob, "FileReaderSync.readAsBinaryString"))
	}

	readAsText(blob: unknown, encoding: unknown = undefined): string {
		void this.#brand
		requireArguments(arguments.length, 1, "FileReaderSync.readAsText")
		return text(requireBlob(blob, "FileReaderSync.readAsText"), encoding === undefined ? undefined : DOMString(encoding))
	}

	readAsDataURL(blob: unknown): string {
		void this.#brand
		requireArguments(arguments.length, 1, "FileReaderSync.readAsDataURL")
		return dataURL(requireBlob(blob, "FileReaderSync.readAsDataURL"))
	}
}

function requireBlob(value: unknown, what: string): Blob {
	if (value instanceof Blob) return value
	throw new TypeError(failed(what) + ": parameter 1 is not of type 'Blob'.")
}

// "Package data" of the File API.

function arrayBuffer(blob: Blob): ArrayBuffer {
	return blobBytes(blob).slice().buffer
}

function binary(blob: Blob): string {
	return binaryString(blobBytes(blob))
}

function dataURL(blob: Blob): string {
	return `data:${blob.type || "application/octet-stream"};base64,${toBase64(blobBytes(blob))}`
}

function text(blob: Blob, label: string | undefined): string {
	const bytes = blobBytes(blob)
	const charset = /;\s*charset=(?:"([^"]*)"|([^;\s]*))/i.exec(blob.type)
	const encoding = byteOrderMark(bytes) ?? encodingOf(label ?? "") ?? encodingOf(charset?.[1] ?? charset?.[2] ?? "")
	return host.decoderPush(host.decoderOpen(encoding ?? "utf-8", false, false), bytes, true)
}

/** The encoding that the first bytes name, which wins over any label (BOM sniff). */
function byteOrderMark(bytes: Uint8Array): string | undefined {
	if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) return "utf-8"
	if (bytes[0] === 0xfe && bytes[1] === 0xff) return "utf-16be"
	if (bytes[0] === 0xff && bytes[1] === 0xfe) return "utf-16le"
	return undefined
}

for (const type of ["loadstart", "progress", "load", "abort", "error", "loadend"]) defineEventHandler(FileReader.prototype, type)
expose("FileReader", interfaceOf(FileReader, "FileReader"))
constants(FileReader, { EMPTY: 0, LOADING: 1, DONE: 2 })
expose("FileReaderSync", interfaceOf(FileReaderSync, "FileReaderSync"), ["worker"])
