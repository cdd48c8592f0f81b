// A worker as authors write it for Serwist.
import {
  BackgroundSyncPlugin,
  BroadcastUpdatePlugin,
  CacheFirst,
  CacheOnly,
  CacheableResponsePlugin,
  ExpirationPlugin,
  NetworkFirst,
  NetworkOnly,
  RangeRequestsPlugin,
  Serwist,
  StaleWhileRevalidate,
} from "serwist";

const ends = suffix => ({ url }) => url.pathname.endsWith(suffix);

const serwist = new Serwist({
  precacheEntries: self.__SW_MANIFEST,
  precacheOptions: { cleanupOutdatedCaches: true, concurrency: 4 },
  skipWaiting: IMMEDIATELY,
  clientsClaim: IMMEDIATELY,
  navigationPreload: true,
  // Answered by the browser, without this worker.
  requestRules: { condition: { urlPattern: new URL("api/*", self.location).href, requestMethod: "get" }, source: "network" },
  fallbacks: { entries: [{ url: "offline.html", matcher: ({ request }) => request.destination === "document" }] },
  runtimeCaching: [
    { matcher: ({ request }) => request.mode === "navigate", handler: new NetworkFirst({ cacheName: "pages" }) },
    {
      matcher: ({ url }) => url.search === "?kept",
      handler: new CacheOnly({ cacheName: "images", matchOptions: { ignoreSearch: true } }),
    },
    {
      matcher: ends(".svg"),
      handler: new CacheFirst({
        cacheName: "images",
        plugins: [new CacheableResponsePlugin({ statuses: [0, 200] }), new ExpirationPlugin({ maxEntries: 2, maxAgeSeconds: 3600 })],
      }),
    },
    { matcher: ends(".wav"), handler: new CacheFirst({ cacheName: "media", plugins: [new RangeRequestsPlugin()] }) },
    { matcher: ends("/data.json"), handler: new NetworkFirst({ cacheName: "data", networkTimeoutSeconds: 1 }) },
    { matcher: ends("/news.json"), handler: new StaleWhileRevalidate({ cacheName: "news", plugins: [new BroadcastUpdatePlugin()] }) },
    {
      matcher: ends("/api/report"),
      method: "POST",
      handler: new NetworkOnly({ plugins: [new BackgroundSyncPlugin("reports", { maxRetentionTime: 60 })] }),
    },
  ],
});
serwist.addEventListeners();
