// The page for an address that cannot be had offline, with an honest status.

import { bodyName } from "./manifest";
import { getBody } from "./store";
import { current } from "./versions";

const html = { "content-type": "text/html; charset=utf-8" };

/** A page of the site. */
export const pageOffline = (path: string, status: number) => async (): Promise<Response> => {
  const stored = await getBody(bodyName(current(), path));
  return stored ? new Response(stored.body, { status, headers: stored.headers }) : Response.error();
};

/** A built-in page. */
export const textOffline = (page: string) => async (): Promise<Response> =>
  new Response(page, { status: 503, headers: html });
