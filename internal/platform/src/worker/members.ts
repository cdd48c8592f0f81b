/** Members of dictionaries: defaults, and what Chromium says of required ones. */

import { enumeration, failed } from "../webidl"

/** An optional member. */
export function optional<T>(value: unknown, convert: (value: unknown) => T, missing: T): T {
	return value === undefined ? missing : convert(value)
}

/** A required member; what: as in `failed`. */
export function required<T>(value: unknown, convert: (value: unknown) => T, what: string, name: string, dictionary: string): T {
	if (value === undefined) throw new TypeError(`${prefix(what, name, dictionary)}: Required member is undefined.`)
	return convert(value)
}

/** The exception for a member of the wrong interface. */
export function notOf(type: string, what: string, name: string, dictionary: string): TypeError {
	return new TypeError(`${prefix(what, name, dictionary)}: Failed to convert value to '${type}'.`)
}

function prefix(what: string, name: string, dictionary: string): string {
	return `${failed(what)}: Failed to read the '${name}' property from '${dictionary}'`
}

export function toWorkerType(value: unknown): "classic" | "module" {
	return enumeration(value, ["classic", "module"] as const, "WorkerType")
}
