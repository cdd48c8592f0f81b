package audit

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/swgen/swgen/internal/host"
)

// files is a site: names and contents, each name preceded by "-- " on a line
// of its own and followed by " --".
func files(text string) fstest.MapFS {
	site := make(fstest.MapFS)
	for part := range strings.SplitSeq("\n"+text, "\n-- ") {
		if name, content, ok := strings.Cut(part, " --\n"); ok {
			site[strings.TrimSpace(name)] = &fstest.MapFile{Data: []byte(content)}
		} else if name, ok := strings.CutSuffix(part, " --"); ok {
			site[strings.TrimSpace(name)] = &fstest.MapFile{}
		}
	}
	return site
}

// audited audits a site as a host with a base path shows it.
func audited(t testing.TB, id, base string, site fstest.MapFS) *Site {
	t.Helper()
	h, err := host.New(id, host.Options{Base: base, Site: site, Has: func(name string) bool { return site[name] != nil }})
	if err != nil {
		t.Fatal(err)
	}
	s, err := Run(context.Background(), Options{Site: site, Host: h})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// shown writes a need as `weight kind URL lead target in:line`, without what
// goes without saying: a required file that is the one of its URL.
func shown(n Need, base string) string {
	url := n.URL
	if n.Lead == Unresolved {
		url = n.Written
	}
	words := []string{n.Weight.String(), string(n.Kind), url}
	if n.Lead != File {
		words = append(words, string(n.Lead))
	}
	if n.Target != "" && base+n.Target != n.URL {
		words = append(words, "> "+n.Target)
	}
	return strings.Join(append(words, fmt.Sprintf("%s:%d", n.In, n.Line)), " ")
}

func needsOf(t testing.TB, s *Site, file string) (list []string) {
	t.Helper()
	i := slices.IndexFunc(s.Pages, func(p *Page) bool { return p.File == file })
	if i < 0 {
		t.Fatalf("%s is no page", file)
	}
	for _, n := range s.Needs(s.Pages[i], Assumed) {
		list = append(list, shown(n, s.base))
	}
	return list
}

// lines are the lines of a text without their indentation.
func lines(text string) (list []string) {
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line != "" {
			list = append(list, line)
		}
	}
	return list
}

func compare(t *testing.T, what string, got, want []string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("%s:\n  %s\nwant:\n  %s", what, strings.Join(got, "\n  "), strings.Join(want, "\n  "))
	}
}

