/**
 * Exceptions that nobody caught and promises whose rejection nobody handled:
 * script's events first, then the host.
 * https://html.spec.whatwg.org/#runtime-script-errors
 */

import { dispatchTrusted, ErrorEvent, PromiseRejectionEvent, type EventTarget } from "./events"
import { scriptStack } from "./exceptions"
import { host, scopeName } from "./host"
import { reportException, setReporter } from "./script"
import { requireArguments, scopeMembers } from "./webidl"

let reporting = false

setReporter(error => {
	const place = placeOf(error)
	// An exception in an error listener is not fired again.
	if (!reporting) {
		reporting = true
		const event = new ErrorEvent("error", {
			cancelable: true,
			message: "Uncaught " + describe(error),
			filename: place.file,
			lineno: place.line,
			colno: place.column,
			error,
		})
		const goesOn = dispatchTrusted(globalThis as unknown as EventTarget, event)
		reporting = false
		if (!goesOn) return
	}
	toHost("error", error)
})

function toHost(kind: string, error: unknown): void {
	if (error instanceof Error) host.report(kind, text(error.name), text(error.message), scriptStack(text(error.stack)))
	else host.report(kind, "", describe(error), "")
}

function text(value: unknown): string {
	return typeof value === "string" ? value : ""
}

/** As consoles print what was thrown. */
function describe(error: unknown): string {
	try {
		return error !== null && typeof error === "object" && !(error instanceof Error) ? "#<Object>" : String(error)
	} catch {
		return "exception"
	}
}

/** The first place in script that a stack names; the prelude's own lines are none. */
function placeOf(error: unknown): { file: string; line: number; column: number } {
	const stack = text((error instanceof Error ? error : new Error()).stack)
	for (const [, file, line, column] of stack.matchAll(/\(?([^\s()]+?):(\d+)(?::(\d+))?\)?$/gm)) {
		if (!file!.startsWith("swtest:")) return { file: file!, line: Number(line), column: Number(column ?? 0) }
	}
	return { file: host.location, line: 0, column: 0 }
}

// Rejections: https://html.spec.whatwg.org/#unhandled-promise-rejections

interface Rejection {
	promise: Promise<unknown>
	reason: unknown
}

let aboutToBeNotified: Rejection[] = []
let handledLate: Rejection[] = []
/** The one that script is being told about; undefined once it handles it. */
let notifying: Rejection | undefined
/** Promises whose rejection was told to script, and their reasons. */
const outstanding = new WeakMap<object, Rejection>()

/** Hooks.rejection. */
export function rejection(promise: Promise<unknown>, handled: boolean, reason: unknown): void {
	host.wantCheckpoint()
	if (!handled) {
		aboutToBeNotified.push({ promise, reason })
		return
	}
	const at = aboutToBeNotified.findIndex(each => each.promise === promise)
	if (at >= 0) {
		aboutToBeNotified.splice(at, 1)
		return
	}
	if (notifying?.promise === promise) notifying = undefined
	const told = outstanding.get(promise)
	if (!told) return
	outstanding.delete(promise)
	handledLate.push(told)
}

/** Tells script what the tracker noted during a task. */
export function notifyRejections(): void {
	while (aboutToBeNotified.length > 0 || handledLate.length > 0) {
		const late = handledLate
		handledLate = []
		for (const each of late) notify("rejectionhandled", each, false)
		const each = aboutToBeNotified.shift()
		if (!each) continue
		notifying = each
		if (notify("unhandledrejection", each, true)) toHost("unhandledrejection", each.reason)
		if (notifying) outstanding.set(each.promise, each)
		notifying = undefined
	}
}

function notify(type: string, { promise, reason }: Rejection, cancelable: boolean): boolean {
	return dispatchTrusted(globalThis as unknown as EventTarget, new PromiseRejectionEvent(type, { promise, reason, cancelable }))
}

scopeMembers({
	reportError(error: unknown): void {
		requireArguments(arguments.length, 1, scopeName + ".reportError")
		reportException(error)
	},
})
