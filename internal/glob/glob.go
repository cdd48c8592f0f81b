// Package glob gives a pattern of slash-separated paths two equal forms: a
// match in Go and a regular expression for JavaScript. It knows neither files
// nor URLs. The syntax is doublestar's: *, ?, **, [class] and {a,b}.
package glob

import (
	"errors"
	"path"
	"strings"

	"github.com/bmatcuk/doublestar/v4"
)

// Pattern is a compiled glob. Its zero value matches nothing but "".
type Pattern struct {
	text string
	// suffix and prefix are shortcuts for the two shapes that most patterns
	// have, `**/*.ext` and `dir/**`: a site of 10,000 files asks every
	// pattern 10,000 times.
	suffix string
	prefix string
}

// Compile checks a pattern. A leading slash or ./ is allowed and means nothing.
func Compile(text string) (Pattern, error) {
	clean := strings.TrimPrefix(strings.TrimPrefix(text, "./"), "/")
	switch {
	case clean == "":
		return Pattern{}, errors.New("empty pattern")
	case !doublestar.ValidatePattern(clean):
		return Pattern{}, errors.New("a bracket, a brace or a backslash is not closed")
	}
	p := Pattern{text: clean}
	if rest, found := strings.CutPrefix(clean, "**/*."); found && isLiteral(rest) {
		p.suffix = "." + rest
	}
	if rest, found := strings.CutSuffix(clean, "/**"); found && isLiteral(rest) {
		p.prefix = rest + "/"
	}
	return p, nil
}

// MustCompile is Compile for patterns that are part of the program.
func MustCompile(text string) Pattern {
	p, err := Compile(text)
	if err != nil {
		panic(text + ": " + err.Error())
	}
	return p
}

// String is the pattern as it was written, without a leading slash.
func (p Pattern) String() string { return p.text }

// Match reports whether the pattern matches a whole path without a leading slash.
func (p Pattern) Match(name string) bool {
	switch {
	case p.suffix != "":
		return strings.HasSuffix(name, p.suffix)
	case p.prefix != "":
		return strings.HasPrefix(name, p.prefix)
	}
	return doublestar.MatchUnvalidated(p.text, name)
}

// Literal reports whether the pattern names one path and no more.
func (p Pattern) Literal() bool { return isLiteral(p.text) }

func isLiteral(s string) bool { return !strings.ContainsAny(s, `*?[{\`) && path.Clean(s) == s }

// RegExp is the pattern as the source of a JavaScript regular expression that
// matches the whole path, for use with the flags "" or "u".
func (p Pattern) RegExp() string {
	t := translator{in: p.text}
	t.alternatives(false)
	return "^" + t.out.String() + "$"
}

// translator follows doublestar.Match construct by construct; a fuzz test
// holds the two together.
type translator struct {
	in  string
	pos int
	out strings.Builder
}

// alternatives translates up to the end, or inside braces up to the closing one.
func (t *translator) alternatives(inBraces bool) {
	for t.pos < len(t.in) {
		c := t.in[t.pos]
		switch {
		case inBraces && c == '}':
			return
		case inBraces && c == ',':
			t.out.WriteByte('|')
			t.pos++
		default:
			t.one(c)
		}
	}
}

func (t *translator) one(c byte) {
	switch c {
	case '*':
		t.star()
	case '?':
		t.out.WriteString("[^/]")
		t.pos++
	case '[':
		t.class()
	case '{':
		t.pos++
		t.out.WriteString("(?:")
		t.alternatives(true)
		t.out.WriteByte(')')
		t.pos++
	case '\\':
		t.pos++
		if t.pos < len(t.in) {
			t.literal(t.in[t.pos])
			t.pos++
		}
	default:
		t.literal(c)
		t.pos++
	}
}

// star translates * and **; the latter only means "any directories" when it
// is a whole path segment.
func (t *translator) star() {
	rest := t.in[t.pos:]
	startsSegment := t.pos == 0 || t.in[t.pos-1] == '/'
	switch {
	case startsSegment && strings.HasPrefix(rest, "**/"):
		t.out.WriteString("(?:.*/)?")
		t.pos += len("**/")
	case startsSegment && rest == "**":
		t.out.WriteString(".*")
		t.pos += len("**")
	default:
		t.out.WriteString("[^/]*")
		for t.pos < len(t.in) && t.in[t.pos] == '*' {
			t.pos++
		}
	}
}

func (t *translator) class() {
	end := t.pos + 1
	if end < len(t.in) && (t.in[end] == '!' || t.in[end] == '^') {
		end++
	}
	for end < len(t.in) && t.in[end] != ']' {
		if t.in[end] == '\\' {
			end++
		}
		end++
	}
	body := t.in[t.pos+1 : end]
	t.pos = end + 1
	negated := strings.HasPrefix(body, "!") || strings.HasPrefix(body, "^")
	if negated {
		body = body[1:]
	}
	body = strings.NewReplacer("[", `\[`, "^", `\^`).Replace(body)
	if negated {
		// A class never matches the separator.
		t.out.WriteString("[^/" + body + "]")
		return
	}
	t.out.WriteString("(?!/)[" + body + "]")
}

func (t *translator) literal(c byte) {
	if strings.IndexByte(`\^$.*+?()[]{}|/-`, c) >= 0 && c != '/' && c != '-' {
		t.out.WriteByte('\\')
	}
	t.out.WriteByte(c)
}
