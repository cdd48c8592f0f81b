/**
 * Static routes: RouterRule dictionaries, converted, verified, and turned into
 * records that need no JavaScript to be matched.
 * https://w3c.github.io/ServiceWorker/#verify-router-rule-algorithm
 */

import { isForbiddenMethod, isToken, normalizeMethod } from "../fetch/header-list"
import { host } from "../host"
import { urlPattern, type URLPattern } from "../urlpattern"
import { ByteString, dictionary, DOMString, enumeration, failed, isObject, sequence } from "../webidl"
import { optional, required } from "./members"
import type { ConditionRecord, PatternRecord, RouteRecord } from "./outside"
import { patternRecord } from "./pattern"

const what = failed("InstallEvent.addRoutes")
const sources = ["cache", "fetch-event", "network", "race-network-and-fetch-handler"] as const
const statuses = ["running", "not-running"] as const
const modes = ["cors", "navigate", "no-cors", "same-origin"] as const
const destinations = [
	"",
	"audio",
	"audioworklet",
	"document",
	"embed",
	"font",
	"frame",
	"iframe",
	"image",
	"json",
	"manifest",
	"object",
	"paintworklet",
	"report",
	"script",
	"sharedworker",
	"style",
	"track",
	"video",
	"worker",
	"xslt",
] as const

/** The dictionary RouterCondition. */
interface Condition extends Omit<ConditionRecord, "urlPattern" | "or" | "not"> {
	urlPattern?: string | object
	or?: Condition[]
	not?: Condition
}

interface Rule {
	condition: Condition
	source: RouteRecord["source"]
	cacheName: string
}

/** Converts to the dictionary RouterRule. */
export function toRule(value: unknown): Rule {
	const given = dictionary(value, what)
	const condition = required(given.condition, toCondition, "InstallEvent.addRoutes", "condition", "RouterRule")
	return { condition, ...required(given.source, toSource, "InstallEvent.addRoutes", "source", "RouterRule") }
}

/** (RouterSourceDict or RouterSourceEnum). */
function toSource(value: unknown): Pick<Rule, "source" | "cacheName"> {
	if (!isObject(value)) return { source: enumeration(value, sources, "RouterSourceEnum"), cacheName: "" }
	return { source: "cache", cacheName: optional((value as { cacheName?: unknown }).cacheName, DOMString, "") }
}

function toCondition(value: unknown): Condition {
	const given = dictionary(value, what)
	const condition: Condition = {}
	for (const name of conditionNames) {
		if (given[name] !== undefined) Object.assign(condition, { [name]: conditionMembers[name](given[name]) })
	}
	return condition
}

const conditionMembers: { [Name in keyof Condition]-?: (value: unknown) => Condition[Name] } = {
	not: toCondition,
	or: value => sequence(value, toCondition),
	requestDestination: value => enumeration(value, destinations, "RequestDestination"),
	requestMethod: ByteString,
	requestMode: value => enumeration(value, modes, "RequestMode"),
	runningStatus: value => enumeration(value, statuses, "RunningStatus"),
	urlPattern: value => (isObject(value) ? value : DOMString(value)),
}
const conditionNames = Object.keys(conditionMembers) as (keyof Condition)[]

/** "Verify router condition"; TypeError when the rule cannot be. */
export function verify({ condition, source, cacheName }: Rule): RouteRecord {
	return { condition: verified(condition), source, cacheName }
}

function verified(condition: Condition): ConditionRecord {
	const { urlPattern, requestMethod, or, not, ...record } = condition
	if (Object.keys(condition).length === 0) throw new TypeError(`${what}: At least one condition must be set, but no condition has been set to the rule.`)
	if ((or || not) && Object.keys(condition).length > 1) {
		throw new TypeError(`${what}: Cannot set other conditions when the 'or' or 'not' condition is specified.`)
	}
	if (or) return { or: or.map(verified) }
	if (not) return { not: verified(not) }
	if (urlPattern !== undefined) Object.assign(record, { urlPattern: verifiedPattern(urlPattern) })
	if (requestMethod !== undefined) Object.assign(record, { requestMethod: verifiedMethod(requestMethod) })
	return record
}

function verifiedPattern(input: string | object): PatternRecord {
	const URLPattern = urlPattern()
	let pattern: URLPattern
	try {
		pattern = input instanceof URLPattern ? input : new URLPattern(...patternArguments(input))
	} catch (error) {
		throw new TypeError(`${what}: Invalid URL pattern: ${String(error)}`)
	}
	if (pattern.hasRegExpGroups) throw new TypeError(`${what}: regexp groups are not allowed in a URL pattern.`)
	return patternRecord(pattern)
}

/** The base URL of a pattern is the script's, unless it brings its own. */
function patternArguments(input: string | object): [string | object, string?] {
	if (typeof input === "string") return [input, host.location]
	const init = { ...input } as { baseURL?: unknown }
	if (init.baseURL === undefined) init.baseURL = host.location
	return [init]
}

function verifiedMethod(method: string): string {
	if (!isToken(method) || isForbiddenMethod(method)) throw new TypeError(`${what}: '${method}' is not a valid or allowed HTTP method.`)
	return normalizeMethod(method)
}

const maxConditions = 1024
const maxDepth = 10
let conditions = 0

/** "Check router registration limit", which counts the rules of earlier calls too. */
export function countConditions(rules: readonly RouteRecord[]): void {
	const counted = rules.reduce((sum, rule) => sum + count(rule.condition, maxDepth), conditions)
	if (counted >= maxConditions) throw new TypeError(`${what}: The total number of conditions exceeds the limit.`)
	conditions = counted
}

function count({ or, not }: ConditionRecord, depth: number): number {
	if (depth === 0) throw new TypeError(`${what}: Conditions are nested too deeply.`)
	const inner = or ?? (not ? [not] : [])
	return inner.reduce((sum, condition) => sum + count(condition, depth - 1), 1)
}
