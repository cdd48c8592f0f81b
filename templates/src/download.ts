// One entry from the network, as the build knows it or not at all.

import { home, sleep } from "./here";
import { bodyName, extension, hasFlag, isPage, type Table } from "./manifest";
import { ofSite } from "./spelling";

/** A regular expression of the extensions that must have the build's very bytes. */
declare const STRICT: string;

/**
 * Downloads an entry past the HTTP cache. What is not the build's is asked for
 * once more under a URL that no cache between here and the host can know; a
 * network or server that fails gets another try after each pause, in ms.
 */
export const download = async (
  table: Table,
  path: string,
  strict = isStrict(path),
  pauses = [500, 2000],
): Promise<Response> => {
  const url = new URL(path, home);
  for (let busted = false; ; ) {
    const response = await fetch(url, { cache: "no-store" }).catch(() => undefined);
    const fault = response ? await faultOf(table, path, response, strict) : "no answer";
    if (!fault) return response!;
    if (response?.ok && !busted) {
      busted = true;
      url.searchParams.append("swgen", bodyName(table, path));
    } else {
      const pause = response && !/408|429|5../.test("" + response.status) ? 0 : pauses.shift();
      if (!pause) throw new Error(url.pathname + ": " + fault);
      await sleep(pause);
    }
  }
};

export const isStrict = (path: string): boolean => new RegExp(STRICT).test(extension(path));

/** What is wrong with a response; "" when nothing is. */
const faultOf = async (table: Table, path: string, response: Response, strict: boolean): Promise<string> => {
  if (!response.ok) return "status " + response.status;
  // A host may redirect to another spelling of the same page, and nowhere else.
  if (response.redirected && ofSite(table, new URL(response.url))?.[0] != path) return "redirected";
  // Hosts answer missing files with a page and status 200.
  const html = /html/.test(response.headers.get("content-type") ?? "");
  if (!hasFlag(table, path, 4) && html != isPage(path)) return "wrong type";
  if (!strict || hasFlag(table, path, 2)) return "";
  const digest = await crypto.subtle.digest("SHA-256", await response.clone().arrayBuffer());
  const base64 = btoa(String.fromCharCode(...new Uint8Array(digest, 0, 9)));
  const hash = base64.replace(/\+/g, "-").replace(/\//g, "_");
  return bodyName(table, path).startsWith(hash) ? "" : "wrong content";
};
