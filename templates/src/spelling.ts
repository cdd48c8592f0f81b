// Which entry a URL's path means. The build knows every page, so this is a
// look-up of what exists: no path is tried on the network.

import { sitePath } from "./here";
import type { Table } from "./manifest";
import { spelled } from "./spellings";

/** An entry's path, and whether a navigation is redirected to it, as the host would. */
export type Found = [path: string, redirect?: boolean];

/** Finds the entry that a URL means. */
export type LookUp = (table: Table, url: URL) => Found | undefined;

/** Files of the site, whatever the query: static hosts ignore it. */
export const ofSite: LookUp = (table, url) => {
  const path = sitePath(url);
  return path == undefined ? undefined : find(table, path);
};

export const find = (table: Table, path: string): Found | undefined =>
  spelled(table, path) ?? spelled(table, normal(path));

/** The manifest's own spelling of a path with other percent-encodings; see manifest/pack.go. */
const normal = (path: string): string => encodeURIComponent(decoded(path)).replace(/%2F/g, "/");

export const decoded = (path: string): string => {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
};
