/**
 * What ServiceWorkerGlobalScope adds to WorkerGlobalScope, and what the browser
 * learns from the first evaluation of a script.
 * https://w3c.github.io/ServiceWorker/#serviceworkerglobalscope-interface
 */

import { defineEventHandler, type EventTarget, listenerCallbacks, listenerTypes, watchListeners } from "../events"
import { host } from "../host"
import { illegal, type Kind, scopeMembers } from "../webidl"
import { Clients } from "./clients"
import { inside } from "./inside"
import { askOutside, tell } from "./outside"
import { registrationObject, type ServiceWorker, type ServiceWorkerRegistration, workerObject } from "./registration"

const kinds: Kind[] = ["serviceworker"]
let clients: Clients | undefined
let registration: ServiceWorkerRegistration | undefined
let serviceWorker: ServiceWorker | undefined

scopeMembers(
	{
		get clients(): Clients {
			return (clients ??= new Clients(illegal))
		},
		get registration(): ServiceWorkerRegistration {
			return (registration ??= registrationObject(tell("sw.self").registration))
		},
		get serviceWorker(): ServiceWorker {
			return (serviceWorker ??= workerObject(tell("sw.self").worker))
		},
		async skipWaiting(): Promise<void> {
			await askOutside("sw.skipWaiting")
		},
	},
	kinds,
	true,
)

const handlers = {}
defineEventHandler(handlers, [
	"install",
	"activate",
	"fetch",
	"message",
	"messageerror",
	"sync",
	"periodicsync",
	"push",
	"pushsubscriptionchange",
	"notificationclick",
	"notificationclose",
])
scopeMembers(handlers, kinds, true)

inside("initialised", () => {
	const scope = globalThis as unknown as EventTarget
	watchListeners(scope, type => host.log("warn", `Event handler of '${type}' event must be added on the initial evaluation of worker script.`))
	const listeners = listenerCallbacks(scope, "fetch")
	return { events: listenerTypes(scope).sort(), fetchEmpty: listeners.length > 0 && listeners.every(isEmpty) }
})

/** Whether calling a listener can have no effect, as far as its text tells. */
function isEmpty(listener: object): boolean {
	if (typeof listener !== "function") return false
	const text = Function.prototype.toString.call(listener).replace(/\/\*[^]*?\*\/|\/\/.*/g, "")
	return /^(async\s*)?(function\s*[\w$]*\s*\([\w$\s]*\)|\([\w$\s]*\)\s*=>|[\w$]+\s*=>)\s*\{\s*\}$/.test(text)
}
