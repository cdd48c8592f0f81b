/** Chance and digests of the Web Cryptography API. What else it has refuses by name. */

import { exception } from "./exceptions"
import { host } from "./host"
import { bufferSource, DOMString, expose, failed, illegal, interfaceOf, isObject, requireArguments, requireKey, scopeMembers } from "./webidl"

const digests = ["SHA-1", "SHA-256", "SHA-384", "SHA-512"]

export class SubtleCrypto {
	#brand = true

	constructor(key?: unknown) {
		requireKey(key)
	}

	async digest(algorithm: unknown, data: unknown): Promise<ArrayBuffer> {
		void this.#brand
		requireArguments(arguments.length, 2, "SubtleCrypto.digest")
		// The bytes as they are now: getters of the algorithm may change them.
		const bytes = bufferSource(data).slice()
		const name = algorithmName(algorithm)
		return host.digest(name, bytes).buffer as ArrayBuffer
	}
}

function algorithmName(algorithm: unknown): string {
	let given = algorithm
	if (isObject(algorithm)) {
		given = (algorithm as { name?: unknown }).name
		if (given === undefined) throw new TypeError(failed("SubtleCrypto.digest") + ": Algorithm: name: Missing or not a string")
	}
	const name = digests.find(name => name === DOMString(given).toUpperCase())
	if (name) return name
	throw exception("NotSupportedError", failed("SubtleCrypto.digest") + ": Algorithm: Unrecognized name")
}

const missing: [name: string, length: number][] = [
	["encrypt", 3],
	["decrypt", 3],
	["sign", 3],
	["verify", 4],
	["generateKey", 3],
	["deriveKey", 5],
	["deriveBits", 2],
	["importKey", 5],
	["exportKey", 2],
	["wrapKey", 4],
	["unwrapKey", 7],
]

for (const [name, length] of missing) {
	const method = {
		async [name](): Promise<never> {
			throw exception("NotSupportedError", `swtest: crypto.subtle.${name} is not implemented`)
		},
	}[name]!
	Object.defineProperty(method, "length", { value: length })
	Object.defineProperty(SubtleCrypto.prototype, name, { value: method, writable: true, configurable: true })
}

/** Keys cannot be made, so this is a name to test against. */
export class CryptoKey {
	constructor() {
		requireKey(undefined)
	}
}

export class Crypto {
	#subtle = new SubtleCrypto(illegal)

	constructor(key?: unknown) {
		requireKey(key)
	}

	get subtle(): SubtleCrypto {
		return this.#subtle
	}

	getRandomValues(array: unknown): unknown {
		void this.#subtle
		requireArguments(arguments.length, 1, "Crypto.getRandomValues")
		const what = failed("Crypto.getRandomValues")
		if (!ArrayBuffer.isView(array)) throw new TypeError(what + ": parameter 1 is not of type 'ArrayBufferView'.")
		const type = typeOf(array)
		if (!/^(Big)?(Int|Uint)/.test(type)) {
			throw exception("TypeMismatchError", `${what}: The provided ArrayBufferView is of type '${type}', which is not an integer array type.`)
		}
		const bytes = bufferSource(array)
		if (bytes.length > 65536) {
			throw exception(
				"QuotaExceededError",
				`${what}: The ArrayBufferView's byte length (${bytes.length}) exceeds the number of bytes of entropy available via this API (65536).`,
			)
		}
		bytes.set(host.random(bytes.length))
		return array
	}

	randomUUID(): string {
		void this.#subtle
		const bytes = host.random(16)
		bytes[6] = (bytes[6]! & 0x0f) | 0x40
		bytes[8] = (bytes[8]! & 0x3f) | 0x80
		const hex = Array.from(bytes, byte => byte.toString(16).padStart(2, "0")).join("")
		return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-")
	}
}

const tag = Object.getOwnPropertyDescriptor(Object.getPrototypeOf(Uint8Array.prototype), Symbol.toStringTag)!.get!

function typeOf(view: ArrayBufferView): string {
	return (tag.call(view) as string | undefined) ?? "DataView"
}

let crypto: Crypto | undefined

scopeMembers({
	get crypto(): Crypto {
		return (crypto ??= new Crypto(illegal))
	},
})
expose("Crypto", interfaceOf(Crypto, "Crypto"))
if (host.secure) {
	expose("SubtleCrypto", interfaceOf(SubtleCrypto, "SubtleCrypto"))
	expose("CryptoKey", interfaceOf(CryptoKey, "CryptoKey"))
} else {
	for (const name of ["subtle", "randomUUID"]) Reflect.deleteProperty(Crypto.prototype, name)
}
