/**
 * What a realm asks of the browser about service workers, clients and the APIs
 * bound to a registration: every operation of Host.tell and Host.askOutside,
 * with its arguments and its answer. Knows no class; state that outlives the
 * realm (registrations, clients, subscriptions, notifications) is Go's.
 *
 * Go always knows which realm asks, so no operation names the asking client or
 * worker. URLs are absolute and serialized. Records are copies: what changes
 * later arrives through inside.ts, in tasks of its own, in order; so an answer
 * tells what holds in the task that settles it, not older than what was
 * dispatched before.
 *
 * Failures name a DOMException, or TypeError; their messages are Chromium's
 * full texts ("Failed to …"), which Go writes since it alone knows why.
 *
 * Go's nil arrives as undefined: that, too, is an answer of "none".
 */

import { ask, host, type ClientRecord, type MessageRecord, type RegistrationRecord, type ResponseHandle, type WorkerRecord } from "../host"

/** Names one dispatched extendable event of this realm; chosen by Go, never reused in a realm. */
export type EventId = number

/** RegistrationOptions of register(), after parsing. scope is null when not given (Go takes "./" of scriptURL). */
export interface RegisterRecord {
	scriptURL: string // without fragment, http(s), no %2f or %5c in the path: checked
	scope: string | null // the same checks were made
	type: "classic" | "module"
	updateViaCache: "imports" | "all" | "none"
}

export interface PreloadRecord {
	enabled: boolean
	headerValue: string // "true" until it is set
}

export interface SubscriptionRecord {
	endpoint: string
	expirationTime: number | null // milliseconds since 1970
	userVisibleOnly: boolean
	applicationServerKey: string | null // base64url without padding
	p256dh: string // base64url without padding: 65 bytes, an uncompressed P-256 point
	auth: string // base64url without padding: 16 bytes
}

export interface SubscribeRecord {
	userVisibleOnly: boolean
	applicationServerKey: string | null // base64url without padding; 65 bytes beginning with 4: checked
}

export interface ActionRecord {
	action: string
	title: string
	icon: string // "" when not given
}

export interface NotificationRecord {
	/** Chosen by Go; 0 in notification.show. */
	id: number
	title: string
	dir: "auto" | "ltr" | "rtl"
	lang: string
	body: string
	tag: string // not "": replaces the shown one of the same origin and tag
	image: string // URLs; "" when not given
	icon: string
	badge: string
	vibrate: number[]
	timestamp: number // milliseconds since 1970
	renotify: boolean
	silent: boolean | null
	requireInteraction: boolean
	actions: ActionRecord[]
	data: MessageRecord // serialized for storage: no ports
}

export type PermissionName = "default" | "granted" | "denied"
export type PermissionState = "prompt" | "granted" | "denied"

/**
 * A URL pattern without regexp groups. Each component is a regular expression
 * that both JavaScript and Go's regexp read, anchored at both ends, to be
 * matched against the request URL's component without its delimiter (protocol
 * without ":", search without "?", hash without "#").
 */
export interface PatternRecord {
	protocol: string
	username: string
	password: string
	hostname: string
	port: string
	pathname: string
	search: string
	hash: string
}

/** A router condition: `or` alone, `not` alone, or any of the others, all of which must hold. Verified already. */
export interface ConditionRecord {
	urlPattern?: PatternRecord
	requestMethod?: string // normalized
	requestMode?: string
	requestDestination?: string
	runningStatus?: "running" | "not-running"
	or?: ConditionRecord[]
	not?: ConditionRecord
}

export interface RouteRecord {
	condition: ConditionRecord
	/** cacheName is "" for any cache (source "cache"), and for the sources that are no cache. */
	source: "cache" | "fetch-event" | "network" | "race-network-and-fetch-handler"
	cacheName: string
}

export interface DedicatedRecord {
	scriptURL: string
	type: "classic" | "module"
	name: string
	credentials: "omit" | "same-origin" | "include"
}

/** Operations that Go answers later, through Hooks.settle. */
export interface Asked {
	// ServiceWorkerGlobalScope.

	/** Sets the skip waiting flag, tries to activate, then answers. */
	"sw.skipWaiting"(): void
	/**
	 * InstallEvent.addRoutes: appends to the worker's list, in order. Verified
	 * and counted already (TypeErrors of both were thrown by the realm).
	 */
	"routes.add"(rules: RouteRecord[]): void

	// Clients.

	/** A client of the worker's origin once it is execution ready, undefined when there is none. SecurityError for insecure ones. */
	"clients.get"(id: string): ClientRecord | undefined
	/**
	 * Windows first (most recently focused, then in order of creation), then
	 * workers in order of creation; ready clients of the origin only.
	 */
	"clients.matchAll"(options: { includeUncontrolled: boolean; type: "window" | "worker" | "sharedworker" | "all" }): ClientRecord[]
	/** InvalidAccessError without user activation; TypeError when the navigation cannot begin; undefined when it ends at another origin. */
	"clients.openWindow"(url: string): ClientRecord | undefined
	/** InvalidStateError when the worker is not active (activating or activated). */
	"clients.claim"(): void
	/** InvalidAccessError without user activation; TypeError when it is gone or did not get the focus. */
	"client.focus"(id: string): ClientRecord
	/** TypeError when it is gone or controlled by another worker; undefined when it ends at another origin. */
	"client.navigate"(id: string, url: string): ClientRecord | undefined

	// ServiceWorkerContainer. getRegistration answers by scope match.

	"container.register"(options: RegisterRecord): RegistrationRecord
	"container.get"(url: string): RegistrationRecord | undefined
	"container.all"(): RegistrationRecord[]
	/** Asked once a realm: answers when the registration matching the client's URL has an active worker, perhaps never. */
	"container.ready"(): RegistrationRecord

