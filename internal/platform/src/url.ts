/**
 * The URL standard's API. Parsing and the setters are Go's; the list of a
 * query, which scripts change name by name, is kept here, and the two follow
 * each other once `searchParams` was asked for.
 */

import { blobBytes, Blob } from "./blob"
import { host, type URLRecord } from "./host"
import { type Pair, parseUrlencoded, serializeUrlencoded } from "./urlencoded"
import { expose, failed, interfaceOf, isObject, iterablePairs, record, requireArguments, sequence, sequenceFrom, USVString } from "./webidl"

/** The record of a URL; TypeError, which begins with `what`, when there is none. */
export function parseURL(input: string, base: string | undefined, what: string): URLRecord {
	const parsed = host.urlParse(input, base)
	if (!parsed) throw new TypeError(what + ": Invalid URL")
	return parsed
}

let follow: (query: URLSearchParams, update: (search: string) => void) => void
let replace: (query: URLSearchParams, search: string) => void

export class URLSearchParams {
	#list: Pair[]
	/** Tells the URL that the list belongs to of a change. */
	#update: ((search: string) => void) | undefined

	static {
		follow = (query, update) => (query.#update = update)
		replace = (query, search) => (query.#list = parseUrlencoded(search))
		iterablePairs(URLSearchParams, "URLSearchParams", query => query.#list)
	}

	constructor(init: unknown = "") {
		this.#list = initialPairs(init)
	}

	get size(): number {
		return this.#list.length
	}

	append(name: unknown, value: unknown): void {
		requireArguments(arguments.length, 2, "URLSearchParams.append")
		this.#list.push([USVString(name), USVString(value)])
		this.#changed()
	}

	delete(name: unknown, value: unknown = undefined): void {
		requireArguments(arguments.length, 1, "URLSearchParams.delete")
		const matches = matcher(name, value)
		this.#list = this.#list.filter(pair => !matches(pair))
		this.#changed()
	}

	get(name: unknown): string | null {
		requireArguments(arguments.length, 1, "URLSearchParams.get")
		return this.#list.find(matcher(name, undefined))?.[1] ?? null
	}

	getAll(name: unknown): string[] {
		requireArguments(arguments.length, 1, "URLSearchParams.getAll")
		return this.#list.filter(matcher(name, undefined)).map(pair => pair[1])
	}

	has(name: unknown, value: unknown = undefined): boolean {
		requireArguments(arguments.length, 1, "URLSearchParams.has")
		return this.#list.some(matcher(name, value))
	}

	set(name: unknown, value: unknown): void {
		requireArguments(arguments.length, 2, "URLSearchParams.set")
		const pair: Pair = [USVString(name), USVString(value)]
		const index = this.#list.findIndex(([other]) => other === pair[0])
		if (index < 0) this.#list.push(pair)
		else this.#list = this.#list.filter(([other], i) => i <= index || other !== pair[0]).with(index, pair)
		this.#changed()
	}

	sort(): void {
		this.#list.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)) // by code units; stable
		this.#changed()
	}

	toString(): string {
		return serializeUrlencoded(this.#list)
	}

	#changed(): void {
		this.#update?.(serializeUrlencoded(this.#list))
	}
}

function matcher(name: unknown, value: unknown): (pair: Pair) => boolean {
	const wantedName = USVString(name)
	const wantedValue = value === undefined ? undefined : USVString(value)
	return ([name, value]) => name === wantedName && (wantedValue === undefined || value === wantedValue)
}

function initialPairs(init: unknown): Pair[] {
	if (!isObject(init)) return parseUrlencoded(USVString(init).replace(/^\?/, ""))
	const method: unknown = (init as Record<symbol, unknown>)[Symbol.iterator]
	if (method === undefined || method === null) return record(init, USVString, USVString)
	const wrong = (why: string) => new TypeError(`${failed("URLSearchParams")}: ${why}`)
	if (typeof method !== "function") throw wrong("The object must have a callable @@iterator property.")
	return sequenceFrom(init, method, item => {
		const pair = sequence(item, USVString)
		if (pair.length !== 2) throw wrong("Sequence initializer must only contain pair elements")
		return pair as unknown as Pair
	})
}

export class URL {
	#record: URLRecord
	#query: URLSearchParams | undefined

	constructor(url: unknown, base: unknown = undefined) {
		requireArguments(arguments.length, 1, "URL")
		this.#record = parseURL(USVString(url), base === undefined ? undefined : USVString(base), failed("URL"))
	}

	static canParse(url: unknown, base: unknown = undefined): boolean {
		requireArguments(arguments.length, 1, "URL.canParse")
		return host.urlParse(USVString(url), base === undefined ? undefined : USVString(base)) !== undefined
	}

	static parse(url: unknown, base: unknown = undefined): URL | null {
		requireArguments(arguments.length, 1, "URL.parse")
		const input = USVString(url)
		const against = base === undefined ? undefined : USVString(base)
		try {
			return new URL(input, against)
		} catch {
			return null
		}
	}

	get href(): string {
		return this.#record.href
	}
	set href(value: unknown) {
		this.#record = parseURL(USVString(value), undefined, "Failed to set the 'href' property on 'URL'")
		this.#searchChanged()
	}

	get origin(): string {
		return this.#record.origin
	}

	get protocol(): string {
		return this.#record.protocol
	}
	set protocol(value: unknown) {
		this.#set("protocol", value)
	}

	get username(): string {
		return this.#record.username
	}
	set username(value: unknown) {
		this.#set("username", value)
	}

	get password(): string {
		return this.#record.password
	}
	set password(value: unknown) {
		this.#set("password", value)
	}

	get host(): string {
		return this.#record.host
	}
	set host(value: unknown) {
		this.#set("host", value)
	}

	get hostname(): string {
		return this.#record.hostname
	}
	set hostname(value: unknown) {
		this.#set("hostname", value)
	}

	get port(): string {
		return this.#record.port
	}
	set port(value: unknown) {
		this.#set("port", value)
	}

	get pathname(): string {
		return this.#record.pathname
	}
	set pathname(value: unknown) {
		this.#set("pathname", value)
	}

	get search(): string {
		return this.#record.search
	}
	set search(value: unknown) {
		this.#set("search", value)
		this.#searchChanged()
	}

	get searchParams(): URLSearchParams {
		if (!this.#query) {
			this.#query = new URLSearchParams()
			follow(this.#query, search => this.#set("search", search))
			this.#searchChanged()
		}
		return this.#query
	}

	get hash(): string {
		return this.#record.hash
	}
	set hash(value: unknown) {
		this.#set("hash", value)
	}

	toJSON(): string {
		return this.#record.href
	}

	toString(): string {
		return this.#record.href
	}

	#set(part: string, value: unknown): void {
		this.#record = host.urlSet(this.#record.href, part, USVString(value))
	}

	#searchChanged(): void {
		if (this.#query) replace(this.#query, this.#record.search.slice(1))
	}
}

if (host.kind !== "serviceworker") {
	Object.assign(URL, {
		createObjectURL(object: unknown): string {
			requireArguments(arguments.length, 1, "URL.createObjectURL")
			if (object instanceof Blob) return host.blobURLCreate(blobBytes(object), object.type)
			throw new TypeError(failed("URL.createObjectURL") + ": parameter 1 is not of type 'Blob'.")
		},
		revokeObjectURL(url: unknown): void {
			requireArguments(arguments.length, 1, "URL.revokeObjectURL")
			host.blobURLRevoke(USVString(url))
		},
	})
}

expose("URL", interfaceOf(URL, "URL"))
expose("webkitURL", URL, ["window"])
expose("URLSearchParams", interfaceOf(URLSearchParams, "URLSearchParams"))
