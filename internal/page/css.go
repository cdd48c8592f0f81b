package page

import (
	"bytes"
	"path"
	"slices"
	"strings"

	"github.com/tdewolff/parse/v2"
	"github.com/tdewolff/parse/v2/css"
)

// A style sheet's references are read from the tokens of the CSS Syntax
// module, with as little of the grammar as decides what a URL is loaded as:
// the at-rule and the declaration around it, and the functions.

// cssRef is a reference of a style sheet and its offset in it.
type cssRef struct {
	url    string
	kind   Kind
	offset int
	// soft is set when the sheet is whole without it: for print, or a font
	// after one that every browser can load.
	soft bool
}

// sheet is what a style sheet says.
type sheet struct {
	refs []cssRef
	// broken is what is malformed, "" for nothing, at an offset.
	broken string
	at     int
}

// ReadStyle lists what a style sheet loads. URLs are as they are written, with
// CSS escapes decoded; broken is what is malformed in it, "" for nothing.
func ReadStyle(content []byte) (refs []Ref, broken string, line int) {
	s := readCSS(string(content))
	lines := lineCounter{text: string(content)}
	for _, r := range s.refs {
		url := cleanURL(r.url)
		if isLoaded(url) {
			refs = append(refs, Ref{URL: url, Kind: r.kind, Line: lines.at(r.offset), Soft: r.soft})
		}
	}
	if s.broken != "" {
		line = 1 + strings.Count(lines.text[:s.at], "\n")
	}
	return refs, s.broken, line
}

// cssRefs lists what a style sheet, or the value of a style attribute, loads.
func cssRefs(text string) []cssRef {
	if !strings.Contains(text, "(") && !strings.Contains(text, "@") {
		return nil
	}
	return readCSS(text).refs
}

func readCSS(text string) sheet {
	buffer := append(make([]byte, 0, len(text)+1), text...) // the lexer writes one byte past the end
	r := cssReader{lexer: css.NewLexer(parse.NewInputBytes(buffer)), imported: -1}
	for r.next() {
	}
	r.endDeclaration()
	if r.broken == "" && len(r.blocks) > 0 {
		r.broken, r.at = "a block is not closed", r.blocks[len(r.blocks)-1].offset
	}
	return r.sheet
}

// cssReader is the state between tokens.
type cssReader struct {
	sheet
	lexer *css.Lexer
	pos   int
	// rule is the at-rule whose prelude is being read, "" for none; media are
	// the words and commas of the prelude.
	rule  string
	media []string
	// imported is the reference of the @import that is being read, -1 for none.
	imported int
	// word is the last identifier; declares is set when it was a property's
	// name, and isSrc when that is src.
	word            []byte
	declares, isSrc bool
	blocks          []block
	// functions are the open functions and parentheses.
	functions []function
	face      face
}

// function is what the arguments of a CSS function mean.
type function byte

const (
	otherFunction function = iota
	// urlFunction has strings that are URLs.
	urlFunction
	formatFunction
)

// block is an open {}.
type block struct {
	rule   string
	print  bool
	offset int
}

// face is the src of an @font-face that is being read.
type face struct {
	// first is the index of its first reference, item that of the comma-separated
	// item being read.
	first, item int
	// loadable is set when an item before can be loaded by every browser.
	loadable bool
	format   string
}

func (r *cssReader) next() bool {
	kind, token := r.lexer.Next()
	if kind == css.ErrorToken {
		return false
	}
	at := r.pos
	r.pos += len(token)
	switch kind {
	case css.AtKeywordToken:
		r.rule, r.media, r.imported = atRule(token[1:]), r.media[:0], -1
	case css.IdentToken, css.CustomPropertyNameToken:
		r.ident(token)
	case css.ColonToken:
		if !r.declares && len(r.functions) == 0 && r.rule == "" {
			r.startDeclaration()
		}
	case css.FunctionToken:
		r.functions = append(r.functions, functionOf(token[:len(token)-1]))
	case css.LeftParenthesisToken, css.LeftBracketToken:
		r.functions = append(r.functions, otherFunction)
	case css.RightParenthesisToken, css.RightBracketToken:
		r.functions = r.functions[:max(0, len(r.functions)-1)]
	case css.URLToken:
		r.url(cssURL(token), at)
	case css.StringToken:
		if len(r.functions) > 0 || r.rule == "import" {
			r.text(cssString(token), at)
		}
	case css.BadStringToken, css.BadURLToken:
		r.fault("a string or a URL does not end in its line", at)
	case css.CommaToken:
		if len(r.functions) == 0 {
			r.endItem()
			r.media = append(r.media, ",")
		}
	case css.SemicolonToken:
		r.endDeclaration()
		r.endPrelude()
	case css.LeftBraceToken:
		r.open(at)
	case css.RightBraceToken:
		r.close(at)
	}
	return true
}

func (r *cssReader) fault(what string, at int) {
	if r.broken == "" {
		r.broken, r.at = what, at
	}
}

