package swgen

import (
	"fmt"
	"strings"
	"testing"
	"testing/fstest"
)

func TestExplanations(t *testing.T) {
	result, err := Build(t.Context(), reaching(), Config{Base: "/repo/", Host: "cloudflare-pages", Exclude: []string{"far.*"}, Register: "none"})
	if err != nil || result.Failed(false) {
		t.Fatal(err, result.Findings)
	}
	for asked, want := range map[string][]string{
		"near.html":                        {"file near.html", "precached /repo/near", "page works", "/repo/near online 200 worker true, offline 200 worker true", "/repo/near.html online 200 worker true at /repo/near, offline 200 worker true at /repo/near"},
		"/near":                            {"file near.html", "/repo/near online 200 worker true"},
		"https://a.example/repo/near.html": {"file near.html", "/repo/near.html online 200 worker true at /repo/near"},
		"far.png":                          {"file far.png", "left out far.*", "needed by /repo/far far.html:1", "/repo/far.png online 200 network true, offline 0  false"},
		"far.html":                         {"file far.html", "left out far.*", "page needs the network", "/repo/far online 200 worker true, offline 503 worker false"},
		"site.css":                         {"precached /repo/site.css", "needed by /repo/ index.html:1", "/repo/site.css online 200 worker true, offline 200 worker true"},
		"errors/LATER":                     {"like errors/later.html", "/repo/errors/LATER online 404 worker false"},
		"/repo":                            {"file index.html", "/repo online 200 worker true at /repo/, offline 0"},
		"sitemap.xml":                      {"left out robots, sitemaps and feeds"},
	} {
		x, err := Explain(t.Context(), reaching(), result, asked)
		if err != nil {
			t.Fatal(err)
		}
		text := "role " + x.Role + "\nfile " + x.File + "\nleft out " + x.LeftOut + "\nlike " + strings.Join(x.Like, " ") + "\n"
		if x.Precached != nil {
			text += "precached " + x.Precached.URL + "\n"
		}
		for i, p := range x.Pages {
			text += fmt.Sprintf("needed by %s %s:%d\n", p, x.NeededBy[i].In, x.NeededBy[i].Line)
		}
		if x.Page != nil {
			text += "page " + string(x.Page.Fate) + "\n"
		}
		for _, a := range x.Answers {
			at := func(where string) string {
				if where != "" {
					return " at " + where
				}
				return ""
			}
			text += fmt.Sprintf("%s online %d %s %v%s, offline %d %s %v%s\n", a.URL, a.Online.Status, a.Online.From, a.Online.File, at(a.Online.At),
				a.Offline.Status, a.Offline.From, a.Offline.File, at(a.Offline.At))
		}
		for _, line := range want {
			if !strings.Contains(text, line) {
				t.Errorf("%s: no %q in\n%s", asked, line, text)
			}
		}
	}
}

func TestExplanationsTellTheRoleOfFiles(t *testing.T) {
	site := reaching()
	result, err := Build(t.Context(), site, Config{})
	if err != nil || result.Failed(false) {
		t.Fatal(err, result.Findings)
	}
	for name, content := range written(t, result) {
		site[name] = &fstest.MapFile{Data: []byte(content)}
	}
	for asked, want := range map[string]string{
		"404.html": "the page for addresses that the site does not have", "sw.js": "the worker, which must not precache itself",
		"swgen-manifest.json": "swgen writes it", "near.html": "",
	} {
		if x, err := Explain(t.Context(), site, result, asked); err != nil || x.Role != want {
			t.Errorf("%s: %q (%v), want %q", asked, x.Role, err, want)
		}
	}
}
