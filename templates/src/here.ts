// Where this worker is: its scope, the root of its site, and the names of the
// caches that are its own. Sites share origins, so every name carries the
// scope; a space ends it, because no URL path holds one.

export const worker = self as unknown as ServiceWorkerGlobalScope;

/** The root of the site. `ROOT` is its place relative to the worker's file. */
declare const ROOT: string;
export const home = new URL(ROOT, location as unknown as string);

const prefix = "swgen:" + new URL(worker.registration.scope).pathname + " ";

export const cacheName = (name: string): string => prefix + name;

/** The names of the caches of this scope that start with `name`. */
export const ownCaches = async (name = ""): Promise<string[]> =>
  (await caches.keys()).filter((key) => key.startsWith(prefix + name));

/** The URL under which something is kept in a cache of ours; nothing is ever asked for there. */
export const keyURL = (name: string): string => home + ".swgen/" + name;

/** The name under which keyURL made a request's URL. */
export const keyName = ({ url }: Request): string => url.slice(keyURL("").length);

export const sleep = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms));

/**
 * The path of a URL as the manifest writes it: relative to the site's root,
 * without query; undefined on another origin or outside the root.
 */
export const sitePath = (url: URL): string | undefined =>
  url.origin == home.origin && url.pathname.startsWith(home.pathname)
    ? url.pathname.slice(home.pathname.length)
    : undefined;

/**
 * The clients of this scope: pages that other workers of the origin control
 * are not ours. A blob's worker or a frame of text could be anyone's.
 */
export const ownClients = async (): Promise<readonly Client[]> =>
  (await worker.clients.matchAll({ includeUncontrolled: true, type: "all" })).filter(
    ({ url }) => !/^http/.test(url) || url.startsWith(worker.registration.scope),
  );

/** Whether another version is on its way. */
export const updating = (): boolean => !!(worker.registration.installing ?? worker.registration.waiting);

/**
 * Runs work while no other worker of this scope is at the same; when `wait` is
 * false it gives up instead of waiting. A worker that is stopped lets go.
 */
export const alone = async (wait: boolean, work: () => Promise<void>): Promise<void> =>
  navigator.locks.request(prefix, { ifAvailable: !wait }, (lock) => (lock ? work() : undefined));
