/** WorkerLocation, and as much of Location as a window without a document has. */

import { dispatchTrusted, type EventTarget, HashChangeEvent } from "./events"
import { DOMException } from "./exceptions"
import { host, type URLRecord } from "./host"
import { copyMembers, expose, failed, illegal, interfaceOf, requireArguments, requireKey, scopeMembers, USVString } from "./webidl"
import { queueTask } from "./timers"
import { inside } from "./worker/inside"
import { tell } from "./worker/outside"

let parsed: URLRecord | undefined

/** The realm's own URL. */
export function ownURL(): URLRecord {
	return (parsed ??= host.urlParse(host.location)!)
}

/** The URL for what script gave, relative to the realm's; "SyntaxError" DOMException for others. */
export function resolveURL(text: string, what: string): string {
	const url = host.urlParse(text, host.location)
	if (url) return url.href
	throw new DOMException(`${failed(what)}: '${text}' is not a valid URL.`, "SyntaxError")
}

const parts = {
	get href() {
		return ownURL().href
	},
	toString() {
		return ownURL().href
	},
	get origin() {
		return ownURL().origin
	},
	get protocol() {
		return ownURL().protocol
	},
	get host() {
		return ownURL().host
	},
	get hostname() {
		return ownURL().hostname
	},
	get port() {
		return ownURL().port
	},
	get pathname() {
		return ownURL().pathname
	},
	get search() {
		return ownURL().search
	},
	get hash() {
		return ownURL().hash
	},
}

/** What a window's Location has besides: it leads elsewhere. */
const navigation = {
	assign(url: unknown) {
		requireArguments(arguments.length, 1, "Location.assign")
		navigate(url, false, "Location.assign")
	},
	replace(url: unknown) {
		requireArguments(arguments.length, 1, "Location.replace")
		navigate(url, true, "Location.replace")
	},
	reload() {
		tell("location.reload")
	},
}

function navigate(url: unknown, replace: boolean, what: string): void {
	go(resolveURL(USVString(url), what), replace)
}

function go(href: string, replace = false): void {
	if (tell("location.navigate", href, replace)) toFragment(href)
}

/** The document stays, at another fragment. */
function toFragment(newURL: string): void {
	const oldURL = ownURL().href
	if (newURL === oldURL) return
	parsed = host.urlParse(newURL)
	queueTask(() => dispatchTrusted(globalThis as unknown as EventTarget, new HashChangeEvent("hashchange", { oldURL, newURL })))
}
inside("fragment", toFragment)

/** The setter of a part of the URL. */
function setPart(part: string, value: unknown): void {
	const { href } = ownURL()
	const set = host.urlSet(href, part, USVString(value)).href
	if (part !== "hash" || set !== href) go(set)
}

class WorkerLocation {
	constructor(key: unknown = undefined) {
		requireKey(key)
	}
}

class Location {
	constructor(key: unknown = undefined) {
		requireKey(key)
	}
}

let location: WorkerLocation | Location | undefined

function receiver(self: unknown): unknown {
	if (self !== location) throw new TypeError("Illegal invocation")
	return self
}

function makeLocation(): WorkerLocation | Location {
	return (location ??= host.kind === "window" ? new Location(illegal) : new WorkerLocation(illegal))
}

copyMembers(parts, WorkerLocation.prototype, receiver)
expose("WorkerLocation", interfaceOf(WorkerLocation, "WorkerLocation"), ["serviceworker", "worker"])
if (host.kind === "window") {
	const members = { ...Object.getOwnPropertyDescriptors(parts), ...Object.getOwnPropertyDescriptors(navigation) } as PropertyDescriptorMap
	for (const part of ["protocol", "host", "hostname", "port", "pathname", "search", "hash"]) members[part]!.set = value => setPart(part, value)
	members["href"]!.set = url => navigate(url, false, "Location.href")
	copyMembers(Object.defineProperties({}, members), Location.prototype, receiver)
}
expose("Location", interfaceOf(Location, "Location"), ["window"])
scopeMembers(
	{
		get location() {
			return makeLocation()
		},
	},
	["serviceworker", "worker"],
)
scopeMembers(
	{
		get location() {
			return makeLocation()
		},
		set location(url: unknown) {
			navigate(url, false, "Window.location")
		},
	},
	["window"],
)
