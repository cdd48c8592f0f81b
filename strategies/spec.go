package strategies

import (
	"fmt"
	"slices"
	"strings"

	"github.com/swgen/swgen/internal/finding"
	"github.com/swgen/swgen/internal/glob"
)

// Update says when a new version takes over.
type Update string

// The update policies.
const (
	Fresh  Update = "fresh"
	Prompt Update = "prompt"
	Wait   Update = "wait"
)

// Page is a page of the site that answers for others, with a status.
type Page struct {
	// Path is relative to the site, as the manifest's URLs are.
	Path   string
	Status int
}

// Spelling is another address of pages: a path that ends with Cut means the
// one with Add there instead.
type Spelling struct {
	Cut, Add string
	// Redirect: visitors are sent there.
	Redirect bool
}

// Spec is everything that a worker's code depends on. The same Spec gives the
// same code, whatever the site contains.
type Spec struct {
	// Root is the site's root relative to the worker's file: "./" or "../".
	Root   string
	Update Update
	// Strict lists the extensions whose bytes are verified before they are
	// stored; one "*" is all of them.
	Strict []string
	// KeepQuery are globs of paths where a query makes another resource.
	KeepQuery []string
	// Ranges says that the precache holds audio or video, which players ask
	// for in ranges.
	Ranges bool
	// Extra says that the precache holds URLs that are no files of the site.
	Extra bool
	// Spellings are the addresses of pages that a host knows beside those in
	// the manifest, in the order to try them; nil are those that hosts agree on.
	Spellings []Spelling
	// Offline answers navigations that nothing else can; nil for the
	// built-in page.
	Offline *Page
	Routes  []Route
}

// Resolve checks a Spec and fills in what its routes leave open.
func Resolve(s Spec) (Spec, []finding.Finding) {
	var findings []finding.Finding
	bad := func(place, id, message, hint string) {
		findings = append(findings, finding.Finding{ID: id, Severity: finding.Error, Path: place, Message: message, Hint: hint})
	}
	if s.Root == "" {
		s.Root = "./"
	}
	if s.Update == "" {
		s.Update = Fresh
	}
	if !slices.Contains([]Update{Fresh, Prompt, Wait}, s.Update) {
		bad("update", "bad-value", fmt.Sprintf("%q is no update policy", s.Update), "use fresh, prompt or wait")
	}
	for _, text := range s.KeepQuery {
		if _, err := glob.Compile(text); err != nil {
			bad("keep_query", "bad-pattern", fmt.Sprintf("%q is no glob: %v", text, err), "a glob is written like search/**")
		}
	}
	s.Routes = slices.Clone(s.Routes)
	for i := range s.Routes {
		s.Routes[i].resolve(fmt.Sprintf("routes[%d]", i), bad)
	}
	return s, findings
}

func (r *Route) resolve(place string, bad func(place, id, message, hint string)) {
	if r.Path != "" {
		if _, err := glob.Compile(r.Path); err != nil {
			bad(place, "bad-pattern", fmt.Sprintf("path %q is no glob: %v", r.Path, err), "a glob is written like api/**")
		}
	}
	if r.Method == "" {
		r.Method = "GET"
	}
	strategy, known := Find(r.Strategy)
	if !known || r.Strategy == Precache {
		bad(place, "bad-value", fmt.Sprintf("%q is no strategy for a route", r.Strategy), "use "+strings.Join(Names(), ", "))
		return
	}
	if r.Method != "GET" && r.Strategy != NetworkOnly {
		bad(place, "bad-value", fmt.Sprintf("strategy %s cannot answer %s requests: caches only hold answers to GET", r.Strategy, r.Method), "use network-only")
	}
	for _, option := range r.set() {
		if !slices.Contains(strategy.Options, option) {
			bad(place, "bad-value", fmt.Sprintf("strategy %s has no option %s", r.Strategy, option), "remove it, or choose a strategy that obeys it")
		}
	}
	if r.Timeout < 0 || r.MaxAge < 0 || r.MaxEntries < 0 {
		bad(place, "bad-value", "timeout, max_age and max_entries cannot be negative", "leave out what should have no limit")
	}
	if r.Host == "" && r.Opaque {
		bad(place, "bad-value", "opaque means responses of other origins, and the route matches none", "set host")
	}
	if r.Cache == "" {
		r.Cache = string(r.Strategy)
	}
}

// set names the options that the route uses.
func (r *Route) set() (names []string) {
	for name, used := range map[string]bool{
		"cache": r.Cache != "", "timeout": r.Timeout != 0, "max_entries": r.MaxEntries != 0,
		"max_age": r.MaxAge != 0, "opaque": r.Opaque, "ignore_query": r.IgnoreQuery,
	} {
		if used {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// Names lists the strategies that a route may choose.
func Names() (names []string) {
	for _, s := range all {
		if s.Name != Precache {
			names = append(names, string(s.Name))
		}
	}
	return names
}
