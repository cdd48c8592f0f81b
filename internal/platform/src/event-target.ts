/**
 * Event targets without a tree (a target has no parent), and event handler
 * attributes. https://dom.spec.whatwg.org/#interface-eventtarget
 */

import { atTarget, bubbling, cancel, capturing, Event, none, stateOf, type EventState } from "./event"
import { ErrorEvent } from "./event-kinds"
import { exception } from "./exceptions"
import { invoke, reportException } from "./script"
import { DOMString, expose, failed, interfaceOf, isObject, requireArguments, Stamp, toBoolean } from "./webidl"

interface Listener {
	callback: object | null
	capture: boolean
	once: boolean
	passive: boolean
	removed: boolean
	/** Set for the one listener of an event handler attribute. */
	handler?: Handler
}

interface Handler {
	value: object | null
	listener: Listener | undefined
	options: HandlerOptions
}

/** What only AbortSignal knows; set by abort.ts, whose class is built on this module's. */
interface SignalSupport {
	/** Converts, or throws TypeError. */
	from(value: unknown, what: string): object
	aborted(signal: object): boolean
	onAbort(signal: object, algorithm: () => void): void
}

let signals: SignalSupport

export function setSignalSupport(support: SignalSupport): void {
	signals = support
}

/** Listeners of a target by type. Lists are replaced, never changed, since dispatches walk along them. */
class Listeners extends Stamp {
	#lists = new Map<string, readonly Listener[]>()
	#handlers: Map<string, Handler> | undefined
	#watch: ((type: string) => void) | undefined

	static of(target: object): Map<string, readonly Listener[]> {
		return (target as Listeners).#lists
	}
	static handlers(target: object): Map<string, Handler> {
		return ((target as Listeners).#handlers ??= new Map())
	}
	static watch(target: object, watch: (type: string) => void): void {
		;(target as Listeners).#watch = watch
	}
	static isTarget(value: object): boolean {
		return #lists in value
	}
	static add(target: object, type: string, listener: Listener): void {
		const lists = Listeners.of(target)
		lists.set(type, [...(lists.get(type) ?? []), listener])
		;(target as Listeners).#watch?.(type)
	}
	static remove(target: object, type: string, listener: Listener): void {
		const lists = Listeners.of(target)
		listener.removed = true
		const rest = (lists.get(type) ?? []).filter(other => other !== listener)
		if (rest.length > 0) lists.set(type, rest)
		else lists.delete(type)
	}
}

/** Makes the global object an event target. */
export function makeEventTarget(object: object): void {
	new Listeners(object)
}

/** Calls watch whenever a listener or a handler for a type is added to a target. */
export function watchListeners(target: object, watch: (type: string) => void): void {
	Listeners.watch(target, watch)
}

export function hasListeners(target: object, type: string): boolean {
	return Listeners.of(target).has(type)
}

/** The types of events that a target has listeners or handlers for. */
export function listenerTypes(target: object): string[] {
	return [...Listeners.of(target).keys()]
}

/** The functions (or objects) that listen to a type, in order. */
export function listenerCallbacks(target: object, type: string): object[] {
	return (Listeners.of(target).get(type) ?? []).flatMap(({ callback, handler }) => callback ?? handler?.value ?? [])
}

/** The global object when an operation is called without one. */
function receiver(value: unknown): EventTarget {
	const target = (value ?? globalThis) as EventTarget
	if (!isObject(target) || !Listeners.isTarget(target)) throw new TypeError("Illegal invocation")
	return target
}

export class EventTarget {
	constructor() {
		new Listeners(this)
	}

	addEventListener(type: unknown, callback: unknown, options: unknown = undefined): void {
		const target = receiver(this)
		requireArguments(arguments.length, 2, "EventTarget.addEventListener")
		const name = DOMString(type)
		const listener = listenerOf(callback, "EventTarget.addEventListener")
		const { capture, once, passive, signal } = flatten(options)
		if (!listener || (signal && signals.aborted(signal))) return
		if (find(target, name, listener, capture)) return
		const added: Listener = { callback: listener, capture, once, passive, removed: false }
		Listeners.add(target, name, added)
		if (signal) signals.onAbort(signal, () => Listeners.remove(target, name, added))
	}

	removeEventListener(type: unknown, callback: unknown, options: unknown = undefined): void {
		const target = receiver(this)
		requireArguments(arguments.length, 2, "EventTarget.removeEventListener")
		const name = DOMString(type)
		const listener = listenerOf(callback, "EventTarget.removeEventListener")
		const capture = toBoolean(isObject(options) ? (options as { capture?: unknown }).capture : options)
		const found = listener && find(target, name, listener, capture)
		if (found) Listeners.remove(target, name, found)
	}

