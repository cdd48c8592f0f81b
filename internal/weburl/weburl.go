// Package weburl is the URL Standard as values: a URL is parsed, serialized
// and taken apart once and never changes. It knows nothing of requests. It is
// the only door to github.com/nlnwa/whatwg-url.
//
// Strings are UTF-8 without lone surrogates (the USVString of the standard).
// Known to differ from it, by the library: hosts whose labels are invalid
// punycode or mix other scripts with symbols are refused, and a sign before a
// host that is a number is read as part of the number.
package weburl

import (
	"fmt"
	"strings"

	whatwg "github.com/nlnwa/whatwg-url/url"
)

// URL is what the getters of the standard's URL class show
// (https://url.spec.whatwg.org/#url-class).
type URL struct {
	Href, Origin, Protocol, Username, Password, Host, Hostname, Port, Pathname, Search, Hash string
}

// standard is the library's parser with the path percent-encode set that the
// standard has had since 2024: "^" is in it.
var standard = whatwg.NewParser(whatwg.WithPathPercentEncodeSet(whatwg.PathPercentEncodeSet.Set('^')))

// Parse reads input, relative to base unless base is "". The error says which
// of the two is no URL.
func Parse(input, base string) (URL, error) {
	if u, ok := quick(input, base); ok {
		return u, nil
	}
	return slow(input, base)
}

func slow(input, base string) (URL, error) {
	var parsed *whatwg.Url
	var err error
	if base == "" {
		parsed, err = standard.Parse(input)
	} else {
		var b *whatwg.Url
		if b, err = standard.Parse(base); err != nil {
			return URL{}, fmt.Errorf("invalid base URL %q", base)
		}
		parsed, err = b.Parse(input)
	}
	if err != nil {
		return URL{}, fmt.Errorf("invalid URL %q", input)
	}
	return record(parsed), nil
}

// Set is u after the setter of the attribute part ("protocol", "hash", ...,
// anything but "href") was given value. A value that the setter ignores
// changes nothing.
func (u URL) Set(part, value string) URL {
	parsed, err := standard.Parse(u.Href)
	if err != nil {
		return u
	}
	switch part {
	case "protocol":
		parsed.SetProtocol(value)
	case "username":
		parsed.SetUsername(value)
	case "password":
		parsed.SetPassword(value)
	case "host":
		parsed.SetHost(value)
	case "hostname":
		parsed.SetHostname(value)
	case "port":
		parsed.SetPort(value)
	case "pathname":
		parsed.SetPathname(value)
	case "search":
		parsed.SetSearch(value)
	case "hash":
		parsed.SetHash(value)
	}
	return record(parsed)
}

func record(u *whatwg.Url) URL {
	r := URL{
		Href: u.Href(false), Protocol: u.Protocol(),
		Username: u.Username(), Password: u.Password(),
		Host: u.Host(), Hostname: u.Hostname(), Port: u.Port(),
		Pathname: u.Pathname(), Search: u.Search(), Hash: u.Hash(),
	}
	if end := len(r.Protocol) + len(r.Pathname); u.OpaquePath() && strings.HasSuffix(r.Pathname, " ") {
		// The standard since 2025, which the library does not have: no opaque
		// path ends in a space.
		r.Pathname = r.Pathname[:len(r.Pathname)-1] + "%20"
		r.Href = r.Protocol + r.Pathname + r.Href[end:]
	}
	switch r.Protocol {
	case "http:", "https:", "ws:", "wss:", "ftp:":
		r.Origin = r.Protocol + "//" + r.Host
	case "blob:":
		r.Origin = "null"
		if inner, err := Parse(r.Pathname, ""); err == nil && (inner.Protocol == "http:" || inner.Protocol == "https:") {
			r.Origin = inner.Origin
		}
	default:
		r.Origin = "null"
	}
	return r
}
