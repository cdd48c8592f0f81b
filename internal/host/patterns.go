package host

import (
	"fmt"
	"regexp"
	"strings"
)

// starPattern is a path as _redirects and _headers write it: * at the end is
// the rest of the path, :name one segment.
func starPattern(text string) (*regexp.Regexp, error) {
	var b strings.Builder
	for rest := text; rest != ""; {
		switch {
		case rest[0] == '*':
			b.WriteString("(?P<splat>.*)")
			if rest = rest[1:]; strings.Contains(rest, "*") {
				return nil, fmt.Errorf("more than one * in %q", text)
			}
			continue
		case rest[0] == ':' && len(rest) > 1 && isLetter(rest[1]):
			name := leadingName(rest[1:])
			fmt.Fprintf(&b, "(?P<%s>[^/]+)", name)
			rest = rest[1+len(name):]
			continue
		}
		b.WriteString(regexp.QuoteMeta(rest[:1]))
		rest = rest[1:]
	}
	// A slash more or less at the end is the same to these hosts.
	pattern := strings.TrimSuffix(b.String(), "/")
	if strings.HasSuffix(pattern, "/(?P<splat>.*)") {
		return regexp.Compile("^" + strings.TrimSuffix(pattern, "/(?P<splat>.*)") + "(?:/(?P<splat>.*))?$")
	}
	return regexp.Compile("^" + pattern + "/?$")
}

// starTarget is a target that names what starPattern found.
func starTarget(text string) string {
	var b strings.Builder
	for rest := text; rest != ""; {
		if rest[0] == ':' && len(rest) > 1 && isLetter(rest[1]) {
			name := leadingName(rest[1:])
			fmt.Fprintf(&b, "${%s}", name)
			rest = rest[1+len(name):]
			continue
		}
		if rest[0] == '$' {
			b.WriteByte('$')
		}
		b.WriteByte(rest[0])
		rest = rest[1:]
	}
	return b.String()
}

// pathPattern is a path as vercel.json writes it, which is path-to-regexp's:
// :name, :name*, :name+, :name?, :name(regular expression) and (regular
// expression).
func pathPattern(text string) (*regexp.Regexp, error) {
	var b strings.Builder
	for rest := text; rest != ""; {
		group, length, err := pathGroup(rest)
		switch {
		case err != nil:
			return nil, err
		case length == 0:
			b.WriteString(regexp.QuoteMeta(rest[:1]))
			length = 1
		case strings.HasPrefix(group, "/"):
			// A name that may be missing, or be many, takes the slash before it along.
			before := strings.TrimSuffix(b.String(), "/")
			b.Reset()
			b.WriteString(before + "(?:" + group + ")?")
		default:
			b.WriteString(group)
		}
		rest = rest[length:]
	}
	return regexp.Compile("^" + b.String() + "/?$")
}

// pathGroup reads what stands for a part of a path at the beginning of text:
// its regular expression, and its length in text, 0 when there is none.
func pathGroup(text string) (group string, length int, err error) {
	name, pattern := "", "[^/]+"
	if text[0] == ':' && len(text) > 1 && isLetter(text[1]) {
		name = leadingName(text[1:])
		length = 1 + len(name)
	}
	if length < len(text) && text[length] == '(' {
		end := closing(text[length:])
		if end < 0 {
			return "", 0, fmt.Errorf("a parenthesis is not closed in %q", text)
		}
		pattern = text[length+1 : length+end]
		length += end + 1
	}
	if length == 0 {
		return "", 0, nil
	}
	open := "("
	if name != "" {
		open = "(?P<" + name + ">"
	}
	if length < len(text) {
		switch text[length] {
		case '*':
			return "/" + open + ".*)", length + 1, nil
		case '+':
			return open + ".+)", length + 1, nil
		case '?':
			return "/" + open + pattern + ")", length + 1, nil
		}
	}
	return open + pattern + ")", length, nil
}

// closing is where the parenthesis at the beginning of text is closed, -1 for
// nowhere.
func closing(text string) int {
	depth := 0
	for i := 0; i < len(text); i++ {
		switch text[i] {
		case '\\':
			i++
		case '(':
			depth++
		case ')':
			if depth--; depth == 0 {
				return i
			}
		}
	}
	return -1
}

