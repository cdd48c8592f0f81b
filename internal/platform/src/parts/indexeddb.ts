/** The part "indexeddb": fake-indexeddb, on the platform's events and tasks, with databases that outlive the realm. */

// First: the library's modules import each other, and begin well from here only.
import IDBFactory from "./adapted/fake-indexeddb/build/esm/FDBFactory"
import IDBCursor from "fake-indexeddb/build/esm/FDBCursor.js"
import IDBCursorWithValue from "fake-indexeddb/build/esm/FDBCursorWithValue.js"
import IDBIndex from "fake-indexeddb/build/esm/FDBIndex.js"
import IDBKeyRange from "fake-indexeddb/build/esm/FDBKeyRange.js"
import IDBObjectStore from "fake-indexeddb/build/esm/FDBObjectStore.js"
import IDBRecord from "fake-indexeddb/build/esm/FDBRecord.js"
import IDBDatabase from "./adapted/fake-indexeddb/build/esm/FDBDatabase"
import IDBOpenDBRequest from "./adapted/fake-indexeddb/build/esm/FDBOpenDBRequest"
import IDBRequest from "./adapted/fake-indexeddb/build/esm/FDBRequest"
import IDBTransaction from "./adapted/fake-indexeddb/build/esm/FDBTransaction"
import IDBVersionChangeEvent from "./adapted/fake-indexeddb/build/esm/FDBVersionChangeEvent"

export interface IndexedDB {
	/** The global `indexedDB`. */
	factory: object
	/** The interface objects by name. */
	interfaces: Record<string, unknown>
}

type Constructor = (new (...args: never[]) => object) & Record<string, unknown>

export function start(): IndexedDB {
	const classes = {
		IDBCursor,
		IDBCursorWithValue,
		IDBDatabase,
		IDBFactory,
		IDBIndex,
		IDBKeyRange,
		IDBObjectStore,
		IDBOpenDBRequest,
		IDBRecord,
		IDBRequest,
		IDBTransaction,
	} as unknown as Record<string, Constructor>
	const interfaces: Record<string, unknown> = { IDBVersionChangeEvent: dressed(IDBVersionChangeEvent, "IDBVersionChangeEvent") }
	for (const [name, constructor] of Object.entries(classes)) interfaces[name] = interfaceObject(dressed(constructor, name))
	return { factory: new IDBFactory(), interfaces }
}

/** A class with the look of an interface. */
function dressed<T extends abstract new (...args: never[]) => object>(constructor: T, name: string): T {
	Object.defineProperty(constructor, "name", { value: name })
	Object.defineProperty(constructor.prototype, Symbol.toStringTag, { value: name, configurable: true })
	for (const [key, { set }] of Object.entries(Object.getOwnPropertyDescriptors(constructor.prototype))) {
		if (key === "constructor") continue
		Object.defineProperty(constructor.prototype, key, { enumerable: !key.startsWith("_") })
		// The library's attributes have setters that do nothing.
		if (set && name === "IDBCursor") Object.defineProperty(constructor.prototype, key, { set: undefined })
	}
	return constructor
}

/** What script sees in the place of a class that only the library may instantiate. */
function interfaceObject(constructor: Constructor): unknown {
	const illegal = function () {
		throw new TypeError("Illegal constructor")
	} as unknown as Constructor
	const { length: _, ...statics } = Object.getOwnPropertyDescriptors(constructor)
	Object.defineProperties(illegal, statics)
	for (const key of Object.keys(statics)) {
		if (key !== "name" && key !== "prototype") Object.defineProperty(illegal, key, { enumerable: true })
	}
	Object.defineProperty(constructor.prototype, "constructor", { value: illegal, writable: true, configurable: true })
	return illegal
}
