/** btoa and atob (HTML, "Base64 utility methods") and what else speaks base64. */

import { exception } from "./exceptions"
import { scopeName } from "./host"
import { DOMString, failed, requireArguments, scopeMembers } from "./webidl"

// Newer than ES2023, and native in the engine.
interface NativeBase64 {
	fromBase64(text: string): Uint8Array<ArrayBuffer>
}

/** A string with one character for each byte. */
export function binaryString(bytes: Uint8Array): string {
	let text = ""
	for (let i = 0; i < bytes.length; i += 8192) text += String.fromCharCode(...bytes.subarray(i, i + 8192))
	return text
}

export function toBase64(bytes: Uint8Array): string {
	return (bytes as Uint8Array & { toBase64(): string }).toBase64()
}

/** Forgiving-base64 decode of the Infra standard; undefined for failure. */
export function forgivingDecode(text: string): Uint8Array<ArrayBuffer> | undefined {
	text = text.replace(/[\t\n\f\r ]+/g, "")
	if (text.length % 4 === 0) text = text.replace(/==?$/, "")
	if (text.length % 4 === 1 || !/^[A-Za-z0-9+/]*$/.test(text)) return undefined
	return (Uint8Array as unknown as NativeBase64).fromBase64(text)
}

scopeMembers({
	btoa(data: unknown) {
		requireArguments(arguments.length, 1, scopeName + ".btoa")
		const text = DOMString(data)
		const bytes = new Uint8Array(text.length)
		for (let i = 0; i < text.length; i++) {
			const code = text.charCodeAt(i)
			if (code > 255) {
				throw exception(
					"InvalidCharacterError",
					failed(scopeName + ".btoa") + ": The string to be encoded contains characters outside of the Latin1 range.",
				)
			}
			bytes[i] = code
		}
		return toBase64(bytes)
	},

	atob(data: unknown) {
		requireArguments(arguments.length, 1, scopeName + ".atob")
		const bytes = forgivingDecode(DOMString(data))
		if (bytes) return binaryString(bytes)
		throw exception("InvalidCharacterError", failed(scopeName + ".atob") + ": The string to be decoded is not correctly encoded.")
	},
})
