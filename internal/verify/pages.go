package verify

import (
	"cmp"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/swgen/swgen/internal/audit"
	"github.com/swgen/swgen/internal/page"
	"github.com/swgen/swgen/manifest"
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
	// More is how many further files of those that a script may ask for are
	// left out for the same reason.
	More int `json:"more,omitempty"`

	// file is that of the site, "" for none; hint says what to do.
	file, hint string
	// told is set when the audit of the site says it.
	told bool
}

// tour opens pages without a network and asks for what it needs. What
// several pages need is asked for once: the answer depends on the version that
// a page belongs to, and there is one.
func (t *trial) tour(site *audit.Site, pages []*audit.Page) *Pages {
	b := t.copy(t.now)
	defer t.done()
	v := &visitor{trial: t, browser: b, tab: b.Open(home + t.scope()), asked: make(map[string]string), rules: make(map[string]string)}
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
			if !v.counts(need) {
				continue
			}
			if r, ok := v.need(need); !ok {
				r.told = site.Told(need)
				one.add(r)
			}
		}
		fared.Count[one.Fate]++
		fared.List = append(fared.List, one)
	}
	t.loaded = v.asked
	return fared
}

// add adds a reason. What a script may ask for is one for each rule: there may
// be as many such files as there are pages.
func (p *Page) add(r Reason) {
	if strings.HasSuffix(r.Why, mayAsk) {
		if i := slices.IndexFunc(p.Reasons, func(other Reason) bool { return other.Why == r.Why }); i >= 0 {
			p.Reasons[i].More++
			return
		}
	}
	p.Reasons = append(p.Reasons, r)
	p.Fate = worse(p.Fate, r.Fate)
}

// visitor goes from page to page.
type visitor struct {
	*trial
	browser *swtest.Browser
	tab     *swtest.Tab
	asked   map[string]string // by what was asked for: why it failed, "" when it did not
	rules   map[string]string // by file: the rule that leaves it out, "" for none
}

const (
	outsideScope = "is outside of the worker's scope "
	notPrecached = "is not precached: "
	mayAsk       = "; a script may ask for it"
)

// counts reports whether a page can fare worse for something that it needs.
// What is not there with a network either, and what nobody can follow, the
// audit of the site tells; a page is no worse without a network for it. What a
// script may ask for counts when somebody chose to leave it out, and not when
// it is of a kind that pages seldom load.
func (v *visitor) counts(n audit.Need) bool {
	switch {
	case n.Lead == audit.Missing || n.Lead == audit.Unresolved:
		return false
	case n.Lead == audit.OnlyServer:
		return true
	case n.Weight == audit.Assumed:
		return n.Target != "" && n.Kind != page.Media && v.leftOut(n.Target) != "" && !manifest.LeftOutByDefault(n.Target)
	}
	return n.Weight < audit.Soft // nobody notices the rest
}

// page opens a page; not ok when it is not the build's.
func (v *visitor) page(p *audit.Page) (Reason, bool) {
	r := Reason{Fate: Broken, URL: p.URL, file: p.File}
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
	r := Reason{Fate: Degraded, URL: cmp.Or(n.URL, n.Written), In: n.In, Line: n.Line, file: n.Target}
	if n.Weight == audit.Required {
		r.Fate = Broken
	}
	switch n.Lead {
	case audit.External, audit.Outside:
		if n.Weight == audit.Required {
			r.Fate = NeedsNetwork
		}
		r.Why, r.hint = "is of another origin", "copy what it is into the site, or add it to extra"
		if n.Lead == audit.Outside {
			r.Why, r.hint = "is outside of the site's base path", "copy what it is into the site"
		}
		return r, v.answered(n, nil) == ""
	case audit.OnlyServer:
		r.Fate, r.Why, r.hint = NeedsNetwork, "is answered by a server alone", "tell visitors, in the page, that this takes a network"
		return r, false
	case audit.Bypass:
		r.Fate, r.Why = Degraded, "is loaded by embed or object, which no worker sees; img or iframe would do"
		return r, false
	}
	r.Why = v.answered(n, &n.Target)
	switch {
	case r.Why == "":
		return r, true
	case n.Lead == audit.Redirect:
		r.Why = fmt.Sprintf("is redirected to %s by the host, which the worker does not know", n.Location)
		r.hint, r.file = "write "+n.Location, ""
	case n.Weight == audit.Assumed:
		r.Why += mayAsk
	}
	return r, false
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
		return notPrecached + rule
	}
	return "is not answered: " + describe(got)
}

// leftOut is the rule that keeps a file out of the precache, "" for none.
func (v *visitor) leftOut(file string) string {
	if v.subject.LeftOut == nil {
		return ""
	}
	rule, known := v.rules[file]
	if !known {
		rule = v.subject.LeftOut(file)
		v.rules[file] = rule
	}
	return rule
}
