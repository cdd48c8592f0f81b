package audit

import (
	"context"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/swgen/swgen/internal/host"
)

const sites = "../../testdata/sites/"

// counts are how much of what the pages of a site need, each need counted once a page.
type counts struct {
	pages, required, degrading, soft, assumed int
	missing, external, unresolved             int
}

// realSites are outputs of real generators, with the base path that they were
// built for. What is unresolved in VitePress is: two imports by a name from a
// table, in each of six pages.
var realSites = map[string]struct {
	base string
	want counts
}{
	"astro":       {"/repo/", counts{pages: 5, required: 16, degrading: 2, soft: 5}},
	"docusaurus":  {"/", counts{pages: 7, required: 21, degrading: 8, assumed: 125}},
	"eleventy":    {"/", counts{pages: 5, required: 10, degrading: 2}},
	"hugo-pretty": {"/", counts{pages: 14, required: 41, degrading: 16}},
	"hugo-ugly":   {"/museum/", counts{pages: 24, required: 32, degrading: 17}},
	"jekyll":      {"/lighthouse/", counts{pages: 8, required: 16, degrading: 9}},
	"mkdocs":      {"/island/", counts{pages: 5, required: 25, degrading: 1, soft: 5, assumed: 10}},
	"next":        {"/", counts{pages: 6, required: 43, degrading: 7, assumed: 60}},
	"plain":       {"/", counts{pages: 9, required: 25, degrading: 15, soft: 5}},
	"sveltekit":   {"/", counts{pages: 5, required: 100, degrading: 5, soft: 5, assumed: 5}},
	"vitepress":   {"/docs/", counts{pages: 6, required: 47, degrading: 6, soft: 1, assumed: 66, unresolved: 12}},
}

func count(s *Site) (c counts) {
	c.pages = len(s.Pages)
	for _, p := range s.Pages {
		for _, n := range s.Needs(p, Assumed) {
			if n.Lead == Unresolved {
				c.unresolved++
				continue
			}
			*[...]*int{&c.required, &c.degrading, &c.soft, &c.assumed}[n.Weight]++
			switch n.Lead {
			case Missing:
				c.missing++
			case External:
				c.external++
			}
		}
	}
	return c
}

func realSite(t testing.TB, dir, id, base string) *Site {
	t.Helper()
	fsys := os.DirFS(dir)
	has := func(name string) bool {
		info, err := fs.Stat(fsys, name)
		return err == nil && info.Mode().IsRegular()
	}
	h, err := host.New(id, host.Options{Base: base, Site: fsys, Has: has})
	if err != nil {
		t.Fatal(err)
	}
	s, err := Run(context.Background(), Options{Site: fsys, Host: h})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestRealSites(t *testing.T) {
	entries, err := os.ReadDir(sites)
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range entries {
		if !entry.IsDir() {
			continue
		}
		c, ok := realSites[entry.Name()]
		if !ok {
			t.Errorf("%s is not in the table", entry.Name())
			continue
		}
		for _, id := range []string{"generic", "github-pages", "cloudflare-pages"} {
			s := realSite(t, sites+entry.Name(), id, c.base)
			if got := count(s); got != c.want {
				t.Errorf("%s on %s: %+v, want %+v", entry.Name(), id, got, c.want)
			}
			for _, f := range s.Findings {
				if f.ID != "orphans" && f.ID != "computed-import" {
					t.Errorf("%s on %s: %v", entry.Name(), id, f)
				}
			}
		}
	}
}

// What a site built for one base path asks for under another is missing, or
// outside.
func TestRealSitesUnderAnotherBase(t *testing.T) {
	for name := range realSites {
		const base = "/elsewhere/"
		s := realSite(t, sites+name, "generic", base)
		lost := 0
		for _, p := range s.Pages {
			for _, n := range s.Needs(p, Soft) {
				if n.Lead == Outside || n.Lead == Missing {
					lost++
				} else if strings.HasPrefix(n.Written, "/") && n.In == p.File && n.Lead == File {
					t.Errorf("%s: %+v", name, n)
				}
			}
		}
		if relative := name == "sveltekit" || name == "mkdocs" || name == "plain"; lost == 0 && !relative {
			t.Errorf("%s: nothing is lost under %s", name, base)
		}
	}
}

// manyPages is a site of a documentation generator: each page has its own
// text, links to 40 others and an image, and shares 50 files.
func manyPages(pages int) fstest.MapFS {
	site := fstest.MapFS{}
	put := func(name, content string) { site[name] = &fstest.MapFile{Data: []byte(content)} }
	var head, modules, sheet strings.Builder
	for i := range 20 {
		put(fmt.Sprintf("css/f%d.woff2", i), "x")
		fmt.Fprintf(&sheet, "@font-face{font-family:f%d;src:url(f%d.woff2) format('woff2')}", i, i)
		put(fmt.Sprintf("js/m%d.js", i), "export const x=1;fetch('/docs/js/data.json')")
		fmt.Fprintf(&modules, "import './m%d.js';", i)
	}
	for i := range 4 {
		put(fmt.Sprintf("css/s%d.css", i), sheet.String())
		put(fmt.Sprintf("js/s%d.js", i), modules.String())
		fmt.Fprintf(&head, `<link rel="stylesheet" href="/docs/css/s%d.css"><script type="module" src="/docs/js/s%d.js"></script>`, i, i)
	}
	put("js/data.json", "{}")
	put("img/logo.png", "x")
	for i := range pages {
		var body strings.Builder
		for k := range 40 {
			other := (i*31 + k*k) % pages
			fmt.Fprintf(&body, "<p class=\"text\">A long blast every <em>ninety</em> seconds, said the keeper, and <a href=\"../../part-%d/page-%d/#s%d\">more of it</a>"+
				" in the book of <code>signals</code>, which lies on the table by the window.</p>\n", other%100, other, k)
		}
		put(fmt.Sprintf("part-%d/page-%d/i.png", i%100, i), "x")
		put(fmt.Sprintf("part-%d/page-%d/index.html", i%100, i), `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Page</title>`+
			head.String()+`</head><body><img src="/docs/img/logo.png"><img src="i.png" srcset="i.png 1x, i.png 2x">`+body.String()+`</body></html>`)
	}
	return site
}

// BenchmarkAudit is 10,000 pages of 10 kB, and what each of them needs.
func BenchmarkAudit(b *testing.B) {
	site := manyPages(10_000)
	names := slices.Collect(maps.Keys(site)) // listing is the caller's
	h, err := host.New("github-pages", host.Options{Base: "/docs/", Has: func(name string) bool { return site[name] != nil }})
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		s, err := Run(b.Context(), Options{Site: site, Files: names, Host: h})
		if err != nil {
			b.Fatal(err)
		}
		total := 0
		for _, p := range s.Pages {
			total += len(s.Needs(p, Assumed))
		}
		if total != 10_000*51 || len(s.Findings) != 0 {
			b.Fatalf("%d needs, %v", total, s.Findings)
		}
	}
}

