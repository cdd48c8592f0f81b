/**
 * Timers and microtasks. https://html.spec.whatwg.org/#timers
 *
 * The host only counts milliseconds; what a timer does stays here.
 */

import { host, scopeName } from "./host"
import { invokeReporting } from "./script"
import { DOMString, failed, long, requireArguments, scopeMembers } from "./webidl"

/** Milliseconds since the time origin, which is a moment before script can look. */
export function elapsed(): number {
	return host.elapsed() + 1
}

interface Timer {
	run: () => void
	/** How many timers of script led to it, with itself, since those are slowed down; 0: it is the browser's own. */
	nesting: number
	repeat: number | undefined
}

/** Thirty years: Go counts nanoseconds in 63 bits. */
const longest = 1e12

const timers = new Map<number, Timer>()
let lastTimer = 0
let nesting = 0

/** Runs a task of the browser's own after a delay in milliseconds. */
export function startTimer(delay: number, run: () => void): void {
	start({ run, nesting: 0, repeat: undefined }, delay)
}

/** Queues a task of the browser's own. */
export function queueTask(run: () => void): void {
	startTimer(0, run)
}

function stop(id: number): void {
	if (!timers.get(id)?.nesting) return // none, or not script's
	timers.delete(id)
	host.clearTimer(id)
}

/** Hooks.timer. */
export function timer(id: number): void {
	const timer = timers.get(id)
	if (!timer) return
	nesting = timer.nesting
	timer.run()
	nesting = 0
	if (timer.repeat === undefined) timers.delete(id)
	else if (timers.get(id) === timer) {
		timer.nesting++
		host.setTimer(id, clamp(timer.repeat, timer.nesting))
	}
}

function start(timer: Timer, delay: number): number {
	const id = ++lastTimer
	timers.set(id, timer)
	host.setTimer(id, Math.min(delay, longest))
	return id
}

function clamp(delay: number, level: number): number {
	return level > 5 ? Math.max(delay, 4) : delay
}

function initialize(handler: unknown, timeout: unknown, args: unknown[], repeats: boolean): number {
	const callback = typeof handler === "function" ? handler : evaluation(DOMString(handler))
	const delay = Math.max(long(timeout), 0)
	const level = nesting + 1
	return start({
		run: () => void invokeReporting(callback, globalThis, args),
		nesting: level,
		repeat: repeats ? delay : undefined,
	}, clamp(delay, nesting))
}

function evaluation(code: string): Function {
	return () => (0, eval)(code) as unknown
}

scopeMembers({
	setTimeout(handler: unknown, timeout: unknown = 0, ...args: unknown[]): number {
		requireArguments(arguments.length, 1, scopeName + ".setTimeout")
		return initialize(handler, timeout, args, false)
	},
	clearTimeout(id: unknown = 0): void {
		stop(long(id))
	},
	setInterval(handler: unknown, timeout: unknown = 0, ...args: unknown[]): number {
		requireArguments(arguments.length, 1, scopeName + ".setInterval")
		return initialize(handler, timeout, args, true)
	},
	clearInterval(id: unknown = 0): void {
		stop(long(id))
	},
	queueMicrotask(callback: unknown): void {
		requireArguments(arguments.length, 1, scopeName + ".queueMicrotask")
		if (typeof callback !== "function") {
			throw new TypeError(failed(scopeName + ".queueMicrotask") + ": parameter 1 is not of type 'Function'.")
		}
		// Not through the `then` that script can change.
		Reflect.apply(then, resolved, [() => void invokeReporting(callback, undefined, [])])
	},
})

const resolved = Promise.resolve()
const then = Promise.prototype.then
