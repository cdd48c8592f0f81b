// The install: every critical body is stored, or the version does not become
// one. What is stored already, under whatever URL, is not asked for again, and
// what an install that failed has stored serves the next one.

import { alone } from "./here";
import { download, isStrict } from "./download";
import { bodyName, hasFlag, isPage, type Table } from "./manifest";
import { dropRecord, listRecords, writeRecord } from "./records";
import { bodyNames, purgeBodies, putBody } from "./store";
import { tell } from "./tell";
import { addNames, current, version } from "./versions";

/** Makes room after an error that means a full storage, and throws any other. */
export type MakeRoom = (error: unknown) => Promise<unknown>;

export const install = (makeRoom?: MakeRoom): Promise<void> =>
  alone(true, async () => {
    try {
      await fill(current(), makeRoom);
    } catch (error) {
      await tell({ type: "failed", version, reason: "" + error });
      throw error;
    }
  });

const fill = async (table: Table, makeRoom?: MakeRoom): Promise<void> => {
  const jobs = missing(table, await storedNames().catch(bodyNames));
  if (jobs.length) await writeRecord("installing/" + version + "/" + Date.now());
  let done = 0;
  let gaps = false;
  let told = 0;
  let problem: unknown;
  const queue = jobs.values();
  const work = async () => {
    for (const path of queue) {
      try {
        const store = async () => putBody(bodyName(table, path), await download(table, path));
        await store().catch(makeRoom && ((error) => makeRoom(error).then(store)));
      } catch (error) {
        gaps = true;
        if (!isOptional(table, path)) {
          problem ??= error;
          for (const _ of queue); // the other downloads end with the one they are at
        }
      }
      done++;
      if (Date.now() - told > 100) {
        told = Date.now();
        void tell({ type: "progress", version, done, total: jobs.length });
      }
    }
  };
  // Chromium lets an installing worker have 3 requests in flight, others 6.
  await Promise.all([1, 2, 3, 4, 5, 6].map(work));
  if (problem) {
    // What does not fit now will not fit on the next try: leave no litter.
    const names = new Set(jobs.map((path) => bodyName(table, path)));
    if (isQuota(problem)) await purgeBodies((name) => names.has(name));
    throw problem;
  }
  await writeRecord("version/" + version, JSON.stringify(table.packed));
  for (const record of await listRecords()) if (isMark(record)) await dropRecord(record);
  if (gaps) await writeRecord("gaps");
  await tell({ type: "progress", version, done, total: jobs.length });
};

/** Whether a record says that the store may not be what the versions tell. */
const isMark = ([kind]: string[]): boolean => /^[ig]/.test(kind!); // installing, gaps

/**
 * The names of the stored bodies. The manifests of complete versions tell
 * them (3 times faster than the cache's own list, measured at 1,000 entries),
 * unless a mark forbids it.
 */
const storedNames = async (): Promise<Set<string>> => {
  const names = new Set<string>();
  for (const record of await listRecords()) {
    if (isMark(record)) return bodyNames();
    if (record[0] == "version") await addNames(names, record[1]!);
  }
  return names;
};

/** One path for each body to download, the most important first. */
const missing = (table: Table, stored: Set<string>): string[] => {
  const ranks: string[][] = [[], [], [], [], []];
  for (const path of table.paths()) {
    const name = bodyName(table, path);
    if (!stored.has(name)) {
      stored.add(name);
      ranks[isOptional(table, path) ? 4 : !path ? 0 : isStrict(path) ? 1 : isPage(path) || hasFlag(table, path, 4) ? 2 : 3]!.push(path);
    }
  }
  return ranks.flat();
};

const isOptional = (table: Table, path: string): number => hasFlag(table, path, 1);

export const isQuota = (error: unknown): boolean => (error as Error).name == "QuotaExceededError";
