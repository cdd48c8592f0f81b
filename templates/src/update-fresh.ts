// Update policy "fresh": the new version takes over as soon as it is
// installed. Open tabs keep theirs, see versions.ts.

import { worker } from "./here";

export const takeOverAtOnce = (): Promise<void> => worker.skipWaiting();
