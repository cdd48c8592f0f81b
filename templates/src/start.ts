// The worker's three events. A handler that throws, finds nothing or has no
// cache leaves the request to the network: never worse than no worker.

import { worker } from "./here";
import { install, type MakeRoom } from "./install";
import { tidy } from "./tidy";
import { settle } from "./versions";

/** Answers a request, or leaves it: at once with undefined, or later with a promise of undefined. */
export type Handler = (event: FetchEvent, url: URL) => Promise<Response | undefined> | undefined;

export interface Parts {
  handler: Handler;
  /** the page for a navigation that nothing else answers */
  offline: () => Promise<Response>;
  /** makes room in a full storage */
  makeRoom?: MakeRoom;
  /** what to do when an install has ended well */
  installed?: () => unknown;
}

export const start = ({ handler, offline, makeRoom, installed }: Parts): void => {
  worker.addEventListener("install", (event) => event.waitUntil(install(makeRoom).then(installed)));

  worker.addEventListener("activate", (event) =>
    event.waitUntil(settle().then(() => tidy(true))),
  );

  worker.addEventListener("fetch", (event) => {
    const { request } = event;
    const url = new URL(request.url);
    let answer: ReturnType<Handler>;
    try {
      answer = handler(event, url);
    } catch {
      // the network
    }
    const navigates = request.mode == "navigate" && request.method == "GET";
    if (answer || navigates) event.respondWith(respond(request, answer, navigates && offline));
  });
};

const respond = async (request: Request, answer: ReturnType<Handler>, offline: false | Parts["offline"]): Promise<Response> => {
  let response = await answer?.catch(() => undefined);
  // An error response is an answer: its strategy asked the network already.
  response ??= await fetch(request).catch(() => Response.error());
  return response.type == "error" && offline ? offline().catch(() => response) : response;
};