func (r *cssReader) ident(token []byte) {
	switch {
	case r.function() == formatFunction:
		r.face.format = strings.ToLower(cssText(token))
	case r.rule == "import" || r.rule == "media":
		if len(r.functions) == 0 && !bytes.EqualFold(token, []byte("layer")) {
			r.media = append(r.media, strings.ToLower(cssText(token)))
		}
	case !r.declares:
		r.word = token
	}
}

// atRule is the name of an at-rule; most are written in lower case.
func atRule(name []byte) string {
	switch string(name) {
	case "media":
		return "media"
	case "font-face":
		return "font-face"
	}
	return strings.ToLower(cssText(name))
}

func functionOf(name []byte) function {
	switch len(name) {
	case 3, 5, 6, 9, 17: // most functions need not be looked at
		switch strings.ToLower(cssText(name)) {
		case "url", "src", "image-set", "-webkit-image-set", "image":
			return urlFunction
		case "format":
			return formatFunction
		}
	}
	return otherFunction
}

func (r *cssReader) function() function {
	if len(r.functions) == 0 {
		return otherFunction
	}
	return r.functions[len(r.functions)-1]
}

func (r *cssReader) text(value string, at int) {
	switch {
	case r.function() == urlFunction:
		r.url(value, at)
	case r.function() == formatFunction:
		r.face.format = strings.ToLower(value)
	case len(r.functions) == 0 && r.rule == "import" && r.imported < 0:
		r.url(value, at)
	}
}

// url adds a reference by where it stands.
func (r *cssReader) url(url string, at int) {
	switch {
	case url == "":
		return
	case r.rule == "import" && r.imported < 0:
		r.imported = len(r.refs)
		r.refs = append(r.refs, cssRef{url, Style, at, false})
		return
	case r.rule != "": // @namespace, @document
		return
	}
	ref := cssRef{url, Image, at, r.inPrint()}
	if r.inFontSrc() || isFontName(url) {
		ref.kind = Font
	}
	r.refs = append(r.refs, ref)
}

func (r *cssReader) inPrint() bool {
	for _, b := range r.blocks {
		if b.print {
			return true
		}
	}
	return false
}

func (r *cssReader) inFontSrc() bool {
	return r.isSrc && len(r.blocks) > 0 && r.blocks[len(r.blocks)-1].rule == "font-face"
}

func (r *cssReader) startDeclaration() {
	r.declares, r.isSrc = true, len(r.word) == len("src") && strings.EqualFold(string(r.word), "src")
	if r.inFontSrc() {
		// The last src of a rule decides; those before it are for old browsers.
		for i := r.face.first; i < len(r.refs); i++ {
			r.refs[i].soft = true
		}
		r.face = face{first: len(r.refs), item: len(r.refs)}
	}
}

// endItem ends an item of a font's src: a browser loads the first that it can.
func (r *cssReader) endItem() {
	if !r.inFontSrc() || r.face.item >= len(r.refs) {
		return
	}
	can := loadsFont(r.face.format, r.refs[r.face.item].url)
	for i := r.face.item; i < len(r.refs); i++ {
		r.refs[i].soft = r.refs[i].soft || r.face.loadable || !can
	}
	r.face.loadable = r.face.loadable || can
	r.face.item, r.face.format = len(r.refs), ""
}

// loadsFont reports whether browsers load a font of a format, which they
// judge by the hint alone; without one they load whatever it is.
func loadsFont(format, url string) bool {
	switch format {
	case "embedded-opentype", "svg":
		return false
	case "":
		url, _, _ = strings.Cut(url, "?")
		return !strings.EqualFold(path.Ext(url), ".eot")
	}
	return true
}

func (r *cssReader) endDeclaration() {
	r.endItem()
	r.declares, r.isSrc, r.word, r.functions = false, false, nil, r.functions[:0]
}

func (r *cssReader) endPrelude() {
	if r.imported >= 0 && r.rule == "import" && r.onlyPrint() {
		r.refs[r.imported].soft = true
	}
	r.rule, r.media, r.imported = "", r.media[:0], -1
}

func (r *cssReader) onlyPrint() bool {
	return len(r.media) > 0 && r.media[0] == "print" && !slices.Contains(r.media, ",")
}

// maxBlocks bounds the memory for blocks that are never closed.
const maxBlocks = 1000

func (r *cssReader) open(at int) {
	if len(r.blocks) < maxBlocks {
		r.blocks = append(r.blocks, block{r.rule, r.rule == "media" && r.onlyPrint(), at})
	}
	if r.rule == "font-face" {
		r.face = face{first: len(r.refs), item: len(r.refs)}
	}
	r.endDeclaration()
	r.endPrelude()
}

func (r *cssReader) close(at int) {
	r.endDeclaration()
	if len(r.blocks) == 0 {
		r.fault("a block is closed that was not opened", at)
		return
	}
	r.blocks = r.blocks[:len(r.blocks)-1]
}
