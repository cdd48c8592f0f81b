// Bodies, each stored once under its name (hash and extension). An update
// downloads only names it has not got, a rename or a rollback none, and two
// versions live side by side. Nothing else knows how bodies are kept.

import { cacheName, keyURL } from "./here";

const store = cacheName("store");

export const getBody = (name: string): Promise<Response | undefined> =>
  caches.match(keyURL(name), { cacheName: store });

export const putBody = async (name: string, response: Response): Promise<void> => {
  // Bodies are found by name alone, so Vary means nothing here, and "*" would
  // make the put fail.
  if (response.headers.get("vary")?.includes("*")) {
    response = new Response(response.body, response);
    response.headers.delete("vary");
  }
  await (await caches.open(store)).put(keyURL(name), response);
};

const nameOf = (request: Request): string => request.url.slice(keyURL("").length);

export const bodyNames = async (): Promise<Set<string>> =>
  new Set((await (await caches.open(store)).keys()).map(nameOf));

/** Deletes every body for which `unwanted` says so. */
export const purgeBodies = async (unwanted: (name: string) => boolean): Promise<void> => {
  const cache = await caches.open(store);
  const keys = await cache.keys();
  await Promise.all(keys.filter((key) => unwanted(nameOf(key))).map((key) => cache.delete(key)));
};
