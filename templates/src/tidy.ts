// The purge: after it the caches hold what the current version and the open
// pages of older ones need, and no more.

import { alone, worker } from "./here";
import { bodyName } from "./manifest";
import { dropRecord, listRecords } from "./records";
import { purgeBodies } from "./store";
import { strangers, tableOf, version } from "./versions";

/** How long the bodies of a failed install wait for the next try. */
const patience = 24 * 60 * 60 * 1000;

/** Purges; unless it is `thorough`, what failed installs left may stay for their next try. */
export const tidy = (thorough: boolean): Promise<void> =>
  // An install counts on the bodies it finds, so purging waits until it is over.
  worker.registration.installing || worker.registration.waiting
    ? Promise.resolve()
    : alone(false, async () => {
        const records = await listRecords();
        const needed = new Set([version]);
        let dropped = thorough;
        for (const [kind, id, of] of records) {
          if (kind != "client") continue;
          if (await worker.clients.get(id!)) {
            needed.add(of!);
          } else {
            strangers.delete(id!);
            await dropRecord(kind + "/" + id + "/" + of);
          }
        }
        const waits = ([kind, , since]: string[]) => kind == "installing" && Date.now() - +since! < patience;
        if (!thorough && records.some(waits)) return;
        for (const record of records) {
          if (record[0] == "installing" || (record[0] == "version" && !needed.has(record[1]!))) {
            await dropRecord(record.join("/"));
            dropped = true;
          }
        }
        if (!dropped) return;
        const wanted = new Set<string>();
        for (const one of needed) {
          const table = await tableOf(one);
          for (const path of table?.positions.keys() ?? []) wanted.add(bodyName(table!, path));
        }
        await purgeBodies((name) => !wanted.has(name));
      });
