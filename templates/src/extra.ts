// Look-ups that few sites need: entries that are no files of the site, and
// paths where a query makes another resource.

import { home, sitePath } from "./here";
import { decoded, ofSite, type LookUp } from "./spelling";

/** Also entries with a query, outside the site's root, and on other origins. */
export const withExtra =
  (lookUp: LookUp): LookUp =>
  (table, url) => {
    const inSite = sitePath(url);
    const path = (inSite ?? (url.origin == home.origin ? url.pathname : url.origin + url.pathname)) + url.search;
    return table.at(path) != null ? [path] : lookUp(table, url);
  };

/** Leaves requests with a query alone on paths that match. */
export const keepingQuery =
  (paths: RegExp): LookUp =>
  (table, url) =>
    url.search && paths.test(decoded(sitePath(url) ?? "")) ? undefined : ofSite(table, url);