// pathTarget is a target of vercel.json: :name, with its modifier, and $1.
func pathTarget(text string) string {
	var b strings.Builder
	for rest := text; rest != ""; {
		switch {
		case rest[0] == ':' && len(rest) > 1 && isLetter(rest[1]):
			name := leadingName(rest[1:])
			fmt.Fprintf(&b, "${%s}", name)
			rest = strings.TrimLeft(rest[1+len(name):], "*+?")
			continue
		case rest[0] == '$' && len(rest) > 1 && rest[1] >= '0' && rest[1] <= '9':
			fmt.Fprintf(&b, "${%c}", rest[1])
			rest = rest[2:]
			continue
		case rest[0] == '$':
			b.WriteByte('$')
		}
		b.WriteByte(rest[0])
		rest = rest[1:]
	}
	return b.String()
}

// globPattern is a path as firebase.json writes it: *, **, ?, {a,b}, [abc],
// @(a|b), *(a|b), +(a|b), ?(a|b), :name and :name*.
func globPattern(text string) (*regexp.Regexp, error) {
	if !strings.HasPrefix(text, "/") && !strings.HasPrefix(text, "**") {
		text = "/" + text
	}
	var b strings.Builder
	var ends []string // what closes the groups that are open
	for i := 0; i < len(text); i++ {
		rest := text[i:]
		switch {
		case strings.HasPrefix(rest, "**/"):
			b.WriteString("(?:.*/)?")
			i += 2
		case strings.HasPrefix(rest, "**"):
			b.WriteString(".*")
			i++
		case len(rest) > 1 && rest[1] == '(' && strings.IndexByte("@*+?!", rest[0]) >= 0:
			if rest[0] == '!' {
				return nil, fmt.Errorf("!(…) in %q is not understood", text)
			}
			b.WriteString("(?:")
			ends = append(ends, ")"+strings.Trim(rest[:1], "@"))
			i++
		case rest[0] == ')' && len(ends) > 0:
			b.WriteString(ends[len(ends)-1])
			ends = ends[:len(ends)-1]
		case rest[0] == '|' && len(ends) > 0, rest[0] == ',' && len(ends) > 0 && ends[len(ends)-1] == "}":
			b.WriteByte('|')
		case rest[0] == '{':
			b.WriteString("(?:")
			ends = append(ends, "}")
		case rest[0] == '}' && len(ends) > 0:
			b.WriteByte(')')
			ends = ends[:len(ends)-1]
		case rest[0] == '[' && strings.Contains(rest, "]"):
			end := strings.IndexByte(rest, ']')
			b.WriteString(strings.Replace(rest[:end+1], "[!", "[^", 1))
			i += end
		case rest[0] == ':' && len(rest) > 1 && isLetter(rest[1]):
			name := leadingName(rest[1:])
			i += len(name)
			if pattern := "[^/]+"; i+1 < len(text) && text[i+1] == '*' {
				fmt.Fprintf(&b, "(?P<%s>.*)", name)
				i++
			} else {
				fmt.Fprintf(&b, "(?P<%s>%s)", name, pattern)
			}
		case rest[0] == '*':
			b.WriteString("[^/]*")
		case rest[0] == '?':
			b.WriteString("[^/]")
		default:
			b.WriteString(regexp.QuoteMeta(rest[:1]))
		}
	}
	if len(ends) > 0 {
		return nil, fmt.Errorf("a group is not closed in %q", text)
	}
	pattern := b.String()
	if strings.HasPrefix(pattern, "(?:.*/)?") || strings.HasPrefix(pattern, ".*") {
		pattern = "/?" + pattern
	}
	return regexp.Compile("^" + pattern + "$")
}

// azurePattern is a path as staticwebapp.config.json writes it: * at the end,
// and {a,b} for extensions there.
func azurePattern(text string) (*regexp.Regexp, error) {
	before, after, star := strings.Cut(text, "*")
	pattern := regexp.QuoteMeta(before)
	if star {
		pattern += ".*"
	}
	if list, ok := strings.CutPrefix(after, ".{"); ok && strings.HasSuffix(list, "}") {
		var names []string
		for name := range strings.SplitSeq(strings.TrimSuffix(list, "}"), ",") {
			names = append(names, regexp.QuoteMeta(strings.TrimSpace(name)))
		}
		after = ""
		pattern += `\.(?:` + strings.Join(names, "|") + ")"
	}
	if strings.Contains(after, "*") {
		return nil, fmt.Errorf("more than one * in %q", text)
	}
	return regexp.Compile("^" + pattern + regexp.QuoteMeta(after) + "$")
}

func isLetter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' || c == '_' }

// leadingName is the name at the beginning of a text.
func leadingName(text string) string {
	i := 0
	for i < len(text) && (isLetter(text[i]) || i > 0 && text[i] >= '0' && text[i] <= '9') {
		i++
	}
	return text[:i]
}
