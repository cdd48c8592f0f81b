package page

import (
	"bytes"
	"slices"
	"strings"

	"golang.org/x/net/html"
)

// notePlace follows what the head of a document is, and whether there is one.
func (in *inspector) notePlace() {
	if in.inBody && in.isPage && in.stylesheets == nil {
		return
	}
	switch in.kind {
	case html.DoctypeToken:
		in.isPage = in.isPage || isDoctype(in.cursor)
	case html.CommentToken:
		in.instruction()
	case html.TextToken:
		if in.start != in.ownText && !in.wasNested && len(bytes.TrimSpace(bytes.TrimPrefix(in.z.Raw(), bom))) > 0 {
			in.inBody = true
		}
	case html.StartTagToken, html.SelfClosingTagToken:
		in.noteTag()
	}
}

// noteTag looks at a start tag, which may be the first one.
func (in *inspector) noteTag() {
	name := string(in.name)
	if in.stylesheets != nil {
		if name == "svg" {
			in.facts.Refs = append(in.facts.Refs, in.stylesheets...)
		}
		in.stylesheets = nil
	}
	in.isPage = in.isPage || name == "html" || name == "head" || name == "body"
	switch name {
	case "title", "script", "style", "noscript", "noframes":
		in.ownText = in.end
	case "html", "head", "base", "basefont", "bgsound", "link", "meta", "template":
	default:
		in.inBody = in.inBody || !in.wasNested
	}
}

// instruction reads <?xml-stylesheet href="x"?>, which browsers follow in SVG
// (https://www.w3.org/TR/xml-stylesheet/).
func (in *inspector) instruction() {
	text, ok := bytes.CutPrefix(in.z.Raw(), []byte("<?xml-stylesheet "))
	if !ok || in.nested() {
		return
	}
	z := html.NewTokenizer(strings.NewReader("<x " + strings.TrimRight(string(text), "?>") + ">"))
	z.Next()
	for more := true; more; {
		var key, value []byte
		if key, value, more = z.TagAttr(); string(key) == "href" {
			in.countLines()
			url := cleanURL(string(value))
			if isLoaded(url) {
				in.stylesheets = append(in.stylesheets, Ref{URL: url, Kind: Style, Element: "?xml-stylesheet", Attr: "href", Line: in.line})
			}
		}
	}
}

// trust is that of the script element looked at.
func (in *inspector) trust() Trust {
	return Trust{Nonce: in.at.get("nonce"), Integrity: in.at.get("integrity"), Policies: len(in.facts.CSP)}
}

// handler reads a script in an attribute, such as onload. Most of them wait for
// what a visitor does.
func (in *inspector) handler(a attr) {
	if !strings.HasPrefix(a.key, "on") || !strings.Contains(a.val, "(") {
		return
	}
	soft := in.soft || in.inert() || !slices.Contains([]string{"onload", "onpageshow"}, a.key)
	in.facts.Scripts = append(in.facts.Scripts, Inline{Text: a.val, Line: in.line, Handler: true, Soft: soft, Trust: Trust{Policies: len(in.facts.CSP)}})
}
