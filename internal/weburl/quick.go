package weburl

import "strings"

// quick is Parse for the URLs that nearly all are: http or https, a plain
// lower-case name as host, nothing that would have to be encoded, no dot
// segments. Whatever is not plainly so it leaves to the library; a fuzz test
// holds the two together.
func quick(input, base string) (URL, bool) {
	if base == "" {
		return split(input)
	}
	b, ok := split(base)
	if !ok || input == "" {
		return URL{}, false
	}
	switch c := input[0]; {
	case strings.HasPrefix(input, "http"):
		return split(input)
	case c == '/' && !strings.HasPrefix(input, "//"):
		return split(b.Origin + input)
	case letterOrDigit(c) && !strings.Contains(input, ":"):
		return split(b.Origin + b.Pathname[:strings.LastIndexByte(b.Pathname, '/')+1] + input)
	}
	return URL{}, false
}

// split takes href apart when parsing would not change it.
func split(href string) (URL, bool) {
	u := URL{Href: href, Protocol: "https:"}
	defaultPort := "443"
	rest, ok := strings.CutPrefix(href, "https://")
	if !ok {
		if rest, ok = strings.CutPrefix(href, "http://"); !ok {
			return URL{}, false
		}
		u.Protocol, defaultPort = "http:", "80"
	}
	slash := strings.IndexByte(rest, '/')
	if slash < 0 {
		return URL{}, false
	}
	u.Host = rest[:slash]
	u.Origin = href[:len(href)-len(rest)+slash]
	hasPort := false
	u.Hostname, u.Port, hasPort = strings.Cut(u.Host, ":")
	if !plainName(u.Hostname) || hasPort && (!plainPort(u.Port) || u.Port == defaultPort) {
		return URL{}, false
	}
	rest = rest[slash:]
	i := 0
	for ; i < len(rest) && class[rest[i]]&inPath != 0; i++ {
		if rest[i] == '/' && maybeDots(rest[i+1:]) {
			return URL{}, false
		}
	}
	u.Pathname, rest = rest[:i], rest[i:]
	if strings.HasPrefix(rest, "?") {
		i = span(rest, inQuery)
		u.Search, rest = nonEmpty(rest[:i]), rest[i:]
	}
	if strings.HasPrefix(rest, "#") {
		i = span(rest, inFragment)
		u.Hash, rest = nonEmpty(rest[:i]), rest[i:]
	}
	return u, rest == ""
}

// nonEmpty is a query or fragment as the getters show it: a lone "?" or "#"
// is nothing.
func nonEmpty(part string) string {
	if len(part) == 1 {
		return ""
	}
	return part
}

// span is the length of the delimiter and what follows of the class.
func span(s string, want uint8) int {
	i := 1
	for i < len(s) && class[s[i]]&want != 0 {
		i++
	}
	return i
}

// maybeDots says whether a path segment at the start of s may be "." or "..",
// encoded or not.
func maybeDots(s string) bool {
	if strings.HasPrefix(s, "%2") {
		return true
	}
	return strings.HasPrefix(s, ".") && (len(s) == 1 || strings.IndexByte("./?#%", s[1]) >= 0)
}

// plainName says whether s is a host that neither the rules for international
// names nor those for addresses touch.
func plainName(s string) bool {
	start := true // of a label
	number := false
	for i := 0; i < len(s); i++ {
		c := s[i]
		switch {
		case c == '.':
			if start {
				return false
			}
			start = true
			continue
		case !letterOrDigit(c) && c != '-' || 'A' <= c && c <= 'Z':
			return false
		case start:
			start, number = false, c < 'a'
		}
	}
	return !start && !number && !strings.Contains(s, "xn--")
}

func plainPort(s string) bool {
	if s == "" || s[0] == '0' || len(s) > 4 {
		return false
	}
	for i := 0; i < len(s); i++ {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return true
}

func letterOrDigit(c byte) bool { return class[c]&alphanumeric != 0 }

const (
	inPath = 1 << iota
	inQuery
	inFragment
	alphanumeric
)

// class says where an ASCII character may stand as it is.
var class = func() (class [256]uint8) {
	for c := byte('!'); c <= '~'; c++ {
		class[c] = inPath | inQuery | inFragment
		switch {
		case '0' <= c && c <= '9', 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z':
			class[c] |= alphanumeric
		}
	}
	for where, encoded := range map[uint8]string{inPath: "\"#<>?^`{}\\", inQuery: "\"#<>'", inFragment: "\"<>`"} {
		for _, c := range []byte(encoded) {
			class[c] &^= where
		}
	}
	return class
}()
