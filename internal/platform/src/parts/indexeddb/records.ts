/** The records of an object store, with the keys under which something changed. */

import RecordStore, { type Key, type Record } from "fake-indexeddb/build/esm/lib/RecordStore.js"

export class TrackedRecords extends RecordStore {
	#changes: Key[] = []

	override put(record: Record, noOverwrite?: boolean): Record | undefined {
		const overwritten = super.put(record, noOverwrite)
		this.#changes.push(record.key)
		return overwritten
	}

	override delete(key: Key): Record[] {
		return this.#note(super.delete(key))
	}

	override clear(): Record[] {
		return this.#note(super.clear())
	}

	takeChanges(): Key[] {
		const changes = this.#changes
		this.#changes = []
		return changes
	}

	#note(records: Record[]): Record[] {
		for (const { key } of records) this.#changes.push(key)
		return records
	}
}
