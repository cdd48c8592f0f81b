package page

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// shown writes a call as `kind how(url) from :line`, with ~ for a hint and *
// for a pattern.
func (c Call) shown() string {
	mark := ""
	if c.Hint {
		mark += "~"
	}
	if c.Pattern {
		mark += "*"
	}
	from := [...]string{"page", "self", "import", "site"}[c.From]
	return fmt.Sprintf("%s%s %s(%s) %s :%d", mark, c.Kind, c.How, c.URL, from, c.Line)
}

func TestScriptsLoadByCalls(t *testing.T) {
	for js, want := range map[string][]string{
		`fetch("/a.json")`:                                  {"data fetch(/a.json) page :1"},
		`window.fetch('a.json').then(r=>r.json())`:          {"data fetch(a.json) page :1"},
		"await fetch(`a.json`,{cache:'no-store'})":          {"data fetch(a.json) page :1"},
		"x()\nfetch(\n  'a.json'\n)":                        {"data fetch(a.json) page :3"},
		`fetch("/api",{method:"POST",body:f(x)})`:           {"server fetch(/api) page :1"},
		`fetch("/api",{body:f({method:1}),"method":'put'})`: {"server fetch(/api) page :1"},
		`fetch("/a",{method:"GET"});x={method:"POST"}`:      {"data fetch(/a) page :1"},
		`fetch("/a");f("b",{method:"POST"})`:                {"data fetch(/a) page :1"},
		`this.fetch("a"); api.fetch("b"); fetch(c); fetch("a"+b); fetch("a"
		? b : c)`: nil,
		`fetch("https://api.example/x")`:                                     {"data fetch(https://api.example/x) page :1"},
		`fetch("data:,x");fetch("blob:x")`:                                   nil,
		`fetch("\/a\u002fb\x2ec")`:                                           {"data fetch(/a/b.c) page :1"},
		`fetch(new URL("a.json", import.meta.url))`:                          {"data fetch(a.json) self :1"},
		`new URL("a.png", import.meta.url).href`:                             {"image new URL(a.png) self :1"},
		`new URL("./", import.meta.url); new URL("a", b); new URL("/x")`:     nil,
		`new Worker("w.js")`:                                                 {"worker new Worker(w.js) page :1"},
		`new window.SharedWorker("w.js",{type:"module"})`:                    {"worker new SharedWorker(w.js) page :1"},
		`new Worker(new URL("./w.js",import.meta.url),{type:"module"})`:      {"worker new Worker(./w.js) self :1"},
		`new Worker(""+new URL("w.js",import.meta.url).href)`:                {"worker new Worker(w.js) self :1"},
		`new Worker(new URL("w.js", location.href))`:                         {"worker new Worker(w.js) page :1"},
		`new Worker(new URL("w.js", document.baseURI))`:                      {"worker new Worker(w.js) page :1"},
		`Worker("x"); new Worker(x)`:                                         nil,
		`importScripts("a.js", 'b.js')`:                                      {"script importScripts(a.js) page :1", "script importScripts(b.js) page :1"},
		`self.importScripts("a.js");f("b.js")`:                               {"script importScripts(a.js) page :1"},
		`import.meta.resolve("lib/x.js")`:                                    {"module import.meta.resolve(lib/x.js) import :1"},
		`Promise.resolve("a.js")`:                                            nil,
		`ctx.audioWorklet.addModule("p.js")`:                                 {"module addModule(p.js) page :1"},
		`WebAssembly.instantiateStreaming(fetch("a.wasm"), i)`:               {"data fetch(a.wasm) page :1"},
		`x.open("GET","a.json",true);x.open('post', "/api")`:                 {"data XMLHttpRequest(a.json) page :1", "server XMLHttpRequest(/api) page :1"},
		`window.open("a.html","_blank")`:                                     nil,
		`new EventSource("/live");new WebSocket("wss://a/b")`:                {"server new EventSource(/live) page :1", "server new WebSocket(wss://a/b) page :1"},
		`navigator.sendBeacon("/log",x)`:                                     {"server sendBeacon(/log) page :1"},
		"import(`./l/${x}.js`)":                                              {"*module import(./l/*.js) self :1"},
		`import("./l/"+x+"/"+f(y,"z")+".js")`:                                {"*module import(./l/*/*.js) self :1"},
		`import(x)`:                                                          {"*module import() self :1"},
		"import(/* @vite-ignore */ `${b}p.js`)":                              {"*module import() self :1"},
		`import(a?"./b.js":"./c.js")`:                                        {"*module import() self :1"},
		`import("./a.js");import("a"+".js");import("./a.js",{with:{a:"b"}})`: nil,
		`x.import(y); ({import(z){}}).import`:                                {"*module import() self :1"},
		`const __vite__mapDeps=(i,m=__vite__mapDeps,d=(m.f||(m.f=["./a.js","assets/b.css"])))=>i.map(i=>d[i]);x=["c.js"]`: {
			"~module __vite__mapDeps(./a.js) self :1", "~style __vite__mapDeps(assets/b.css) site :1"},
		`// fetch("a")
		 /* new Worker("b") */ x = 'fetch("c")' + /fetch("d")/.source`: nil,
	} {
		var got []string
		for _, c := range ReadScript(js).List {
			got = append(got, c.shown())
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s\n got %q\nwant %q", js, got, want)
		}
	}
}

