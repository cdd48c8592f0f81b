/** What a service worker is: its own records, as they were when first asked for. */

import { tell, type Told } from "./outside"

let records: ReturnType<Told["sw.self"]> | undefined

export function ownRecords(): ReturnType<Told["sw.self"]> {
	return (records ??= tell("sw.self"))
}
