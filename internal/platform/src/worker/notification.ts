/**
 * Notifications: those that a registration shows, and a page's own.
 * https://notifications.spec.whatwg.org/
 */

import { deserialize, serialize } from "../clone"
import { defineEventHandler, EventTarget, fire } from "../events"
import { host } from "../host"
import { invokeReporting } from "../script"
import {
	dictionary,
	DOMString,
	enumeration,
	expose,
	failed,
	illegal,
	interfaceOf,
	isObject,
	requireArguments,
	sequence,
	toBoolean,
	unsignedLong,
	unsignedLongLong,
	USVString,
} from "../webidl"
import { dispatchExtendable, ExtendableEvent } from "./extendable"
import { inside } from "./inside"
import { notOf, optional, required } from "./members"
import { type ActionRecord, askOutside, type NotificationRecord, type PermissionName, tell } from "./outside"

// What Chromium shows at most.
const maxActions = 2
const maxVibrations = 99
const maxVibration = 10_000

const directions = ["auto", "ltr", "rtl"] as const

export class Notification extends EventTarget {
	#record: NotificationRecord
	#vibrate: readonly number[]
	#actions: readonly Pick<ActionRecord, "action" | "title">[]
	#data: unknown
	#hasData = false

	/** For script in windows: title and options; for the realm: the key and a record. */
	constructor(title: unknown, options: unknown = undefined) {
		requireArguments(arguments.length, 1, "Notification")
		super()
		const record = title === illegal ? (options as NotificationRecord) : ownRecord(title, options)
		this.#record = record
		this.#vibrate = Object.freeze([...record.vibrate])
		this.#actions = Object.freeze(record.actions.map(toScript))
		if (title !== illegal) void this.#show()
	}

	async #show(): Promise<void> {
		try {
			this.#record.id = await askOutside("notification.show", 0, this.#record)
			own.set(this.#record.id, this)
			fire(this, "show")
		} catch {
			fire(this, "error")
		}
	}

	static get permission(): PermissionName {
		return tell("notification.permission")
	}

	static async requestPermission(callback: unknown = undefined): Promise<PermissionName> {
		const permission = await askOutside("notification.request")
		if (typeof callback === "function") invokeReporting(callback, undefined, [permission])
		return permission
	}

	static get maxActions(): number {
		return maxActions
	}

	get title(): string {
		return this.#record.title
	}

	get dir(): string {
		return this.#record.dir
	}

	get lang(): string {
		return this.#record.lang
	}

	get body(): string {
		return this.#record.body
	}

	get tag(): string {
		return this.#record.tag
	}

	get image(): string {
		return this.#record.image
	}

	get icon(): string {
		return this.#record.icon
	}

	get badge(): string {
		return this.#record.badge
	}

	get vibrate(): readonly number[] {
		return this.#vibrate
	}

	get timestamp(): number {
		return this.#record.timestamp
	}

	get renotify(): boolean {
		return this.#record.renotify
	}

	get silent(): boolean | null {
		return this.#record.silent
	}

	get requireInteraction(): boolean {
		return this.#record.requireInteraction
	}

