/** IDBRequest. https://w3c.github.io/IndexedDB/#request-api The library sets all that script can read. */

import { InvalidStateError } from "fake-indexeddb/build/esm/lib/errors.js"
import { defineEventHandler } from "../../../../indexeddb/platform"
import type Transaction from "./FDBTransaction"
import Target, { parents } from "./lib/FakeEventTarget"

export default class IDBRequest extends Target {
	source: object | null = null
	transaction: Transaction | null = null
	readyState: "pending" | "done" = "pending"
	#result: unknown
	#error: unknown = null

	override [parents](): Target[] {
		return this.transaction ? [this.transaction, ...this.transaction[parents]()] : []
	}

	override dispatchEvent(event: unknown): boolean {
		const { transaction } = this
		const goesOn = super.dispatchEvent(event)
		// Unless a listener threw: then the library aborts, which it does to active ones only.
		transaction?.deactivate()
		return goesOn
	}

	get result(): unknown {
		if (this.readyState === "pending") throw new InvalidStateError()
		return this.#result
	}
	set result(value: unknown) {
		this.#result = value
	}

	get error(): unknown {
		if (this.readyState === "pending") throw new InvalidStateError()
		return this.#error
	}
	set error(value: unknown) {
		this.#error = value ?? null
	}
}

defineEventHandler(IDBRequest.prototype, ["success", "error"])
