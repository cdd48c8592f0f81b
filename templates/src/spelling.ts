// Which entry a URL's path means. The build knows every page, so this is a
// look-up of what exists: no path is tried on the network.

import type { Table } from "./manifest";

/** An entry's path, and the path to redirect a navigation to when the host would. */
export interface Found {
  path: string;
  redirect?: string;
}

export const find = (table: Table, path: string): Found | undefined =>
  spelled(table, path) ?? (/[^\w./~-]/.test(path) ? spelled(table, respelled(table, path)) : undefined);

/** Static hosts agree on these spellings of a page's address; see docs/worker.md. */
const spelled = ({ positions }: Table, path: string): Found | undefined => {
  if (positions.has(path)) return { path };
  const directory = path.replace(/(^|\/)index\.html$/, "$1");
  if (positions.has(directory)) return { path: directory };
  if (positions.has(path + ".html")) return { path: path + ".html" };
  // Relative links of a page only work under one of these two spellings, so
  // the other redirects.
  if (positions.has(path + "/")) return { path: path + "/", redirect: path + "/" };
  const file = path.replace(/\/$/, ".html");
  if (positions.has(file)) return { path: file, redirect: file };
  return undefined;
};

const normal = (path: string): string =>
  path
    .split("/")
    .map((segment) => {
      try {
        return encodeURIComponent(decodeURIComponent(segment));
      } catch {
        return segment;
      }
    })
    .join("/");

const byNormal = new WeakMap<Table, Map<string, string>>();

/** The manifest's own spelling of a path with other percent-encodings. */
const respelled = (table: Table, path: string): string => {
  let names = byNormal.get(table);
  if (!names) {
    names = new Map();
    for (const known of table.positions.keys()) names.set(normal(known), known);
    byNormal.set(table, names);
  }
  const wanted = normal(path);
  for (const ending of ["", "/", ".html"]) {
    // Spellings differ at the end; cut it off, as spelled() tries them again.
    const known = names.get(wanted + ending);
    if (known != undefined) return known.slice(0, known.length - ending.length);
  }
  return path;
};
