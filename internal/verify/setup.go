package verify

import (
	"fmt"
	"net/http"
	"path"
	"slices"
	"strings"

	"github.com/swgen/swgen/internal/audit"
	"github.com/swgen/swgen/internal/csp"
	"github.com/swgen/swgen/internal/finding"
	"github.com/swgen/swgen/internal/weburl"
)

// setupCheck is something about a site that keeps its worker from its work,
// and which no law sees: there, the worker is registered and nothing is in its
// way.
type setupCheck struct {
	// id is that of its findings, meaning what they say and remedy what they
	// advise, unless they know better.
	id, meaning, remedy string
}

// setupChecks are in the order of the documentation.
var setupChecks = []setupCheck{
	{"registration-missing", "a page registers no worker, neither by itself nor by a script that it loads", "load the registration script in every page"},
	{"registration-doubled", "a page registers the worker in two places", "keep one of them"},
	{"registration-other", "a page registers another worker than the one that is verified", "register one worker in all pages: two of one scope replace each other with every page"},
	{"registration-url", "the address that a page registers does not lead to a worker", "register the worker under its own address, which is relative to the page unless it begins with a slash"},
	{"registration-scope", "a page registers the worker for another scope than the one that is verified, or for one that browsers refuse", "leave scope out, move the worker to the root of its scope, or send Service-Worker-Allowed with it"},
	{"scope-pages", "pages are outside of the worker's scope, where it does nothing", "put the worker into the directory of the home page, and register it for that scope"},
	{"link-outside-scope", "links lead to the directory of the scope without its slash, which is outside of it, so that visitors without a network see the browser's error page", "end them with a slash, as with trailingSlash: true in Next.js"},
	{"base-path", "a base element leads out of the site, so that the relative URLs of the page do", "write the base path that the site is deployed under"},
	{"csp-script", "a Content Security Policy blocks the script that registers the worker", "allow the script in script-src: by 'self' when it is a file, by its hash or a nonce when it is in the page"},
	{"csp-worker", "a Content Security Policy forbids the worker", "add worker-src 'self'"},
	{"csp-connect", "the worker's own Content Security Policy forbids it to fetch what it precaches", "add connect-src 'self' to the policy that is sent with the worker"},
	{"csp-sandbox", "a Content Security Policy puts pages into a sandbox in which no worker can be registered", "add allow-scripts and allow-same-origin to sandbox"},
	{"trusted-types", "pages accept no strings as addresses of scripts, and the worker is registered with one", "make the address with a Trusted Types policy, and name the policy in trusted-types"},
	{"manifest-scope", "the web app manifest lets visitors begin on a page outside of the worker's scope", "let it begin within the scope"},
	{"manifest-offline", "the web app manifest lets visitors begin on a page that the worker does not answer without a network", "precache the page"},
	{"worker-type", "the host does not answer the worker's address with a script", "have the host send the file itself, with a JavaScript type such as text/javascript"},
	{"vary-star", "the host sends Vary: * with a file that is precached, and the worker cannot store it", "remove the header, or strip it before the answer is stored"},
	{"long-cache", "the host lets caches keep the worker or a page for a day or longer, so that deploys arrive late", "send Cache-Control: no-cache with them; what has a hash in its name may be kept for long"},
	{"nosniff", "the host sends X-Content-Type-Options: nosniff with a script or a style sheet that has another type, and browsers refuse it", "send the right type"},
	{"clear-site-data", "the host sends Clear-Site-Data, which removes the worker with all that it has stored", "send it only where visitors sign out"},
}

// setup is a look at the set-up.
type setup struct {
	*trial
	site  *audit.Site
	pages []*setupPage
	// worker is what the host answers for the worker's file, widest the scope
	// that it may have at most.
	worker   *hosted
	widest   string
	answers  map[string]*hosted
	policies map[source][]csp.Policy
	troubles []*trouble
	known    map[string]*trouble
}

// setupPage is a page as the set-up sees it. counts says that it is to register
// the worker: a page that hosts show at any address need not.
type setupPage struct {
	*audit.Page
	audit.Setup
	header http.Header
	counts bool
}

