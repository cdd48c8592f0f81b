package fetch

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// corsFailure says why a CORS check fails, "" when it does not
// (https://fetch.spec.whatwg.org/#cors-check).
func (r *run) corsFailure(internal *Response) string {
	allowed, ok := internal.Headers.Get("Access-Control-Allow-Origin")
	origin := r.requestOrigin()
	withCredentials := r.req.Credentials == "include"
	switch {
	case !ok:
		return "no \"Access-Control-Allow-Origin\" header is present on the response"
	case !withCredentials && allowed == "*":
		return ""
	case allowed == "*":
		return "the header \"Access-Control-Allow-Origin\" must not be \"*\" when the request's credentials mode is \"include\""
	case allowed != origin:
		return fmt.Sprintf("the header \"Access-Control-Allow-Origin\" has the value %q, the origin is %q", allowed, origin)
	case !withCredentials:
		return ""
	}
	if credentials, _ := internal.Headers.Get("Access-Control-Allow-Credentials"); credentials != "true" {
		return fmt.Sprintf("the header \"Access-Control-Allow-Credentials\" is %q, it must be \"true\" when the request's credentials mode is \"include\"", credentials)
	}
	return ""
}

// blockedByCORS is the error for a failed check.
func (r *run) blockedByCORS(what, why string) *Response {
	return r.fail("%s from origin %q blocked by CORS policy: %s", what, r.req.Origin, why)
}

func isSafeMethod(method string) bool { return method == "GET" || method == "HEAD" || method == "POST" }

