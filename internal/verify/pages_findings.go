package verify

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/swgen/swgen/internal/audit"
	"github.com/swgen/swgen/internal/finding"
	"github.com/swgen/swgen/internal/weburl"
)

// cause is what some pages do not have without a network.
type cause struct {
	Reason
	// urls are what is missing, files how many at least.
	urls  map[string]bool
	files int
	pages []string
}

// causeKey is what reasons of one cause have in common.
type causeKey struct {
	fate Fate
	why  string
	// of is the URL, or the origin, where the reason alone does not say what is
	// to be done; itself is set for pages that do not come.
	of     string
	itself bool
}

func (r Reason) key() causeKey {
	key := causeKey{fate: r.Fate, why: r.Why, itself: r.In == ""}
	if !key.itself && !strings.HasPrefix(r.Why, notPrecached) {
		key.of = r.URL
		if u, err := weburl.Parse(r.URL, ""); err == nil {
			key.of = u.Origin
		}
	}
	return key
}

// findings are what is wrong with pages, one for each cause. What the audit of
// the site tells is not told again.
func (p *Pages) findings() (list []finding.Finding) {
	causes := make(map[causeKey]*cause)
	var order []*cause
	for _, one := range p.List {
		counted := make(map[*cause]bool)
		for _, r := range one.Reasons {
			if r.told || strings.HasPrefix(r.Why, outsideScope) {
				continue // the latter is said of the set-up
			}
			c := causes[r.key()]
			if c == nil {
				c = &cause{Reason: r, urls: make(map[string]bool)}
				causes[r.key()] = c
				order = append(order, c)
			}
			c.urls[r.URL] = true
			c.files = max(c.files, 1+r.More, len(c.urls))
			if !counted[c] {
				counted[c] = true
				c.pages = append(c.pages, one.URL)
			}
		}
	}
	slices.SortStableFunc(order, func(a, b *cause) int {
		return cmp.Or(cmp.Compare(slices.Index(fates, a.Fate), slices.Index(fates, b.Fate)), cmp.Compare(len(b.pages), len(a.pages)))
	})
	for _, c := range order {
		list = append(list, c.finding())
	}
	return list
}

func (c *cause) finding() finding.Finding {
	f := finding.Finding{ID: "page-" + strings.Fields(string(c.Fate))[0], Severity: finding.Note, Path: c.URL, Message: c.Why, Hint: c.remedy()}
	if c.Fate == Broken {
		f.Severity = finding.Warning
	}
	if c.In == "" {
		switch more := len(c.pages) - 1; more {
		case 0:
		case 1:
			f.Message += fmt.Sprintf("; so is one more page, %s", c.pages[1])
		default:
			f.Message += fmt.Sprintf("; so are %d more pages, such as %s", more, c.pages[1])
		}
		return f
	}
	what, assumed := strings.CutSuffix(c.Why, mayAsk)
	it := "it"
	if c.files > 1 {
		it, f.Path = "them", ""
		what = fmt.Sprintf("%d files such as %s are %s", c.files, c.URL, strings.TrimPrefix(what, "is "))
	}
	place := c.In
	if c.Line > 0 {
		place = fmt.Sprintf("%s:%d", c.In, c.Line)
	}
	who := c.pages[0]
	switch more := len(c.pages); {
	case more == 1 && assumed:
		who = fmt.Sprintf("a script of %s may ask for %s", who, it)
	case more == 1:
		who = fmt.Sprintf("%s needs %s", who, it)
	case assumed:
		who = fmt.Sprintf("scripts of %d pages, such as %s, may ask for %s", more, who, it)
	default:
		who = fmt.Sprintf("%d pages need %s, such as %s", more, it, who)
	}
	f.Message = fmt.Sprintf("%s; %s (%s)", what, who, place)
	return f
}

// remedy is what to do about a cause.
func (c *cause) remedy() string {
	rule, left := strings.CutPrefix(c.Why, notPrecached)
	switch {
	case c.hint != "":
		return c.hint
	case left && strings.HasPrefix(rule, "max_file_size"):
		return "make it smaller, or raise max_file_size"
	case left && c.file != "":
		back := "!" + escapeGlob.Replace(c.file)
		if c.files > 1 || c.In == "" && len(c.pages) > 1 {
			return fmt.Sprintf("add patterns such as %q to exclude, after all others: they take files back", back)
		}
		return fmt.Sprintf("add the pattern %q to exclude, after all others: it takes the file back", back)
	}
	return "precache it"
}

// escapeGlob makes the pattern of one file.
var escapeGlob = strings.NewReplacer(`\`, `\\`, "*", `\*`, "?", `\?`, "[", `\[`, "{", `\{`)

// siteFindings are what is wrong with the site. That nothing leads to a file is
// no news when a rule leaves it out, and meant so of the offline page.
func (r *run) siteFindings(site *audit.Site) []finding.Finding {
	if r.subject.LeftOut == nil {
		return site.Findings
	}
	offline := ""
	if spec := r.subject.Spec; spec != nil && spec.Offline != nil {
		offline = site.FileAt(r.subject.Base + spec.Offline.Path)
	}
	lonely := slices.DeleteFunc(slices.Clone(site.Orphans), func(file string) bool {
		return file == offline || r.subject.LeftOut(file) != ""
	})
	var list []finding.Finding
	for _, f := range site.Findings {
		switch {
		case f.ID != audit.IDOrphans:
			list = append(list, f)
		case len(lonely) > 0:
			list = append(list, audit.Orphaned(lonely))
		}
	}
	return list
}
