package page

import (
	"slices"
	"strings"
)

// Call is a URL that a script names where it loads something: in fetch, in new
// Worker, in an import that it computes. Imports with a literal are not among
// them; they are read by a parser.
type Call struct {
	// URL is as it is written, with escapes decoded. In a pattern, * stands for
	// what the script puts in; a URL that is computed altogether is "".
	URL  string
	Kind Kind
	Line int
	From From
	// How is the function that loads it, such as "fetch" or "new Worker".
	How string
	// Pattern is set when the script computes a part of the URL or all of it.
	Pattern bool
	// Hint is set when the script only asks for it early.
	Hint bool
}

// From is what the URL in a script is relative to.
type From byte

const (
	// FromPage: the page, or the worker, that runs the script.
	FromPage From = iota
	// FromSelf: the script itself, as with import.meta.url.
	FromSelf
	// FromImport: the script, by way of the page's import map.
	FromImport
	// FromSite: the directory of the site.
	FromSite
)

// Calls are what ReadScript finds.
type Calls struct {
	List []Call
	// Imports is set when the script may have import or export declarations or
	// import calls.
	Imports bool
	// TooDeep is set when expressions nest so deep that a parser may not
	// survive them.
	TooDeep bool
	// Registers are the service workers that the script registers.
	Registers []Registration
	// TypePolicies are the names of the Trusted Types policies that it creates.
	TypePolicies []string
	// Names are what looks like the paths of scripts, styles, data, images or
	// fonts in its strings, each once: what its own code may load. Pages are
	// those of pages, to which it may lead.
	Names, Pages []string
	// Webpack is set when the script is part of a bundle whose runtime loads
	// further files by names that it puts together.
	Webpack bool
}

// ReadScript looks for the URLs that a script loads.
func ReadScript(js string) Calls {
	s := scanner{matcher: matcher{lexer: jsLexer{src: js}, aliases: make(map[string]bool)}, lines: lineCounter{text: js}, pending: -1}
	if !mayCall(js) {
		return Calls{}
	}
	s.calls.Registers = registrations(js)
	for s.next() {
		s.token()
	}
	return s.calls
}

// callWords are what a script must contain to be looked at closely.
var callWords = []string{
	".js", ".css", ".wasm", ".html", ".png", ".jpg", ".jpeg", ".svg", ".webp", ".avif", ".gif", ".ico", ".bmp", ".woff", ".ttf", ".otf", ".eot",
	"import", "export", "fetch", "Worker", "URL", ".open", "addModule", "EventSource", "WebSocket", "sendBeacon", "webpack", "createPolicy",
}

func mayCall(js string) bool {
	// A short script cannot nest deep.
	return len(js) > maxNesting || slices.ContainsFunc(callWords, func(word string) bool { return strings.Contains(js, word) })
}

// A scanner looks at the last tokens after each one: the shapes that it knows
// are all short.
type scanner struct {
	matcher
	lines lineCounter
	calls Calls
	// pending is the index of the call to fetch whose options are being read,
	// -1 for none, and pendingDepth the depth of its arguments.
	pending, pendingDepth int
	// imports is the import call whose argument is being read.
	imports *importCall
	// inScripts, inDeps: the strings that come are arguments of importScripts,
	// or entries of Vite's list of files to load early.
	inScripts, inDeps bool
	depth             nesting
}

type importCall struct {
	pattern string
	depth   int
	line    int
}

func (s *scanner) token() {
	t := s.back(0)
	if s.depth.note(t, &s.lexer) > maxNesting {
		s.calls.TooDeep = true
	}
	if s.imports != nil {
		s.importArgument(t)
	}
	switch {
	case t.kind == jsWord:
		s.word(t.text)
	case t.kind == jsString && s.inDeps:
		s.dependency()
	case t.kind == jsString && s.pending >= 0 && s.back(1).is(":") && s.back(2).text == "method":
		s.sends(t.text)
	case t.kind == jsString && s.back(1).is("[") && strings.HasPrefix(t.text, "webpackChunk"):
		s.calls.Webpack = true
	case t.kind == jsString, t.kind == jsTemplate:
		if strings.IndexByte(t.text, '.') >= 0 && !s.isLoaded() {
			namesIn(jsText(t.text), s.name)
		}
	case t.is("("):
		s.opened()
	case t.is("[") && s.back(1).is("=") && s.back(2).isWord("f") && s.back(3).is(".") && s.aliases["__vite__mapDeps"]:
		s.inDeps = true
	case t.is("]"):
		s.inDeps = false
	case t.is(")"), t.is(","):
		if s.back(1).kind == jsString {
			s.literalEnded()
		}
		if t.is(")") {
			s.closed()
		}
	}
}

