/** The kinds of events that more than one standard fires. */

import { Event, initialize, stateOf } from "./event"
import { dictionary, DOMString, double, expose, failed, interfaceOf, isObject, requireArguments, sequence, toBoolean, unsignedLong, USVString } from "./webidl"

/** A port, a service worker or a client: what a message may come from. */
type Source = object | null

/** Sets an event's data past the dictionary, in which undefined is the default, null. */
export let messageData: (event: MessageEvent, data: unknown) => void

export class MessageEvent extends Event {
	static {
		messageData = (event, data) => (event.#data = data)
	}

	#data: unknown
	#origin: string
	#lastEventId: string
	#source: Source
	#ports: readonly object[]

	constructor(type: unknown, init: unknown = undefined) {
		requireArguments(arguments.length, 1, "MessageEvent")
		super(type, init)
		const { data = null, lastEventId = "", origin = "", ports: portList = [], source = null } = dictionary(init, "MessageEventInit")
		this.#data = data
		this.#lastEventId = DOMString(lastEventId)
		this.#origin = USVString(origin)
		this.#ports = Object.freeze(sequence(portList, port => instance(port, ports, "MessagePort")))
		this.#source = source === null ? null : instance(source, sources, "MessageEventSource")
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
	get source(): Source {
		return this.#source
	}
	get ports(): readonly object[] {
		return this.#ports
	}
	initMessageEvent(
		type: unknown,
		bubbles: unknown = false,
		cancelable: unknown = false,
		data: unknown = null,
		origin: unknown = "",
		lastEventId: unknown = "",
		source: unknown = null,
		ports: unknown = [],
	): void {
		requireArguments(arguments.length, 1, "MessageEvent.initMessageEvent")
		const made = new MessageEvent(type, { data, origin, lastEventId, source, ports })
		const state = stateOf(this)
		if (state.dispatching) return
		initialize(state, made.type, bubbles, cancelable)
		this.#data = made.#data
		this.#origin = made.#origin
		this.#lastEventId = made.#lastEventId
		this.#source = made.#source
		this.#ports = made.#ports
	}
}
interfaceOf(MessageEvent, "MessageEvent")
expose("MessageEvent", MessageEvent)

const sources: (abstract new (...args: any[]) => object)[] = []
const ports: typeof sources = []

/** Says whose instances may be a MessageEvent's source; ports may be its ports, too. */
export function messageSource(constructor: abstract new (...args: any[]) => object, port = false): void {
	sources.push(constructor)
	if (port) ports.push(constructor)
}

function instance(value: unknown, constructors: typeof sources, what: string): object {
	if (constructors.some(constructor => value instanceof constructor)) return value as object
	throw new TypeError(`${failed("MessageEvent")}: Failed to convert value to '${what}'.`)
}

export class ErrorEvent extends Event {
	#message: string
	#filename: string
	#lineno: number
	#colno: number
	#error: unknown

	constructor(type: unknown, init: unknown = undefined) {
		requireArguments(arguments.length, 1, "ErrorEvent")
		super(type, init)
		const { colno = 0, error, filename = "", lineno = 0, message = "" } = dictionary(init, "ErrorEventInit")
		this.#colno = unsignedLong(colno)
		this.#error = error
		this.#filename = USVString(filename)
		this.#lineno = unsignedLong(lineno)
		this.#message = DOMString(message)
	}
	get message(): string {
		return this.#message
	}
	get filename(): string {
		return this.#filename
	}
	get lineno(): number {
		return this.#lineno
	}
	get colno(): number {
		return this.#colno
	}
	get error(): unknown {
		return this.#error
	}
}
interfaceOf(ErrorEvent, "ErrorEvent")
expose("ErrorEvent", ErrorEvent)

export class PromiseRejectionEvent extends Event {
	#promise: object
	#reason: unknown

	constructor(type: unknown, init: unknown) {
		requireArguments(arguments.length, 2, "PromiseRejectionEvent")
		super(type, init)
		const { promise, reason } = dictionary(init, "PromiseRejectionEventInit")
		if (!isObject(promise)) throw new TypeError(failed("PromiseRejectionEvent") + ": required member promise is not an object.")
		this.#promise = promise
		this.#reason = reason
	}
	get promise(): object {
		return this.#promise
	}
	get reason(): unknown {
		return this.#reason
	}
}
interfaceOf(PromiseRejectionEvent, "PromiseRejectionEvent")
expose("PromiseRejectionEvent", PromiseRejectionEvent)

export class CustomEvent extends Event {
	#detail: unknown

	constructor(type: unknown, init: unknown = undefined) {
		requireArguments(arguments.length, 1, "CustomEvent")
		super(type, init)
		this.#detail = dictionary(init, "CustomEventInit").detail ?? null
	}
	get detail(): unknown {
		return this.#detail
	}
	initCustomEvent(type: unknown, bubbles: unknown = false, cancelable: unknown = false, detail: unknown = null): void {
		requireArguments(arguments.length, 1, "CustomEvent.initCustomEvent")
		const name = DOMString(type)
		const state = stateOf(this)
		if (state.dispatching) return
		initialize(state, name, bubbles, cancelable)
		this.#detail = detail
	}
}
interfaceOf(CustomEvent, "CustomEvent")
expose("CustomEvent", CustomEvent)

export class ProgressEvent extends Event {
	#lengthComputable: boolean
	#loaded: number
	#total: number

	constructor(type: unknown, init: unknown = undefined) {
		requireArguments(arguments.length, 1, "ProgressEvent")
		super(type, init)
		const { lengthComputable, loaded = 0, total = 0 } = dictionary(init, "ProgressEventInit")
		this.#lengthComputable = toBoolean(lengthComputable)
		this.#loaded = double(loaded)
		this.#total = double(total)
	}
	get lengthComputable(): boolean {
		return this.#lengthComputable
	}
	get loaded(): number {
		return this.#loaded
	}
	get total(): number {
		return this.#total
	}
}
interfaceOf(ProgressEvent, "ProgressEvent")
expose("ProgressEvent", ProgressEvent)

export class HashChangeEvent extends Event {
	#oldURL: string
	#newURL: string

	constructor(type: unknown, init: unknown = undefined) {
		requireArguments(arguments.length, 1, "HashChangeEvent")
		super(type, init)
		const { newURL = "", oldURL = "" } = dictionary(init, "HashChangeEventInit")
		this.#newURL = USVString(newURL)
		this.#oldURL = USVString(oldURL)
	}
	get oldURL(): string {
		return this.#oldURL
	}
	get newURL(): string {
		return this.#newURL
	}
}
expose("HashChangeEvent", interfaceOf(HashChangeEvent, "HashChangeEvent"), ["window"])
