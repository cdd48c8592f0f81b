/**
 * Transactions that begin with what is kept and keep what they commit, and
 * that are active only while they should be: in the task that made them and
 * while their requests' events are fired.
 */

import FDBTransaction from "fake-indexeddb/build/esm/FDBTransaction.js"
import { begin, closeAll, commit } from "../../../../indexeddb/kept"
import { defineEventHandler, queueTask } from "../../../../indexeddb/platform"
import type Target from "./lib/FakeEventTarget"
import { parents } from "./lib/FakeEventTarget"

const types = ["abort", "complete", "error"]

export default class Transaction extends FDBTransaction {
	#aborted = false

	constructor(...args: unknown[]) {
		super(...args)
		// The library's fields would hide the attributes.
		for (const type of types) Reflect.deleteProperty(this, "on" + type)
		if (this.mode !== "versionchange") queueTask(() => this.deactivate())
	}

	[parents](): Target[] {
		return [this.db as unknown as Target]
	}

	deactivate(): void {
		if (this._state === "active") this._state = "inactive"
	}

	override objectStore(name: string): object {
		const state = this._state
		if (state !== "inactive") return super.objectStore(name)
		this._state = "active" // the library knows no other state in which this works
		try {
			return super.objectStore(name)
		} finally {
			this._state = state
		}
	}

	override _start(): void {
		if (this._started || this.mode === "versionchange" || begin(this)) {
			super._start()
			return
		}
		this._abort("AbortError")
		closeAll(this.db._rawDatabase)
	}

	override _abort(errorName: string | null): void {
		this.#aborted = true
		super._abort(errorName)
	}

	override _markFinished(): void {
		try {
			if (!this.#aborted) commit(this)
		} catch (error) {
			this._abort((error as Error).name) // which comes here again
			return
		}
		super._markFinished()
	}
}

defineEventHandler(FDBTransaction.prototype, types)
