// Package audit knows what every page of a site needs to be whole: which
// files and URLs, at which place each is asked for, and what the host answers.
// It knows no service workers and no manifests, runs no script and asks no
// network.
//
// A site is read once, each file at most once and in parallel, into a graph
// of files. What a page needs is what can be reached from it, so that ten
// thousand pages which share fifty files cost little more than reading them.
package audit

import (
	"context"
	"fmt"
	"io/fs"
	"net/http"
	"path"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/swgen/swgen/internal/finding"
	"github.com/swgen/swgen/internal/host"
	"github.com/swgen/swgen/internal/page"
)

// Options say what is audited.
type Options struct {
	// Site is the output of a generator, as it is deployed.
	Site fs.FS
	// Files are the paths of its files, slash-separated; nil lists the site.
	Files []string
	// Host answers for the site, under its base path.
	Host *host.Host
	// Origin is where the site is deployed, such as "https://a.example", so
	// that whole URLs to it are its own. When it is "", the canonical links
	// of pages tell.
	Origin string
}

// Weight is how much a page suffers without something. The order is from the
// strongest to the weakest.
type Weight uint8

// The weights.
const (
	// Required: the page is broken without it: scripts, styles, the data that
	// a script fetches.
	Required Weight = iota
	// Degrading: something in the page is missing: an image, a font, a frame.
	Degrading
	// Soft: nobody notices at once: icons, prefetches, print styles.
	Soft
	// Assumed: nothing that can be read names it, but a bundler's runtime may
	// ask for it.
	Assumed
)

var weights = [...]string{"required", "degrading", "soft", "assumed"}

// String is the weight in a word.
func (w Weight) String() string { return weights[w] }

// MarshalText writes the weight as its word.
func (w Weight) MarshalText() ([]byte, error) { return []byte(w.String()), nil }

// Lead is what a reference leads to.
type Lead string

// The leads.
const (
	// File: a file of the site.
	File Lead = "file"
	// Redirect: a file of the site, by way of a redirect.
	Redirect Lead = "redirect"
	// External: another origin.
	External Lead = "external"
	// Missing: nothing that the site's output has.
	Missing Lead = "missing"
	// Outside: the site's origin, outside of its base path.
	Outside Lead = "outside"
	// Bypass: a file that embed or object loads, which no worker sees.
	Bypass Lead = "bypass"
	// OnlyServer: a form that sends, a socket, a request other than GET, or for
	// what has neither a file nor the name of one.
	OnlyServer Lead = "server"
	// Unresolved: a script puts the URL together, or imports a bare name that
	// no import map has.
	Unresolved Lead = "unresolved"
)

// Need is something that a page needs, and where that is written.
type Need struct {
	// Written is the URL as it is written; in a computed one, * is what is not known.
	Written string `json:"written"`
	// URL is what is asked for: a path with its query for the site's own
	// origin, a whole URL otherwise, "" when it is unresolved.
	URL    string    `json:"url,omitempty"`
	Kind   page.Kind `json:"kind"`
	Weight Weight    `json:"weight"`
	// In is the file that says so, or the directory that a bundler's runtime
	// loads from; Line is 0 where there is none.
	In   string `json:"in"`
	Line int    `json:"line,omitempty"`
	Lead Lead   `json:"lead"`
	// Target is the file of the site that is shown in the end, "" for none.
	Target string `json:"target,omitempty"`
	// Location is where a redirect goes.
	Location string `json:"location,omitempty"`
}

// Page is a page of the site.
type Page struct {
	// File is its path, URL the canonical path that the host shows it under.
	File string `json:"file"`
	URL  string `json:"url"`
	// Alias is set on stubs that send visitors on at once, to this URL.
	Alias string `json:"alias,omitempty"`
	// NoIndex is set when search engines are asked to leave it out.
	NoIndex bool `json:"noindex,omitempty"`

	node *node
}

