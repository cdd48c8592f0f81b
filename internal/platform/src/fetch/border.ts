/**
 * Requests and responses on their way over the border, as lists of plain
 * values: a list costs a third of the same record's JSON.
 */

import { host, type BodyHandle, type HeaderList, type RequestHandle, type RequestQuery, type RequestRecord, type ResponseHandle, type ResponseList, type ResponseRecord } from "../host"

export function requestToHost(record: RequestRecord): RequestHandle {
	const { method, url, mode, credentials, cache, redirect, referrer, referrerPolicy, integrity, keepalive, destination, isReload, isHistory } = record
	return host.request(
		method,
		url,
		mode,
		credentials,
		cache,
		redirect,
		referrer,
		referrerPolicy,
		integrity,
		keepalive,
		destination,
		isReload ?? false,
		isHistory ?? false,
		...record.headers.flat(),
	)
}

/** As `requestToHost`, of what matters for looking a request up in a cache. */
export function queryToHost({ method, url, headers }: RequestQuery): RequestHandle {
	if (headers.length === 0) return host.request(method, url)
	return host.request(method, url, "", "", "", "", "", "", "", false, "", false, false, ...headers.flat())
}

/** Hands over a response with a body. Of one that Go has, it knows the rest. */
export function responseToHost(record: ResponseRecord, body: BodyHandle | null): ResponseHandle {
	const { id, type, url, redirected, status, statusText, headers } = record
	if (id !== 0) return host.response(id, body)
	return host.response(0, body, type, url, redirected, status, statusText, ...headers.flat())
}

/** The record of a response that Go hands over. */
export function responseRecord(list: ResponseList): ResponseRecord {
	const headers: HeaderList = []
	for (let i = 7; i < list.length; i += 2) headers.push([list[i] as string, list[i + 1] as string])
	return { id: list[0], body: list[1], type: list[2], url: list[3], redirected: list[4], status: list[5], statusText: list[6], headers }
}
