// Package detect finds out what a static site is from its files: which
// generator wrote it and which URL path its pages believe to be deployed
// under. It looks at a sample of the pages, says what it does not know, and
// decides nothing: neither the environment nor any setting is read here.
package detect

import (
	"io/fs"

	"github.com/swgen/swgen/internal/page"
)

// Found is what was found out about a site.
type Found struct {
	// Generator is its name, with the version when the site tells it, as in
	// "Hugo 0.165.0"; "" when unknown.
	Generator string
	// Base is the URL path of the site's root, with a slash at both ends.
	Base string
	// BaseFrom is the evidence for Base, for people to read.
	BaseFrom string
}

// Site looks at the output directory of a site. It reads at most 21 pages.
func Site(fsys fs.FS) Found {
	s := newSample(fsys)
	base, from := s.base()
	return Found{Generator: s.generator(), Base: base, BaseFrom: from}
}

// home is the page that a site is entered by.
const home = "index.html"

// A sampled page is a page of the sample and what it says.
type sampledPage struct {
	path string
	page.Facts
}