// TestNeeds is what the page a/index.html of a site under /r/ needs.
func TestNeeds(t *testing.T) {
	for name, c := range map[string]struct{ site, want string }{
		"what a page loads": {`
-- a/index.html --
<link rel=stylesheet href=../s.css><script src=/r/s.js></script>
<img src="i%20j.png"><link rel=icon href=/r/icon.png>
<a href=/r/b.html>b</a>
-- s.css --
@import "t.css";
a{b:url(i.png)}
-- t.css --
@font-face{src:url(f.woff2),url(f.ttf)}
-- s.js --
import("./m.js")
-- m.js --
-- a/i j.png --
-- i.png --
-- icon.png --
-- f.woff2 --
-- f.ttf --
-- b.html --`, `
required style /r/s.css a/index.html:1
required script /r/s.js a/index.html:1
required style /r/t.css s.css:1
required module /r/m.js s.js:1
degrading image /r/a/i%20j.png > a/i j.png a/index.html:2
degrading image /r/i.png s.css:2
degrading font /r/f.woff2 t.css:1
soft icon /r/icon.png a/index.html:2
soft font /r/f.ttf t.css:1`},
		"what leads elsewhere": {`
-- a/index.html --
<script src=https://cdn.example/x.js></script><script src=//cdn.example/y.js#z></script>
<img src=/other/i.png><img src=/r/no.png>
<object data=/r/o.svg></object><embed src=/r/no.pdf>
<form method=post action=/r/send></form>
<iframe src=/r/b></iframe><img src="http://[">
<script>fetch("/r/api/users?id=1");fetch("/r/no.json")</script>
-- o.svg --
<svg><image href="i.png"/></svg>
-- b.html --`, `
required script https://cdn.example/x.js external a/index.html:1
required script https://cdn.example/y.js external a/index.html:1
required data /r/api/users?id=1 server a/index.html:6
required data /r/no.json missing a/index.html:6
degrading image /other/i.png outside a/index.html:2
degrading image /r/no.png missing a/index.html:2
degrading object /r/o.svg bypass a/index.html:3
degrading object /r/no.pdf missing a/index.html:3
degrading frame /r/b > b.html a/index.html:5
degrading image /r/i.png missing o.svg:1
soft server /r/send server a/index.html:4`},
		"the strongest way decides": {`
-- a/index.html --
<link rel=prefetch href=/r/x.js><link rel=stylesheet media=print href=/r/p.css>
<link rel=stylesheet href=/r/s.css>
-- p.css --
a{b:url(i.png)}
-- s.css --
@import "p.css" print;
@import "q.css";
-- q.css --
a{b:url(i.png)}
-- i.png --
-- x.js --
import "./y.js"
-- y.js --`, `
required style /r/s.css a/index.html:2
required style /r/q.css s.css:2
degrading image /r/i.png q.css:1
soft module /r/x.js a/index.html:1
soft style /r/p.css a/index.html:1
soft module /r/y.js x.js:1`},
		"a hint that leads to nothing breaks nothing": {`
-- a/index.html --
<link rel=modulepreload href=/r/a.js><link rel=preload as=script href=/r/no.js>
<script src=/r/no.js type=module></script>
-- a.js --`, `
required module /r/a.js a/index.html:1
required module /r/no.js missing a/index.html:2`},
		"frames have needs of their own": {`
-- a/index.html --
<iframe src=/r/b/></iframe>
-- b/index.html --
<script src=x.js></script><iframe src=../a/></iframe><iframe src=../b/></iframe>
-- b/x.js --
fetch("y.json")
-- b/y.json --`, `
degrading frame /r/b/ > b/index.html a/index.html:1
degrading script /r/b/x.js b/index.html:1
degrading frame /r/a/ > a/index.html b/index.html:1
degrading data /r/b/y.json b/x.js:1`},
		"base and query": {`
-- a/index.html --
<base href="/r/deep/x?y"><img src=i.png?v=1#z><img src="?w"><script>fetch("d.json")</script>
-- deep/i.png --
-- deep/d.json --`, `
required data /r/deep/d.json a/index.html:1
degrading image /r/deep/i.png?v=1 > deep/i.png a/index.html:1
degrading image /r/deep/x?w missing a/index.html:1`},
		"browsers without modules have no workers": {`
-- a/index.html --
<script nomodule src=/r/old.js></script><script nomodule>fetch("/r/no.json")</script>
-- old.js --`, ``},
		"redirects": {`
-- a/index.html --
<iframe src=/r/b></iframe>
-- b/index.html --`, `
degrading frame /r/b redirect > b/index.html a/index.html:1`},
		"inline scripts": {`
-- a/index.html --
<script type=module>
import "../m.js"
import {x} from "/r/n.js"</script>
<template><script>import("../t.js")</script></template>
<script>

fetch("/r/d.json")</script>
<noscript><script>import("../no.js")</script></noscript>
<iframe srcdoc="<script>import('../s.js')</script>"></iframe>
-- m.js --
-- n.js --
-- t.js --
-- s.js --
-- d.json --`, `
required data /r/d.json a/index.html:7
required module /r/m.js a/index.html:2
required module /r/n.js a/index.html:3
required module /r/s.js a/index.html:9
soft module /r/t.js a/index.html:4`},
	} {
		s := audited(t, "generic", "/r/", files(c.site))
		compare(t, name, needsOf(t, s, "a/index.html"), lines(c.want))
	}
}