// maxNames is how many names of files are listed in each list.
const maxNames = 1000

// isLoaded reports whether the newest token is what an import or a call loads.
func (s *scanner) isLoaded() bool {
	return s.back(1).isWord("from") || s.back(1).isWord("import") || s.inScripts ||
		s.back(1).is("(") && (s.back(2).isWord("import") || s.callee(2) != "")
}

func (s *scanner) name(name string) {
	list := &s.calls.Names
	if kind, _ := fileKind(name); kind == Frame {
		list = &s.calls.Pages
	}
	if len(*list) < maxNames && !slices.Contains(*list, name) {
		*list = append(*list, name)
	}
}

func (s *scanner) word(text string) {
	switch text {
	case "import", "export":
		s.calls.Imports = true
	case "webpackJsonp":
		s.calls.Webpack = true
	case "__vite__mapDeps":
		if s.aliases == nil {
			s.aliases = map[string]bool{}
		}
		s.aliases[text] = true
	case "url":
		s.metaURL()
	case "location", "document":
		// new Worker(new URL("x", location.href))
		if s.isNewURL(1) && s.loaderBefore(5) != "" {
			s.load(s.loaderBefore(5), s.back(2).text, FromPage)
		}
	default:
		if strings.HasPrefix(text, "webpackChunk") && s.isDot(1) {
			s.calls.Webpack = true
		}
	}
}

// isNewURL reports whether new URL("…", stands before the nth token from the end.
func (s *scanner) isNewURL(n int) bool {
	return s.back(n).is(",") && s.back(n+1).kind == jsString && s.back(n+2).is("(") && s.back(n+3).isWord("URL")
}

// metaURL looks for new URL("…", import.meta.url).
func (s *scanner) metaURL() {
	if !s.back(1).is(".") || !s.back(2).isWord("meta") || !s.back(3).is(".") || !s.back(4).isWord("import") || !s.isNewURL(5) {
		return
	}
	url := jsText(s.back(6).text)
	if loader := s.loaderBefore(9); loader != "" {
		s.load(loader, s.back(6).text, FromSelf)
		return
	}
	if url == "" || strings.HasSuffix(url, "/") || strings.HasSuffix(url, ".") {
		return // a directory, to be joined with what the script computes
	}
	s.add(Call{URL: url, Kind: KindOf(url), Line: s.line(6), From: FromSelf, How: "new URL"})
}

// loaderBefore is the function that takes the new URL that ends at the nth
// token from the end, "" for none that loads.
func (s *scanner) loaderBefore(n int) string {
	n++ // new
	if s.back(n).is("+") && s.back(n+1).kind == jsString && s.back(n+1).text == "" {
		n += 2 // Vite writes ""+new URL(…)
	}
	if !s.back(n).is("(") {
		return ""
	}
	return s.callee(n + 1)
}

// callee is the loading function whose name is the nth token from the end.
func (s *scanner) callee(n int) string {
	name := s.back(n)
	if name.kind != jsWord {
		return ""
	}
	global := !s.isDot(n+1) || s.back(n+2).isWord("window") || s.back(n+2).isWord("self") || s.back(n+2).isWord("globalThis")
	switch name.text {
	case "Worker", "SharedWorker", "EventSource", "WebSocket":
		if s.back(n+1).isWord("new") || s.isDot(n+1) && s.back(n+3).isWord("new") {
			return "new " + name.text
		}
	case "fetch", "importScripts":
		if global && !s.back(n+1).isWord("function") {
			return name.text
		}
	case "addModule", "sendBeacon":
		if s.isDot(n + 1) {
			return name.text
		}
	case "resolve":
		if s.isDot(n+1) && s.back(n+2).isWord("meta") && s.back(n+4).isWord("import") {
			return "import.meta.resolve"
		}
	}
	return ""
}

func (s *scanner) opened() {
	switch {
	case s.back(1).isWord("import") && !s.isDot(2) && s.imports == nil:
		s.imports = &importCall{depth: len(s.lexer.brackets), line: s.line(1)}
	case s.back(1).isWord("importScripts"):
		s.inScripts = s.callee(1) != ""
	}
}

func (s *scanner) closed() {
	s.inScripts = false
	if s.pending >= 0 && len(s.lexer.brackets) < s.pendingDepth {
		s.pending = -1
	}
}

