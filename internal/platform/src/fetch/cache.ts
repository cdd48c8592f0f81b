/**
 * Cache and CacheStorage of the Service Workers standard. The entries are in
 * Go; bodies go there and come from there without being looked at.
 */

import { ask, callFor, host, type Call, type RequestHandle, type RequestQuery, type RequestRecord, type ResponseHandle, type ResponseList, type ResponseRecord } from "../host"
import { dictionary, DOMString, expose, failed, illegal, interfaceOf, requireArguments, requireKey, scopeMembers, sequence, USVString } from "../webidl"
import { queryToHost, requestToHost, responseToHost } from "./border"
import type { Fate } from "./fate"
import { startFetch, type Fetching } from "./fetch"
import { varies } from "./header-list"
import { isRequest, makeRequest, type Request, requestFromRecord, requestState, type RequestState, requestURL } from "./request"
import { isOK, handOver, isResponse, type Response, responseFromList, responseState } from "./response"

type Pair = { request: RequestRecord; response: ResponseRecord }

class Cache {
	#cache: number

	constructor(key: unknown = undefined, cache: number = 0) {
		requireKey(key)
		this.#cache = cache
	}

	match(request: unknown, options: unknown = undefined): Promise<Response | undefined> {
		const given = arguments.length
		return new Promise((resolve, reject) => {
			const cache = this.#cache
			requireArguments(given, 1, "Cache.match")
			const query = toQuery(request, "Cache.match")
			const { ignoreSearch, ignoreMethod, ignoreVary } = toOptions(options, "Cache.match")
			host.cacheMatch(callFor(whenFound(resolve), reject), cache, queryToHost(query), ignoreSearch, ignoreMethod, ignoreVary, false)
		})
	}

	matchAll(request: unknown = undefined, options: unknown = undefined): Promise<readonly Response[]> {
		return new Promise((resolve, reject) => {
			const cache = this.#cache
			const query = request === undefined ? undefined : toQuery(request, "Cache.matchAll")
			const { ignoreSearch, ignoreMethod, ignoreVary } = toOptions(options, "Cache.matchAll")
			const found = (lists: ResponseList[]) => resolve(Object.freeze(lists.map(responseFromList)))
			host.cacheMatch(callFor(found, reject), cache, query && queryToHost(query), ignoreSearch, ignoreMethod, ignoreVary, true)
		})
	}

	async add(request: unknown): Promise<void> {
		const cache = this.#cache
		requireArguments(arguments.length, 1, "Cache.add")
		await addAll(cache, [toRequestInfo(request)], "Cache.add")
	}

	async addAll(requests: unknown): Promise<void> {
		const cache = this.#cache
		requireArguments(arguments.length, 1, "Cache.addAll")
		await addAll(cache, sequence(requests, toRequestInfo), "Cache.addAll")
	}

	put(request: unknown, response: unknown): Promise<void> {
		const given = arguments.length
		return new Promise((resolve, reject) => {
			const cache = this.#cache
			requireArguments(given, 2, "Cache.put")
			const info = toRequestInfo(request)
			if (!isResponse(response)) throw new TypeError(failed("Cache.put") + ": parameter 2 is not of type 'Response'.")
			const { record } = isRequest(info) ? requestState(info) : makeRequest(info, undefined, "Cache.put")
			const { body, record: answer } = responseState(response)
			const why = unstorableRequest(record) ?? unstorableResponse(answer) ?? (body?.unusable ? "Response body is already used" : undefined)
			if (why) throw new TypeError(`${failed("Cache.put")}: ${why}`)
			store(cache, [requestToHost(record), handOver(response)], body?.fate ? [body.fate] : [], resolve, reject)
		})
	}

	delete(request: unknown, options: unknown = undefined): Promise<boolean> {
		const given = arguments.length
		return new Promise((resolve, reject) => {
			const cache = this.#cache
			requireArguments(given, 1, "Cache.delete")
			const query = toQuery(request, "Cache.delete")
			const { ignoreSearch, ignoreMethod, ignoreVary } = toOptions(options, "Cache.delete")
			host.cacheDelete(callFor(resolve, reject), cache, queryToHost(query), ignoreSearch, ignoreMethod, ignoreVary)
		})
	}

	keys(request: unknown = undefined, options: unknown = undefined): Promise<readonly Request[]> {
		return new Promise((resolve, reject) => {
			const cache = this.#cache
			const query = request === undefined ? undefined : toQuery(request, "Cache.keys")
			const found = (records: RequestRecord[]) => resolve(Object.freeze(records.map(record => requestFromRecord(record))))
			const { ignoreSearch, ignoreMethod, ignoreVary } = toOptions(options, "Cache.keys")
			host.cacheKeys(callFor(found, reject), cache, query && queryToHost(query), ignoreSearch, ignoreMethod, ignoreVary)
		})
	}
}

class CacheStorage {
	#brand = true

	constructor(key: unknown = undefined) {
		requireKey(key)
	}

	match(request: unknown, options: unknown = undefined): Promise<Response | undefined> {
		const given = arguments.length
		return new Promise((resolve, reject) => {
			void this.#brand
			requireArguments(given, 1, "CacheStorage.match")
			const query = toQuery(request, "CacheStorage.match")
			const { ignoreSearch, ignoreMethod, ignoreVary, cacheName } = toOptions(options, "CacheStorage.match")
			host.cachesMatch(callFor(whenFound(resolve), reject), queryToHost(query), ignoreSearch, ignoreMethod, ignoreVary, cacheName)
		})
	}

	async has(cacheName: unknown): Promise<boolean> {
		void this.#brand
		return named("CacheStorage.has", arguments.length, cacheName, (call, name) => host.cachesHas(call, name))
	}

