/** ExtendableMessageEvent. https://w3c.github.io/ServiceWorker/#extendablemessage-event-interface */

import { deserialize } from "../clone"
import { MessagePort } from "../messaging"
import { dictionary, DOMString, expose, failed, interfaceOf, requireArguments, sequence, USVString } from "../webidl"
import { Client, clientObject } from "./clients"
import { dispatchExtendable, ExtendableEvent } from "./extendable"
import { inside, type SourceRecord } from "./inside"
import { ServiceWorker, workerObject } from "./registration"

type Source = Client | ServiceWorker | MessagePort

/** Sets data, which the dictionary cannot make undefined. */
let setData: (event: ExtendableMessageEvent, data: unknown) => void

export class ExtendableMessageEvent extends ExtendableEvent {
	#data: unknown
	#origin: string
	#lastEventId: string
	#source: Source | null
	#ports: readonly MessagePort[]

	static {
		setData = (event, data) => {
			event.#data = data
		}
	}

	constructor(type: unknown, init: unknown = undefined) {
		requireArguments(arguments.length, 1, "ExtendableMessageEvent")
		super(type, init)
		const { data = null, lastEventId = "", origin = "", ports = [], source = null } = dictionary(init, failed("ExtendableMessageEvent"))
		this.#data = data
		this.#lastEventId = DOMString(lastEventId)
		this.#origin = USVString(origin)
		this.#ports = Object.freeze(sequence(ports, toPort))
		this.#source = source === null ? null : toSource(source)
	}

	get data(): unknown {
		return this.#data
	}

	get origin(): string {
		return this.#origin
	}

	get lastEventId(): string {
		return this.#lastEventId
	}

	get source(): Source | null {
		return this.#source
	}

	get ports(): readonly MessagePort[] {
		return this.#ports
	}
}

function toPort(value: unknown): MessagePort {
	if (value instanceof MessagePort) return value
	throw new TypeError(`${failed("ExtendableMessageEvent")}: Failed to convert value to 'MessagePort'.`)
}

function toSource(value: unknown): Source {
	if (value instanceof Client || value instanceof ServiceWorker || value instanceof MessagePort) return value
	throw new TypeError(`${failed("ExtendableMessageEvent")}: Failed to convert value to '(Client or ServiceWorker or MessagePort)'.`)
}

function sourceObject({ client, worker }: SourceRecord): Source | null {
	if (client) return clientObject(client)
	return worker ? workerObject(worker) : null
}

inside("message", (id, record, sender, origin) => {
	const init = { origin, source: sourceObject(sender) }
	let event
	try {
		const { value, ports } = deserialize(record)
		event = new ExtendableMessageEvent("message", { ...init, ports })
		setData(event, value)
	} catch {
		event = new ExtendableMessageEvent("messageerror", init)
	}
	dispatchExtendable(id, event)
})

expose("ExtendableMessageEvent", interfaceOf(ExtendableMessageEvent, "ExtendableMessageEvent"), ["serviceworker"])
