/**
 * Dedicated workers: Worker, the owner's side, and what
 * DedicatedWorkerGlobalScope adds to WorkerGlobalScope.
 * https://html.spec.whatwg.org/#dedicated-workers-and-the-worker-interface
 */

import { serialize, transferList } from "../clone"
import { defineEventHandler, dispatchTrusted, ErrorEvent, EventTarget, fire } from "../events"
import { DOMException } from "../exceptions"
import { host } from "../host"
import { fireMessage } from "../messaging"
import { dictionary, DOMString, enumeration, expose, failed, interfaceOf, requireArguments, scopeMembers, USVString } from "../webidl"
import { inside } from "./inside"
import { optional, toWorkerType } from "./members"
import { type DedicatedRecord, tell } from "./outside"

export class Worker extends EventTarget {
	#number: number

	constructor(scriptURL: unknown, options: unknown = undefined) {
		requireArguments(arguments.length, 1, "Worker")
		super()
		this.#number = tell("dedicated.new", toRecord(USVString(scriptURL), options))
		workers.set(this.#number, this)
	}

	terminate(): void {
		tell("dedicated.terminate", this.#number)
		workers.delete(this.#number)
	}

	postMessage(message: unknown, options: unknown = undefined): void {
		const number = this.#number
		requireArguments(arguments.length, 1, "Worker.postMessage")
		tell("dedicated.post", number, serialize(message, transferList(options, "Worker.postMessage")))
	}
}

/** The workers that were not terminated. */
const workers = new Map<number, Worker>()

const credentialsModes = ["omit", "same-origin", "include"] as const

function toRecord(scriptURL: string, options: unknown): DedicatedRecord {
	const given = dictionary(options, failed("Worker"))
	const credentials = optional(given.credentials, value => enumeration(value, credentialsModes, "RequestCredentials"), "same-origin")
	const name = optional(given.name, DOMString, "")
	const type = optional(given.type, toWorkerType, "classic")
	const parsed = host.urlParse(scriptURL, host.location)
	if (!parsed) throw new DOMException(`${failed("Worker")}: '${scriptURL}' is not a valid URL.`, "SyntaxError")
	return { scriptURL: parsed.href, type, name, credentials }
}

inside("dedicatedMessage", (number, record) => {
	const worker = workers.get(number)
	if (worker) fireMessage(worker, record)
})
inside("dedicatedError", (number, error) => {
	const worker = workers.get(number)
	if (!worker) return true
	if (error.message !== "") return dispatchTrusted(worker, new ErrorEvent("error", { ...error, cancelable: true }))
	fire(worker, "error")
	return false
})

defineEventHandler(Worker.prototype, ["message", "messageerror", "error"])
expose("Worker", interfaceOf(Worker, "Worker"), ["window", "worker"])

// Inside the worker.

scopeMembers(
	{
		postMessage(message: unknown, options: unknown = undefined): void {
			const what = "DedicatedWorkerGlobalScope.postMessage"
			requireArguments(arguments.length, 1, what)
			tell("scope.post", serialize(message, transferList(options, what)))
		},
	},
	["worker"],
	true,
)

inside("scopeMessage", record => fireMessage(globalThis as unknown as EventTarget, record))
