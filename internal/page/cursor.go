package page

import (
	"bytes"
	"slices"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// A cursor walks the tokens of a page and knows the place of each in the
// bytes. The tokenizer alone does not know three things that decide whether a
// tag means what it says: whether it stands in a template, whether it stands
// in SVG or MathML, and that style and title hold no raw text there.
type cursor struct {
	z    *html.Tokenizer
	kind html.TokenType
	// name is the tag's name in lower case; it is overwritten by next.
	name []byte
	// start and end are the token's place in the page.
	start, end int
	// wasNested is nested for what stands before the token.
	wasNested bool
	// open are the elements around the token that change what tags mean.
	open []scope
}

// scope is an open element that changes what the tags in it mean.
type scope byte

const (
	template      scope = 't'
	shadow        scope = 'h' // a template that the browser renders
	svg           scope = 's'
	math          scope = 'm'
	foreignObject scope = 'f'
)

var bom = []byte("\xef\xbb\xbf")

// newCursor walks a page; a byte order mark in front is no token.
func newCursor(content []byte) *cursor {
	rest := bytes.TrimPrefix(content, bom)
	at := len(content) - len(rest)
	return &cursor{z: html.NewTokenizer(bytes.NewReader(rest)), start: at, end: at}
}

// next goes to the next token. It returns false at the end of the page.
func (c *cursor) next() bool {
	c.kind = c.z.Next()
	if c.kind == html.ErrorToken {
		return false
	}
	raw := c.z.Raw()
	c.start = c.end
	c.end += len(raw)
	c.wasNested = c.nested()
	switch c.kind {
	case html.StartTagToken, html.SelfClosingTagToken:
		c.name = appendName(c.name[:0], raw[1:])
		c.enter()
	case html.EndTagToken:
		c.name = appendName(c.name[:0], raw[2:])
		c.leave()
	default:
		c.name = c.name[:0]
	}
	return true
}

// appendName appends the tag name that tag starts with, in lower case.
func appendName(name, tag []byte) []byte {
	for _, b := range tag {
		switch b {
		case ' ', '\n', '\r', '\t', '\f', '/', '>':
			return name
		}
		if 'A' <= b && b <= 'Z' {
			b += 'a' - 'A'
		}
		name = append(name, b)
	}
	return name
}

// isStart reports whether the token is a start tag.
func (c *cursor) isStart() bool {
	return c.kind == html.StartTagToken || c.kind == html.SelfClosingTagToken
}

// isEnd reports whether the token is the end tag of an element.
func (c *cursor) isEnd(name string) bool {
	return c.kind == html.EndTagToken && string(c.name) == name
}

// nested reports whether what follows the token is not plain content of the document.
func (c *cursor) nested() bool { return len(c.open) > 0 }

// inert reports whether what follows the token is in a template.
func (c *cursor) inert() bool { return slices.Contains(c.open, template) }

// foreign reports whether the innermost scope is SVG or MathML.
func (c *cursor) foreign() bool {
	if len(c.open) == 0 {
		return false
	}
	top := c.open[len(c.open)-1]
	return top == svg || top == math
}

func (c *cursor) enter() {
	name := string(c.name)
	for c.foreign() && breaksOut[name] {
		c.open = c.open[:len(c.open)-1]
	}
	closed := c.kind == html.SelfClosingTagToken
	switch name {
	case "template":
		if c.foreign() {
			break
		}
		if _, ok := c.attr("shadowrootmode"); ok {
			c.open = append(c.open, shadow)
		} else {
			c.open = append(c.open, template)
		}
	case "svg":
		if !closed {
			c.open = append(c.open, svg)
		}
	case "math":
		if !closed {
			c.open = append(c.open, math)
		}
	case "foreignobject":
		if !closed && c.foreign() {
			c.open = append(c.open, foreignObject)
		}
	}
	if c.foreign() {
		c.z.NextIsNotRawText()
	}
	c.z.AllowCDATA(c.foreign())
}

func (c *cursor) leave() {
	var ends [2]scope
	switch string(c.name) {
	case "template":
		ends = [2]scope{template, shadow}
	case "svg":
		ends[0] = svg
	case "math":
		ends[0] = math
	case "foreignobject":
		ends[0] = foreignObject
	default:
		return
	}
	for i := len(c.open) - 1; i >= 0; i-- {
		if slices.Contains(ends[:], c.open[i]) {
			c.open = c.open[:i]
			break
		}
		if c.open[i] == template || c.open[i] == shadow {
			break // no end tag reaches out of a template
		}
	}
	c.z.AllowCDATA(c.foreign())
}

// attr returns an attribute's value straight from the tag's bytes, with its
// character references as they are, so that the tokenizer's attributes stay
// unread for others.
func (c *cursor) attr(name string) (value string, ok bool) {
	raw := c.z.Raw()
	if !bytes.Contains(raw, []byte(name)) { // names are written in lower case in practice
		return "", false
	}
	z := html.NewTokenizer(bytes.NewReader(raw))
	z.Next()
	for more := true; more; {
		var key, val []byte
		key, val, more = z.TagAttr()
		if string(key) == name {
			return string(val), true
		}
	}
	return "", false
}

// attrs appends the attributes of the tag to list; it can be asked once a token.
func (c *cursor) attrs(list attrs) attrs {
	for more := true; more; {
		var key, val []byte
		key, val, more = c.z.TagAttr()
		if len(key) > 0 && !saysNothing(key) {
			list = append(list, attr{atom.String(key), string(val)})
		}
	}
	return list
}

// saysNothing reports whether an attribute is one of the many that nobody
// here asks for; their values are not worth a copy.
func saysNothing(key []byte) bool {
	switch string(key) {
	case "class", "id", "title", "alt", "width", "height", "target", "role", "lang":
		return true
	}
	return len(key) > 5 && string(key[:5]) == "aria-"
}

type attr struct{ key, val string }

type attrs []attr

// get returns an attribute's value, "" when there is none.
func (as attrs) get(key string) string {
	for _, a := range as {
		if a.key == key {
			return a.val
		}
	}
	return ""
}

func (as attrs) has(key string) bool {
	return slices.ContainsFunc(as, func(a attr) bool { return a.key == key })
}

// breaksOut are the tags that end SVG and MathML around them, as in the HTML
// standard's "rules for parsing tokens in foreign content".
var breaksOut = map[string]bool{
	"b": true, "big": true, "blockquote": true, "body": true, "br": true, "center": true, "code": true,
	"dd": true, "div": true, "dl": true, "dt": true, "em": true, "embed": true,
	"h1": true, "h2": true, "h3": true, "h4": true, "h5": true, "h6": true, "head": true, "hr": true,
	"i": true, "img": true, "li": true, "listing": true, "menu": true, "meta": true, "nobr": true,
	"ol": true, "p": true, "pre": true, "ruby": true, "s": true, "small": true, "span": true, "strike": true,
	"strong": true, "sub": true, "sup": true, "table": true, "tt": true, "u": true, "ul": true, "var": true,
}
