/** Object stores that know which of their records changed. */

import ObjectStore from "fake-indexeddb/build/esm/lib/ObjectStore.js"
import { TrackedRecords } from "../../../../../indexeddb/records"

export default class extends ObjectStore {
	override readonly records = new TrackedRecords(true)
}
