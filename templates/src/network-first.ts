// Asks the network, and answers from the cache when it is down, failing or
// slower than the timeout. A late answer is stored all the same.

import type { Strategy } from "./routes";
import { failed } from "./shelf";

export const networkFirst: Strategy = async (event, shelf) => {
  const fetched = shelf.fetched(event);
  event.waitUntil(fetched);
  const stored = async () => shelf.stored(event.request).catch(() => undefined);
  if (shelf.timeout) {
    const late = new Promise<undefined>((done) => setTimeout(done, shelf.timeout));
    const early = await Promise.race([fetched, late]);
    if (early && !failed(early)) return early;
  } else if (!failed(await fetched)) {
    return fetched;
  }
  return (await stored()) ?? fetched;
};
