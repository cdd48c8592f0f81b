// One entry from the network, as the build knows it or not at all.

import { home, sitePath } from "./here";
import { bodyName, extension, inRanges, isPage, type Table } from "./manifest";
import { find } from "./spelling";

/** Which extensions must have the build's very bytes; "*" is all. */
declare const STRICT: string;

const busted = (url: string, name: string): string => url + (url.includes("?") ? "&" : "?") + "swgen=" + name;

const sleep = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms));

/** The pauses before another try when the network or the server failed, in ms. */
const pauses = [500, 2000];

/**
 * Downloads an entry past the HTTP cache. A body that is not the build's is
 * asked for once more under a URL that no cache between here and the host can
 * know; then the download fails.
 */
export const download = async (table: Table, path: string, strict = isStrict(path)): Promise<Response> => {
  const verified = strict && !inRanges(table.packed.u, table.positions.get(path)!);
  const name = bodyName(table, path);
  const url = new URL(path, home).href;
  let asked = url;
  for (let tries = 0; ; tries++) {
    const response = await fetch(asked, { cache: "no-store" }).catch(() => undefined);
    let problem = "the network failed";
    if (response) {
      problem = faultOf(table, path, response);
      if (!problem) {
        if (!verified || (await isOf(name, response.clone()))) return response;
        problem = "it is not the content of this build";
      }
      if (response.ok && asked == url) {
        asked = busted(url, name);
        continue;
      }
      if (response.ok || !/408|429|5../.test("" + response.status)) tries = pauses.length;
    }
    if (tries >= pauses.length) throw new Error(url + ": " + problem);
    await sleep(pauses[tries]!);
  }
};

export const isStrict = (path: string): boolean => STRICT == "*" || STRICT.split(" ").includes(extension(path));

/** What is wrong with a response, seen from outside. */
const faultOf = (table: Table, path: string, response: Response): string => {
  if (!response.ok) return "status " + response.status;
  // A host may redirect to another spelling of the same page, and nowhere else.
  if (response.redirected) {
    const landed = sitePath(new URL(response.url));
    if (landed == undefined || find(table, landed)?.path != path) return "redirected to " + response.url;
  }
  // Hosts answer missing files with a page and status 200.
  const html = /html/.test(response.headers.get("content-type") ?? "");
  if (extension(path) && html != isPage(path)) return "unexpected content type";
  return "";
};

/** Whether a body has the hash that its name starts with. */
const isOf = async (name: string, response: Response): Promise<boolean> => {
  const digest = await crypto.subtle.digest("SHA-256", await response.arrayBuffer());
  const base64 = btoa(String.fromCharCode(...new Uint8Array(digest, 0, 9)));
  return name.startsWith(base64.replace(/\+/g, "-").replace(/\//g, "_"));
};