// Site is an audited site. Its methods may be called from many goroutines.
type Site struct {
	// Origin is where the site says that it is deployed, "" when it does not.
	Origin string
	// Pages are in the order of their files.
	Pages []*Page
	// Findings are what is wrong with the site.
	Findings []finding.Finding
	// Orphans are the files that nothing leads to, sorted.
	Orphans []string
	// Entries are where web app manifests let visitors begin.
	Entries []Entry

	host    *host.Host
	base    string
	fsys    fs.FS
	nodes   map[string]*node
	folded  map[string]string // lower-case name to name
	list    []*node
	targets sync.Map // URL to *target
	indices atomic.Int32
	assumed map[assumption]*node
	// problems are findings about URLs, by what they have in common.
	problems map[string]*problem
	walkers  sync.Pool
}

// Run audits a site. An error is one of reading the site; what is wrong with
// the site is a finding.
func Run(ctx context.Context, o Options) (*Site, error) {
	s := &Site{
		host: o.Host, base: o.Host.Base, fsys: o.Site, Origin: o.Origin,
		nodes: make(map[string]*node), folded: make(map[string]string), assumed: make(map[assumption]*node),
		problems: make(map[string]*problem),
	}
	if err := s.listFiles(o.Files); err != nil {
		return nil, err
	}
	if s.Origin == "" {
		s.Origin = s.claimedOrigin()
	}
	if err := s.read(ctx); err != nil {
		return nil, err
	}
	s.judge()
	return s, nil
}

// listFiles makes a node of each file.
func (s *Site) listFiles(files []string) error {
	if files == nil {
		err := fs.WalkDir(s.fsys, ".", func(name string, entry fs.DirEntry, err error) error {
			if err == nil && !entry.IsDir() {
				files = append(files, name)
			}
			return err
		})
		if err != nil {
			return fmt.Errorf("listing the site: %w", err)
		}
	}
	files = slices.Clone(files)
	slices.Sort(files)
	for i, name := range files {
		n := &node{name: name, index: int32(i)}
		s.nodes[name] = n
		s.list = append(s.list, n)
		if folded := strings.ToLower(name); s.folded[folded] == "" {
			s.folded[folded] = name
		}
	}
	return nil
}

// isPage reports whether a file is a page by its name.
func isPage(name string) bool {
	switch strings.ToLower(path.Ext(name)) {
	case ".html", ".htm", ".xhtml":
		return true
	}
	return false
}

// claimedOrigin is the origin that most of some pages name as theirs in their
// canonical link, with the path that they have.
func (s *Site) claimedOrigin() string {
	const sample = 20
	votes := make(map[string]int)
	best := ""
	var pages []*node
	for _, n := range s.list {
		if isPage(n.name) {
			pages = append(pages, n)
		}
	}
	for i := range min(sample, len(pages)) {
		n := pages[i*len(pages)/min(sample, len(pages))]
		content, err := fs.ReadFile(s.fsys, n.name)
		if err != nil {
			continue
		}
		facts := page.Inspect(content)
		origin, rest := splitOrigin(facts.Canonical)
		// A stub names the page that it sends visitors to.
		if file := s.shown(rest); origin == "" || file == nil || file != n && facts.Refresh == nil {
			continue
		}
		if votes[origin]++; votes[origin] > votes[best] {
			best = origin
		}
	}
	return best
}

// shown is the file that the host shows under a path, nil for none.
func (s *Site) shown(escaped string) *node {
	return s.nodes[s.answer(escaped).File]
}

// answer is what the host answers in the end.
func (s *Site) answer(escaped string) host.Answer {
	escaped, _, _ = strings.Cut(escaped, "?")
	a := s.host.Answer(escaped)
	for range maxRedirects {
		if !a.Redirects() {
			break
		}
		a = s.host.Answer(a.Location)
	}
	return a
}

// FileAt is the file that the host shows at a URL path, in the end; "" when it
// has none. A path outside of the site's base path is taken from there.
func (s *Site) FileAt(path string) string {
	for _, escaped := range []string{path, s.base + strings.TrimPrefix(path, "/")} {
		if a := s.answer(escaped); a.Status == http.StatusOK {
			return a.File
		}
	}
	return ""
}

// splitOrigin cuts a whole http URL after its origin.
func splitOrigin(url string) (origin, rest string) {
	scheme, after, ok := strings.Cut(url, "://")
	if !ok || scheme != "https" && scheme != "http" {
		return "", ""
	}
	end := strings.IndexAny(after, "/?#")
	if end < 0 {
		return url, "/"
	}
	return url[:len(scheme)+3+end], after[end:]
}
