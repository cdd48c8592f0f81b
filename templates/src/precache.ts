// The route of the site's own files: answered from the version that the
// asking page belongs to.

import { home, sleep } from "./here";
import { download } from "./download";
import { bodyName, type Table } from "./manifest";
import { writeRecord } from "./records";
import type { LookUp } from "./spelling";
import type { Handler } from "./start";
import { getBody, putBody } from "./store";
import { tidy } from "./tidy";
import { current, noteClient, onlyCurrent, settle, strangers, tableOf, untidy, versionOf } from "./versions";

/** Makes the response for a request from a stored one. */
export type Serve = (request: Request, stored: Response) => Response | Promise<Response>;

/**
 * The whole body. A response with another URL than was asked for would make
 * relative URLs in a shared body mean something else, and browsers refuse a
 * redirected one as the answer to a navigation: one of our own is neither. But
 * Chromium keeps the compiled code of scripts (50 ms a megabyte, measured with
 * bench codecache) with what is stored, so that is the answer where it can be.
 */
export const whole: Serve = (request, stored) =>
  stored.redirected || stored.url != request.url ? new Response(stored.body, stored) : stored;

export const precache =
  (serve: Serve, lookUp: LookUp): Handler =>
  (event, url) => {
    const { request } = event;
    if (request.method != "GET") return undefined;
    const navigates = request.mode == "navigate";
    const here = lookUp(current(), url);
    // Without a hit the request is none of our business, unless the page is of
    // an older version that may have the file. What must not come from a cache
    // is not one of those: to pass on an event stream would keep this worker
    // busy for as long as the page is open, and the next one waiting.
    if (!here && (url.origin != home.origin || (!navigates && (onlyCurrent() || request.cache == "no-store")))) return undefined;

    const answer = async (): Promise<Response | undefined> => {
      const early = here && getBody(bodyName(current(), here[0]));
      await settle();
      const of = request.destination != "document" ? await versionOf(event) : undefined;
      noteClient(event, of);
      if (navigates && (untidy || strangers.size)) event.waitUntil(sleep(1000).then(() => tidy(false))); // when the page it leaves is gone
      const table = ((of && (await tableOf(of))) || current());
      const found = table == current() ? here : lookUp(table, url);
      if (!found) return undefined;
      const [path, redirect] = found;
      if (redirect && navigates) return Response.redirect(new URL(path, home).href + url.search, 301);
      const stored = table == current() ? await early : await getBody(bodyName(table, path));
      return serve(request, stored ?? (await mend(event, table, path)));
    };
    return answer();
  };

/**
 * Downloads a body that something removed. Only the very same one may take its
 * place; when it cannot be had, the network answers the request.
 */
const mend = async (event: FetchEvent, table: Table, path: string): Promise<Response> => {
  event.waitUntil(writeRecord("gaps"));
  const response = await download(table, path, true, []);
  event.waitUntil(putBody(bodyName(table, path), response.clone()));
  return response;
};

