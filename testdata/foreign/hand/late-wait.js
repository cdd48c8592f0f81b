// A bug that is often made: waitUntil is called after an await, when the event
// is over. The first call throws, the files after it are never asked for, and
// the install counts as a success.
const CACHE = "norn-EDITION";

self.addEventListener("install", async event => {
  const cache = await caches.open(CACHE);
  for (const file of ["img/dot.svg", "./", "about/", "app.js", "style.css"]) {
    event.waitUntil(cache.add(file));
  }
});

self.addEventListener("fetch", event => {
  event.respondWith(caches.match(event.request).then(cached => cached ?? fetch(event.request)));
});
