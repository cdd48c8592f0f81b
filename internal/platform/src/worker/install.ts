/** InstallEvent, which may add static routes. https://w3c.github.io/ServiceWorker/#installevent-interface */

import { listenerTypes } from "../events"
import { expose, failed, interfaceOf, isObject, requireArguments, sequenceFrom } from "../webidl"
import { addLifetimePromise, dispatchExtendable, ExtendableEvent } from "./extendable"
import { inside } from "./inside"
import { askOutside, type RouteRecord } from "./outside"
import { countConditions, toRule, verify } from "./router"

export class InstallEvent extends ExtendableEvent {
	/** Only a brand. */
	#install = true

	constructor(type: unknown, init: unknown = undefined) {
		requireArguments(arguments.length, 1, "InstallEvent")
		super(type, init)
	}

	async addRoutes(rules: unknown): Promise<void> {
		void this.#install
		requireArguments(arguments.length, 1, "InstallEvent.addRoutes")
		const records = toRules(rules).map(rule => verify(rule))
		if (!listenerTypes(globalThis).includes("fetch") && records.some(needsFetchHandler)) {
			const what = failed("InstallEvent.addRoutes")
			throw new TypeError(`${what}: fetch-event or race-network-and-fetch-handler source is specified without a fetch handler.`)
		}
		let release!: () => void
		addLifetimePromise(this, new Promise<void>(resolve => (release = resolve)), "addRoutes", "InstallEvent")
		try {
			countConditions(records)
			await askOutside("routes.add", records)
		} finally {
			release() // a refused rule does not make the installation fail
		}
	}
}

function toRules(value: unknown): ReturnType<typeof toRule>[] {
	const method: unknown = isObject(value) ? (value as Record<symbol, unknown>)[Symbol.iterator] : undefined
	return typeof method === "function" ? sequenceFrom(value, method, toRule) : [toRule(value)]
}

function needsFetchHandler({ source }: RouteRecord): boolean {
	return source === "fetch-event" || source === "race-network-and-fetch-handler"
}

inside("install", id => dispatchExtendable(id, new InstallEvent("install")))

expose("InstallEvent", interfaceOf(InstallEvent, "InstallEvent"), ["serviceworker"])
