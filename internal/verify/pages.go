package verify

import (
	"cmp"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/swgen/swgen/internal/audit"
	"github.com/swgen/swgen/internal/finding"
	"github.com/swgen/swgen/internal/page"
	"github.com/swgen/swgen/swtest"
)

// Fate is how a page fares without a network.
type Fate string

// The fates, from the worst to the best.
const (
	// Broken: the page itself does not come, or a script, a style or data
	// that it cannot do without.
	Broken Fate = "broken"
	// NeedsNetwork: something comes from another origin, or is sent; or the
	// page is one that the configuration leaves to the network.
	NeedsNetwork Fate = "needs the network"
	// Degraded: an image, a font or the like is missing.
	Degraded Fate = "degraded"
	// Works: all that the page needs was answered with the bytes of the build.
	Works Fate = "works"
)

var fates = []Fate{Broken, NeedsNetwork, Degraded, Works}

// worse is the worse of two.
func worse(a, b Fate) Fate {
	return fates[min(slices.Index(fates, a), slices.Index(fates, b))]
}

// Pages is how the pages of a site fare.
type Pages struct {
	// Count is how many have each fate.
	Count map[Fate]int `json:"count"`
	// List is in the order of the files; stubs that only redirect are no pages.
	List []Page `json:"list"`
}

// Page is how one page fares, and why.
type Page struct {
	File    string   `json:"file"`
	URL     string   `json:"url"`
	Fate    Fate     `json:"fate"`
	Reasons []Reason `json:"reasons,omitempty"`
}

// Reason is something that a page does not have without a network.
type Reason struct {
	Fate Fate `json:"fate"`
	// URL is what was asked for, as it is written where it is unresolved.
	URL string `json:"url"`
	// In and Line say where; both are empty for the page itself.
	In   string `json:"in,omitempty"`
	Line int    `json:"line,omitempty"`
	// Why is a clause without its subject.
	Why string `json:"why"`
}

// tour opens pages without a network and asks for what it needs. What
// several pages need is asked for once: the answer depends on the version that
// a page belongs to, and there is one.
func (t *trial) tour(site *audit.Site, pages []*audit.Page) *Pages {
	b := t.copy(t.now)
	defer t.done()
	v := &visitor{trial: t, browser: b, tab: b.Open(home + t.scope()), asked: make(map[string]string)}
	b.Network.Offline(true)
	fared := &Pages{Count: make(map[Fate]int)}
	for _, p := range pages {
		if p.Alias != "" {
			continue
		}
		if t.ctx.Err() != nil {
			break
		}
		one := Page{File: p.File, URL: p.URL, Fate: Works}
		if r, ok := v.page(p); !ok {
			one.add(r)
		}
		for _, need := range site.Needs(p, audit.Assumed) {
			if need.Weight >= audit.Soft && need.Lead != audit.OnlyServer && need.Lead != audit.Unresolved {
				continue // nobody notices
			}
			if r, ok := v.need(need); !ok {
				one.add(r)
			}
		}
		fared.Count[one.Fate]++
		fared.List = append(fared.List, one)
	}
	t.loaded = v.asked
	return fared
}

func (p *Page) add(r Reason) {
	p.Reasons = append(p.Reasons, r)
	p.Fate = worse(p.Fate, r.Fate)
}

// visitor goes from page to page.
type visitor struct {
	*trial
	browser *swtest.Browser
	tab     *swtest.Tab
	asked   map[string]string // by what was asked for: why it failed, "" when it did not
}

const outsideScope = "is outside of the worker's scope "

// page opens a page; not ok when it is not the build's.
func (v *visitor) page(p *audit.Page) (Reason, bool) {
	r := Reason{Fate: Broken, URL: p.URL}
	if !strings.HasPrefix(p.URL, v.scope()) {
		r.Why = outsideScope + v.scope()
		return r, false
	}
	got := v.navigate(v.browser, &v.tab, p.URL)
	want := v.ask(v.now.Deployment, p.URL)
	v.saw(p.URL, want.header)
	if got.Err == nil && got.From == "worker" && got.Status == want.status && string(got.Body) == want.body.String() {
		return r, true
	}
	if v.leftOut(p.File) != "" {
		r.Fate = NeedsNetwork
	}
	r.Why = v.why(p.File, got)
	return r, false
}

// destinations are what browsers ask for references of a kind as.
var destinations = map[page.Kind]string{
	page.Script: "script", page.Module: "script", page.Style: "style", page.Image: "image", page.Icon: "image", page.Font: "font",
	page.Media: "video", page.Track: "track", page.Manifest: "manifest", page.Worker: "worker",
}

