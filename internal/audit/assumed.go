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
// assumed to be needed.

// immutable are directories that belong to one bundler altogether.
var immutable = []string{"_next/static/", "_app/immutable/"}

// assumedBy is the directory that a script's runtime loads from, "" for none.
func assumedBy(n *node, sc script, calls page.Calls) string {
	if sc.inline != nil {
		if strings.Contains(sc.text, "__VP_HASH_MAP__") {
			return "assets/"
		}
		return ""
	}
	for _, dir := range immutable {
		if i := strings.Index(n.name, dir); i == 0 || i > 0 && n.name[i-1] == '/' {
			return n.name[:i+len(dir)]
		}
	}
	if calls.Webpack || strings.HasPrefix(path.Base(n.name), "pagefind") {
		return path.Dir(n.name) + "/"
	}
	return ""
}

// assume makes the node that stands for the files of a directory. At the root
// of a site, only scripts and styles are a bundler's.
func (s *Site) assume(dir string) *node {
	d := &node{name: dir, index: int32(len(s.list) + len(s.assumed)), role: asScript}
	s.assumed[dir] = d
	prefix := strings.TrimPrefix(dir, "./")
	for _, n := range s.below(prefix) {
		kind := page.KindOf(n.name)
		switch ext := path.Ext(n.name); {
		case ext == ".map" || ext == ".txt" || ext == ".br" || ext == ".gz" || isPage(n.name):
		case prefix == "" && (strings.Contains(n.name, "/") || kind != page.Module && kind != page.Style):
		default:
			d.edges = append(d.edges, edge{written: n.name, kind: kind, weight: Assumed, to: s.resolve(s.urlOf(n.name), s.base)})
		}
	}
	return d
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
