package page

import (
	"slices"
	"strings"
)

// maxArguments is how many tokens of the arguments of a registration are read.
const maxArguments = 500

// registration reads the arguments of a registration whose opening parenthesis
// is the newest token. The matcher stays where it is.
func (m *matcher) registration() (r Registration) {
	arguments := m.arguments()
	if len(arguments) == 0 {
		return r
	}
	r.URL, r.From, r.Plain = m.address(arguments[0])
	if len(arguments) < 2 {
		return r
	}
	options := arguments[1]
	if len(options) < 2 || !options[0].is("{") || !options[len(options)-1].is("}") {
		r.HasScope = true // it may be in options that come from elsewhere
		return r
	}
	for _, option := range split(options[1 : len(options)-1]) {
		switch {
		case len(option) > 2 && option[0].text == "scope" && option[1].is(":"):
			r.HasScope = true
			r.Scope, r.ScopeFrom, _ = m.address(option[2:])
		case len(option) > 0 && (option[0].isWord("scope") || option[0].is(".")):
			r.HasScope = true // {scope}, {...others}
		}
	}
	return r
}

// arguments are the tokens up to the end of the parenthesis, at each comma
// apart.
func (m *matcher) arguments() [][]jsToken {
	lexer := m.lexer
	lexer.brackets = slices.Clone(lexer.brackets)
	depth := len(lexer.brackets)
	var tokens []jsToken
	for len(tokens) < maxArguments {
		t, ok := lexer.next()
		if !ok || len(lexer.brackets) < depth {
			break
		}
		tokens = append(tokens, t)
	}
	return split(tokens)
}

// split cuts tokens at the commas that no bracket encloses.
func split(tokens []jsToken) (parts [][]jsToken) {
	depth, start := 0, 0
	for i, t := range tokens {
		switch {
		case t.kind != jsPunct:
		case strings.Contains("([{", t.text):
			depth++
		case strings.Contains(")]}", t.text):
			depth--
		case t.text == "," && depth == 0:
			parts = append(parts, tokens[start:i])
			start = i + 1
		}
	}
	if start < len(tokens) {
		parts = append(parts, tokens[start:])
	}
	return parts
}

// address is the URL that an expression is: a string, new URL("x", base), or
// either of them with a type. It is "" when it is computed otherwise. plain is
// set when it has no type.
func (m *matcher) address(e []jsToken) (url string, from From, plain bool) {
	if len(e) > 2 && e[0].kind == jsString && e[0].text == "" && e[1].is("+") {
		e = e[2:]
	}
	if n := len(e); n > 2 && e[n-1].isWord("href") && e[n-2].is(".") {
		e = e[:n-2]
	}
	if len(e) == 1 && e[0].kind == jsString {
		return cleanURL(jsText(e[0].text)), FromPage, true
	}
	call := opening(e)
	if call < 1 {
		return "", 0, false
	}
	arguments := split(e[call+1 : len(e)-1])
	switch name := e[call-1]; {
	case len(arguments) == 0:
	case name.isWord("URL") && e[0].isWord("new"):
		url, from = m.newURL(arguments)
		return url, from, url != ""
	case name.isWord("createScriptURL"), arguments[0][0].isWord("new"):
		url, from, _ = m.address(arguments[0])
	}
	return url, from, false
}

// opening is the place of the parenthesis that the last token closes, -1 for
// none.
func opening(e []jsToken) int {
	depth := 0
	for i := len(e) - 1; i >= 0; i-- {
		switch {
		case e[i].is(")"):
			depth++
		case e[i].is("("):
			depth--
		}
		if depth == 0 {
			if i == len(e)-1 {
				return -1
			}
			return i
		}
	}
	return -1
}

// newURL is what the arguments of new URL lead to.
func (m *matcher) newURL(arguments [][]jsToken) (url string, from From) {
	if len(arguments[0]) != 1 || arguments[0][0].kind != jsString {
		return "", 0
	}
	url = cleanURL(jsText(arguments[0][0].text))
	if len(arguments) == 1 {
		return url, FromPage
	}
	var text strings.Builder
	for _, t := range arguments[1] {
		text.WriteString(t.text)
	}
	base := strings.ReplaceAll(text.String(), "?.", ".")
	base = strings.TrimPrefix(base, "window.")
	switch {
	case base == "import.meta.url", strings.HasPrefix(base, "document.currentScript"), m.selves[strings.TrimSuffix(base, ".src")]:
		return url, FromSelf
	case base == "location", base == "location.href", base == "document.baseURI", base == "document.location":
		return url, FromPage
	}
	return "", 0
}