// need asks for something that a page needs; not ok when it fails.
func (v *visitor) need(n audit.Need) (Reason, bool) {
	r := Reason{Fate: Degraded, URL: cmp.Or(n.URL, n.Written), In: n.In, Line: n.Line}
	if n.Weight == audit.Required {
		r.Fate = Broken
	}
	switch n.Lead {
	case audit.External, audit.Outside:
		r.Fate = worse(NeedsNetwork, Degraded)
		if n.Weight != audit.Required {
			r.Fate = Degraded
		}
		r.Why = "is of another origin"
		if n.Lead == audit.Outside {
			r.Why = "is outside of the site's base path"
		}
		return r, v.answered(n, nil) == ""
	case audit.OnlyServer:
		r.Fate, r.Why = NeedsNetwork, "is answered by a server alone"
		return r, false
	case audit.Bypass:
		r.Fate, r.Why = Degraded, "is loaded by embed or object, which no worker sees; img or iframe would do"
		return r, false
	case audit.Missing:
		r.Fate, r.Why = Degraded, "is not there, with a network either"
		return r, false
	case audit.Unresolved:
		r.Fate, r.Why = Works, "is put together by a script: what it leads to is not known"
		return r, false
	}
	r.Why = v.answered(n, &n.Target)
	if n.Lead == audit.Redirect && r.Why != "" {
		r.Why = fmt.Sprintf("is redirected to %s by the host, which the worker does not know; name that instead", n.Location)
	}
	return r, r.Why == ""
}

// answered asks for a need once; "" when it came, with the content of a file
// of the site when it is one.
func (v *visitor) answered(n audit.Need, file *string) string {
	destination := destinations[n.Kind]
	key := destination + " " + n.URL
	if why, known := v.asked[key]; known {
		return why
	}
	var got *swtest.Response
	if destination == "" {
		got = v.tab.Get(n.URL)
	} else {
		got = v.tab.Load(n.URL, destination)
	}
	why := ""
	switch {
	case got.Err != nil || got.Status != http.StatusOK && got.Status != 0:
		why = "fails"
	case file != nil:
		if want := v.content(v.now.Deployment, strings.SplitN(n.URL, "?", 2)[0]); want != nil && string(got.Body) != string(want) {
			why = "fails"
		}
	}
	if why != "" {
		why = "is not precached"
		if file != nil {
			why = v.why(*file, got)
		}
	}
	v.asked[key] = why
	return why
}

// why says why a file of the site is not answered offline.
func (v *visitor) why(file string, got *swtest.Response) string {
	if rule := v.leftOut(file); rule != "" {
		return "is not precached: " + rule
	}
	return "is not answered: " + describe(got)
}

// leftOut is the rule that keeps a file out of the precache, "" for none.
func (v *visitor) leftOut(file string) string {
	if v.subject.LeftOut == nil {
		return ""
	}
	return v.subject.LeftOut(file)
}

// findings are what is wrong with pages, one for each thing that is missing.
func (p *Pages) findings() []finding.Finding {
	type cause struct {
		Reason
		pages []string
	}
	causes := make(map[Reason]*cause)
	var order []*cause
	for _, one := range p.List {
		for _, r := range one.Reasons {
			if r.Fate == Works || strings.HasPrefix(r.Why, outsideScope) {
				continue // the audit of the site says it, or what is said of the set-up
			}
			key := Reason{Fate: r.Fate, URL: r.URL, Why: r.Why}
			if r.In == "" {
				key.URL = "" // the pages themselves, which one rule concerns
			}
			c := causes[key]
			if c == nil {
				c = &cause{Reason: r}
				causes[key] = c
				order = append(order, c)
			}
			c.pages = append(c.pages, one.URL)
		}
	}
	slices.SortStableFunc(order, func(a, b *cause) int {
		return cmp.Or(cmp.Compare(slices.Index(fates, a.Fate), slices.Index(fates, b.Fate)), cmp.Compare(len(b.pages), len(a.pages)))
	})
	severity := map[Fate]finding.Severity{Broken: finding.Warning, NeedsNetwork: finding.Note, Degraded: finding.Note}
	var list []finding.Finding
	for _, c := range order {
		f := finding.Finding{ID: "page-" + strings.Fields(string(c.Fate))[0], Severity: severity[c.Fate], Path: c.URL, Message: c.Why}
		switch {
		case c.In == "" && len(c.pages) == 1:
		case c.In == "":
			f.Message += fmt.Sprintf("; so are %d more pages, such as %s", len(c.pages)-1, c.pages[1])
		case len(c.pages) == 1:
			f.Message += fmt.Sprintf("; %s needs it (%s:%d)", c.pages[0], c.In, c.Line)
		default:
			f.Message += fmt.Sprintf("; %d pages need it, such as %s (%s:%d)", len(c.pages), c.pages[0], c.In, c.Line)
		}
		list = append(list, f)
	}
	return list
}
