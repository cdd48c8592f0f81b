/**
 * What browsers have and this runtime lacks. Using it throws an error that
 * names it, so that nobody takes a hole in the runtime for a bug of the worker.
 */

import { scopeMembers, expose, type Kind } from "./webidl"
import { navigatorMembers } from "./navigator"

function fail(name: string): never {
	throw new Error(`swtest: ${name} is not implemented`)
}

function missingClass(name: string): unknown {
	const constructor = {
		[name]: class {
			constructor() {
				fail(name)
			}
		},
	}[name]!
	Object.defineProperty(constructor, "name", { value: name })
	return constructor
}

function missingObject(name: string): object {
	return new Proxy({}, { get: (_, key) => (typeof key === "symbol" ? undefined : fail(`${name}.${key}`)) })
}

const classes: [name: string, kinds?: readonly Kind[]][] = [
	["EventSource"],
	["PerformanceObserver"],
	["ReportingObserver"],
	["SharedWorker", ["window"]],
	["WebSocket"],
	["WebSocketStream"],
	["WebTransport"],
	["XMLHttpRequest", ["window", "worker"]],
	["ImageBitmap"],
	["OffscreenCanvas"],
	["FontFace"],
]
for (const [name, kinds] of classes) expose(name, missingClass(name), kinds)

for (const name of ["WebAssembly", "Intl"]) {
	if (!(name in globalThis)) expose(name, missingObject(name))
}

scopeMembers({
	async createImageBitmap() {
		fail("createImageBitmap")
	},
})

function attributes(names: readonly string[], prefix = ""): object {
	const made = {}
	for (const name of names) Object.defineProperty(made, name, { get: () => fail(prefix + name) })
	return made
}

scopeMembers(attributes(["scheduler", "trustedTypes"]))
scopeMembers(attributes(["cookieStore"]), ["serviceworker", "window"], true)
scopeMembers(attributes(["localStorage", "sessionStorage", "history"]), ["window"], true)
navigatorMembers(attributes(["connection", "storageBuckets"], "navigator."))
navigatorMembers(attributes(["sendBeacon", "clipboard", "geolocation", "mediaDevices"], "navigator."), ["window"])
