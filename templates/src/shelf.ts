// The cache of a route: what may go in, what comes out, and how much stays.

import { cacheName, ownCaches } from "./here";
import { isQuota, type MakeRoom } from "./install";

export interface ShelfOptions {
  cache?: string;
  /** network-first waits this long, in ms */
  timeout?: number;
  /** the oldest responses beyond this number go */
  maxEntries?: number;
  /** in ms */
  maxAge?: number;
  /** keep responses that nobody can look into */
  opaque?: boolean;
  ignoreQuery?: boolean;
}

export interface Shelf {
  timeout: number;
  /** The stored response that may answer, if there is one. */
  stored(request: Request): Promise<Response | undefined>;
  /**
   * The network's answer; an error response instead of an exception. What may
   * be kept is stored before the event ends, whether or not anyone waits.
   */
  fetched(event: FetchEvent): Promise<Response>;
}

/** When a response was stored; on its request, because a response must stay as it was fetched. */
const storedAt = "x-swgen-stored-at";

export const shelf = ({ cache = "", timeout = 0, maxEntries, maxAge, opaque, ignoreQuery }: ShelfOptions): Shelf => {
  const name = cacheName("route " + cache);
  const keyOf = (request: Request): string => {
    const url = new URL(request.url);
    if (ignoreQuery) url.search = "";
    url.hash = "";
    return url.href;
  };
  const isOld = (key: Request): boolean => Date.now() - +(key.headers.get(storedAt) ?? 0) > maxAge!;

  const store = async (request: Request, response: Response): Promise<void> => {
    const shelved = await caches.open(name);
    const key = new Request(keyOf(request), { headers: { [storedAt]: "" + Date.now() } });
    await shelved.put(key, response);
    if (!maxEntries && !maxAge) return;
    const age = (one: Request): number => +(one.headers.get(storedAt) ?? 0);
    const keys = [...(await shelved.keys())].sort((a, b) => age(b) - age(a));
    await Promise.all(
      keys.filter((one, i) => (maxEntries && i >= maxEntries) || (maxAge && isOld(one))).map((one) => shelved.delete(one)),
    );
  };

  return {
    timeout,
    stored: async (request) => {
      const shelved = await caches.open(name);
      const key = keyOf(request);
      if (maxAge) {
        const [found] = await shelved.keys(key, { ignoreVary: true });
        if (found && isOld(found)) return undefined;
      }
      const response = await shelved.match(key, { ignoreVary: true });
      // Browsers refuse a redirected response as the answer to a navigation.
      return response?.redirected ? new Response(response.body, response) : response;
    },
    fetched: async (event) => {
      const { request } = event;
      const response = await fetch(request).catch(() => Response.error());
      const keep =
        (response.status == 200 || (opaque && response.type == "opaque")) &&
        !/no-store|private/i.test(response.headers.get("cache-control") ?? "") &&
        !/\*/.test(response.headers.get("vary") ?? "") &&
        !request.headers.has("authorization") &&
        !request.headers.has("range") &&
        request.cache != "no-store";
      // A full or missing cache costs nobody the answer.
      if (keep) event.waitUntil(store(request, response.clone()).catch(() => {}));
      return response;
    },
  };
};

/** What routes have cached gives way to the site itself when storage is full. */
export const emptyShelves: MakeRoom = async (error) => {
  if (!isQuota(error)) throw error;
  return Promise.all((await ownCaches("route ")).map((name) => caches.delete(name)));
};

/** Whether the server itself failed; its other answers, a 404 too, are answers. */
export const failed = (response: Response): boolean => response.type == "error" || response.status >= 500;
