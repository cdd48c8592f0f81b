package page

import (
	"bytes"
	"strings"

	"golang.org/x/net/html"
)

// Registration is a service worker that a page registers.
type Registration struct {
	// URL is the worker's URL as it is written; "" when the script computes it.
	URL string
	// Line is where the registering script starts in the page.
	Line int
}

// RegistersWorker reports whether a script registers a service worker, and
// the worker's URL when it is a literal. Asking whether there are service
// workers, or for the registrations that there are, is no registration.
func RegistersWorker(js []byte) (url string, ok bool) {
	if !mayRegister(js) {
		return "", false
	}
	m := matcher{lexer: jsLexer{src: string(js)}, aliases: map[string]bool{}}
	for m.next() {
		if !m.isRegistration() {
			continue
		}
		ok = true
		if url = m.argument(); url != "" {
			return url, true
		}
	}
	return "", ok
}

// mayRegister is the quick answer for nearly every script.
func mayRegister(js []byte) bool {
	return bytes.Contains(js, []byte("register")) &&
		(bytes.Contains(js, []byte("serviceWorker")) || bytes.Contains(js, []byte("Workbox")))
}

// registersItself reports whether a page registers a worker of its own.
func registersItself(content []byte) bool {
	if !mayRegister(content) && !bytes.Contains(content, []byte(ampInstall)) {
		return false
	}
	return Inspect(content).Worker != nil
}

// ampInstall is the element by which AMP pages register a worker.
const ampInstall = "amp-install-serviceworker"

// A matcher looks for registrations in the tokens of a script:
//
//	navigator.serviceWorker.register(…)      also with ?. and ["serviceWorker"]
//	x = navigator.serviceWorker; x.register(…)
//	({serviceWorker: x} = navigator); x.register(…)
//	new Workbox(…)                           of workbox-window
type matcher struct {
	lexer jsLexer
	// recent are the last of count tokens.
	recent  [window]jsToken
	count   int
	aliases map[string]bool
}

// window is how far back a registration reaches, with some parentheses.
const window = 16

func (m *matcher) next() bool {
	t, ok := m.lexer.next()
	if !ok {
		return false
	}
	m.count++
	m.recent[m.count%window] = t
	m.noteAlias()
	return true
}

// back is the nth token from the end, the newest being 0.
func (m *matcher) back(n int) jsToken {
	return m.recent[(m.count-n+window)%window]
}

// noteAlias looks for a second name of the container.
func (m *matcher) noteAlias() {
	if m.back(2).isWord("serviceWorker") && m.back(1).is(":") && m.back(0).kind == jsWord {
		m.aliases[m.back(0).text] = true
		return
	}
	if m.isDot(0) || m.back(0).is("[") || !m.back(1).isWord("serviceWorker") || !m.isDot(2) || !m.back(3).isWord("navigator") {
		return
	}
	n := 4
	if m.isDot(n) {
		n += 2 // window.navigator
	}
	if m.back(n).is("=") && m.back(n+1).kind == jsWord {
		m.aliases[m.back(n+1).text] = true
	}
}

func (m *matcher) isDot(n int) bool { return m.back(n).is(".") || m.back(n).is("?.") }

// isRegistration reports whether the newest token opens the arguments of a registration.
func (m *matcher) isRegistration() bool {
	if !m.back(0).is("(") {
		return false
	}
	if m.back(1).isWord("Workbox") && m.back(2).isWord("new") {
		return true
	}
	n := 1
	if m.back(n).is("?.") {
		n++
	}
	if !m.back(n).isWord("register") || !m.isDot(n+1) {
		return false
	}
	n += 2
	for n < window-1 && (m.back(n).is(")") || m.back(n).is("]")) {
		n++
	}
	of := m.back(n)
	switch of.kind {
	case jsWord:
		return of.text == "serviceWorker" || m.aliases[of.text]
	case jsString:
		return of.text == "serviceWorker" && m.back(n-1).is("]")
	}
	return false
}

// argument reads the URL after an opening parenthesis: a string literal,
// alone or in `new URL("sw.js", import.meta.url)`.
func (m *matcher) argument() string {
	if !m.next() {
		return ""
	}
	if m.back(0).isWord("new") {
		for _, want := range []func() bool{
			func() bool { return m.back(0).isWord("URL") },
			func() bool { return m.back(0).is("(") },
			func() bool { return true },
		} {
			if !m.next() || !want() {
				return ""
			}
		}
		return m.literal()
	}
	literal := m.literal()
	if literal == "" || !m.next() || !m.back(0).is(",") && !m.back(0).is(")") {
		return "" // a part of an expression
	}
	return literal
}

// literal is the newest token's text when it is a string.
func (m *matcher) literal() string {
	if m.back(0).kind != jsString {
		return ""
	}
	return strings.ReplaceAll(m.back(0).text, `\/`, `/`)
}

// isScript reports whether a script element of this type attribute is run.
func isScript(typ string) bool {
	typ = strings.ToLower(strings.TrimSpace(typ))
	switch typ {
	case "", "module", "text/javascript", "application/javascript", "text/ecmascript",
		"application/ecmascript", "application/x-javascript", "text/jscript", "text/x-javascript":
		return true
	}
	return false
}

// text reads the text up to the end tag of the element at the cursor.
func (c *cursor) text(name string) string {
	var text strings.Builder
	for !c.isEnd(name) && c.next() {
		if c.kind == html.TextToken {
			text.Write(c.z.Text())
		}
	}
	return text.String()
}
