/** How bodies of one origin end early: all those of a fetch that is aborted, or of a stream that fails. */
export class Fate {
	failure: { reason: unknown } | undefined
	#watchers = new Set<(reason: unknown) => void>()

	fail(reason: unknown): void {
		if (this.failure) return
		this.failure = { reason }
		for (const watcher of this.#watchers) watcher(reason)
		this.#watchers.clear()
	}

	watch(watcher: (reason: unknown) => void): void {
		if (this.failure) watcher(this.failure.reason)
		else this.#watchers.add(watcher)
	}
}
