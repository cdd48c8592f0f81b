/** Events that the library makes: events of the platform. */

import { Event } from "../../../../../indexeddb/platform"

export default class LibraryEvent extends Event {
	/** Written by the library; the targets know the path themselves. */
	eventPath: unknown

	get canceled(): boolean {
		return this.defaultPrevented
	}
}

Object.defineProperty(LibraryEvent.prototype, "constructor", { value: Event })
