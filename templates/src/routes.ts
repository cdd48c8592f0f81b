// The configuration's routes: which strategy answers a request outside the
// precache.

import { home, sitePath } from "./here";
import { shelf, type Shelf, type ShelfOptions } from "./shelf";
import { decoded } from "./spelling";
import type { Handler } from "./start";

/** Answers with a response; an error response means that nothing could be had. */
export type Strategy = (event: FetchEvent, shelf: Shelf) => Promise<Response>;

export interface Route extends ShelfOptions {
  /** matched against the path without the site's root, decoded */
  path?: RegExp;
  /** a host, or "*" for any; the site's own origin without it */
  host?: string;
  destination?: string[];
  method: string;
  /** none leaves the request to the network */
  strategy?: Strategy;
}

/** Answers what `first` leaves, whether it does so at once or, as for navigations, later. */
export const routes =
  (first: Handler, list: Route[]): Handler =>
  (event, url) => {
    const own = () => {
      const route = list.find((one) => matches(one, event.request, url));
      return route?.strategy?.(event, shelf(route));
    };
    const answer = first(event, url);
    return answer ? answer.catch(() => undefined).then((response) => response ?? own()) : own();
  };

const matches = ({ path, host, destination, method }: Route, request: Request, url: URL): boolean => {
  const own = url.origin == home.origin;
  const where = own ? sitePath(url) : url.pathname.slice(1);
  return (
    request.method == method &&
    /^http/.test(url.protocol) &&
    (host ? !own && (host == "*" || host == url.host) : own) &&
    (!path || (where != undefined && path.test(decoded(where)))) &&
    (!destination || destination.includes(request.destination))
  );
};
