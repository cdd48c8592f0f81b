/**
 * Structured clones: values that leave a realm, or are copied within it.
 * https://html.spec.whatwg.org/#safe-passing-of-structured-data
 */

import { toBase64 } from "./base64"
import { Reader } from "./clone-read"
import { flatten } from "./clone-write"
import { serializable, type Buffer, type Tree } from "./cloneable"
import { DOMException } from "./exceptions"
import { scopeName, type MessageRecord } from "./host"
import { dictionary, failed, isObject, requireArguments, scopeMembers, sequence, sequenceFrom } from "./webidl"

export { serializable, transferable } from "./cloneable"

/** StructuredSerializeWithTransfer, for the way to another realm. */
export function serialize(value: unknown, transfer: readonly object[] = []): MessageRecord {
	const { tree, transferred, buffers, ports } = flatten(value, transfer)
	return { value: JSON.stringify([tree, transferred]), buffers: buffers.map(toBase64), ports }
}

/** StructuredDeserializeWithTransfer; ports are the transferred MessagePorts in order. */
export function deserialize(record: MessageRecord): { value: unknown; ports: object[] } {
	const [tree, transferred] = JSON.parse(record.value) as [Tree, Tree[]]
	const fromBase64 = (text: string) => (Uint8Array as unknown as { fromBase64(text: string): Buffer }).fromBase64(text)
	const reader = new Reader({ tree, transferred, buffers: record.buffers.map(fromBase64), ports: record.ports })
	const ports = reader.transferred.filter((_, i) => (transferred[i] as Tree[])[1] === "MessagePort")
	return { value: reader.read(tree), ports }
}

export function structuredClone(value: unknown, transfer: readonly object[] = []): unknown {
	const flat = flatten(value, transfer)
	return new Reader(flat).read(flat.tree)
}

/** The second argument of the postMessage methods: a list, or a dictionary that has one. */
export function transferList(argument: unknown, what: string): object[] {
	const object = dictionary(argument, what)
	const iterator: unknown = isObject(argument) ? (argument as Record<symbol, unknown>)[Symbol.iterator] : undefined
	if (typeof iterator === "function") return sequenceFrom(argument, iterator, item => toObject(item, what))
	if (iterator !== undefined && iterator !== null) throw new TypeError(`${failed(what)}: Symbol.iterator is not a function.`)
	return transferMember(object, what)
}

function transferMember(options: Record<string, unknown>, what: string): object[] {
	const { transfer } = options
	return transfer === undefined ? [] : sequence(transfer, item => toObject(item, what))
}

function toObject(item: unknown, what: string): object {
	if (isObject(item)) return item
	throw new TypeError(`${failed(what)}: Failed to convert value to 'object'.`)
}

scopeMembers({
	structuredClone(value: unknown, options: unknown = undefined): unknown {
		const what = scopeName + ".structuredClone"
		requireArguments(arguments.length, 1, what)
		return structuredClone(value, transferMember(dictionary(options, what), what))
	},
})

serializable(
	"DOMException",
	DOMException,
	value => [value.name, value.message, value.stack],
	([name, message, stack]) => {
		const made = new DOMException(message, name)
		Object.defineProperty(made, "stack", { value: stack })
		return made
	},
)
