// News for the pages, which the registration script turns into DOM events.

import { ownClients } from "./here";

export interface News {
  type: "progress" | "failed";
  version: string;
  done?: number;
  total?: number;
  reason?: string;
}

export const tell = async (news: News): Promise<void> => {
  for (const client of await ownClients()) client.postMessage({ swgen: news });
};
