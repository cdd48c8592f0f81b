/** Indexed Database API, a part of its own. */

import { deserialize, serialize } from "./clone"
import { defineEventHandler, dispatchAlong, Event, EventTarget } from "./events"
import { DOMException } from "./exceptions"
import { host } from "./host"
import { loadPart, settleGlobals } from "./parts"
import type { IndexedDB } from "./parts/indexeddb"
import type { Platform } from "./parts/indexeddb/platform"
import { queueTask } from "./timers"
import { lazyGlobal, scopeMembers } from "./webidl"

let loaded: IndexedDB | undefined

function indexedDB(): IndexedDB {
	if (!loaded) {
		const platform: Platform = { host, DOMException, Event, EventTarget, defineEventHandler, dispatchAlong, queueTask, serialize, deserialize }
		loaded = loadPart<Platform, IndexedDB>("indexeddb", platform)
		settleGlobals(interfaces)
	}
	return loaded
}

scopeMembers({
	get indexedDB(): object {
		return indexedDB().factory
	},
})

const interfaces = [
	"IDBCursor",
	"IDBCursorWithValue",
	"IDBDatabase",
	"IDBFactory",
	"IDBIndex",
	"IDBKeyRange",
	"IDBObjectStore",
	"IDBOpenDBRequest",
	"IDBRecord",
	"IDBRequest",
	"IDBTransaction",
	"IDBVersionChangeEvent",
]

for (const name of interfaces) lazyGlobal(name, undefined, () => indexedDB().interfaces[name])