// trouble is a finding, and on which pages; message ends in them.
type trouble struct {
	finding.Finding
	pages []string
}

// setUp looks at the set-up, after a tour if there was one.
func (t *trial) setUp() []finding.Finding {
	u := &setup{
		trial: t, site: t.subject.Audit, worker: t.ask(t.now.Deployment, t.script()),
		answers: make(map[string]*hosted), policies: make(map[source][]csp.Policy), known: make(map[string]*trouble),
	}
	u.widest = u.allowed()
	for _, p := range u.site.Pages {
		if p.Alias != "" {
			continue
		}
		header, ok := t.seen[p.URL]
		if !ok {
			header = t.ask(t.now.Deployment, p.URL).header
		}
		page := &setupPage{Page: p, Setup: u.site.Setup(p), header: header}
		page.counts = path.Base(p.File) != "404.html" && !page.Fragment
		u.pages = append(u.pages, page)
	}
	u.checkRegistrations()
	u.checkScope()
	u.checkLinks()
	u.checkBases()
	u.checkPolicies()
	u.checkWorker()
	u.checkHeaders()
	u.checkEntries()
	return u.findings()
}

// allowed is the widest scope of the worker: what Service-Worker-Allowed says,
// or else its directory (https://w3c.github.io/ServiceWorker/#update-algorithm).
func (u *setup) allowed() string {
	if header := u.worker.header.Get("Service-Worker-Allowed"); header != "" {
		if url, err := weburl.Parse(header, home+u.script()); err == nil && url.Origin == home {
			return url.Pathname
		}
	}
	return within(u.script())
}

// within is the scope of a worker that is registered without one.
func within(worker string) string {
	worker, _, _ = strings.Cut(worker, "?")
	return worker[:strings.LastIndexByte(worker, '/')+1]
}

// tell notes a trouble. Those of one kind with the same message are one, at the
// first place and of several pages; page may be "".
func (u *setup) tell(id string, severity finding.Severity, place, page, hint, format string, args ...any) {
	f := finding.Finding{ID: id, Severity: severity, Path: place, Message: fmt.Sprintf(format, args...), Hint: hint}
	key := id + "\n" + f.Message
	known := u.known[key]
	if known == nil {
		if i := slices.IndexFunc(setupChecks, func(c setupCheck) bool { return c.id == id }); hint == "" {
			f.Hint = setupChecks[i].remedy
		}
		known = &trouble{Finding: f}
		u.known[key] = known
		u.troubles = append(u.troubles, known)
	}
	if page != "" && !slices.Contains(known.pages[max(0, len(known.pages)-1):], page) {
		known.pages = append(known.pages, page)
	}
}

// findings are the troubles, with the pages that have them.
func (u *setup) findings() []finding.Finding {
	var list []finding.Finding
	for _, t := range u.troubles {
		if n := len(t.pages); n > 1 {
			t.Message += fmt.Sprintf("; this concerns %d of %d pages, such as %s and %s", n, len(u.pages), t.pages[0], t.pages[1])
		} else if n == 1 {
			t.Message += "; this concerns " + t.pages[0]
		}
		list = append(list, t.Finding)
	}
	finding.Sort(list)
	return list
}

// asked is what the host answers for a URL path, asked once.
func (u *setup) asked(target string) *hosted {
	answer := u.answers[target]
	if answer == nil {
		answer = u.ask(u.now.Deployment, target)
		u.answers[target] = answer
	}
	return answer
}

// from is the place where the host is told to send a header.
func (u *setup) from(url, name string) string {
	if u.subject.HeaderFrom != nil {
		if from := u.subject.HeaderFrom(url, name); from != "" {
			return from
		}
	}
	return url
}

// where is where a registration is, as findings have it.
func where(r audit.Registration) string { return fmt.Sprintf("%s:%d", r.In, r.Line) }

// saw notes what a tour has got to see: the headers of a page, and what was
// loaded.
func (r *run) saw(url string, header http.Header) {
	if r.seen == nil {
		r.seen = make(map[string]http.Header)
	}
	r.seen[url] = header
}
