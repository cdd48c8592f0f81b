/** The Console standard's namespace; lines go to the host as text. https://console.spec.whatwg.org/ */

import { host } from "./host"
import { inspect } from "./inspect"
import { DOMString, expose } from "./webidl"

const counts = new Map<string, number>()
const timersByLabel = new Map<string, number>()
let indent = ""

function print(level: string, args: readonly unknown[]): void {
	host.log(level, indent + format(args).replaceAll("\n", "\n" + indent))
}

/** The Formatter: a first string may ask for conversions of what follows. */
function format(args: readonly unknown[]): string {
	const [first, ...rest] = args
	if (typeof first !== "string") return args.map(value => inspect(value, true)).join(" ")
	const text = first.replace(/%[sdifoOc%]/g, specifier => {
		if (specifier === "%%") return "%"
		if (rest.length === 0) return specifier
		const value = rest.shift()
		switch (specifier) {
			case "%s":
				return typeof value === "symbol" ? String(value) : typeof value === "object" ? inspect(value, true) : String(value)
			case "%d":
			case "%i":
				return typeof value === "symbol" ? "NaN" : String(Number.parseInt(String(value), 10))
			case "%f":
				return typeof value === "symbol" ? "NaN" : String(Number.parseFloat(String(value)))
			case "%c": // styles
				return ""
			default:
				return inspect(value)
		}
	})
	return [text, ...rest.map(value => inspect(value, true))].join(" ")
}

function label(value: unknown): string {
	return DOMString(value)
}

function elapsed(name: string): string {
	return `${name}: ${Number((host.elapsed() - timersByLabel.get(name)!).toFixed(3))} ms`
}

/** Rows and columns of a table as text. */
function table(data: object, columns: unknown): string {
	const rows = data instanceof Map ? [...data] : Object.entries(data)
	const isRow = (value: unknown): value is object => typeof value === "object" && value !== null
	const wanted = Array.isArray(columns) ? columns.map(String) : undefined
	const keys = wanted ?? [...new Set(rows.flatMap(([, row]) => (isRow(row) ? Object.keys(row) : [])))]
	const values = !wanted && rows.some(([, row]) => !isRow(row))
	const cell = (row: unknown, key: string) => (isRow(row) && key in row ? inspect((row as Record<string, unknown>)[key]) : "")
	const lines = rows.map(([index, row]) => [
		String(index),
		...keys.map(key => cell(row, key)),
		...(values ? [isRow(row) ? "" : inspect(row)] : []),
	])
	lines.unshift(["(index)", ...keys, ...(values ? ["Value"] : [])])
	const widths = lines[0]!.map((_, i) => Math.max(...lines.map(line => line[i]!.length)))
	return lines.map(line => line.map((text, i) => text.padEnd(widths[i]!)).join(" | ").trimEnd()).join("\n")
}

const logLike = (name: string, level: string) => ({
	[name](...args: unknown[]) {
		if (args.length > 0) print(level, args)
	},
})

const methods = {
	assert(condition: unknown = false, ...args: unknown[]) {
		if (condition) return
		const [first, ...rest] = args
		if (args.length === 0) print("error", ["Assertion failed"])
		else if (typeof first === "string") print("error", ["Assertion failed: " + first, ...rest])
		else print("error", ["Assertion failed:", ...args])
	},
	clear() {
		indent = ""
	},
	...logLike("debug", "debug"),
	...logLike("error", "error"),
	...logLike("info", "info"),
	...logLike("log", "log"),
	table(data: unknown = undefined, columns: unknown = undefined) {
		print("log", typeof data === "object" && data !== null ? [table(data, columns)] : [data])
	},
	trace(...args: unknown[]) {
		const stack = new Error().stack!.split("\n").filter(line => line !== "" && !line.includes("swtest:"))
		print("log", [["Trace" + (args.length > 0 ? ": " + format(args) : ""), ...stack].join("\n")])
	},
	...logLike("warn", "warn"),
	dir(item: unknown = undefined, _options: unknown = undefined) {
		print("log", [typeof item === "string" ? inspect(item) : item])
	},
	...logLike("dirxml", "log"),
	count(name: unknown = "default") {
		const text = label(name)
		const count = (counts.get(text) ?? 0) + 1
		counts.set(text, count)
		print("log", [`${text}: ${count}`])
	},
	countReset(name: unknown = "default") {
		const text = label(name)
		if (counts.has(text)) counts.set(text, 0)
		else print("warn", [`Count for '${text}' does not exist`])
	},
	group(...args: unknown[]) {
		print("log", args.length > 0 ? args : ["console.group"])
		indent += "  "
	},
	groupCollapsed(...args: unknown[]) {
		methods.group(...args)
	},
	groupEnd() {
		indent = indent.slice(2)
	},
	time(name: unknown = "default") {
		const text = label(name)
		if (timersByLabel.has(text)) print("warn", [`Timer '${text}' already exists`])
		else timersByLabel.set(text, host.elapsed())
	},
	timeLog(name: unknown = "default", ...args: unknown[]) {
		const text = label(name)
		print(timersByLabel.has(text) ? "log" : "warn", timersByLabel.has(text) ? [elapsed(text), ...args] : [`Timer '${text}' does not exist`])
	},
	timeEnd(name: unknown = "default") {
		const text = label(name)
		print(timersByLabel.has(text) ? "log" : "warn", [timersByLabel.has(text) ? elapsed(text) : `Timer '${text}' does not exist`])
		timersByLabel.delete(text)
	},
}

// A namespace object: its prototype is an empty object of its own.
const console = Object.create({}, Object.getOwnPropertyDescriptors(methods)) as typeof methods
Object.defineProperty(console, Symbol.toStringTag, { value: "console", configurable: true })
expose("console", console)
