/** The interface Headers: a header list and a guard that says what script may do to it. */

import type { HeaderList } from "../host"
import { expose, failed, interfaceOf, isObject, iterablePairs, record, requireArguments, sequence, sequenceFrom } from "../webidl"
import {
	appendHeader,
	byteString,
	deleteHeader,
	getHeader,
	hasHeader,
	isForbiddenRequestHeader,
	isForbiddenResponseHeader,
	isNoCorsSafelisted,
	isNoCorsSafelistedName,
	lowerName,
	normalizeValue,
	setHeader,
	sortAndCombine,
} from "./header-list"

export type Guard = "none" | "immutable" | "request" | "request-no-cors" | "response"

/** A header list under a guard; a Headers object is made for it when script asks. */
export interface Guarded {
	list: HeaderList
	guard: Guard
}

/** HeadersInit after its conversion; its items may have any length. */
export type HeadersInit = readonly (readonly string[])[]

/** How the list of something else is given to the constructor. */
class Given {
	constructor(readonly target: Guarded) {}
}

let targetOf: (headers: Headers) => Guarded
let isHeaders: (value: object) => value is Headers
/** Whether iteration by a method gives what the list says, whatever script did to prototypes. */
let iteratesAs: (method: unknown) => boolean

export class Headers {
	#target: Guarded
	/** The list as iterators see it, until it changes. */
	#sorted: HeaderList | undefined

	static {
		targetOf = headers => headers.#target
		isHeaders = (value): value is Headers => #target in value
		iterablePairs(Headers, "Headers", headers => (headers.#sorted ??= sortAndCombine(headers.#target.list)))
		const { entries } = Headers.prototype
		const iterator = Object.getPrototypeOf(entries.call(new Headers())) as Iterator<unknown>
		const { next } = iterator
		iteratesAs = method => method === entries && iterator.next === next
	}

	declare entries: () => IterableIterator<[string, string]>

	constructor(init: unknown = undefined, given: unknown = undefined) {
		if (given instanceof Given) {
			this.#target = given.target
			return
		}
		this.#target = { list: [], guard: "none" }
		if (init !== undefined) fillHeaders(this.#target, toHeadersInit(init, "Headers"), "Headers")
	}

	append(name: unknown, value: unknown): void {
		const target = this.#target
		requireArguments(arguments.length, 2, "Headers.append")
		appendGuarded(target, byteString(name), byteString(value), "Headers.append")
		this.#sorted = undefined
	}

	delete(name: unknown): void {
		const target = this.#target
		requireArguments(arguments.length, 1, "Headers.delete")
		const lower = nameOf(byteString(name), "Headers.delete")
		if (!mayChange(target, lower, "", "Headers.delete")) return
		const noCors = target.guard === "request-no-cors"
		if (noCors && !isNoCorsSafelistedName(lower) && lower !== "range") return
		if (!hasHeader(target.list, lower)) return
		deleteHeader(target.list, lower)
		if (noCors) removePrivileged(target)
		this.#sorted = undefined
	}

	get(name: unknown): string | null {
		const target = this.#target
		requireArguments(arguments.length, 1, "Headers.get")
		return getHeader(target.list, nameOf(byteString(name), "Headers.get"))
	}

	getSetCookie(): string[] {
		return this.#target.list.filter(line => line[0].toLowerCase() === "set-cookie").map(line => line[1])
	}

	has(name: unknown): boolean {
		const target = this.#target
		requireArguments(arguments.length, 1, "Headers.has")
		return hasHeader(target.list, nameOf(byteString(name), "Headers.has"))
	}

	set(name: unknown, value: unknown): void {
		const target = this.#target
		requireArguments(arguments.length, 2, "Headers.set")
		const text = byteString(name)
		const given = byteString(value)
		const lower = nameOf(text, "Headers.set")
		const normalized = valueOf(given, "Headers.set")
		if (!mayChange(target, lower, normalized, "Headers.set")) return
		const noCors = target.guard === "request-no-cors"
		if (noCors && !isNoCorsSafelisted(lower, normalized)) return
		setHeader(target.list, text, lower, normalized)
		if (noCors) removePrivileged(target)
		this.#sorted = undefined
	}
}

expose("Headers", interfaceOf(Headers, "Headers"))

/** The object by which script sees a header list. Nobody else may change the list afterwards. */
export function headersOf(target: Guarded): Headers {
	return new Headers(undefined, new Given(target))
}

/** A name in lower case; `what` as in `failed`. */
function nameOf(name: string, what: string): string {
	const lower = lowerName(name)
	if (lower === undefined) throw new TypeError(failed(what) + ": Invalid name")
	return lower
}

/** A value, normalized. */
function valueOf(value: string, what: string): string {
	const normalized = normalizeValue(value)
	if (normalized === undefined) throw new TypeError(failed(what) + ": Invalid value")
	return normalized
}

/** Whether the guard lets a header be changed; TypeError when none may be. */
function mayChange({ guard }: Guarded, name: string, value: string, what: string): boolean {
	if (guard === "none") return true
	if (guard === "immutable") throw new TypeError(failed(what) + ": Headers are immutable")
	if (guard === "request") return !isForbiddenRequestHeader(name, value)
	return guard !== "response" || !isForbiddenResponseHeader(name)
}

/** "Append"; `what` as in `failed`. */
export function appendGuarded(target: Guarded, name: string, given: string, what: string): void {
	const lower = nameOf(name, what)
	const value = valueOf(given, what)
	if (!mayChange(target, lower, value, what)) return
	const noCors = target.guard === "request-no-cors"
	if (noCors) {
		const before = getHeader(target.list, lower)
		if (!isNoCorsSafelisted(lower, before === null ? value : before + ", " + value)) return
	}
	appendHeader(target.list, name, lower, value)
	if (noCors) removePrivileged(target)
}

/** Range is for those who make requests without script. */
function removePrivileged({ list }: Guarded): void {
	deleteHeader(list, "range")
}

/** "Fill"; `what` as in `failed`. */
export function fillHeaders(target: Guarded, init: HeadersInit, what: string): void {
	for (const line of init) {
		if (line.length !== 2) throw new TypeError(failed(what) + ": Invalid value")
		appendGuarded(target, line[0]!, line[1]!, what)
	}
}

/** Converts a HeadersInit: a sequence of sequences, or a record; `what` as in `failed`. */
export function toHeadersInit(init: unknown, what: string): HeadersInit {
	if (!isObject(init)) throw new TypeError(`${failed(what)}: The provided value is not of type '(record<ByteString, ByteString> or sequence<sequence<ByteString>>)'.`)
	const method: unknown = (init as Record<symbol, unknown>)[Symbol.iterator]
	if (isHeaders(init) && iteratesAs(method)) return sortAndCombine(targetOf(init).list)
	if (method === undefined || method === null) return record(init, byteString, byteString)
	if (typeof method !== "function") throw new TypeError(failed(what) + ": The object must have a callable @@iterator property.")
	return sequenceFrom(init, method, line => sequence(line, byteString))
}
