/** The interface Response, and the standard's concept of a response behind it. */

import { host, type HeaderList, type ResponseHandle, type ResponseList, type ResponseRecord } from "../host"
import { ByteString, dictionary, expose, failed, interfaceOf, requireArguments, unsignedShort, USVString } from "../webidl"
import { Body } from "./body"
import { includeBody } from "./body-mixin"
import { responseRecord, responseToHost } from "./border"
import { extract, toBodyInit, type BodyWithType } from "./extract"
import type { Fate } from "./fate"
import { hasHeader, isReasonPhrase } from "./header-list"
import { fillHeaders, headersOf, toHeadersInit, type Guard, type Headers, type HeadersInit } from "./headers"

/** A response without the objects that script may ask for. */
export class ResponseState {
	readonly record: ResponseRecord
	readonly guard: Guard
	body: Body | null

	constructor(record: ResponseRecord, guard: Guard, body: Body | null) {
		this.record = record
		this.guard = guard
		this.body = body
	}

	get headers(): HeaderList {
		return this.record.headers
	}
}

/** The response of a Response object. */
export let responseState: (response: Response) => ResponseState
export let isResponse: (value: unknown) => value is Response

export class Response {
	#state: ResponseState
	#headers: Headers | undefined

	static {
		responseState = response => response.#state
		isResponse = (value): value is Response => typeof value === "object" && value !== null && #state in value
	}

	constructor(body: unknown = null, init: unknown = undefined, state: unknown = undefined) {
		if (state instanceof ResponseState) {
			this.#state = state
			return
		}
		const what = "Response"
		const object = body === null || body === undefined ? null : toBodyInit(body)
		const options = toResponseInit(init, what)
		this.#state = initialize(options, object === null ? null : extract(object, what), what)
	}

	static error(): Response {
		return responseOf(new ResponseState({ ...plainRecord(), type: "error", status: 0 }, "immutable", null))
	}

	static redirect(url: unknown, status: unknown = 302): Response {
		const what = "Response.redirect"
		requireArguments(arguments.length, 1, what)
		const text = USVString(url)
		const code = unsignedShort(status)
		const parsed = host.urlParse(text, host.location)
		if (!parsed) throw new TypeError(`${failed(what)}: Failed to parse URL from ${text}`)
		if (![301, 302, 303, 307, 308].includes(code)) throw new RangeError(`${failed(what)}: Invalid status code`)
		const record = { ...plainRecord(), status: code, headers: [["Location", parsed.href]] as HeaderList }
		return responseOf(new ResponseState(record, "immutable", null))
	}

	static json(data: unknown, init: unknown = undefined): Response {
		const what = "Response.json"
		requireArguments(arguments.length, 1, what)
		const options = toResponseInit(init, what)
		const text = JSON.stringify(data) as string | undefined
		if (text === undefined) throw new TypeError(`${failed(what)}: The data is not JSON serializable`)
		return responseOf(initialize(options, { body: Body.of(text), type: "application/json" }, what))
	}

	get type(): string {
		return this.#state.record.type
	}
	get url(): string {
		return this.#state.record.url
	}
	get redirected(): boolean {
		return this.#state.record.redirected
	}
	get status(): number {
		return this.#state.record.status
	}
	get ok(): boolean {
		return isOK(this.#state.record.status)
	}
	get statusText(): string {
		return this.#state.record.statusText
	}
	get headers(): Headers {
		return (this.#headers ??= headersOf({ list: this.#state.headers, guard: this.#state.guard }))
	}

	clone(): Response {
		const { record, guard, body } = this.#state
		if (body?.unusable) throw new TypeError(failed("Response.clone") + ": Response body is already used")
		const headers = guard === "immutable" ? record.headers : [...record.headers]
		return responseOf(new ResponseState({ ...record, headers }, guard, body && body.clone()))
	}
}

includeBody(Response, "Response", object => responseState(object as Response))
expose("Response", interfaceOf(Response, "Response"))

export function isOK(status: number): boolean {
	return status >= 200 && status <= 299
}

function responseOf(state: ResponseState): Response {
	return new Response(null, undefined, state)
}

function plainRecord(): ResponseRecord {
	return { type: "default", url: "", redirected: false, status: 200, statusText: "", headers: [], body: null, id: 0 }
}

interface ResponseInit {
	headers: HeadersInit | undefined
	status: number
	statusText: string
}

const noInit: ResponseInit = { headers: undefined, status: 200, statusText: "" }

function toResponseInit(value: unknown, what: string): ResponseInit {
	if (value === undefined || value === null) return noInit
	const given = dictionary(value, what)
	const headers = given.headers
	const list = headers === undefined ? undefined : toHeadersInit(headers, what)
	const status = given.status
	const code = status === undefined ? 200 : unsignedShort(status)
	const statusText = given.statusText
	return { headers: list, status: code, statusText: statusText === undefined ? "" : ByteString(statusText) }
}

/** "Initialize a response". */
function initialize(init: ResponseInit, given: BodyWithType | null, what: string): ResponseState {
	const { headers, status, statusText } = init
	if (status < 200 || status > 599) {
		throw new RangeError(`${failed(what)}: The status provided (${status}) is outside the range [200, 599].`)
	}
	if (!isReasonPhrase(statusText)) throw new TypeError(`${failed(what)}: Invalid statusText`)
	const record = plainRecord()
	record.status = status
	record.statusText = statusText
	const state = new ResponseState(record, "response", given && given.body)
	if (headers) fillHeaders({ list: record.headers, guard: "response" }, headers, what)
	if (!given) return state
	if (status === 204 || status === 205 || status === 304) {
		throw new TypeError(`${failed(what)}: Response with null body status cannot have body`)
	}
	if (given.type !== null && !hasHeader(record.headers, "content-type")) record.headers.push(["Content-Type", given.type])
	return state
}

// The border.

/** A response from a cache. */
export function responseFromList(list: ResponseList): Response {
	return responseFromRecord(responseRecord(list))
}

/** A response from the network; `fate` ends its body when its fetch is aborted. */
export function responseFromRecord(record: ResponseRecord, fate?: Fate): Response {
	// An opaque response has a body, which is for those it is handed on to.
	const hidden = record.body === null || record.type.startsWith("opaque")
	return responseOf(new ResponseState(record, "immutable", hidden ? null : Body.of(record.body!, fate)))
}

/** Hands a response to Go, which uses its body. TypeError when that was used before. */
export function handOver(response: Response): ResponseHandle {
	const { record, body } = responseState(response)
	if (body?.unusable) throw new TypeError("The response's body is already used.")
	const handle = body ? body.leave() : record.body
	return responseToHost(record, body || handle === null ? handle : host.bodyTee(handle))
}
