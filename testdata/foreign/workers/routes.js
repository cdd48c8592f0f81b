// What the hand-written Workbox worker answers at run time. It is a module of
// its own so that the module worker has something to import.
import { CacheableResponsePlugin } from "workbox-cacheable-response";
import { ExpirationPlugin } from "workbox-expiration";
import { matchPrecache, PrecacheFallbackPlugin } from "workbox-precaching";
import { RangeRequestsPlugin } from "workbox-range-requests";
import { NavigationRoute, registerRoute } from "workbox-routing";
import { CacheFirst, NetworkFirst, StaleWhileRevalidate } from "workbox-strategies";
import { strategy as streamed } from "workbox-streams";

const ends = suffix => ({ url }) => url.pathname.endsWith(suffix);

export function route() {
  registerRoute(new NavigationRoute(new NetworkFirst({
    cacheName: "pages",
    plugins: [new PrecacheFallbackPlugin({ fallbackURL: "offline.html" })],
  }), { denylist: [/\/composed$/] }));

  // A page made of two parts, one kept and one asked for, sent as it comes in.
  registerRoute(ends("/composed"), streamed([
    () => "<!doctype html><title>Composed</title>",
    () => matchPrecache("about/index.html"),
    ({ event }) => new StaleWhileRevalidate({ cacheName: "parts" }).handle({ event, request: new Request("data.json") }),
    () => new Response("<p>the end</p>"),
  ], { "content-type": "text/html" }));

  registerRoute(({ request }) => request.destination === "image" || request.url.endsWith(".svg"), new CacheFirst({
    cacheName: "images",
    plugins: [new CacheableResponsePlugin({ statuses: [200] }), new ExpirationPlugin({ maxEntries: 2, purgeOnQuotaError: true })],
  }));
  registerRoute(ends(".wav"), new CacheFirst({ cacheName: "media", plugins: [new RangeRequestsPlugin()] }));
}
