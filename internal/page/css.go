package page

import (
	"path"
	"strings"
)

// A style sheet's references, read with a small lexer: comments and strings
// are known, escapes in URLs are not.

// cssRef is a reference of a style sheet and its offset in it.
type cssRef struct {
	url    string
	kind   Kind
	offset int
}

type cssLexer struct {
	css  string
	pos  int
	refs []cssRef
	// imports is set from @import to its URL; the URL of @namespace is a name and is loaded by none.
	imports, namespace bool
}

// cssRefs lists what a style sheet, or the value of a style attribute, loads.
func cssRefs(css string) []cssRef {
	if !strings.Contains(css, "(") && !strings.Contains(css, "@") {
		return nil
	}
	l := cssLexer{css: css}
	for l.pos < len(l.css) {
		l.step()
	}
	return l.refs
}

func (l *cssLexer) step() {
	rest := l.css[l.pos:]
	switch {
	case strings.HasPrefix(rest, "/*"):
		l.pos += untilAfter(rest, "*/", 2)
	case rest[0] == '"' || rest[0] == '\'':
		at := l.pos
		if text := l.quoted(); l.imports {
			l.add(text, Style, at)
		}
	case hasFoldPrefix(rest, "url("):
		l.url()
	case hasFoldPrefix(rest, "@import"):
		l.imports = true
		l.pos += len("@import")
	case hasFoldPrefix(rest, "@namespace"):
		l.namespace = true
		l.pos += len("@namespace")
	case rest[0] == ';' || rest[0] == '{':
		l.imports, l.namespace = false, false
		l.pos++
	case rest[0] == '\\':
		l.pos += 2
	case isCSSName(rest[0]):
		// A name is taken whole, so that `my-url(` is not `url(`.
		for l.pos < len(l.css) && isCSSName(l.css[l.pos]) {
			l.pos++
		}
	default:
		l.pos++
	}
}

func (l *cssLexer) add(url string, kind Kind, at int) {
	l.imports = false
	if !l.namespace {
		l.refs = append(l.refs, cssRef{url, kind, at})
	}
	l.namespace = false
}

// quoted reads the string at the position; one that is not closed in its
// line ends with it.
func (l *cssLexer) quoted() string {
	quote := l.css[l.pos]
	start := l.pos + 1
	for i := start; i < len(l.css); i++ {
		switch l.css[i] {
		case '\\':
			i++
		case '\n':
			l.pos = i
			return l.css[start:i]
		case quote:
			l.pos = i + 1
			return l.css[start:i]
		}
	}
	l.pos = len(l.css)
	return l.css[start:]
}

// url reads `url(…)`, with or without quotes.
func (l *cssLexer) url() {
	at := l.pos
	l.pos += len("url(")
	for l.pos < len(l.css) && l.css[l.pos] <= ' ' {
		l.pos++
	}
	if l.pos == len(l.css) {
		return
	}
	kind := Image
	if l.imports {
		kind = Style
	}
	var text string
	if l.css[l.pos] == '"' || l.css[l.pos] == '\'' {
		text = l.quoted()
	} else {
		n := untilAfter(l.css[l.pos:], ")", 0)
		text = strings.TrimSpace(strings.TrimSuffix(l.css[l.pos:l.pos+n], ")"))
		l.pos += n
	}
	if kind == Image && isFontName(text) {
		kind = Font
	}
	l.add(text, kind, at)
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

func isCSSName(b byte) bool {
	return 'a' <= b && b <= 'z' || 'A' <= b && b <= 'Z' || '0' <= b && b <= '9' || b == '-' || b == '_' || b >= 0x80
}