func TestTheSameSiteReadsTheSame(t *testing.T) {
	site := manyPages(100)
	site["part-1/page-1/index.html"].Data = []byte(`<img src=a.png><img src=A.png><script type=importmap>{}</script><script>import(x);fetch("y")</script><a href=z>`)
	delete(site, "part-2/page-2/i.png")
	first := audited(t, "github-pages", "/docs/", site)
	for range 5 {
		s := audited(t, "github-pages", "/docs/", site)
		if !reflect.DeepEqual(s.Findings, first.Findings) || !reflect.DeepEqual(s.Orphans, first.Orphans) {
			t.Fatalf("%v\n%v", s.Findings, first.Findings)
		}
		for i, p := range s.Pages {
			if got, want := s.Needs(p, Assumed), first.Needs(first.Pages[i], Assumed); !reflect.DeepEqual(got, want) {
				t.Fatalf("%s: %v, %v", p.File, got, want)
			}
		}
	}
}

func TestHostileSitesEnd(t *testing.T) {
	site := fstest.MapFS{}
	put := func(name, content string) { site[name] = &fstest.MapFile{Data: []byte(content)} }
	var frames strings.Builder
	for i := range 300 {
		fmt.Fprintf(&frames, `<iframe src=f%d.html></iframe>`, i)
		put(fmt.Sprintf("f%d.html", i), fmt.Sprintf(`<iframe src=index.html></iframe><script src=s.js></script><iframe src=f%d.html></iframe>`, (i+1)%300))
	}
	put("index.html", frames.String()+strings.Repeat("<svg><template>", 10_000)+strings.Repeat(`<iframe srcdoc="`, 1000))
	put("s.js", `import "./s.js";new Worker("s.js");fetch("x");`+strings.Repeat("!", 200_000)+"1")
	put("deep.html", `<script src=deep.js></script><link rel=stylesheet href=deep.css><link rel=manifest href=deep.json><script>import(`+strings.Repeat("`${", 50_000)+`</script>`)
	put("deep.js", "import 'x'\n"+strings.Repeat("(", 500_000))
	put("deep.css", strings.Repeat("@media print{a:b(", 100_000))
	put("deep.json", strings.Repeat(`{"icons":[`, 100_000))
	put("large.html", strings.Repeat(" ", maxFile)+" <img src=no.png>")
	s := audited(t, "generic", "/", site)
	for _, p := range s.Pages {
		s.Needs(p, Assumed)
	}
	var malformed []string
	for _, f := range s.Findings {
		if f.ID == "malformed" {
			malformed = append(malformed, f.Path)
		}
	}
	compare(t, "malformed", malformed, lines(`
		deep.css:1
		deep.html:1
		deep.js:1
		deep.json:1
		index.html
		large.html
		s.js:1`))
}
