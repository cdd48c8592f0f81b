/** Comparison of keys, with a short way for the kinds that most keys are: all that is done with records goes through it. */

import cmp, { cmpKeys as compare } from "fake-indexeddb/build/esm/lib/cmp.js"

export function cmpKeys(first: unknown, second: unknown): number {
	if (typeof first === typeof second && (typeof first === "string" || typeof first === "number")) {
		return first < (second as typeof first) ? -1 : first > (second as typeof first) ? 1 : 0
	}
	return compare(first, second)
}

export default cmp
