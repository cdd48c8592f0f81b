/**
 * Client, WindowClient and Clients: snapshots of the clients that the browser
 * has. https://w3c.github.io/ServiceWorker/#client-interface
 */

import { serialize, transferList } from "../clone"
import { type ClientRecord, host } from "../host"
import {
	dictionary,
	DOMString,
	enumeration,
	expose,
	failed,
	illegal,
	interfaceOf,
	requireArguments,
	requireKey,
	toBoolean,
	USVString,
} from "../webidl"
import { optional } from "./members"
import { askOutside, tell } from "./outside"

export class Client {
	#record: ClientRecord

	constructor(key: unknown = undefined, record: ClientRecord) {
		requireKey(key)
		this.#record = record
	}

	get url(): string {
		return this.#record.url
	}

	get frameType(): string {
		return this.#record.frameType
	}

	get id(): string {
		return this.#record.id
	}

	get type(): string {
		return this.#record.type
	}

	postMessage(message: unknown, options: unknown = undefined): void {
		const { id } = this.#record
		requireArguments(arguments.length, 1, "Client.postMessage")
		tell("client.post", id, serialize(message, transferList(options, "Client.postMessage")))
	}
}

export class WindowClient extends Client {
	#record: ClientRecord
	#ancestorOrigins: readonly string[]

	constructor(key: unknown = undefined, record: ClientRecord) {
		super(key, record)
		this.#record = record
		this.#ancestorOrigins = Object.freeze([...record.ancestorOrigins])
	}

	get visibilityState(): string {
		return this.#record.visibilityState
	}

	get focused(): boolean {
		return this.#record.focused
	}

	get ancestorOrigins(): readonly string[] {
		return this.#ancestorOrigins
	}

	async focus(): Promise<WindowClient> {
		return new WindowClient(illegal, await askOutside("client.focus", this.#record.id))
	}

	async navigate(url: unknown): Promise<WindowClient | null> {
		const { id } = this.#record
		requireArguments(arguments.length, 1, "WindowClient.navigate")
		const record = await askOutside("client.navigate", id, navigable(url, "WindowClient.navigate"))
		return record ? new WindowClient(illegal, record) : null
	}
}

/** A URL that a window can be told to go to. */
function navigable(value: unknown, what: string): string {
	const url = USVString(value)
	const parsed = host.urlParse(url, host.location)
	if (parsed && parsed.href !== "about:blank") return parsed.href
	throw new TypeError(`${failed(what)}: '${url}' is not a valid URL.`)
}

const clientTypes = ["window", "worker", "sharedworker", "all"] as const

export class Clients {
	/** Only a brand. */
	#clients = true

	constructor(key: unknown = undefined) {
		requireKey(key)
	}

	async get(id: unknown): Promise<Client | undefined> {
		void this.#clients
		requireArguments(arguments.length, 1, "Clients.get")
		const record = await askOutside("clients.get", DOMString(id))
		return record ? clientObject(record) : undefined
	}

	async matchAll(options: unknown = undefined): Promise<readonly Client[]> {
		void this.#clients
		const { includeUncontrolled, type } = dictionary(options, "Clients.matchAll")
		const records = await askOutside("clients.matchAll", {
			includeUncontrolled: toBoolean(includeUncontrolled),
			type: optional(type, value => enumeration(value, clientTypes, "ClientType"), "window"),
		})
		return Object.freeze(records.map(clientObject))
	}

	async openWindow(url: unknown): Promise<WindowClient | null> {
		void this.#clients
		requireArguments(arguments.length, 1, "Clients.openWindow")
		const record = await askOutside("clients.openWindow", navigable(url, "Clients.openWindow"))
		return record ? new WindowClient(illegal, record) : null
	}

	async claim(): Promise<void> {
		void this.#clients
		await askOutside("clients.claim")
	}
}

/** "Create client" and "create window client": a new object each time. */
export function clientObject(record: ClientRecord): Client {
	return record.type === "window" ? new WindowClient(illegal, record) : new Client(illegal, record)
}

expose("Client", interfaceOf(Client, "Client"), ["serviceworker"])
expose("WindowClient", interfaceOf(WindowClient, "WindowClient"), ["serviceworker"])
expose("Clients", interfaceOf(Clients, "Clients"), ["serviceworker"])
