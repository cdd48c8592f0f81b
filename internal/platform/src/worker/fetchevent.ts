/**
 * FetchEvent: a request that the worker may answer.
 * https://w3c.github.io/ServiceWorker/#fetchevent-interface
 */

import { newSignal } from "../abort"
import { exception } from "../exceptions"
import { isRequest, type Request, requestFromRecord, requestState } from "../fetch/request"
import { isResponse, type Response, responseFromList, responseState, handOver } from "../fetch/response"
import { dictionary, DOMString, expose, failed, interfaceOf, requireArguments } from "../webidl"
import { addLifetimePromise, dispatchExtendable, eventId, ExtendableEvent, isDispatching } from "./extendable"
import { inside } from "./inside"
import { notOf, optional, required } from "./members"
import { type EventId, tell } from "./outside"

let hasResponded: (event: FetchEvent) => boolean

export class FetchEvent extends ExtendableEvent {
	#clientId: string
	#handled: Promise<unknown>
	#preloadResponse: Promise<unknown>
	#replacesClientId: string
	#request: Request
	#resultingClientId: string
	#responded = false

	static {
		hasResponded = event => event.#responded
	}

	constructor(type: unknown, init: unknown) {
		requireArguments(arguments.length, 2, "FetchEvent")
		super(type, init)
		const { clientId, handled, preloadResponse, replacesClientId, request, resultingClientId } = dictionary(init, failed("FetchEvent"))
		this.#clientId = optional(clientId, DOMString, "")
		this.#handled = handled === undefined ? new Promise(() => {}) : Promise.resolve(handled)
		this.#preloadResponse = Promise.resolve(preloadResponse)
		this.#replacesClientId = optional(replacesClientId, DOMString, "")
		this.#request = required(request, toRequest, "FetchEvent", "request", "FetchEventInit")
		this.#resultingClientId = optional(resultingClientId, DOMString, "")
	}

	get request(): Request {
		return this.#request
	}

	get preloadResponse(): Promise<unknown> {
		return #preloadResponse in this ? this.#preloadResponse : illegalInvocation()
	}

	get clientId(): string {
		return this.#clientId
	}

	get resultingClientId(): string {
		return this.#resultingClientId
	}

	get replacesClientId(): string {
		return this.#replacesClientId
	}

	get handled(): Promise<unknown> {
		return #handled in this ? this.#handled : illegalInvocation()
	}

	respondWith(response: unknown): void {
		const before = this.#responded
		requireArguments(arguments.length, 1, "FetchEvent.respondWith")
		const promise = Promise.resolve(response)
		const refuse = (why: string) => exception("InvalidStateError", `${failed("FetchEvent.respondWith")}: ${why}`)
		if (!isDispatching(this)) throw refuse("The event handler is already finished.")
		if (before) throw refuse("The fetch event has already been responded to.")
		addLifetimePromise(this, promise, "respondWith", "FetchEvent")
		stopImmediatePropagation.call(this)
		this.#responded = true
		void respond(eventId(this), this.#request, promise)
	}
}

const { stopImmediatePropagation } = ExtendableEvent.prototype

/** What attributes whose type is a promise give to those who are no instance. */
function illegalInvocation(): Promise<never> {
	return Promise.reject(new TypeError("Illegal invocation"))
}

function toRequest(value: unknown): Request {
	if (isRequest(value)) return value
	throw notOf("Request", "FetchEvent", "request", "FetchEventInit")
}

/** Waits for the answer, checks it, and hands it to the browser. */
async function respond(id: EventId, request: Request, promise: Promise<unknown>): Promise<void> {
	let answer: unknown
	try {
		answer = await promise
	} catch {
		return tell("event.respond", id, null, "the promise was rejected.")
	}
	const refusal = isResponse(answer) ? refusalOf(answer, request) : 'an object that was not a Response was passed to respondWith().'
	if (refusal) tell("event.respond", id, null, refusal)
	else tell("event.respond", id, handOver(answer as Response), "")
}

const workerDestinations = ["worker", "sharedworker"]

/** Why a response cannot answer a request; undefined when it can. The texts are Chromium's. */
function refusalOf(answer: Response, asked: Request): string | undefined {
	const { record: response, body } = responseState(answer)
	const { record: request } = requestState(asked)
	const { type } = response
	if (type === "error") return "the promise was resolved with an error response object."
	if (type === "cors" && request.mode === "same-origin") return 'a "cors" type response was used for a request whose mode is "same-origin".'
	if (type === "opaque") {
		if (request.mode !== "no-cors") return 'an "opaque" response was used for a request whose type is not no-cors'
		if (workerDestinations.includes(request.destination)) return 'an "opaque" response was used for a client request.'
	}
	if (type === "opaqueredirect" && request.redirect !== "manual") {
		return 'an "opaqueredirect" type response was used for a request whose redirect mode is not "manual".'
	}
	if (response.redirected && request.redirect !== "follow") return 'a redirected response was used for a request whose redirect mode is not "follow".'
	if (body?.used) return 'a Response whose "bodyUsed" is "true" cannot be used to respond to a request.'
	if (body?.unusable) return 'a Response whose "body" is locked cannot be used to respond to a request.'
	return undefined
}

// The browser's side.

interface Deferred<T> {
	promise: Promise<T>
	resolve(value: T): void
	reject(reason: unknown): void
}

/** A promise that need not be looked at: its rejection is not reported. */
function deferred<T>(): Deferred<T> {
	let resolve!: (value: T) => void
	let reject!: (reason: unknown) => void
	const promise = new Promise<T>((first, second) => {
		resolve = first
		reject = second
	})
	promise.catch(() => {})
	return { promise, resolve, reject }
}

/** What the browser still has to say about events. */
const handleds = new Map<EventId, Deferred<void>>()
const preloads = new Map<EventId, Deferred<unknown>>()

inside("fetch", (id, { request: record, body, preload, ...init }) => {
	const handled = deferred<void>()
	handleds.set(id, handled)
	if (preload) preloads.set(id, deferred())
	const request = requestFromRecord(record, body ?? null, newSignal()) // which Chromium never aborts
	const preloadResponse = preloads.get(id)?.promise
	const event = new FetchEvent("fetch", { ...init, cancelable: true, request, preloadResponse, handled: handled.promise })
	dispatchExtendable(id, event, () => {
		if (!hasResponded(event)) tell("event.passed", id, event.defaultPrevented, requestState(request).body?.unusable ?? false)
	})
})
inside("preloaded", (id, response, error) => {
	const preload = preloads.get(id)
	preloads.delete(id)
	if (error) preload?.reject(exception(error.name, error.message))
	else preload?.resolve(response && responseFromList(response))
})
inside("handled", (id, ok, reason) => {
	const handled = handleds.get(id)
	handleds.delete(id)
	if (ok) handled?.resolve()
	else handled?.reject(exception("NetworkError", reason))
})

expose("FetchEvent", interfaceOf(FetchEvent, "FetchEvent"), ["serviceworker"])
