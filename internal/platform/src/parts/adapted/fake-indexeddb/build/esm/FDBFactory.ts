/** IDBFactory, which throws at once where an origin has no storage. https://w3c.github.io/IndexedDB/#factory-interface */

import FDBFactory from "fake-indexeddb/build/esm/FDBFactory.js"
import { Databases } from "../../../../indexeddb/kept"
import { host } from "../../../../indexeddb/platform"
import { DOMString, requireArguments } from "../../../../../webidl"

export default class extends FDBFactory {
	override _databases = new Databases()

	override open(name: unknown, version: unknown = undefined): object {
		requireArguments(arguments.length, 1, "IDBFactory.open")
		host.databases()
		return super.open(DOMString(name), version)
	}

	override deleteDatabase(name: unknown): object {
		requireArguments(arguments.length, 1, "IDBFactory.deleteDatabase")
		host.databases()
		return super.deleteDatabase(DOMString(name))
	}

	override async databases(): Promise<object[]> {
		return super.databases()
	}
}
