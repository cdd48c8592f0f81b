// The route of the site's own files: answered from the version that the
// asking page belongs to.

import { home, sitePath } from "./here";
import { download } from "./download";
import { bodyName, type Table } from "./manifest";
import { writeRecord } from "./records";
import { find, type Found } from "./spelling";
import type { Handler } from "./start";
import { getBody, putBody } from "./store";
import { tidy } from "./tidy";
import { current, noteClient, onlyCurrent, settle, strangers, tableOf, untidy } from "./versions";

/** Makes the response for a request from a stored one. */
export type Serve = (request: Request, stored: Response) => Response | Promise<Response>;

/**
 * The whole body. A response of our own has the URL that was asked for, so
 * that relative URLs in a shared body mean the right thing, and it is not a
 * redirected one, which browsers refuse as the answer to a navigation.
 */
export const whole: Serve = (_, stored) => new Response(stored.body, stored);

export const precache =
  (serve: Serve, keepsQuery?: (path: string) => boolean): Handler =>
  (event, url) => {
    const { request } = event;
    if (request.method != "GET") return undefined;
    const inSite = sitePath(url);
    const path = inSite ?? (url.origin == home.origin ? url.pathname : url.href.split(/[?#]/)[0]!);
    const lookUp = (table: Table): Found | undefined =>
      table.positions.has(path + url.search)
        ? { path: path + url.search }
        : url.search && (inSite == undefined || keepsQuery?.(path))
          ? undefined
          : find(table, path);
    const navigates = request.mode == "navigate";
    const here = lookUp(current());
    // Without a hit the request is none of our business, unless the page is of
    // an older version that may have the file.
    if (!here && (inSite == undefined || (!navigates && onlyCurrent()))) return undefined;

    const answer = async (): Promise<Response | undefined> => {
      const early = here && getBody(bodyName(current(), here.path)).catch(() => undefined);
      await settle();
      const of = !navigates || /frame/.test(request.destination) ? strangers.get(event.clientId) : undefined;
      noteClient(event, of);
      if (navigates && (untidy || strangers.size)) event.waitUntil(later(() => tidy(false)));
      const table = ((of && (await tableOf(of))) || current());
      const found = table == current() ? here : lookUp(table);
      if (!found) return undefined;
      if (found.redirect != undefined && navigates) {
        return Response.redirect(new URL(found.redirect, home).href + url.search, 301);
      }
      const name = bodyName(table, found.path);
      const stored = table == current() ? await early : await getBody(name);
      if (stored) return serve(request, stored);

      // Something removed the body. Only the very same one may take its
      // place; what the network says instead still answers this request.
      event.waitUntil(writeRecord("gaps"));
      const response = await download(table, found.path, true).catch(() => undefined);
      if (response) {
        event.waitUntil(putBody(name, response.clone()));
        return serve(request, response);
      }
      return undefined;
    };
    return answer();
  };

/** After the page that navigates is gone. */
const later = (work: () => Promise<void>): Promise<void> =>
  new Promise((done) => setTimeout(done, 1000)).then(work);