// literalEnded looks at a string that is an argument of its own.
func (s *scanner) literalEnded() {
	text := s.back(1).text
	before := s.back(2)
	switch {
	case s.inScripts && (before.is("(") || before.is(",")):
		s.load("importScripts", text, FromPage)
	case before.is("(") && s.back(3).isWord("createPolicy"):
		s.calls.TypePolicies = append(s.calls.TypePolicies, jsText(text))
	case before.is("("):
		if loader := s.callee(3); loader != "" {
			s.load(loader, text, FromPage)
		}
	case before.is(",") && s.back(3).kind == jsString && s.back(4).is("(") && s.back(5).isWord("open") && s.isDot(6):
		s.request(s.back(3).text, text)
	}
}

// request is the open of an XMLHttpRequest.
func (s *scanner) request(method, url string) {
	switch strings.ToUpper(method) {
	case "GET", "HEAD":
		s.add(Call{URL: jsText(url), Kind: Data, How: "XMLHttpRequest"})
	case "POST", "PUT", "PATCH", "DELETE":
		s.add(Call{URL: jsText(url), Kind: Server, How: "XMLHttpRequest"})
	}
}

// sends notes the method of the fetch whose options are being read.
func (s *scanner) sends(method string) {
	if m := strings.ToUpper(method); m != "GET" && m != "HEAD" {
		s.calls.List[s.pending].Kind = Server
	}
}

func (s *scanner) load(loader, url string, from From) {
	c := Call{URL: jsText(url), From: from, How: loader}
	switch loader {
	case "new Worker", "new SharedWorker":
		c.Kind = Worker
	case "importScripts":
		c.Kind = Script
	case "addModule":
		c.Kind = Module
	case "fetch":
		c.Kind = Data
	case "import.meta.resolve":
		c.Kind, c.From = KindOf(c.URL), FromImport
	default:
		c.Kind = Server
	}
	if s.add(c) && loader == "fetch" && s.back(0).is(",") {
		s.pending, s.pendingDepth = len(s.calls.List)-1, len(s.lexer.brackets)
	}
}

// dependency is an entry of __vite__mapDeps: relative to the script when the
// site's base is relative, to the site otherwise.
func (s *scanner) dependency() {
	c := Call{URL: jsText(s.back(0).text), From: FromSite, How: "__vite__mapDeps", Hint: true}
	if strings.HasPrefix(c.URL, ".") || strings.HasPrefix(c.URL, "/") {
		c.From = FromSelf
	}
	c.Kind = KindOf(c.URL)
	s.add(c)
}

func (s *scanner) add(c Call) bool {
	c.URL = cleanURL(c.URL)
	if !c.Pattern && !isLoaded(c.URL) {
		return false
	}
	if c.Line == 0 {
		c.Line = s.line(1)
	}
	s.calls.List = append(s.calls.List, c)
	return true
}

// line is the line of the nth token from the end; lines are asked for in
// ascending order but for some of the same call.
func (s *scanner) line(n int) int { return s.lines.at(max(s.back(n).at, s.lines.until)) }

// importArgument reads on in the argument of an import call.
func (s *scanner) importArgument(t jsToken) {
	depth := len(s.lexer.brackets)
	c := s.imports
	switch {
	case t.is(")") && depth < c.depth, t.is(",") && depth == c.depth:
		s.imports = nil
		s.computed(c)
	case t.is("(") && depth == c.depth && c.pattern == "" && s.back(1).isWord("import"):
	case depth == c.depth && t.kind == jsString, t.kind == jsTemplate && depth <= c.depth+1:
		c.pattern += jsText(t.text)
		if t.kind == jsTemplate && depth > c.depth {
			c.pattern += "*"
		}
	case depth == c.depth && t.is("+"), depth < c.depth:
	case !strings.HasSuffix(c.pattern, "*"):
		c.pattern += "*"
	}
}

// computed adds an import whose URL is not a literal.
func (s *scanner) computed(c *importCall) {
	if !strings.Contains(c.pattern, "*") || c.pattern == "" {
		return
	}
	prefix, _, _ := strings.Cut(c.pattern, "*")
	call := Call{Kind: Module, Line: c.line, From: FromSelf, How: "import", Pattern: true}
	if strings.HasPrefix(prefix, "./") || strings.HasPrefix(prefix, "../") || strings.HasPrefix(prefix, "/") {
		call.URL = c.pattern
	}
	s.add(call)
}
