package swgen

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
)

// TestPagesFareAsTheirNeeds: each page needs one thing, and fares as that.
func TestPagesFareAsTheirNeeds(t *testing.T) {
	page := func(body string) *fstest.MapFile {
		return &fstest.MapFile{Data: []byte("<!doctype html><html lang=en><title>x</title>\n" + body)}
	}
	site := fstest.MapFS{
		"index.html":      page(`<link rel=stylesheet href=/style.css><script src=/app.js></script><img src="/dot.png" alt="">`),
		"style.css":       {Data: []byte("@import 'more.css'; body { background: url(dot.png) }")},
		"more.css":        {Data: []byte("p { color: red }")},
		"app.js":          {Data: []byte("fetch('/data.json')")},
		"data.json":       {Data: []byte("{}")},
		"dot.png":         {Data: []byte("png")},
		"drafts/x.js":     {Data: []byte("1")},
		"drafts/y.png":    {Data: []byte("png")},
		"drafts/deep.css": {Data: []byte("p { color: blue }")},
		"script.html":     page(`<script src=/drafts/x.js></script>`),
		"deep.html":       page(`<style>@import "/drafts/deep.css"</style>`),
		"image.html":      page(`<img src=/drafts/y.png alt="">`),
		"elsewhere.html":  page(`<script src=https://cdn.example/x.js></script>`),
		"far.html":        page(`<img src=https://cdn.example/x.png alt="">`),
		"form.html":       page(`<form method=post action=/send><button>send</button></form>`),
		"object.html":     page(`<object data=/dot.png></object>`),
		"computed.html":   page(`<script type=module>import(name)</script>`),
		"missing.html":    page(`<img src=/gone.png alt="">`),
		"moved.html":      page(`<script src=/old.js></script>`),
		"left/out.html":   page(``),
		"_redirects":      {Data: []byte("/old.js /app.js 301\n")},
	}
	result, err := Build(t.Context(), site, Config{Host: "netlify", Exclude: []string{"drafts/**", "left/**"}, Register: "none"})
	if err != nil || result.Failed(false) {
		t.Fatal(err, result.Findings)
	}
	report, err := Verify(t.Context(), site, result, nil, VerifyOptions{Laws: []string{"W1"}, Pages: true})
	if err != nil {
		t.Fatal(err)
	}
	got := make(map[string]string)
	for _, p := range report.Pages.List {
		text := string(p.Fate)
		for _, r := range p.Reasons {
			text += fmt.Sprintf("; %s %s (%s:%d)", r.URL, r.Why, r.In, r.Line)
		}
		got[p.File] = text
	}
	for file, want := range map[string]string{
		"index.html":     "works",
		"script.html":    "broken; /drafts/x.js is not precached: drafts/** (script.html:2)",
		"deep.html":      "broken; /drafts/deep.css is not precached: drafts/** (deep.html:2)",
		"image.html":     "degraded; /drafts/y.png is not precached: drafts/** (image.html:2)",
		"elsewhere.html": "needs the network; https://cdn.example/x.js is of another origin (elsewhere.html:2)",
		"far.html":       "degraded; https://cdn.example/x.png is of another origin (far.html:2)",
		"form.html":      "needs the network; /send is answered by a server alone (form.html:2)",
		"object.html":    "degraded; /dot.png is loaded by embed or object, which no worker sees",
		"computed.html":  "works",
		"missing.html":   "works", // it is no better with a network
		"moved.html":     "broken; /old.js is redirected to /app.js by the host, which the worker does not know",
		"left/out.html":  "needs the network; /left/out is not precached: left/**",
	} {
		if !strings.HasPrefix(got[file], want) || want == "works" && got[file] != want {
			t.Errorf("%s: %q, want %q", file, got[file], want)
		}
	}
	if sum := report.Pages.Count; sum[Works] != 3 || sum[Broken] != 3 || sum[NeedsNetwork] != 3 || len(report.Pages.List) != 12 {
		t.Error(sum)
	}
}

// audited builds and verifies a site whose pages are opened.
func audited(t *testing.T, site fstest.MapFS, config Config) *Report {
	t.Helper()
	config.Register = "none"
	result, err := Build(t.Context(), site, config)
	if err != nil || result.Failed(false) {
		t.Fatal(err, result.Findings)
	}
	report, err := Verify(t.Context(), site, result, nil, VerifyOptions{Laws: []string{"W1"}, Pages: true})
	if err != nil {
		t.Fatal(err)
	}
	return report
}

// told are the findings whose kind begins with a text, with their hints.
func told(report *Report, kind string) (list []string) {
	for _, f := range report.Findings() {
		if strings.HasPrefix(f.ID, kind) {
			list = append(list, fmt.Sprintf("%s %s: %s | %s", f.Severity, f.ID, f, f.Hint))
		}
	}
	return list
}

func site(files map[string]string) fstest.MapFS {
	tree := fstest.MapFS{}
	for name, content := range files {
		tree[name] = &fstest.MapFile{Data: []byte(content)}
	}
	return tree
}

