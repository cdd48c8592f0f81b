package detect

import (
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/swgen/swgen/internal/page"
)

// The sample is the same for the same site: the pages are listed breadth
// first in the order of their names, up to a limit, and taken at equal
// distances from that list.

const (
	// maxPages are read besides the home page.
	maxPages = 20
	// maxListed pages and maxDirs directories are looked at to choose from.
	maxListed = 1000
	maxDirs   = 200
)

// sample is the site with some pages read.
type sample struct {
	fsys  fs.FS
	pages []sampledPage
	// homeBytes is the home page as it is.
	homeBytes []byte
	// known remembers whether a file exists.
	known map[string]bool
}

func newSample(fsys fs.FS) *sample {
	s := &sample{fsys: fsys, known: map[string]bool{}}
	s.read(home)
	for _, name := range choose(listPages(fsys), maxPages) {
		s.read(name)
	}
	return s
}

func (s *sample) read(name string) {
	content, err := fs.ReadFile(s.fsys, name)
	if err != nil {
		return // detection makes do with what can be read
	}
	if name == home {
		s.homeBytes = content
	}
	// What swgen wrote into the page in an earlier run says nothing about the site.
	content, _ = page.Remove(content)
	s.pages = append(s.pages, sampledPage{name, page.Inspect(content)})
}

// home is the home page, nil when there is none.
func (s *sample) home() *sampledPage {
	if len(s.pages) > 0 && s.pages[0].path == home {
		return &s.pages[0]
	}
	return nil
}

// exists reports whether a path names a file.
func (s *sample) exists(name string) bool {
	ok, seen := s.known[name]
	if !seen {
		info, err := fs.Stat(s.fsys, name)
		ok = err == nil && !info.IsDir()
		s.known[name] = ok
	}
	return ok
}

// listPages lists pages other than the home page, those near the root first.
func listPages(fsys fs.FS) []string {
	var pages []string
	dirs := []string{"."}
	for i := 0; i < len(dirs) && i < maxDirs && len(pages) < maxListed; i++ {
		entries, err := fs.ReadDir(fsys, dirs[i])
		if err != nil {
			continue
		}
		for _, entry := range entries {
			name := path.Join(dirs[i], entry.Name())
			switch {
			case entry.IsDir() && !isSkipped(entry.Name()):
				dirs = append(dirs, name)
			case !entry.IsDir() && isPage(name) && name != home:
				pages = append(pages, name)
			}
		}
	}
	return pages
}

func isPage(name string) bool {
	ext := strings.ToLower(path.Ext(name))
	return ext == ".html" || ext == ".htm"
}

func isSkipped(dir string) bool { return strings.HasPrefix(dir, ".") || dir == "node_modules" }

// choose takes at most n names: the not-found page, whose references have to
// hold at any depth, and others at equal distances.
func choose(names []string, n int) []string {
	var chosen []string
	if i := slices.Index(names, "404.html"); i >= 0 {
		chosen = append(chosen, names[i])
		names = slices.Delete(slices.Clone(names), i, i+1)
		n--
	}
	if len(names) <= n {
		return append(chosen, names...)
	}
	for i := range n {
		chosen = append(chosen, names[i*len(names)/n])
	}
	return chosen
}
