/** multipart/form-data: HTML's encoder and the Fetch standard's parser. */

import { blobBytes, makeFile } from "./blob"
import { FormData, formEntries, formOf } from "./formdata"
import { host } from "./host"

type Bytes = Uint8Array<ArrayBuffer>

/** A form as a body, with the Content-Type that names the boundary. */
export function encodeMultipart(form: FormData): { bytes: Bytes; contentType: string } {
	const boundary = "----WebKitFormBoundary" + randomLetters(16)
	const pieces: Uint8Array[] = []
	const text = (line: string) => pieces.push(host.utf8Encode(line))
	for (const [name, value] of formEntries(form)) {
		const head = `--${boundary}\r\nContent-Disposition: form-data; name="${escape(lines(name))}"`
		if (typeof value === "string") {
			text(`${head}\r\n\r\n${lines(value)}\r\n`)
			continue
		}
		text(`${head}; filename="${escape(value.name)}"\r\nContent-Type: ${value.type || "application/octet-stream"}\r\n\r\n`)
		pieces.push(blobBytes(value))
		text("\r\n")
	}
	text(`--${boundary}--\r\n`)
	return { bytes: concatenate(pieces), contentType: "multipart/form-data; boundary=" + boundary }
}

function randomLetters(count: number): string {
	const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789AB"
	return Array.from(host.random(count), byte => letters[byte % 64]).join("")
}

/** Line breaks as CRLF. */
function lines(text: string): string {
	return text.replace(/\r\n?|\n/g, "\r\n")
}

function escape(text: string): string {
	return text.replaceAll("\n", "%0A").replaceAll("\r", "%0D").replaceAll('"', "%22")
}

export function concatenate(pieces: readonly Uint8Array[]): Bytes {
	const bytes = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0))
	let at = 0
	for (const piece of pieces) {
		bytes.set(piece, at)
		at += piece.length
	}
	return bytes
}

/** The form in a body; TypeError when the body is not what its boundary promises. */
export function parseMultipart(bytes: Uint8Array, boundary: string): FormData {
	const entries = new Parser(bytes, host.utf8Encode("--" + boundary)).entries()
	if (!entries) throw new TypeError("Failed to parse body as FormData.")
	return formOf(entries)
}

interface Part {
	name: string
	filename: string | undefined
	contentType: string
}

const CR = 0x0d
const LF = 0x0a
const dash = 0x2d

class Parser {
	#bytes: Uint8Array
	#delimiter: Uint8Array
	#at = 0

	constructor(bytes: Uint8Array, delimiter: Uint8Array) {
		this.#bytes = bytes
		this.#delimiter = delimiter
	}

	/** undefined: failure. */
	entries(): [string, string | ReturnType<typeof makeFile>][] | undefined {
		const out: [string, string | ReturnType<typeof makeFile>][] = []
		while (this.#take(this.#delimiter)) {
			if (this.#bytes[this.#at] === dash && this.#bytes[this.#at + 1] === dash) return out
			if (!this.#takeLineBreak()) return undefined
			const part = this.#head()
			const body = part && this.#body()
			if (!body) return undefined
			if (part.filename === undefined) out.push([part.name, host.utf8Decode(body, true)])
			else out.push([part.name, makeFile(body.slice() as Bytes, part.filename, part.contentType)])
		}
		return undefined
	}

	#take(wanted: Uint8Array): boolean {
		if (!startsWith(this.#bytes, wanted, this.#at)) return false
		this.#at += wanted.length
		return true
	}

	#takeLineBreak(): boolean {
		if (this.#bytes[this.#at] !== CR || this.#bytes[this.#at + 1] !== LF) return false
		this.#at += 2
		return true
	}

	/** The headers of a part, to the empty line after them. */
	#head(): Part | undefined {
		let disposition: string | undefined
		let contentType = "text/plain"
		while (!this.#takeLineBreak()) {
			const end = this.#bytes.indexOf(LF, this.#at)
			if (end < 0 || this.#bytes[end - 1] !== CR) return undefined
			const line = host.utf8Decode(this.#bytes.subarray(this.#at, end - 1), false)
			this.#at = end + 1
			const header = /^([!#$%&'*+\-.^_`|~\w]+)[ \t]*:[ \t]*(.*?)[ \t]*$/s.exec(line)
			if (!header) return undefined
			if (header[1]!.toLowerCase() === "content-disposition") disposition = header[2]!
			else if (header[1]!.toLowerCase() === "content-type") contentType = header[2]!
		}
		return disposition === undefined ? undefined : dispositionOf(disposition, contentType)
	}

	/** The bytes before the next line that begins with the delimiter. */
	#body(): Uint8Array | undefined {
		const begin = this.#at
		for (let end = this.#bytes.indexOf(CR, begin); end >= 0; end = this.#bytes.indexOf(CR, end + 1)) {
			if (this.#bytes[end + 1] !== LF || !startsWith(this.#bytes, this.#delimiter, end + 2)) continue
			this.#at = end + 2
			return this.#bytes.subarray(begin, end)
		}
		return undefined
	}
}

function startsWith(bytes: Uint8Array, wanted: Uint8Array, at: number): boolean {
	return wanted.every((byte, i) => bytes[at + i] === byte)
}

/** The value of Content-Disposition: form-data; name="..."; filename="...". */
function dispositionOf(text: string, contentType: string): Part | undefined {
	const found = new Map<string, string>()
	const [kind] = /^[^;]*/.exec(text)!
	if (kind.trim().toLowerCase() !== "form-data") return undefined
	for (const [, name, quoted, token] of text.slice(kind.length).matchAll(/;\s*([^\s=;]+)=(?:"([^"]*)"|([^\s;]*))/g)) {
		found.set(name!.toLowerCase(), unescape(quoted ?? token!))
	}
	const name = found.get("name")
	return name === undefined ? undefined : { name, filename: found.get("filename"), contentType }
}

function unescape(text: string): string {
	return text.replaceAll("%0A", "\n").replaceAll("%0D", "\r").replaceAll("%22", '"')
}
