/** Permissions.query, for the permissions that service workers' APIs ask for. https://w3c.github.io/permissions/ */

import { defineEventHandler, EventTarget } from "../events"
import { exception } from "../exceptions"
import { dictionary, enumeration, expose, failed, illegal, interfaceOf, requireArguments, requireKey, toBoolean } from "../webidl"
import { required } from "./members"
import { askOutside, type PermissionState } from "./outside"

const known = ["background-fetch", "background-sync", "notifications", "periodic-background-sync", "persistent-storage", "push"] as const
const unknown = [
	"accelerometer",
	"ambient-light-sensor",
	"camera",
	"clipboard-read",
	"clipboard-write",
	"display-capture",
	"geolocation",
	"gyroscope",
	"idle-detection",
	"local-fonts",
	"magnetometer",
	"microphone",
	"midi",
	"nfc",
	"payment-handler",
	"screen-wake-lock",
	"storage-access",
	"top-level-storage-access",
	"window-management",
] as const

export class PermissionStatus extends EventTarget {
	#name: string
	#state: PermissionState

	constructor(key: unknown = undefined, name: string, state: PermissionState) {
		requireKey(key)
		super()
		this.#name = name
		this.#state = state
	}

	get name(): string {
		return this.#name
	}

	get state(): PermissionState {
		return this.#state
	}
}

export class Permissions {
	/** Only a brand. */
	#permissions = true

	constructor(key: unknown = undefined) {
		requireKey(key)
	}

	async query(descriptor: unknown): Promise<PermissionStatus> {
		void this.#permissions
		const what = failed("Permissions.query")
		requireArguments(arguments.length, 1, "Permissions.query")
		const given = dictionary(descriptor, what)
		const toName = (value: unknown) => enumeration(value, [...known, ...unknown], "PermissionName")
		const name = required(given.name, toName, "Permissions.query", "name", "PermissionDescriptor")
		if (!isKnown(name)) throw new TypeError(`swtest: the permission '${name}' is not implemented`)
		const userVisibleOnly = name === "push" && toBoolean(given.userVisibleOnly)
		if (name === "push" && !userVisibleOnly) {
			throw exception("NotSupportedError", `${what}: Push Permission without userVisibleOnly:true isn't supported yet.`)
		}
		return new PermissionStatus(illegal, name, await askOutside("permissions.query", name, { userVisibleOnly }))
	}
}

function isKnown(name: string): name is (typeof known)[number] {
	return (known as readonly string[]).includes(name)
}

let permissions: Permissions | undefined

/** The value of navigator.permissions. */
export function permissionsObject(): Permissions {
	return (permissions ??= new Permissions(illegal))
}

defineEventHandler(PermissionStatus.prototype, "change")
expose("PermissionStatus", interfaceOf(PermissionStatus, "PermissionStatus"))
expose("Permissions", interfaceOf(Permissions, "Permissions"))
