package verify

import (
	"cmp"
	"fmt"
	"mime"
	"net/http"
	"slices"
	"strings"

	"github.com/swgen/swgen/internal/audit"
	"github.com/swgen/swgen/internal/fetch"
	"github.com/swgen/swgen/internal/finding"
	"github.com/swgen/swgen/internal/weburl"
)

// checkRegistrations looks at what pages register.
func (u *setup) checkRegistrations() {
	var counted, missing []*setupPage
	for _, p := range u.pages {
		if !p.counts {
			continue
		}
		counted = append(counted, p)
		if len(p.Registrations) == 0 {
			missing = append(missing, p)
		}
		u.checkPage(p)
	}
	if len(missing) == 0 {
		return
	}
	var names []string
	severity, hint := finding.Warning, ""
	for _, p := range missing {
		names = append(names, p.URL)
		if p.Beyond {
			hint = "load the registration script in every page; scripts of other origins, and those whose address is computed, could not be read"
		}
	}
	if len(missing) < len(counted) {
		u.tell("registration-missing", severity, missing[0].File, "", hint, "%d of %d pages register no worker, such as %s", len(missing), len(counted), strings.Join(names[:min(3, len(names))], ", "))
		return
	}
	if hint == "" {
		severity = finding.Error
	}
	u.tell("registration-missing", severity, "", "", hint, "no page registers a worker, so no visitor gets it")
}

// checkPage looks at what one page registers for sure. What else it may
// register, when something happens, is only a reason not to miss it.
func (u *setup) checkPage(p *setupPage) {
	var own *audit.Registration
	for _, r := range u.chosen(p) {
		switch {
		case r.Worker == "":
		case !u.isOwn(r.Worker):
			u.checkOther(p, r)
		case own == nil:
			own = &r
			u.checkAsked(p, r)
		case scopeOf(*own) == scopeOf(r):
			u.tell("registration-doubled", finding.Note, where(*own), p.URL, "", "registers the worker, and so does %s", other(p, r))
		}
	}
}

// chosen are the registrations of a page that are made for sure, one of each
// script: a script with several is taken to choose among them, and to choose
// well.
func (u *setup) chosen(p *setupPage) (list []audit.Registration) {
	rank := func(r audit.Registration) int {
		switch {
		case r.Worker == "":
			return 2
		case u.isOwn(r.Worker):
			return 0
		case u.fault(r.Worker) == "":
			return 1
		}
		return 3
	}
	for _, r := range p.Registrations {
		if !r.Sure {
			continue
		}
		i := slices.IndexFunc(list, func(other audit.Registration) bool { return other.In == r.In && other.Inline == r.Inline })
		switch {
		case i < 0:
			list = append(list, r)
		case rank(r) < rank(list[i]):
			list[i] = r
		}
	}
	return list
}

// isOwn reports whether a URL is that of the worker that is verified. Where the
// site's origin is not known, any may be its own.
func (u *setup) isOwn(worker string) bool {
	worker, _, _ = strings.Cut(worker, "?")
	if url, err := weburl.Parse(worker, ""); err == nil && u.site.Origin == "" {
		worker = url.Pathname
	}
	return worker == u.script()
}

// scopeOf is the scope that a registration asks for, "" when it is computed.
func scopeOf(r audit.Registration) string {
	if r.HasScope {
		return r.Within
	}
	return within(r.Worker)
}

// checkAsked checks the scope that the worker is registered for.
func (u *setup) checkAsked(p *setupPage, r audit.Registration) {
	scope := scopeOf(r)
	if url, err := weburl.Parse(scope, ""); err == nil && u.site.Origin == "" {
		scope = url.Pathname
	}
	switch {
	case scope == "":
	case !strings.HasPrefix(scope, u.widest):
		u.tell("registration-scope", finding.Warning, where(r), p.URL, "", "registers the worker for the scope %s, and browsers refuse all that is not within %s", scope, u.widest)
	case scope != u.scope():
		u.tell("registration-scope", finding.Warning, where(r), p.URL, "set scope to the one that pages register, or correct it there", "registers the worker for the scope %s, and it was verified for %s", scope, u.scope())
	}
}

