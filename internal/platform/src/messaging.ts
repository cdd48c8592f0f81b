/** Channels between realms. https://html.spec.whatwg.org/#comms */

import { deserialize, serialize, transferable, transferList } from "./clone"
import { defineEventHandler, dispatchTrusted, EventTarget, fire, MessageEvent, messageSource, messageData } from "./events"
import { exception } from "./exceptions"
import { host, type MessageRecord } from "./host"
import { ownURL } from "./location"
import { DOMString, expose, failed, illegal, interfaceOf, requireArguments, requireKey } from "./webidl"

/**
 * Fires a message at a target: message with what a record holds, messageerror
 * when it cannot be read.
 */
export function fireMessage(target: EventTarget, record: MessageRecord, init: { origin?: string; source?: object | null } = {}): void {
	dispatchTrusted(target, messageEvent(record, init))
}

function messageEvent(record: MessageRecord, init: object): MessageEvent {
	let read: ReturnType<typeof deserialize>
	try {
		read = deserialize(record)
	} catch {
		return new MessageEvent("messageerror", init)
	}
	const event = new MessageEvent("message", { ...init, ports: read.ports })
	messageData(event, read.value)
	return event
}

// MessageChannel and MessagePort.

/** Who gets the messages of ports, by their numbers in the host. */
const ports = new Map<number, EventTarget>()

/** Makes another object than a MessagePort the target of a port's messages. */
export function receive(port: number, target: EventTarget): void {
	ports.set(port, target)
}

let isPort: (value: object) => value is MessagePort
let numberOf: (port: MessagePort) => number
let detach: (port: MessagePort) => void

export class MessagePort extends EventTarget {
	#number: number // 0 once it is closed or transferred

	static {
		isPort = (value): value is MessagePort => #number in value
		numberOf = port => port.#number
		detach = port => {
			ports.delete(port.#number)
			port.#number = 0
		}
	}

	constructor(key: unknown = undefined, number = 0) {
		requireKey(key)
		super()
		this.#number = number
		ports.set(number, this)
	}

	postMessage(message: unknown, options: unknown = undefined): void {
		const what = "MessagePort.postMessage"
		const number = this.#number
		requireArguments(arguments.length, 1, what)
		const transfer = transferList(options, what)
		if (transfer.includes(this)) throw exception("DataCloneError", failed(what) + ": Port at index " + transfer.indexOf(this) + " contains the source port.")
		const record = serialize(message, transfer)
		if (number) host.portPost(number, record)
	}
	start(): void {
		if (this.#number) host.portStart(this.#number)
	}
	close(): void {
		if (this.#number) host.portClose(this.#number)
		detach(this)
	}
}
defineEventHandler(MessagePort.prototype, "message", { onSet: port => (port as MessagePort).start() })
defineEventHandler(MessagePort.prototype, ["messageerror", "close"])
expose("MessagePort", interfaceOf(MessagePort, "MessagePort"))
messageSource(MessagePort, true)
transferable(
	"MessagePort",
	isPort,
	port => numberOf(port) === 0,
	(port, list) => {
		const index = list.push(numberOf(port)) - 1
		detach(port)
		return index
	},
	(index, list) => new MessagePort(illegal, list[index]),
)

export class MessageChannel {
	#port1: MessagePort
	#port2: MessagePort

	constructor() {
		const [port1, port2] = host.portPair()
		this.#port1 = new MessagePort(illegal, port1)
		this.#port2 = new MessagePort(illegal, port2)
	}
	get port1(): MessagePort {
		return this.#port1
	}
	get port2(): MessagePort {
		return this.#port2
	}
}
expose("MessageChannel", interfaceOf(MessageChannel, "MessageChannel"))

/** Hooks.portMessage. */
export function portMessage(port: number, record: MessageRecord): void {
	const target = ports.get(port)
	if (target) fireMessage(target, record)
}

/** Hooks.portClosed: the other end is gone. */
export function portClosed(port: number): void {
	const target = ports.get(port)
	ports.delete(port)
	if (target) fire(target, "close")
}

// BroadcastChannel.

const channels = new Map<number, BroadcastChannel>()

export class BroadcastChannel extends EventTarget {
	#name: string
	#number: number // 0 once it is closed

	constructor(name: unknown) {
		requireArguments(arguments.length, 1, "BroadcastChannel")
		const text = DOMString(name)
		super()
		this.#name = text
		this.#number = host.channelOpen(text)
		channels.set(this.#number, this)
	}
	get name(): string {
		return this.#name
	}
	postMessage(message: unknown): void {
		const what = "BroadcastChannel.postMessage"
		const number = this.#number
		requireArguments(arguments.length, 1, what)
		if (!number) throw exception("InvalidStateError", failed(what) + ": Channel is closed")
		host.channelPost(number, serialize(message))
	}
	close(): void {
		const number = this.#number
		if (!number) return
		this.#number = 0
		channels.delete(number)
		host.channelClose(number)
	}
}
defineEventHandler(BroadcastChannel.prototype, ["message", "messageerror"])
expose("BroadcastChannel", interfaceOf(BroadcastChannel, "BroadcastChannel"))

/** Hooks.channelMessage. */
export function channelMessage(channel: number, record: MessageRecord): void {
	const target = channels.get(channel)
	if (target) fireMessage(target, record, { origin: ownURL().origin })
}
