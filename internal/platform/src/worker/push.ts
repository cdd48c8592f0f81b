/**
 * The Push API: subscriptions of a registration, and what a push brings.
 * https://w3c.github.io/push-api/
 */

import { forgivingDecode, toBase64 } from "../base64"
import { type Blob, makeBlob } from "../blob"
import { exception } from "../exceptions"
import { host } from "../host"
import {
	bufferSource,
	dictionary,
	DOMString,
	enumeration,
	expose,
	failed,
	illegal,
	interfaceOf,
	isBufferSource,
	requireArguments,
	requireKey,
	toBoolean,
	USVString,
} from "../webidl"
import { dispatchExtendable, ExtendableEvent } from "./extendable"
import { inside } from "./inside"
import { notOf } from "./members"
import { askOutside, type PermissionState, type SubscribeRecord, type SubscriptionRecord, tell } from "./outside"
import { secure } from "./secure"

type Bytes = Uint8Array<ArrayBuffer>

const contentEncodings = Object.freeze(["aes128gcm", "aesgcm"])

export class PushManager {
	#registration: number

	constructor(key: unknown = undefined, registration: number) {
		requireKey(key)
		this.#registration = registration
	}

	static get supportedContentEncodings(): readonly string[] {
		return contentEncodings
	}

	async subscribe(options: unknown = undefined): Promise<PushSubscription> {
		const registration = this.#registration
		const given = subscribeOptions(options, "PushManager.subscribe")
		return new PushSubscription(illegal, registration, await askOutside("push.subscribe", registration, given))
	}

	async getSubscription(): Promise<PushSubscription | null> {
		const registration = this.#registration
		return subscription(registration, await askOutside("push.get", registration))
	}

	async permissionState(options: unknown = undefined): Promise<PermissionState> {
		const registration = this.#registration
		return askOutside("push.permission", registration, subscribeOptions(options, "PushManager.permissionState"))
	}
}

function subscription(registration: number, record: SubscriptionRecord | null | undefined): PushSubscription | null {
	return record ? new PushSubscription(illegal, registration, record) : null
}

function subscribeOptions(value: unknown, what: string): SubscribeRecord {
	const { applicationServerKey, userVisibleOnly } = dictionary(value, what)
	let key: Bytes | null = null
	if (isBufferSource(applicationServerKey)) key = bufferSource(applicationServerKey)
	else if (applicationServerKey !== undefined && applicationServerKey !== null) key = decodedKey(DOMString(applicationServerKey), what)
	if (key && !(key.length === 65 && key[0] === 4)) {
		throw exception("InvalidAccessError", `${failed(what)}: The provided applicationServerKey is not valid.`)
	}
	return { userVisibleOnly: toBoolean(userVisibleOnly), applicationServerKey: key && toBase64URL(key) }
}

function decodedKey(text: string, what: string): Bytes {
	const key = fromBase64URL(text)
	if (key) return key
	throw exception("InvalidCharacterError", `${failed(what)}: The provided applicationServerKey is not encoded as base64url without padding.`)
}

function toBase64URL(bytes: Bytes): string {
	return toBase64(bytes).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "")
}

function fromBase64URL(text: string): Bytes | undefined {
	if (!/^[\w-]*$/.test(text) || text.length % 4 === 1) return undefined
	return forgivingDecode(text.replaceAll("-", "+").replaceAll("_", "/"))
}

export class PushSubscriptionOptions {
	#userVisibleOnly: boolean
	#applicationServerKey: ArrayBuffer | null

	constructor(key: unknown = undefined, record: SubscriptionRecord) {
		requireKey(key)
		this.#userVisibleOnly = record.userVisibleOnly
		this.#applicationServerKey = record.applicationServerKey === null ? null : fromBase64URL(record.applicationServerKey)!.buffer
	}

	get userVisibleOnly(): boolean {
		return this.#userVisibleOnly
	}

	get applicationServerKey(): ArrayBuffer | null {
		return this.#applicationServerKey
	}
}

export class PushSubscription {
	#registration: number
	#record: SubscriptionRecord
	#options: PushSubscriptionOptions

	constructor(key: unknown = undefined, registration: number, record: SubscriptionRecord) {
		requireKey(key)
		this.#registration = registration
		this.#record = record
		this.#options = new PushSubscriptionOptions(illegal, record)
	}

