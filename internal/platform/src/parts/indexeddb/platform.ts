/** What the part "indexeddb" is given. */

import type { deserialize, serialize } from "../../clone"
import type { defineEventHandler, dispatchAlong, Event, EventTarget } from "../../events"
import type { DOMException } from "../../exceptions"
import type { Host } from "../../host"
import type { queueTask } from "../../timers"

export type { Event as PlatformEvent } from "../../events"

export interface Platform {
	host: Pick<Host, "databases" | "databaseLoad" | "databaseSave">
	DOMException: typeof DOMException
	Event: typeof Event
	EventTarget: typeof EventTarget
	defineEventHandler: typeof defineEventHandler
	dispatchAlong: typeof dispatchAlong
	queueTask: typeof queueTask
	serialize: typeof serialize
	deserialize: typeof deserialize
}

declare const platform: Platform

const { host, DOMException: GivenException, Event: GivenEvent, EventTarget: GivenEventTarget, defineEventHandler: handlers, dispatchAlong: dispatch } = platform
const { queueTask: queue, serialize: write, deserialize: read } = platform

export {
	host,
	GivenException as DOMException,
	GivenEvent as Event,
	GivenEventTarget as EventTarget,
	handlers as defineEventHandler,
	dispatch as dispatchAlong,
	queue as queueTask,
	write as serialize,
	read as deserialize,
}
