/** The interface Request, and the standard's concept of a request behind it. */

import { dependentSignal, newSignal, type AbortSignal } from "../abort"
import { host, type BodyHandle, type HeaderList, type RequestRecord, type URLRecord } from "../host"
import { expose, failed, interfaceOf, requireArguments, USVString } from "../webidl"
import { Body } from "./body"
import { includeBody } from "./body-mixin"
import { extract } from "./extract"
import { hasHeader, isForbiddenMethod, isSafelistedMethod, isToken, normalizeMethod } from "./header-list"
import { appendGuarded, fillHeaders, headersOf, type Guard, type Headers } from "./headers"
import { toRequestInit, type RequestInit } from "./request-init"

/** A request without the objects that script may ask for. */
export class RequestState {
	readonly record: RequestRecord
	guard: Guard
	body: Body | null
	/** Made when script asks. */
	signal: AbortSignal | undefined
	/** Whom the signal follows. */
	readonly follows: AbortSignal | undefined

	constructor(record: RequestRecord, guard: Guard, body: Body | null, follows: AbortSignal | undefined) {
		this.record = record
		this.guard = guard
		this.body = body
		this.follows = follows
		this.signal = undefined
	}

	get headers(): HeaderList {
		return this.record.headers
	}

	/** What aborts the request, if anything ever does. */
	get aborter(): AbortSignal | undefined {
		return this.signal ?? this.follows
	}
}

/** The request of a Request object. */
export let requestState: (request: Request) => RequestState
export let isRequest: (value: unknown) => value is Request

export class Request {
	#state: RequestState
	#headers: Headers | undefined

	static {
		requestState = request => request.#state
		isRequest = (value): value is Request => typeof value === "object" && value !== null && #state in value
	}

	constructor(input: unknown, init: unknown = undefined, state: unknown = undefined) {
		if (state instanceof RequestState) {
			this.#state = state
			return
		}
		requireArguments(arguments.length, 1, "Request")
		this.#state = makeRequest(input, init, "Request")
	}

