/** Values as text, as the console of developer tools shows them. */

import { isProxy } from "./engine"
import { scriptStack } from "./exceptions"
import { isArrayBuffer, prototypes } from "./webidl"

const deepest = 3
const widest = 100

/** One value; strings are quoted unless plain. */
export function inspect(value: unknown, plain = false): string {
	return typeof value === "string" && plain ? value : show(value, 0, [])
}

function show(value: unknown, depth: number, above: readonly object[]): string {
	switch (typeof value) {
		case "string":
			return quote(value)
		case "bigint":
			return `${value}n`
		case "number":
			return Object.is(value, -0) ? "-0" : String(value)
		case "function":
			return showFunction(value)
		case "object":
			if (value === null) return "null"
			if (above.includes(value)) return "[Circular]"
			try {
				return showObject(value, depth, [...above, value])
			} catch {
				return "[Object]" // getters and proxies of script may throw
			}
		default:
			return String(value)
	}
}

function quote(text: string): string {
	const mark = ["'", '"', "`"].find(mark => !text.includes(mark)) ?? "'"
	const escaped = text.replace(/[\n\r\t\\]/g, c => ({ "\n": "\\n", "\r": "\\r", "\t": "\\t", "\\": "\\\\" })[c]!)
	return mark + (text.includes(mark) ? escaped.replaceAll(mark, "\\" + mark) : escaped) + mark
}

function showFunction(f: Function): string {
	const isClass = /^class\b/.test(Function.prototype.toString.call(f))
	return isClass ? `class ${f.name}` : `ƒ ${f.name}()`
}

function showObject(object: object, depth: number, above: readonly object[]): string {
	if (isProxy(object)) return "Proxy(Object)"
	if (object instanceof Error) return showError(object, depth, above)
	const name = nameOf(object)
	const nested = (value: unknown) => show(value, depth + 1, above)
	if (object instanceof Date || object instanceof RegExp) return String(object)
	if (object instanceof Boolean || object instanceof Number || object instanceof String) return `${name} {${nested(object.valueOf())}}`
	if (object instanceof Promise || object instanceof WeakMap || object instanceof WeakSet) return `${name} {}`
	if (isArrayBuffer(object)) return `${name}(${object.byteLength})`
	const isList = Array.isArray(object) || (ArrayBuffer.isView(object) && !(object instanceof DataView))
	if (depth >= deepest) return isList ? `Array(${(object as ArrayLike<unknown>).length})` : `${name === "Object" ? "" : name + " "}{…}`
	if (isList) return showList(object as ArrayLike<unknown>, name, nested)
	if (object instanceof Map) return braces(`Map(${object.size})`, [...object].map(([key, item]) => `${nested(key)} => ${nested(item)}`))
	if (object instanceof Set) return braces(`Set(${object.size})`, [...object].map(nested))
	const shown = properties(object, nested)
	if (isPlatform(object) && depth === 0) shown.push(...attributes(object, nested))
	return braces(name === "Object" ? "" : name, shown)
}

function showError(error: Error, depth: number, above: readonly object[]): string {
	const stack = typeof error.stack === "string" ? scriptStack(error.stack).trimEnd() : ""
	const head = String(error)
	const text = depth > 0 || stack === "" || stack.startsWith(head) ? (depth > 0 ? head : stack || head) : `${head}\n${stack}`
	return error.cause === undefined ? text : `${text}\n  [cause]: ${show(error.cause, depth + 1, above)}`
}

function showList(list: ArrayLike<unknown>, name: string, nested: (value: unknown) => string): string {
	const items: string[] = []
	for (let i = 0; i < Math.min(list.length, widest); i++) items.push(i in list ? nested(list[i]) : "empty")
	if (list.length > widest) items.push("…")
	const rest = list.length > 10_000 ? [] : Object.keys(list).filter(key => !/^\d+$/.test(key))
	for (const key of rest) items.push(`${key}: ${nested((list as unknown as Record<string, unknown>)[key])}`)
	const prefix = name === "Array" ? (list.length > 1 ? `(${list.length}) ` : "") : `${name}(${list.length}) `
	return `${prefix}[${items.join(", ")}]`
}

function properties(object: object, nested: (value: unknown) => string): string[] {
	return Reflect.ownKeys(object).flatMap(key => {
		const property = Object.getOwnPropertyDescriptor(object, key)!
		if (!property.enumerable) return []
		const label = typeof key === "symbol" ? `[${String(key)}]` : /^[\w$]+$/.test(key) ? key : quote(key)
		return [`${label}: ${property.get ? "(…)" : nested(property.value)}`]
	})
}

/** Attributes of a platform object that are plain values. */
function attributes(object: object, nested: (value: unknown) => string): string[] {
	const shown: string[] = []
	for (let at = Object.getPrototypeOf(object) as object | null; at && at !== Object.prototype; at = Object.getPrototypeOf(at) as object | null) {
		for (const [key, { get, enumerable }] of Object.entries(Object.getOwnPropertyDescriptors(at))) {
			// A stream would be made only to be shown.
			if (!get || !enumerable || key === "body") continue
			const value: unknown = get.call(object)
			if (value === null || (typeof value !== "object" && typeof value !== "function")) shown.push(`${key}: ${nested(value)}`)
		}
	}
	return shown
}

function isPlatform(object: object): boolean {
	return prototypes.has(Object.getPrototypeOf(object) as object)
}

function braces(prefix: string, items: string[]): string {
	const list = items.length > widest ? [...items.slice(0, widest), "…"] : items
	return `${prefix}${prefix ? " " : ""}{${list.join(", ")}}`
}

function nameOf(object: object): string {
	const prototype = Object.getPrototypeOf(object) as { constructor?: unknown } | null
	if (!prototype) return "[Object: null prototype]"
	const name = typeof prototype.constructor === "function" ? prototype.constructor.name : ""
	return name || "Object"
}
