/** The global objects' interfaces, and what the HTML standard puts on them. */

import { serialize, transferList } from "./clone"
import { currentEvent, defineEventHandler, EventTarget, messageSource } from "./events"
import { fromHost } from "./exceptions"
import { host } from "./host"
import { ownURL, resolveURL } from "./location"
import { fireMessage } from "./messaging"
import { queueTask } from "./timers"
import { dictionary, DOMString, expose, failed, interfaceOf, isObject, type Kind, requireArguments, requireKey, scopeMembers, USVString } from "./webidl"

const workers: readonly Kind[] = ["serviceworker", "worker"]

class WorkerGlobalScope extends EventTarget {
	constructor(key: unknown = undefined) {
		requireKey(key)
		super()
	}
}

class ServiceWorkerGlobalScope extends WorkerGlobalScope {}
class DedicatedWorkerGlobalScope extends WorkerGlobalScope {}

class Window extends EventTarget {
	constructor(key: unknown = undefined) {
		requireKey(key)
		super()
	}
}

expose("WorkerGlobalScope", interfaceOf(WorkerGlobalScope, "WorkerGlobalScope"), workers)
expose("ServiceWorkerGlobalScope", interfaceOf(ServiceWorkerGlobalScope, "ServiceWorkerGlobalScope"), ["serviceworker"])
expose("DedicatedWorkerGlobalScope", interfaceOf(DedicatedWorkerGlobalScope, "DedicatedWorkerGlobalScope"), ["worker"])
expose("Window", interfaceOf(Window, "Window"), ["window"])
messageSource(Window)

/** Whose prototype the global object has, and where its inherited members are. */
export const scopeOf: Record<Kind, { own: typeof EventTarget; inherited: object }> = {
	serviceworker: { own: ServiceWorkerGlobalScope, inherited: WorkerGlobalScope.prototype },
	worker: { own: DedicatedWorkerGlobalScope, inherited: WorkerGlobalScope.prototype },
	window: { own: Window, inherited: globalThis },
}

/** A [Replaceable] attribute becomes a property of its own when it is set. */
function replace(name: string, value: unknown): void {
	Object.defineProperty(globalThis, name, { value, writable: true, enumerable: true, configurable: true })
}

// WindowOrWorkerGlobalScope: https://html.spec.whatwg.org/#windoworworkerglobalscope-mixin

scopeMembers({
	get origin() {
		return ownURL().origin
	},
	set origin(value: unknown) {
		replace("origin", value)
	},
	get isSecureContext() {
		return host.secure
	},
	get crossOriginIsolated() {
		return false
	},
})

function handlers(types: string[], options = {}): object {
	const accessors = {}
	defineEventHandler(accessors, types, options)
	return accessors
}

scopeMembers(handlers(["error"], { error: true }))
scopeMembers(handlers(["languagechange", "offline", "online", "rejectionhandled", "unhandledrejection"]))

// Workers: https://html.spec.whatwg.org/#the-workerglobalscope-common-interface

scopeMembers(
	{
		get self() {
			return globalThis
		},
		importScripts(...urls: unknown[]): void {
			const what = "WorkerGlobalScope.importScripts"
			if (host.scriptType === "module") throw new TypeError(failed(what) + ": Module scripts don't support importScripts().")
			const texts = urls.map(USVString)
			for (const href of texts.map(text => resolveURL(text, what))) {
				const { url, source } = fetchScript(href)
				host.evalScript(url, source)
			}
		},
	},
	workers,
)

function fetchScript(url: string): { url: string; source: string } {
	try {
		return host.importScript(url)
	} catch (error) {
		throw fromHost(error)
	}
}

scopeMembers(
	{
		get name(): unknown {
			return host.tell("scope.name")
		},
		set name(value: unknown) {
			replace("name", value)
		},
		close(): void {
			host.tell("scope.close")
		},
	},
	["worker"],
	true,
)
scopeMembers(handlers(["message", "messageerror"]), ["worker"], true)

// Windows, without documents.

scopeMembers(
	{
		get window() {
			return globalThis
		},
		get self() {
			return globalThis
		},
		set self(value: unknown) {
			replace("self", value)
		},
		get parent() {
			return globalThis
		},
		set parent(value: unknown) {
			replace("parent", value)
		},
		get top() {
			return globalThis
		},
		get opener() {
			return null
		},
		get event() {
			return currentEvent
		},
		set event(value: unknown) {
			replace("event", value)
		},
		postMessage(message: unknown, targetOrigin: unknown = undefined, transfer: unknown = undefined): void {
			const what = "Window.postMessage"
			requireArguments(arguments.length, 1, what)
			const options = isObject(targetOrigin) || targetOrigin === undefined ? dictionary(targetOrigin, what) : { targetOrigin, transfer }
			const to = options.targetOrigin === undefined ? "/" : USVString(options.targetOrigin)
			const { origin } = ownURL()
			const record = serialize(message, transferList(options, what))
			if (to !== "*" && to !== "/" && resolveURL(to, what) !== resolveURL(origin, what)) return
			queueTask(() => fireMessage(globalThis as unknown as EventTarget, record, { origin, source: globalThis }))
		},
	},
	["window"],
	true,
)
let windowName = ""
scopeMembers(
	{
		get name() {
			return windowName
		},
		set name(value: unknown) {
			windowName = DOMString(value)
		},
	},
	["window"],
	true,
)
scopeMembers(handlers(["message", "messageerror", "load", "beforeunload", "hashchange", "pagehide", "pageshow", "storage"]), ["window"], true)
