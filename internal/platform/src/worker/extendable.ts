/**
 * ExtendableEvent: how long an event lives, and how the browser hears of its
 * end. Knows nothing of what the events are about.
 * https://w3c.github.io/ServiceWorker/#extendableevent-interface
 */

import { dispatchTrusted, Event, type EventTarget } from "../events"
import { exception } from "../exceptions"
import { expose, failed, interfaceOf, requireArguments } from "../webidl"
import { inside } from "./inside"
import { type EventId, tell } from "./outside"

/** The global object, where all of these events are dispatched. */
const scope = globalThis as unknown as EventTarget

let start: (event: ExtendableEvent, id: EventId) => void
let end: (event: ExtendableEvent) => void
let timeOut: (event: ExtendableEvent) => void
let stateOf: (event: ExtendableEvent) => Lifetime

interface Lifetime {
	/** undefined: made by script. */
	id: EventId | undefined
	dispatching: boolean
	timedOut: boolean
	pending: number
	/** The first rejection, as text. */
	failure: string | undefined
}

export class ExtendableEvent extends Event {
	#lifetime: Lifetime = { id: undefined, dispatching: false, timedOut: false, pending: 0, failure: undefined }

	static {
		stateOf = event => event.#lifetime
		start = (event, id) => Object.assign(event.#lifetime, { id, dispatching: true })
		end = event => {
			event.#lifetime.dispatching = false
			finish(event.#lifetime)
		}
		timeOut = event => {
			event.#lifetime.timedOut = true
		}
	}

	constructor(type: unknown, init: unknown = undefined) {
		requireArguments(arguments.length, 1, "ExtendableEvent")
		super(type, init)
	}

	waitUntil(promise: unknown): void {
		const lifetime = this.#lifetime
		requireArguments(arguments.length, 1, "ExtendableEvent.waitUntil")
		extend(this, lifetime, Promise.resolve(promise), "waitUntil", "ExtendableEvent")
	}
}

/** "Add lifetime promise"; method and interface are those that script called. */
export function addLifetimePromise(event: ExtendableEvent, promise: Promise<unknown>, method: string, name: string): void {
	extend(event, stateOf(event), promise, method, name)
}

/** The id of an event that the browser made. */
export function eventId(event: ExtendableEvent): EventId {
	return stateOf(event).id!
}

/** Whether the browser is dispatching the event now: a trusted event with its dispatch flag set. */
export function isDispatching(event: ExtendableEvent): boolean {
	return event.isTrusted && stateOf(event).dispatching
}

function extend(event: ExtendableEvent, lifetime: Lifetime, promise: Promise<unknown>, method: string, name: string): void {
	const prefix = failed(`${name}.${method}`)
	if (!event.isTrusted) {
		throw exception("InvalidStateError", `${prefix}: Can not call ${method} on a script constructed ${name}.`)
	}
	if (lifetime.timedOut || !(lifetime.dispatching || lifetime.pending > 0)) {
		throw exception("InvalidStateError", `${prefix}: The event handler is already finished and no extend lifetime promises are outstanding.`)
	}
	lifetime.pending++
	void settle(lifetime, promise)
}

async function settle(lifetime: Lifetime, promise: Promise<unknown>): Promise<void> {
	try {
		await promise
	} catch (error) {
		lifetime.failure ??= reasonText(error)
	}
	await undefined // the count changes in a microtask of its own, so that reactions may still extend
	lifetime.pending--
	finish(lifetime)
}

function finish(lifetime: Lifetime): void {
	if (lifetime.dispatching || lifetime.timedOut || lifetime.pending > 0) return
	active.delete(lifetime.id!)
	tell("event.done", lifetime.id!, lifetime.failure === undefined, lifetime.failure ?? "")
}

/** What a promise was rejected with, for people. */
export function reasonText(reason: unknown): string {
	try {
		return String(reason)
	} catch {
		return "an object that cannot be converted to a string"
	}
}

/** The events that are not done yet. */
const active = new Map<EventId, ExtendableEvent>()

/** Dispatches an event that the browser made at the global scope; `after` runs once no listener can run any more, before the event may be done. */
export function dispatchExtendable(id: EventId, event: ExtendableEvent, after?: () => void): void {
	active.set(id, event)
	start(event, id)
	dispatchTrusted(scope, event)
	after?.()
	end(event)
}

inside("timeout", id => {
	const event = active.get(id)
	if (event) timeOut(event)
	active.delete(id)
})
inside("activate", id => dispatchExtendable(id, new ExtendableEvent("activate")))

expose("ExtendableEvent", interfaceOf(ExtendableEvent, "ExtendableEvent"), ["serviceworker"])
