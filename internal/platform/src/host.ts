/**
 * The border of a realm: everything that leaves it goes through `host`, a
 * dozen groups of functions written in Go, and everything that comes in goes
 * through `Hooks`. No other module may hold state that must outlive the realm.
 *
 * Values that cross: undefined, null, boolean, number, string, Uint8Array
 * (copied), and objects that JSON can carry (copied).
 *
 * A function whose first parameter is a `Call` is asynchronous: Go answers it
 * later, in a task of its own, through `Hooks.settle`. Use `ask`.
 */

export type { Kind } from "./webidl"

/** Names one asynchronous call. */
export type Call = number
/** Names a byte stream kept in Go. Released by reading to its end, cancelling, or closing the realm. */
export type BodyHandle = number

export type HeaderList = [name: string, value: string][]

/** A request as the Fetch standard's concept; strings are the standard's. */
export interface RequestRecord {
	method: string
	url: string
	headers: HeaderList
	mode: string
	credentials: string
	cache: string
	redirect: string
	referrer: string // "no-referrer", "client" (about:client) or a URL
	referrerPolicy: string
	integrity: string
	keepalive: boolean
	destination: string
	/** Set on requests that the browser hands to a fetch event. */
	isReload?: boolean
	isHistory?: boolean
}

/** A response as script sees it: filtered already. */
export interface ResponseRecord {
	type: string // default basic cors opaque opaqueredirect error
	url: string // without fragment, "" when the list is empty or hidden
	redirected: boolean
	status: number
	statusText: string
	headers: HeaderList
	body: BodyHandle | null
	/**
	 * Names the response in Go (its URL list, what an opaque filter hides,
	 * whether a range was asked for), so that handing it back loses nothing;
	 * 0 for a response made by script.
	 */
	id: number
}

/** A ResponseRecord on its way from Go; headers are names and values in turns. See fetch/border.ts. */
export type ResponseList = [
	id: number,
	body: BodyHandle | null,
	type: string,
	url: string,
	redirected: boolean,
	status: number,
	statusText: string,
	...headers: string[],
]

/** Name what was handed over for the next call that wants one. */
export type RequestHandle = number
export type ResponseHandle = number

/** What of a request matters for looking it up in a cache. */
export type RequestQuery = Pick<RequestRecord, "method" | "url" | "headers">

/** A serialized value (HTML's StructuredSerialize): `value` is the tree, `buffers` its bytes by index, `ports` the transferred ports. */
export interface MessageRecord {
	value: string
	buffers: string[] // base64
	ports: number[]
}

export interface URLRecord {
	href: string
	origin: string
	protocol: string
	username: string
	password: string
	host: string
	hostname: string
	port: string
	pathname: string
	search: string
	hash: string
}

export interface ClientRecord {
	id: string
	url: string
	type: string // window worker sharedworker
	frameType: string // auxiliary top-level nested none
	focused: boolean
	visibilityState: string
	ancestorOrigins: string[]
}

export interface WorkerRecord {
	id: number
	scriptURL: string
	state: string // parsed installing installed activating activated redundant
}

export interface RegistrationRecord {
	id: number
	scope: string
	updateViaCache: string
	installing: WorkerRecord | null
	waiting: WorkerRecord | null
	active: WorkerRecord | null
}

export interface Host {
	// What the realm is.
	readonly kind: "serviceworker" | "window" | "worker"
	readonly location: string
	readonly scriptType: "classic" | "module"
	readonly secure: boolean

	/** Makes the members of a class or its prototype enumerable. */
	showMembers(object: object): void

	// Time, chance, talk.
	/** Milliseconds since 1970 on the virtual clock. */
	now(): number
	/** Milliseconds since the realm began. */
	elapsed(): number
	/** Runs Hooks.timer(id) after delay milliseconds. */
	setTimer(id: number, delay: number): void
	clearTimer(id: number): void
	random(bytes: number): Uint8Array
	/** Whether the browser has a network. */
	online(): boolean
	/** A line of the console; level: log info warn error debug. */
	log(level: string, text: string): void
	/** What became of Hooks.evaluate. */
	evaluated(ok: boolean, value: unknown, name?: string): void
	/** There is something for Hooks.checkpoint to do. */
	wantCheckpoint(): void
	/** Runs the microtasks that are queued now, from inside a task. */
	microtasks(): void
	/** An exception that nobody caught: kind "error" or "unhandledrejection". */
	report(kind: string, name: string, message: string, stack: string): void

