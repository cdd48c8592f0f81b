// Package inventory knows what a precache weighs and for whom: which files
// there are, what each page of the site needs of them, what several pages share,
// what is there twice and what is there for nobody. It compares a manifest with
// an audit, and knows nothing of workers or of how anything is shown.
package inventory

import (
	"cmp"
	"slices"
	"strings"

	"github.com/swgen/swgen/internal/audit"
	"github.com/swgen/swgen/internal/mediatype"
	"github.com/swgen/swgen/manifest"
)

// Inventory is what a precache weighs and for whom. All sizes are bytes of the
// files, uncompressed. Content that several URLs share is stored once, and
// counts once in every sum.
type Inventory struct {
	// Files counts the URLs that are precached.
	Files int   `json:"files"`
	Bytes int64 `json:"bytes"`
	// Types has the types that occur, the heaviest first.
	Types []TypeTotal `json:"types"`
	// List has every precached file and Pages every page, the heaviest first.
	List  []File `json:"list"`
	Pages []Page `json:"pages"`
	// Duplicates are contents under several URLs, those that cost a deploy most first.
	Duplicates []Duplicate `json:"duplicates,omitempty"`
	// Spare is what a deploy carries for duplicates and no visitor stores.
	Spare int64 `json:"spare"`
	// Unneeded is what no page needs.
	Unneeded Total `json:"unneeded"`
}

// Total is a number of files and what they weigh.
type Total struct {
	Files int   `json:"files"`
	Bytes int64 `json:"bytes"`
}

// TypeTotal is what is precached of a type.
type TypeTotal struct {
	Type manifest.Class `json:"type"`
	Total
}

// Data is the type of what scripts read: texts that have no class of their own.
const Data manifest.Class = "data"

// File is a precached file.
type File struct {
	URL string `json:"url"`
	// Path is the file in the site, "" when the URL is none of its files.
	Path  string         `json:"path,omitempty"`
	Bytes int64          `json:"bytes"`
	Type  manifest.Class `json:"type"`
	// Same is the URL under which the content counts, "" for this one.
	Same string `json:"same,omitempty"`
	// Pages is how many pages need it by what is written somewhere; Assumed is
	// how many more may need it, because a bundler's runtime may ask for it.
	Pages   int `json:"pages"`
	Assumed int `json:"assumed,omitempty"`
	// Weight is the greatest that it has for a page, "" when no page needs it.
	Weight string `json:"weight,omitempty"`
	// Examples are the first few pages that need it.
	Examples []Example `json:"examples,omitempty"`
}

// Needed reports whether a page needs the file, or it is one itself.
func (f *File) Needed() bool { return f.Weight != "" || f.Type == manifest.Page }

// Example is a page that needs a file, and where that is written.
type Example struct {
	Page   string `json:"page"`
	In     string `json:"in,omitempty"`
	Line   int    `json:"line,omitempty"`
	Weight string `json:"weight"`
}

// Page is what a page takes of the precache. What is only assumed does not
// count as its need, yet makes a file shared.
type Page struct {
	URL  string `json:"url"`
	File string `json:"file"`
	// Needs counts the precached files that it needs, beside its own.
	Needs int `json:"needs"`
	// Own is the size of its own file, 0 when that is not precached. Bytes is
	// that with all that it needs: Unique what no other page needs, and Shared.
	Own    int64 `json:"own"`
	Bytes  int64 `json:"bytes"`
	Unique int64 `json:"unique"`
	Shared int64 `json:"shared"`
}

// Duplicate is one content under several URLs.
type Duplicate struct {
	Bytes int64    `json:"bytes"`
	URLs  []string `json:"urls"`
	// Spare is the size of all copies but one.
	Spare int64 `json:"spare"`
}

// fewExamples is how many pages are named for a file.
const fewExamples = 3

// Take compares what is precached with what the pages of the site need.
func Take(m *manifest.Manifest, site *audit.Site) *Inventory {
	t := &taking{
		files: make([]file, len(m.Entries)), pages: make([]Page, 0, len(site.Pages)),
		byName: make(map[string]*file, 2*len(m.Entries)),
	}
	t.list(m)
	for _, p := range site.Pages {
		if p.Alias == "" { // a stub that sends visitors on is no page
			t.page(site, p)
		}
	}
	for _, c := range t.contents {
		if c.users == 1 && c.only >= 0 {
			t.pages[c.only].Unique += c.bytes
		}
	}
	for i := range t.pages {
		t.pages[i].Shared = t.pages[i].Bytes - t.pages[i].Unique
	}
	return t.total()
}

// typeOf is the type of a precached file, by the tables that decide how the
// worker treats it and what hosts call it.
func typeOf(name string) manifest.Class {
	class := manifest.ClassOf(name)
	if class != manifest.Other {
		return class
	}
	media := mediatype.Of(name)
	if strings.HasPrefix(media, "text/") || strings.HasSuffix(media, "json") || strings.HasSuffix(media, "xml") {
		return Data
	}
	return manifest.Other
}

// taking is an inventory in the making.
type taking struct {
	files    []file
	contents []*content
	pages    []Page
	byName   map[string]*file // by URL, and by path, which has no slash in front
}

// file is a precached file with what Take has to remember of it.
type file struct {
	File
	content *content
	weight  audit.Weight
	// assumed is the first page that may need it.
	assumed Example
	// page is the number of the page that was last seen to need it.
	page int
}

