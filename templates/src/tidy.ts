// The purge: after it the caches hold what the current version and the open
// pages of older ones need, and no more.

import { alone, updating, worker } from "./here";
import { dropRecord, listRecords } from "./records";
import { purgeBodies } from "./store";
import { addNames, strangers, version } from "./versions";

/** How long the bodies of a failed install wait for the next try. */
const patience = 24 * 60 * 60 * 1000;

/** Purges; unless it is `thorough`, what failed installs left may stay for their next try. */
export const tidy = async (thorough: boolean): Promise<void> => {
  // An install counts on the bodies it finds, so purging waits until it is over.
  if (updating()) return;
  await alone(false, async () => {
    const records = await listRecords();
    // Versions and clients in use; records about neither have no id.
    const used = new Set<string | undefined>([version, undefined]);
    let dropped = thorough;
    for (const [kind, id, of] of records) {
      // A failed install waits for its next try, unless a newer one succeeded.
      if (kind == "installing" && !thorough && Date.now() - +of! < patience) return;
      if (kind == "client" && (await worker.clients.get(id!))) used.add(id!).add(of!);
    }
    for (const record of records) {
      const [, id] = record;
      if (!used.has(id)) {
        strangers.delete(id!);
        await dropRecord(record);
        dropped = true;
      }
    }
    if (!dropped) return;
    const wanted = new Set<string>();
    for (const one of used) await addNames(wanted, one!);
    await purgeBodies((name) => !wanted.has(name));
  });
};
