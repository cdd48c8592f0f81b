// A bug that is often made: respondWith is called after an await, when the
// event is over. It throws, and the browser has long asked the network itself.
const CACHE = "norn-EDITION";

self.addEventListener("install", event => {
  self.skipWaiting();
  event.waitUntil(caches.open(CACHE).then(cache => cache.addAll(["./", "about/", "app.js", "style.css"])));
});

self.addEventListener("activate", event => {
  event.waitUntil(self.clients.claim());
});

self.addEventListener("fetch", async event => {
  const cached = await caches.match(event.request);
  if (cached) event.respondWith(cached);
});
