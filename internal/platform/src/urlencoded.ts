/** application/x-www-form-urlencoded, as the URL standard has it. */

import { host } from "./host"

export type Pair = [name: string, value: string]

/** The pairs of a query, or of a body that was decoded as UTF-8. */
export function parseUrlencoded(text: string): Pair[] {
	const pairs: Pair[] = []
	for (const part of text.split("&")) {
		if (part === "") continue
		const equals = part.indexOf("=")
		if (equals < 0) pairs.push([decode(part), ""])
		else pairs.push([decode(part.slice(0, equals)), decode(part.slice(equals + 1))])
	}
	return pairs
}

function decode(text: string): string {
	text = text.replaceAll("+", " ")
	if (!text.includes("%")) return text
	try {
		return decodeURIComponent(text)
	} catch {
		return host.utf8Decode(percentDecode(host.utf8Encode(text)), false)
	}
}

/** Percent-decode of the URL standard; what is no %XX stays. */
function percentDecode(bytes: Uint8Array): Uint8Array {
	const out = new Uint8Array(bytes.length)
	let length = 0
	for (let i = 0; i < bytes.length; i++) {
		let byte = bytes[i]!
		if (byte === 0x25) {
			const high = digit(bytes[i + 1])
			const low = digit(bytes[i + 2])
			if (high >= 0 && low >= 0) {
				byte = high * 16 + low
				i += 2
			}
		}
		out[length++] = byte
	}
	return out.subarray(0, length)
}

/** The value of a hexadecimal digit's byte, or -1. */
function digit(byte = 0): number {
	return byte > 0x7f ? -1 : "0123456789abcdef".indexOf(String.fromCharCode(byte).toLowerCase())
}

export function serializeUrlencoded(pairs: readonly Pair[]): string {
	return pairs.map(([name, value]) => encode(name) + "=" + encode(value)).join("&")
}

const unlikeComponents: Record<string, string> = { "%20": "+", "!": "%21", "'": "%27", "(": "%28", ")": "%29", "~": "%7E" }

function encode(text: string): string {
	return encodeURIComponent(text).replace(/%20|[!'()~]/g, found => unlikeComponents[found]!)
}
