/** The method fetch(): https://fetch.spec.whatwg.org/#fetch-method */

import { abortReason, addAbortAlgorithm } from "../abort"
import { callFor, host, scopeName, type ResponseList, type ResponseRecord } from "../host"
import { requireArguments, returnsPromise, scopeMembers } from "../webidl"
import { requestToHost, responseRecord } from "./border"
import { Fate } from "./fate"
import { makeRequest, type RequestState } from "./request"
import { responseFromRecord, type Response } from "./response"

/** A fetch under way. */
export interface Fetching {
	/** How the response's body ends when the fetch is aborted; undefined when nothing can abort it. */
	fate: Fate | undefined
	/** Ends the fetch in Go, for one who does not want its outcome any more. */
	stop(): void
}

/** Fetches a request, whose body is used then. Fails with TypeError for network errors, or with what the fetch is aborted for. */
export function startFetch(
	{ record, body, aborter }: RequestState,
	done: (response: ResponseRecord, fate: Fate | undefined) => void,
	failed: (reason: unknown) => void,
): Fetching {
	const fate = aborter && new Fate()
	if (aborter?.aborted) {
		const reason = abortReason(aborter)
		failed(reason)
		body?.abort(reason)
		return { fate, stop() {} }
	}
	const handle = body && body.leave()
	const answered = (list: ResponseList) => {
		const response = responseRecord(list)
		if (response.type === "error") failed(new TypeError("Failed to fetch"))
		else done(response, fate)
	}
	const call = callFor(answered, failed)
	host.fetch(call, requestToHost(record), handle)
	const stop = () => host.fetchAbort(call)
	if (!fate) return { fate, stop }
	addAbortAlgorithm(aborter, () => {
		const reason = abortReason(aborter)
		stop()
		failed(reason)
		body?.abort(reason)
		fate.fail(reason)
	})
	return { fate, stop }
}

const name = scopeName + ".fetch"

const operations = {
	fetch(input: unknown, init: unknown = undefined): Promise<Response> {
		const given = arguments.length
		return new Promise((resolve, reject) => {
			requireArguments(given, 1, name)
			const request = makeRequest(input, init, name)
			startFetch(request, (record, fate) => resolve(responseFromRecord(record, fate)), reject)
		})
	},
}
returnsPromise(operations.fetch)
scopeMembers(operations)
