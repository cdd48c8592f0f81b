package fetch

import (
	"encoding/base64"
	"net/netip"
	"slices"
	"strings"

	"github.com/swgen/swgen/internal/weburl"
)

func hasScheme(url, scheme string) bool {
	return len(url) > len(scheme) && url[len(scheme)] == ':' && url[:len(scheme)] == scheme
}

func isHTTP(url string) bool { return hasScheme(url, "https") || hasScheme(url, "http") }

func isRedirect(status int) bool {
	return status == 301 || status == 302 || status == 303 || status == 307 || status == 308
}

func isNullBody(status int) bool {
	return status == 101 || status == 103 || status == 204 || status == 205 || status == 304
}

func base64Of(b []byte) string { return base64.StdEncoding.EncodeToString(b) }

// badPorts are those that no http(s) request may go to
// (https://fetch.spec.whatwg.org/#port-blocking), but 0.
var badPorts = strings.Fields(`0 1 7 9 11 13 15 17 19 20 21 22 23 25 37 42 43 53 69 77 79 87 95 101 102 103 104 109 110
	111 113 115 117 119 123 135 137 139 143 161 179 389 427 465 512 513 514 515 526 530 531 532 540 548 554 556 563 587
	601 636 989 990 993 995 1719 1720 1723 2049 3659 4045 4190 5060 5061 6000 6566 6665 6666 6667 6668 6669 6679 6697 10080`)

// port is the port in a serialized http(s) URL, "" for the scheme's own.
func port(url string) string {
	_, host, _ := strings.Cut(weburl.Origin(url), "://")
	return strings.TrimPrefix(host[len(weburl.Hostname(url)):], ":")
}

// upgrade makes a media request of a secure page to an insecure URL a secure
// one (https://w3c.github.io/webappsec-mixed-content/#upgrade-algorithm).
func (r *run) upgrade() {
	switch r.req.Destination {
	case "image", "audio", "video":
	default:
		return
	}
	if _, err := netip.ParseAddr(strings.Trim(weburl.Hostname(r.req.URL), "[]")); err == nil || !r.mixed(r.req.URL) {
		return
	}
	r.req.URL = "https" + strings.TrimPrefix(r.req.URL, "http")
	r.urls = append(slices.Clone(r.urls[:len(r.urls)-1]), r.req.URL)
}

// mixed says whether a secure client asks for an insecure URL.
func (r *run) mixed(url string) bool {
	return r.req.Mode != "navigate" && hasScheme(r.req.Origin, "https") && hasScheme(url, "http") &&
		!weburl.PotentiallyTrustworthy(url)
}

// blockedRequest is an error for a request that must not be made.
func (r *run) blockedRequest() *Response {
	url := r.req.URL
	if !isHTTP(url) {
		return nil
	}
	if p := port(url); p != "" && slices.Contains(badPorts, p) {
		return r.fail("port %s is blocked", p)
	}
	if r.mixed(url) {
		return r.fail("mixed content: %s was loaded over https, but asks for an insecure resource", r.req.Origin)
	}
	return nil
}

// blockedResponse is an error for a response that must not be handed over.
func (r *run) blockedResponse(resp *Response) *Response {
	internal := resp.Unfiltered()
	switch {
	case r.mixed(internal.URL()):
		return r.fail("mixed content: the response comes from the insecure URL %s", internal.URL())
	case resp.Type == "opaque" && (internal.Status == 206 || internal.Status == 416) && internal.RangeRequested && !r.req.Headers.Has("Range"):
		return r.fail("an opaque partial response answers a request that did not ask for a range")
	}
	// The script of a service worker is checked by who registers it: the status
	// comes first, then the MIME type, more strictly.
	script := isScriptLike(r.req.Destination) && r.req.Destination != "serviceworker"
	if !script && r.req.Destination != "style" {
		return nil
	}
	mime := internal.Headers.ContentType()
	nosniff := internal.Headers.List("X-Content-Type-Options")
	strict := len(nosniff) > 0 && strings.EqualFold(nosniff[0], "nosniff")
	kind, _, _ := strings.Cut(mime, "/")
	switch {
	case script && (mime == "text/csv" || kind == "audio" || kind == "image" || kind == "video"):
		return r.fail("refused to execute a script whose MIME type (%q) is not executable", mime)
	case strict && script && !IsJavaScriptType(mime):
		return r.fail("refused to execute a script whose MIME type (%q) is not executable, and strict MIME type checking is enabled", mime)
	case strict && !script && mime != "text/css":
		return r.fail("refused to apply a style whose MIME type (%q) is not text/css, and strict MIME type checking is enabled", mime)
	}
	return nil
}

func isScriptLike(destination string) bool {
	switch destination {
	case "audioworklet", "paintworklet", "script", "serviceworker", "sharedworker", "worker":
		return true
	}
	return false
}

// blockedByResourcePolicy is the standard's cross-origin resource policy
// check without an embedder policy.
func (r *run) blockedByResourcePolicy(internal *Response) bool {
	url := internal.URL()
	if url == "" {
		return false // made by a worker: it has no origin to protect
	}
	switch policy, _ := internal.Headers.Get("Cross-Origin-Resource-Policy"); policy {
	case "same-origin":
		return !weburl.SameOrigin(r.req.Origin, url)
	case "same-site":
		return !r.f.sameHostSite(r.req.Origin, url) || hasScheme(url, "https") && !hasScheme(r.req.Origin, "https")
	}
	return false
}

// sameHostSite is "schemelessly same site".
func (f *Fetcher) sameHostSite(a, b string) bool {
	hostA, hostB := weburl.Hostname(a), weburl.Hostname(b)
	return hostA != "" && (hostA == hostB || f.site(hostA) == f.site(hostB))
}

func (f *Fetcher) sameSite(a, b string) bool {
	schemeA, _, _ := strings.Cut(weburl.Origin(a), ":")
	schemeB, _, _ := strings.Cut(weburl.Origin(b), ":")
	return schemeA == schemeB && f.sameHostSite(a, b)
}

func (f *Fetcher) site(host string) string {
	if _, err := netip.ParseAddr(strings.Trim(host, "[]")); err == nil {
		return host
	}
	if f.Site != nil {
		return f.Site(host)
	}
	labels := strings.Split(host, ".")
	return strings.Join(labels[max(0, len(labels)-2):], ".")
}
