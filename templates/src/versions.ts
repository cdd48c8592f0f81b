// Which version a client belongs to. A new version takes over while tabs of
// older ones are open; they keep being served from theirs (one build a page),
// and a navigation moves a tab to the newest. Only exceptions are recorded, so
// in the steady state nothing is written, whatever visitors do.

import { ownClients, updating, worker } from "./here";
import { bodyName, unpack, type Packed, type Table } from "./manifest";
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
export const settle = (): Promise<void> => (settling ??= takeOver());

const takeOver = async (): Promise<void> => {
  const records = await listRecords();
  // In the steady state there are two: the active version, and its manifest.
  untidy = records.length > 2;
  const active: string[] = [];
  for (const [kind, id, of] of records) {
    if (kind == "client") strangers.set(id!, of!);
    if (kind == "active") active.push(id!);
  }
  if (!active.includes(version)) {
    for (const { id } of active[0] ? await ownClients() : []) {
      if (!strangers.has(id)) await assign(id, active[0]!);
    }
    await writeRecord("active/" + version);
    if (!active[0]) await worker.clients.claim(); // the first install of all
  }
  for (const old of active) if (old != version) await dropRecord(["active", old]);
  settled = true;
};

export const assign = (client: string, to: string): Promise<void> => {
  if (to != version) strangers.set(client, to);
  return writeRecord("client/" + client + "/" + to);
};

const tables = new Map<string, Table>();

/** The table of a version; undefined when it is not stored any more. */
export const tableOf = async (wanted: string): Promise<Table | undefined> => {
  if (wanted == version) return current();
  const text = tables.has(wanted) ? "" : await readRecord("version/" + wanted);
  if (text) tables.set(wanted, unpack(JSON.parse(text)));
  return tables.get(wanted);
};

/** Adds the names of a version's bodies to a set. */
export const addNames = async (names: Set<string>, wanted: string): Promise<void> => {
  const table = await tableOf(wanted);
  for (const path of table?.paths() ?? []) names.add(bodyName(table!, path));
};

/**
 * The version of the page that asks, undefined for the current one. Browsers
 * do not say which page a new frame is in: it is the page that its referrer
 * names, the one looked at last if there are several.
 */
export const versionOf = async ({ clientId, request }: FetchEvent): Promise<string | undefined> =>
  strangers.get(
    clientId || (strangers.size && (await ownClients()).find(({ url }) => url.split("#")[0] == request.referrer)?.id) || "",
  );

/**
 * Notes the version of the client that a request creates: a worker inherits
 * that of its page, and a page that loads while an update is under way must
 * be known to the next version as one of this.
 */
export const noteClient = (event: FetchEvent, inherited: string | undefined): void => {
  if (event.resultingClientId && (inherited || updating())) {
    event.waitUntil(assign(event.resultingClientId, inherited ?? version));
  }
};
