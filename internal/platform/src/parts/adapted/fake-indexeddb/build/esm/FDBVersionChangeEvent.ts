/** IDBVersionChangeEvent. https://w3c.github.io/IndexedDB/#events */

import { Event } from "../../../../indexeddb/platform"
import { dictionary, unsignedLongLong } from "../../../../../webidl"

export default class IDBVersionChangeEvent extends Event {
	#oldVersion: number
	#newVersion: number | null

	constructor(type: unknown, init: unknown = undefined) {
		super(type, init)
		const { newVersion, oldVersion } = dictionary(init, "IDBVersionChangeEventInit")
		this.#newVersion = newVersion === undefined || newVersion === null ? null : unsignedLongLong(newVersion)
		this.#oldVersion = unsignedLongLong(oldVersion ?? 0)
	}

	get oldVersion(): number {
		return this.#oldVersion
	}

	get newVersion(): number | null {
		return this.#newVersion
	}
}
