/**
 * ServiceWorkerContainer: what a page calls navigator.serviceWorker.
 * https://w3c.github.io/ServiceWorker/#serviceworkercontainer-interface
 */

import { defineEventHandler, EventTarget, fire } from "../events"
import { exception } from "../exceptions"
import { host, type URLRecord } from "../host"
import { fireMessage } from "../messaging"
import { dictionary, enumeration, failed, illegal, interfaceOf, type Kind, requireArguments, requireKey, USVString } from "../webidl"
import { inside } from "./inside"
import { optional, toWorkerType } from "./members"
import { askOutside, type RegisterRecord, tell } from "./outside"
import { registrationObject, type ServiceWorker, type ServiceWorkerRegistration, workerObject } from "./registration"
import { secure } from "./secure"

export class ServiceWorkerContainer extends EventTarget {
	#ready: Promise<ServiceWorkerRegistration> | undefined
	#started = false

	constructor(key: unknown = undefined) {
		requireKey(key)
		super()
	}

	get controller(): ServiceWorker | null {
		void this.#started
		const worker = tell("container.controller")
		return worker ? workerObject(worker) : null
	}

	get ready(): Promise<ServiceWorkerRegistration> {
		if (!(#ready in this)) return Promise.reject(new TypeError("Illegal invocation"))
		return (this.#ready ??= askOutside("container.ready").then(registrationObject))
	}

	async register(scriptURL: unknown, options: unknown = undefined): Promise<ServiceWorkerRegistration> {
		void this.#started
		requireArguments(arguments.length, 1, "ServiceWorkerContainer.register")
		return registrationObject(await askOutside("container.register", registerRecord(USVString(scriptURL), options)))
	}

	async getRegistration(clientURL: unknown = ""): Promise<ServiceWorkerRegistration | undefined> {
		void this.#started
		const url = parsed(USVString(clientURL), "getRegistration")
		if (url.origin !== origin()) throw otherOrigin("get a ServiceWorkerRegistration", "documentURL", url)
		const registration = await askOutside("container.get", withoutFragment(url))
		return registration ? registrationObject(registration) : undefined
	}

	async getRegistrations(): Promise<readonly ServiceWorkerRegistration[]> {
		void this.#started
		return Object.freeze((await askOutside("container.all")).map(registrationObject))
	}

	startMessages(): void {
		if (this.#started) return
		this.#started = true
		tell("container.startMessages")
	}
}

function origin(): string {
	return host.urlParse(host.location)!.origin
}

function withoutFragment(url: URLRecord): string {
	return url.hash === "" ? url.href.replace(/#$/, "") : url.href.slice(0, -url.hash.length)
}

function parsed(input: string, method: string, base = host.location): URLRecord {
	const url = host.urlParse(input, base)
	if (!url) throw new TypeError(`${failed("ServiceWorkerContainer." + method)}: Failed to parse URL from '${input}'.`)
	return url
}

const cacheModes = ["imports", "all", "none"] as const

/** RegistrationOptions, and the checks of "start register" in the order in which Chromium makes them. */
function registerRecord(scriptURL: string, options: unknown): RegisterRecord {
	const given = dictionary(options, "ServiceWorkerContainer.register")
	const scopeText = optional<string | undefined>(given.scope, USVString, undefined)
	const type = optional(given.type, toWorkerType, "classic")
	const updateViaCache = optional(given.updateViaCache, value => enumeration(value, cacheModes, "ServiceWorkerUpdateViaCache"), "imports")

	const script = parsed(scriptURL, "register")
	checkURL(script, "script", "scriptURL")
	const scope = scopeText === undefined ? undefined : parsed(scopeText, "register")
	if (scope) checkURL(scope, "scope", "scope")
	if ([script, scope].some(url => url && /%(2f|5c)/i.test(url.pathname))) {
		const urls = `scope ('${(scope ?? parsed("./", "register", script.href)).href}') or scriptURL ('${script.href}')`
		throw new TypeError(`Failed to register a ServiceWorker: The provided ${urls} includes a disallowed escape character.`)
	}
	return { scriptURL: withoutFragment(script), scope: scope ? withoutFragment(scope) : null, type, updateViaCache }
}

function checkURL(url: URLRecord, what: string, parameter: string): void {
	if (!/^https?:$/.test(url.protocol)) {
		throw new TypeError(`Failed to register a ServiceWorker: The URL protocol of the ${what} ('${url.href}') is not supported.`)
	}
	if (url.origin !== origin()) throw otherOrigin("register a ServiceWorker", parameter, url)
}

function otherOrigin(verb: string, parameter: string, url: URLRecord): Error {
	const origins = `The origin of the provided ${parameter} ('${url.origin}') does not match the current origin ('${origin()}').`
	return exception("SecurityError", `Failed to ${verb}: ${origins}`)
}

let made: ServiceWorkerContainer | undefined

/** The realm's container: the value of navigator.serviceWorker. */
export function serviceWorkerContainer(): ServiceWorkerContainer {
	return (made ??= new ServiceWorkerContainer(illegal))
}

inside("controller", () => void fire(serviceWorkerContainer(), "controllerchange"))
inside("containerMessage", (record, source, origin) => fireMessage(serviceWorkerContainer(), record, { origin, source: workerObject(source) }))

// Chromium has no navigator.serviceWorker in workers, though the specification does.
const kinds: Kind[] = ["window"]

defineEventHandler(ServiceWorkerContainer.prototype, ["controllerchange", "messageerror"])
defineEventHandler(ServiceWorkerContainer.prototype, "message", { onSet: container => (container as ServiceWorkerContainer).startMessages() })
secure("ServiceWorkerContainer", interfaceOf(ServiceWorkerContainer, "ServiceWorkerContainer"), kinds)
