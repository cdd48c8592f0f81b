/**
 * What the browser tells a realm about service workers: every kind of
 * Hooks.dispatch with its arguments. Knows no class: the modules that own the
 * objects register themselves with `inside`.
 *
 * Each dispatch is one task. A kind that dispatches an extendable event takes
 * the event's id first and is followed by outside.ts's "event.…" operations:
 *
 *   install, activate, message, push, …: event.done
 *   fetch: event.passed or event.respond, in any order with event.done
 *
 * both possibly before dispatch returns (it does not when something is pending:
 * microtasks run after the task). When the realm is killed, what it still owes
 * never comes. Go's nil arrives as undefined, and means the same as null.
 */

import { host } from "../host"
import type { BodyHandle, ClientRecord, MessageRecord, RegistrationRecord, RequestRecord, ResponseList, WorkerRecord } from "../host"
import { apply } from "../script"
import type { EventId, NotificationRecord, SubscriptionRecord } from "./outside"

export interface FetchRecord {
	request: RequestRecord
	body: BodyHandle | null
	clientId: string
	resultingClientId: string
	replacesClientId: string
	/** Whether "preloaded" will follow; else preloadResponse is resolved with undefined. */
	preload: boolean
}

/** Who sent a message; none of both when the sender is gone. */
export interface SourceRecord {
	client?: ClientRecord | null
	worker?: WorkerRecord | null
}

/** What the worker's first evaluation left behind. */
export interface InitialisedRecord {
	/** The set of event types to handle: types with a listener, sorted. */
	events: string[]
	/** The "all fetch listeners are empty" flag: there are some, and none does anything. */
	fetchEmpty: boolean
}

export interface ErrorRecord {
	name: string
	message: string
}

/** An uncaught error of a dedicated worker; message "" when its script could not be loaded. */
export interface WorkerErrorRecord {
	message: string
	filename: string
	lineno: number
	colno: number
}

export interface Inside {
	// Service workers.

	/** The script was evaluated (each time a worker is started): later listeners are warned about. */
	initialised(): InitialisedRecord

	install(event: EventId): void
	activate(event: EventId): void
	fetch(event: EventId, fetch: FetchRecord): void
	/** FetchEvent.preloadResponse: a response, undefined, or the error it rejects with. Once, possibly after "handled". */
	preloaded(event: EventId, response: ResponseList | undefined, error?: ErrorRecord): void
	/** FetchEvent.handled: resolves, or rejects with NetworkError. After event.respond or event.passed. */
	handled(event: EventId, ok: boolean, reason: string): void
	message(event: EventId, message: MessageRecord, source: SourceRecord, origin: string): void
	push(event: EventId, data: Uint8Array | null): void
	pushsubscriptionchange(event: EventId, newer: SubscriptionRecord | null, older: SubscriptionRecord | null): void
	sync(event: EventId, tag: string, lastChance: boolean): void
	periodicsync(event: EventId, tag: string): void
	/** action "": the notification itself. The worker has user activation now, which Go counts. */
	notificationclick(event: EventId, notification: NotificationRecord, action: string): void
	notificationclose(event: EventId, notification: NotificationRecord): void

	// All realms of the registration's origin. Unknown ids are ignored, so everything may be sent to everybody.

	/** Update Worker State: state and statechange. */
	workerState(worker: number, state: string): void
	/** Update Registration State, once for each single attribute that changed (installing, waiting, active, updateViaCache). */
	registration(registration: RegistrationRecord): void
	/** Fires updatefound. */
	updatefound(registration: number): void
	/** The network came or went: fires online or offline at the global object. */
	online(online: boolean): void

	// Windows.

	/** Notify Controller Change: fires controllerchange (the attribute asks "container.controller"). */
	controller(): void
	/** A message for the container, from the client message queue, when that is enabled. */
	containerMessage(message: MessageRecord, source: WorkerRecord, origin: string): void
	/** The user went to another fragment of the page. */
	fragment(url: string): void
	/** The events of a page's own notification. */
	notification(id: number, type: "click" | "close"): void

	// Dedicated workers: the owner's side, then the worker's own.

	dedicatedMessage(worker: number, message: MessageRecord): void
	/** Fires error at the Worker; false when a listener handled it, true when it is to be reported in this realm. */
	dedicatedError(worker: number, error: WorkerErrorRecord): boolean
	scopeMessage(message: MessageRecord): void
}

const handlers: Partial<Record<string, (...args: any[]) => unknown>> = Object.create(null)

/** Says who handles a kind. */
export function inside<K extends keyof Inside>(kind: K, handler: Inside[K]): void {
	handlers[kind] = handler
}

/** Hooks.dispatch. A kind that this realm does not know is an error of the browser's. */
export function dispatch(kind: string, ...args: unknown[]): unknown {
	const handler = handlers[kind]
	if (!handler) throw new TypeError(`swtest: a ${host.kind} realm handles no "${kind}"`)
	return apply(handler, undefined, args)
}
