package audit

import (
	"cmp"

	"github.com/swgen/swgen/internal/page"
)

// Setup is what a page says about itself and about service workers, as far as
// its files can be read.
type Setup struct {
	// Base is the URL that those in the page are relative to, a path in the
	// site's own origin; BaseLine is the line of the base element, 0 for none.
	Base     string
	BaseLine int
	// Policies are the Content Security Policies of its meta elements.
	Policies []page.Inline
	// Fragment is set when it is no document but a part of one.
	Fragment bool
	// Registrations are in no order but that of loading.
	Registrations []Registration
	// TypePolicies are the Trusted Types policies that its scripts create.
	TypePolicies []string
	// Beyond is set when it runs a script that cannot be read, since it is of
	// another origin or its URL is computed.
	Beyond bool
}

// Registration is a service worker that a page registers.
type Registration struct {
	page.Registration
	// In is the file that registers it.
	In string
	// Worker and Within are its URL and its scope, a path in the site's own
	// origin; "" for what is not given or computed.
	Worker, Within string
	// Script is the URL of the script, "" when it is in the page, as Inline;
	// both are empty for an element.
	Script string
	Inline *page.Inline
	// TypePolicies are those that the same file creates.
	TypePolicies []string
	// Trust is that of the element that loads the script, nil when a script does.
	Trust *page.Trust
	// Sure is set when the page itself runs it as it loads; else a bundler's
	// runtime, a frame or an event may.
	Sure bool
}

// Entry is where visitors begin who have installed the site.
type Entry struct {
	// What is what leads there: start_url, or a shortcut.
	What string
	// URL is a path in the site, In and Line say where that is written.
	URL, In string
	Line    int
	// File is what the host shows there.
	File string
}

// registration is one in a file; inline is the part of a page that it is in.
type registration struct {
	page.Registration
	inline *page.Inline
}

func (n *node) noteSetup(facts page.Facts) {
	n.policies, n.baseLine, n.fragment = facts.CSP, facts.BaseLine, facts.Fragment
	if facts.Worker != nil {
		n.registers = append(n.registers, registration{Registration: *facts.Worker})
	}
}

// enterAt notes an address of a web app manifest.
func (s *Site) enterAt(n *node, what string, v value) {
	s.anchor(n, page.Link{URL: v.text, Line: v.line})
	if t := s.resolve(v.text, n.base); t != nil && t.node != nil && !t.strange {
		n.entries = append(n.entries, Entry{What: what, URL: t.url, In: n.name, Line: v.line, File: t.node.name})
	}
}

// Setup is what a page says about its set-up.
func (s *Site) Setup(p *Page) Setup {
	root := p.node
	up := Setup{Base: root.base, BaseLine: root.baseLine, Policies: root.policies, Fragment: root.fragment}
	w := s.walker()
	defer s.walkers.Put(w)
	w.entered = func(v visit, weight Weight) {
		up.TypePolicies = append(up.TypePolicies, v.node.types...)
		for _, r := range v.node.registers {
			up.Registrations = append(up.Registrations, s.registered(r, v, w.realms[v.realm].base, root, weight))
		}
	}
	w.walk(root, Assumed, func(_ *node, e *edge, t *target, weight Weight) {
		if roleOf(e.kind, "") == asScript && (weight < Soft || e.pattern) && (t == nil || t.lead == External) {
			up.Beyond = true
		}
	})
	w.entered = nil
	return up
}

// registered is a registration in a file that is a part of a page.
func (s *Site) registered(r registration, v visit, base string, root *node, weight Weight) Registration {
	out := Registration{Registration: r.Registration, In: v.node.name, Inline: r.inline, TypePolicies: v.node.types, Sure: weight < Soft && v.realm == 0}
	if r.inline != nil && r.inline.Soft {
		out.Sure = false
	}
	from := func(f page.From) string {
		if f == page.FromSelf {
			return v.node.base
		}
		return base
	}
	if r.URL != "" {
		out.Worker, _ = s.absolute(r.URL, from(r.From))
	}
	if r.Scope != "" {
		out.Within, _ = s.absolute(r.Scope, from(r.ScopeFrom))
	}
	if v.node != root {
		out.Script = s.urlOf(v.node.name)
		for i := range root.edges {
			if e := &root.edges[i]; e.to != nil && e.to.node == v.node && roleOf(e.kind, "") == asScript && !e.hint {
				out.Trust = cmp.Or(e.trust, &page.Trust{})
				break
			}
		}
	}
	return out
}
