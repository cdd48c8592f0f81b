/** Aborting ongoing activities. https://dom.spec.whatwg.org/#aborting-ongoing-activities */

import { setSignalSupport } from "./event-target"
import { defineEventHandler, EventTarget, fire } from "./events"
import { exception } from "./exceptions"
import { startTimer } from "./timers"
import { expose, failed, illegal, interfaceOf, requireArguments, requireKey, sequence, unsignedLongLong } from "./webidl"

interface SignalState {
	aborted: boolean
	reason: unknown
	// Made when they are needed: nearly every request has a signal that nobody looks at.
	algorithms: Set<() => void> | undefined
	/** Signals that follow this one. */
	dependents: Set<AbortSignal> | undefined
	/** Whom this signal follows; none of them depends on another itself. */
	sources: Set<AbortSignal> | undefined
}

let stateOf: (signal: AbortSignal) => SignalState
/** Whether a value is an AbortSignal, whatever its prototype is. */
export let isAbortSignal: (value: unknown) => value is AbortSignal

export class AbortSignal extends EventTarget {
	#state: SignalState = { aborted: false, reason: undefined, algorithms: undefined, dependents: undefined, sources: undefined }

	static {
		stateOf = signal => signal.#state
		isAbortSignal = (value): value is AbortSignal => typeof value === "object" && value !== null && #state in value
	}

	constructor(key: unknown = undefined) {
		requireKey(key)
		super()
	}

	static abort(reason: unknown = undefined): AbortSignal {
		const signal = newSignal()
		signalAbort(signal, reason)
		return signal
	}

	static timeout(milliseconds: unknown): AbortSignal {
		requireArguments(arguments.length, 1, "AbortSignal.timeout")
		const delay = unsignedLongLong(milliseconds, { enforceRange: true })
		const signal = newSignal()
		startTimer(delay, () => signalAbort(signal, exception("TimeoutError", "signal timed out")))
		return signal
	}

	static any(signals: unknown): AbortSignal {
		requireArguments(arguments.length, 1, "AbortSignal.any")
		return dependentSignal(sequence(signals, signal => abortSignal(signal, "AbortSignal.any")))
	}

	get aborted(): boolean {
		return this.#state.aborted
	}
	get reason(): unknown {
		return this.#state.reason
	}
	throwIfAborted(): void {
		if (this.#state.aborted) throw this.#state.reason
	}
}
defineEventHandler(AbortSignal.prototype, "abort")
expose("AbortSignal", interfaceOf(AbortSignal, "AbortSignal"))

export class AbortController {
	#signal = newSignal()

	get signal(): AbortSignal {
		return this.#signal
	}
	abort(reason: unknown = undefined): void {
		signalAbort(this.#signal, reason)
	}
}
expose("AbortController", interfaceOf(AbortController, "AbortController"))

/** Converts a value to an AbortSignal, or throws TypeError; what: as in `failed`. */
function abortSignal(value: unknown, what: string): AbortSignal {
	if (isAbortSignal(value)) return value
	throw new TypeError(`${failed(what)}: Failed to convert value to 'AbortSignal'.`)
}

export function newSignal(): AbortSignal {
	return new AbortSignal(illegal)
}

/** A signal that is aborted as soon as one of these is. */
export function dependentSignal(signals: readonly AbortSignal[]): AbortSignal {
	const result = newSignal()
	const state = stateOf(result)
	const aborted = signals.find(signal => stateOf(signal).aborted)
	if (aborted) {
		state.aborted = true
		state.reason = stateOf(aborted).reason
		return result
	}
	state.sources = new Set(signals.flatMap(signal => [...(stateOf(signal).sources ?? [signal])]))
	for (const source of state.sources) (stateOf(source).dependents ??= new Set()).add(result)
	return result
}

/** Signals abort; undefined stands for a new AbortError. */
export function signalAbort(signal: AbortSignal, reason: unknown = undefined): void {
	const state = stateOf(signal)
	if (state.aborted) return
	state.aborted = true
	state.reason = reason === undefined ? exception("AbortError", "signal is aborted without reason") : reason
	const following = [...(state.dependents ?? [])].filter(dependent => !stateOf(dependent).aborted)
	for (const dependent of following) {
		stateOf(dependent).aborted = true
		stateOf(dependent).reason = state.reason
	}
	for (const each of [signal, ...following]) runAbortSteps(each)
}

function runAbortSteps(signal: AbortSignal): void {
	const state = stateOf(signal)
	const algorithms = [...(state.algorithms ?? [])]
	state.algorithms = state.dependents = undefined
	for (const algorithm of algorithms) algorithm()
	fire(signal, "abort")
}

/**
 * Runs algorithm when signal is aborted, before script hears of it; never for
 * one that is aborted already. The result takes it back.
 */
export function addAbortAlgorithm(signal: AbortSignal, algorithm: () => void): () => void {
	const state = stateOf(signal)
	if (state.aborted) return () => {}
	const algorithms = (state.algorithms ??= new Set())
	algorithms.add(algorithm)
	return () => algorithms.delete(algorithm)
}

/** The reason of an aborted signal. */
export function abortReason(signal: AbortSignal): unknown {
	return stateOf(signal).reason
}

setSignalSupport({
	from: abortSignal,
	aborted: signal => stateOf(signal as AbortSignal).aborted,
	onAbort: (signal, algorithm) => addAbortAlgorithm(signal as AbortSignal, algorithm),
})
