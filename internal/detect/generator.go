package detect

import (
	"bytes"
	"encoding/xml"
	"io"
	"io/fs"
	"regexp"
	"strings"
)

// generator names the site's generator: what the home page says, else what
// its feed says, else what only this generator leaves behind. A trace that
// others may leave too is not in the table: no answer is better than a guess.
func (s *sample) generator() string {
	if home := s.home(); home != nil {
		if name := generatorName(home.Generator); name != "" && !isTool(name) {
			return name
		}
		if name := s.aliasGenerator(home); name != "" {
			return name
		}
	}
	if name := s.feedGenerator(); name != "" {
		return name
	}
	for _, t := range traces {
		if t.found(s) {
			return t.generator
		}
	}
	return ""
}

// aliasGenerator asks the page that the home page only leads to, as /en/ of
// a site in several languages.
func (s *sample) aliasGenerator(home *sampledPage) string {
	if home.Refresh == nil || home.Refresh.Delay > 0 {
		return ""
	}
	target := home.Refresh.Target
	for _, p := range s.pages {
		if dir, isIndex := strings.CutSuffix(p.path, home.path); isIndex && dir != "" && strings.HasSuffix(target, "/"+dir) {
			return generatorName(p.Generator)
		}
	}
	return ""
}

var (
	// material is how MkDocs names its theme, after itself.
	material = regexp.MustCompile(`^mkdocs-[\d.]+, mkdocs-material-(\d[\w.]*)`)
	// versioned is a name and a version: "VitePress v1.6.4", "mkdocs-1.4.2".
	versioned = regexp.MustCompile(`^([^,:;]+?)[ -]+v?(\d[\w.+-]*)`)
	// spelled are names that differ from how their meta element writes them.
	spelled = map[string]string{"mkdocs": "MkDocs", "zensical": "Zensical", "quarto": "Quarto"}
)

// generatorName makes a name and a version of the content of a meta element.
func generatorName(meta string) string {
	if m := material.FindStringSubmatch(meta); m != nil {
		return "Material for MkDocs " + m[1]
	}
	name, version := meta, ""
	if m := versioned.FindStringSubmatch(meta); m != nil {
		name, version = m[1], " "+m[2]
	}
	if s, ok := spelled[strings.ToLower(name)]; ok {
		name = s
	}
	if len(name) > 60 {
		return "" // a sentence
	}
	return name + version
}

// isTool reports whether a name is that of a part of a generator, which says
// nothing about the whole.
func isTool(name string) bool { return strings.HasPrefix(name, "Docutils") }

// feeds are where generators write their feeds.
var feeds = []string{"feed.xml", "index.xml", "atom.xml", "rss.xml", "feed/feed.xml"}

// feedGenerator reads <generator> of the first feed that has one.
func (s *sample) feedGenerator() string {
	for _, name := range feeds {
		f, err := s.fsys.Open(name)
		if err != nil {
			continue
		}
		generator := readFeedGenerator(io.LimitReader(f, 8<<10))
		f.Close()
		if generator != "" {
			return generator
		}
	}
	return ""
}

// feedNames are the generators whose word in a feed is taken, by the start of
// what they write. A name that is not here may be a plugin's.
var feedNames = []string{"Hugo", "Jekyll", "Zola", "Hexo", "Gatsby", "Eleventy", "Astro", "Pelican"}

func readFeedGenerator(r io.Reader) string {
	d := xml.NewDecoder(r)
	for {
		token, err := d.Token()
		if err != nil {
			return ""
		}
		start, ok := token.(xml.StartElement)
		if !ok {
			continue
		}
		switch start.Name.Local {
		case "entry", "item":
			return ""
		case "generator":
			var generator struct {
				Version string `xml:"version,attr"`
				Name    string `xml:",chardata"`
			}
			if d.DecodeElement(&generator, &start) != nil {
				return ""
			}
			return feedName(strings.TrimSpace(generator.Name), generator.Version)
		}
	}
}

func feedName(text, version string) string {
	for _, name := range feedNames {
		if !strings.HasPrefix(text, name) {
			continue
		}
		if version != "" {
			return name + " " + version
		}
		return name
	}
	return ""
}

// trace is what a generator leaves in its output.
type trace struct {
	generator string
	// file is a glob; a directory counts too. The home page is read already.
	file string
	// holds is a text in the file, "" for any.
	holds string
}

// traces are tried in order: what has another for a part of it comes first.
var traces = []trace{
	{"Next.js", "_next/static", ""},
	{"SvelteKit", "_app/immutable", ""},
	{"Gatsby", "page-data/app-data.json", ""},
	{"Nuxt", "_nuxt", ""},
	{"VitePress", home, "__VP_HASH_MAP__"},
	{"Docusaurus", "assets/js/runtime~main.*.js", ""},
	{"Material for MkDocs", "assets/javascripts/bundle.*.min.js", ""},
	{"MkDocs", "search/search_index.json", `"config":`},
	{"Astro", "_astro", ""},
	{"Sphinx", "_static/documentation_options.js", ""},
	{"mdBook", home, "Book generated using mdBook"},
	{"Zola", "processed_images", ""},
	{"Zola", "search_index.*.js", ""},
	{"Jekyll", home, "<!-- Begin Jekyll SEO tag"},
	{"Jekyll", "assets/css/*.css.map", `"_sass/`},
	{"Vite", ".vite/manifest.json", ""},
	{"Vite", home, `<script type="module" crossorigin src="`},
}

func (t trace) found(s *sample) bool {
	if t.file == home {
		return bytes.Contains(s.homeBytes, []byte(t.holds))
	}
	names, err := fs.Glob(s.fsys, t.file)
	if err != nil {
		return false
	}
	for _, name := range names {
		if t.holds == "" || s.startsWith(name, t.holds) {
			return true
		}
	}
	return false
}

// startsWith reports whether a text is near the start of a file: search
// indexes are too large to be read for a trace.
func (s *sample) startsWith(name, text string) bool {
	f, err := s.fsys.Open(name)
	if err != nil {
		return false
	}
	defer f.Close()
	start, err := io.ReadAll(io.LimitReader(f, 8<<10))
	return err == nil && bytes.Contains(start, []byte(text))
}
