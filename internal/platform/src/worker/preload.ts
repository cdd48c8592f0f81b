/** NavigationPreloadManager. https://w3c.github.io/ServiceWorker/#navigation-preload-manager */

import { normalizeValue } from "../fetch/header-list"
import { ByteString, failed, interfaceOf, requireArguments, requireKey } from "../webidl"
import { askOutside, type PreloadRecord } from "./outside"
import { secure } from "./secure"

export class NavigationPreloadManager {
	#registration: number

	constructor(key: unknown = undefined, registration: number) {
		requireKey(key)
		this.#registration = registration
	}

	async enable(): Promise<void> {
		await askOutside("preload.enable", this.#registration)
	}

	async disable(): Promise<void> {
		await askOutside("preload.disable", this.#registration)
	}

	async setHeaderValue(value: unknown): Promise<void> {
		const registration = this.#registration
		requireArguments(arguments.length, 1, "NavigationPreloadManager.setHeaderValue")
		const header = ByteString(value)
		const normalized = normalizeValue(header)
		// Newlines at the ends, too, which the specification would cut off: no browser does.
		if (normalized === undefined || /[\n\r]/.test(header)) {
			const what = failed("NavigationPreloadManager.setHeaderValue")
			throw new TypeError(`${what}: The string provided to setHeaderValue ('${header}') is not a valid HTTP header field value.`)
		}
		await askOutside("preload.setHeader", registration, normalized)
	}

	async getState(): Promise<PreloadRecord> {
		const { enabled, headerValue } = await askOutside("preload.state", this.#registration)
		return { enabled, headerValue }
	}
}

secure("NavigationPreloadManager", interfaceOf(NavigationPreloadManager, "NavigationPreloadManager"))
