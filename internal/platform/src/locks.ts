/** Web Locks. https://w3c.github.io/web-locks/ The locks themselves are held by the browser, across realms. */

import { addAbortAlgorithm, isAbortSignal, type AbortSignal } from "./abort"
import { exception } from "./exceptions"
import { askThen, host } from "./host"
import { navigatorMembers } from "./navigator"
import { dictionary, DOMString, enumeration, expose, failed, illegal, interfaceOf, requireArguments, requireKey, toBoolean } from "./webidl"

interface LockOptions {
	mode: "exclusive" | "shared"
	ifAvailable: boolean
	steal: boolean
	signal: AbortSignal | undefined
}

class Lock {
	#name: string
	#mode: string

	constructor(key: unknown = undefined, name = "", mode = "") {
		requireKey(key)
		this.#name = name
		this.#mode = mode
	}
	get name(): string {
		return this.#name
	}
	get mode(): string {
		return this.#mode
	}
}

const request = failed("request' on 'LockManager")
/** How to break what is held when another request steals it. */
const held = new Map<number, (reason: unknown) => void>()

function readOptions(value: unknown): LockOptions {
	const given = dictionary(value, "options")
	const ifAvailable = toBoolean(given.ifAvailable)
	const mode = given.mode === undefined ? "exclusive" : enumeration(given.mode, ["exclusive", "shared"], "LockMode")
	const signal = given.signal
	if (signal !== undefined && !isAbortSignal(signal)) throw new TypeError(`${request}member signal is not of type AbortSignal.`)
	const steal = toBoolean(given.steal)
	return { ifAvailable, mode, signal, steal }
}

function check(name: string, { mode, ifAvailable, steal, signal }: LockOptions): void {
	const refuse = (why: string) => {
		throw exception("NotSupportedError", request + why)
	}
	if (name.startsWith("-")) refuse("Names cannot start with '-'.")
	if (steal && ifAvailable) refuse("The 'steal' and 'ifAvailable' options cannot be used together.")
	if (steal && mode !== "exclusive") refuse("The 'steal' option may only be used with 'exclusive' locks.")
	if (signal && (steal || ifAvailable)) refuse("The 'signal' option cannot be used with 'steal' or 'ifAvailable'.")
	signal?.throwIfAborted()
}

/** Asks for a lock, calls back with it, and holds it until what that returns is settled. */
async function hold(name: string, options: LockOptions, callback: (lock: Lock | null) => unknown): Promise<unknown> {
	const { mode, ifAvailable, steal, signal } = options
	const id = await new Promise<number | undefined>((resolve, reject) => {
		const call = askThen(
			call => host.lockRequest(call, name, mode, ifAvailable, steal),
			(id: number | undefined) => {
				stopListening?.()
				resolve(id)
			},
			error => reject(signal?.aborted ? signal.reason : error),
		)
		const stopListening = signal && addAbortAlgorithm(signal, () => host.lockCancel(call))
	})
	if (id === undefined) return callback(null)
	return new Promise((resolve, reject) => {
		held.set(id, reject)
		Promise.resolve(new Lock(illegal, name, mode))
			.then(callback)
			.then(resolve, reject)
			.finally(() => {
				held.delete(id)
				host.lockRelease(id)
			})
	})
}

/** Hooks.lockBroken: another request took the lock away. */
export function lockBroken(id: number): void {
	held.get(id)?.(exception("AbortError", "Lock broken by another request with the 'steal' option."))
}

class LockManager {
	#brand = true

	constructor(key: unknown = undefined) {
		requireKey(key)
	}

	async request(name: unknown, optionsOrCallback: unknown, callback: unknown = undefined): Promise<unknown> {
		void this.#brand
		requireArguments(arguments.length, 2, "LockManager.request")
		const text = DOMString(name)
		const options = readOptions(arguments.length > 2 ? optionsOrCallback : undefined)
		const f = arguments.length > 2 ? callback : optionsOrCallback
		if (typeof f !== "function") throw new TypeError(`${request}The callback provided is not a function.`)
		check(text, options)
		return hold(text, options, lock => Reflect.apply(f, undefined, [lock]))
	}

	async query(): Promise<unknown> {
		void this.#brand
		return host.lockQuery()
	}
}

if (host.secure) {
	expose("Lock", interfaceOf(Lock, "Lock"))
	expose("LockManager", interfaceOf(LockManager, "LockManager"))
	const locks = new LockManager(illegal)
	navigatorMembers({
		get locks() {
			return locks
		},
	})
}