	async open(cacheName: unknown): Promise<Cache> {
		void this.#brand
		const cache = await named<number>("CacheStorage.open", arguments.length, cacheName, (call, name) => host.cachesOpen(call, name))
		return new Cache(illegal, cache)
	}

	async delete(cacheName: unknown): Promise<boolean> {
		void this.#brand
		return named("CacheStorage.delete", arguments.length, cacheName, (call, name) => host.cachesDelete(call, name))
	}

	async keys(): Promise<string[]> {
		void this.#brand
		const names = await ask<string[] | null>(call => host.cachesKeys(call))
		return (names ?? []).map(fromBorder)
	}
}

interfaceOf(Cache, "Cache")
interfaceOf(CacheStorage, "CacheStorage")

let caches: CacheStorage | undefined

if (host.secure) {
	expose("Cache", Cache)
	expose("CacheStorage", CacheStorage)
	scopeMembers({
		get caches(): CacheStorage {
			return (caches ??= new CacheStorage(illegal))
		},
	})
}

/** RequestInfo after its conversion. */
function toRequestInfo(value: unknown): string | Request {
	return isRequest(value) ? value : USVString(value)
}

function toQuery(request: unknown, what: string): RequestQuery {
	const info = toRequestInfo(request)
	return isRequest(info) ? requestState(info).record : { method: "GET", url: requestURL(info, what), headers: [] }
}

interface QueryOptions {
	ignoreMethod: boolean
	ignoreSearch: boolean
	ignoreVary: boolean
	cacheName: string | undefined
}

const noOptions: QueryOptions = { ignoreMethod: false, ignoreSearch: false, ignoreVary: false, cacheName: undefined }

/** CacheQueryOptions, or MultiCacheQueryOptions for the storage. */
function toOptions(value: unknown, what: string): QueryOptions {
	if (value === undefined || value === null) return noOptions
	const given = dictionary(value, what)
	const query: QueryOptions = { ignoreMethod: !!given.ignoreMethod, ignoreSearch: !!given.ignoreSearch, ignoreVary: !!given.ignoreVary, cacheName: undefined }
	if (what !== "CacheStorage.match") return query
	const cacheName = given.cacheName
	if (cacheName !== undefined) query.cacheName = toBorder(DOMString(cacheName))
	return query
}

function whenFound(resolve: (response: Response | undefined) => void): (list: ResponseList | undefined) => void {
	return list => resolve(list && responseFromList(list))
}

/** Why a request cannot be stored, if it cannot. */
function unstorableRequest({ method, url }: RequestRecord): string | undefined {
	if (!url.startsWith("https:") && !url.startsWith("http:")) return `Request scheme '${url.slice(0, url.indexOf(":"))}' is unsupported`
	return method === "GET" ? undefined : `Request method '${method}' is unsupported`
}

function unstorableResponse({ status, headers }: ResponseRecord): string | undefined {
	if (status === 206) return "Partial response (status code 206) is unsupported"
	return varies(headers).includes("*") ? "Vary header contains *" : undefined
}

async function addAll(cache: number, requests: readonly (string | Request)[], what: string): Promise<void> {
	const refuse = (why: string) => new TypeError(`${failed(what)}: ${why}`)
	const check = ({ record }: RequestState) => {
		const why = unstorableRequest(record)
		if (why) throw refuse(why)
	}
	for (const request of requests) if (isRequest(request)) check(requestState(request))
	const fetches: Fetching[] = []
	const pairs: Promise<Pair>[] = []
	const start = (request: RequestState) =>
		new Promise<Pair>((resolve, reject) => {
			const arrived = (response: ResponseRecord) => {
				const why = isOK(response.status) ? unstorableResponse(response) : "Request failed"
				if (why) reject(refuse(why))
				else resolve({ request: request.record, response })
			}
			fetches.push(startFetch(request, arrived, reject))
		})
	try {
		for (const info of requests) {
			const request = makeRequest(info, undefined, what)
			check(request)
			pairs.push(start(request))
		}
		const batch = (await Promise.all(pairs)).flatMap(({ request, response }) => [requestToHost(request), responseToHost(response, response.body)])
		const fates = fetches.flatMap(({ fate }) => fate ?? [])
		await new Promise<void>((resolve, reject) => store(cache, batch, fates, resolve, reject))
	} catch (error) {
		for (const { stop } of fetches) stop()
		for (const pair of pairs) pair.catch(() => {})
		throw error
	}
}

/** Stores all or none once every body is there; fates end the wait for those that never will be. */
function store(cache: number, pairs: (RequestHandle | ResponseHandle)[], fates: readonly Fate[], resolve: () => void, reject: (reason: unknown) => void): void {
	for (const fate of fates) fate.watch(reject)
	host.cachePut(callFor(resolve, reject), cache, ...pairs)
}

// Names of caches are DOMStrings, and the border carries only scalar values:
// lone surrogates are written as numbers after a character that nobody uses.

const escape = "\u{10ffff}"

function toBorder(name: string): string {
	return name.replace(/\u{10ffff}|\p{Surrogate}/gu, c => `${escape}${c.codePointAt(0)!.toString(16)};`)
}

function fromBorder(name: string): string {
	return name.replace(/\u{10ffff}([0-9a-f]+);/gu, (_, code: string) => String.fromCodePoint(parseInt(code, 16)))
}

function named<T>(method: string, given: number, value: unknown, start: (call: Call, name: string) => void): Promise<T> {
	requireArguments(given, 1, method)
	const name = toBorder(DOMString(value))
	return ask<T>(call => start(call, name))
}
