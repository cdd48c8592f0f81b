/** Types of the libraries' modules as the parts import them: by file, and only what the parts use. */

declare module "web-streams-polyfill/dist/ponyfill.mjs" {
	export * from "web-streams-polyfill"
}

declare module "urlpattern-polyfill/dist/urlpattern.js" {
	export const URLPattern: new (input?: string | object, base?: string | object, options?: object) => import("./urlpattern").URLPattern
}

declare module "fake-indexeddb/build/esm/lib/RecordStore.js" {
	export type Key = unknown
	export interface Record {
		key: Key
		value: unknown
	}
	export default class RecordStore {
		constructor(keysAreUnique: boolean)
		get(key: Key): Record | undefined
		/** The record that was overwritten. */
		put(record: Record, noOverwrite?: boolean): Record | undefined
		/** The records that were deleted; key: a key or a range. */
		delete(key: Key): Record[]
		clear(): Record[]
		values(): Iterable<Record>
	}
}

declare module "fake-indexeddb/build/esm/lib/Index.js" {
	import type ObjectStore from "fake-indexeddb/build/esm/lib/ObjectStore.js"
	import type RecordStore from "fake-indexeddb/build/esm/lib/RecordStore.js"
	import type { Record } from "fake-indexeddb/build/esm/lib/RecordStore.js"
	export default class Index {
		constructor(store: ObjectStore, name: string, keyPath: string | string[], multiEntry: boolean, unique: boolean)
		readonly name: string
		readonly keyPath: string | string[]
		readonly multiEntry: boolean
		readonly unique: boolean
		readonly records: RecordStore
		initialized: boolean
		storeRecord(record: Record): void
	}
}

declare module "fake-indexeddb/build/esm/lib/ObjectStore.js" {
	import type Database from "fake-indexeddb/build/esm/lib/Database.js"
	import type Index from "fake-indexeddb/build/esm/lib/Index.js"
	import type RecordStore from "fake-indexeddb/build/esm/lib/RecordStore.js"
	export default class ObjectStore {
		constructor(database: Database, name: string, keyPath: string | string[] | null, autoIncrement: boolean)
		readonly name: string
		readonly keyPath: string | string[] | null
		readonly autoIncrement: boolean
		readonly keyGenerator: { num: number } | null
		readonly records: RecordStore
		readonly rawIndexes: Map<string, Index>
	}
}

declare module "fake-indexeddb/build/esm/lib/Database.js" {
	import type ObjectStore from "fake-indexeddb/build/esm/lib/ObjectStore.js"
	import type FDBDatabase from "fake-indexeddb/build/esm/FDBDatabase.js"
	import type FDBTransaction from "fake-indexeddb/build/esm/FDBTransaction.js"
	export default class Database {
		constructor(name: string, version: number)
		readonly name: string
		version: number
		readonly transactions: FDBTransaction[]
		readonly connections: FDBDatabase[]
		readonly rawObjectStores: Map<string, ObjectStore>
	}
}

declare module "fake-indexeddb/build/esm/lib/errors.js" {
	export class InvalidStateError extends Error {}
}

declare module "fake-indexeddb/build/esm/lib/cmp.js" {
	export function cmpKeys(first: unknown, second: unknown): number
	export default function cmp(first: unknown, second: unknown): number
}

declare module "fake-indexeddb/build/esm/lib/closeConnection.js" {
	import type FDBDatabase from "fake-indexeddb/build/esm/FDBDatabase.js"
	export default function closeConnection(connection: FDBDatabase, forced: boolean): void
}

declare module "fake-indexeddb/build/esm/FDBDatabase.js" {
	import type Database from "fake-indexeddb/build/esm/lib/Database.js"
	const Target: typeof import("./events").EventTarget
	export default class FDBDatabase extends Target {
		readonly _rawDatabase: Database
		readonly _runningVersionchangeTransaction: boolean
		createObjectStore(name: string, options?: unknown): object
		deleteObjectStore(name: string): void
		transaction(names: string[], mode?: string, options?: unknown): object
	}
}

declare module "fake-indexeddb/build/esm/FDBTransaction.js" {
	import type FDBDatabase from "fake-indexeddb/build/esm/FDBDatabase.js"
	const Target: typeof import("./events").EventTarget
	export default class FDBTransaction extends Target {
		constructor(...args: unknown[])
		_started: boolean
		_state: "active" | "inactive" | "committing" | "finished"
		readonly _scope: Set<string>
		readonly mode: "readonly" | "readwrite" | "versionchange"
		readonly db: FDBDatabase
		objectStore(name: string): object
		_start(): void
		_abort(errorName: string | null): void
		_markFinished(): void
	}
}

declare module "fake-indexeddb/build/esm/FDBFactory.js" {
	export default class FDBFactory {
		_databases: Map<string, import("fake-indexeddb/build/esm/lib/Database.js").default>
		open(name: string, version?: unknown): object
		deleteDatabase(name: string): object
		databases(): Promise<object[]>
	}
}

declare module "fake-indexeddb/build/esm/*" {
	const constructor: new (...args: never[]) => object
	export default constructor
}
