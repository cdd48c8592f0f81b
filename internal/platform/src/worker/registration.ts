/**
 * ServiceWorker and ServiceWorkerRegistration: one live object for each worker
 * and registration in a realm, changed by what the browser tells. Knows no
 * lifecycle: that is the browser's.
 * https://w3c.github.io/ServiceWorker/#serviceworker-interface
 */

import { serialize, transferList } from "../clone"
import { defineEventHandler, EventTarget, fire, messageSource } from "../events"
import type { RegistrationRecord, WorkerRecord } from "../host"
import { illegal, interfaceOf, requireArguments, requireKey } from "../webidl"
import { inside } from "./inside"
import { type Notification, notificationsOf, showNotification } from "./notification"
import { askOutside, tell } from "./outside"
import { secure } from "./secure"
import { NavigationPreloadManager } from "./preload"
import { PushManager } from "./push"
import { PeriodicSyncManager, SyncManager } from "./sync"

let setState: (worker: ServiceWorker, state: string) => void
let setRecord: (registration: ServiceWorkerRegistration, record: RegistrationRecord) => void

export class ServiceWorker extends EventTarget {
	#id: number
	#scriptURL: string
	#state: string

	static {
		setState = (worker, state) => {
			worker.#state = state
		}
	}

	constructor(key: unknown = undefined, record: WorkerRecord) {
		requireKey(key)
		super()
		this.#id = record.id
		this.#scriptURL = record.scriptURL
		this.#state = record.state
	}

	get scriptURL(): string {
		return this.#scriptURL
	}

	get state(): string {
		return this.#state
	}

	postMessage(message: unknown, options: unknown = undefined): void {
		const id = this.#id
		requireArguments(arguments.length, 1, "ServiceWorker.postMessage")
		tell("worker.post", id, serialize(message, transferList(options, "ServiceWorker.postMessage")))
	}
}

/** What Chromium has and this runtime lacks. */
function missing(name: string): never {
	throw new Error(`swtest: ServiceWorkerRegistration.${name} is not implemented`)
}

type Attribute = "installing" | "waiting" | "active"

export class ServiceWorkerRegistration extends EventTarget {
	#id: number
	#scope: string
	#updateViaCache!: string
	#workers!: Record<Attribute, ServiceWorker | null>
	#preload: NavigationPreloadManager | undefined
	#push: PushManager | undefined
	#sync: SyncManager | undefined
	#periodicSync: PeriodicSyncManager | undefined

	static {
		setRecord = (registration, record) => {
			registration.#updateViaCache = record.updateViaCache
			registration.#workers = {
				installing: record.installing && workerObject(record.installing),
				waiting: record.waiting && workerObject(record.waiting),
				active: record.active && workerObject(record.active),
			}
		}
	}

	constructor(key: unknown = undefined, record: RegistrationRecord) {
		requireKey(key)
		super()
		this.#id = record.id
		this.#scope = record.scope
		setRecord(this, record)
	}

	get installing(): ServiceWorker | null {
		return this.#workers.installing
	}

	get waiting(): ServiceWorker | null {
		return this.#workers.waiting
	}

	get active(): ServiceWorker | null {
		return this.#workers.active
	}

	get navigationPreload(): NavigationPreloadManager {
		return (this.#preload ??= new NavigationPreloadManager(illegal, this.#id))
	}

	get scope(): string {
		return this.#scope
	}

	get updateViaCache(): string {
		return this.#updateViaCache
	}

	async update(): Promise<ServiceWorkerRegistration> {
		return registrationObject(await askOutside("registration.update", this.#id))
	}

	async unregister(): Promise<boolean> {
		return askOutside("registration.unregister", this.#id)
	}

	get pushManager(): PushManager {
		return (this.#push ??= new PushManager(illegal, this.#id))
	}

	get sync(): SyncManager {
		return (this.#sync ??= new SyncManager(illegal, this.#id))
	}

	get periodicSync(): PeriodicSyncManager {
		return (this.#periodicSync ??= new PeriodicSyncManager(illegal, this.#id))
	}

	get backgroundFetch(): never {
		return missing("backgroundFetch")
	}

	get cookies(): never {
		return missing("cookies")
	}

	async showNotification(title: unknown, options: unknown = undefined): Promise<void> {
		const id = this.#id
		requireArguments(arguments.length, 1, "ServiceWorkerRegistration.showNotification")
		await showNotification(id, title, options)
	}

	async getNotifications(filter: unknown = undefined): Promise<Notification[]> {
		return notificationsOf(this.#id, filter)
	}
}

const workers = new Map<number, ServiceWorker>()
const registrations = new Map<number, ServiceWorkerRegistration>()

/** "Get the service worker object": the realm's one object for a worker. */
export function workerObject(record: WorkerRecord): ServiceWorker {
	let worker = workers.get(record.id)
	if (!worker) workers.set(record.id, (worker = new ServiceWorker(illegal, record)))
	return worker
}

/** "Get the service worker registration object": the realm's one object for a registration. */
export function registrationObject(record: RegistrationRecord): ServiceWorkerRegistration {
	let registration = registrations.get(record.id)
	if (!registration) registrations.set(record.id, (registration = new ServiceWorkerRegistration(illegal, record)))
	return registration
}

inside("workerState", (id, state) => {
	const worker = workers.get(id)
	if (!worker) return
	setState(worker, state)
	fire(worker, "statechange")
})
inside("registration", record => {
	const registration = registrations.get(record.id)
	if (registration) setRecord(registration, record)
})
inside("updatefound", id => {
	const registration = registrations.get(id)
	if (registration) fire(registration, "updatefound")
})

defineEventHandler(ServiceWorker.prototype, ["statechange", "error"])
messageSource(ServiceWorker)
defineEventHandler(ServiceWorkerRegistration.prototype, "updatefound")
secure("ServiceWorker", interfaceOf(ServiceWorker, "ServiceWorker"))
secure("ServiceWorkerRegistration", interfaceOf(ServiceWorkerRegistration, "ServiceWorkerRegistration"))
