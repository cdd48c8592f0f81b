package page

import (
	"fmt"
	"reflect"
	"strings"
	"testing"
)

// show writes a reference as `kind element@attr url :line`, with ~ when it is
// soft and ! when it is for browsers without modules.
func show(r Ref) string {
	mark := ""
	if r.Soft {
		mark += "~"
	}
	if r.NoModule {
		mark += "!"
	}
	return fmt.Sprintf("%s%s %s@%s %s :%d", mark, r.Kind, r.Element, r.Attr, r.URL, r.Line)
}

func TestInspectListsWhatAPageLoads(t *testing.T) {
	for page, want := range map[string][]string{
		`<script src=/a.js></script>`:                           {"script script@src /a.js :1"},
		`<SCRIPT TYPE=MODULE SRC="/a.js"></SCRIPT>`:             {"module script@src /a.js :1"},
		`<script nomodule src="/a.js"></script>`:                {"!script script@src /a.js :1"},
		`<script noModule="" src="/a.js"></script>`:             {"!script script@src /a.js :1"},
		`<script type="text/template" src="/a"></script>`:       nil,
		`<link rel=stylesheet href=/a/>`:                        {"style link@href /a/ :1"},
		`<link rel="preload stylesheet" href="/a" as=style>`:    {"style link@href /a :1"},
		`<link rel="alternate stylesheet" href="/a">`:           {"~style link@href /a :1"},
		`<link rel=stylesheet media=print href=/a>`:             {"~style link@href /a :1"},
		`<link rel=stylesheet media=print onload=x href=/a>`:    {"style link@href /a :1"},
		`<link rel=modulepreload href=/a>`:                      {"module link@href /a :1"},
		`<link rel=preload as=font href=/a>`:                    {"font link@href /a :1"},
		`<link rel=preload as=fetch href=/a>`:                   {"data link@href /a :1"},
		`<link rel=preload as=image imagesrcset="/a 1x,/b 2x">`: {"image link@imagesrcset /a :1", "image link@imagesrcset /b :1"},
		`<link rel="shortcut icon" href="/a">`:                  {"~icon link@href /a :1"},
		`<link rel=manifest href=/a>`:                           {"~manifest link@href /a :1"},
		`<link rel=prefetch href=/a>`:                           {"~data link@href /a :1"},
		`<link rel=preconnect href=//a><link rel=next href=/b>`: nil,
		`<img src=a.png alt="">`:                                {"image img@src a.png :1"},
		`<img src="data:image/gif;base64,R0" data-src=a.png>`:   {"~image img@data-src a.png :1"},
		`<img src="a&amp;b.png">`:                               {"image img@src a&b.png :1"},
		`<img src=" a&#10;b.png ">`:                             {"image img@src ab.png :1"},
		"<p>\n<p>\r\n<img src=a><img src=b>":                    {"image img@src a :3", "image img@src b :3"},
		`<picture><source srcset="a 1x, b 2x"><img src=c></picture>`: {
			"image source@srcset a :1", "image source@srcset b :1", "image img@src c :1"},
		`<video src=a poster=b><track src=c></video><audio><source src=d></audio>`: {
			"media video@src a :1", "image video@poster b :1", "track track@src c :1", "media source@src d :1"},
		`<iframe src=a></iframe><embed src=b><object data=c></object>`: {
			"frame iframe@src a :1", "object embed@src b :1", "object object@data c :1"},
		`<iframe src=a srcdoc="<img src='b'>"></iframe>`:            {"image img@src b :1"},
		`<iframe src="about:blank"></iframe>`:                       nil,
		`<input type=image src=a><input src=b>`:                     {"image input@src a :1"},
		`<svg><use href="a.svg#i"/><use xlink:href="#j"/></svg>`:    {"image use@href a.svg#i :1"},
		`<svg><image xlink:href=a></image><feImage href=b /></svg>`: {"image image@xlink:href a :1", "image feimage@href b :1"},
		`<svg><title/><script href=a /><rect fill="url(p.svg#x)"/></svg><img src=b>`: {
			"script script@href a :1", "image rect@fill p.svg#x :1", "image img@src b :1"},
		`<p style="background:url(&quot;a.png&quot;)">`:                        {"image p@style a.png :1"},
		"<style>\n@import 'a.css';\n@font-face{src:url(b.woff2?v=1)}</style>":  {"style style@ a.css :2", "font style@ b.woff2?v=1 :3"},
		"<style media=print>a{b:url(c)}</style>":                               {"~image style@ c :1"},
		`<svg><style>a{b:url(c)}</style></svg>`:                                {"image style@ c :1"},
		`<template><img src=a></template>`:                                     {"~image img@src a :1"},
		`<template shadowrootmode=open><img src=a></template>`:                 {"image img@src a :1"},
		"\n<noscript>\n<img src=a></noscript><img src=b>":                      {"~image img@src a :3", "image img@src b :3"},
		`<!-- <img src=a> --><textarea><img src=b></textarea>`:                 nil,
		`<script>"<img src=a>"</script><title><img src=b></title>`:             nil,
		`<link rel=preload href=a.css><link rel=preload href=a.woff2 as=font>`: {"style link@href a.css :1", "font link@href a.woff2 :1"},
		`<link rel=prefetch href=a.js>`:                                        {"~module link@href a.js :1"},
		`<form method=POST action=/a></form>`:                                  {"server form@action /a :1"},
		`<form method=post></form><form action=/b></form>`:                     nil,
		`<button formmethod=post formaction=a>`:                                {"server button@formaction a :1"},
		`<video data-src=a></video><iframe data-src=b></iframe>`:               {"~media video@data-src a :1", "~frame iframe@data-src b :1"},
		`<tr background=a>`:                                                    {"image tr@background a :1"},
		`<astro-island component-url=a.js renderer-url=b.js>`:                  {"module astro-island@component-url a.js :1", "module astro-island@renderer-url b.js :1"},
		`<img src="data:,x" srcset="blob:x 1x">`:                               nil,
		`<img src=a.png/>`:                                                     {"image img@src a.png/ :1"},
		`<a ping=/a href=b><blockquote cite=/c>`:                               nil,
		`<style>@font-face{src:url(a.woff2),url(a.woff)}</style>`:              {"font style@ a.woff2 :1", "~font style@ a.woff :1"},
		`<body background=a>`:                                                  {"image body@background a :1"},
	} {
		var got []string
		for _, ref := range Inspect([]byte(page)).Refs {
			got = append(got, show(ref))
		}
		if !reflect.DeepEqual(got, want) {
			t.Errorf("%s\n got %q\nwant %q", page, got, want)
		}
	}
}

