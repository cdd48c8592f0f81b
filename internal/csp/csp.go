// Package csp answers what a Content Security Policy forbids: a worker, a
// connection, a script element, a Trusted Types policy. It parses serialized
// policies and matches source expressions by CSP Level 3
// (https://w3c.github.io/webappsec-csp/, of April 2026). It knows no pages and no
// workers, and fetches nothing.
//
// There are Go libraries that put policies together or split them into
// directives; the two that set out to evaluate them are unfinished.
package csp

import (
	"slices"
	"strings"

	"github.com/swgen/swgen/internal/weburl"
)

// Policy is one policy. The zero value forbids nothing.
//
// The methods say which directive forbids something, as it is written; "" when
// none does. URLs are whole; self is the URL of the document or worker that has
// the policy.
type Policy struct {
	directives []directive
}

type directive struct {
	name   string
	values sourceList
}

// String is the directive as it could have been written.
func (d *directive) String() string {
	if d == nil {
		return ""
	}
	return strings.Join(append([]string{d.name}, d.values...), " ")
}

// space is ASCII whitespace.
const space = "\t\n\f\r "

// Parse reads a list of policies separated by commas, as a header has it
// (section 2.2.2); policies without directives are left out.
func Parse(text string) (list []Policy) {
	for one := range strings.SplitSeq(text, ",") {
		if p := parse(one); len(p.directives) > 0 {
			list = append(list, p)
		}
	}
	return list
}

// ParseMeta reads what a meta element has, where some directives are ignored
// (section 3.3). Commas separate policies as in a header: that is not in the
// standard, but in browsers.
func ParseMeta(text string) []Policy {
	list := Parse(text)
	for i := range list {
		list[i].directives = slices.DeleteFunc(list[i].directives, func(d directive) bool {
			return d.name == "sandbox" || d.name == "report-uri" || d.name == "frame-ancestors"
		})
	}
	return list
}

// parse reads one policy (section 2.2.1).
func parse(text string) (p Policy) {
	for token := range strings.SplitSeq(text, ";") {
		fields := strings.FieldsFunc(token, func(r rune) bool { return strings.ContainsRune(space, r) })
		if len(fields) == 0 || strings.ContainsFunc(token, func(r rune) bool { return r >= 0x80 }) {
			continue
		}
		if name := strings.ToLower(fields[0]); p.find(name) == nil {
			p.directives = append(p.directives, directive{name, fields[1:]})
		}
	}
	return p
}

// find is the first of some directives that the policy has, nil for none: the
// fallbacks of a directive (section 6.8.3) are given in their order.
func (p Policy) find(names ...string) *directive {
	for _, name := range names {
		for i := range p.directives {
			if p.directives[i].name == name {
				return &p.directives[i]
			}
		}
	}
	return nil
}

// Worker says what forbids a worker. Chromium has 'strict-dynamic' allow it in
// each of the directives, the standard in script-src alone.
func (p Policy) Worker(url, self string) (by string) {
	d := p.find("worker-src", "child-src", "script-src", "default-src")
	if d == nil || d.values.has("'strict-dynamic'") || d.values.matches(url, self) {
		return ""
	}
	return d.String()
}

// Connection says what forbids a request of a script, such as fetch.
func (p Policy) Connection(url, self string) (by string) {
	d := p.find("connect-src", "default-src")
	if d == nil || d.values.matches(url, self) {
		return ""
	}
	return d.String()
}

// Script is a script that a document wants to run.
type Script struct {
	// URL is where it is loaded from, "" for an inline one.
	URL string
	// Text is an inline script, or the value of an event handler attribute.
	Text    string
	Handler bool
	// Nonce and Integrity are attributes of the element.
	Nonce, Integrity string
}

// Script says what forbids a script of the page's source: one that another
// script puts in may be allowed where this one is not.
func (p Policy) Script(s Script, self string) (by string) {
	elements := "script-src-elem"
	if s.Handler {
		elements = "script-src-attr"
	}
	d := p.find(elements, "script-src", "default-src")
	if d == nil || s.URL == "" && d.values.allowsInline(s) || s.URL != "" && d.values.allowsScript(s, self) {
		return ""
	}
	return d.String()
}

// Sandbox says what puts a document into a sandbox without a flag, such as
// "allow-scripts".
func (p Policy) Sandbox(flag string) (by string) {
	if d := p.find("sandbox"); d != nil && !d.values.has(flag) {
		return d.String()
	}
	return ""
}

// TrustedTypes says what makes the sinks of scripts refuse strings
// (https://w3c.github.io/trusted-types/dist/spec/).
func (p Policy) TrustedTypes() (by string) {
	if d := p.find("require-trusted-types-for"); d != nil && slices.Contains(d.values, "'script'") {
		return d.String()
	}
	return ""
}

// TypePolicy says what forbids to create a Trusted Types policy of a name, for
// the first time.
func (p Policy) TypePolicy(name string) (by string) {
	if d := p.find("trusted-types"); d != nil && !slices.Contains(d.values, name) && !slices.Contains(d.values, "*") {
		return d.String()
	}
	return ""
}

// Origins are the https origins that sources name, with www for a wildcard: a
// policy may mean the site by one of them.
func (p Policy) Origins() (list []string) {
	for _, d := range p.directives {
		for _, text := range d.values {
			e, ok := parseHost(text)
			if !ok || e.host == "*" {
				continue
			}
			origin := "https://" + strings.Replace(e.host, "*", "www", 1)
			if e.port != "" && e.port != "*" && e.port != "80" {
				origin += ":" + e.port
			}
			if u, err := weburl.Parse(origin, ""); err == nil && !slices.Contains(list, u.Origin) {
				list = append(list, u.Origin)
			}
		}
	}
	return list
}
