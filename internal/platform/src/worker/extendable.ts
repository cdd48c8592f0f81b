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

let stateOf: (event: ExtendableEvent) => Lifetime

interface Lifetime {
	/** undefined: made by script. */
	id: EventId | undefined
	dispatching: boolean
	pending: number
	/** The first rejection, as text. */
	failure: string | undefined
}

export class ExtendableEvent extends Event {
	#lifetime: Lifetime = { id: undefined, dispatching: false, pending: 0, failure: undefined }

	static {
		stateOf = event => event.#lifetime
	}

	constructor(type: unknown, init: unknown = undefined) {
		requireArguments(arguments.length, 1, "ExtendableEvent")
		super(type, init)
	}

	waitUntil(promise: unknown): void {
		void this.#lifetime
		requireArguments(arguments.length, 1, "ExtendableEvent.waitUntil")
		addLifetimePromise(this, Promise.resolve(promise), "waitUntil", "ExtendableEvent")
	}
}

/** The id of an event that the browser made. */
export function eventId(event: ExtendableEvent): EventId {
	return stateOf(event).id!
}

/** Whether the browser is dispatching the event now: a trusted event with its dispatch flag set. */
export function isDispatching(event: ExtendableEvent): boolean {
	return event.isTrusted && stateOf(event).dispatching
}

/** "Add lifetime promise"; method and name (of the interface) are what script called. */
export function addLifetimePromise(event: ExtendableEvent, promise: Promise<unknown>, method: string, name: string): void {
	const lifetime = stateOf(event)
	const prefix = failed(`${name}.${method}`)
	if (!event.isTrusted) {
		throw exception("InvalidStateError", `${prefix}: Can not call ${method} on a script constructed ${name}.`)
	}
	if (!lifetime.dispatching && lifetime.pending === 0) {
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
	if (lifetime.dispatching || lifetime.pending > 0) return
	tell("event.done", lifetime.id!, lifetime.failure === undefined, lifetime.failure ?? "")
}

/** What a promise was rejected with, for people. */
function reasonText(reason: unknown): string {
	try {
		return String(reason)
	} catch {
		return "an object that cannot be converted to a string"
	}
}

/**
 * Dispatches an event that the browser made at the global scope. `after` runs
 * when all listeners have run, before the event may be done.
 */
export function dispatchExtendable(id: EventId, event: ExtendableEvent, after?: () => void): void {
	const lifetime = stateOf(event)
	lifetime.id = id
	lifetime.dispatching = true
	dispatchTrusted(scope, event)
	after?.()
	lifetime.dispatching = false
	finish(lifetime)
}

inside("activate", id => dispatchExtendable(id, new ExtendableEvent("activate")))

expose("ExtendableEvent", interfaceOf(ExtendableEvent, "ExtendableEvent"), ["serviceworker"])
