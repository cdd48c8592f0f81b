// Bodies, each stored once under its name (hash and extension). An update
// downloads only names it has not got, a rename or a rollback none, and two
// versions live side by side. Nothing else knows how bodies are kept.

import { cacheName, keyName, keyURL } from "./here";

const store = cacheName("store");

// Opened each time: a page, or another site of the origin, may have deleted it.
const open = () => caches.open(store);

export const getBody = (name: string): Promise<Response | undefined> =>
  caches.match(keyURL(name), { cacheName: store });

export const putBody = async (name: string, response: Response): Promise<void> => {
  // Bodies are found by name alone, so Vary means nothing here, and "*" would
  // make the put fail.
  if (response.headers.get("vary")?.includes("*")) {
    response = new Response(response.body, response);
    response.headers.delete("vary");
  }
  await (await open()).put(keyURL(name), response);
};

export const bodyNames = async (): Promise<Set<string>> =>
  new Set((await (await open()).keys()).map(keyName));

/** Deletes every body for which `unwanted` says so. */
export const purgeBodies = async (unwanted: (name: string) => boolean): Promise<void> => {
  const cache = await open();
  const keys = await cache.keys();
  await Promise.all(keys.filter((key) => unwanted(keyName(key))).map((key) => cache.delete(key)));
};
