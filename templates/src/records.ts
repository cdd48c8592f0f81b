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

const open = () => caches.open(cacheName("records"));

export const listRecords = async (): Promise<string[][]> =>
  (await (await open()).keys()).map((key) => keyName(key).split("/"));

export const writeRecord = async (name: string, text = ""): Promise<void> =>
  (await open()).put(keyURL(name), new Response(text));

export const readRecord = async (name: string): Promise<string> =>
  (await (await (await open()).match(keyURL(name)))?.text()) ?? "";

export const dropRecord = async (record: string[]): Promise<boolean> => (await open()).delete(keyURL(record.join("/")));
