/**
 * Programs that are loaded when they are first needed: libraries that most
 * workers never touch, which would make every start of a worker slower.
 * A part is src/parts/NAME.ts; what it uses of the platform it is given, so
 * that script which changes globals cannot break it.
 */

import { host } from "./host"

/** Runs a part; `Platform` and `Exports` are the types of its function `start`. */
export function loadPart<Platform, Exports>(name: string, platform: Platform): Exports {
	host.loadPart(name)
	const global = globalThis as { __part?: (platform: Platform) => Exports }
	const start = global.__part!
	delete global.__part
	return start(platform)
}

/** Turns the lazy globals of a part that was loaded into plain properties, as script may look at them. */
export function settleGlobals(names: readonly string[]): void {
	for (const name of names) void (globalThis as Record<string, unknown>)[name]
}
