/** FormData of the XMLHttpRequest standard. */

import { Blob, blobBytes, File, makeFile } from "./blob"
import { expose, failed, interfaceOf, iterablePairs, requireArguments, USVString } from "./webidl"

type Value = string | File
type Entry = [name: string, value: Value]

let entriesOf: (form: FormData) => Entry[]

export class FormData {
	#entries: Entry[] = []

	static {
		entriesOf = form => form.#entries
		iterablePairs(FormData, "FormData", form => form.#entries)
	}

	constructor(form: unknown = undefined) {
		// There is no document, so nothing is an HTMLFormElement.
		if (form !== undefined) throw new TypeError(failed("FormData") + ": parameter 1 is not of type 'HTMLFormElement'.")
	}

	append(name: unknown, value: unknown, filename: unknown = undefined): void {
		requireArguments(arguments.length, 2, "FormData.append")
		this.#entries.push(toEntry(name, value, filename, arguments.length > 2, "FormData.append"))
	}

	delete(name: unknown): void {
		requireArguments(arguments.length, 1, "FormData.delete")
		const wanted = USVString(name)
		this.#entries = this.#entries.filter(([name]) => name !== wanted)
	}

	get(name: unknown): Value | null {
		requireArguments(arguments.length, 1, "FormData.get")
		const wanted = USVString(name)
		return this.#entries.find(([name]) => name === wanted)?.[1] ?? null
	}

	getAll(name: unknown): Value[] {
		requireArguments(arguments.length, 1, "FormData.getAll")
		const wanted = USVString(name)
		return this.#entries.filter(([name]) => name === wanted).map(([, value]) => value)
	}

	has(name: unknown): boolean {
		requireArguments(arguments.length, 1, "FormData.has")
		const wanted = USVString(name)
		return this.#entries.some(([name]) => name === wanted)
	}

	set(name: unknown, value: unknown, filename: unknown = undefined): void {
		requireArguments(arguments.length, 2, "FormData.set")
		const entry = toEntry(name, value, filename, arguments.length > 2, "FormData.set")
		const index = this.#entries.findIndex(([other]) => other === entry[0])
		if (index < 0) this.#entries.push(entry)
		else this.#entries = this.#entries.filter(([other], i) => i <= index || other !== entry[0]).with(index, entry)
	}
}

/** "Create an entry", after the conversion of the arguments of either overload. */
function toEntry(name: unknown, value: unknown, filename: unknown, named: boolean, what: string): Entry {
	const entryName = USVString(name)
	if (!(value instanceof Blob)) {
		if (named) throw new TypeError(failed(what) + ": parameter 2 is not of type 'Blob'.")
		return [entryName, USVString(value)]
	}
	if (filename === undefined && value instanceof File) return [entryName, value]
	const isFile = value instanceof File
	const fileName = filename === undefined ? "blob" : USVString(filename)
	return [entryName, makeFile(blobBytes(value), fileName, value.type, isFile ? value.lastModified : undefined)]
}

/** A form of pairs that were parsed already. */
export function formOf(entries: Entry[]): FormData {
	const form = new FormData()
	entriesOf(form).push(...entries)
	return form
}

export { entriesOf as formEntries }

expose("FormData", interfaceOf(FormData, "FormData"))
