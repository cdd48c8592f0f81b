// Answers from the cache, and asks the network only for what is not there.

import type { Strategy } from "./routes";

export const cacheFirst: Strategy = async (event, shelf) =>
  (await shelf.stored(event.request).catch(() => undefined)) ?? shelf.fetched(event);
