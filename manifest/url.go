package manifest

import (
	"strings"
	"unicode/utf8"
)

// URLPath is the path under which visitors ask for a file of the site:
// `a/index.html` is `a/`, other names stay. The bytes that the WHATWG URL
// standard percent-encodes in paths are encoded, so that a browser's own
// serialisation of the same path is the same string.
func URLPath(name string) string {
	if name == "index.html" {
		return ""
	}
	if dir, found := strings.CutSuffix(name, "/index.html"); found {
		name = dir + "/"
	}
	return escapePath(name)
}

// escapePath encodes the path percent-encode set of
// https://url.spec.whatwg.org/#path-percent-encode-set, and what would not
// survive parsing: the percent sign itself and the backslash, which special
// URLs read as a slash. A segment "." or ".." cannot be a file's name.
func escapePath(name string) string {
	if !strings.ContainsFunc(name, func(r rune) bool { return r >= utf8.RuneSelf || needsEscape(byte(r)) }) {
		return name
	}
	const hex = "0123456789ABCDEF"
	out := make([]byte, 0, len(name)+16)
	for i := range len(name) {
		if c := name[i]; needsEscape(c) {
			out = append(out, '%', hex[c>>4], hex[c&15])
		} else {
			out = append(out, c)
		}
	}
	return string(out)
}

func needsEscape(c byte) bool {
	return c <= ' ' || c >= 0x7f || strings.IndexByte("\"#<>?^`{}%\\", c) >= 0
}

// nameProblem says why a file's name cannot become a URL; "" when it can.
func nameProblem(name string) string {
	if !utf8.ValidString(name) {
		return "its name is not UTF-8"
	}
	for _, r := range name {
		if r < ' ' || r == 0x7f {
			return "its name holds a control character"
		}
	}
	return ""
}