	// Values.
	urlParse(input: string, base?: string): URLRecord | undefined
	/** Only the href. */
	urlResolve(input: string, base: string): string | undefined
	urlSet(href: string, part: string, value: string): URLRecord
	utf8Encode(text: string): Uint8Array
	/** Legacy and strict decoding. Names unknown: undefined. */
	encodingName(label: string): string | undefined
	/** Opens a streaming decoder; decoderPush throws TypeError when fatal. */
	decoderOpen(encoding: string, fatal: boolean, ignoreBOM: boolean): number
	decoderPush(decoder: number, bytes: Uint8Array, last: boolean): string
	/** One-shot UTF-8 decode with replacement; BOM stripped when asked. */
	utf8Decode(bytes: Uint8Array, stripBOM: boolean): string
	/** algorithm: SHA-1 SHA-256 SHA-384 SHA-512. */
	digest(algorithm: string, bytes: Uint8Array): Uint8Array
	/** format: gzip deflate deflate-raw; throws TypeError on bad input. */
	codecOpen(direction: "compress" | "decompress", format: string): number
	codecPush(codec: number, bytes: Uint8Array, last: boolean): Uint8Array

	/** Runs a lazily loaded program; its completion value is left in the global `__part`. Use parts.ts. */
	loadPart(name: string): void
	/** Makes a blob: URL of the realm's origin for bytes; it lives until it is revoked or the realm closes. */
	blobURLCreate(bytes: Uint8Array, type: string): string
	blobURLRevoke(url: string): void

	// Byte streams in Go.
	bodyFromBytes(bytes: Uint8Array): BodyHandle
	/**
	 * A stream that script feeds. bodyPush answers when more is wanted (false:
	 * nobody reads any more); `cancelled` is answered when the last reader gives
	 * up before the end, also while script has nothing to push, and never else.
	 */
	bodyOpen(cancelled: Call): BodyHandle
	bodyPush(call: Call, body: BodyHandle, bytes: Uint8Array): void
	bodyEnd(body: BodyHandle): void
	bodyFail(body: BodyHandle, name: string, message: string): void
	/** Answers with the next chunk, or undefined at the end; fails as the stream failed. */
	bodyRead(call: Call, body: BodyHandle): void
	/** All bytes when they are there already, undefined when not. Consumes. */
	bodyTake(body: BodyHandle): Uint8Array | undefined
	/** Answers with all remaining bytes. Consumes. */
	bodyAll(call: Call, body: BodyHandle): void
	/** A second reader from the same place. */
	bodyTee(body: BodyHandle): BodyHandle
	bodyCancel(body: BodyHandle): void

	// Requests and responses: see fetch/border.ts.
	request(method: string, url: string, ...rest: (string | boolean)[]): RequestHandle
	response(id: number, body: BodyHandle | null, ...rest: (string | number | boolean)[]): ResponseHandle

	// Fetch.
	/** Answers with a ResponseList (type "error" for a network error). */
	fetch(call: Call, request: RequestHandle, body: BodyHandle | null): void
	fetchAbort(call: Call): void
	/** Whether a URL is a "potentially trustworthy" one, a bad port, ...: what the constructor must know. */
	importScript(url: string): { url: string; source: string } // throws NetworkError
	/** Runs a classic script under its name; what it throws is thrown. */
	evalScript(name: string, source: string): void

	// Caches. All fail with the DOMException that the browser would give.
	cachesOpen(call: Call, name: string): void
	cachesHas(call: Call, name: string): void
	cachesDelete(call: Call, name: string): void
	/** Answers with the names, or null when there is none. */
	cachesKeys(call: Call): void
	/** Answers with a ResponseList or undefined. */
	cachesMatch(call: Call, request: RequestHandle, ignoreSearch: boolean, ignoreMethod: boolean, ignoreVary: boolean, cacheName: string | undefined): void
	/** request undefined: all. Answers with a ResponseList or undefined, or with ResponseList[]. cache is what cachesOpen answered. */
	cacheMatch(call: Call, cache: number, request: RequestHandle | undefined, ignoreSearch: boolean, ignoreMethod: boolean, ignoreVary: boolean, all: boolean): void
	/** Answers with RequestRecord[]. */
	cacheKeys(call: Call, cache: number, request: RequestHandle | undefined, ignoreSearch: boolean, ignoreMethod: boolean, ignoreVary: boolean): void
	/** Stores requests with responses, in turns: all or none, once every body is complete. */
	cachePut(call: Call, cache: number, ...pairs: (RequestHandle | ResponseHandle)[]): void
	cacheDelete(call: Call, cache: number, request: RequestHandle, ignoreSearch: boolean, ignoreMethod: boolean, ignoreVary: boolean): void

