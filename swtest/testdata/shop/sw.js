// The worker of a small shop: its shell is precached, pages are asked for
// first and kept for later, and there is a page for everything else.
const shell = "shell-1", pages = "pages"

addEventListener("install", event => {
	event.waitUntil(caches.open(shell).then(cache => cache.addAll(["./", "style.css", "offline.html"])))
})

addEventListener("activate", event => {
	event.waitUntil(caches.keys().then(names => Promise.all(
		names.filter(name => name !== shell && name !== pages).map(name => caches.delete(name)))))
})

addEventListener("fetch", event => {
	const { request } = event
	if (request.method !== "GET") return
	event.respondWith(request.mode === "navigate" ? page(event) : caches.match(request).then(kept => kept ?? fetch(request)))
})

async function page(event) {
	try {
		const response = await fetch(event.request)
		if (response.ok) {
			const copy = response.clone()
			event.waitUntil(caches.open(pages).then(cache => cache.put(event.request, copy)))
		}
		return response
	} catch {
		return await caches.match(event.request) ?? await caches.match("offline.html")
	}
}