	get method(): string {
		return this.#state.record.method
	}
	get url(): string {
		return this.#state.record.url
	}
	get headers(): Headers {
		return (this.#headers ??= headersOf({ list: this.#state.headers, guard: this.#state.guard }))
	}
	get destination(): string {
		return this.#state.record.destination
	}
	get referrer(): string {
		const { referrer } = this.#state.record
		if (referrer === "no-referrer") return ""
		return referrer === "client" ? "about:client" : referrer
	}
	get referrerPolicy(): string {
		return this.#state.record.referrerPolicy
	}
	get mode(): string {
		return this.#state.record.mode
	}
	get credentials(): string {
		return this.#state.record.credentials
	}
	get cache(): string {
		return this.#state.record.cache
	}
	get redirect(): string {
		return this.#state.record.redirect
	}
	get integrity(): string {
		return this.#state.record.integrity
	}
	get keepalive(): boolean {
		return this.#state.record.keepalive
	}
	get isReloadNavigation(): boolean {
		return this.#state.record.isReload ?? false
	}
	get isHistoryNavigation(): boolean {
		return this.#state.record.isHistory ?? false
	}
	get signal(): AbortSignal {
		const state = this.#state
		return (state.signal ??= state.follows ? dependentSignal([state.follows]) : newSignal())
	}
	get duplex(): string {
		void this.#state
		return "half"
	}

	clone(): Request {
		const { record, guard, body, aborter } = this.#state
		if (body?.unusable) throw new TypeError(failed("Request.clone") + ": Request body is already used")
		return requestOf(new RequestState({ ...record, headers: [...record.headers] }, guard, body && body.clone(), aborter))
	}
}

includeBody(Request, "Request", object => requestState(object as Request))
expose("Request", interfaceOf(Request, "Request"))

function requestOf(state: RequestState): Request {
	return new Request("", undefined, state)
}

// Construction.

/** The realm's own URL. */
let own: URLRecord | undefined

/** A request for a URL as `fetch(url)` makes it. */
function plainRecord(url: string): RequestRecord {
	return {
		method: "GET",
		url,
		headers: [],
		mode: "cors",
		credentials: "same-origin",
		cache: "default",
		redirect: "follow",
		referrer: "client",
		referrerPolicy: "",
		integrity: "",
		keepalive: false,
		destination: "",
	}
}

/** The URL of a request that is given as a string; `what` as in `failed`. */
export function requestURL(input: string, what: string): string {
	const href = host.urlResolve(input, host.location)
	if (href === undefined) throw new TypeError(`${failed(what)}: Failed to parse URL from ${input}`)
	if (href.includes("@") && hasCredentials(host.urlParse(href)!)) {
		throw new TypeError(`${failed(what)}: Request cannot be constructed from a URL that includes credentials: ${input}`)
	}
	return href
}

function hasCredentials({ username, password }: URLRecord): boolean {
	return username !== "" || password !== ""
}

/** The steps of the constructor. */
export function makeRequest(input: unknown, init: unknown, what: string): RequestState {
	const given = isRequest(input) ? requestState(input) : undefined
	const text = given ? "" : USVString(input)
	const options = toRequestInit(init, what)
	const record = given ? { ...given.record, headers: [...given.headers], destination: "" } : plainRecord(requestURL(text, what))
	if (options) applyInit(record, options, what)
	const noCors = record.mode === "no-cors"
	if (noCors && !isSafelistedMethod(record.method)) {
		throw new TypeError(`${failed(what)}: '${record.method}' is unsupported in no-cors mode.`)
	}
	const guard = noCors ? "request-no-cors" : "request"
	if (options) {
		// What the mode does not allow is dropped from inherited headers too.
		const inherited = record.headers
		record.headers = []
		fillHeaders({ list: record.headers, guard }, options.headers ?? inherited, what)
	}
	const body = requestBody(record, guard, given?.body ?? null, options, what)
	const follows = options?.signal === undefined ? given?.aborter : (options.signal ?? undefined)
	return new RequestState(record, guard, body, follows)
}

/** Every member of init but headers, body and signal. */
function applyInit(record: RequestRecord, init: RequestInit, what: string): void {
	if (init.window !== undefined && init.window !== null) {
		throw new TypeError(`${failed(what)}: RequestInit's window can only be null.`)
	}
	if (record.mode === "navigate") record.mode = "same-origin"
	record.isReload = record.isHistory = undefined
	record.referrer = init.referrer === undefined ? "client" : toReferrer(init.referrer, what)
	record.referrerPolicy = init.referrerPolicy ?? ""
	if (init.mode === "navigate") {
		throw new TypeError(`${failed(what)}: Cannot construct a Request with a RequestInit whose mode member is set as 'navigate'.`)
	}
	record.mode = init.mode ?? record.mode
	record.credentials = init.credentials ?? record.credentials
	record.cache = init.cache ?? record.cache
	if (record.cache === "only-if-cached" && record.mode !== "same-origin") {
		throw new TypeError(`${failed(what)}: 'only-if-cached' can be set only with 'same-origin' mode`)
	}
	record.redirect = init.redirect ?? record.redirect
	record.integrity = init.integrity ?? record.integrity
	record.keepalive = init.keepalive ?? record.keepalive
	if (init.method === undefined) return
	if (!isToken(init.method)) throw new TypeError(`${failed(what)}: '${init.method}' is not a valid HTTP method.`)
	if (isForbiddenMethod(init.method)) throw new TypeError(`${failed(what)}: '${init.method}' HTTP method is unsupported.`)
	record.method = normalizeMethod(init.method)
}

function toReferrer(input: string, what: string): string {
	if (input === "") return "no-referrer"
	const parsed = host.urlParse(input, host.location)
	if (!parsed) throw new TypeError(`${failed(what)}: Referrer '${input}' is not a valid URL.`)
	const isClient = parsed.protocol === "about:" && parsed.pathname === "client"
	own ??= host.urlParse(host.location)!
	return isClient || parsed.origin !== own.origin ? "client" : parsed.href
}

/** The body, by init or else taken over from the given request; adds Content-Type. */
function requestBody(record: RequestRecord, guard: Guard, inherited: Body | null, init: RequestInit | undefined, what: string): Body | null {
	const given = init?.body ?? null
	if (given === null && !inherited) return null
	if (record.method === "GET" || record.method === "HEAD") {
		throw new TypeError(`${failed(what)}: Request with GET/HEAD method cannot have body.`)
	}
	let body = inherited
	if (given !== null) {
		const extracted = extract(given, what, record.keepalive)
		body = extracted.body
		if (extracted.type !== null && !hasHeader(record.headers, "content-type")) {
			appendGuarded({ list: record.headers, guard }, "Content-Type", extracted.type, what)
		}
		if (!body.replayable && init?.duplex === undefined) {
			throw new TypeError(`${failed(what)}: The \`duplex\` member must be specified for a request with a streaming body`)
		}
	}
	if (!body!.replayable && record.mode !== "same-origin" && record.mode !== "cors") {
		throw new TypeError(`${failed(what)}: If request is made from ReadableStream, mode should be "same-origin" or "cors"`)
	}
	if (given !== null) {
		inherited?.discard()
		return body
	}
	if (body!.unusable) throw new TypeError(`${failed(what)}: Cannot construct a Request with a Request object that has already been used.`)
	return body!.move()
}

// The border.

/** The request of a fetch event or of a cache. `signal` is what aborts it, if anything can. */
export function requestFromRecord(record: RequestRecord, body: BodyHandle | null = null, signal?: AbortSignal): Request {
	const state = new RequestState(record, "immutable", body === null ? null : Body.of(body), undefined)
	state.signal = signal
	return requestOf(state)
}
