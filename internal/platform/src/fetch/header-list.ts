/**
 * Header lists and what the Fetch standard says of names, values and methods.
 * Names keep the case in which they came; those given to these functions are
 * in lower case.
 */

import type { HeaderList } from "../host"
import { ByteString } from "../webidl"
import { parseMIMEType, splitHeader } from "./mime"

const token = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/

export function isToken(text: string): boolean {
	return token.test(text)
}

/** Names that were checked, with their lower case: most are asked for again and again. */
const names = new Map<string, string>()

/** A name in lower case; undefined when it is none. */
export function lowerName(name: string): string | undefined {
	const known = names.get(name)
	if (known !== undefined) return known
	if (!token.test(name)) return undefined
	const lower = name.toLowerCase()
	if (names.size < 1000) names.set(name, lower)
	return lower
}

/** ByteString, without a loop. */
export function byteString(value: unknown): string {
	const text = `${value as string}`
	return names.has(text) || !/[^\0-\xff]/.test(text) ? text : ByteString(text)
}

/** Without leading and trailing HTTP whitespace; undefined for what is no value then. */
export function normalizeValue(value: string): string | undefined {
	if (value.charCodeAt(0) <= 0x20 || value.charCodeAt(value.length - 1) <= 0x20) {
		value = value.replace(/^[\t\n\r ]+|[\t\n\r ]+$/g, "")
	}
	return value.includes("\0") || value.includes("\r") || value.includes("\n") ? undefined : value
}

export function isReasonPhrase(text: string): boolean {
	return /^[\t\x20-\x7e\x80-\xff]*$/.test(text)
}

// The list.

function find(list: HeaderList, name: string, from = 0): number {
	for (let i = from; i < list.length; i++) {
		const own = list[i]![0]
		if (own.length === name.length && (own === name || own.toLowerCase() === name)) return i
	}
	return -1
}

export function hasHeader(list: HeaderList, name: string): boolean {
	return find(list, name) >= 0
}

/** The combined value, null when there is none. */
export function getHeader(list: HeaderList, name: string): string | null {
	let i = find(list, name)
	if (i < 0) return null
	let value = list[i]![1]
	while ((i = find(list, name, i + 1)) >= 0) value += ", " + list[i]![1]
	return value
}

/** The case of a name that is there already is kept; `lower` is the name in lower case. */
export function appendHeader(list: HeaderList, name: string, lower: string, value: string): void {
	const before = find(list, lower)
	list.push([before < 0 ? name : list[before]![0], value])
}

/** As `appendHeader`, in place of all values that are there. */
export function setHeader(list: HeaderList, name: string, lower: string, value: string): void {
	const first = find(list, lower)
	if (first < 0) {
		list.push([name, value])
		return
	}
	list[first] = [list[first]![0], value]
	removeFrom(list, lower, first + 1)
}

export function deleteHeader(list: HeaderList, name: string): void {
	removeFrom(list, name, 0)
}

function removeFrom(list: HeaderList, name: string, from: number): void {
	for (let i = from; (i = find(list, name, i)) >= 0; ) list.splice(i, 1)
}

/** Names in lower case and in order, values combined, except those of Set-Cookie. */
export function sortAndCombine(list: HeaderList): HeaderList {
	const sorted: HeaderList = []
	for (let i = 0; i < list.length; i++) {
		const given = list[i]![0]
		const value = list[i]![1]
		const name = names.get(given) ?? given.toLowerCase()
		let at = sorted.length
		while (at > 0 && sorted[at - 1]![0] > name) at--
		if (at > 0 && sorted[at - 1]![0] === name && name !== "set-cookie") sorted[at - 1]![1] += ", " + value
		else sorted.splice(at, 0, [name, value])
	}
	return sorted
}

/** The field values of Vary. */
export function varies(list: HeaderList): string[] {
	const value = getHeader(list, "vary")
	return value === null ? [] : value.split(",").map(name => name.trim().toLowerCase())
}

// What script may not do.

const forbiddenRequestHeaders = new Set([
	"accept-charset",
	"accept-encoding",
	"access-control-request-headers",
	"access-control-request-method",
	"connection",
	"content-length",
	"cookie",
	"cookie2",
	"date",
	"dnt",
	"expect",
	"host",
	"keep-alive",
	"origin",
	"referer",
	"set-cookie",
	"te",
	"trailer",
	"transfer-encoding",
	"upgrade",
	"via",
])
const methodOverrides = ["x-http-method", "x-http-method-override", "x-method-override"]

export function isForbiddenRequestHeader(name: string, value: string): boolean {
	if (forbiddenRequestHeaders.has(name) || name.startsWith("proxy-") || name.startsWith("sec-")) return true
	return methodOverrides.includes(name) && splitHeader(value).some(isForbiddenMethod)
}

export function isForbiddenResponseHeader(name: string): boolean {
	return name === "set-cookie" || name === "set-cookie2"
}

export function isForbiddenMethod(method: string): boolean {
	return /^(connect|trace|track)$/i.test(method)
}

const normalized = ["DELETE", "GET", "HEAD", "OPTIONS", "POST", "PUT"]

/** In upper case, if it is one of the methods of old. */
export function normalizeMethod(method: string): string {
	const upper = method.toUpperCase()
	return normalized.includes(upper) ? upper : method
}

// What requests without CORS may carry.

export function isSafelistedMethod(method: string): boolean {
	return method === "GET" || method === "HEAD" || method === "POST"
}

export function isNoCorsSafelistedName(name: string): boolean {
	return name === "accept" || name === "accept-language" || name === "content-language" || name === "content-type"
}

export function isNoCorsSafelisted(name: string, value: string): boolean {
	if (!isNoCorsSafelistedName(name) || value.length > 128) return false
	if (name === "accept-language" || name === "content-language") return /^[0-9A-Za-z *,\-.;=]*$/.test(value)
	if (/[\0-\x08\x0a-\x1f"():<>?@[\\\]{}\x7f]/.test(value)) return false
	if (name === "accept") return true
	const essence = parseMIMEType(value)?.essence
	return essence === "application/x-www-form-urlencoded" || essence === "multipart/form-data" || essence === "text/plain"
}
