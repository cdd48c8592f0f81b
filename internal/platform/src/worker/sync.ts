/**
 * Background Sync and Periodic Background Sync: the managers of a registration
 * and the events. https://wicg.github.io/background-sync/spec/
 */

import { dictionary, DOMString, expose, failed, interfaceOf, requireArguments, requireKey, toBoolean, unsignedLongLong } from "../webidl"
import { dispatchExtendable, ExtendableEvent } from "./extendable"
import { inside } from "./inside"
import { optional, required } from "./members"
import { askOutside } from "./outside"
import { secure } from "./secure"

export class SyncManager {
	#registration: number

	constructor(key: unknown = undefined, registration: number) {
		requireKey(key)
		this.#registration = registration
	}

	async register(tag: unknown): Promise<void> {
		const registration = this.#registration
		requireArguments(arguments.length, 1, "SyncManager.register")
		await askOutside("sync.register", registration, DOMString(tag))
	}

	async getTags(): Promise<string[]> {
		return askOutside("sync.tags", this.#registration)
	}
}

export class PeriodicSyncManager {
	#registration: number

	constructor(key: unknown = undefined, registration: number) {
		requireKey(key)
		this.#registration = registration
	}

	async register(tag: unknown, options: unknown = undefined): Promise<void> {
		const registration = this.#registration
		requireArguments(arguments.length, 1, "PeriodicSyncManager.register")
		const name = DOMString(tag)
		const { minInterval } = dictionary(options, "PeriodicSyncManager.register")
		const interval = optional(minInterval, value => unsignedLongLong(value, { enforceRange: true }), 0)
		await askOutside("periodicSync.register", registration, name, interval)
	}

	async getTags(): Promise<string[]> {
		return askOutside("periodicSync.tags", this.#registration)
	}

	async unregister(tag: unknown): Promise<void> {
		const registration = this.#registration
		requireArguments(arguments.length, 1, "PeriodicSyncManager.unregister")
		await askOutside("periodicSync.unregister", registration, DOMString(tag))
	}
}

export class SyncEvent extends ExtendableEvent {
	#tag: string
	#lastChance: boolean

	constructor(type: unknown, init: unknown) {
		requireArguments(arguments.length, 2, "SyncEvent")
		super(type, init)
		const { lastChance, tag } = dictionary(init, failed("SyncEvent"))
		this.#lastChance = toBoolean(lastChance)
		this.#tag = required(tag, DOMString, "SyncEvent", "tag", "SyncEventInit")
	}

	get tag(): string {
		return this.#tag
	}

	get lastChance(): boolean {
		return this.#lastChance
	}
}

export class PeriodicSyncEvent extends ExtendableEvent {
	#tag: string

	constructor(type: unknown, init: unknown) {
		requireArguments(arguments.length, 2, "PeriodicSyncEvent")
		super(type, init)
		const { tag } = dictionary(init, failed("PeriodicSyncEvent"))
		this.#tag = required(tag, DOMString, "PeriodicSyncEvent", "tag", "PeriodicSyncEventInit")
	}

	get tag(): string {
		return this.#tag
	}
}

inside("sync", (id, tag, lastChance) => dispatchExtendable(id, new SyncEvent("sync", { tag, lastChance })))
inside("periodicsync", (id, tag) => dispatchExtendable(id, new PeriodicSyncEvent("periodicsync", { tag })))

secure("SyncManager", interfaceOf(SyncManager, "SyncManager"))
secure("PeriodicSyncManager", interfaceOf(PeriodicSyncManager, "PeriodicSyncManager"))
expose("SyncEvent", interfaceOf(SyncEvent, "SyncEvent"), ["serviceworker"])
expose("PeriodicSyncEvent", interfaceOf(PeriodicSyncEvent, "PeriodicSyncEvent"), ["serviceworker"])
