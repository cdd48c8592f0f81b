// Answers from the cache at once, and brings the cache up to date from the
// network for the next time.

import type { Strategy } from "./routes";

export const staleWhileRevalidate: Strategy = async (event, shelf) => {
  const fetched = shelf.fetched(event);
  event.waitUntil(fetched);
  return (await shelf.stored(event.request).catch(() => undefined)) ?? fetched;
};
