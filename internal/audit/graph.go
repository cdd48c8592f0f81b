package audit

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/url"
	"path"
	"runtime"
	"slices"
	"strings"
	"sync"

	"github.com/swgen/swgen/internal/page"
)

// node is a file of the site.
type node struct {
	name  string
	index int32
	// page is set on pages that the host shows.
	page *Page
	// base is what references in the file are relative to.
	base string
	role role
	// edges are what the file asks for, in its order.
	edges []edge
	// links are where anchors lead, mentions what is named otherwise. They
	// make no page need anything.
	links, mentions []*target
	// broken are the links that lead to nothing, or elsewhere than meant.
	broken []edge
	// faults are what is wrong with the file itself.
	faults []fault
	// maps is the import map of a page, nil for none.
	maps *importMap
	// assumes are the directories whose files its scripts may ask for.
	assumes []assumption
	// registers are the service workers that its scripts register, types the
	// Trusted Types policies that they create.
	registers []registration
	types     []string
	// policies, baseLine and fragment are facts of a page.
	policies []page.Inline
	baseLine int
	fragment bool
	// entries are where a web app manifest lets visitors begin.
	entries []Entry
	// dynamic is set when edges depend on the page that runs the script.
	dynamic bool
}

// role is what a file is read as.
type role uint8

const (
	unread role = iota
	asPage
	asStyle
	asScript
	asManifest
)

// edge is a reference in a file.
type edge struct {
	written string
	kind    page.Kind
	weight  Weight
	from    page.From
	hint    bool
	// pattern is set when a part of the URL is computed.
	pattern bool
	line    int32
	// trust is that of a page's script element, nil when there is nothing to say.
	trust *page.Trust
	// to is nil when it depends on the page, or is nothing.
	to *target
}

// roleOf is what the file at the end of a reference is read as.
func roleOf(kind page.Kind, name string) role {
	switch kind {
	case page.Script, page.Module, page.Worker:
		return asScript
	case page.Style:
		return asStyle
	case page.Manifest:
		return asManifest
	case page.Frame, page.Object:
		if isPage(name) || path.Ext(name) == ".svg" {
			return asPage
		}
	}
	return unread
}

// weightOf is what a page suffers without something of a kind.
func weightOf(kind page.Kind) Weight {
	switch kind {
	case page.Script, page.Module, page.Worker, page.Style, page.Data:
		return Required
	case page.Icon, page.Manifest, page.Server:
		return Soft
	}
	return Degrading
}

// read reads the pages, and then what they lead to until nothing is new.
func (s *Site) read(ctx context.Context) error {
	var pages []*node
	for _, n := range s.list {
		if isPage(n.name) {
			if urls := s.host.URLs(n.name); len(urls) > 0 {
				n.page = &Page{File: n.name, URL: urls[0].Path, node: n}
				n.base, n.role = urls[0].Path, asPage
				s.Pages = append(s.Pages, n.page)
				pages = append(pages, n)
			}
		}
	}
	if err := s.scanAll(ctx, pages); err != nil {
		return err
	}
	s.readBuildManifests()
	found := s.direct(pages)
	for {
		for len(found) > 0 {
			if err := s.scanAll(ctx, found); err != nil {
				return err
			}
			found = s.direct(found)
		}
		if found = s.throughPages(); len(found) == 0 {
			return nil
		}
	}
}

// direct are the files that edges of some files lead to and that are not read
// yet, marked with the role they have.
func (s *Site) direct(from []*node) (found []*node) {
	for _, n := range from {
		for i := range n.edges {
			if e := &n.edges[i]; e.to != nil {
				found = s.claim(found, e.kind, e.to)
			}
		}
		for _, a := range n.assumes {
			if s.assumed[a] == nil {
				found = append(found, s.direct([]*node{s.assume(a)})...)
			}
		}
	}
	slices.SortFunc(found, func(a, b *node) int { return strings.Compare(a.name, b.name) })
	return found
}

// claim adds the file of a target to those to be read.
func (s *Site) claim(found []*node, kind page.Kind, t *target) []*node {
	n := t.node
	if n == nil || n.role != unread || t.leadFor(kind) == Missing {
		return found
	}
	if r := roleOf(kind, n.name); r != unread {
		n.role = r
		n.base = s.urlOf(n.name)
		return append(found, n)
	}
	return found
}

// throughPages are the files that only a page can tell: a script's URL that
// is relative to it, an import by its map.
func (s *Site) throughPages() (found []*node) {
	if !s.contextual() {
		return nil
	}
	w := s.walker()
	for _, p := range s.Pages {
		w.walk(p.node, Assumed, func(_ *node, e *edge, t *target, _ Weight) {
			if t != nil {
				found = s.claim(found, e.kind, t)
			}
		})
	}
	return found
}

// contextual reports whether what some file needs depends on the page.
func (s *Site) contextual() bool {
	return s.mapsImports() || slices.ContainsFunc(s.list, func(n *node) bool { return n.dynamic })
}

// mapsImports reports whether a page has an import map.
func (s *Site) mapsImports() bool {
	return slices.ContainsFunc(s.Pages, func(p *Page) bool { return p.node.maps != nil })
}

// urlOf is the URL path of a file that is no page.
func (s *Site) urlOf(name string) string {
	return (&url.URL{Path: s.base + name}).EscapedPath()
}

// scanAll reads files in parallel; scripts are parsed together afterwards.
func (s *Site) scanAll(ctx context.Context, files []*node) error {
	var (
		wait    sync.WaitGroup
		queue   = make(chan *node)
		errs    = make([]error, runtime.GOMAXPROCS(0))
		scripts = make([][]script, len(errs))
	)
	for w := range errs {
		wait.Go(func() {
			for n := range queue {
				if errs[w] != nil {
					continue
				}
				content, err := s.content(n)
				if err != nil {
					errs[w] = fmt.Errorf("reading the site: %w", err)
					continue
				}
				scripts[w] = append(scripts[w], s.scan(n, content)...)
			}
		})
	}
	for _, n := range files {
		if ctx.Err() != nil {
			break
		}
		queue <- n
	}
	close(queue)
	wait.Wait()
	s.parseScripts(slices.Concat(scripts...))
	if err := ctx.Err(); err != nil {
		return err
	}
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// maxFile is the size over which a file is not read, in bytes. Nobody writes
// such a page, style or script.
const maxFile = 32 << 20

// content is what a file holds, nothing if it is too large.
func (s *Site) content(n *node) ([]byte, error) {
	file, err := s.fsys.Open(n.name)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return nil, err
	}
	if info.Size() > maxFile {
		n.fault("malformed", 0, "it is too large to be read")
		return nil, nil
	}
	content := bytes.NewBuffer(make([]byte, 0, info.Size()+bytes.MinRead))
	_, err = content.ReadFrom(io.LimitReader(file, maxFile))
	return content.Bytes(), err
}

// scan reads the references of one file and returns the scripts in it whose
// imports are still to be read.
func (s *Site) scan(n *node, content []byte) []script {
	switch n.role {
	case asPage:
		return s.scanPage(n, content)
	case asStyle:
		s.scanStyle(n, content)
	case asScript:
		return s.scanScript(n, content)
	case asManifest:
		s.scanManifest(n, content)
	}
	return nil
}

// link adds an edge to what a URL leads to.
func (s *Site) link(n *node, e edge, base string) {
	e.to = s.resolve(e.written, base)
	if e.to == nil {
		n.checkURL(e.written, int(e.line))
		return
	}
	if e.hint && e.to.leadFor(e.kind) == Missing {
		e.weight = Soft
	}
	n.edges = append(n.edges, e)
}
