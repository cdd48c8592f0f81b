package detect

import (
	"fmt"
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"
)

// site makes a site of its files: a name, or a name, a space and the content.
// In names, + is a space.
func site(files ...string) fstest.MapFS {
	fsys := fstest.MapFS{}
	for _, file := range files {
		name, content, _ := strings.Cut(file, " ")
		fsys[strings.ReplaceAll(name, "+", " ")] = &fstest.MapFile{Data: []byte(content)}
	}
	return fsys
}

func TestBaseIsFoundByWhatExists(t *testing.T) {
	for name, test := range map[string]struct {
		site       fs.FS
		base, from string
	}{
		"a project site": {
			site(`index.html <script src=/repo/a/x.js></script><img src=/repo/b.png>`, "a/x.js", "b.png"),
			"/repo/", "2 of 2 root-relative links"},
		"the root": {
			site(`index.html <script src=/a/x.js></script>`, "a/x.js"),
			"/", "1 of 1 root-relative links"},
		"a base of two parts": {
			site(`index.html <link rel=stylesheet href=/docs/v2/a.css>`, "a.css"),
			"/docs/v2/", "1 of 1 root-relative links"},
		"most of the links decide": {
			site(`index.html <img src=/a.png><img src=/repo/b.png><img src=/repo/c.png><img src=/d.png>`, "a.png", "b.png", "c.png"),
			"/repo/", "2 of 4 root-relative links"},
		"of equals, the shorter": {
			site(`index.html <img src=/docs/x.png>`, "docs/x.png", "x.png"),
			"/", "1 of 1 root-relative links"},
		"escaped links": {
			site(`index.html <img src="/my%20repo/the%20t%C3%B6wer.png?x=1#y">`, "the+töwer.png"),
			"/my%20repo/", "1 of 1 root-relative links"},
		"each URL counts once": {
			site(`index.html <img src=/r/a.png>`, `b.html <img src=/r/a.png><img src=/r/b.png>`, "a.png", "b.png"),
			"/r/", "2 of 2 root-relative links"},
		"the not-found page of a site with relative links": {
			site(`index.html <img src=a.png>`, `404.html <img src=/r/a.png>`, "a.png"),
			"/r/", "1 of 1 root-relative links"},
		"links between pages": {
			site(`index.html <a href=/r/>x</a><a href=/r/about>x</a><a href=/r/b.html>x</a>`, "about/index.html ", "b.html "),
			"/r/", "3 of 3 root-relative links between pages"},
		"links to the host that the page names": {
			site(`index.html <link rel=canonical href=https://a.example/r/><img src=https://a.example/r/x.png><img src=https://cdn.example/lib/x.png>`, "x.png"),
			"/r/", "1 of 1 links to the site's own host"},
		"a base element": {
			site(`index.html <base href="/r/"><img src=a.png>`, "a.png"),
			"/r/", "1 of 1 root-relative links"},
		"a base element and nothing to count": {
			site(`index.html <base href="/r/">`),
			"/r/", "base element of index.html"},
		"a canonical link": {
			site(`index.html <link rel=canonical href="https://a.example/r/index.html">`),
			"/r/", "canonical link of index.html"},
		"a sitemap": {
			site(`index.html <p>`, `sitemap.xml <urlset><url><loc>https://a.example/r/b/</loc></url><url><loc>https://a.example/r/</loc></url></urlset>`),
			"/r/", "sitemap.xml"},
		"a sitemap without a common root": {
			site(`index.html <img src=a.png>`, `sitemap.xml <urlset><url><loc>https://a.example/r/</loc></url><url><loc>https://a.example/other/</loc></url></urlset>`),
			"/", "relative links only"},
		"relative links": {site(`index.html <img src=a.png>`, "a.png"), "/", "relative links only"},
		"no links":       {site(`index.html <p>`), "/", "no links"},
		"no pages":       {site("a.png"), "/", "no pages"},
		"other hosts":    {site(`index.html <img src=//cdn.example/a.png><img src=https://cdn.example/a.png>`, "a.png"), "/", "relative links only"},
		"a way out":      {site(`index.html <img src=/../../a.png>`, "a.png"), "/", "1 of 1 root-relative links"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := Site(test.site); got.Base != test.base || got.BaseFrom != test.from {
				t.Errorf("got %s from %s, want %s from %s", got.Base, got.BaseFrom, test.base, test.from)
			}
		})
	}
}