func TestScriptsNameFiles(t *testing.T) {
	got := ReadScript("f('search/index.json');f('search/index.json');g={'base':'.','a':'workers/w.js?v=1'};" +
		`h("Ask Node.js's people");i(".js");j("https://a.example/x.js, a.js.map and a.v2");k("x.css");l("i.png","f.woff2");` +
		`m("<img src=\"a/sync_on.png\" srcset='b-2x.png?v=1 2x'>");n(` + "`${r}search/mag.svg`" + `);o("<a href=see.html>");p("index.html")`)
	if want := []string{
		"search/index.json", "workers/w.js?v=1", "Node.js", "x.css", "i.png", "f.woff2", "a/sync_on.png", "b-2x.png", "search/mag.svg",
	}; !slices.Equal(got.Names, want) {
		t.Errorf("got %q, want %q", got.Names, want)
	}
	if want := []string{"see.html", "index.html"}; !slices.Equal(got.Pages, want) {
		t.Errorf("got %q, want %q", got.Pages, want)
	}
}

func TestWebpackIsKnownByItsChunks(t *testing.T) {
	for js, want := range map[string]bool{
		`(self.webpackChunk=self.webpackChunk||[]).push([[1],{}])`:      true,
		`(self["webpackChunkx"]=self["webpackChunkx"]||[]).push([[1]])`: true,
		`window.webpackJsonp=[]`:        true,
		`x="a page about webpackChunk"`: false,
	} {
		if got := ReadScript(js).Webpack; got != want {
			t.Errorf("%s: %v", js, got)
		}
	}
}

func TestDeepScriptsAreNotForParsers(t *testing.T) {
	long := func(s string) string { return strings.Repeat(s, 20_000) }
	for js, want := range map[string]bool{
		long("(") + "1" + long(")"):        true,
		long("[") + "1" + long("]"):        true,
		"x=" + long("!") + "1":             true,
		"x=" + long("- ") + "1":            true,
		"x=" + long("a?b:") + "1":          true,
		"x=" + long("typeof ") + "1":       true,
		long("if(a)") + ";":                true,
		long("f(a,[b],{c:d});"):            false,
		"x=" + long(`"a"+`) + "1":          false,
		"x=" + long("!a,") + "1":           false,
		"x='" + long("(") + "'":            false,
		long("if(a)b();else{c?d:e}\n"):     false,
		long("x=function(){return !a};\n"): false,
	} {
		if got := ReadScript(js).TooDeep; got != want {
			t.Errorf("%.20s…: %v", js, got)
		}
	}
}

func FuzzReadScript(f *testing.F) {
	f.Add("const{serviceWorker:sw}=navigator;s=navigator.serviceWorker;fetch('a')")
	f.Add("fetch('a',{method:'POST'})")
	f.Add("import(`./${a}.js`);new Worker(new URL('x',import.meta.url))")
	f.Add(`importScripts("a","\u00`)
	f.Add("m.f=['a']")
	f.Fuzz(func(t *testing.T, js string) {
		lines := strings.Count(js, "\n") + 1
		for _, c := range ReadScript(js).List {
			if c.Line < 1 || c.Line > lines || c.URL == "" && !c.Pattern {
				t.Fatalf("%q: %s", js, c.shown())
			}
		}
	})
}

func FuzzReadStyle(f *testing.F) {
	f.Add([]byte(`@import url(a) print;@font-face{src:url(b),url("c")format("woff2")}`))
	f.Add([]byte("a{b:image-set('c' 1x);d:u\\72l(e)}}"))
	f.Add([]byte("\\"))
	f.Fuzz(func(t *testing.T, content []byte) {
		before := string(content)
		refs, broken, line := ReadStyle(content)
		lines := strings.Count(before, "\n") + 1
		for _, ref := range refs {
			if ref.Line < 1 || ref.Line > lines || ref.URL == "" {
				t.Fatalf("%q: %+v", before, ref)
			}
		}
		if broken != "" && (line < 1 || line > lines) || string(content) != before {
			t.Fatalf("%q: %q at %d", before, broken, line)
		}
	})
}

func FuzzSrcset(f *testing.F) {
	f.Add("a 1x, b (c,d) 2x")
	f.Add("a,b, c 10w 5h")
	f.Fuzz(func(t *testing.T, value string) {
		for _, url := range srcset(value) {
			if url == "" || strings.ContainsAny(url, htmlSpace) || strings.HasSuffix(url, ",") || !strings.Contains(value, url) {
				t.Fatalf("%q: %q", value, url)
			}
		}
	})
}
