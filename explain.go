package swgen

import (
	"context"
	"fmt"
	"io/fs"
	"net/http"
	"net/url"
	"path"
	"slices"
	"strings"

	"github.com/swgen/swgen/internal/audit"
	"github.com/swgen/swgen/internal/host"
	"github.com/swgen/swgen/internal/verify"
	"github.com/swgen/swgen/manifest"
)

// Explanation is what there is to know about one file or address of a site.
type Explanation struct {
	// Asked is what was asked about, File the file of the site that it is, ""
	// for none.
	Asked string `json:"asked"`
	File  string `json:"file,omitempty"`
	// Precached is its entry; nil when it has none.
	Precached *Precached `json:"precached,omitempty"`
	// Role is set on the page that is shown for others, and on what swgen writes.
	Role string `json:"role,omitempty"`
	// LeftOut is the rule that keeps it out of the precache, with its reason.
	LeftOut string `json:"left_out,omitempty"`
	// Dropped says that the host does not serve it, and why.
	Dropped string `json:"dropped,omitempty"`
	// Addresses are those that the host has for it, the canonical one first.
	Addresses []host.URL `json:"addresses,omitempty"`
	// NeededBy are references to it, Pages the URLs of all pages that need it,
	// directly or not.
	NeededBy []audit.Need `json:"needed_by,omitempty"`
	Pages    []string     `json:"pages,omitempty"`
	// Page is how it fares without a network, if it is a page.
	Page *verify.Page `json:"page,omitempty"`
	// Answers is what a browser that has the worker gets for the addresses.
	Answers []verify.Answers `json:"answers,omitempty"`
	// Like are files with similar names, when there is no such file.
	Like []string `json:"like,omitempty"`
}

// Need is a reference to something, Answer what a browser gets.
type (
	Need   = audit.Need
	Answer = verify.Answer
)

// Precached is an entry of the manifest.
type Precached struct {
	URL   string        `json:"url"`
	Bytes int64         `json:"bytes"`
	Hash  manifest.Hash `json:"hash"`
	// Optional: an install may do without it.
	Optional bool `json:"optional,omitempty"`
}

// Explain says why a file is precached or not, who needs it, which addresses
// lead to it, and what the worker answers to them with and without a network.
// asked is a path in the site, a URL path or a whole URL. Nothing of that
// name is no error: then the explanation has no file.
func Explain(ctx context.Context, site fs.FS, result *Result, asked string) (*Explanation, error) {
	s := result.subject(site, nil)
	if err := result.audit(ctx, site, s); err != nil {
		return nil, err
	}
	e := &Explanation{Asked: asked}
	address := ""
	if e.File = path.Clean(asked); !isFile(s.Files, e.File) {
		if address = result.addressOf(s.Audit, asked); address != "" {
			e.File = s.Audit.FileAt(address)
		} else {
			e.File = ""
		}
	}
	if e.File == "" {
		e.Like = like(s.Files, asked)
		e.neededBy(s.Audit, func(n audit.Need) bool { return n.URL == asked || address != "" && n.URL == address })
	} else {
		e.inSite(result, s)
	}
	return e, e.ask(ctx, s, address)
}

// addressOf is the path and query of an address of the site; "" when it is
// one of another origin.
func (r *Result) addressOf(site *audit.Site, asked string) string {
	u, err := url.Parse(asked)
	if err != nil {
		return (&url.URL{Path: r.Found.Base + asked}).EscapedPath()
	}
	u.Path = "/" + strings.TrimPrefix(u.Path, "/")
	if u.Host != "" && site.FileAt(u.EscapedPath()) == "" && site.Origin != u.Scheme+"://"+u.Host {
		return ""
	}
	if !strings.HasPrefix(u.Path, r.Found.Base) && u.Path+"/" != r.Found.Base {
		u.Path, u.RawPath = r.Found.Base+u.Path[1:], ""
	}
	return u.RequestURI()
}

