package swgen

import (
	"slices"
	"strings"
	"testing"
	"testing/fstest"
)

// reaching is a site of which pages need some files and link to some pages.
func reaching() fstest.MapFS {
	page := func(body string) *fstest.MapFile {
		return &fstest.MapFile{Data: []byte("<!doctype html><html lang=en><title>x</title>" + body)}
	}
	return fstest.MapFS{
		"index.html":        page(`<link rel=stylesheet href=site.css><a href=near.html>near</a>`),
		"near.html":         page(`<img src=near.png alt=""><a href=far.html>far</a>`),
		"far.html":          page(`<img src=far.png alt="">`),
		"404.html":          page(`<img src=lost.png alt="">`),
		"errors/later.html": page(`<img src=../later.png alt="">`),
		"site.css":          {Data: []byte("body { background: url(back.png) }")},
		"back.png":          {Data: []byte("back")},
		"near.png":          {Data: []byte("near")},
		"far.png":           {Data: []byte("far")},
		"lost.png":          {Data: []byte("lost")},
		"later.png":         {Data: []byte("later")},
		"orphan.png":        {Data: []byte("orphan")},
		"sitemap.xml":       {Data: []byte(`<urlset><url><loc>https://a.example/far.html</loc><priority>0.8</priority></url><url><loc>https://a.example/</loc></url></urlset>`)},
	}
}

func TestPrecacheIsWhatTheChosenPagesNeed(t *testing.T) {
	for _, c := range []struct {
		config Config
		want   string
	}{
		{Config{}, "404.html back.png errors/later.html far.html far.png index.html later.png lost.png near.html near.png orphan.png site.css"},
		{Config{Precache: "reachable"}, "404.html back.png errors/later.html far.html far.png index.html later.png lost.png near.html near.png site.css"},
		{Config{Precache: "reachable", Exclude: []string{"far.png", "!orphan.png"}}, "404.html back.png errors/later.html far.html index.html later.png lost.png near.html near.png orphan.png site.css"},
		{Config{Pages: "depth 1"}, "404.html back.png far.png index.html later.png lost.png near.html near.png orphan.png site.css"},
		{Config{Pages: "depth 1", Precache: "reachable"}, "404.html back.png index.html lost.png near.html near.png site.css"},
		{Config{Pages: "depth 0 from /far.html", Precache: "reachable", OfflinePage: "errors/later.html"}, "404.html errors/later.html far.html far.png later.png lost.png"},
		{Config{Pages: "sitemap 0.6", Precache: "reachable"}, "404.html far.html far.png lost.png"},
	} {
		c.config.Register = "none"
		result, err := Build(t.Context(), reaching(), c.config)
		if err != nil || result.Failed(false) {
			t.Fatal(err, result.Findings)
		}
		var names []string
		for _, e := range result.Manifest.Entries {
			names = append(names, e.Path)
		}
		slices.Sort(names)
		if got := strings.Join(names, " "); got != c.want {
			t.Errorf("precache %q, pages %q:\n%s, want\n%s", c.config.Precache, c.config.Pages, got, c.want)
		}
	}
}

func TestChoicesThatChooseNothingAreErrors(t *testing.T) {
	bare := reaching()
	delete(bare, "sitemap.xml")
	for _, c := range []struct {
		site   fstest.MapFS
		config Config
		want   string
	}{
		{reaching(), Config{Precache: "needed"}, `"needed" is no value of precache`},
		{reaching(), Config{Pages: "depth two"}, `"two" is no number of links`},
		{reaching(), Config{Pages: "depth 2 from /nowhere/"}, "/nowhere/ is no page of the site"},
		{bare, Config{Pages: "sitemap"}, "the site has no sitemap"},
	} {
		result, err := Build(t.Context(), c.site, c.config)
		if err != nil {
			t.Fatal(err)
		}
		if !result.Failed(false) || !strings.Contains(result.Findings[0].Message, c.want) || result.Findings[0].Hint == "" {
			t.Errorf("%v: %v, want %s", c.config.Pages, result.Findings, c.want)
		}
	}
}
