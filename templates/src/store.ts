// Bodies, each stored once under its name (hash and extension). An update
// downloads only names it has not got, a rename or a rollback none, and two
// versions live side by side. Nothing else knows how bodies are kept.

import { cacheName, keyName, keyURL } from "./here";

const store = cacheName("store");

export const getBody = (name: string): Promise<Response | undefined> =>
  caches.match(keyURL(name), { cacheName: store });

export const openStore = (): Promise<Cache> => caches.open(store);

/** Stores a body; who stores many opens the store once, which saves a tenth of the time of an install. */
export const putBody = async (
  name: string,
  response: Response,
  cache: Cache | Promise<Cache> = openStore(),
): Promise<void> => {
  // Bodies are found by name alone, so Vary means nothing here, and "*" would
  // make the put fail.
  if (response.headers.get("vary")?.includes("*")) {
    response = new Response(response.body, response);
    response.headers.delete("vary");
  }
  await (await cache).put(keyURL(name), response);
};

export const bodyNames = async (): Promise<Set<string>> =>
  new Set((await (await openStore()).keys()).map(keyName));

/** Deletes every body for which `unwanted` says so. */
export const purgeBodies = async (unwanted: (name: string) => boolean): Promise<void> => {
  const cache = await openStore();
  const keys = await cache.keys();
  await Promise.all(keys.filter((key) => unwanted(keyName(key))).map((key) => cache.delete(key)));
};
