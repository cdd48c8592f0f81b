package page

import (
	"bytes"
	"path"
	"strings"
	"unicode/utf8"
)

// cssURL is the URL in a url(…) token.
func cssURL(token []byte) string {
	_, inner, _ := bytes.Cut(token, []byte("("))
	inner = bytes.TrimSpace(inner)
	if len(inner) > 0 && (inner[0] == '"' || inner[0] == '\'') {
		inner = bytes.TrimSpace(bytes.TrimSuffix(inner, []byte(")")))
		return cssString(inner)
	}
	return cssText(bytes.TrimSpace(bytes.TrimSuffix(inner, []byte(")"))))
}

// cssString is the text of a string token, which may lack its end.
func cssString(token []byte) string {
	quote := token[:1]
	return cssText(bytes.TrimSuffix(token[1:], quote))
}

// cssText decodes escapes.
func cssText(raw []byte) string {
	if bytes.IndexByte(raw, '\\') < 0 {
		return string(raw)
	}
	var b strings.Builder
	for i := 0; i < len(raw); i++ {
		if raw[i] != '\\' {
			b.WriteByte(raw[i])
			continue
		}
		n, r := cssEscape(raw[i+1:])
		if r >= 0 {
			b.WriteRune(r)
		}
		i += n
	}
	return b.String()
}

// cssEscape reads what follows a backslash; a rune of -1 stands for nothing,
// as an escaped line feed does.
func cssEscape(raw []byte) (length int, r rune) {
	if len(raw) == 0 {
		return 0, utf8.RuneError
	}
	for length < min(6, len(raw)) {
		digit := strings.IndexByte("0123456789abcdef", raw[length]|0x20)
		if digit < 0 || raw[length] < '0' {
			break
		}
		r = r<<4 | rune(digit)
		length++
	}
	switch {
	case length == 0 && raw[0] == '\r' && len(raw) > 1 && raw[1] == '\n':
		return 2, -1
	case length == 0 && (raw[0] == '\n' || raw[0] == '\r' || raw[0] == '\f'):
		return 1, -1
	case length == 0:
		r, length = utf8.DecodeRune(raw)
		return length, r
	}
	if length < len(raw) && strings.IndexByte(htmlSpace, raw[length]) >= 0 {
		length++
	}
	if r == 0 || !utf8.ValidRune(r) {
		r = utf8.RuneError
	}
	return length, r
}

func isFontName(url string) bool {
	url, _, _ = strings.Cut(url, "#")
	url, _, _ = strings.Cut(url, "?")
	switch strings.ToLower(path.Ext(url)) {
	case ".woff2", ".woff", ".ttf", ".otf", ".eot":
		return true
	}
	return false
}

// untilAfter is the length of s up to and with the first sep at or after from.
func untilAfter(s, sep string, from int) int {
	from = min(from, len(s))
	if i := strings.Index(s[from:], sep); i >= 0 {
		return from + i + len(sep)
	}
	return len(s)
}

func hasFoldPrefix(s, prefix string) bool {
	return len(s) >= len(prefix) && strings.EqualFold(s[:len(prefix)], prefix)
}

// lineCounter gives the lines of offsets that are asked for in ascending order.
type lineCounter struct {
	text        string
	line, until int
}

func (l *lineCounter) at(offset int) int {
	l.line += strings.Count(l.text[l.until:offset], "\n")
	l.until = offset
	return l.line + 1
}