	dispatchEvent(event: unknown): boolean {
		const target = receiver(this)
		requireArguments(arguments.length, 1, "EventTarget.dispatchEvent")
		if (!(event instanceof Event)) throw new TypeError(failed("EventTarget.dispatchEvent") + ": parameter 1 is not of type 'Event'.")
		const state = stateOf(event)
		if (state.dispatching) throw exception("InvalidStateError", failed("EventTarget.dispatchEvent") + ": The event is already being dispatched.")
		state.trusted = false
		return dispatch([target], event, state)
	}
}
interfaceOf(EventTarget, "EventTarget")
expose("EventTarget", EventTarget)

function listenerOf(callback: unknown, what: string): object | null {
	if (callback === undefined || callback === null) return null
	if (!isObject(callback)) throw new TypeError(failed(what) + ": parameter 2 is not of type 'Object'.")
	return callback
}

function flatten(options: unknown): { capture: boolean; once: boolean; passive: boolean; signal: object | undefined } {
	if (!isObject(options)) return { capture: toBoolean(options), once: false, passive: false, signal: undefined }
	const { capture, once, passive, signal } = options as Record<string, unknown>
	return {
		capture: toBoolean(capture),
		once: toBoolean(once),
		passive: toBoolean(passive),
		signal: signal === undefined ? undefined : signals.from(signal, "EventTarget.addEventListener"),
	}
}

function find(target: EventTarget, type: string, callback: object, capture: boolean): Listener | undefined {
	return Listeners.of(target)
		.get(type)
		?.find(listener => listener.callback === callback && listener.capture === capture)
}

/** Fires an event of the browser's own making. False when it was canceled. */
export function dispatchTrusted(target: EventTarget, event: Event): boolean {
	const state = stateOf(event)
	state.trusted = true
	return dispatch([target], event, state)
}

/** Fires a plain trusted event. */
export function fire(target: EventTarget, type: string, init: { cancelable?: boolean } = {}): boolean {
	return dispatchTrusted(target, new Event(type, init))
}

/** As `dispatchTrusted` for a target with parents, nearest first. Whether a listener threw. */
export function dispatchAlong(target: EventTarget, parents: readonly EventTarget[], event: Event): boolean {
	const state = stateOf(event)
	state.trusted = true
	dispatch([target, ...parents], event, state)
	return state.threw
}

function dispatch(path: readonly EventTarget[], event: Event, state: EventState): boolean {
	state.dispatching = true
	state.threw = false
	state.target = path[0]!
	state.path = path
	for (let i = path.length - 1; i >= 0; i--) visit(path[i]!, event, state, true, i === 0 ? atTarget : capturing)
	visit(path[0]!, event, state, false, atTarget)
	if (state.bubbles) {
		for (let i = 1; i < path.length; i++) visit(path[i]!, event, state, false, bubbling)
	}
	state.phase = none
	state.currentTarget = null
	state.path = []
	state.dispatching = state.stopped = state.stoppedNow = false
	return !state.canceled
}

/** Runs the capturing or the other listeners of one target on the path. */
function visit(target: EventTarget, event: Event, state: EventState, capture: boolean, phase: number): void {
	const list = Listeners.of(target).get(state.type)
	if (!list || state.stopped) return
	state.currentTarget = target
	state.phase = phase
	for (const listener of list) {
		if (listener.removed || listener.capture !== capture) continue
		if (listener.once) Listeners.remove(target, state.type, listener)
		const before = currentEvent
		currentEvent = event
		try {
			run(target, event, state, listener)
		} catch (error) {
			state.threw = true
			reportException(error)
		}
		currentEvent = before
		if (state.stoppedNow) return
	}
}

/** What `window.event` shows. */
export let currentEvent: Event | undefined

function run(target: EventTarget, event: Event, state: EventState, listener: Listener): void {
	if (listener.handler) return runHandler(target, event, state, listener.handler)
	state.inPassive = listener.passive
	try {
		const callback = listener.callback!
		if (typeof callback === "function") {
			invoke(callback, target, [event])
			return
		}
		const method = (callback as { handleEvent?: unknown }).handleEvent
		if (typeof method !== "function") throw new TypeError("EventListener.handleEvent is not a function")
		invoke(method, callback, [event])
	} finally {
		state.inPassive = false
	}
}

// Event handler attributes: https://html.spec.whatwg.org/#event-handler-attributes

interface HandlerOptions {
	/** The global's onerror, whose function is called with what is in an ErrorEvent. */
	error?: boolean
	/** Runs when script sets the attribute. */
	onSet?: (target: object) => void
}

/** Adds on… attributes for types to a prototype, or to the global object. */
export function defineEventHandler(object: object, types: string | readonly string[], options: HandlerOptions = {}): void {
	for (const type of typeof types === "string" ? [types] : types) {
		const name = "on" + type
		const accessors = {
			get [name](): object | null {
				return Listeners.handlers(receiver(this)).get(type)?.value ?? null
			},
			set [name](value: unknown) {
				setHandler(receiver(this), type, isObject(value) ? value : null, options)
			},
		}
		Object.defineProperty(object, name, Object.getOwnPropertyDescriptor(accessors, name)!)
	}
}

function setHandler(target: EventTarget, type: string, value: object | null, options: HandlerOptions): void {
	const handlers = Listeners.handlers(target)
	let handler = handlers.get(type)
	if (!handler) handlers.set(type, (handler = { value: null, listener: undefined, options }))
	handler.value = value
	if (value && !handler.listener) {
		// Its place among the listeners is that of the first function, until it is null again.
		handler.listener = { callback: null, capture: false, once: false, passive: false, removed: false, handler }
		Listeners.add(target, type, handler.listener)
	} else if (!value && handler.listener) {
		Listeners.remove(target, type, handler.listener)
		handler.listener = undefined
	}
	options.onSet?.(target)
}

function runHandler(target: EventTarget, event: Event, state: EventState, handler: Handler): void {
	if (typeof handler.value !== "function") return
	if (handler.options.error && event instanceof ErrorEvent) {
		const { message, filename, lineno, colno, error } = event
		if (invoke(handler.value, target, [message, filename, lineno, colno, error]) === true) cancel(state)
	} else if (invoke(handler.value, target, [event]) === false) cancel(state)
}
