package page

import (
	"bytes"
	"fmt"
	"strings"

	"golang.org/x/net/html"
)

// Inserting a script element is an edit at one byte offset. The walk to it
// usually ends at </head>, so the cost of a page is the cost of its head.

// Tag is a script element to put into pages.
type Tag struct {
	// Src is the URL of the script.
	Src string
	// Nonce is the value of the nonce attribute; "" writes none.
	Nonce string
}

// State is what became of a page that a script element was to be put into.
type State int

const (
	// Inserted: the page has the element now.
	Inserted State = iota
	// Unchanged: the page had the very element already.
	Unchanged
	// Updated: an element of an earlier run was replaced, or its doubles removed.
	Updated
	// Foreign: the page registers a service worker itself and was left alone.
	Foreign
	// NotAPage: it is a fragment, without doctype, html, head and body, and was left alone.
	NotAPage
	// AMP: it is an AMP page, which may hold no script of the site, and was left alone.
	AMP
	// OtherEncoding: it is written in UTF-16 or another encoding that does
	// not contain ASCII, and was left alone.
	OtherEncoding
)

// String is the state in words.
func (s State) String() string {
	words := [...]string{"inserted", "unchanged", "updated", "foreign", "not a page", "AMP", "other encoding"}
	if s < 0 || int(s) >= len(words) {
		return fmt.Sprintf("State(%d)", int(s))
	}
	return words[s]
}

// marker is the attribute by which an element of an earlier run is known.
const marker = "data-swgen"

// Insert puts a script element into a page, before the end of its head, and
// returns the page as it is then: content itself when nothing changed. An
// element that is there already is replaced where it stands.
func Insert(content []byte, tag Tag) ([]byte, State) {
	if !asciiBased(content) {
		return content, OtherEncoding
	}
	if registersItself(content) {
		return content, Foreign
	}
	s := surveyPage(content)
	switch {
	case s.amp:
		return content, AMP
	case !s.isPage:
		return content, NotAPage
	}
	element := tag.element(isXHTML(content))
	if len(s.own) == 0 {
		return splice(content, []span{{s.at, s.at}}, element), Inserted
	}
	if first := s.own[0]; len(s.own) == 1 && string(content[first.start:first.end]) == element {
		return content, Unchanged
	}
	return splice(content, s.own, element), Updated
}

// Remove takes the element out of a page again and reports whether there was
// one. It returns content itself when there was none.
func Remove(content []byte) ([]byte, bool) {
	if !bytes.Contains(content, []byte(marker)) || !asciiBased(content) {
		return content, false
	}
	s := surveyPage(content)
	if len(s.own) == 0 {
		return content, false
	}
	return splice(content, s.own, ""), true
}

// element is the element as text. XHTML, which may be parsed as XML, has no
// attributes without a value.
func (t Tag) element(xhtml bool) string {
	empty := ""
	if xhtml {
		empty = `=""`
	}
	var b strings.Builder
	b.WriteString(`<script src="`)
	writeEscaped(&b, t.Src)
	b.WriteString(`" defer` + empty)
	if t.Nonce != "" {
		b.WriteString(` nonce="`)
		writeEscaped(&b, t.Nonce)
		b.WriteString(`"`)
	}
	b.WriteString(` ` + marker + empty + `></script>`)
	return b.String()
}

// writeEscaped writes an attribute's value in ASCII, since the page may be in
// an encoding other than UTF-8.
func writeEscaped(b *strings.Builder, value string) {
	for _, r := range value {
		switch {
		case r == '&':
			b.WriteString("&amp;")
		case r == '"':
			b.WriteString("&#34;")
		case r == '<':
			b.WriteString("&lt;")
		case r == '>':
			b.WriteString("&gt;")
		case r < 0x80:
			b.WriteRune(r)
		default:
			fmt.Fprintf(b, "&#x%x;", r)
		}
	}
}

// isXHTML reports whether a page may also be read by an XML parser.
func isXHTML(content []byte) bool {
	start := bytes.TrimSpace(bytes.TrimPrefix(content, bom))
	return bytes.HasPrefix(start, []byte("<?xml"))
}

// span is a range of a page's bytes.
type span struct{ start, end int }

// splice replaces the first span by text and removes the others.
func splice(content []byte, spans []span, text string) []byte {
	out := make([]byte, 0, len(content)+len(text))
	at := 0
	for i, s := range spans {
		out = append(out, content[at:s.start]...)
		if i == 0 {
			out = append(out, text...)
		}
		at = s.end
	}
	return append(out, content[at:]...)
}

// survey is what has to be known of a page to edit it.
type survey struct {
	isPage bool
	amp    bool
	// at is where a new element goes.
	at int
	// own are the elements of earlier runs.
	own []span
}

// surveyPage walks a page as far as needed: to the end of its head, or
// through all of it when elements of earlier runs may follow.
func surveyPage(content []byte) survey {
	c := newCursor(content)
	var s survey
	var p places
	p.first = c.end
	found := false
	for c.next() {
		if c.isStart() && string(c.name) == "script" && bytes.Contains(c.z.Raw(), []byte(marker)) {
			s.noteOwn(c)
		}
		if found {
			continue
		}
		s.notePage(c)
		if s.at, found = p.note(c); found && !bytes.Contains(content[c.start:], []byte(marker)) {
			return s
		}
	}
	if !found {
		s.at = p.best()
	}
	return s
}

// notePage looks for what makes a document of a text.
func (s *survey) notePage(c *cursor) {
	s.isPage = s.isPage || isDoctype(c)
	if c.inert() {
		return
	}
	switch string(c.name) {
	case "html":
		s.isPage = true
		if c.isStart() && isAMP(c) {
			s.amp = true
		}
	case "head", "body":
		s.isPage = true
	}
}

// isDoctype reports whether the token is a doctype that ends before the page does.
func isDoctype(c *cursor) bool {
	return c.kind == html.DoctypeToken && bytes.HasSuffix(c.z.Raw(), []byte(">"))
}

// isAMP reports whether an html start tag declares an AMP page.
func isAMP(c *cursor) bool {
	for _, a := range c.attrs(nil) {
		if a.key == "amp" || strings.HasPrefix(a.key, "⚡") {
			return true
		}
	}
	return false
}

// noteOwn records the script element at the cursor when it is one of swgen's
// and its end tag is there. The cursor goes to the last token looked at.
func (s *survey) noteOwn(c *cursor) {
	if c.nested() {
		return
	}
	if _, ours := c.attr(marker); !ours {
		return
	}
	start := c.start
	for c.next() {
		if c.isEnd("script") {
			s.own = append(s.own, span{start, c.end})
			return
		}
		if c.kind != html.TextToken {
			return
		}
	}
}

// places are the offsets at which an element could go, 0 when not seen: the
// later in this list, the better.
type places struct {
	first, doctype, html, head int
}

// note looks at a token and reports the best place there is, when this is it.
func (p *places) note(c *cursor) (at int, found bool) {
	if p.doctype == 0 && isDoctype(c) {
		p.doctype = c.end
	}
	if c.nested() || c.wasNested {
		return 0, false
	}
	switch {
	case c.isEnd("head"), c.isStart() && string(c.name) == "body":
		return c.start, true
	case !c.isStart():
		return 0, false
	case string(c.name) == "html" && p.html == 0:
		p.html = c.end
	case string(c.name) == "head" && p.head == 0:
		p.head = c.end
	}
	return 0, false
}

func (p *places) best() int { return max(p.first, p.doctype, p.html, p.head) }