// TestWhatScriptsMayAskForCounts: what a bundler's runtime loads is in no file,
// and a rule of the user that leaves it out still breaks pages.
func TestWhatScriptsMayAskForCounts(t *testing.T) {
	page := "<!doctype html><html lang=en><title>x</title><script src=/js/main.js></script>"
	files := site(map[string]string{
		"index.html": page, "b.html": page, "js/main.js": "(self.webpackChunkx=self.webpackChunkx||[]).push([[1]])",
		"js/0a.js": "1", "js/1b.js": "2", "js/2c.js": "3", "js/0a.js.map": "{}", "js/x.zip": "z",
	})
	report := audited(t, files, Config{Exclude: []string{"js/[0-9]*.js", "!js/2c.js"}})
	if sum := report.Pages.Count; sum[Degraded] != 2 {
		t.Error(sum)
	}
	for _, p := range report.Pages.List {
		if len(p.Reasons) != 1 || p.Reasons[0].URL != "/js/0a.js" || p.Reasons[0].More != 1 {
			t.Errorf("%+v", p)
		}
	}
	equalLines(t, told(report, "page-"), `note page-degraded: 2 files such as /js/0a.js are not precached: js/[0-9]*.js; scripts of 2 pages, such as /b.html, may ask for them (js/)`+
		` | add patterns such as "!js/0a.js" to exclude, after all others: they take files back`)
	if report := audited(t, files, Config{}); report.Pages.Count[Works] != 2 {
		t.Errorf("what rules of swgen leave out: %+v", report.Pages)
	}
}

func equalLines(t *testing.T, got []string, want ...string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("got\n  %s\nwant\n  %s", strings.Join(got, "\n  "), strings.Join(want, "\n  "))
	}
}

// TestOneCauseIsOneFinding: one for each rule and origin, and with a remedy;
// none for what the audit of the site tells.
func TestOneCauseIsOneFinding(t *testing.T) {
	head := "<!doctype html><html lang=en><title>x</title>\n"
	report := audited(t, site(map[string]string{
		"index.html":  head + "<script src=d/x.js></script><script src=d/y.js></script><img src=/repo/gone.png>",
		"b.html":      head + "<script src=d/y.js></script><img src=https://cdn.example/1.png><img src=https://cdn.example/2.png>",
		"c.html":      head + "<img src=/i.png><link rel=stylesheet href=s.css><object data=i.png></object><img src='d/z[1].png'>",
		"left/1.html": head, "left/2.html": head, "i.png": "png", "s.css": "a{b:url(big.png)}", "big.png": strings.Repeat("p", 2000),
		"d/x.js": "1", "d/y.js": "2", "d/z[1].png": "png",
	}), Config{Base: "/repo/", Exclude: []string{"d/*.js", "left/**", "d/z*"}, MaxFileSize: 1000})
	equalLines(t, told(report, "page-"),
		`warning page-broken: 2 files such as /repo/d/y.js are not precached: d/*.js; 2 pages need them, such as /repo/b.html (b.html:2) | add patterns such as "!d/y.js" to exclude, after all others: they take files back`,
		`note page-needs: /repo/left/1.html: is not precached: left/**; so is one more page, /repo/left/2.html | add patterns such as "!left/1.html" to exclude, after all others: they take files back`,
		`note page-degraded: 2 files such as https://cdn.example/1.png are of another origin; /repo/b.html needs them (b.html:2) | copy what it is into the site, or add it to extra`,
		`note page-degraded: /repo/d/z[1].png: is not precached: d/z*; /repo/c.html needs it (c.html:2) | add the pattern "!d/z\\[1].png" to exclude, after all others: it takes the file back`,
		`note page-degraded: /repo/big.png: is not precached: max_file_size, larger than max_file_size; /repo/c.html needs it (s.css:1) | make it smaller, or raise max_file_size`,
	)
	for _, kind := range []string{"missing-file", "bypass", "outside-base"} {
		if len(told(report, kind)) != 1 {
			t.Errorf("%s: %q", kind, told(report, kind))
		}
	}
}

// TestOrphansAreThoseThatArePrecached: advice to leave out what is left out
// helps nobody.
func TestOrphansAreThoseThatArePrecached(t *testing.T) {
	files := site(map[string]string{"index.html": "<!doctype html><html lang=en><title>x</title>", "_app/version.json": "{}", "a.bin": "a", "b.bin": "b", "away.html": "<!doctype html><title>y</title>"})
	equalLines(t, told(audited(t, files, Config{Exclude: []string{"a.bin"}, OfflinePage: "away.html"}), "orphans"),
		"note orphans: no page leads to 1 of its files, such as b.bin | visitors can only reach them by their address; exclude them from the precache if they are not needed")
	equalLines(t, told(audited(t, files, Config{Precache: "reachable", OfflinePage: "away.html"}), "orphans"))
}

// TestReachableKeepsWhatScriptsLoad: Doxygen's scripts put names together.
func TestReachableKeepsWhatScriptsLoad(t *testing.T) {
	report := audited(t, site(map[string]string{
		"index.html": "<!doctype html><html lang=en><title>x</title><script src=navtree.js></script><script type=module src=find.js></script>",
		"navtree.js": `load(name + i + ".js"); show("<img src=\"sync_on.png\">")`, "find.js": `import(path + "/pagefind/" + x)`,
		"doxygen.css": "", "navtreeindex0.js": "1", "sync_on.png": "png", "search/mag.svg": "svg", "pagefind/pagefind.js": "1", "pagefind/x.pf_meta": "x",
		"other.bin": "1",
	}), Config{Precache: "reachable"})
	if report.Precached != 9 || report.Pages.Count[Works] != 1 {
		t.Errorf("%d files: %+v", report.Precached, report.Pages)
	}
}
