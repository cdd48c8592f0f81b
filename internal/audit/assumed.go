package audit

import (
	"encoding/json"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"sort"
	"strings"

	"github.com/swgen/swgen/internal/page"
)

// What the runtimes of bundlers load cannot be read from the files: webpack and
// Turbopack put names together from tables, VitePress from a table in the
// page. Where such a runtime is at work, all files of its directory are
// assumed to be needed; so are those that come with the scripts of a generator
// of documentation.

// assumption is a directory whose files a script may ask for.
type assumption struct {
	// dir ends with a slash; it is "./" for the root of the site.
	dir   string
	which which
}

// which files of a directory are meant.
type which byte

const (
	// all files but pages, at any depth
	all which = iota
	// whole: pages, too, which scripts show in frames
	whole
	// code: the scripts and styles that are in the directory itself
	code
	// beside: the same, and images, fonts and data
	beside
)

// immutable are directories that belong to one bundler altogether.
var immutable = []string{"_next/static/", "_app/immutable/"}

// assumedBy are the directories that a script's runtime loads from.
func (s *Site) assumedBy(n *node, sc script, calls page.Calls) (list []assumption) {
	for _, dir := range []string{"pagefind/", "_pagefind/"} {
		if strings.Contains(sc.text, "pagefind") && s.nodes[dir+"pagefind.js"] != nil {
			list = append(list, assumption{dir: dir})
		}
	}
	if sc.inline != nil {
		if strings.Contains(sc.text, "__VP_HASH_MAP__") {
			list = append(list, assumption{dir: "assets/"})
		}
		return list
	}
	for _, dir := range immutable {
		if i := strings.Index(n.name, dir); i == 0 || i > 0 && n.name[i-1] == '/' {
			return append(list, assumption{dir: n.name[:i+len(dir)]})
		}
	}
	dir := path.Dir(n.name) + "/"
	switch {
	case calls.Webpack && dir == "./":
		// At the root of a site, only scripts and styles are a bundler's.
		list = append(list, assumption{dir, code})
	case calls.Webpack || strings.HasPrefix(path.Base(n.name), "pagefind"):
		list = append(list, assumption{dir: dir})
	}
	return append(list, s.documentation(dir)...)
}

// documentation is what the scripts of Doxygen and rustdoc may ask for when
// they are in a directory. Both put most names together: of a part of the tree,
// of an index for a letter, of an icon.
func (s *Site) documentation(dir string) []assumption {
	root := dir
	for _, inner := range []string{"search/", "static.files/"} {
		root = strings.TrimSuffix(root, inner)
	}
	prefix := strings.TrimPrefix(root, "./")
	if root == "" {
		root = "./"
	}
	for _, known := range []string{"doxygen.css", "doxygen.svg"} {
		if s.nodes[prefix+known] != nil {
			return []assumption{{root, beside}, {prefix + "search/", whole}}
		}
	}
	for _, known := range []string{"rustdoc", "static.files/rustdoc"} {
		if styles := s.below(prefix + known); len(styles) > 0 && path.Ext(styles[0].name) == ".css" {
			return []assumption{{root, beside}, {dir: prefix + "static.files/"}, {dir: prefix + "search.index/"}}
		}
	}
	return nil
}

// assume makes the node that stands for the files of a directory.
func (s *Site) assume(a assumption) *node {
	d := &node{name: a.dir, index: int32(len(s.list) + len(s.assumed)), role: asScript}
	s.assumed[a] = d
	prefix := strings.TrimPrefix(a.dir, "./")
	for _, n := range s.below(prefix) {
		kind := page.KindOf(n.name)
		if kind == page.Frame {
			kind = page.Data // what such a page needs is in the directory, too
		}
		if a.which.has(n.name[len(prefix):], kind) {
			d.edges = append(d.edges, edge{written: n.name, kind: kind, weight: Assumed, to: s.resolve(s.urlOf(n.name), s.base)})
		}
	}
	return d
}

