/** RequestInit: its conversion, in the order of its members' names. */

import { isAbortSignal, type AbortSignal } from "../abort"
import { ByteString, dictionary, DOMString, enumeration, failed, USVString } from "../webidl"
import { toBodyInit, type BodyInit } from "./extract"
import { toHeadersInit, type HeadersInit } from "./headers"

export interface RequestInit {
	body?: BodyInit | null
	cache?: string
	credentials?: string
	duplex?: string
	headers?: HeadersInit
	integrity?: string
	keepalive?: boolean
	method?: string
	mode?: string
	priority?: string
	redirect?: string
	referrer?: string
	referrerPolicy?: string
	signal?: AbortSignal | null
	window?: unknown
}

const oneOf =
	(what: string, ...values: string[]) =>
	(value: unknown) =>
		enumeration(value, values, what)

const toCache = oneOf("RequestCache", "default", "no-store", "reload", "no-cache", "force-cache", "only-if-cached")
const toCredentials = oneOf("RequestCredentials", "omit", "same-origin", "include")
const toDuplex = oneOf("RequestDuplex", "half")
const toMode = oneOf("RequestMode", "same-origin", "cors", "no-cors", "navigate")
const toPriority = oneOf("RequestPriority", "high", "low", "auto")
const toRedirect = oneOf("RequestRedirect", "follow", "error", "manual")
const toReferrerPolicy = oneOf(
	"ReferrerPolicy",
	"",
	"no-referrer",
	"no-referrer-when-downgrade",
	"same-origin",
	"origin",
	"strict-origin",
	"origin-when-cross-origin",
	"strict-origin-when-cross-origin",
	"unsafe-url",
)

/** Undefined when no member is there; `what` as in `failed`. */
export function toRequestInit(value: unknown, what: string): RequestInit | undefined {
	if (value === undefined || value === null) return undefined
	const given = dictionary(value, what)
	const init: RequestInit = {}
	// Written out, since the engine is ten times as slow with computed names.
	let member = given.body
	if (member !== undefined) init.body = member === null ? null : toBodyInit(member)
	if ((member = given.cache) !== undefined) init.cache = toCache(member)
	if ((member = given.credentials) !== undefined) init.credentials = toCredentials(member)
	if ((member = given.duplex) !== undefined) init.duplex = toDuplex(member)
	if ((member = given.headers) !== undefined) init.headers = toHeadersInit(member, what)
	if ((member = given.integrity) !== undefined) init.integrity = DOMString(member)
	if ((member = given.keepalive) !== undefined) init.keepalive = !!member
	if ((member = given.method) !== undefined) init.method = ByteString(member)
	if ((member = given.mode) !== undefined) init.mode = toMode(member)
	if ((member = given.priority) !== undefined) init.priority = toPriority(member)
	if ((member = given.redirect) !== undefined) init.redirect = toRedirect(member)
	if ((member = given.referrer) !== undefined) init.referrer = USVString(member)
	if ((member = given.referrerPolicy) !== undefined) init.referrerPolicy = toReferrerPolicy(member)
	if ((member = given.signal) !== undefined) init.signal = toSignal(member, what)
	if ((member = given.window) !== undefined) init.window = member
	for (const _ in init) return init
	return undefined
}

function toSignal(value: unknown, what: string): AbortSignal | null {
	if (value === null || isAbortSignal(value)) return value
	throw new TypeError(failed(what) + ": member signal is not of type AbortSignal.")
}
