// What must outlive the worker, which a browser may stop between any two
// events: a few keys of one small cache. A record is a name of parts; all of
// them are read in one call when the worker starts.
//
//   active/VERSION          the version that took over last
//   version/VERSION         a version whose bodies are all stored; its text is the packed manifest
//   client/ID/VERSION       a client that does not belong to the active version
//   installing/VERSION/TIME an install that began and has not ended
//   gaps                    some body of a complete version is missing

import { cacheName, keyName, keyURL } from "./here";

// Opened while the worker starts, which spares the first answer that step. If
// someone deletes the cache, this worker goes on with what it has, and the next
// one starts afresh.
const records = caches.open(cacheName("records"));

export const listRecords = async (): Promise<string[][]> =>
  (await (await records).keys()).map((key) => keyName(key).split("/"));

export const writeRecord = async (name: string, text = ""): Promise<void> =>
  (await records).put(keyURL(name), new Response(text));

export const readRecord = async (name: string): Promise<string> =>
  (await (await (await records).match(keyURL(name)))?.text()) ?? "";

export const dropRecord = async (record: string[]): Promise<boolean> => (await records).delete(keyURL(record.join("/")));