// unsafeNames are the standard's CORS-unsafe request-header names: lower
// case, sorted, each once.
func unsafeNames(headers Headers) []string {
	var names, safe []string
	size := 0
	for _, h := range headers {
		name := strings.ToLower(h.Name)
		if isSafelisted(name, h.Value) {
			safe = append(safe, name)
			size += len(h.Value)
		} else {
			names = append(names, name)
		}
	}
	if size > 1024 {
		names = append(names, safe...)
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// isSafelisted says whether a header, its name in lower case, needs no
// preflight.
func isSafelisted(name, value string) bool {
	if len(value) > 128 {
		return false
	}
	switch name {
	case "accept":
		return !hasUnsafeByte(value)
	case "accept-language", "content-language":
		return strings.Trim(value, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz *,-.;=") == ""
	case "content-type":
		mime, ok := parseMIME(value)
		return ok && !hasUnsafeByte(value) && slices.Contains([]string{"application/x-www-form-urlencoded", "multipart/form-data", "text/plain"}, mime.essence)
	case "range":
		first, _, ok := parseRange(value, false)
		return ok && first >= 0
	}
	return false
}

func hasUnsafeByte(value string) bool {
	return strings.ContainsFunc(value, func(c rune) bool {
		return c < ' ' && c != '\t' || strings.ContainsRune("\"():<>?@[\\]{}\x7f", c)
	})
}

// needsPreflight says whether a cross-origin request may need one. A body that
// cannot be sent again asks for one, as every upload stream does.
func (r *run) needsPreflight() bool {
	return !isSafeMethod(r.req.Method) || r.streams() || len(unsafeNames(r.req.Headers)) > 0
}

func (r *run) streams() bool { return r.req.Body != nil && r.req.Body.Streams() }

// preflight is the standard's CORS-preflight fetch, unless the cache has the
// permission; nil means that the request may be made.
func (r *run) preflight() *Response {
	names := unsafeNames(r.req.Headers)
	cache := &r.f.preflights
	if (isSafeMethod(r.req.Method) && !r.streams() || cache.allows(r, "method", r.req.Method)) &&
		!slices.ContainsFunc(names, func(name string) bool { return !cache.allows(r, "header", name) }) {
		return nil
	}
	req := &Request{
		Method: "OPTIONS", URL: r.req.URL, Destination: r.req.Destination, Mode: "cors", Credentials: "same-origin",
		Cache: "default", Redirect: "follow", Origin: r.req.Origin, ClientURL: r.req.ClientURL, ClientID: r.req.ClientID,
		Referrer: r.req.Referrer, ReferrerPolicy: r.req.ReferrerPolicy, Abort: r.req.Abort,
		Headers: Headers{{"Accept", "*/*"}, {"Access-Control-Request-Method", r.req.Method}},
	}
	if len(names) > 0 {
		req.Headers.Add("Access-Control-Request-Headers", strings.Join(names, ","))
	}
	sub := &run{f: r.f, co: r.co, req: req, urls: r.urls, tainting: "cors", fate: r.fate}
	resp := sub.networkOrCache()
	if resp.IsError() {
		return resp
	}
	resp.cancel()
	why := r.corsFailure(resp)
	if why == "" && (resp.Status < 200 || resp.Status > 299) {
		why = fmt.Sprintf("the status is %d, not ok", resp.Status)
	}
	if why == "" {
		why = r.permit(resp.Headers, names)
	}
	if why != "" {
		return r.blockedByCORS("preflight request", why)
	}
	return nil
}

// permit reads what a preflight's answer allows and keeps it; the result says
// what is not allowed, "" for nothing.
func (r *run) permit(answer Headers, names []string) string {
	methods, okMethods := tokens(answer.List("Access-Control-Allow-Methods"))
	headers, okHeaders := tokens(answer.List("Access-Control-Allow-Headers"))
	if !okMethods || !okHeaders {
		return "the allowed methods or headers are malformed"
	}
	if methods == nil && r.streams() {
		methods = []string{r.req.Method}
	}
	wildcards := r.req.Credentials != "include"
	if !isSafeMethod(r.req.Method) && !slices.Contains(methods, r.req.Method) && !(wildcards && slices.Contains(methods, "*")) {
		return fmt.Sprintf("method %s is not allowed by \"Access-Control-Allow-Methods\"", r.req.Method)
	}
	for _, name := range names {
		listed := slices.ContainsFunc(headers, func(h string) bool { return strings.EqualFold(h, name) })
		if !listed && !(wildcards && name != "authorization" && slices.Contains(headers, "*")) {
			return fmt.Sprintf("request header %q is not allowed by \"Access-Control-Allow-Headers\"", name)
		}
	}
	age := 5 * time.Second
	if value, ok := answer.Get("Access-Control-Max-Age"); ok {
		if n, err := strconv.Atoi(value); err == nil && n >= 0 {
			age = time.Duration(min(n, 7200)) * time.Second // two hours, as Chromium
		}
	}
	until := r.co.Loop().Now().Add(age)
	for _, method := range methods {
		r.f.preflights.keep(r, "method", method, until)
	}
	for _, name := range headers {
		r.f.preflights.keep(r, "header", strings.ToLower(name), until)
	}
	return ""
}

// tokens drops the empty items of a list and says whether the others are
// tokens.
func tokens(list []string) ([]string, bool) {
	list = slices.DeleteFunc(list, func(s string) bool { return s == "" })
	return list, !slices.ContainsFunc(list, func(s string) bool { return !isToken(s) })
}

// preflightCache keeps what preflights have allowed, until when.
type preflightCache struct{ until map[permission]time.Time }

type permission struct {
	origin, url string
	credentials bool
	kind, name  string // kind: "method" or "header"
}

func (r *run) permission(kind, name string) permission {
	return permission{r.requestOrigin(), r.req.URL, r.req.Credentials == "include", kind, name}
}

func (c *preflightCache) keep(r *run, kind, name string, until time.Time) {
	if c.until == nil {
		c.until = make(map[permission]time.Time)
	}
	c.until[r.permission(kind, name)] = until
}

func (c *preflightCache) allows(r *run, kind, name string) bool {
	now := r.co.Loop().Now()
	p := r.permission(kind, name)
	for _, given := range []string{name, "*"} {
		if given == "*" && name == "authorization" && kind == "header" {
			continue
		}
		for _, p.credentials = range []bool{true, r.req.Credentials == "include"} {
			if p.name = given; now.Before(c.until[p]) {
				return true
			}
		}
	}
	return false
}

func (c *preflightCache) clear(r *run) {
	origin := r.requestOrigin()
	for p := range c.until {
		if p.origin == origin && p.url == r.req.URL {
			delete(c.until, p)
		}
	}
}
