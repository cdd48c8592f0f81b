/**
 * Calls into script. A callback that a task of the event loop runs is followed
 * by a microtask checkpoint, also between two listeners of one event; the
 * engine itself runs microtasks only when nothing is on its stack.
 * https://html.spec.whatwg.org/#clean-up-after-running-script
 */
import { host } from "./host"

/** Half the cost of a call with a spread argument. */
export const { apply } = Reflect

let depth = 0
let inTask = false
let report: (error: unknown) => void

/** Set by report.ts, which fires events about exceptions and so is built on this. */
export function setReporter(reporter: (error: unknown) => void): void {
	report = reporter
}

/** Reports an exception that nobody caught, as window.reportError does. */
export function reportException(error: unknown): void {
	report(error)
}

/** Marks a hook as what begins a task: no script is on the stack yet. */
export function task<Args extends unknown[], R>(f: (...args: Args) => R): (...args: Args) => R {
	return (...args) => {
		const before = inTask
		inTask = true
		try {
			return apply(f, undefined, args) as R
		} finally {
			inTask = before
		}
	}
}

/** Calls script; what it throws is thrown. */
export function invoke(callback: Function, thisArg: unknown, args: readonly unknown[]): unknown {
	depth++
	try {
		return apply(callback, thisArg, args)
	} finally {
		if (depth === 1 && inTask) host.microtasks()
		depth--
	}
}

/** Calls script; what it throws is reported. */
export function invokeReporting(callback: Function, thisArg: unknown, args: readonly unknown[]): unknown {
	try {
		return invoke(callback, thisArg, args)
	} catch (error) {
		report(error)
	}
}
