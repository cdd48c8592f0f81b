// The smallest honest precaching worker: a cache per version, filled at install, served by URL, purged at activation.
const VERSION = "%VERSION%";
const FILES = ["./", "app.js", "module.mjs", "style.css", "pic.svg"];

console.log("hello from " + VERSION);

addEventListener("install", event => {
	skipWaiting();
	event.waitUntil(caches.open(VERSION).then(cache => cache.addAll(FILES)));
});

addEventListener("activate", event => {
	event.waitUntil((async () => {
		for (const name of await caches.keys()) if (name !== VERSION) await caches.delete(name);
		await clients.claim();
	})());
});

addEventListener("message", event => {
	console.error("told to fail");
	throw new Error("as told: " + event.data);
});

addEventListener("fetch", event => {
	event.respondWith(caches.match(event.request).then(hit => hit ?? fetch(event.request)));
});