	get data(): unknown {
		if (!this.#hasData) this.#data = deserialize(this.#record.data).value
		this.#hasData = true
		return this.#data
	}

	get actions(): readonly Pick<ActionRecord, "action" | "title">[] {
		return this.#actions
	}

	close(): void {
		tell("notification.close", this.#record.id)
	}
}

function toScript({ action, title, icon }: ActionRecord): Pick<ActionRecord, "action" | "title"> {
	return Object.freeze(icon === "" ? { action, title } : { action, icon, title })
}

/** The pages' own, by id, for their events. */
const own = new Map<number, Notification>()

inside("notification", (id, type) => {
	const notification = own.get(id)
	if (type === "close") own.delete(id)
	if (notification) fire(notification, type, { cancelable: type === "click" })
})

/** The record of `new Notification(title, options)`. */
function ownRecord(title: unknown, options: unknown): NotificationRecord {
	if (host.kind === "serviceworker") {
		throw new TypeError("Failed to construct 'Notification': Illegal constructor. Use ServiceWorkerRegistration.showNotification() instead.")
	}
	const record = toRecord(title, options, "Notification")
	if (record.actions.length === 0) return record
	const how = "persistent notifications shown using ServiceWorkerRegistration.showNotification()"
	throw new TypeError(`${failed("Notification")}: Actions are only supported for ${how}.`)
}

/** ServiceWorkerRegistration.showNotification. */
export async function showNotification(registration: number, title: unknown, options: unknown): Promise<void> {
	await askOutside("notification.show", registration, toRecord(title, options, "ServiceWorkerRegistration.showNotification"))
}

/** ServiceWorkerRegistration.getNotifications. */
export async function notificationsOf(registration: number, filter: unknown): Promise<Notification[]> {
	const { tag } = dictionary(filter, "ServiceWorkerRegistration.getNotifications")
	const records = await askOutside("notification.list", registration, optional(tag, DOMString, ""))
	return records.map(notificationObject)
}

function notificationObject(record: NotificationRecord): Notification {
	return new Notification(illegal, record)
}

/** NotificationOptions, read in the order of their names, and "create a notification". */
function toRecord(titleValue: unknown, options: unknown, what: string): NotificationRecord {
	const title = DOMString(titleValue)
	const given = dictionary(options, what)
	const record: NotificationRecord = {
		id: 0,
		actions: optional(given.actions, value => sequence(value, toAction), []).slice(0, maxActions),
		badge: toURL(given.badge),
		body: optional(given.body, DOMString, ""),
		data: serialize(given.data === undefined ? null : given.data),
		dir: optional(given.dir, value => enumeration(value, directions, "NotificationDirection"), "auto"),
		icon: toURL(given.icon),
		image: toURL(given.image),
		lang: optional(given.lang, DOMString, ""),
		renotify: toBoolean(given.renotify),
		requireInteraction: toBoolean(given.requireInteraction),
		silent: optional<boolean | null>(given.silent ?? undefined, toBoolean, null),
		tag: optional(given.tag, DOMString, ""),
		timestamp: optional(given.timestamp, value => unsignedLongLong(value), Math.trunc(host.now())),
		title,
		vibrate: vibration(given.vibrate),
	}
	if (record.silent && given.vibrate !== undefined) throw new TypeError(`${failed(what)}: Silent notifications must not specify vibration patterns.`)
	if (record.renotify && record.tag === "") {
		throw new TypeError(`${failed(what)}: Notifications which set the renotify flag must specify a non-empty tag.`)
	}
	return record
}

/** A URL, or nothing when it cannot be parsed. */
function toURL(value: unknown): string {
	if (value === undefined) return ""
	return host.urlParse(USVString(value), host.location)?.href ?? ""
}

function toAction(value: unknown): ActionRecord {
	const given = dictionary(value, "NotificationAction")
	const text = (name: string) => required(given[name], DOMString, "ServiceWorkerRegistration.showNotification", name, "NotificationAction")
	const action = text("action")
	const icon = toURL(given.icon)
	return { action, title: text("title"), icon }
}

/** "Validate and normalize" of the Vibration API. */
function vibration(value: unknown): number[] {
	if (value === undefined) return []
	const times = (isObject(value) ? sequence(value, time => unsignedLong(time)) : [unsignedLong(value)]).slice(0, maxVibrations)
	if (times.length % 2 === 0) times.pop() // ends with a pause
	return times.map(time => Math.min(time, maxVibration))
}

export class NotificationEvent extends ExtendableEvent {
	#notification: Notification
	#action: string

	constructor(type: unknown, init: unknown) {
		requireArguments(arguments.length, 2, "NotificationEvent")
		super(type, init)
		const { action, notification } = dictionary(init, failed("NotificationEvent"))
		this.#action = optional(action, DOMString, "")
		if (!(notification instanceof Notification)) {
			throw notOf("Notification", "NotificationEvent", "notification", "NotificationEventInit")
		}
		this.#notification = notification
	}

	get notification(): Notification {
		return this.#notification
	}

	get action(): string {
		return this.#action
	}
}

inside("notificationclick", (id, record, action) => {
	dispatchExtendable(id, new NotificationEvent("notificationclick", { notification: notificationObject(record), action }))
})
inside("notificationclose", (id, record) => {
	dispatchExtendable(id, new NotificationEvent("notificationclose", { notification: notificationObject(record) }))
})

defineEventHandler(Notification.prototype, ["click", "show", "error", "close"])
if (host.kind !== "window") Reflect.deleteProperty(Notification, "requestPermission")
expose("Notification", interfaceOf(Notification, "Notification"))
expose("NotificationEvent", interfaceOf(NotificationEvent, "NotificationEvent"), ["serviceworker"])