// has reports whether a file is meant, by its path in the directory.
func (w which) has(name string, kind page.Kind) bool {
	ext := path.Ext(name)
	switch {
	case ext == ".map" || ext == ".txt" || ext == ".br" || ext == ".gz":
		return false
	case isPage(name):
		return w == whole
	case w == all || w == whole:
		return true
	case strings.Contains(name, "/"):
		return false
	}
	return kind == page.Module || kind == page.Style || w == beside && (kind == page.Image || kind == page.Font || ext == ".json")
}

// below are the files whose names start with a prefix.
func (s *Site) below(prefix string) []*node {
	start := sort.Search(len(s.list), func(i int) bool { return s.list[i].name >= prefix })
	end := start
	for end < len(s.list) && strings.HasPrefix(s.list[end].name, prefix) {
		end++
	}
	return s.list[start:end]
}

// companions are files with the data of a page, by the names that frameworks
// give them. Their routers fetch them for navigations without a page load.
func (s *Site) companions(n *node) {
	if n.page == nil {
		return
	}
	stem := strings.TrimSuffix(n.name, path.Ext(n.name))
	dir := stem // what a router calls the page
	if path.Base(stem) == "index" {
		dir = path.Dir(stem)
	}
	names := []string{path.Join(dir, "__data.json"), path.Join(dir, "_payload.json")}
	if gatsby := "page-data/app-data.json"; s.nodes[gatsby] != nil {
		route := dir
		if dir == "." {
			route = "index"
		}
		names = append(names, gatsby, path.Join("page-data", route, "page-data.json"))
	}
	if len(s.below("_next/")) > 0 {
		names = append(names, stem+".txt")
		prefix := "__next."
		if dir != "." {
			prefix = dir + "/" + prefix
		}
		for _, data := range s.below(prefix) {
			names = append(names, data.name)
		}
	}
	for _, name := range names {
		if s.nodes[name] != nil {
			to := s.resolve(s.urlOf(name), s.base)
			n.edges = append(n.edges, edge{written: name, kind: page.Data, weight: Assumed, to: to})
		}
	}
}

// readBuildManifests adds what Vite's manifest says of the files that scripts
// load with them: https://vite.dev/guide/backend-integration.
func (s *Site) readBuildManifests() {
	const name = ".vite/manifest.json"
	n := s.nodes[name]
	if n == nil {
		return
	}
	content, err := fs.ReadFile(s.fsys, name)
	if err != nil {
		return // it is for tools; pages do without
	}
	var chunks map[string]struct {
		File        string
		CSS, Assets []string
	}
	n.role = asManifest
	if err := json.Unmarshal(content, &chunks); err != nil {
		n.fault("malformed", 0, err.Error())
		return
	}
	for _, chunk := range chunks {
		from := s.nodes[chunk.File]
		if from == nil || from.role != unread {
			continue
		}
		for _, file := range slices.Concat(chunk.CSS, chunk.Assets) {
			kind := page.KindOf(file)
			from.edges = append(from.edges, edge{written: file, kind: kind, weight: weightOf(kind), to: s.resolve(s.urlOf(file), s.base)})
		}
	}
}

// match lists the files that a name with * for computed parts may mean; a
// part does not contain a slash.
func (s *Site) match(pattern string) (names []string) {
	prefix, rest, computed := strings.Cut(pattern, "*")
	if !computed {
		return nil
	}
	expr := regexp.QuoteMeta(prefix) + "[^/]+"
	for _, part := range strings.Split(rest, "*") {
		expr += regexp.QuoteMeta(part) + "[^/]*"
	}
	re, err := regexp.Compile("^" + strings.TrimSuffix(expr, "[^/]*") + "$")
	if err != nil {
		return nil // the pattern is too long
	}
	for _, n := range s.below(prefix) {
		if re.MatchString(n.name) {
			names = append(names, n.name)
		}
	}
	return names
}