	get endpoint(): string {
		return this.#record.endpoint
	}

	get expirationTime(): number | null {
		return this.#record.expirationTime
	}

	get options(): PushSubscriptionOptions {
		return this.#options
	}

	getKey(name: unknown): ArrayBuffer | null {
		const record = this.#record
		requireArguments(arguments.length, 1, "PushSubscription.getKey")
		return fromBase64URL(record[enumeration(name, ["p256dh", "auth"], "PushEncryptionKeyName")])!.buffer
	}

	async unsubscribe(): Promise<boolean> {
		return askOutside("push.unsubscribe", this.#registration, this.#record.endpoint)
	}

	toJSON(): object {
		const { endpoint, expirationTime, p256dh, auth } = this.#record
		return { endpoint, expirationTime, keys: { p256dh, auth } }
	}
}

export class PushMessageData {
	#bytes: Bytes

	constructor(key: unknown = undefined, bytes: Bytes) {
		requireKey(key)
		this.#bytes = bytes
	}

	arrayBuffer(): ArrayBuffer {
		return this.#bytes.slice().buffer
	}

	blob(): Blob {
		return makeBlob(this.#bytes, "")
	}

	bytes(): Bytes {
		return this.#bytes.slice()
	}

	json(): unknown {
		return JSON.parse(this.text())
	}

	text(): string {
		return host.utf8Decode(this.#bytes, true)
	}
}

export class PushEvent extends ExtendableEvent {
	#data: PushMessageData | null

	constructor(type: unknown, init: unknown = undefined) {
		requireArguments(arguments.length, 1, "PushEvent")
		super(type, init)
		const { data } = dictionary(init, failed("PushEvent"))
		if (data === undefined) this.#data = null
		else this.#data = new PushMessageData(illegal, isBufferSource(data) ? bufferSource(data).slice() : utf8(USVString(data)))
	}

	get data(): PushMessageData | null {
		return this.#data
	}
}

function utf8(text: string): Bytes {
	return host.utf8Encode(text) as Bytes
}

export class PushSubscriptionChangeEvent extends ExtendableEvent {
	#newSubscription: PushSubscription | null
	#oldSubscription: PushSubscription | null

	constructor(type: unknown, init: unknown = undefined) {
		requireArguments(arguments.length, 1, "PushSubscriptionChangeEvent")
		super(type, init)
		const { newSubscription, oldSubscription } = dictionary(init, failed("PushSubscriptionChangeEvent"))
		this.#newSubscription = toSubscription(newSubscription, "newSubscription")
		this.#oldSubscription = toSubscription(oldSubscription, "oldSubscription")
	}

	get newSubscription(): PushSubscription | null {
		return this.#newSubscription
	}

	get oldSubscription(): PushSubscription | null {
		return this.#oldSubscription
	}
}

function toSubscription(value: unknown, member: string): PushSubscription | null {
	if (value === undefined || value === null) return null
	if (value instanceof PushSubscription) return value
	throw notOf("PushSubscription", "PushSubscriptionChangeEvent", member, "PushSubscriptionChangeEventInit")
}

inside("push", (id, data) => dispatchExtendable(id, new PushEvent("push", data ? { data } : {})))
inside("pushsubscriptionchange", (id, newer, older) => {
	const registration = tell("sw.self").registration.id
	const init = { newSubscription: subscription(registration, newer), oldSubscription: subscription(registration, older) }
	dispatchExtendable(id, new PushSubscriptionChangeEvent("pushsubscriptionchange", init))
})

secure("PushManager", interfaceOf(PushManager, "PushManager"))
secure("PushSubscriptionOptions", interfaceOf(PushSubscriptionOptions, "PushSubscriptionOptions"))
secure("PushSubscription", interfaceOf(PushSubscription, "PushSubscription"))
expose("PushMessageData", interfaceOf(PushMessageData, "PushMessageData"), ["serviceworker"])
expose("PushEvent", interfaceOf(PushEvent, "PushEvent"), ["serviceworker"])
expose("PushSubscriptionChangeEvent", interfaceOf(PushSubscriptionChangeEvent, "PushSubscriptionChangeEvent"), ["serviceworker"])
