package selection

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/swgen/swgen/internal/audit"
	"github.com/swgen/swgen/internal/host"
)

func site(pairs ...string) fstest.MapFS {
	files := fstest.MapFS{}
	for i := 0; i < len(pairs); i += 2 {
		files[pairs[i]] = &fstest.MapFile{Data: []byte(pairs[i+1])}
	}
	return files
}

// links is a page that links to others and needs some files.
func links(to ...string) string {
	text := "<!doctype html><title>x</title>"
	for _, one := range to {
		switch {
		case strings.HasSuffix(one, ".css"):
			text += fmt.Sprintf("<link rel=stylesheet href=%s>", one)
		case strings.HasSuffix(one, ".png"):
			text += fmt.Sprintf("<img src=%s alt=''>", one)
		case strings.HasPrefix(one, "frame:"):
			text += fmt.Sprintf("<iframe src=%s></iframe>", one[len("frame:"):])
		default:
			text += fmt.Sprintf("<a href=%s>x</a>", one)
		}
	}
	return text
}

func choose(t *testing.T, files fstest.MapFS, base, text string, always ...string) (*Chosen, error) {
	t.Helper()
	p, err := Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	h, err := host.New("generic", host.Options{Base: base, Site: files, Has: func(name string) bool { return files[name] != nil }})
	if err != nil {
		t.Fatal(err)
	}
	audited, err := audit.Run(t.Context(), audit.Options{Site: files, Host: h})
	if err != nil {
		t.Fatal(err)
	}
	return p.Choose(audited, files, always)
}

func names(set map[string]bool) string {
	return strings.Join(slices.Sorted(maps.Keys(set)), " ")
}

// chain is a site whose pages link to the next, some by other ways.
var chain = site(
	"index.html", links("one.html", "site.css"),
	"one.html", links("old.html", "two.png", "frame:framed.html"),
	"old.html", `<!doctype html><meta http-equiv=refresh content="0; url=two.html">`,
	"two.html", links("three/", "frame:framed.html"),
	"three/index.html", links("/"),
	"framed.html", links("framed.css", "lone.html"),
	"lone.html", links("lone.css"),
	"404.html", links("404.css"),
	"site.css", "@import 'more.css';", "more.css", "", "framed.css", "", "lone.css", "", "404.css", "", "two.png", "png",
)

func TestPagesAreChosenByTheirDistance(t *testing.T) {
	for _, c := range []struct{ text, pages, needed string }{
		{"depth 0", "404.html index.html", "404.css more.css site.css"},
		{"depth 1 from /", "404.html framed.html index.html one.html", "404.css framed.css more.css site.css two.png"},
		{"depth 2", "404.html framed.html index.html old.html one.html two.html", "404.css framed.css more.css site.css two.png"},
		{"depth 1 from /three/ /lone.html", "404.html index.html lone.html three/index.html", "404.css lone.css more.css site.css"},
		{"all", "404.html framed.html index.html lone.html old.html one.html three/index.html two.html", "404.css framed.css lone.css more.css site.css two.png"},
	} {
		got, err := choose(t, chain, "/", c.text, "404.html", "offline.html")
		if err != nil || names(got.Pages) != c.pages || names(got.Needed) != c.needed || len(got.Strangers) != 0 {
			t.Errorf("%s: pages %s, needed %s, strangers %v, %v", c.text, names(got.Pages), names(got.Needed), got.Strangers, err)
		}
	}
}

func TestPagesAreChosenBySitemap(t *testing.T) {
	const urls = `<?xml version="1.0" encoding="UTF-8"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">
		<url><loc>https://a.example/repo/</loc><priority>1.0</priority></url>
		<url><loc> https://a.example/repo/one.html </loc></url>
		<url><loc>https://a.example/repo/three/</loc><priority>0.2</priority></url>
		<url><loc>https://a.example/repo/gone.html</loc></url></urlset>`
	const index = `<sitemapindex><sitemap><loc>https://a.example/repo/maps/a.xml.gz</loc></sitemap><sitemap><loc>https://a.example/repo/sitemap-index.xml</loc></sitemap></sitemapindex>`
	var packed bytes.Buffer
	w := gzip.NewWriter(&packed)
	w.Write([]byte(urls))
	w.Close()
	plain, indexed, robots := maps.Clone(chain), maps.Clone(chain), maps.Clone(chain)
	maps.Copy(plain, site("sitemap.xml", urls))
	maps.Copy(indexed, site("sitemap-index.xml", index, "maps/a.xml.gz", packed.String()))
	maps.Copy(robots, site("robots.txt", "User-agent: *\nSitemap: https://a.example/repo/maps/b.xml\n", "maps/b.xml", urls))
	for name, files := range map[string]fstest.MapFS{"sitemap.xml": plain, "an index": indexed, "robots.txt": robots} {
		for text, want := range map[string]string{
			"sitemap":     "framed.html index.html one.html three/index.html",
			"sitemap 0.5": "framed.html index.html one.html",
			"sitemap 0.9": "index.html",
		} {
			got, err := choose(t, files, "/repo/", text)
			if err != nil {
				t.Errorf("%s: %v", name, err)
				continue
			}
			if names(got.Pages) != want {
				t.Errorf("%s, %s: %s, want %s", name, text, names(got.Pages), want)
			}
			if gone := slices.Contains(got.Strangers, "https://a.example/repo/gone.html"); gone == (text == "sitemap 0.9") {
				t.Errorf("%s, %s: strangers %v", name, text, got.Strangers)
			}
		}
	}
	for name, files := range map[string]fstest.MapFS{
		"no sitemap":               chain,
		"not XML":                  site("index.html", "", "sitemap.xml", "<urlset><url"),
		"a part that is not there": site("index.html", "", "sitemap.xml", `<sitemapindex><sitemap><loc>/gone.xml</loc></sitemap></sitemapindex>`),
	} {
		if _, err := choose(t, files, "/", "sitemap"); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

func TestChoicesAreRead(t *testing.T) {
	for _, text := range []string{"depth", "depth x", "depth -1", "depth 2 from", "depth 2 of /", "sitemap 2", "sitemap x", "sitemap 0.5 0.6", "some"} {
		if p, err := Parse(text); err == nil {
			t.Errorf("%q is read as %+v", text, p)
		}
	}
	if p, err := Parse(""); err != nil || !p.All() {
		t.Error(p, err)
	}
}
