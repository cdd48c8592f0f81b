// Answers from the cache and never asks the network.

import type { Strategy } from "./routes";

export const cacheOnly: Strategy = async (event, shelf) =>
  (await shelf.stored(event.request).catch(() => undefined)) ?? Response.error();
