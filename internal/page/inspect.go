package page

import (
	"bytes"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// Facts are what a page says. URLs are as the page writes them, with
// character references decoded and the whitespace that browsers ignore removed.
type Facts struct {
	// Generator is the content of the first <meta name=generator>.
	Generator string
	// Base is the href of <base>, at BaseLine.
	Base     string
	BaseLine int
	// Canonical is the href of <link rel=canonical>.
	Canonical string
	// Refs are what the page loads by itself, in the order of the page.
	Refs []Ref
	// Links are where its anchors lead.
	Links []Link
	// Worker is the service worker that an element of the page registers, which
	// only AMP has; nil for none. Scripts may register others.
	Worker *Registration
	// Refresh is where the page sends its visitors, nil when it does not.
	Refresh *Refresh
	// CSP are the policies in <meta http-equiv=content-security-policy>, of which
	// browsers ignore those that are not in the head.
	CSP []Inline
	// NoIndex is set when search engines are asked to leave the page out.
	NoIndex bool
	// Fragment is set when the text has no doctype, html, head or body: it is a
	// part of pages.
	Fragment bool
	// Mentions are what the page names without loading it: its feed, its
	// preview image, its translations.
	Mentions []Link
	// Scripts, ImportMaps, Rules (speculation rules) and JSON are the texts of
	// the script elements without a source; attributes with scripts are among
	// the first.
	Scripts, ImportMaps, Rules, JSON []Inline
	// Broken says that the page ends within a tag, a comment or a script, or
	// is in an encoding that is not read; "" when it does not.
	Broken string
}

// Inline is a text in a page.
type Inline struct {
	Text string
	// Line is where the text starts.
	Line int
	// Module is set when a script is one; Soft when it only may run; Handler
	// when it is an attribute such as onload.
	Module, Soft, Handler bool
	Trust
}

// Trust is what a Content Security Policy asks of a script element.
type Trust struct {
	// Nonce and Integrity are attributes.
	Nonce, Integrity string
	// Policies is how many of the page's own policies stand before it.
	Policies int
}

// Kind is what a reference is loaded as.
type Kind string

// The kinds of references.
const (
	Script   Kind = "script"
	Module   Kind = "module"
	Style    Kind = "style"
	Image    Kind = "image"
	Font     Kind = "font"
	Media    Kind = "media"
	Track    Kind = "track"
	Frame    Kind = "frame"
	Object   Kind = "object" // embed and object, which no service worker sees
	Icon     Kind = "icon"
	Manifest Kind = "manifest"
	Worker   Kind = "worker" // dedicated and shared
	Data     Kind = "data"   // what scripts fetch, or a preload that does not say as what
	Server   Kind = "server" // what only a server can answer: forms that send, sockets
)

// Ref is a URL that a page loads by itself.
type Ref struct {
	URL  string
	Kind Kind
	// Element and Attr are where it is written; Attr is "" for text of a style element.
	Element, Attr string
	Line          int
	// Soft is set when the page is whole without it: icons, prefetches, print
	// styles, lazy loading by script, what templates and noscript hold.
	Soft bool
	// Hint is set when the page only asks for it early: if it were needed,
	// something else would load it.
	Hint bool
	// NoModule is set on scripts for browsers without modules, which are also
	// without service workers.
	NoModule bool
	// Trust is that of a script element.
	Trust
}

// Link is where an anchor leads.
type Link struct {
	URL  string
	Line int
}

// Inspect reads a whole page.
func Inspect(content []byte) Facts {
	if !asciiBased(content) {
		return Facts{Broken: "its encoding is not one that contains ASCII"}
	}
	in := inspector{cursor: newCursor(content), content: content, line: 1}
	in.run()
	in.facts.Fragment = !in.isPage
	if in.facts.Broken == "" && in.end < len(content) {
		in.facts.Broken = "it ends within a tag"
	}
	return in.facts
}

// An inspector collects the facts of one document, or of a document in it.
type inspector struct {
	*cursor
	content []byte
	facts   Facts
	// line is the line of the offset counted, or of all when pinned.
	line, counted int
	pinned        bool
	// soft marks everything, depth counts the documents around.
	soft  bool
	depth int
	// isPage is set when something makes a document of the text.
	isPage bool
	// inBody is set once the head has ended; ownText is where an element's own
	// text begins.
	inBody  bool
	ownText int
	// stylesheets are what processing instructions ask for: the root element
	// tells whether they are any.
	stylesheets []Ref
	// elem and at are the name and the attributes of the element looked at.
	elem string
	at   attrs
}

const maxDepth = 3

func (in *inspector) run() {
	for in.next() {
		if in.kind == html.CommentToken && in.end == len(in.content) && bytes.HasPrefix(in.z.Raw(), []byte("<!--")) && !bytes.HasSuffix(in.z.Raw(), []byte(">")) {
			in.facts.Broken = "it ends within a comment"
		}
		in.notePlace()
		if in.isStart() && in.isWorthReading() {
			in.countLines()
			in.elem, in.at = atom.String(in.name), in.attrs(in.at[:0])
			in.codeAttrs()
			in.element()
		}
	}
}

func (in *inspector) countLines() {
	if !in.pinned {
		in.line += bytes.Count(in.content[in.counted:in.start], []byte("\n"))
		in.counted = in.start
	}
}

// isWorthReading spares most elements the cost of their attributes.
func (in *inspector) isWorthReading() bool {
	switch string(in.name) {
	case "script", "style", "link", "meta", "base", "a", "area", "noscript", "form", "button", ampInstall:
		return true
	}
	return len(loads[string(in.name)]) > 0 || bytes.Contains(in.z.Raw(), []byte("("))
}

func (in *inspector) element() {
	switch in.elem {
	case "script":
		in.script()
	case "style":
		in.style()
	case "link":
		in.link()
	case "meta":
		in.meta()
	case "base":
		if in.facts.Base == "" && !in.inert() {
			in.facts.Base, in.facts.BaseLine = cleanURL(in.at.get("href")), in.line
		}
	case "a", "area":
		in.anchor()
	case "form", "button":
		in.form()
	case "noscript":
		in.document(in.text("noscript"), inspector{soft: true})
	case ampInstall:
		if in.facts.Worker == nil && !in.inert() {
			in.facts.Worker = &Registration{URL: cleanURL(in.at.get("src")), Line: in.line}
		}
	default:
		in.plain()
	}
}

// document reads a document in the document: its references are loaded too.
func (in *inspector) document(text string, inner inspector) {
	if in.depth == maxDepth {
		return
	}
	inner.content = []byte(text)
	inner.cursor = newCursor(inner.content)
	inner.line = in.line
	inner.pinned = in.pinned || inner.pinned
	inner.soft = in.soft || inner.soft || in.inert()
	inner.depth = in.depth + 1
	inner.run()
	in.facts.Refs = append(in.facts.Refs, inner.facts.Refs...)
	in.facts.Links = append(in.facts.Links, inner.facts.Links...)
	in.facts.Mentions = append(in.facts.Mentions, inner.facts.Mentions...)
	if in.elem != "noscript" { // where no script runs
		in.facts.Scripts = append(in.facts.Scripts, inner.facts.Scripts...)
	}
}

// add records a reference of the element looked at.
func (in *inspector) add(kind Kind, attr, url string, soft bool) {
	in.addRef(Ref{URL: url, Kind: kind, Attr: attr, Line: in.line, Soft: soft})
}

func (in *inspector) addRef(ref Ref) {
	ref.URL = cleanURL(ref.URL)
	if !isLoaded(ref.URL) {
		return
	}
	ref.Element = in.elem
	ref.Soft = ref.Soft || in.soft || in.inert()
	in.facts.Refs = append(in.facts.Refs, ref)
}

// cleanURL removes what the URL standard removes before it parses: control
// characters and spaces around, tabs and newlines within.
func cleanURL(url string) string {
	url = strings.TrimFunc(url, func(r rune) bool { return r <= ' ' })
	if !strings.ContainsAny(url, "\t\n\r") {
		return url
	}
	return strings.NewReplacer("\t", "", "\n", "", "\r", "").Replace(url)
}

// isLoaded reports whether a URL is asked of a server at all.
func isLoaded(url string) bool {
	if url == "" || url[0] == '#' {
		return false
	}
	scheme, _, ok := strings.Cut(url, ":")
	if !ok {
		return true
	}
	switch strings.ToLower(scheme) {
	case "data", "blob", "about", "javascript":
		return false
	}
	return true
}

func (in *inspector) anchor() {
	for _, attr := range [...]string{"href", "xlink:href"} {
		if url := cleanURL(in.at.get(attr)); url != "" {
			in.facts.Links = append(in.facts.Links, Link{url, in.line})
			return
		}
	}
}

func (in *inspector) mention(url string) {
	if url = cleanURL(url); isLoaded(url) && !in.inert() {
		in.facts.Mentions = append(in.facts.Mentions, Link{url, in.line})
	}
}

// form reads where a form goes: one that sends needs a server, one that asks
// leads to a page.
func (in *inspector) form() {
	action, method := "action", "method"
	if in.elem == "button" {
		action, method = "formaction", "formmethod"
	}
	url := cleanURL(in.at.get(action))
	switch strings.ToLower(strings.TrimSpace(in.at.get(method))) {
	case "dialog":
	case "post":
		in.addRef(Ref{URL: url, Kind: Server, Attr: action, Line: in.line})
	default:
		if isLoaded(url) {
			in.facts.Links = append(in.facts.Links, Link{url, in.line})
		}
	}
}

func (in *inspector) script() {
	typ := in.at.get("type")
	kind := Script
	if strings.EqualFold(strings.TrimSpace(typ), "module") {
		kind = Module
	}
	noModule := in.at.has("nomodule") && kind == Script
	for _, attr := range []string{"src", "href", "xlink:href"} { // href is SVG's
		if attr != "src" && !in.foreign() || !in.at.has(attr) {
			continue
		}
		if isScript(typ) {
			in.addRef(Ref{URL: in.at.get(attr), Kind: kind, Attr: attr, Line: in.line, NoModule: noModule, Trust: in.trust()})
		}
		return
	}
	if in.kind == html.SelfClosingTagToken && in.foreign() {
		return
	}
	in.inlineScript(typ, kind == Module)
}

func (in *inspector) inlineScript(typ string, module bool) {
	inline := Inline{Line: in.line, Module: module, Soft: in.soft || in.inert(), Trust: in.trust()}
	if !in.pinned {
		inline.Line += bytes.Count(in.z.Raw(), []byte("\n"))
	}
	switch typ = strings.ToLower(strings.TrimSpace(typ)); {
	case isScript(typ) && !module && in.at.has("nomodule"):
	case isScript(typ):
		inline.Text = in.text("script")
		in.facts.Scripts = append(in.facts.Scripts, inline)
	case typ == "importmap":
		inline.Text, inline.Trust = in.text("script"), Trust{}
		in.facts.ImportMaps = append(in.facts.ImportMaps, inline)
	case typ == "speculationrules":
		inline.Text, inline.Trust = in.text("script"), Trust{}
		in.facts.Rules = append(in.facts.Rules, inline)
	case typ == "application/json":
		inline.Text, inline.Trust = in.text("script"), Trust{}
		in.facts.JSON = append(in.facts.JSON, inline)
	default:
		return
	}
	if in.kind == html.ErrorToken && in.depth == 0 {
		in.facts.Broken = "it ends within a script"
	}
}

func (in *inspector) style() {
	if in.kind == html.SelfClosingTagToken && in.foreign() {
		return
	}
	soft := isPrint(in.at.get("media"))
	css := in.text("style")
	for _, ref := range cssRefs(css) {
		line := in.line
		if !in.pinned {
			line += strings.Count(css[:ref.offset], "\n")
		}
		in.addRef(Ref{URL: ref.url, Kind: ref.kind, Line: line, Soft: soft || ref.soft})
	}
}

func isPrint(media string) bool { return strings.EqualFold(strings.TrimSpace(media), "print") }

// codeAttrs reads the attributes that hold scripts, and those that hold CSS:
// style, and in SVG those that may point at a paint server or a filter.
func (in *inspector) codeAttrs() {
	for _, a := range in.at {
		switch a.key {
		case "style":
		case "fill", "stroke", "filter", "mask", "clip-path", "cursor", "marker-start", "marker-mid", "marker-end":
			if !in.foreign() {
				continue
			}
		default:
			in.handler(a)
			continue
		}
		for _, ref := range cssRefs(a.val) {
			in.add(ref.kind, a.key, ref.url, ref.soft)
		}
	}
}

func (in *inspector) meta() {
	if in.inert() {
		return
	}
	content := in.at.get("content")
	switch strings.ToLower(in.at.get("property") + in.at.get("name")) {
	case "og:image", "og:image:url", "og:url", "og:video", "og:audio", "twitter:image", "msapplication-tileimage", "msapplication-config":
		in.mention(content)
	}
	switch strings.ToLower(strings.TrimSpace(in.at.get("name"))) {
	case "generator":
		if in.facts.Generator == "" {
			in.facts.Generator = strings.TrimSpace(content)
		}
	case "robots", "googlebot":
		in.facts.NoIndex = in.facts.NoIndex || asksNoIndex(content)
	}
	if strings.EqualFold(strings.TrimSpace(in.at.get("http-equiv")), "content-security-policy") && !in.inBody && content != "" {
		in.facts.CSP = append(in.facts.CSP, Inline{Text: content, Line: in.line})
	}
	if r, ok := parseMetaRefresh(in.at); ok && in.facts.Refresh == nil {
		in.facts.Refresh = &r
	}
}

func asksNoIndex(robots string) bool {
	for _, word := range strings.FieldsFunc(strings.ToLower(robots), func(r rune) bool { return r == ',' || r <= ' ' }) {
		if word == "noindex" || word == "none" {
			return true
		}
	}
	return false
}
