// The page for an address that cannot be had offline, with an honest status.

import { bodyName } from "./manifest";
import { getBody } from "./store";
import { current } from "./versions";

/** A page of the site. */
export const pageOffline = (path: string, status: number) => async (): Promise<Response> => {
  const { body, headers } = (await getBody(bodyName(current(), path)))!; // else there is no answer
  return new Response(body, { status, headers });
};

/** A built-in page. */
export const textOffline = (page: string) => async (): Promise<Response> =>
  new Response(page, { status: 503, headers: { "content-type": "text/html" } });
