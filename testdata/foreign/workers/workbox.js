// A worker as authors write it for Workbox's injectManifest.
import { clientsClaim } from "workbox-core";
import * as navigationPreload from "workbox-navigation-preload";
import { cleanupOutdatedCaches, precacheAndRoute } from "workbox-precaching";
import { warmStrategyCache } from "workbox-recipes";
import { setCatchHandler, setDefaultHandler } from "workbox-routing";
import { NetworkOnly, StaleWhileRevalidate } from "workbox-strategies";
import { route } from "./routes.js";

precacheAndRoute(self.__WB_MANIFEST);
cleanupOutdatedCaches();
navigationPreload.enable();
route();
warmStrategyCache({ urls: ["news.json"], strategy: new StaleWhileRevalidate({ cacheName: "warm" }) });

setDefaultHandler(new NetworkOnly());
setCatchHandler(async ({ request }) => (await caches.match(request)) ?? Response.error());

if (IMMEDIATELY) {
  self.skipWaiting();
  clientsClaim();
}
self.addEventListener("message", event => {
  if (event.data?.type === "SKIP_WAITING") event.waitUntil(self.skipWaiting());
});
