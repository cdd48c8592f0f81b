/** The part "urlpattern": urlpattern-polyfill. */

import { URLPattern } from "urlpattern-polyfill/dist/urlpattern.js"

export function start(): unknown {
	Object.defineProperty(URLPattern, "name", { value: "URLPattern" })
	return URLPattern
}
