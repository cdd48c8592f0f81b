import type { Table } from "./manifest";
import type { Found } from "./spelling";

/**
 * What an address means, the first that exists. Static hosts agree on these
 * spellings of a page's address; see docs/worker.md. Relative links of a page
 * only work under one of two spellings that differ in the last slash, so the
 * other redirects. For a host whose rules are known the build writes a module
 * of its own in the place of this one.
 */
export const spelled = (table: Table, asked: string): Found | undefined =>
  (
    [
      [asked],
      [asked.replace(/(^|\/)index(\.html)?$/, "$1")],
      [asked + ".html"],
      [asked + "/", true],
      [asked.replace(/\/$/, ".html"), true],
    ] as Found[]
  ).find(([path]) => table.at(path) != null);