	// Messages.
	/** A pair of entangled ports. */
	portPair(): [number, number]
	portPost(port: number, message: MessageRecord): void
	portStart(port: number): void
	portClose(port: number): void
	channelOpen(name: string): number
	channelPost(channel: number, message: MessageRecord): void
	channelClose(channel: number): void

	// Storage.
	/** Answers with bytes: { usage, quota }. */
	storageEstimate(call: Call): void
	/** Answers whether the origin's storage is persistent; with ask, asks for that first. */
	storagePersist(call: Call, ask: boolean): void

	// Web Locks.
	/** Answers with the lock's number once it is granted; undefined when it is not available. */
	lockRequest(call: Call, name: string, mode: string, ifAvailable: boolean, steal: boolean): void
	lockRelease(lock: number): void
	/** Takes a request back that was not granted. */
	lockCancel(call: Call): void
	lockQuery(): unknown

	// IndexedDB: what transactions committed, kept by the browser for the origin.
	// Names are JSON texts, since strings of script may hold lone surrogates.
	/** The databases there are, each with the number of its latest save: one that no save of the origin had before. */
	databases(): [name: string, save: number][]
	/** All entries of a database, in any order. */
	databaseLoad(name: string): [key: string, value: string][]
	/** Changes entries (null: removes), or, with replace, makes these all there are; without any the database is gone. The number of the save. */
	databaseSave(name: string, replace: boolean, entries: [key: string, value: string | null][]): number

	// Service workers and clients: see worker/outside.ts for the operations.
	tell(operation: string, ...args: unknown[]): unknown
	askOutside(call: Call, operation: string, ...args: unknown[]): void
}

/** What Go may call. Each call is one task; microtasks run after it. */
export interface Hooks {
	settle(call: Call, ok: boolean, value: unknown, name?: string): void
	timer(id: number): void
	/** A port or a channel has a message. */
	portMessage(port: number, message: MessageRecord): void
	/** The other end of a port is closed, or its realm is gone. */
	portClosed(port: number): void
	channelMessage(channel: number, message: MessageRecord): void
	/** The engine's promise rejection tracker, called in the middle of script with the values themselves. */
	rejection(promise: Promise<unknown>, handled: boolean, reason: unknown): void
	/** A lock was stolen. */
	lockBroken(lock: number): void
	/** Runs an expression of the tester's; see evaluate.ts. */
	evaluate(expression: string): void
	/** After a task in which host.wantCheckpoint was called, when its microtasks have run. */
	checkpoint(): void
	/** Functional events and state changes, by kind: see worker/inside.ts. */
	dispatch(kind: string, ...args: unknown[]): unknown
}

/** What the main program is started with: see ../generate. */
declare const platform: Host

export const host = platform

/** What the messages of exceptions call the interface of `fetch`, `setTimeout` and the like. */
export const scopeName = host.kind === "window" ? "Window" : "WorkerGlobalScope"

const waiting = new Map<Call, { resolve(value: any): void; reject(reason: unknown): void }>()
let lastCall = 0

/** Makes an asynchronous call of the host a promise. */
export function ask<T>(start: (call: Call) => void): Promise<T> {
	return new Promise((resolve, reject) => start(callFor<T>(resolve, reject)))
}

/** The call to be made whose answer goes to one of these. */
export function callFor<T>(resolve: (value: T) => void, reject: (reason: unknown) => void): Call {
	waiting.set(++lastCall, { resolve, reject })
	return lastCall
}

/** As `callFor`, for calls that the host may refuse at once. */
export function askThen<T>(start: (call: Call) => void, resolve: (value: T) => void, reject: (reason: unknown) => void): Call {
	const call = callFor(resolve, reject)
	try {
		start(call)
	} catch (error) {
		waiting.delete(call)
		reject(error)
	}
	return call
}

/** Hooks.settle: value is the answer, or the message of the exception named name. */
export function settle(call: Call, ok: boolean, value: unknown, toError: (name: string, message: string) => unknown, name = "Error"): void {
	const promise = waiting.get(call)
	waiting.delete(call)
	if (ok) promise?.resolve(value)
	else promise?.reject(toError(name, String(value)))
}