	// ServiceWorkerRegistration.

	/** InvalidStateError when there is no worker, or when asked by an installing worker; else the job's outcome. */
	"registration.update"(registration: number): RegistrationRecord
	/** false when it was unregistered already. */
	"registration.unregister"(registration: number): boolean

	/** enable, disable, setHeader: InvalidStateError without an active worker. value is normalized and valid. */
	"preload.enable"(registration: number): void
	"preload.disable"(registration: number): void
	"preload.setHeader"(registration: number, value: string): void
	"preload.state"(registration: number): PreloadRecord

	/** InvalidStateError without an active worker; NotAllowedError when permission is denied. Same tag: no second one. */
	"sync.register"(registration: number, tag: string): void
	/** Tags in order of registration. */
	"sync.tags"(registration: number): string[]

	/** InvalidStateError without an active worker; NotAllowedError without permission. minInterval in milliseconds. Same tag: replaced. */
	"periodicSync.register"(registration: number, tag: string, minInterval: number): void
	"periodicSync.unregister"(registration: number, tag: string): void
	"periodicSync.tags"(registration: number): string[]

	/**
	 * The existing subscription when its key is the same, InvalidStateError when
	 * it is not; AbortError without an active worker or a key; NotAllowedError
	 * without permission, or when pushes need not be visible.
	 */
	"push.subscribe"(registration: number, options: SubscribeRecord): SubscriptionRecord
	"push.get"(registration: number): SubscriptionRecord | undefined
	/** false when endpoint is not the registration's subscription (any more). */
	"push.unsubscribe"(registration: number, endpoint: string): boolean
	/** NotSupportedError when pushes need not be visible. */
	"push.permission"(registration: number, options: SubscribeRecord): PermissionState

	// Notifications.

	/**
	 * registration 0: a page's own `new Notification`. TypeError without
	 * permission or without an active worker. Answers with the id once shown.
	 */
	"notification.show"(registration: number, notification: NotificationRecord): number
	/** The shown ones, in order; tag "": all of the registration. */
	"notification.list"(registration: number, tag: string): NotificationRecord[]
	/** Windows only: asks the user. */
	"notification.request"(): PermissionName

	/** name: one that permissions.ts knows; other members of the descriptor in options. */
	"permissions.query"(name: string, options: { userVisibleOnly?: boolean }): PermissionState
}

/** Operations that are done, or begun, when the call returns. */
export interface Told {
	/** Service workers only: itself and its registration as they are now. */
	"sw.self"(): { registration: RegistrationRecord; worker: WorkerRecord }

	// Messages. Delivered in tasks of their own, in order; lost when the target is gone.

	/** To a client's ServiceWorkerContainer: inside "containerMessage". */
	"client.post"(id: string, message: MessageRecord): void
	/** To a worker, started if need be: inside "message", with this realm as source. */
	"worker.post"(worker: number, message: MessageRecord): void

	// ServiceWorkerContainer.

	/** The client's active service worker now, which may be ahead of "controller" events. */
	"container.controller"(): WorkerRecord | undefined
	/** Enables the client message queue, which Go keeps (a document that ended loading enables it too). Told once. */
	"container.startMessages"(): void

	// Location, windows only.

	/** Navigates, or says that it is only to another fragment, whose URL the page has now. */
	"location.navigate"(url: string, replace: boolean): boolean
	"location.reload"(): void

	// Notifications.

	"notification.close"(id: number): void
	"notification.permission"(): PermissionName

	// Dedicated workers: the owner's side, then the worker's own.

	/** Begins to load; answers with the worker's number in this realm. */
	"dedicated.new"(options: DedicatedRecord): number
	/** Inside "scopeMessage" of the worker, once its script ran. */
	"dedicated.post"(worker: number, message: MessageRecord): void
	/** Ends the worker at once. */
	"dedicated.terminate"(worker: number): void
	/** Inside "dedicatedMessage" of the owner. */
	"scope.post"(message: MessageRecord): void
	/** close(): no further task of this worker runs. */
	"scope.close"(): void
	/** The name given by the owner. */
	"scope.name"(): string

	// Extendable events: what became of them. Each id is named by at most one of respond and passed, then by one done.

	/**
	 * respondWith() settled. response null: a network error, and `reason` is
	 * Chromium's text for the console (without "The FetchEvent for … resulted in
	 * a network error response: "). The checks that need the request's mode and
	 * the response's type were made; the body may still be growing.
	 */
	"event.respond"(event: EventId, response: ResponseHandle | null, reason: string): void
	/**
	 * The dispatch ended and nobody called respondWith(). canceled: a network
	 * error (preventDefault() was called). bodyUsed: the request's body was read,
	 * so that a request whose body is a stream cannot go on to the network.
	 */
	"event.passed"(event: EventId, canceled: boolean, bodyUsed: boolean): void
	/**
	 * The event is no longer active: dispatched, and no lifetime promise is
	 * pending. ok: none was rejected; else reason is the first rejection as text
	 * ("TypeError: Failed to fetch"). A fetch event may be done before its body is.
	 */
	"event.done"(event: EventId, ok: boolean, reason: string): void
}

/** Host.askOutside as a promise. */
export function askOutside<K extends keyof Asked>(operation: K, ...args: Parameters<Asked[K]>): Promise<ReturnType<Asked[K]>> {
	return ask(call => host.askOutside(call, operation, ...(args as unknown[])))
}

/** Host.tell. */
export const tell = host.tell as <K extends keyof Told>(operation: K, ...args: Parameters<Told[K]>) => ReturnType<Told[K]>