// content is what one or several files hold.
type content struct {
	bytes int64
	files []*file
	// users is how many pages need it, by assumption, too; only is the one that
	// counts it, -1 for none, when users is 1.
	users, only int
	// page and counted are the numbers of the pages that were last seen to need
	// it, and to count it.
	page, counted int
}

// list makes a file of each entry.
func (t *taking) list(m *manifest.Manifest) {
	byHash := make(map[manifest.Hash]*content, len(m.Entries))
	for i := range m.Entries {
		e, f := &m.Entries[i], &t.files[i]
		f.File = File{URL: e.URL, Path: e.Path, Bytes: e.Size, Type: typeOf(cmp.Or(e.Path, e.URL))}
		f.page = -1
		f.content = byHash[e.Hash]
		if f.content == nil || e.Path == "" { // without a file, the hash is not of its content
			f.content = &content{bytes: e.Size, only: -1, page: -1, counted: -1}
			t.contents = append(t.contents, f.content)
			if e.Path != "" {
				byHash[e.Hash] = f.content
			}
		} else {
			f.Same = f.content.files[0].URL
		}
		f.content.files = append(f.content.files, f)
		t.byName[e.URL] = f
		if e.Path != "" {
			t.byName[e.Path] = f
		}
	}
}

// page counts what one page needs.
func (t *taking) page(site *audit.Site, p *audit.Page) {
	n := len(t.pages)
	t.pages = append(t.pages, Page{URL: p.URL, File: p.File})
	one := &t.pages[n]
	own := t.byName[p.File]
	if own != nil {
		own.page = n
		one.Own = own.Bytes
		t.use(own.content, n, true)
	}
	for _, need := range site.Needs(p, audit.Assumed) {
		f := t.precached(&need)
		if f == nil || f.page == n {
			continue
		}
		f.page = n
		example := Example{Page: p.URL, In: need.In, Line: need.Line, Weight: need.Weight.String()}
		written := need.Weight != audit.Assumed
		if f.Weight == "" || need.Weight < f.weight {
			f.weight, f.Weight = need.Weight, example.Weight
		}
		if written {
			f.Pages++
			one.Needs++
			if len(f.Examples) < fewExamples {
				f.Examples = append(f.Examples, example)
			}
		} else if f.Assumed++; f.Assumed == 1 {
			f.assumed = example
		}
		t.use(f.content, n, written)
	}
}

// precached is the file that a need leads to, nil when that is not precached.
func (t *taking) precached(n *audit.Need) *file {
	if n.Target != "" {
		return t.byName[n.Target]
	}
	path, _, _ := strings.Cut(n.URL, "?")
	return t.byName[path]
}

// use counts a page as one that needs some content, once. Needs come with
// what is written before what is assumed.
func (t *taking) use(c *content, page int, counts bool) {
	if c.page != page {
		c.page = page
		c.users++
		c.only = -1
	}
	if counts && c.counted != page {
		c.counted, c.only = page, page
		t.pages[page].Bytes += c.bytes
	}
}

// total sums up, and sorts.
func (t *taking) total() *Inventory {
	v := &Inventory{Files: len(t.files), Types: []TypeTotal{}, List: make([]File, len(t.files)), Pages: t.pages}
	types := make(map[manifest.Class]*Total)
	for i := range t.files {
		f := &t.files[i]
		if f.Pages == 0 && f.Assumed > 0 {
			f.Examples = []Example{f.assumed}
		}
		v.List[i] = f.File
		total := types[f.Type]
		if total == nil {
			total = new(Total)
			types[f.Type] = total
		}
		total.Files++
		if f.Same == "" {
			total.Bytes += f.Bytes
		}
		if !f.Needed() {
			v.Unneeded.Files++
		}
	}
	for class, total := range types {
		v.Types = append(v.Types, TypeTotal{class, *total})
	}
	for _, c := range t.contents {
		v.content(c)
	}
	slices.SortFunc(v.Types, func(a, b TypeTotal) int { return cmp.Or(cmp.Compare(b.Bytes, a.Bytes), cmp.Compare(a.Type, b.Type)) })
	slices.SortFunc(v.List, func(a, b File) int { return cmp.Or(cmp.Compare(b.Bytes, a.Bytes), cmp.Compare(a.URL, b.URL)) })
	slices.SortStableFunc(v.Pages, func(a, b Page) int { return cmp.Or(cmp.Compare(b.Bytes, a.Bytes), cmp.Compare(a.URL, b.URL)) })
	slices.SortStableFunc(v.Duplicates, func(a, b Duplicate) int { return cmp.Compare(b.Spare, a.Spare) })
	return v
}

// content adds what is stored once.
func (v *Inventory) content(c *content) {
	v.Bytes += c.bytes
	if !slices.ContainsFunc(c.files, func(f *file) bool { return f.Needed() }) {
		v.Unneeded.Bytes += c.bytes
	}
	if len(c.files) == 1 || c.bytes == 0 {
		return
	}
	d := Duplicate{Bytes: c.bytes, Spare: c.bytes * int64(len(c.files)-1)}
	for _, f := range c.files {
		d.URLs = append(d.URLs, f.URL)
	}
	v.Duplicates = append(v.Duplicates, d)
	v.Spare += d.Spare
}
