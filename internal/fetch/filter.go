package fetch

import (
	"slices"
	"strings"
)

// filter is a limited view of a response, by how it is tainted
// (https://fetch.spec.whatwg.org/#concept-filtered-response).
func (r *run) filter(internal *Response) *Response {
	switch r.tainting {
	case "cors":
		exposed, _ := tokens(internal.Headers.List("Access-Control-Expose-Headers"))
		all := r.req.Credentials != "include" && slices.Contains(exposed, "*")
		return filtered(internal, "cors", func(name string) bool {
			return isSafeResponseHeader(name) ||
				(all || slices.ContainsFunc(exposed, func(e string) bool { return strings.EqualFold(e, name) })) && !isForbiddenResponseHeader(name)
		})
	case "opaque":
		return &Response{Type: "opaque", Internal: internal, Source: internal.Source}
	}
	return filtered(internal, "basic", func(name string) bool { return !isForbiddenResponseHeader(name) })
}

// filtered shows the headers that seen admits.
func filtered(internal *Response, kind string, seen func(name string) bool) *Response {
	f := *internal
	f.Type, f.Internal, f.next = kind, internal, nil
	f.Headers = slices.Clip(f.Headers)
	hidden := func(h Header) bool { return !seen(h.Name) }
	if slices.ContainsFunc(f.Headers, hidden) {
		f.Headers = slices.DeleteFunc(slices.Clone(f.Headers), hidden)
	}
	return &f
}

// opaqueRedirect hides a redirect that is not followed.
func opaqueRedirect(internal *Response) *Response {
	return &Response{Type: "opaqueredirect", URLs: internal.URLs, Internal: internal, Source: internal.Source}
}

func isForbiddenResponseHeader(name string) bool {
	return strings.EqualFold(name, "Set-Cookie") || strings.EqualFold(name, "Set-Cookie2")
}

func isSafeResponseHeader(name string) bool {
	switch strings.ToLower(name) {
	case "cache-control", "content-language", "content-length", "content-type", "expires", "last-modified", "pragma":
		return true
	}
	return false
}
