/**
 * Bodies, without their streams as long as nobody looks. A body from Go is a
 * handle, one made by script is the string or the bytes it was made of. A
 * stream is made on access, and given up again when the body is consumed,
 * cloned or handed to Go before anything was read from it.
 */

import { callFor, host, type BodyHandle } from "../host"
import { streams, type ReadableStream } from "../streams"
import { proxy, pump, readAll, spentStream, tee } from "./body-streams"
import { Fate } from "./fate"
import { Feed, feedOf, type Bytes, type Source } from "./feed"

export class Body {
	/** Until a stream is made of it; see `#reclaim`. */
	#source: Source | undefined
	/** What the stream is made of, if this module made it. */
	#feed: Feed | undefined
	#stream: ReadableStream | undefined
	/** Consumed or handed on without a stream. */
	#spent = false
	/** Others have the same bytes. */
	#shared = false
	/** How the body ends early, if it may. */
	fate: Fate | undefined
	/** Stops the stream of script that is on its way to Go. */
	#cancel: ((reason: unknown) => void) | undefined
	/** The standard's source is not null: the body can be sent twice. */
	readonly replayable: boolean

	private constructor(source: Source | undefined, fate: Fate | undefined, replayable: boolean) {
		this.#source = source
		this.fate = fate
		this.replayable = replayable
	}

	/** Bytes must be nobody else's. */
	static of(source: Source, fate?: Fate): Body {
		return new Body(source, fate, true)
	}

	/** Of bytes that nobody will change. */
	static ofShared(bytes: Bytes): Body {
		const body = new Body(bytes, undefined, true)
		body.#shared = true
		return body
	}

	/** The stream must not be disturbed or locked. */
	static ofStream(stream: ReadableStream): Body {
		const feed = feedOf(stream)
		const body = new Body(undefined, feed?.fate, false)
		body.#stream = stream
		body.#feed = feed
		return body
	}

	get stream(): ReadableStream {
		if (this.#stream) return this.#stream
		if (this.#spent) return (this.#stream = spentStream())
		this.#feed = new Feed(this.#source!, this.#shared, this.fate)
		this.#source = undefined
		return (this.#stream = this.#feed.stream)
	}

	/** The stream is disturbed. */
	get used(): boolean {
		return this.#stream ? streams().isDisturbed(this.#stream) : this.#spent
	}

	/** The stream is disturbed or locked: none of the methods may be called then. */
	get unusable(): boolean {
		return this.#stream ? this.#stream.locked || streams().isDisturbed(this.#stream) : this.#spent
	}

	/** Consumes the body: the string that script gave, or bytes that are the caller's. */
	take(done: (data: string | Bytes) => void, failed: (reason: unknown) => void): void {
		const failure = this.fate?.failure
		if (failure) return failed(failure.reason)
		const source = this.#reclaim()
		if (source === undefined) return readAll(this.#stream!, done, failed)
		if (typeof source === "string") return done(source)
		if (typeof source !== "number") return done(this.#shared ? source.slice() : source)
		const ready = host.bodyTake(source) as Bytes | undefined
		if (ready) return done(ready)
		this.fate?.watch(failed)
		host.bodyAll(callFor(done, failed), source)
	}

	/** "Clone a body". */
	clone(): Body {
		const source = this.#reclaim()
		const body = new Body(source, this.fate, this.replayable)
		if (source === undefined) {
			;[this.#stream, body.#stream] = tee(this.#stream!)
			return body
		}
		this.#source = source
		this.#stream = undefined
		this.#feed = undefined
		this.#spent = false
		if (typeof source !== "number") this.#shared = body.#shared = true
		else if (!this.fate?.failure) body.#source = host.bodyTee(source)
		return body
	}

	/** "Create a proxy": a body that takes over all that this one has. */
	move(): Body {
		const source = this.#reclaim()
		const body = new Body(source, this.fate, this.replayable)
		if (source === undefined) body.#stream = proxy(this.#stream!)
		body.#shared = this.#shared
		return body
	}

	/** Hands the body to Go. What ends it early there ends `fate`. */
	leave(): BodyHandle {
		const source = this.#reclaim()
		if (typeof source === "number") return source
		if (source !== undefined) return host.bodyFromBytes(typeof source === "string" ? host.utf8Encode(source) : source)
		const fate = (this.fate ??= new Fate())
		const { handle, cancel } = pump(this.#stream!, reason => fate.fail(reason))
		this.#cancel = cancel
		return handle
	}

	/** Nobody wants the body any more; one that cannot be used stays as it is. */
	discard(): void {
		if (this.unusable) return
		const source = this.#reclaim()
		if (typeof source === "number") host.bodyCancel(source)
		else if (source === undefined) this.#stream!.cancel().catch(() => {})
	}

	/** Tells the stream of script, which may be on its way to Go, that nobody wants it. */
	abort(reason: unknown): void {
		if (this.#cancel) this.#cancel(reason)
		else if (this.#stream && !this.#stream.locked) this.#stream.cancel(reason).catch(() => {})
	}

	/** The source, if nothing was read; the body counts as read then. Undefined when only the stream can tell. */
	#reclaim(): Source | undefined {
		if (this.#feed) {
			this.#shared ||= this.#feed.shared
			return this.#feed.reclaim()
		}
		const source = this.#source
		this.#source = undefined
		this.#spent = true
		return source
	}
}
