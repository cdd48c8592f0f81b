/** The main program: puts together the global object of a realm. See ../generate for how it is started. */

import "./abort"
import "./base64"
import "./blob"
import "./compression"
import "./console"
import "./crypto"
import "./encoding"
import "./filereader"
import "./formdata"
import "./indexeddb"
import "./missing"
import "./performance"
import "./stream-transfer"
import "./streams"
import "./url"
import "./urlpattern"
import "./fetch/cache"
import "./fetch/fetch"
import "./fetch/headers"
import "./fetch/request"
import "./fetch/response"
import { endOfTask, repairEngine } from "./engine"
import { evaluate } from "./evaluate"
import { makeEventTarget } from "./events"
import { exception } from "./exceptions"
import { scopeOf } from "./globals"
import { host, settle, type Hooks } from "./host"
import { navigatorMembers } from "./navigator"
import { lockBroken } from "./locks"
import { channelMessage, portClosed, portMessage } from "./messaging"
import { notifyRejections, rejection } from "./report"
import { task } from "./script"
import { timer } from "./timers"
import { copyMembers, globals, members } from "./webidl"
import "./worker/clients"
import { serviceWorkerContainer } from "./worker/container"
import "./worker/dedicated"
import "./worker/fetchevent"
import { dispatch } from "./worker/inside"
import "./worker/install"
import "./worker/message"
import "./worker/notification"
import { permissionsObject } from "./worker/permissions"
import "./worker/push"
import "./worker/registration"
import "./worker/scope"
import "./worker/sync"

if (host.secure) {
	navigatorMembers({
		get permissions() {
			return permissionsObject()
		},
	})
	navigatorMembers(
		{
			get serviceWorker() {
				return serviceWorkerContainer()
			},
		},
		["window"],
	)
}

/** Called once for a realm, before any script runs in it. */
export function start(): Hooks {
	repairEngine()
	makeGlobalObject()
	for (const { name, kinds, value, get } of globals) {
		if (!kinds || kinds.includes(host.kind)) install(name, value, get)
	}
	return {
		settle: task((call, ok, value, name) => settle(call, ok, value, exception, name)),
		timer: task(timer),
		portMessage: task(portMessage),
		portClosed: task(portClosed),
		channelMessage: task(channelMessage),
		rejection,
		evaluate: task(evaluate),
		lockBroken: task(lockBroken),
		checkpoint: task(() => {
			endOfTask()
			notifyRejections()
		}),
		dispatch: task(dispatch),
	}
}

function makeGlobalObject(): void {
	const { own, inherited } = scopeOf[host.kind]
	Reflect.deleteProperty(globalThis, Symbol.toStringTag)
	Object.setPrototypeOf(globalThis, own.prototype as object)
	makeEventTarget(globalThis)
	for (const { object, kinds, own } of members) {
		if (!kinds || kinds.includes(host.kind)) copyMembers(object, own ? globalThis : inherited, globalReceiver)
	}
}

function globalReceiver(self: unknown): unknown {
	if (self === undefined || self === null || self === globalThis) return globalThis
	throw new TypeError("Illegal invocation")
}

function install(name: string, value: unknown, get: (() => unknown) | undefined): void {
	const property = { writable: true, enumerable: false, configurable: true }
	if (!get) {
		Object.defineProperty(globalThis, name, { ...property, value })
		return
	}
	const own = (value: unknown) => Object.defineProperty(globalThis, name, { ...property, value })
	Object.defineProperty(globalThis, name, {
		enumerable: false,
		configurable: true,
		get() {
			const made = get()
			own(made)
			return made
		},
		set: own,
	})
}
