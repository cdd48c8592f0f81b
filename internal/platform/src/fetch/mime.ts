/**
 * MIME types: parsing and serializing (the MIME Sniffing standard), and the
 * one that a header list gives (Fetch, "extract a MIME type").
 */

import type { HeaderList } from "../host"
import { getHeader } from "./header-list"

export interface MIMEType {
	/** type/subtype, in lower case. */
	essence: string
	parameters: Map<string, string>
}

const token = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/
const quotedStringToken = /^[\t\x20-\x7e\x80-\xff]*$/
const parameter = /;[\t\n\r ]*([^;=]*)(?:=(?:"((?:[^"\\]|\\[^])*)(\\?)"?[^;]*|([^;]*)))?/y

/** Undefined for what is no MIME type. */
export function parseMIMEType(input: string): MIMEType | undefined {
	const text = strip(input)
	const [, type, subtype] = /^([^/]*)\/([^;]*)/.exec(text) ?? []
	if (type === undefined || subtype === undefined) return undefined
	const subtypeName = subtype.replace(/[\t\n\r ]+$/, "")
	if (!token.test(type) || !token.test(subtypeName)) return undefined
	const parameters = new Map<string, string>()
	parameter.lastIndex = type.length + 1 + subtype.length
	for (let found; (found = parameter.exec(text)); ) {
		const name = found[1]!.toLowerCase()
		let value = found[4] === undefined ? undefined : found[4].replace(/[\t\n\r ]+$/, "") || undefined
		if (found[2] !== undefined) value = found[2].replace(/\\([^])/g, "$1") + found[3]
		if (value === undefined || parameters.has(name)) continue
		if (token.test(name) && quotedStringToken.test(value)) parameters.set(name, value)
	}
	return { essence: `${type}/${subtypeName}`.toLowerCase(), parameters }
}

function strip(text: string): string {
	return text.replace(/^[\t\n\r ]+|[\t\n\r ]+$/g, "")
}

export function serializeMIMEType({ essence, parameters }: MIMEType): string {
	let text = essence
	for (const [name, value] of parameters) {
		text += `;${name}=` + (token.test(value) ? value : `"${value.replace(/["\\]/g, "\\$&")}"`)
	}
	return text
}

/** The MIME type of Content-Type, by the last value that is one. */
export function extractMIMEType(headers: HeaderList): MIMEType | undefined {
	const combined = getHeader(headers, "content-type")
	if (combined === null) return undefined
	let charset: string | undefined
	let result: MIMEType | undefined
	for (const value of splitHeader(combined)) {
		const parsed = parseMIMEType(value)
		if (!parsed || parsed.essence === "*/*") continue
		const own = parsed.parameters.get("charset")
		if (parsed.essence !== result?.essence) charset = own
		else if (own === undefined && charset !== undefined) parsed.parameters.set("charset", charset)
		result = parsed
	}
	return result
}

/** "Get, decode, and split": the values between commas that are not quoted. */
export function splitHeader(value: string): string[] {
	const pieces = value.match(/(?:[^",]|"(?:[^"\\]|\\[^])*(?:"|\\?$))+|,/g) ?? []
	const values = [""]
	for (const piece of pieces) {
		if (piece === ",") values.push("")
		else values[values.length - 1] = piece.replace(/^[\t ]+|[\t ]+$/g, "")
	}
	return values
}
