/** High Resolution Time and User Timing. https://w3c.github.io/user-timing/ */

import { structuredClone } from "./clone"
import { EventTarget } from "./events"
import { DOMException } from "./exceptions"
import { host } from "./host"
import { elapsed } from "./timers"
import { dictionary, DOMString, double, expose, failed, illegal, interfaceOf, isObject, requireArguments, requireKey, scopeMembers } from "./webidl"

class PerformanceEntry {
	#name: string
	#type: string
	#start: number
	#duration: number

	constructor(key: unknown = undefined, name = "", type = "", start = 0, duration = 0) {
		requireKey(key)
		this.#name = name
		this.#type = type
		this.#start = start
		this.#duration = duration
	}
	get name(): string {
		return this.#name
	}
	get entryType(): string {
		return this.#type
	}
	get startTime(): number {
		return this.#start
	}
	get duration(): number {
		return this.#duration
	}
	toJSON(): object {
		return { name: this.#name, entryType: this.#type, startTime: this.#start, duration: this.#duration }
	}
}

class PerformanceMark extends PerformanceEntry {
	#detail: unknown

	constructor(markName: unknown, markOptions: unknown = undefined) {
		requireArguments(arguments.length, 1, "PerformanceMark")
		const name = DOMString(markName)
		const { detail, startTime } = dictionary(markOptions, failed("PerformanceMark"))
		const start = startTime === undefined ? elapsed() : double(startTime)
		if (start < 0) throw new TypeError(`${failed("PerformanceMark")}: '${name}' cannot have a negative start time.`)
		super(illegal, name, "mark", start)
		this.#detail = detail === undefined || detail === null ? null : structuredClone(detail)
	}
	get detail(): unknown {
		return this.#detail
	}
	override toJSON(): object {
		return { ...super.toJSON(), detail: this.#detail }
	}
}

class PerformanceMeasure extends PerformanceEntry {
	#detail: unknown

	constructor(key: unknown = undefined, name = "", start = 0, duration = 0, detail: unknown = null) {
		super(key, name, "measure", start, duration)
		this.#detail = detail
	}
	get detail(): unknown {
		return this.#detail
	}
	override toJSON(): object {
		return { ...super.toJSON(), detail: this.#detail }
	}
}

let entries: PerformanceEntry[] = []

/** The time that a mark's name or a number stands for. */
function timeOf(mark: unknown, what: string): number {
	if (typeof mark === "number") {
		const time = double(mark)
		if (time < 0) throw new TypeError(`${failed(what)}: a time stamp is negative.`)
		return time
	}
	const name = DOMString(mark)
	const found = entries.findLast(entry => entry.entryType === "mark" && entry.name === name)
	if (found) return found.startTime
	throw new DOMException(`${failed(what)}: The mark '${name}' does not exist.`, "SyntaxError")
}

function clear(type: string, name: unknown): void {
	const wanted = name === undefined ? undefined : DOMString(name)
	entries = entries.filter(entry => entry.entryType !== type || (wanted !== undefined && entry.name !== wanted))
}

function sorted(list: PerformanceEntry[]): PerformanceEntry[] {
	return list.sort((a, b) => a.startTime - b.startTime)
}

class Performance extends EventTarget {
	#brand = true

	constructor(key: unknown = undefined) {
		requireKey(key)
		super()
	}
	get timeOrigin(): number {
		void this.#brand
		return host.now() - elapsed()
	}
	now(): number {
		void this.#brand
		return elapsed()
	}
	toJSON(): object {
		void this.#brand
		return { timeOrigin: this.timeOrigin }
	}
	getEntries(): PerformanceEntry[] {
		void this.#brand
		return sorted([...entries])
	}
	getEntriesByType(type: unknown): PerformanceEntry[] {
		void this.#brand
		requireArguments(arguments.length, 1, "Performance.getEntriesByType")
		const wanted = DOMString(type)
		return sorted(entries.filter(entry => entry.entryType === wanted))
	}
	getEntriesByName(name: unknown, type: unknown = undefined): PerformanceEntry[] {
		void this.#brand
		requireArguments(arguments.length, 1, "Performance.getEntriesByName")
		const wanted = DOMString(name)
		const wantedType = type === undefined ? undefined : DOMString(type)
		return sorted(entries.filter(entry => entry.name === wanted && (wantedType === undefined || entry.entryType === wantedType)))
	}
	mark(markName: unknown, markOptions: unknown = undefined): PerformanceMark {
		void this.#brand
		requireArguments(arguments.length, 1, "Performance.mark")
		const mark = new PerformanceMark(markName, markOptions)
		entries.push(mark)
		return mark
	}
	clearMarks(markName: unknown = undefined): void {
		void this.#brand
		clear("mark", markName)
	}
	measure(measureName: unknown, startOrOptions: unknown = undefined, endMark: unknown = undefined): PerformanceMeasure {
		void this.#brand
		const what = "Performance.measure"
		requireArguments(arguments.length, 1, what)
		const name = DOMString(measureName)
		let start = startOrOptions === undefined || isObject(startOrOptions) ? undefined : DOMString(startOrOptions) as unknown
		let end = endMark === undefined ? undefined : DOMString(endMark) as unknown
		let duration: number | undefined
		let detail: unknown = null
		if (isObject(startOrOptions) && Object.keys(startOrOptions).length > 0) {
			const options = startOrOptions as Record<string, unknown>
			if (endMark !== undefined) throw new TypeError(`${failed(what)}: If a PerformanceMeasureOptions object was passed, |end_mark| must not be passed.`)
			detail = options.detail === undefined || options.detail === null ? null : structuredClone(options.detail)
			duration = options.duration === undefined ? undefined : double(options.duration)
			;({ start, end } = options)
			const given = [start, end, duration].filter(value => value !== undefined).length
			if (given === 0) throw new TypeError(`${failed(what)}: If a PerformanceMeasureOptions object was passed, at least one of its 'start' or 'end' properties must be present.`)
			if (given === 3) throw new TypeError(`${failed(what)}: If a PerformanceMeasureOptions object was passed, it must not have all of its 'start', 'duration', and 'end' properties defined`)
		}
		const from = start === undefined ? undefined : timeOf(start, what)
		const to = end !== undefined ? timeOf(end, what) : duration !== undefined && from !== undefined ? from + duration : elapsed()
		const begin = from ?? (duration !== undefined ? to - duration : 0)
		const measure = new PerformanceMeasure(illegal, name, begin, to - begin, detail)
		entries.push(measure)
		return measure
	}
	clearMeasures(measureName: unknown = undefined): void {
		void this.#brand
		clear("measure", measureName)
	}
}

const performance = new Performance(illegal)
expose("Performance", interfaceOf(Performance, "Performance"))
expose("PerformanceEntry", interfaceOf(PerformanceEntry, "PerformanceEntry"))
expose("PerformanceMark", interfaceOf(PerformanceMark, "PerformanceMark"))
expose("PerformanceMeasure", interfaceOf(PerformanceMeasure, "PerformanceMeasure"))
scopeMembers({
	get performance() {
		return performance
	},
	set performance(value: unknown) {
		Object.defineProperty(globalThis, "performance", { value, writable: true, enumerable: true, configurable: true })
	},
})