// like are files with a name like that of another.
func like(files fs.FS, asked string) (names []string) {
	all, err := fileNames(files)
	if err != nil {
		return nil
	}
	stem := func(name string) string {
		name = path.Base(strings.TrimSuffix(strings.TrimSuffix(strings.ToLower(name), "/"), "/index.html"))
		return strings.TrimSuffix(name, path.Ext(name))
	}
	const few = 5
	for _, name := range all {
		if stem(name) == stem(asked) && len(names) < few {
			names = append(names, name)
		}
	}
	return names
}

// ask asks the worker for the address that was asked about, if it was one, and
// for all others of the file, and opens the file if it is a page.
func (e *Explanation) ask(ctx context.Context, s *verify.Subject, address string) error {
	var urls []string
	if address != "" {
		urls = append(urls, address)
	}
	for _, u := range e.Addresses {
		if u.Path != address {
			urls = append(urls, u.Path)
		}
	}
	if len(urls) == 0 {
		return nil
	}
	var want manifest.Hash
	if content, err := fs.ReadFile(s.Files, e.File); err == nil {
		want = manifest.Sum(content)
	}
	isPage := manifest.ClassOf(e.File) == manifest.Page || e.File == "" && path.Ext(address) == ""
	var open []*audit.Page
	for _, p := range s.Audit.Pages {
		if p.File == e.File && p.File != "" {
			open = append(open, p)
		}
	}
	answers, pages, err := verify.Ask(ctx, s, urls, isPage, want, open)
	if err != nil {
		return fmt.Errorf("asking the worker: %w", err)
	}
	e.Answers = answers
	if len(pages.List) > 0 {
		e.Page = &pages.List[0]
	}
	return nil
}

// inSite says what is known about a file without running anything.
func (e *Explanation) inSite(result *Result, s *verify.Subject) {
	for _, entry := range result.Manifest.Entries {
		if entry.Path == e.File {
			e.Precached = &Precached{URL: entry.URL, Bytes: entry.Size, Hash: entry.Hash, Optional: entry.Optional}
		}
	}
	e.LeftOut = s.LeftOut(e.File)
	switch o := result.made.spec.Offline; {
	case e.File == result.places.worker:
		e.Role = "the worker, which must not precache itself"
	case slices.Contains(result.places.own(), e.File):
		e.Role = "swgen writes it"
	case o != nil && e.Precached != nil && e.Precached.URL == result.Found.Base+o.Path && o.Status == http.StatusNotFound:
		e.Role = "the page for addresses that the site does not have"
	case o != nil && e.Precached != nil && e.Precached.URL == result.Found.Base+o.Path:
		e.Role = "the page for what cannot be had offline"
	}
	h := result.hosted(s.Files)
	if d, dropped := h.Dropped(e.File); dropped {
		e.Dropped = d.Why
		if d.If != "" {
			e.Dropped = "if " + d.If + ": " + d.Why
		}
	}
	e.Addresses = h.URLs(e.File)
	e.neededBy(s.Audit, func(n audit.Need) bool { return n.Target == e.File })
	for _, n := range s.Audit.Referrers(e.File) {
		e.need(n)
	}
}

// need notes a reference once: its weight depends on the page.
func (e *Explanation) need(n audit.Need) {
	same := func(m audit.Need) bool { m.Weight = n.Weight; return m == n }
	if !slices.ContainsFunc(e.NeededBy, same) {
		e.NeededBy = append(e.NeededBy, n)
	}
}

// neededBy notes the pages that need something, and what in them leads to it.
func (e *Explanation) neededBy(site *audit.Site, is func(audit.Need) bool) {
	for _, p := range site.Pages {
		for _, n := range site.Needs(p, audit.Assumed) {
			if is(n) {
				e.need(n)
				if !slices.Contains(e.Pages, p.URL) {
					e.Pages = append(e.Pages, p.URL)
				}
			}
		}
	}
}
