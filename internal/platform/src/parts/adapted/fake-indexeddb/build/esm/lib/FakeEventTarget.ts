/** Event targets of the platform, with parents: a request's is its transaction, whose parent is its database. */

import { dispatchAlong, EventTarget, type PlatformEvent } from "../../../../../indexeddb/platform"
import VersionChangeEvent from "../FDBVersionChangeEvent"
import LibraryEvent from "./FakeEvent"

/** Thrown to the library when a listener threw: then it aborts the transaction. */
export const ListenerThrew: unique symbol = Symbol("a listener threw")

/** The key of the method that gives a target's parents, the nearest first. */
export const parents: unique symbol = Symbol("parents")

export default class Target extends EventTarget {
	[parents](): Target[] {
		return []
	}

	override dispatchEvent(event: unknown): boolean {
		if (!(event instanceof LibraryEvent || event instanceof VersionChangeEvent)) return super.dispatchEvent(event)
		if (dispatchAlong(this, this[parents](), event as PlatformEvent)) throw ListenerThrew
		return !event.defaultPrevented
	}
}
