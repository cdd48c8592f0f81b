/** Navigator and WorkerNavigator, and the storage manager that hangs on them. */

import { type EventTarget, fire } from "./events"
import { ask, host } from "./host"
import { copyMembers, expose, illegal, interfaceOf, type Kind, requireKey, scopeMembers } from "./webidl"
import { inside } from "./worker/inside"

const version = "5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36 swtest"
const languages = Object.freeze(["en-US", "en"])

class WorkerNavigator {
	constructor(key: unknown = undefined) {
		requireKey(key)
	}
}

class Navigator {
	constructor(key: unknown = undefined) {
		requireKey(key)
	}
}

const workers: readonly Kind[] = ["serviceworker", "worker"]
const constructor = host.kind === "window" ? Navigator : WorkerNavigator
const navigator = new constructor(illegal)
interfaceOf(constructor, host.kind === "window" ? "Navigator" : "WorkerNavigator")
expose("Navigator", Navigator, ["window"])
expose("WorkerNavigator", WorkerNavigator, workers)
scopeMembers({
	get navigator() {
		return navigator
	},
})

/** Adds attributes and operations to the navigator. */
export function navigatorMembers(members: object, kinds: readonly Kind[] = [host.kind]): void {
	if (!kinds.includes(host.kind)) return
	copyMembers(members, constructor.prototype, self => {
		if (self !== navigator) throw new TypeError("Illegal invocation")
		return self
	})
}

navigatorMembers({
	get appCodeName() {
		return "Mozilla"
	},
	get appName() {
		return "Netscape"
	},
	get appVersion() {
		return version
	},
	get platform() {
		return "Linux x86_64"
	},
	get product() {
		return "Gecko"
	},
	get userAgent() {
		return "Mozilla/" + version
	},
	get language() {
		return languages[0]
	},
	get languages() {
		return languages
	},
	get onLine() {
		return host.online()
	},
	get hardwareConcurrency() {
		return 2
	},
})

navigatorMembers(
	{
		get vendor() {
			return "Google Inc."
		},
		get vendorSub() {
			return ""
		},
		get productSub() {
			return "20030107"
		},
		get cookieEnabled() {
			return true
		},
	},
	["window"],
)

// https://storage.spec.whatwg.org/#api

class StorageManager {
	#brand = true

	constructor(key: unknown = undefined) {
		requireKey(key)
	}
	async estimate(): Promise<{ usage: number; quota: number }> {
		void this.#brand
		const { usage, quota } = await ask<{ usage: number; quota: number }>(call => host.storageEstimate(call))
		return { quota, usage }
	}
	async persisted(): Promise<boolean> {
		void this.#brand
		return ask(call => host.storagePersist(call, false))
	}
	async persist(): Promise<boolean> {
		void this.#brand
		return ask(call => host.storagePersist(call, true))
	}
}

if (host.kind !== "window") Reflect.deleteProperty(StorageManager.prototype, "persist")
if (host.secure) {
	expose("StorageManager", interfaceOf(StorageManager, "StorageManager"))
	let storage: StorageManager | undefined
	navigatorMembers({
		get storage() {
			return (storage ??= new StorageManager(illegal))
		},
	})
}

inside("online", online => void fire(globalThis as unknown as EventTarget, online ? "online" : "offline"))
