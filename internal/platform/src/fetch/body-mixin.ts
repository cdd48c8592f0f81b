/** The mixin Body of Request and Response. */

import { makeBlob } from "../blob"
import { formOf, type FormData } from "../formdata"
import { host, type HeaderList } from "../host"
import { parseMultipart } from "../multipart"
import type { ReadableStream } from "../streams"
import { parseUrlencoded } from "../urlencoded"
import { failed } from "../webidl"
import type { Body } from "./body"
import type { Bytes } from "./feed"
import { extractMIMEType, serializeMIMEType } from "./mime"

export interface BodyOwner {
	readonly body: Body | null
	readonly headers: HeaderList
}

type Convert<T> = (data: string | Bytes, headers: HeaderList) => T

const toBytes: Convert<Bytes> = data => (typeof data === "string" ? (host.utf8Encode(data) as Bytes) : data)

const toText: Convert<string> = data => {
	if (typeof data !== "string") return host.utf8Decode(data, true)
	return data.charCodeAt(0) === 0xfeff ? data.slice(1) : data
}

const toArrayBuffer: Convert<ArrayBuffer> = data => {
	const bytes = toBytes(data, [])
	return bytes.length === bytes.buffer.byteLength ? bytes.buffer : bytes.slice().buffer
}

const toForm: Convert<FormData> = (data, headers) => {
	const type = extractMIMEType(headers)
	const boundary = type?.parameters.get("boundary")
	if (type?.essence === "multipart/form-data" && boundary !== undefined) return parseMultipart(toBytes(data, headers), boundary)
	if (type?.essence === "application/x-www-form-urlencoded") {
		return formOf(parseUrlencoded(typeof data === "string" ? data : host.utf8Decode(data, false)))
	}
	throw new TypeError("Failed to fetch")
}

/** Adds the mixin to an interface. `ownerOf` throws TypeError for what is no instance of it. */
export function includeBody(constructor: abstract new (...args: any[]) => unknown, name: string, ownerOf: (object: unknown) => BodyOwner): void {
	const consume = <T>(object: unknown, method: string, convert: Convert<T>): Promise<T> =>
		new Promise((resolve, reject) => {
			const { body, headers } = ownerOf(object)
			const done = (data: string | Bytes) => {
				try {
					resolve(convert(data, headers))
				} catch (error) {
					reject(error)
				}
			}
			if (!body) return done("")
			if (body.unusable) throw new TypeError(`${failed(`${name}.${method}`)}: body stream ${body.used ? "already read" : "is locked"}`)
			body.take(done, reject)
		})
	class Mixin {
		get body(): ReadableStream | null {
			return ownerOf(this).body?.stream ?? null
		}
		get bodyUsed(): boolean {
			return ownerOf(this).body?.used ?? false
		}
		arrayBuffer() {
			return consume(this, "arrayBuffer", toArrayBuffer)
		}
		blob() {
			return consume(this, "blob", (data, headers) => {
				const type = extractMIMEType(headers)
				return makeBlob(toBytes(data, headers), type ? serializeMIMEType(type) : "")
			})
		}
		bytes() {
			return consume(this, "bytes", toBytes)
		}
		formData() {
			return consume(this, "formData", toForm)
		}
		json() {
			return consume(this, "json", (data, headers) => JSON.parse(toText(data, headers)) as unknown)
		}
		text() {
			return consume(this, "text", toText)
		}
	}
	const { constructor: _, ...members } = Object.getOwnPropertyDescriptors(Mixin.prototype)
	Object.defineProperties(constructor.prototype, members)
}
