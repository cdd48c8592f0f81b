package audit

import (
	"encoding/json"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"unicode/utf8"

	"github.com/swgen/swgen/internal/weburl"
)

// bases are what documents have for their base URL.
var bases = []string{"/", "/r/", "/r/a/b.html", "/r/a?q", "/r/%C3%BC/", "https://cdn.example/a/b"}

// agrees holds the short way of resolving against the whole one.
func agrees(t *testing.T, written, base string) {
	got, ok := quick(written, base)
	if !ok || !utf8.ValidString(written) {
		return
	}
	want, err := weburl.Parse(written, placeholder+base)
	if err != nil || got != want.Pathname+want.Search || want.Origin != placeholder {
		t.Fatalf("%q on %q: %q, want %q (%v)", written, base, got, want.Href, err)
	}
}

func TestTheShortWayOfResolvingIsExact(t *testing.T) {
	tokens := strings.Fields("a b.c .. . / // ../ ./ ? # & = : @ ' \" ; , + ~ %20 %2e %2E%2e %zz % \\ | ^ { é mailto: http: /.. /. .../ ?a=b:c ?/../x")
	random := rand.New(rand.NewPCG(1, 2))
	short := 0
	for range 50_000 {
		var written strings.Builder
		for range random.IntN(6) {
			written.WriteString(tokens[random.IntN(len(tokens))])
		}
		base := bases[random.IntN(len(bases))]
		if _, ok := quick(written.String(), base); ok {
			short++
		}
		agrees(t, written.String(), base)
	}
	if short < 5000 {
		t.Errorf("only %d go the short way", short)
	}
}

func FuzzResolve(f *testing.F) {
	for _, written := range []string{"../a/./b?c=d#e", "//x/y", "?", "#", "a:b", "/%2e%2e/x", "\\x", "a/..", "/..?x'", " a\n"} {
		f.Add(written)
	}
	f.Fuzz(func(t *testing.T, written string) {
		for _, base := range bases {
			agrees(t, written, base)
		}
	})
}

func TestReadJSON(t *testing.T) {
	for text, want := range map[string]string{
		`{"a":"x","b":[1,"y",{"c/d~":"z"}],"e":null}`: "/a=x:1 /b/1=y:1 /b/2/c~1d~0=z:1",
		"{\n\"a\":\n\"x\"\n}":                         "/a=x:3",
		`"x"`:                                         "=x:1",
		"\ufeff{}":                                    "",
		`{"a":"x",}`:                                  "/a=x:1 error:1",
		"{\"a\":\"x\"\n":                              "/a=x:1 error:1",
		"{}\n{}":                                      "error:2",
		"":                                            "error:1",
		"[[1":                                         "error:1",
		strings.Repeat("[", 5000):                     "error:1",
	} {
		var got []string
		values, line, err := readJSON(text)
		for _, v := range values {
			got = append(got, v.path+"="+v.text+":"+string(rune('0'+v.line)))
		}
		if err != nil {
			got = append(got, "error:"+string(rune('0'+line)))
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%.40q: %q, want %q", text, got, want)
		}
	}
}

// FuzzReadJSON holds the reader against encoding/json.
func FuzzReadJSON(f *testing.F) {
	f.Add(`{"a":["x",{"b":1}]}`)
	f.Add("{\"a\":\n\"\\u0041\"} x")
	f.Fuzz(func(t *testing.T, text string) {
		values, line, err := readJSON(text)
		if count := strings.Count(text, "\n") + 1; line < 1 || line > count {
			t.Fatalf("%q: line %d of %d", text, line, count)
		}
		if err == nil && !json.Valid([]byte(strings.TrimPrefix(text, "\ufeff"))) {
			t.Fatalf("%q is said to be valid: %v", text, values)
		}
	})
}

// FuzzSite puts a text into every place of a site that is parsed.
func FuzzSite(f *testing.F) {
	f.Add(`<script type=importmap>{"imports":{"a/":"/x/"}}</script><script type=module>import "a/b"; import("./"+c)</script>`)
	f.Add(`{"start_url":"/","scope":"/x","icons":[{"src":"i.png","sizes":"1x1 any"}]}`)
	f.Add(`{"imports":{"a":"b","/":"/x"},"scopes":{"/":{"a":"//"}}}`)
	f.Add(`@import "x.css"; a{b:url(../i.png)}`)
	f.Add(`new Worker("s.js"); importScripts("s.js"); fetch("i.png"); import("./s.js")`)
	f.Add(`<base href="//x"><iframe src="?"><object data=".."><a href="%">`)
	f.Fuzz(func(t *testing.T, text string) {
		site := fstest.MapFS{}
		put := func(name, content string) { site[name] = &fstest.MapFile{Data: []byte(content)} }
		put("a.html", text)
		put("b/index.html", `<link rel=stylesheet href=../s.css><script src=../s.js></script><script type=module src=../m.js></script>`+
			`<link rel=manifest href=../app.json><script type=importmap>`+text+`</script><script type=speculationrules>`+text+
			`</script><script>new Worker("/s.js")</script><iframe src=/a></iframe>`)
		put("s.css", text)
		put("s.js", text)
		put("m.js", text)
		put("app.json", text)
		put(".vite/manifest.json", text)
		s := audited(t, "generic", "/", site)
		again := audited(t, "generic", "/", site)
		for i, p := range s.Pages {
			needs := s.Needs(p, Assumed)
			for _, n := range needs {
				if (n.Lead == File) != (n.Target != "" && n.Lead != Redirect && n.Lead != Bypass && n.Lead != OnlyServer) || n.In == "" {
					t.Fatalf("%+v", n)
				}
			}
			if !slices.Equal(needs, again.Needs(again.Pages[i], Assumed)) {
				t.Fatalf("%s: not the same twice", p.File)
			}
		}
	})
}
