// What a page does for the commands of a scenario. It is evaluated anew for
// each command; what has to last is kept in self.transcript.
(() => {
	const container = navigator.serviceWorker
	const path = url => url.startsWith(location.origin) ? url.slice(location.origin.length) : url
	const describe = worker => worker ? `${path(worker.scriptURL)} ${worker.state}` : ""
	const nameOf = error => error?.name ?? typeof error

	// find is the registration of a URL below its scope. It is not
	// getRegistration(), for which Chromium prefers those that are installed.
	const find = async (url = "") => {
		const { href } = new URL(url, location)
		const all = await container.getRegistrations()
		return all.filter(r => href.startsWith(r.scope)).sort((a, b) => b.scope.length - a.scope.length)[0]
	}
	const registration = async scope => {
		const found = await find(scope)
		if (!found) throw { name: "no registration" }
		return found
	}
	const settled = r => !r?.installing && r?.active?.state !== "activating"

	// worker finds "active", "waiting", "installing", "controller", or one of
	// another scope: "active@/docs/".
	const worker = async which => {
		const [role, scope] = which.split("@")
		const found = role === "controller" ? container.controller : (await registration(scope))[role]
		if (!found) throw { name: `no ${role} worker` }
		return found
	}

	const response = async r => {
		let body = "", failed = ""
		try {
			for (const byte of new Uint8Array(await r.arrayBuffer())) body += String.fromCharCode(byte)
		} catch (error) {
			failed = nameOf(error)
		}
		return {
			status: r.status, statusText: r.statusText, type: r.type, redirected: r.redirected, url: r.url,
			headers: [...r.headers], body, failed,
		}
	}

	const listen = async () => {
		if (self.transcript) return
		const heard = self.transcript = []
		container.addEventListener("message", e => heard.push(
			`message ${JSON.stringify(e.data)} from ${describe(e.source)} ports=${e.ports.length} origin=${path(e.origin) === "" ? "same" : e.origin}`))
		container.addEventListener("messageerror", () => heard.push("messageerror"))
		container.addEventListener("controllerchange", () => heard.push(`controllerchange ${describe(container.controller)}`))
		const follow = w => w?.addEventListener("statechange", () => heard.push(`statechange ${describe(w)}`))
		for (const r of await container.getRegistrations()) {
			r.addEventListener("updatefound", () => {
				heard.push(`updatefound ${describe(r.installing)}`)
				follow(r.installing)
			})
			for (const w of [r.installing, r.waiting, r.active]) follow(w)
		}
	}

	const commands = {
		get: async (url, options) => response(await fetch(url, options)),
		register: async (script, options) => path((await container.register(script, options)).scope),
		update: async scope => void await (await registration(scope)).update(),
		unregister: async scope => (await registration(scope)).unregister(),
		post: async (which, message) => (await worker(which)).postMessage(message),
		ask: async (which, message) => {
			const { port1, port2 } = new MessageChannel()
			const target = await worker(which)
			return new Promise(resolve => {
				port1.onmessage = event => resolve(event.data)
				target.postMessage(message, [port2])
			})
		},
		listen,
		heard: async count => self.transcript.length < count ? null : self.transcript.splice(0),
		left: async () => self.transcript?.splice(0) ?? [],
		controller: async () => describe(container.controller),
		// how the workers of a registration are: a state that "wait" waits for
		is: async (state, scope) => {
			const r = await find(scope)
			switch (state) {
				case "settled": return settled(r)
				case "activated": return Boolean(settled(r) && r?.active && !r.waiting)
				case "waiting": return Boolean(r?.waiting)
				case "installing": return Boolean(r?.installing)
				case "controlled": return Boolean(container.controller)
				case "gone": return !r
			}
			throw { name: `no such state: ${state}` }
		},
		rest: async () => {
			const all = await container.getRegistrations()
			return { settled: all.every(settled), waiting: all.some(r => r.waiting) }
		},
		registrations: async () => (await container.getRegistrations()).map(r => ({
			scope: path(r.scope), installing: describe(r.installing), waiting: describe(r.waiting), active: describe(r.active),
		})),
		caches: async () => {
			const all = []
			for (const name of await caches.keys()) {
				const cache = await caches.open(name)
				const entries = []
				for (const request of await cache.keys()) {
					const found = await cache.match(request)
					entries.push({ method: request.method, request: request.url, ...await response(found ?? Response.error()) })
				}
				all.push({ name, entries })
			}
			return all
		},
	}

	return async (command, ...args) => {
		try {
			const value = await (typeof command === "function" ? command() : commands[command](...args))
			return JSON.stringify({ value: value === undefined ? null : value, undefined: value === undefined })
		} catch (error) {
			return JSON.stringify({ error: nameOf(error) })
		}
	}
})()
