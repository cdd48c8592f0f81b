// Precaches what files.js lists, eight at a time, and answers from it.
importScripts("files.js")

addEventListener("install", event => event.waitUntil(install(files)))

async function install(files) {
	const cache = await caches.open("precache")
	const left = [...files]
	await Promise.all(Array.from({ length: 8 }, async () => {
		for (let url; (url = left.pop()); ) {
			const response = await fetch(url, { cache: "no-cache" })
			if (!response.ok) throw new Error(url + ": " + response.status)
			await cache.put(url, response)
		}
	}))
}

addEventListener("fetch", event => {
	event.respondWith(caches.match(event.request).then(kept => kept ?? fetch(event.request)))
})
