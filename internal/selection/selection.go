// Package selection knows which pages of a site count, by their distance from
// others or by what the sitemap says of them, and what those pages need. It
// knows no manifests and no workers.
package selection

import (
	"cmp"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/swgen/swgen/internal/audit"
	"github.com/swgen/swgen/internal/page"
)

// Pages says which pages count. The zero value is all of them.
type Pages struct {
	// From are the paths, in the site, of the pages that Depth is counted
	// from; nil when it is not.
	From []string
	// Depth is how many links lead at most from one of those to a page.
	Depth int
	// Sitemap: the pages that the sitemap lists with at least this Priority.
	Sitemap  bool
	Priority float64
}

// All reports whether every page counts.
func (p Pages) All() bool { return p.From == nil && !p.Sitemap }

// Forms are what Parse reads, for messages.
const Forms = `all, "depth 2 from /", "sitemap" or "sitemap 0.5"`

// Parse reads a choice: all, "depth N", "depth N from PATH PATH...", "sitemap"
// or "sitemap PRIORITY".
func Parse(text string) (p Pages, err error) {
	words := strings.Fields(text)
	switch {
	case len(words) == 0, len(words) == 1 && words[0] == "all":
		return Pages{}, nil
	case words[0] == "depth" && (len(words) == 2 || len(words) > 3 && words[2] == "from"):
		p.From = []string{"/"}
		if len(words) > 3 {
			p.From = words[3:]
		}
		p.Depth, err = strconv.Atoi(words[1])
		if err == nil && p.Depth >= 0 {
			return p, nil
		}
		return Pages{}, fmt.Errorf("%q is no number of links", words[1])
	case words[0] == "sitemap" && len(words) <= 2:
		p.Sitemap = true
		if len(words) == 2 {
			p.Priority, err = strconv.ParseFloat(words[1], 64)
		}
		if err == nil && p.Priority >= 0 && p.Priority <= 1 {
			return p, nil
		}
		return Pages{}, fmt.Errorf("%q is no priority: they are from 0.0 to 1.0", words[1])
	}
	return Pages{}, fmt.Errorf("%q chooses no pages", text)
}

// Chosen are the files of a choice, by their paths.
type Chosen struct {
	// Pages are those that count, and the frames in them.
	Pages map[string]bool
	// Needed are the other files that those need, or may need.
	Needed map[string]bool
	// Strangers are what was asked for and is no page of the site: paths to
	// count from, URLs in the sitemap.
	Strangers []string
}

// Choose chooses pages and finds what they need. always are files of pages that count
// in any case, and of which those that are not there do not matter. An error is
// that of a sitemap that is missing or cannot be read.
func (p Pages) Choose(site *audit.Site, files fs.FS, always []string) (*Chosen, error) {
	c := &Chosen{Pages: make(map[string]bool), Needed: make(map[string]bool)}
	byFile := make(map[string]*audit.Page, len(site.Pages))
	for _, one := range site.Pages {
		byFile[one.File] = one
	}
	first := slices.Clone(always)
	switch {
	case p.Sitemap:
		listed, err := readSitemaps(files)
		if err != nil {
			return nil, err
		}
		for _, l := range listed {
			if l.priority >= p.Priority {
				first = append(first, c.at(site, byFile, l.path, l.written))
			}
		}
	case p.From != nil:
		for _, from := range p.From {
			first = append(first, c.at(site, byFile, from, from))
		}
	default:
		for file := range byFile {
			first = append(first, file)
		}
	}
	var pages []*audit.Page
	for _, file := range first {
		if one := byFile[file]; one != nil {
			pages = append(pages, one)
		}
	}
	for _, one := range reach(pages, byFile, p.Depth) {
		c.take(site, one)
	}
	slices.Sort(c.Strangers)
	c.Strangers = slices.Compact(c.Strangers)
	return c, nil
}

// at is the file of the page at a path.
func (c *Chosen) at(site *audit.Site, pages map[string]*audit.Page, path, written string) string {
	file := site.FileAt(path)
	if pages[file] == nil {
		c.Strangers = append(c.Strangers, written)
	}
	return file
}

// reach are the pages that some pages link to, in at most depth steps. A page
// that only sends its visitors on is no step of its own.
func reach(pages []*audit.Page, byFile map[string]*audit.Page, depth int) (reached []*audit.Page) {
	seen := make(map[string]bool)
	for step := 0; len(pages) > 0; step++ {
		var next []*audit.Page
		for len(pages) > 0 {
			one := pages[0]
			pages = pages[1:]
			if seen[one.File] {
				continue
			}
			seen[one.File] = true
			reached = append(reached, one)
			for _, file := range one.Links() {
				switch to := byFile[file]; {
				case to == nil || seen[file]:
				case one.Alias != "":
					pages = append(pages, to)
				case step < depth:
					next = append(next, to)
				}
			}
		}
		pages = next
	}
	slices.SortFunc(reached, func(a, b *audit.Page) int { return cmp.Compare(a.File, b.File) })
	return reached
}

// take adds a page with what it needs. Another page is needed by it only as a
// frame: that a script names one, or asks for it early, is a link.
func (c *Chosen) take(site *audit.Site, one *audit.Page) {
	c.Pages[one.File] = true
	for _, need := range site.Needs(one, audit.Assumed) {
		switch {
		case need.Target == "":
		case !isPage(need.Target):
			c.Needed[need.Target] = true
		case need.Kind == page.Frame:
			c.Pages[need.Target] = true
		}
	}
}

func isPage(name string) bool {
	switch strings.ToLower(path.Ext(name)) {
	case ".html", ".htm", ".xhtml":
		return true
	}
	return false
}
