// Update policy "prompt": the new version waits until a page says that its
// visitor agrees. The message is the one that Workbox's pages send too.

import { worker } from "./here";

export const takeOverWhenAsked = (): void =>
  worker.addEventListener("message", ({ data }) => {
    if (data?.type == "SKIP_WAITING") void worker.skipWaiting();
  });
