/** WorkerLocation, and as much of Location as a window without a document has. */

import { DOMException } from "./exceptions"
import { host, type URLRecord } from "./host"
import { copyMembers, expose, failed, illegal, interfaceOf, requireArguments, requireKey, scopeMembers, USVString } from "./webidl"

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

/** What the browser does about a page's own navigations: "location.navigate" (url, replace) and "location.reload". */
const navigation = {
	get href() {
		return ownURL().href
	},
	set href(url: unknown) {
		navigate(url, false, "Location.href")
	},
	assign(url: unknown) {
		requireArguments(arguments.length, 1, "Location.assign")
		navigate(url, false, "Location.assign")
	},
	replace(url: unknown) {
		requireArguments(arguments.length, 1, "Location.replace")
		navigate(url, true, "Location.replace")
	},
	reload() {
		host.tell("location.reload")
	},
}

function navigate(url: unknown, replace: boolean, what: string): void {
	host.tell("location.navigate", resolveURL(USVString(url), what), replace)
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
	copyMembers({ ...Object.create({}, Object.getOwnPropertyDescriptors(parts)) }, Location.prototype, receiver)
	copyMembers(navigation, Location.prototype, receiver)
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
