package page

import "strings"

// A reader of JavaScript that knows words, strings and punctuation apart, and
// both apart from comments and regular expressions. That is what it takes to
// tell a call from its mention: sites about web development quote
// `navigator.serviceWorker.register("/sw.js")` in strings and comments.
//
// Where a slash starts a regular expression is decided by the token before
// it, which is right for all code but `}/` and `++/`.

type jsKind byte

const (
	jsWord jsKind = iota
	jsString
	// jsTemplate is a part of a template literal that has substitutions.
	jsTemplate
	jsPunct
	jsRegexp
)

// jsToken is a token; the text of a string is without its quotes, and its
// escapes are as they are.
type jsToken struct {
	kind jsKind
	text string
	// at is where it starts.
	at int
}

func (t jsToken) is(punct string) bool { return t.kind == jsPunct && t.text == punct }

func (t jsToken) isWord(word string) bool { return t.kind == jsWord && t.text == word }

type jsLexer struct {
	src  string
	pos  int
	last jsToken
	// brackets are the open brackets: '(' and '{', 'c' for the parenthesis of
	// a condition, '$' for the substitution of a template.
	brackets []byte
	// afterCondition is set by a parenthesis that closes a condition.
	afterCondition bool
}

// next returns the next token; ok is false at the end.
func (l *jsLexer) next() (t jsToken, ok bool) {
	l.skipBlank()
	if l.pos >= len(l.src) {
		return jsToken{}, false
	}
	start := l.pos
	switch b := l.src[l.pos]; {
	case isWordByte(b):
		t = l.word()
	case b == '"' || b == '\'':
		t = l.quoted(b)
	case b == '`':
		l.pos++
		t = l.templatePart()
	case b == '/' && l.mayStartRegexp():
		t = l.regexp()
	default:
		t = l.punct(b)
	}
	t.at = start
	l.last = t
	return t, true
}

func isWordByte(b byte) bool {
	return 'a' <= b && b <= 'z' || 'A' <= b && b <= 'Z' || '0' <= b && b <= '9' || b == '_' || b == '$' || b == '\\' || b >= 0x80
}

func (l *jsLexer) skipBlank() {
	for l.pos < len(l.src) {
		rest := l.src[l.pos:]
		switch {
		case rest[0] <= ' ':
			l.pos++
		case strings.HasPrefix(rest, "//"), strings.HasPrefix(rest, "<!--"):
			l.pos += indexOr(rest, '\n', len(rest))
		case strings.HasPrefix(rest, "/*"):
			l.pos += untilAfter(rest, "*/", 2)
		default:
			return
		}
	}
}

func indexOr(s string, c byte, otherwise int) int {
	if i := strings.IndexByte(s, c); i >= 0 {
		return i
	}
	return otherwise
}

func (l *jsLexer) word() jsToken {
	start := l.pos
	for l.pos < len(l.src) && isWordByte(l.src[l.pos]) {
		l.pos++
	}
	return jsToken{kind: jsWord, text: l.src[start:l.pos]}
}

// quoted reads a string; one that does not end in its line ends with it.
func (l *jsLexer) quoted(quote byte) jsToken {
	l.pos++
	start := l.pos
	for l.pos < len(l.src) {
		switch l.src[l.pos] {
		case quote:
			l.pos++
			return jsToken{kind: jsString, text: l.src[start : l.pos-1]}
		case '\\':
			l.pos++
		case '\n':
			return jsToken{kind: jsString, text: l.src[start:l.pos]}
		}
		l.pos++
	}
	l.pos = len(l.src)
	return jsToken{kind: jsString, text: l.src[min(start, len(l.src)):]}
}

// templatePart reads a template literal to its end or its next substitution.
func (l *jsLexer) templatePart() jsToken {
	start := l.pos
	kind := jsString
	if start > 0 && l.src[start-1] == '}' {
		kind = jsTemplate
	}
	for l.pos < len(l.src) {
		rest := l.src[l.pos:]
		switch {
		case rest[0] == '`':
			l.pos++
			return jsToken{kind: kind, text: l.src[start : l.pos-1]}
		case rest[0] == '\\':
			l.pos++
		case strings.HasPrefix(rest, "${"):
			text := l.src[start:l.pos]
			l.pos += 2
			l.brackets = append(l.brackets, '$')
			return jsToken{kind: jsTemplate, text: text}
		}
		l.pos++
	}
	l.pos = len(l.src)
	return jsToken{kind: jsTemplate, text: ""}
}

// mayStartRegexp reports whether a slash after the last token starts a
// regular expression rather than dividing.
func (l *jsLexer) mayStartRegexp() bool {
	switch l.last.kind {
	case jsString, jsTemplate, jsRegexp:
		return false
	case jsWord:
		return l.last.text == "" || beforeRegexp[l.last.text]
	}
	return !l.last.is(")") && !l.last.is("]") || l.last.is(")") && l.afterCondition
}

var beforeRegexp = map[string]bool{
	"return": true, "typeof": true, "case": true, "in": true, "of": true, "delete": true, "void": true,
	"throw": true, "new": true, "else": true, "do": true, "instanceof": true, "await": true, "yield": true,
}

// maxRegexp bounds the search for the end of a regular expression, which
// starts anew at every slash.
const maxRegexp = 16 << 10

// regexp reads a regular expression; a slash without a second one in its
// line divides.
func (l *jsLexer) regexp() jsToken {
	class := false
	for i := l.pos + 1; i < min(len(l.src), l.pos+maxRegexp); i++ {
		switch l.src[i] {
		case '\\':
			i++
		case '[':
			class = true
		case ']':
			class = false
		case '\n':
			return l.punct('/')
		case '/':
			if !class {
				l.pos = i + 1
				return jsToken{kind: jsRegexp, text: ""}
			}
		}
	}
	return l.punct('/')
}

// punct reads one character, or the two of `?.`.
func (l *jsLexer) punct(b byte) jsToken {
	l.pos++
	switch b {
	case '(':
		if l.last.kind == jsWord && beforeCondition[l.last.text] {
			b = 'c'
		}
		l.brackets = append(l.brackets, b)
		b = '('
	case ')':
		l.afterCondition = l.pop() == 'c'
	case '{':
		l.brackets = append(l.brackets, b)
	case '}':
		if l.pop() == '$' {
			return l.templatePart()
		}
	case '?':
		if l.pos < len(l.src) && l.src[l.pos] == '.' {
			l.pos++
			return jsToken{kind: jsPunct, text: "?."}
		}
	}
	return jsToken{kind: jsPunct, text: l.src[l.pos-1 : l.pos]}
}

var beforeCondition = map[string]bool{"if": true, "while": true, "for": true, "with": true}

func (l *jsLexer) pop() byte {
	if len(l.brackets) == 0 {
		return 0
	}
	top := l.brackets[len(l.brackets)-1]
	l.brackets = l.brackets[:len(l.brackets)-1]
	return top
}