// checkOther checks a registration of what is not the worker.
func (u *setup) checkOther(p *setupPage, r audit.Registration) {
	at := where(r)
	if fault := u.fault(r.Worker); fault != "" {
		hint := ""
		if name := r.Worker[strings.LastIndexByte(r.Worker, '/')+1:]; name == u.script()[strings.LastIndexByte(u.script(), '/')+1:] {
			hint = "write " + u.script()
		}
		based := ""
		if p.BaseLine > 0 && !strings.HasPrefix(r.URL, "/") && r.Script == "" {
			based = fmt.Sprintf(", written relative to the base %s of the page", p.Base)
		}
		u.tell("registration-url", finding.Warning, at, p.URL, hint, "registers %s%s; this %s", r.Worker, based, fault)
		return
	}
	if !strings.HasPrefix(r.Worker, "/") && u.site.Origin == "" {
		return // who knows
	}
	severity, relation := finding.Warning, "for the same scope"
	if scope := scopeOf(r); scope == "" {
		relation = "for a scope that is computed"
	} else if scope != u.scope() {
		severity, relation = finding.Note, "for the scope "+scope
	}
	also := ""
	if i := slices.IndexFunc(p.Registrations, func(r audit.Registration) bool { return u.isOwn(r.Worker) }); i >= 0 {
		also = ", which " + other(p, p.Registrations[i]) + " registers"
	}
	u.tell("registration-other", severity, at, p.URL, "", "registers %s %s, and not the worker %s%s", r.Worker, relation, u.script(), also)
}

// other is where a registration is, as a message has it that stands for several
// pages.
func other(p *setupPage, r audit.Registration) string {
	if r.In == p.File {
		return "the page itself"
	}
	return where(r)
}

// fault says what is wrong with an address as that of a worker, "" when it
// may be one.
func (u *setup) fault(worker string) string {
	if !strings.HasPrefix(worker, "/") {
		if u.site.Origin == "" {
			return ""
		}
		return "is of another origin, which browsers refuse"
	}
	return faultOf(u.asked(worker))
}

// faultOf says why browsers take no worker from an answer, "" when they do.
func faultOf(answer *hosted) string {
	switch {
	case answer.location != "":
		return "is redirected to " + answer.location + ", which browsers refuse"
	case answer.status != http.StatusOK:
		return fmt.Sprintf("answers with status %d", answer.status)
	case !isJavaScript(answer.header.Get("Content-Type")):
		return fmt.Sprintf("is of type %q, which is no script", answer.header.Get("Content-Type"))
	}
	return ""
}

// isJavaScript reports whether a content type is a "JavaScript MIME type"
// (https://mimesniff.spec.whatwg.org/#javascript-mime-type).
func isJavaScript(contentType string) bool {
	essence, _, err := mime.ParseMediaType(contentType)
	if err != nil && essence == "" {
		essence, _, _ = strings.Cut(contentType, ";")
		essence = strings.ToLower(strings.TrimSpace(essence))
	}
	return fetch.IsJavaScriptType(essence)
}

// checkScope looks for pages that the worker cannot answer for.
func (u *setup) checkScope() {
	scope := u.scope()
	if !strings.HasPrefix(scope, u.widest) {
		u.tell("registration-scope", finding.Warning, u.subject.Worker, "", "", "is verified for the scope %s, and browsers refuse all that is not within %s", scope, u.widest)
	}
	for _, p := range u.pages {
		if !strings.HasPrefix(p.URL, scope) {
			u.tell("scope-pages", finding.Warning, u.subject.Worker, p.URL, "", "has the scope %s, and there are pages outside of it", scope)
		}
	}
}

// checkLinks looks for links to the scope without the slash at its end: hosts
// redirect them into it, and browsers ask no worker first
// (https://w3c.github.io/ServiceWorker/#scope-match-algorithm).
func (u *setup) checkLinks() {
	outside := strings.TrimSuffix(u.scope(), "/")
	if outside == "" || !strings.HasSuffix(u.scope(), "/") {
		return
	}
	count, first := 0, ""
	for _, p := range u.pages {
		for _, url := range p.Addresses() {
			if asked, _, _ := strings.Cut(url, "?"); asked == outside {
				count++
				first = cmp.Or(first, p.File)
			}
		}
	}
	if count > 0 {
		u.tell("link-outside-scope", finding.Warning, first, "", fmt.Sprintf("write %s (Next.js: trailingSlash: true)", u.scope()),
			"%s to %s, which no worker below %s controls: offline, visitors see the browser's error page", linksLead(count), outside, u.scope())
	}
}

// linksLead is a number of links with their verb.
func linksLead(n int) string {
	if n == 1 {
		return "a link leads"
	}
	return fmt.Sprintf("%d links lead", n)
}

// checkBases looks at base elements.
func (u *setup) checkBases() {
	for _, p := range u.pages {
		if p.BaseLine == 0 {
			continue
		}
		if !strings.HasPrefix(p.Base, "/") {
			if u.site.Origin != "" {
				u.tell("base-path", finding.Warning, fmt.Sprintf("%s:%d", p.File, p.BaseLine), p.URL, "", "the base element leads to %s, and the site is at %s", p.Base, u.site.Origin)
			}
			continue
		}
		if !strings.HasPrefix(p.Base, u.subject.Base) && p.Base+"/" != u.subject.Base {
			u.tell("base-path", finding.Warning, fmt.Sprintf("%s:%d", p.File, p.BaseLine), p.URL, "", "the base element leads to %s, and the site is under %s", p.Base, u.subject.Base)
		}
	}
}
