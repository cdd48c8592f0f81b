/** Tasks of the event loop, in the place of whatever timer functions script has put into the global scope. */

import { queueTask as queue } from "../../../../../indexeddb/platform"
import { ListenerThrew } from "./FakeEventTarget"

export function queueTask(task: () => void): void {
	queue(() => {
		try {
			task()
		} catch (error) {
			// The exception itself was reported when the listener threw it.
			if (error !== ListenerThrew) throw error
		}
	})
}
