/** BodyInit: the values of which a body can be made. */

import { Blob, blobBytes } from "../blob"
import { FormData } from "../formdata"
import { encodeMultipart } from "../multipart"
import { isReadableStream, streams, type ReadableStream } from "../streams"
import { URLSearchParams } from "../url"
import { bufferSource, failed, isBufferSource, USVString } from "../webidl"
import { Body } from "./body"

/** A BodyInit after its conversion. */
export type BodyInit = string | ReadableStream | Blob | ArrayBuffer | ArrayBufferView | FormData | URLSearchParams

export interface BodyWithType {
	body: Body
	type: string | null
}

/** Converts a BodyInit: what is no object of these interfaces becomes a string. */
export function toBodyInit(value: unknown): BodyInit {
	if (typeof value === "string") return USVString(value)
	if (isReadableStream(value) || isBufferSource(value)) return value
	if (value instanceof Blob || value instanceof URLSearchParams || value instanceof FormData) return value
	return USVString(value)
}

/** "Extract a body with type"; `what` as in `failed`. */
export function extract(object: BodyInit, what: string, keepalive = false): BodyWithType {
	if (typeof object === "string") return { body: Body.of(object), type: "text/plain;charset=UTF-8" }
	if (isReadableStream(object)) {
		if (keepalive) throw new TypeError(failed(what) + ": Keepalive requests cannot have a ReadableStream body")
		if (object.locked || streams().isDisturbed(object)) throw new TypeError(failed(what) + ": The body object should not be disturbed or locked")
		return { body: Body.ofStream(object), type: null }
	}
	if (isBufferSource(object)) return { body: Body.of(bufferSource(object).slice()), type: null }
	if (object instanceof Blob) return { body: Body.ofShared(blobBytes(object)), type: object.type || null }
	if (object instanceof URLSearchParams) {
		return { body: Body.of(object.toString()), type: "application/x-www-form-urlencoded;charset=UTF-8" }
	}
	const { bytes, contentType } = encodeMultipart(object)
	return { body: Body.of(bytes), type: contentType }
}