func TestGeneratorIsNamed(t *testing.T) {
	meta := func(content string) fs.FS {
		return site(`index.html <meta name="generator" content="` + content + `">`)
	}
	for want, sites := range map[string][]fs.FS{
		"Hugo 0.165.0":              {meta("Hugo 0.165.0"), site(`index.html <meta http-equiv=refresh content="0; url=https://a.example/en/">`, `en/index.html <meta name=generator content="Hugo 0.165.0">`)},
		"VitePress 1.6.4":           {meta("VitePress v1.6.4")},
		"Astro 7.3.5":               {meta("Astro v7.3.5")},
		"MkDocs 1.4.2":              {meta("mkdocs-1.4.2")},
		"Material for MkDocs 8.2.5": {meta("mkdocs-1.4.2, mkdocs-material-8.2.5")},
		"Jekyll 4.3.1":              {meta("Jekyll v4.3.1"), site(`feed.xml <feed><generator uri="https://jekyllrb.com/" version="4.3.1">Jekyll</generator></feed>`)},
		"Publii":                    {meta("Publii")},
		"Hugo":                      {site(`index.xml <rss><channel><generator>Hugo -- gohugo.io</generator></channel></rss>`)},
		"Next.js":                   {site("_next/static/a.js")},
		"SvelteKit":                 {site("_app/immutable/a.js")},
		"Gatsby":                    {site("page-data/app-data.json")},
		"Nuxt":                      {site("_nuxt/a.js")},
		"VitePress":                 {site(`index.html <script>__VP_HASH_MAP__={}</script>`)},
		"Docusaurus":                {site("assets/js/runtime~main.5f980bc8.js")},
		"Material for MkDocs":       {site("assets/javascripts/bundle.467223ff.min.js", `search/search_index.json {"config":{}}`)},
		"MkDocs":                    {site(`search/search_index.json {"config":{}}`)},
		"Astro":                     {site("_astro/a.css")},
		"Sphinx":                    {site(`index.html <meta name=generator content="Docutils 0.17.1: http://docutils.sourceforge.net/">`, "_static/documentation_options.js")},
		"mdBook":                    {site(`index.html <!-- Book generated using mdBook -->`, "elasticlunr.min.js")},
		"Zola":                      {site("search_index.en.js", "elasticlunr.min.js")},
		"Jekyll":                    {site(`assets/css/main.css.map {"sources":["main.scss","_sass/_a.scss"]}`)},
		"Vite":                      {site(".vite/manifest.json"), site(`index.html <script type="module" crossorigin src="/assets/index-BGmfIQqR.js"></script>`)},
		"": {
			site(), site("index.html <p>"), meta(strings.Repeat("a sentence ", 10)),
			site(`feed.xml <feed><generator>Some plugin</generator></feed>`),
			site(`feed.xml <feed><entry><generator>Jekyll</generator></entry></feed>`),
			site("feed.xml not XML"), site(`about.html <meta name=generator content="Doxygen 1.9">`),
		},
	} {
		for _, s := range sites {
			if got := Site(s).Generator; got != want {
				t.Errorf("got %q, want %q", got, want)
			}
		}
	}
}

// counting counts the pages read.
type counting struct {
	fstest.MapFS
	read map[string]int
}

func (c counting) ReadFile(name string) ([]byte, error) {
	c.read[name]++
	return c.MapFS.ReadFile(name)
}

func TestOnlyASampleOfThePagesIsRead(t *testing.T) {
	fsys := counting{fstest.MapFS{}, map[string]int{}}
	for i := range 500 {
		fsys.MapFS[fmt.Sprintf("posts/%03d/index.html", i)] = &fstest.MapFile{Data: []byte("<img src=/r/a.png>")}
	}
	fsys.MapFS["index.html"] = &fstest.MapFile{}
	fsys.MapFS["404.html"] = &fstest.MapFile{}
	fsys.MapFS["a.png"] = &fstest.MapFile{}
	if got := Site(fsys); got.Base != "/r/" {
		t.Errorf("got %+v", got)
	}
	pages := 0
	for name, times := range fsys.read {
		if isPage(name) {
			pages += times
		}
	}
	if pages > 1+maxPages {
		t.Errorf("%d pages read", pages)
	}
	if fsys.read["404.html"] != 1 {
		t.Error("the not-found page was not read")
	}
}

func BenchmarkSite(b *testing.B) {
	fsys := site(`index.html <img src=/r/a.png>`, "a.png")
	for i := range 2000 {
		fsys[fmt.Sprintf("posts/%03d.html", i)] = &fstest.MapFile{Data: []byte("<img src=/r/a.png>")}
	}
	for b.Loop() {
		Site(fsys)
	}
}
