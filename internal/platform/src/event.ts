/** Event, and its state that only targets may change. https://dom.spec.whatwg.org/#interface-event */

import type { EventTarget } from "./event-target"
import { elapsed } from "./timers"
import { constants, dictionary, DOMString, expose, interfaceOf, requireArguments, toBoolean } from "./webidl"

export const none = 0
export const capturing = 1
export const atTarget = 2
export const bubbling = 3

export interface EventState {
	type: string
	target: EventTarget | null
	currentTarget: EventTarget | null
	/** The target and its parents, while the event is dispatched. */
	path: readonly EventTarget[]
	phase: number
	bubbles: boolean
	cancelable: boolean
	composed: boolean
	timeStamp: number
	dispatching: boolean
	trusted: boolean
	stopped: boolean
	stoppedNow: boolean
	canceled: boolean
	inPassive: boolean
	/** Whether a listener threw in the last dispatch. */
	threw: boolean
}

export let stateOf: (event: Event) => EventState

export class Event {
	#state: EventState

	static {
		stateOf = event => event.#state
	}

	/** Subclasses check the number of their arguments themselves. */
	constructor(type: unknown, init: unknown = undefined) {
		requireArguments(arguments.length, 1, "Event")
		const name = DOMString(type)
		const { bubbles, cancelable, composed } = dictionary(init, "EventInit")
		this.#state = {
			type: name,
			target: null,
			currentTarget: null,
			path: [],
			phase: none,
			bubbles: toBoolean(bubbles),
			cancelable: toBoolean(cancelable),
			composed: toBoolean(composed),
			timeStamp: elapsed(),
			dispatching: false,
			trusted: false,
			stopped: false,
			stoppedNow: false,
			canceled: false,
			inPassive: false,
			threw: false,
		}
		Object.defineProperty(this, "isTrusted", isTrusted)
	}

	get type(): string {
		return this.#state.type
	}
	get target(): EventTarget | null {
		return this.#state.target
	}
	get srcElement(): EventTarget | null {
		return this.#state.target
	}
	get currentTarget(): EventTarget | null {
		return this.#state.currentTarget
	}
	composedPath(): EventTarget[] {
		return [...this.#state.path]
	}
	get eventPhase(): number {
		return this.#state.phase
	}
	stopPropagation(): void {
		this.#state.stopped = true
	}
	get cancelBubble(): boolean {
		return this.#state.stopped
	}
	set cancelBubble(value: unknown) {
		if (value) this.#state.stopped = true
		else void this.#state
	}
	stopImmediatePropagation(): void {
		this.#state.stopped = this.#state.stoppedNow = true
	}
	get bubbles(): boolean {
		return this.#state.bubbles
	}
	get cancelable(): boolean {
		return this.#state.cancelable
	}
	get returnValue(): boolean {
		return !this.#state.canceled
	}
	set returnValue(value: unknown) {
		if (!value) cancel(this.#state)
		else void this.#state
	}
	preventDefault(): void {
		cancel(this.#state)
	}
	get defaultPrevented(): boolean {
		return this.#state.canceled
	}
	get composed(): boolean {
		return this.#state.composed
	}
	declare readonly isTrusted: boolean
	get timeStamp(): number {
		return this.#state.timeStamp
	}
	initEvent(type: unknown, bubbles: unknown = false, cancelable: unknown = false): void {
		const state = this.#state
		requireArguments(arguments.length, 1, "Event.initEvent")
		initialize(state, DOMString(type), bubbles, cancelable)
	}
}

// [LegacyUnforgeable]: a fixed property of each instance.
const isTrusted = Object.getOwnPropertyDescriptor(
	{
		get isTrusted(): boolean {
			return stateOf(this as Event).trusted
		},
	},
	"isTrusted",
)!
isTrusted.configurable = false

export function cancel(state: EventState): void {
	if (state.cancelable && !state.inPassive) state.canceled = true
}

export function initialize(state: EventState, type: string, bubbles: unknown, cancelable: unknown): void {
	if (state.dispatching) return
	state.type = type
	state.bubbles = toBoolean(bubbles)
	state.cancelable = toBoolean(cancelable)
	state.stopped = state.stoppedNow = state.canceled = state.trusted = false
	state.target = null
}

interfaceOf(Event, "Event")
constants(Event, { NONE: none, CAPTURING_PHASE: capturing, AT_TARGET: atTarget, BUBBLING_PHASE: bubbling })
expose("Event", Event)
