/** Connections whose arguments are converted as Web IDL says. */

import FDBDatabase from "fake-indexeddb/build/esm/FDBDatabase.js"
import { defineEventHandler } from "../../../../indexeddb/platform"
import { DOMString, enumeration, isObject, requireArguments, sequence } from "../../../../../webidl"

export default class extends FDBDatabase {
	override createObjectStore(name: unknown, options: unknown = undefined): object {
		requireArguments(arguments.length, 1, "IDBDatabase.createObjectStore")
		return super.createObjectStore(DOMString(name), options)
	}

	override deleteObjectStore(name: unknown): void {
		requireArguments(arguments.length, 1, "IDBDatabase.deleteObjectStore")
		super.deleteObjectStore(DOMString(name))
	}

	override transaction(given: unknown, mode: unknown = "readonly", options: unknown = undefined): object {
		requireArguments(arguments.length, 1, "IDBDatabase.transaction")
		const names = isObject(given) && Symbol.iterator in given ? sequence(given, DOMString) : [DOMString(given)]
		const wanted = enumeration(mode, ["readonly", "readwrite", "versionchange"], "IDBTransactionMode")
		// Only the library asks for this one, while it upgrades.
		if (wanted === "versionchange" && !this._runningVersionchangeTransaction) throw new TypeError(`The mode provided ('${wanted}') is not one of 'readonly' or 'readwrite'.`)
		return super.transaction(names, wanted, options)
	}
}

defineEventHandler(FDBDatabase.prototype, ["abort", "close", "error", "versionchange"])
