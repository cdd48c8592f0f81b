// Package glob gives a pattern of slash-separated paths two equal forms: a
// match in Go and a regular expression for JavaScript. It knows neither files
// nor URLs. The syntax is doublestar's: *, ?, **, [class] and {a,b}.
package glob

import (
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"
	"unicode/utf8"

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
	// plain are the alternatives without braces.
	plain []string
}

// Compile checks a pattern. A leading slash or ./ is allowed and means nothing.
func Compile(text string) (Pattern, error) {
	clean := strings.TrimPrefix(strings.TrimPrefix(text, "./"), "/")
	switch {
	case clean == "":
		return Pattern{}, errors.New("empty pattern")
	case !starsAreSegments(clean):
		return Pattern{}, errors.New("** must stand between slashes, as in a/**/*.js")
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
	for _, plain := range expand(clean) {
		t := translator{in: plain}
		if t.all(); t.reversed {
			return Pattern{}, errors.New("a range in brackets is the wrong way round")
		}
		// doublestar is of two minds about whether a/** matches a; here it
		// matches what is below a, and no more.
		if below, found := strings.CutSuffix(plain, "/**"); found {
			plain = below + "/**/*"
		}
		p.plain = append(p.plain, plain)
	}
	return p, nil
}

// starsAreSegments refuses a**b and **.js, which read as if they crossed
// directories and do not.
func starsAreSegments(pattern string) bool {
	for i := 0; i+1 < len(pattern); i++ {
		if pattern[i] == '\\' {
			i++
			continue
		}
		if pattern[i:i+2] != "**" {
			continue
		}
		before := i == 0 || strings.IndexByte("/{,", pattern[i-1]) >= 0
		after := i+2 == len(pattern) || strings.IndexByte("/},", pattern[i+2]) >= 0
		if !before || !after {
			return false
		}
		i++
	}
	return true
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
	return slices.ContainsFunc(p.plain, func(plain string) bool { return doublestar.MatchUnvalidated(plain, name) })
}

// Literal reports whether the pattern names one path and no more.
func (p Pattern) Literal() bool { return isLiteral(p.text) }

func isLiteral(s string) bool { return !strings.ContainsAny(s, `*?[{\`) && path.Clean(s) == s }

// RegExp is the pattern as the source of a JavaScript regular expression that
// matches the whole path, for use with the flag "u".
func (p Pattern) RegExp() string {
	var alternatives []string
	for _, plain := range p.plain {
		t := translator{in: plain}
		t.all()
		alternatives = append(alternatives, t.out.String())
	}
	return "^(?:" + strings.Join(alternatives, "|") + ")$"
}

// expand writes out the braces of a pattern: a/{b,c} is a/b and a/c. What
// stands beside a brace decides what ** means in it.
func expand(pattern string) []string {
	open := indexUnescaped(pattern, "{")
	if open < 0 {
		return []string{pattern}
	}
	var out []string
	depth, start := 0, open+1
	for i := open; i < len(pattern); i++ {
		switch c := pattern[i]; {
		case c == '\\':
			i++
		case c == '[':
			i += max(0, indexUnescaped(pattern[i:], "]"))
		case c == '{':
			depth++
		case c == ',' && depth == 1, c == '}' && depth == 1:
			for _, inner := range expand(pattern[start:i]) {
				out = append(out, pattern[:open]+inner)
			}
			start = i + 1
			if c == '}' {
				return product(out, expand(pattern[start:]))
			}
		case c == '}':
			depth--
		}
	}
	return out // not reached: Compile refuses an open brace
}

func product(heads, tails []string) (out []string) {
	for _, head := range heads {
		for _, tail := range tails {
			out = append(out, head+tail)
		}
	}
	return out
}

// indexUnescaped finds a character outside of classes and not behind a backslash.
func indexUnescaped(pattern, char string) int {
	for i := 0; i < len(pattern); i++ {
		switch {
		case pattern[i] == '\\':
			i++
		case pattern[i] == char[0]:
			return i
		case pattern[i] == '[' && i+1 < len(pattern) && char != "]":
			end := indexUnescaped(pattern[i+1:], "]")
			if end < 0 {
				return -1
			}
			i += end + 1
		}
	}
	return -1
}

// translator follows doublestar.Match construct by construct, on a pattern
// without braces; a fuzz test holds the two together.
type translator struct {
	in  string
	pos int
	out strings.Builder
	// reversed says that a class holds a range like z-a.
	reversed bool
}

func (t *translator) all() {
	for t.pos < len(t.in) {
		t.next()
	}
}

func (t *translator) next() {
	switch c := t.in[t.pos]; {
	case c == '*':
		t.star()
	case c == '?':
		t.out.WriteString("[^/]")
		t.pos++
	case c == '[':
		t.class()
	case c == '\\' && t.pos+1 < len(t.in):
		t.literal(t.in[t.pos+1])
		t.pos += 2
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

// class translates [abc], [a-z] and their negations.
func (t *translator) class() {
	t.pos++
	out := "["
	if c := t.in[t.pos]; c == '!' || c == '^' {
		out = "[^"
		t.pos++
	}
	for t.pos < len(t.in) && t.in[t.pos] != ']' {
		from := t.classRune()
		to := from
		if rest := t.in[t.pos:]; len(rest) > 1 && rest[0] == '-' && rest[1] != ']' {
			t.pos++
			to = t.classRune()
		}
		t.reversed = t.reversed || from > to
		out += fmt.Sprintf(`\u{%x}-\u{%x}`, from, to)
	}
	t.pos++
	t.out.WriteString(out + "]")
}

func (t *translator) classRune() rune {
	if t.in[t.pos] == '\\' {
		t.pos++
	}
	r, size := utf8.DecodeRuneInString(t.in[t.pos:])
	t.pos += size
	return r
}

func (t *translator) literal(c byte) {
	if strings.IndexByte(`\^$.*+?()[]{}|`, c) >= 0 {
		t.out.WriteByte('\\')
	}
	t.out.WriteByte(c)
}
