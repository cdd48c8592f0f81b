package fetch

import (
	"strings"

	"github.com/swgen/swgen/internal/weburl"
)

// referrer determines the request's referrer
// (https://w3c.github.io/webappsec-referrer-policy/#determine-requests-referrer):
// "no-referrer" or a URL.
func (r *run) referrer() string {
	const none = "no-referrer"
	req := r.req
	source := req.Referrer
	switch source {
	case "client", "about:client", "":
		source = req.ClientURL
	}
	if !isHTTP(source) {
		return none
	}
	origin := weburl.Origin(source) + "/"
	full := stripped(source)
	if len(full) > 4096 {
		full = origin
	}
	same := weburl.SameOrigin(source, req.URL)
	downgrade := weburl.PotentiallyTrustworthy(source) && !weburl.PotentiallyTrustworthy(req.URL)
	switch req.ReferrerPolicy {
	case "no-referrer":
		return none
	case "origin":
		return origin
	case "unsafe-url":
		return full
	case "same-origin":
		if same {
			return full
		}
		return none
	case "origin-when-cross-origin":
		if same {
			return full
		}
		return origin
	case "strict-origin":
		if downgrade {
			return none
		}
		return origin
	case "no-referrer-when-downgrade":
		if downgrade {
			return none
		}
		return full
	}
	switch { // strict-origin-when-cross-origin
	case same:
		return full
	case downgrade:
		return none
	}
	return origin
}

// stripped is a URL without credentials and fragment.
func stripped(url string) string {
	url, _, _ = strings.Cut(url, "#")
	scheme, rest, _ := strings.Cut(url, "://")
	host, path, _ := strings.Cut(rest, "/")
	if at := strings.LastIndexByte(host, '@'); at >= 0 {
		return scheme + "://" + host[at+1:] + "/" + path
	}
	return url
}

// setReferrerPolicy follows the Referrer-Policy header of a redirect: the
// last value that is known counts.
func (r *run) setReferrerPolicy(internal *Response) {
	for _, value := range internal.Headers.List("Referrer-Policy") {
		switch value {
		case "no-referrer", "no-referrer-when-downgrade", "same-origin", "origin", "strict-origin",
			"origin-when-cross-origin", "strict-origin-when-cross-origin", "unsafe-url":
			r.req.ReferrerPolicy = value
		}
	}
}

// requestOrigin is the request's origin as the Origin header shows it: hidden
// once a redirect has led through another origin and on (the standard's
// redirect-taint).
func (r *run) requestOrigin() string {
	if r.req.Origin == "" {
		return "null"
	}
	for i := 1; i < len(r.urls); i++ {
		last := r.urls[i-1]
		if !weburl.SameOrigin(r.urls[i], last) && !weburl.SameOrigin(r.req.Origin, last) {
			return "null"
		}
	}
	return r.req.Origin
}

// addOrigin appends the Origin header.
func (r *run) addOrigin(req *Request) {
	if isModule(req) {
		req.Headers.Add("Origin", r.requestOrigin()) // so does Chromium, of its own origin, too
		return
	}
	if r.tainting != "cors" && req.Mode != "websocket" && (req.Method == "GET" || req.Method == "HEAD") {
		return
	}
	origin := r.requestOrigin()
	if r.tainting != "cors" && req.Mode != "cors" && req.Mode != "websocket" {
		switch req.ReferrerPolicy {
		case "no-referrer":
			origin = "null"
		case "no-referrer-when-downgrade", "strict-origin", "strict-origin-when-cross-origin":
			if hasScheme(req.Origin, "https") && !hasScheme(req.URL, "https") {
				origin = "null"
			}
		case "same-origin":
			if !weburl.SameOrigin(req.Origin, req.URL) {
				origin = "null"
			}
		}
	}
	req.Headers.Add("Origin", origin)
}

// isModule says whether a module script is asked for.
func isModule(req *Request) bool { return req.Mode == "cors" && isScriptLike(req.Destination) }

// addFetchMetadata appends the Sec-Fetch headers
// (https://w3c.github.io/webappsec-fetch-metadata/).
func (r *run) addFetchMetadata(req *Request) {
	if !weburl.PotentiallyTrustworthy(req.URL) {
		return
	}
	destination := req.Destination
	if destination == "" {
		destination = "empty"
	}
	req.Headers = append(req.Headers, Header{"Sec-Fetch-Dest", destination}, Header{"Sec-Fetch-Mode", req.Mode},
		Header{"Sec-Fetch-Site", r.relation()})
	if req.Mode == "navigate" && req.Origin == "" {
		req.Headers.Add("Sec-Fetch-User", "?1")
	}
}

func (r *run) relation() string {
	if r.req.Mode == "navigate" && r.req.Origin == "" {
		return "none"
	}
	relation := "same-origin"
	for _, url := range r.urls {
		switch {
		case weburl.SameOrigin(url, r.req.Origin):
		case !r.f.sameSite(url, r.req.Origin):
			return "cross-site"
		default:
			relation = "same-site"
		}
	}
	return relation
}
