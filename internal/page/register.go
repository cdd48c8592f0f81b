package page

import (
	"bytes"
	"slices"
	"strings"

	"golang.org/x/net/html"
)

// Registration is a service worker that a script or an element registers.
type Registration struct {
	// URL is the worker's URL as it is written, "" when the script computes it;
	// From is what it is relative to, the page or the script.
	URL  string
	From From
	// Scope is the scope as it is written, "" when none is given, and HasScope
	// set when one is: computed, if Scope is "".
	Scope     string
	ScopeFrom From
	HasScope  bool
	// Plain is set when the URL is handed over as a string, which Trusted Types
	// refuse; else it may be of a type.
	Plain bool
	// Line is where it is registered.
	Line int
}

// RegistersWorker reports whether a script registers a service worker, and
// the worker's URL when it is a literal. Asking whether there are service
// workers, or for the registrations that there are, is no registration.
func RegistersWorker(js []byte) (url string, ok bool) {
	list := registrations(string(js))
	for _, r := range list {
		if r.URL != "" {
			return r.URL, true
		}
	}
	return "", len(list) > 0
}

// registrations lists the registrations of a script.
func registrations(js string) (list []Registration) {
	if !mayRegister(js) {
		return nil
	}
	m := matcher{lexer: jsLexer{src: js}, aliases: make(map[string]bool), selves: make(map[string]bool)}
	lines := lineCounter{text: js}
	for m.next() {
		if m.isRegistration() {
			line := lines.at(m.back(0).at)
			r := m.registration()
			r.Line = line
			list = append(list, r)
		}
	}
	return list
}

// mayRegister is the quick answer for nearly every script.
func mayRegister(js string) bool {
	return strings.Contains(js, "register") && (strings.Contains(js, "serviceWorker") || strings.Contains(js, "Workbox"))
}

// registersItself reports whether a page registers a worker of its own.
func registersItself(content []byte) bool {
	has := func(word string) bool { return bytes.Contains(content, []byte(word)) }
	if !(has("register") && (has("serviceWorker") || has("Workbox"))) && !has(ampInstall) {
		return false
	}
	facts := Inspect(content)
	return facts.Worker != nil || slices.ContainsFunc(facts.Scripts, func(script Inline) bool {
		return !script.Soft && len(registrations(script.Text)) > 0
	})
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
	// selves are names of the script's own element or address.
	selves map[string]bool
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

// noteAlias looks for a second name of the container, and for one of the
// script itself.
func (m *matcher) noteAlias() {
	if m.selves != nil && m.back(0).isWord("currentScript") && m.isDot(1) {
		m.noteName(m.selves, 3)
	}
	if m.back(2).isWord("serviceWorker") && m.back(1).is(":") && m.back(0).kind == jsWord {
		m.aliases[m.back(0).text] = true
		return
	}
	if m.isDot(0) || m.back(0).is("[") || !m.back(1).isWord("serviceWorker") || !m.isDot(2) || !m.back(3).isWord("navigator") {
		return
	}
	m.noteName(m.aliases, 4)
}

// noteName notes the name that is given to what begins after the nth token
// from the end, or is a part of window.
func (m *matcher) noteName(names map[string]bool, n int) {
	if m.isDot(n) {
		n += 2
	}
	if m.back(n).is("=") && m.back(n+1).kind == jsWord {
		names[m.back(n+1).text] = true
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
