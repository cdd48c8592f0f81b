/**
 * Databases outlive the realm: what transactions commit is handed to the
 * browser before their `complete` event, so that a worker which is killed at
 * any point leaves just that behind, and what other realms of the origin
 * committed is read before a transaction or an open request begins.
 *
 * Transactions of two realms do not wait for each other, as they would in a
 * browser, and no versionchange event crosses realms: a connection to a
 * database that another realm upgraded or deleted is closed by force.
 *
 * A database is kept as entries by key, both JSON: [] is the schema, [store]
 * the store's key generator, [store, key] a record's value.
 */

import closeConnection from "fake-indexeddb/build/esm/lib/closeConnection.js"
import Database from "fake-indexeddb/build/esm/lib/Database.js"
import Index from "fake-indexeddb/build/esm/lib/Index.js"
import ObjectStore from "fake-indexeddb/build/esm/lib/ObjectStore.js"
import type FDBTransaction from "fake-indexeddb/build/esm/FDBTransaction.js"
import type { MessageRecord } from "../../host"
import { queueTask } from "../adapted/fake-indexeddb/build/esm/lib/scheduling"
import { deserialize, host, serialize } from "./platform"
import { TrackedRecords } from "./records"

type Entry = [key: string, value: string]

interface Schema {
	version: number
	stores: {
		name: string
		keyPath: string | string[] | null
		autoIncrement: boolean
		indexes: { name: string; keyPath: string | string[]; multiEntry: boolean; unique: boolean }[]
	}[]
}

/** Of each database here: the save it equals, and whether another realm made it obsolete. */
const states = new WeakMap<Database, { save: number; obsolete: boolean }>()

function stateOf(database: Database): { save: number; obsolete: boolean } {
	let state = states.get(database)
	if (!state) states.set(database, (state = { save: 0, obsolete: false }))
	return state
}

/** The databases by name, as the library asks for them. */
export class Databases extends Map<string, Database> {
	override get(name: string): Database | undefined {
		const here = super.get(name)
		if (here && isCurrent(here)) return here
		if (here) {
			closeAll(here)
			super.delete(name)
		}
		if (latestSave(name) === 0) return undefined
		const database = build(name)
		super.set(name, database)
		return database
	}

	override delete(name: string): boolean {
		if (latestSave(name) !== 0) host.databaseSave(JSON.stringify(name), true, [])
		return super.delete(name)
	}

	override entries(): MapIterator<[string, Database]> {
		for (const [name] of host.databases()) this.get(JSON.parse(name) as string)
		for (const name of [...this.keys()]) this.get(name)
		return super.entries()
	}
}

/** The number of a database's latest save, 0 when there is none. */
function latestSave(name: string): number {
	const text = JSON.stringify(name)
	return host.databases().find(([other]) => other === text)?.[1] ?? 0
}

/**
 * Before a transaction that reads or writes data: false when another realm
 * changed the database's schema, and the transaction cannot be run.
 */
export function begin(transaction: FDBTransaction): boolean {
	return isCurrent(transaction.db._rawDatabase)
}

/** Whether a database is what was saved last, after reading what only differs in its data. */
function isCurrent(database: Database): boolean {
	const state = stateOf(database)
	if (state.obsolete) return false
	const latest = latestSave(database.name)
	// What a transaction under way sees must not change.
	if (latest === state.save || database.transactions.some(other => other._started && other._state !== "finished")) return true
	const entries = latest === 0 ? [] : load(database.name)
	if (schemaIn(entries) !== schemaOf(database)) return false
	fill(database, entries)
	state.save = latest
	return true
}

/** Ends the use of a database that another realm changed beyond its data. */
export function closeAll(database: Database): void {
	stateOf(database).obsolete = true
	// In a task of its own, after the events of transactions that were aborted.
	for (const connection of database.connections) queueTask(() => closeConnection(connection, true))
}

function load(name: string): Entry[] {
	return host.databaseLoad(JSON.stringify(name))
}

