// Which version a client belongs to. A new version takes over while tabs of
// older ones are open; they keep being served from theirs (one build a page),
// and a navigation moves a tab to the newest. Only exceptions are recorded, so
// in the steady state nothing is written, whatever visitors do.

import { ownClients, worker } from "./here";
import { unpack, type Packed, type Table } from "./manifest";
import { dropRecord, listRecords, readRecord, writeRecord } from "./records";

declare const MANIFEST: Packed;

export const version = MANIFEST.v;

let table: Table | undefined;

/** The table of this worker's own version. */
export const current = (): Table => (table ??= unpack(MANIFEST));

/** Clients of other versions, by client id. */
export const strangers = new Map<string, string>();

let settling: Promise<void> | undefined;
let settled = false;
/** Whether there may be something to tidy up. */
export let untidy = false;

/** Whether it is certain that every client belongs to this version. */
export const onlyCurrent = (): boolean => settled && !strangers.size;

/**
 * Reads the records, and takes over from the version before when that has not
 * happened: the activate event does it, but a worker may be stopped in it.
 */
export const settle = (): Promise<void> =>
  (settling ??= takeOver().catch((error) => {
    settling = undefined;
    throw error;
  }));

const takeOver = async (): Promise<void> => {
  const before: string[] = [];
  let mine = false;
  for (const [kind, id, of] of await listRecords()) {
    if (kind == "client") strangers.set(id!, of!);
    if (kind == "active" && id != version) before.push(id!);
    if (kind == "active" && id == version) mine = true;
    if (kind != "active" && !(kind == "version" && id == version)) untidy = true;
  }
  if (!mine) {
    if (before[0]) {
      const clients = (await ownClients()).filter(({ id }) => !strangers.has(id));
      await Promise.all(clients.map(({ id }) => assign(id, before[0]!)));
    }
    await writeRecord("active/" + version);
  }
  await Promise.all(before.map((old) => dropRecord("active/" + old)));
  settled = true;
  if (!before.length && !mine) await worker.clients.claim(); // the first install of all
};

export const assign = (client: string, to: string): Promise<void> => {
  if (to != version) strangers.set(client, to);
  return writeRecord("client/" + client + "/" + to);
};

const tables = new Map<string, Promise<Table | undefined>>();

/** The table of a version; undefined when it is not stored any more. */
export const tableOf = (wanted: string): Promise<Table | undefined> => {
  if (wanted == version) return Promise.resolve(current());
  let found = tables.get(wanted);
  if (!found) {
    found = readRecord("version/" + wanted).then((text) => (text ? unpack(JSON.parse(text)) : undefined));
    tables.set(wanted, found);
  }
  return found;
};

/**
 * Notes the version of the client that a request creates: a worker inherits
 * that of its page, and a page that loads while an update is under way must
 * be known to the next version as one of this.
 */
export const noteClient = (event: FetchEvent, inherited: string | undefined): void => {
  const { installing, waiting } = worker.registration;
  if (event.resultingClientId && (inherited || installing || waiting)) {
    event.waitUntil(assign(event.resultingClientId, inherited ?? version));
  }
};
