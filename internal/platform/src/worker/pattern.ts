/**
 * The components of a URL pattern as regular expressions that need no
 * JavaScript. Knows the normalized pattern strings of the URL Pattern standard,
 * without regexp groups. https://urlpattern.spec.whatwg.org/#parsing-pattern-strings
 */

import type { URLPattern } from "../urlpattern"
import type { PatternRecord } from "./outside"

const components = ["protocol", "username", "password", "hostname", "port", "pathname", "search", "hash"] as const

/** How a component is cut into segments, and what belongs to the group that follows it. */
interface Syntax {
	segment: string
	prefix: string
}

const plain: Syntax = { segment: ".+", prefix: "" }
const host: Syntax = { segment: "[^.]+", prefix: "" }
const path: Syntax = { segment: "[^/]+", prefix: "/" }

export function patternRecord(pattern: URLPattern): PatternRecord {
	const strings = pattern as unknown as PatternRecord
	const syntaxOf = (name: string) => (name === "pathname" ? path : name === "hostname" ? host : plain)
	return Object.fromEntries(components.map(name => [name, `^${regExpOf(strings[name], syntaxOf(name))}$`])) as unknown as PatternRecord
}

/** One part of a pattern string: an escaped character, a group in braces, a name, a wildcard, any other character; then a modifier. */
const token = /\\([\s\S])|\{((?:\\[\s\S]|[^{}\\])*)\}([?*+]?)|(?::[\p{ID_Start}$_][\p{ID_Continue}$\u200c\u200d]*|\*)([?*+]?)|([\s\S])/gu

function regExpOf(pattern: string, syntax: Syntax): string {
	let out = ""
	let prefix = "" // of the next group, if there is one
	for (const [text, escaped, braced, bracedModifier, modifier, character] of pattern.matchAll(token)) {
		const isPrefix = character !== undefined && character === syntax.prefix
		if (modifier === undefined) {
			out += quote(prefix)
			prefix = isPrefix ? character : ""
		}
		if (isPrefix) continue
		if (escaped !== undefined) out += quote(escaped)
		else if (character !== undefined) out += quote(character)
		else if (braced !== undefined) out += bracedRegExp(braced, bracedModifier!, syntax)
		else {
			out += modified(quote(prefix) + variable(text, syntax), modifier!)
			prefix = ""
		}
	}
	return out + quote(prefix)
}

/** {prefix NAME suffix}: explicit braces have no implied prefix. */
function bracedRegExp(braced: string, modifier: string, syntax: Syntax): string {
	for (const match of braced.matchAll(token)) {
		if (match[4] === undefined) continue
		const before = regExpOf(braced.slice(0, match.index), plain)
		const after = regExpOf(braced.slice(match.index + match[0].length), plain)
		return modified(before + variable(match[0], syntax) + after, modifier)
	}
	return modified(regExpOf(braced, plain), modifier)
}

/** What a wildcard or a name stands for. */
function variable(text: string, syntax: Syntax): string {
	return text.startsWith("*") ? ".*" : syntax.segment
}

function modified(regExp: string, modifier: string): string {
	return modifier === "" ? regExp : `(?:${regExp})${modifier}`
}

function quote(text: string): string {
	return text.replace(/[.+*?^${}()[\]|/\\]/g, "\\$&")
}