function schemaIn(entries: Entry[]): string | undefined {
	return entries.find(([key]) => key === "[]")?.[1]
}

function build(name: string): Database {
	const entries = load(name)
	const schema = JSON.parse(schemaIn(entries)!) as Schema
	const database = new Database(name, schema.version)
	for (const { name, keyPath, autoIncrement, indexes } of schema.stores) {
		const store = new ObjectStore(database, name, keyPath, autoIncrement)
		for (const { name, keyPath, multiEntry, unique } of indexes) {
			const index = new Index(store, name, keyPath, multiEntry, unique)
			index.initialized = true
			store.rawIndexes.set(name, index)
		}
		database.rawObjectStores.set(name, store)
	}
	fill(database, entries)
	stateOf(database).save = latestSave(name)
	return database
}

/** Makes the records of a database those of its entries. */
function fill(database: Database, entries: Entry[]): void {
	for (const store of database.rawObjectStores.values()) {
		store.records.clear()
		for (const index of store.rawIndexes.values()) index.records.clear()
	}
	for (const [key, value] of entries) {
		const [name, recordKey] = JSON.parse(key) as [name?: string, key?: string | number | MessageRecord]
		const store = name === undefined ? undefined : database.rawObjectStores.get(name)
		if (!store) continue
		if (recordKey === undefined) {
			store.keyGenerator!.num = Number(value)
			continue
		}
		const record = { key: typeof recordKey === "object" ? deserialize(recordKey).value : recordKey, value: deserialize(JSON.parse(value) as MessageRecord).value }
		store.records.put(record)
		for (const index of store.rawIndexes.values()) index.storeRecord(record)
	}
	for (const store of database.rawObjectStores.values()) changesOf(store)
}

/** When a transaction is about to have committed. Throws when it cannot be kept. */
export function commit(transaction: FDBTransaction): void {
	const database = transaction.db._rawDatabase
	const state = stateOf(database)
	if (transaction.mode === "readonly" || state.obsolete) return
	const upgraded = transaction.mode === "versionchange"
	const entries: [string, string | null][] = upgraded ? [["[]", schemaOf(database)]] : []
	for (const store of database.rawObjectStores.values()) {
		if (upgraded || transaction._scope.has(store.name)) entries.push(...changedEntries(store, upgraded))
	}
	if (entries.length === 0) return
	const before = latestSave(database.name)
	const save = host.databaseSave(JSON.stringify(database.name), upgraded, entries)
	// When another realm saved meanwhile, the next transaction reads that.
	if (before === state.save) state.save = save
}

function schemaOf(database: Database): string {
	const schema: Schema = {
		version: database.version,
		stores: Array.from(database.rawObjectStores.values(), ({ name, keyPath, autoIncrement, rawIndexes }) => ({
			name,
			keyPath,
			autoIncrement,
			indexes: Array.from(rawIndexes.values(), ({ name, keyPath, multiEntry, unique }) => ({ name, keyPath, multiEntry, unique })),
		})),
	}
	return JSON.stringify(schema)
}

/** The entries of a store: all, or those of records that may have changed. */
function changedEntries(store: ObjectStore, all: boolean): [string, string | null][] {
	const changes = changesOf(store)
	const keys = all ? Array.from(store.records.values(), record => record.key) : changes
	const entries = new Map<string, string | null>()
	for (const key of keys) {
		const record = store.records.get(key)
		entries.set(JSON.stringify([store.name, plain(key) ? key : serialize(key)]), record ? JSON.stringify(serialize(record.value)) : null)
	}
	if (store.keyGenerator && (all || entries.size > 0)) entries.set(JSON.stringify([store.name]), String(store.keyGenerator.num))
	return [...entries]
}

/** Whether JSON carries a key as it is. */
function plain(key: unknown): key is string | number {
	return typeof key === "string" || (Number.isFinite(key) && !Object.is(key, -0))
}

/** The keys whose records may have changed since this was last asked. */
function changesOf(store: ObjectStore): unknown[] {
	return (store.records as TrackedRecords).takeChanges()
}
