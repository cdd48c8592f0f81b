// The route of the site's own files: answered from the version that the
// asking page belongs to.

import { home } from "./here";
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
 * The whole body. A response of our own has the URL that was asked for, so
 * that relative URLs in a shared body mean the right thing, and it is not a
 * redirected one, which browsers refuse as the answer to a navigation.
 */
export const whole: Serve = (_, stored) => new Response(stored.body, stored);

export const precache =
  (serve: Serve, lookUp: LookUp): Handler =>
  (event, url) => {
    const { request } = event;
    if (request.method != "GET") return undefined;
    const navigates = request.mode == "navigate";
    const here = lookUp(current(), url);
    // Without a hit the request is none of our business, unless the page is of
    // an older version that may have the file.
    if (!here && (url.origin != home.origin || (!navigates && onlyCurrent()))) return undefined;

    const answer = async (): Promise<Response | undefined> => {
      const early = here && getBody(bodyName(current(), here.path)).catch(() => undefined);
      await settle();
      const of = !navigates || /frame/.test(request.destination) ? await versionOf(event) : undefined;
      noteClient(event, of);
      if (navigates && (untidy || strangers.size)) event.waitUntil(later(() => tidy(false)));
      const table = ((of && (await tableOf(of))) || current());
      const found = table == current() ? here : lookUp(table, url);
      if (!found) return undefined;
      const { path, redirect } = found;
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

/** After the page that navigates is gone. */
const later = (work: () => Promise<void>): Promise<void> =>
  new Promise((done) => setTimeout(done, 1000)).then(work);