// TestScripts is what the page a/index.html needs for its scripts.
func TestScripts(t *testing.T) {
	for name, c := range map[string]struct{ site, want string }{
		"what a URL is relative to": {`
-- a/index.html --
<script src=../js/s.js></script>
-- b/index.html --
<script src=../js/s.js></script>
-- js/s.js --
fetch("d.json"); fetch("/r/e.json")
import("./m.js")
new URL("u.wasm", import.meta.url)
new Worker("w.js")
-- a/d.json --
-- b/d.json --
-- e.json --
-- js/m.js --
-- js/u.wasm --
-- a/w.js --
importScripts("x.js"); fetch("f.json")
-- a/x.js --
-- a/f.json --`, `
required script /r/js/s.js a/index.html:1
required data /r/a/d.json js/s.js:1
required data /r/e.json js/s.js:1
required data /r/js/u.wasm js/s.js:3
required worker /r/a/w.js js/s.js:4
required module /r/js/m.js js/s.js:2
required script /r/a/x.js a/w.js:1
required data /r/a/f.json a/w.js:1`},
		"a worker's scripts are relative to the worker": {`
-- a/index.html --
<script>new Worker("/r/w/w.js")</script>
-- w/w.js --
importScripts("/r/lib/l.js")
-- lib/l.js --
fetch("d.json")
-- w/d.json --`, `
required worker /r/w/w.js a/index.html:1
required script /r/lib/l.js w/w.js:1
required data /r/w/d.json lib/l.js:1`},
		"modules": {`
-- a/index.html --
<script type=module src=/r/m.js></script>
-- m.js --
import d from "./d.json" with {type: "json"}
import s from "./s.css" with {type: "css"}
export * from "./n.js"
import "bare"
import "data:text/javascript,x"
import "https://cdn.example/x.js"
-- n.js --
import "./m.js"
import "./no.js"
-- d.json --
-- s.css --
a{b:url(i.png)}
-- i.png --`, `
required module /r/m.js a/index.html:1
required data /r/d.json m.js:1
required style /r/s.css m.js:2
required module /r/n.js m.js:3
required module bare unresolved m.js:4
required module https://cdn.example/x.js external m.js:6
required module /r/no.js missing n.js:2
degrading image /r/i.png s.css:1`},
		"imports that are computed": {`
-- a/index.html --
<script type=module src=/r/m.js></script>
-- m.js --
import("./l/" + x + ".js")
import(y)
import("./none/" + x)
-- l/de.js --
fetch("/r/de.json")
-- l/en.js --
-- l/deep/x.js --
-- de.json --`, `
required module /r/m.js a/index.html:1
assumed module /r/l/de.js m.js:1
assumed module /r/l/en.js m.js:1
assumed module  unresolved m.js:2
assumed module ./none/* unresolved m.js:3
assumed data /r/de.json l/de.js:1`},
		"files that strings name": {`
-- a/index.html --
<script type=application/json>{"search": "w/search.js"}</script>
-- w/search.js --
get("index/x.json", "no.json")
-- index/x.json --`, `
assumed module /r/w/search.js a/index.html:0
assumed data /r/index/x.json w/search.js:0`},
		"what Vite loads early": {`
-- a/index.html --
<script type=module src=/r/assets/m.js></script>
-- assets/m.js --
const __vite__mapDeps=(i,m=__vite__mapDeps,d=(m.f||(m.f=["assets/n.js","assets/n.css"])))=>i.map(i=>d[i]);
-- assets/n.js --
-- assets/n.css --`, `
required module /r/assets/m.js a/index.html:1
required module /r/assets/n.js assets/m.js:1
required style /r/assets/n.css assets/m.js:1`},
		"cycles and many frames end": {`
-- a/index.html --
<script>new Worker("w.js")</script>
-- a/w.js --
new Worker("w.js"); importScripts("x.js")
-- a/x.js --
importScripts("x.js", "w.js"); import("./w.js")`, `
required worker /r/a/w.js a/index.html:1
required script /r/a/x.js a/w.js:1`},
	} {
		s := audited(t, "generic", "/r/", files(c.site))
		compare(t, name, needsOf(t, s, "a/index.html"), lines(c.want))
	}
}

func TestImportMaps(t *testing.T) {
	const modules = `
-- m.js --
import "%s"
-- lib/m.js --
import "%s"
-- lib/x.js --
-- lib/y/z.js --
-- x.js --`
	for name, c := range map[string]struct{ maps, name, want string }{
		"a name":                         {`{"imports":{"a":"/r/x.js"}}`, "a", "/r/x.js"},
		"relative to the page":           {`{"imports":{"a":"../x.js"}}`, "a", "/r/x.js"},
		"a prefix":                       {`{"imports":{"a/":"/r/lib/"}}`, "a/x.js", "/r/lib/x.js"},
		"the longest prefix":             {`{"imports":{"a/":"/r/","a/b/":"/r/lib/"}}`, "a/b/x.js", "/r/lib/x.js"},
		"a name goes before a prefix":    {`{"imports":{"a/":"/r/lib/","a/x.js":"/r/x.js"}}`, "a/x.js", "/r/x.js"},
		"a prefix without a slash":       {`{"imports":{"a":"/r/lib"}}`, "a/x.js", "unresolved"},
		"a prefix to a file":             {`{"imports":{"a/":"/r/lib"}}`, "a/x.js", "unresolved"},
		"a URL":                          {`{"imports":{"/r/lib/x.js":"/r/x.js"}}`, "./lib/x.js", "/r/x.js"},
		"a URL's prefix":                 {`{"imports":{"/r/old/":"/r/lib/"}}`, "./old/y/z.js", "/r/lib/y/z.js"},
		"a URL that is not in it":        {`{"imports":{"a":"/r/x.js"}}`, "./lib/x.js", "/r/lib/x.js"},
		"a name that is not in it":       {`{"imports":{"a":"/r/x.js"}}`, "b", "unresolved"},
		"an address that is bare":        {`{"imports":{"a":"b"}}`, "a", "unresolved"},
		"an address that is null":        {`{"imports":{"a":null}}`, "a", "unresolved"},
		"another origin":                 {`{"imports":{"a/":"https://cdn.example/a/"}}`, "a/x.js", "https://cdn.example/a/x.js"},
		"a scope of another directory":   {`{"scopes":{"/r/lib/":{"a":"/r/x.js"}}}`, "a", "unresolved"},
		"a scope of the directory":       {`{"imports":{"a":"/r/lib/x.js"},"scopes":{"/r/":{"a":"/r/x.js"}}}`, "a", "/r/x.js"},
		"a scope of the file":            {`{"scopes":{"/r/":{"a":"/r/lib/x.js"},"/r/m.js":{"a":"/r/x.js"}}}`, "a", "/r/x.js"},
		"a scope that does not say":      {`{"imports":{"a":"/r/x.js"},"scopes":{"/r/":{"b":"/r/lib/x.js"}}}`, "a", "/r/x.js"},
		"malformed":                      {`{"imports":{"a":`, "a", "unresolved"},
		"a key with a slash and a tilde": {`{"imports":{"a~/b":"/r/x.js"}}`, "a~/b", "/r/x.js"},
	} {
		site := files(fmt.Sprintf(modules, c.name, c.name))
		site["a/index.html"] = &fstest.MapFile{Data: []byte(`<script type=importmap>` + c.maps + `</script><script type=module src=/r/m.js></script>`)}
		s := audited(t, "generic", "/r/", site)
		needs := s.Needs(s.Pages[0], Assumed)
		got := needs[len(needs)-1].URL
		if needs[len(needs)-1].Lead == Unresolved {
			got = "unresolved"
		}
		if got != c.want {
			t.Errorf("%s: %s with %s is %s, want %s", name, c.name, c.maps, got, c.want)
		}
	}
}

