/** The URL Pattern standard's interface, a part of its own. */

import { loadPart } from "./parts"
import { lazyGlobal } from "./webidl"

export interface URLPattern {
	test(input?: string | object, base?: string): boolean
	exec(input?: string | object, base?: string): object | null
	readonly hasRegExpGroups: boolean
}

let loaded: (new (input?: string | object, base?: string | object, options?: object) => URLPattern) | undefined

/** The constructor, as script sees it. */
export function urlPattern(): NonNullable<typeof loaded> {
	return (loaded ??= loadPart<undefined, NonNullable<typeof loaded>>("urlpattern", undefined))
}

lazyGlobal("URLPattern", undefined, urlPattern)
