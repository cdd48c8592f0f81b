package page

import (
	"bytes"
	"strings"
)

// Refresh is what a <meta http-equiv=refresh> asks for.
type Refresh struct {
	// Target is the URL as it is written; "" reloads the page.
	Target string
	// Delay is in seconds.
	Delay int
}

// maxStub is the size over which a page is no redirect stub, whatever it says.
const maxStub = 4 << 10

// Alias reports whether a page is a stub that only sends visitors on, as
// generators write them for moved pages, and where to.
func Alias(content []byte) (target string, ok bool) {
	if len(content) > maxStub || !containsRefresh(content) {
		return "", false
	}
	c := newCursor(content)
	for c.next() {
		if c.isStart() && string(c.name) == "meta" && !c.inert() {
			if r, ok := parseMetaRefresh(c.attrs(nil)); ok && r.Delay == 0 && r.Target != "" {
				return r.Target, true
			}
		}
	}
	return "", false
}

func containsRefresh(content []byte) bool {
	return bytes.Contains(content, []byte("refresh")) ||
		bytes.Contains(content, []byte("Refresh")) ||
		bytes.Contains(content, []byte("REFRESH"))
}

func parseMetaRefresh(meta attrs) (Refresh, bool) {
	if !strings.EqualFold(strings.TrimSpace(meta.get("http-equiv")), "refresh") {
		return Refresh{}, false
	}
	return parseRefresh(meta.get("content"))
}

// parseRefresh follows "shared declarative refresh steps" of the HTML standard.
func parseRefresh(content string) (Refresh, bool) {
	rest := strings.TrimLeft(content, htmlSpace)
	digits := len(rest) - len(strings.TrimLeft(rest, "0123456789"))
	if digits == 0 && !strings.HasPrefix(rest, ".") {
		return Refresh{}, false
	}
	var r Refresh
	for _, d := range rest[:digits] {
		r.Delay = min(r.Delay*10+int(d-'0'), 1<<30)
	}
	rest = strings.TrimLeft(rest[digits:], "0123456789.")
	if rest == "" {
		return r, true
	}
	if !strings.Contains(htmlSpace+";,", rest[:1]) {
		return Refresh{}, false
	}
	rest = strings.TrimLeft(rest, htmlSpace)
	if rest != "" && (rest[0] == ';' || rest[0] == ',') {
		rest = strings.TrimLeft(rest[1:], htmlSpace)
	}
	r.Target = refreshURL(rest)
	return r, true
}

// refreshURL reads `url=x`, `url='x'` or a bare x.
func refreshURL(text string) string {
	if hasFoldPrefix(text, "url") {
		rest := strings.TrimLeft(text[len("url"):], htmlSpace)
		if after, ok := strings.CutPrefix(rest, "="); ok {
			text = strings.TrimLeft(after, htmlSpace)
		}
	}
	if text != "" && (text[0] == '"' || text[0] == '\'') {
		quote := text[:1]
		text, _, _ = strings.Cut(text[1:], quote)
	}
	return cleanURL(text)
}
