// The way out: a worker that removes swgen from a visitor's browser. It has no
// fetch handler, so it answers nothing even while it is there.

import { ownCaches, ownClients, worker } from "./here";

worker.addEventListener("install", () => void worker.skipWaiting());

worker.addEventListener("activate", (event) =>
  event.waitUntil(
    (async () => {
      const names = await ownCaches();
      await Promise.all(names.map((name) => caches.delete(name)));
      await worker.registration.unregister();
      // Pages that a worker of ours answered are loaded again, without it; only
      // then, or a page that registers this worker would reload for ever.
      if (!names.length) return;
      for (const client of await ownClients()) {
        if (client instanceof WindowClient) await client.navigate(client.url).catch(() => {});
      }
    })(),
  ),
);