func TestInspectReadsWhatThePageSays(t *testing.T) {
	got := Inspect([]byte(`<!doctype html>
<meta name=Generator content=" Hugo 0.165.0 "><meta name=generator content="Other">
<base href="/repo/"><base href="/other/">
<link rel=canonical href="https://a.example/repo/">
<meta name="robots" content="NOINDEX, follow">
<meta http-equiv="Content-Security-Policy" content="script-src 'self'">
<meta http-equiv=refresh content="5; URL='/next'">
<a href="/a?b=1&amp;c=2">a</a><a>b</a><map><area href="#c"></map>
<script type="application/json">navigator.serviceWorker.register("/no.js")</script>
<script>
  navigator.serviceWorker.register("/sw.js")</script>
<template><meta name=robots content=none><base href=x></template>`))
	want := Facts{
		Generator: "Hugo 0.165.0", Base: "/repo/", Canonical: "https://a.example/repo/", NoIndex: true,
		BaseLine: 3,
		CSP:      []Inline{{Text: "script-src 'self'", Line: 6}},
		Refresh:  &Refresh{Target: "/next", Delay: 5},
		Links:    []Link{{"/a?b=1&c=2", 8}, {"#c", 8}},
		JSON:     []Inline{{Text: `navigator.serviceWorker.register("/no.js")`, Line: 9}},
		Scripts:  []Inline{{Text: "\n  navigator.serviceWorker.register(\"/sw.js\")", Line: 10, Trust: Trust{Policies: 1}}},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
}

func TestInspectReadsWhatIsNotLoaded(t *testing.T) {
	got := Inspect([]byte(`<link rel=alternate href=/feed.xml><link rel="next" href=b><meta property="og:image" content=c.png>
<script type=importmap>{}</script><script type=speculationrules>[]</script><form action=d></form><form method=post action=e></form>
<script type=module>
x()</script><noscript><script>y()</script></noscript><template><script>z()</script></template><script nomodule>n()</script>`))
	want := Facts{
		Mentions:   []Link{{"/feed.xml", 1}, {"b", 1}, {"c.png", 1}},
		ImportMaps: []Inline{{Text: "{}", Line: 2}},
		Rules:      []Inline{{Text: "[]", Line: 2}},
		Links:      []Link{{"d", 2}},
		Refs:       []Ref{{URL: "e", Kind: Server, Element: "form", Attr: "action", Line: 2}},
		Fragment:   true,
		Scripts:    []Inline{{Text: "\nx()", Line: 3, Module: true}, {Text: "z()", Line: 4, Soft: true}},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
}

func TestInspectNamesPagesThatBreakOff(t *testing.T) {
	for page, want := range map[string]string{
		"<p class=\"a":          "it ends within a tag",
		"<p>a</p":               "it ends within a tag",
		"<!-- a":                "it ends within a comment",
		"<script>a":             "it ends within a script",
		"\xff\xfe<\x00p\x00":    "its encoding is not one that contains ASCII",
		"<p>a < b":              "",
		"<p>a<!-- b -->":        "",
		"<p>a<!>":               "",
		"<script></script>":     "",
		"<title>never closed":   "",
		"<svg><style>a</style>": "",
	} {
		if got := Inspect([]byte(page)).Broken; got != want {
			t.Errorf("%q: %q, want %q", page, got, want)
		}
	}
}

func TestSrcsetFollowsTheStandard(t *testing.T) {
	for value, want := range map[string]string{
		"":                                    "",
		"a":                                   "a",
		"a, b":                                "a b",
		"a,b":                                 "a,b",
		"a 1x,b 2x":                           "a b",
		" , a 100w , b 200w,":                 "a b",
		"data:image/png;base64,AA== 1x, b 2x": "data:image/png;base64,AA== b",
		"a (1,2) , b":                         "b", // what is in parentheses is no descriptor
		"a 1x (,":                             "",
		"a,,, b":                              "a b",
		"a 100w 50h, b 1x, c":                 "a b c",
		"a 1x 2x, b":                          "b",
		"a 1x 10w, b":                         "b",
		"a 10h, b":                            "b",
		"a 0w, b -1x, c 1.5x, d .5x, e 1e3x":  "c d e",
		"a 1.x, b +1x, c 1q, d":               "d",
		"a\n1x\t,\fb":                         "a b",
		"a,":                                  "a",
		",":                                   "",
		"a (1x, b) 2x, c":                     "c",
		"c_fill,w_10/a.png 1x":                "c_fill,w_10/a.png",
	} {
		if got := strings.Join(srcset(value), " "); got != want {
			t.Errorf("%q: got %q, want %q", value, got, want)
		}
	}
}

func TestStyleSheetsReferences(t *testing.T) {
	for css, want := range map[string]string{
		`a{background:url(b.png)}`:                                 "image b.png",
		`a{background:URL( "b c.png" )}`:                           "image b c.png",
		`a{background:url('b)c.png')}`:                             "image b)c.png",
		`@import "a.css"; @import url(b.css) screen;`:              "style a.css style b.css",
		`/* url(a) */ b{content:"url(c)"}`:                         "",
		`@namespace svg url(http://a/); b{c:url(d)}`:               "image d",
		`@namespace "http://a/"; b{c:url(d)}`:                      "image d",
		`a{b:my-url(c)}`:                                           "",
		`a{b:url(c`:                                                "image c",
		`a{b:url(`:                                                 "",
		`a{b:url("c`:                                               "image c",
		`a\"{b:url(c)}`:                                            "image c",
		"a{b:url(c d)} e{f:url(g)}":                                "image g", // a bad URL is none
		"a{b:\"c\n;d:e} f{e:url(g)}":                               "image g",
		`a{b:u\72l(c.png)}`:                                        "", // the lexer does not know an escaped name
		`a{b:url(c\ d\29.png)}`:                                    "image c d).png",
		`a{b:url("\000e9.png")}`:                                   "image é.png",
		"a{b:url(\"c\\\nd.png\")}":                                 "image cd.png",
		`@import url("a.css") layer(x); b{c:url(d.png)}`:           "style a.css image d.png",
		`@import "a.css" layer(b) supports(c:d) screen;`:           "style a.css",
		`@import "a.css" print; @import "b.css" print, screen;`:    "~style a.css style b.css",
		`@media print{a{b:url(c)}} d{e:url(f)}`:                    "~image c image f",
		`@media print and (x){a{b:url(c)}}`:                        "~image c",
		`@media print{@supports (a:b){c{d:url(e)}}}`:               "~image e",
		`a{b:src("c.png")}`:                                        "image c.png",
		`a{b:image-set("c.png" 1x, "d.png" type("image/png") 2x)}`: "image c.png image d.png",
		`a{b:-webkit-image-set(url(c.png) 1x,url(d.png) 2x)}`:      "image c.png image d.png",
		`a{content:attr(x) "b.png"}`:                               "",
		`a{cursor:url(b.cur) 2 2,auto;--c:url(d.png)}`:             "image b.cur image d.png",
		`a:hover{b:url(c)} a::src{d:url(e)}`:                       "image c image e",
		`@font-face{src:url(b.woff2) format("woff2"),url(b.svg#f) format("svg")}`:              "font b.woff2 ~font b.svg#f",
		`@font-face{src:url(b.eot);src:url(b.eot?#x) format("embedded-opentype"),url(b.woff)}`: "~font b.eot ~font b.eot?#x font b.woff",
		`@font-face{src:local("B"),url(b) format(woff2),url(c.ttf)}`:                           "font b ~font c.ttf",
		`@font-face{src:url(b.woff2),url(c.svg) format("svg"),url(d.ttf)}`:                     "font b.woff2 ~font c.svg ~font d.ttf",
		`@font-face{src:url(b.woff2)}@font-face{src:url(c.woff2)}`:                             "font b.woff2 font c.woff2",
		`@font-face{src:url(b.woff2) tech(variations),url(c.woff2)`:                            "font b.woff2 ~font c.woff2",
		`}}}a{b:url(c)}`: "image c",
	} {
		var got []string
		for _, ref := range cssRefs(css) {
			mark := ""
			if ref.soft {
				mark = "~"
			}
			got = append(got, mark+string(ref.kind), ref.url)
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%s: got %q, want %q", css, got, want)
		}
	}
}

func TestAliasKnowsRedirectStubs(t *testing.T) {
	for page, want := range map[string]string{
		`<!doctype html><html lang=en><head><title>https://a/b/</title><link rel=canonical href=https://a/b/><meta name=robots content="noindex"><meta charset=utf-8><meta http-equiv=refresh content="0; url=https://a/b/"></head></html>`: "https://a/b/",
		`<meta http-equiv="refresh" content="0; url=/repo/docs/" />`:                         "/repo/docs/",
		`<META HTTP-EQUIV="Refresh" CONTENT="0;URL='/a'">`:                                   "/a",
		`<meta http-equiv=refresh content=0,/a>`:                                             "/a",
		`<meta http-equiv=refresh content="0.5 /a">`:                                         "/a",
		`<meta http-equiv=refresh content="5; url=/a">`:                                      "",
		`<meta http-equiv=refresh content="0">`:                                              "",
		`<meta http-equiv=refresh content="x; url=/a">`:                                      "",
		`<meta http-equiv=refresh content="0x; url=/a">`:                                     "",
		`<noscript><meta http-equiv=refresh content="0; url=/a"></noscript>`:                 "",
		`<meta name=refresh content="0; url=/a">`:                                            "",
		`<meta http-equiv=refresh content="0; url=/a">` + strings.Repeat("<p>long</p>", 500): "",
	} {
		if got, ok := Alias([]byte(page)); got != want || ok != (want != "") {
			t.Errorf("got %q, %v, want %q: %.200s", got, ok, want, page)
		}
	}
}

func TestDevServerKnowsItsSigns(t *testing.T) {
	for page, want := range map[string]string{
		`<script src="/livereload.js?mindelay=10&amp;v=2&amp;port=1313&amp;path=livereload" data-no-instant defer></script>`:        "hugo server (",
		`<script src="/livereload.js?port=1024&amp;mindelay=10"></script>`:                                                          "hugo server or zola serve (",
		`<script>document.write('<script src="//' + location.hostname + ':35729/livereload.js?snipver=1"></' + 'script>')</script>`: "jekyll serve (inline script)",
		`<script type="module" src="/@vite/client"></script>`:                                                                       "the Vite development server (/@vite/client)",
		`<script type="module">import { injectIntoGlobalHook } from "/@vite/client"</script>`:                                       "the Vite development server (inline script)",
		`<script async src="/browser-sync/browser-sync-client.js?v=2"></script>`:                                                    "Browsersync (",
		`<script type="module" integrity="x" src="/.11ty/reload-client.js"></script>`:                                               "eleventy --serve (",
		`<script src="/webpack-dev-server.js"></script>`:                                                                            "webpack-dev-server (",
		`<script src="/_next/static/development/_buildManifest.js"></script>`:                                                       "next dev (",
		`<link rel=stylesheet href="http://localhost:1313/main.css">`:                                                               "http://localhost:1313/main.css in link href",
		`<link rel=canonical href=http://localhost:4000/>`:                                                                          "http://localhost:4000/ in link href",
		`<img src="//127.0.0.1:8080/a.png">`:                                                                                        "//127.0.0.1:8080/a.png in img src",
		`<script src="http://[::1]:80/a.js"></script>`:                                                                              "http://[::1]:80/a.js in script src",
	} {
		if got, ok := DevServer([]byte(page)); !ok || !strings.HasPrefix(got, want) {
			t.Errorf("got %q, %v, want %q: %s", got, ok, want, page)
		}
	}
	for _, page := range []string{
		`<a href="http://localhost:3000/">try it</a>`,
		`<p>Hugo adds /livereload.js?mindelay to pages on http://localhost:1313/</p>`,
		`<script>self.__next_f.push("a page about /@vite/client")</script>`,
		`<script type="application/json">{"import":"/@vite/client"}</script>`,
		`<!-- <script src="/livereload.js?mindelay=10"></script> -->`,
		`<img src="https://localhost.example/a.png">`,
		`<script src="https://cdn.example/localhost/a.js"></script>`,
	} {
		if got, ok := DevServer([]byte(page)); ok {
			t.Errorf("got %q: %s", got, page)
		}
	}
}

func FuzzInspect(f *testing.F) {
	f.Add([]byte(`<svg><style>@import "a"; b{c:url('d')}</style><script href=x /><p>`))
	f.Add([]byte(`<noscript><iframe srcdoc="<noscript><img srcset='a 1x, b (2x'>"></noscript>`))
	f.Add([]byte(`<meta http-equiv=refresh content="0; url='x"><base href="//x"><a href=y>`))
	f.Add([]byte("<template><template shadowrootmode=open></template>\n<math><mi><svg></math>"))
	f.Fuzz(func(t *testing.T, content []byte) {
		facts := Inspect(content)
		// The tokenizer makes a line feed of a lone carriage return.
		lines := strings.Count(string(content), "\n") + strings.Count(string(content), "\r") + 1
		for _, ref := range facts.Refs {
			if ref.Line < 1 || ref.Line > lines {
				t.Fatalf("line %d of %d: %v", ref.Line, lines, ref)
			}
			if ref.URL == "" || cleanURL(ref.URL) != ref.URL {
				t.Fatalf("not clean: %q", ref.URL)
			}
		}
		if target, ok := Alias(content); ok && (facts.Refresh == nil || target == "") {
			t.Fatalf("an alias of %q without a refresh", target)
		}
		DevServer(content)
	})
}
