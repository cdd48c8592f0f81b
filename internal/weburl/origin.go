package weburl

import "strings"

// Origin is the serialized origin of a serialized URL; "null" for an opaque
// one. The argument may itself be a serialized origin.
func Origin(href string) string {
	for _, scheme := range []string{"https://", "http://"} {
		rest, ok := strings.CutPrefix(href, scheme)
		if !ok {
			continue
		}
		host := rest
		if end := strings.IndexAny(rest, "/?#"); end >= 0 {
			host = rest[:end]
		}
		if at := strings.LastIndexByte(host, '@'); at >= 0 {
			return scheme + host[at+1:]
		}
		return href[:len(scheme)+len(host)]
	}
	u, err := Parse(href, "")
	if err != nil {
		return "null"
	}
	return u.Origin
}

// SameOrigin says whether two serialized URLs or origins have the same origin.
// Opaque origins are never the same.
func SameOrigin(a, b string) bool {
	origin := Origin(a)
	return origin != "null" && origin == Origin(b)
}

// Hostname is the host of a serialized http(s) URL or origin, without its
// port.
func Hostname(href string) string {
	_, host, _ := strings.Cut(Origin(href), "://")
	if end := strings.LastIndexByte(host, ':'); end > strings.LastIndexByte(host, ']') {
		host = host[:end]
	}
	return host
}

// PotentiallyTrustworthy says whether a serialized URL or origin counts as
// delivered safely (https://w3c.github.io/webappsec-secure-contexts/), which
// makes a context of it a secure one. data: URLs do not.
func PotentiallyTrustworthy(href string) bool {
	if strings.HasPrefix(href, "file:") {
		return true
	}
	origin := Origin(href)
	if strings.HasPrefix(origin, "https:") || strings.HasPrefix(origin, "wss:") {
		return true
	}
	host := strings.TrimSuffix(Hostname(origin), ".")
	return host == "localhost" || strings.HasSuffix(host, ".localhost") ||
		host == "[::1]" || strings.HasPrefix(host, "127.") && isIPv4(host)
}

// isIPv4 tells an address from a name: only an address ends in a number.
func isIPv4(host string) bool {
	last := host[strings.LastIndexByte(host, '.')+1:]
	return last != "" && '0' <= last[0] && last[0] <= '9'
}
