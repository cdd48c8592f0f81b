package swgen

import (
	"fmt"
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
		"computed.html":  "works; ",
		"missing.html":   "degraded; /gone.png is not there, with a network either (missing.html:2)",
		"moved.html":     "broken; /old.js is redirected to /app.js by the host, which the worker does not know",
		"left/out.html":  "needs the network; /left/out is not precached: left/**",
	} {
		if !strings.HasPrefix(got[file], want) || want == "works" && got[file] != want {
			t.Errorf("%s: %q, want %q", file, got[file], want)
		}
	}
	if sum := report.Pages.Count; sum[Works] != 2 || sum[Broken] != 3 || sum[NeedsNetwork] != 3 || len(report.Pages.List) != 12 {
		t.Error(sum)
	}
}
