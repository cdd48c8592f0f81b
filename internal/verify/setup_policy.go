package verify

import (
	"fmt"
	"slices"
	"strings"

	"github.com/swgen/swgen/internal/audit"
	"github.com/swgen/swgen/internal/csp"
	"github.com/swgen/swgen/internal/finding"
)

// unknownOrigin stands for the origin of a site that does not say its own.
const unknownOrigin = "https://site.invalid"

// policy is a Content Security Policy, and where it is written.
type policy struct {
	csp.Policy
	place string
}

// policiesOf are those of a page: of its headers, and the first so many of its
// own.
func (u *setup) policiesOf(p *setupPage, own int) (list []policy) {
	const name = "Content-Security-Policy"
	if text := strings.Join(p.header.Values(name), ","); text != "" {
		list = u.parsed(list, false, text, u.from(p.URL, name))
	}
	for _, meta := range p.Policies[:min(own, len(p.Policies))] {
		list = u.parsed(list, true, meta.Text, fmt.Sprintf("%s:%d", p.File, meta.Line))
	}
	return list
}

// source is the text of policies; meta: an element has it.
type source struct {
	text string
	meta bool
}

// parsed appends policies, each text parsed once.
func (u *setup) parsed(list []policy, meta bool, text, place string) []policy {
	policies, known := u.policies[source{text, meta}]
	if !known {
		policies = csp.Parse(text)
		if meta {
			policies = csp.ParseMeta(text)
		}
		u.policies[source{text, meta}] = policies
	}
	for _, p := range policies {
		list = append(list, policy{p, place})
	}
	return list
}

// forbidden is the first policy by which something is forbidden, and its
// directive, "" for none. When it is not known where the site is, that must hold
// for each place that the policy may mean.
func (u *setup) forbidden(list []policy, forbids func(p csp.Policy, origin string) string) (by, place string) {
	for _, p := range list {
		origins := []string{u.site.Origin}
		if u.site.Origin == "" {
			origins = append(p.Origins(), unknownOrigin)
		}
		for _, origin := range origins {
			if by = forbids(p.Policy, origin); by == "" {
				break
			}
		}
		if by != "" {
			return by, p.place
		}
	}
	return "", ""
}

// whole is a URL of the site in an origin.
func whole(origin, url string) string {
	if strings.HasPrefix(url, "/") {
		return origin + url
	}
	return url
}

// checkPolicies looks for policies in the way of a registration.
func (u *setup) checkPolicies() {
	for _, p := range u.pages {
		all := u.policiesOf(p, len(p.Policies))
		if len(all) == 0 || !p.counts {
			continue
		}
		for _, r := range u.chosen(p) {
			if u.checkSandbox(p, all) && u.checkScript(p, r) {
				u.checkWorkerSource(p, r, all)
				u.checkTypes(p, r, all)
			}
		}
	}
}

func (u *setup) checkSandbox(p *setupPage, all []policy) (good bool) {
	for _, flag := range []string{"allow-scripts", "allow-same-origin"} {
		if by, place := u.forbidden(all, func(p csp.Policy, _ string) string { return p.Sandbox(flag) }); by != "" {
			u.tell("csp-sandbox", finding.Warning, place, p.URL, "", "%q has no %s, without which no worker is registered", by, flag)
			return false
		}
	}
	return true
}

// checkScript checks that the script of a registration runs. Of one that
// another script loads, policies say too little: it may be trusted for that.
func (u *setup) checkScript(p *setupPage, r audit.Registration) (good bool) {
	var script csp.Script
	own := 0
	what := "the script"
	switch {
	case r.Inline != nil:
		script = csp.Script{Text: r.Inline.Text, Handler: r.Inline.Handler, Nonce: r.Inline.Nonce}
		own = r.Inline.Policies
	case r.Trust != nil:
		script = csp.Script{Nonce: r.Trust.Nonce, Integrity: r.Trust.Integrity}
		own = r.Trust.Policies
		what = r.Script
	default:
		return true
	}
	by, place := u.forbidden(u.policiesOf(p, own), func(policy csp.Policy, origin string) string {
		if r.Script != "" {
			script.URL = origin + r.Script
		}
		return policy.Script(script, origin+p.URL)
	})
	if by != "" {
		if r.Inline != nil {
			what += " in the page"
		}
		u.tell("csp-script", finding.Warning, place, p.URL, "", "%q blocks %s, which registers the worker", by, what)
	}
	return by == ""
}

func (u *setup) checkWorkerSource(p *setupPage, r audit.Registration, all []policy) {
	worker := r.Worker
	if worker == "" {
		worker = u.script()
	}
	if by, place := u.forbidden(all, func(policy csp.Policy, origin string) string {
		return policy.Worker(whole(origin, worker), origin+p.URL)
	}); by != "" {
		u.tell("csp-worker", finding.Warning, place, p.URL, "", "%q forbids the worker %s", by, worker)
	}
}

// checkTypes checks that the address of the worker has a type where strings are
// refused.
func (u *setup) checkTypes(p *setupPage, r audit.Registration, all []policy) {
	by, place := u.forbidden(all, func(p csp.Policy, _ string) string { return p.TrustedTypes() })
	if by == "" {
		return
	}
	created := func(name string) (forbiddenBy string) {
		forbiddenBy, _ = u.forbidden(all, func(p csp.Policy, _ string) string { return p.TypePolicy(name) })
		return forbiddenBy
	}
	if slices.Contains(p.TypePolicies, "default") && created("default") == "" {
		return
	}
	if r.Plain {
		u.tell("trusted-types", finding.Warning, place, p.URL, "", "%q refuses the string that %s registers", by, other(p, r))
		return
	}
	types := r.TypePolicies
	if len(types) == 0 {
		types = p.TypePolicies
	}
	refused := ""
	for _, name := range types {
		if refused = created(name); refused == "" {
			return
		}
	}
	if refused != "" {
		u.tell("trusted-types", finding.Warning, place, p.URL, fmt.Sprintf("add %s to trusted-types", types[0]),
			"%q refuses strings, and %q the policy %q of %s", by, refused, types[0], other(p, r))
	}
}