func TestEachPageHasItsOwnImportMap(t *testing.T) {
	s := audited(t, "generic", "/", files(`
-- a.html --
<script type=importmap>{"imports":{"lib":"/a.js"}}</script><script type=importmap>{"imports":{"lib":"/b.js","x":"/x.js"}}</script>
<script type=module>import "lib"; import "x"</script>
-- b.html --
<script type=importmap>{"imports":{"lib":"/b.js"}}</script><script type=module>import "lib"</script>
-- c.html --
<script type=module>import "lib"</script>
-- a.js --
import "./a2.js"
-- a2.js --
-- b.js --
-- x.js --`))
	compare(t, "a", needsOf(t, s, "a.html"), lines(`
		required module /a.js a.html:2
		required module /x.js a.html:2
		required module /a2.js a.js:1`))
	compare(t, "b", needsOf(t, s, "b.html"), lines(`required module /b.js b.html:1`))
	compare(t, "c", needsOf(t, s, "c.html"), lines(`required module lib unresolved c.html:1`))
}

func TestWhatAsksForAFile(t *testing.T) {
	s := audited(t, "generic", "/", files(`
-- a.html --
<link rel=stylesheet href=s.css><img src=i.png><a href=b.html><a href=c/><a href=b.html>
-- b.html --
<img src=/i.png>
-- c/index.html --
-- s.css --
a{b:url(i.png)}
-- i.png --`))
	var got []string
	for _, n := range s.Referrers("i.png") {
		got = append(got, shown(n, "/"))
	}
	compare(t, "referrers", got, lines(`
		degrading image /i.png a.html:1
		degrading image /i.png b.html:1
		degrading image /i.png s.css:1`))
	got = nil
	for _, n := range s.Refs("s.css") {
		got = append(got, shown(n, "/"))
	}
	compare(t, "refs", got, lines(`degrading image /i.png s.css:1`))
	compare(t, "links", s.Pages[0].Links(), []string{"b.html", "c/index.html"})
	if needs := s.Needs(s.Pages[0], Required); len(needs) != 1 || needs[0].URL != "/s.css" {
		t.Errorf("required alone: %v", needs)
	}
}

func TestWhereTheSiteIsDeployed(t *testing.T) {
	for page, want := range map[string]string{
		`<link rel=canonical href=https://a.example/r/a/>`: "https://a.example",
		`<link rel=canonical href=https://a.example/x/>`:   "", // a copy of another site's page
		`<link rel=canonical href=/r/a/>`:                  "",
		`<link rel=canonical href=https://a.example/r/b.html><meta http-equiv=refresh content="0;url=https://a.example/r/b.html">`: "https://a.example",
	} {
		site := files("-- b.html --\n-- i.png --\n")
		site["a/index.html"] = &fstest.MapFile{Data: []byte(page + `<img src=https://a.example/r/i.png>`)}
		s := audited(t, "generic", "/r/", site)
		if s.Origin != want {
			t.Errorf("%s: %q, want %q", page, s.Origin, want)
		}
		if lead := s.Needs(s.Pages[0], Soft)[0].Lead; (lead == File) != (want != "") {
			t.Errorf("%s: %s", page, lead)
		}
	}
}
