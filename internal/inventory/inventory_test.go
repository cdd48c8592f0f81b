package inventory_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/swgen/swgen/internal/audit"
	"github.com/swgen/swgen/internal/host"
	"github.com/swgen/swgen/internal/inventory"
	"github.com/swgen/swgen/manifest"
)

// take makes a site of names and contents, precaches the files that are not
// named with a minus in front, and takes the inventory.
func take(t testing.TB, base string, files map[string]string, extra ...manifest.Entry) *inventory.Inventory {
	t.Helper()
	site, entries := make(fstest.MapFS), slices.Clone(extra)
	for name, content := range files {
		name, out := strings.CutPrefix(name, "-")
		site[name] = &fstest.MapFile{Data: []byte(content)}
		if !out {
			entries = append(entries, manifest.Entry{
				URL: base + manifest.URLPath(name), Path: name, Size: int64(len(content)), Hash: manifest.Sum([]byte(content)),
			})
		}
	}
	h, err := host.New("generic", host.Options{Base: base, Site: site, Has: func(name string) bool { return site[name] != nil }})
	if err != nil {
		t.Fatal(err)
	}
	audited, err := audit.Run(t.Context(), audit.Options{Site: site, Host: h})
	if err != nil {
		t.Fatal(err)
	}
	return inventory.Take(manifest.New(base, entries), audited)
}

// of is a text of n bytes, different from others by its first.
func of(first string, n int) string { return first + strings.Repeat(" ", n-len(first)) }

func compare(t *testing.T, what string, got any, want string) {
	t.Helper()
	if text := fmt.Sprint(got); text != want {
		t.Errorf("%s: %s\nwant %s", what, text, want)
	}
}

func find(t *testing.T, v *inventory.Inventory, url string) inventory.File {
	t.Helper()
	i := slices.IndexFunc(v.List, func(f inventory.File) bool { return f.URL == url })
	if i < 0 {
		t.Fatalf("%s is not listed", url)
	}
	return v.List[i]
}

func TestPagesShareWhatSeveralNeed(t *testing.T) {
	v := take(t, "/r/", map[string]string{
		"index.html": of("<link rel=stylesheet href=s.css><script src=only.js></script>", 100),
		"b.html":     of("\n<link rel=stylesheet href=s.css><img src=out.png><img src=/r/s.css>", 200),
		"s.css":      of("a{b:url(i.png)}", 1000),
		"i.png":      of("i", 10000),
		"only.js":    of("1", 3000),
		"-out.png":   of("o", 50000),
		"-c.html":    of("<img src=i.png>", 400),
		"old.html":   of(`<meta http-equiv=refresh content="0;url=b.html"><script src=unused.js></script>`, 90),
		"unused.js":  of("2", 70),
	})
	compare(t, "pages", v.Pages, "[{/r/ index.html 3 100 14100 3100 11000} {/r/b.html b.html 2 200 11200 200 11000} {/r/c.html c.html 1 0 10000 0 10000}]")
	compare(t, "types", v.Types, "[{image {1 10000}} {script {2 3070}} {style {1 1000}} {page {3 390}}]")
	compare(t, "all", []any{v.Files, v.Bytes, v.Spare, v.Unneeded}, "[7 14460 0 {1 70}]")
	compare(t, "a style", find(t, v, "/r/s.css"), "{/r/s.css s.css 1000 style  2 0 required [{/r/b.html b.html 2 required} {/r/ index.html 1 required}]}")
	compare(t, "by way of a style", find(t, v, "/r/i.png"), "{/r/i.png i.png 10000 image  3 0 degrading [{/r/b.html s.css 1 degrading} {/r/c.html c.html 1 degrading} {/r/ s.css 1 degrading}]}")
	compare(t, "a page", find(t, v, "/r/b.html"), "{/r/b.html b.html 200 page  0 0  []}")
	compare(t, "for nobody", find(t, v, "/r/unused.js"), "{/r/unused.js unused.js 70 script  0 0  []}")
	if f := find(t, v, "/r/unused.js"); f.Needed() {
		t.Error("what only a stub asks for is needed")
	}
	if f := find(t, v, "/r/old.html"); !f.Needed() {
		t.Error("a stub is for nobody")
	}
}

func TestContentCountsOnce(t *testing.T) {
	v := take(t, "/", map[string]string{
		"index.html": `<img src=a.png><img src=b.png>`,
		"2.html":     `<img src=c.png><script src=x.js></script>`,
		"3.html":     `<script src=x.js></script><script src=y.js></script>`,
		"a.png":      of("p", 1000), "b.png": of("p", 1000), "c.png": of("q", 500), "d.png": of("q", 500), "e.png": of("q", 500),
		"x.js": of("x", 40), "y.js": of("x", 40),
		"empty.txt": "", "empty.css": "",
		"alone.json": of("{}", 7), "alone.bin": of("{}", 7),
	})
	compare(t, "duplicates", v.Duplicates, "[{1000 [/a.png /b.png] 1000} {500 [/c.png /d.png /e.png] 1000} {40 [/x.js /y.js] 40} {7 [/alone.bin /alone.json] 7}]")
	compare(t, "spare", v.Spare, "2047")
	compare(t, "bytes", v.Bytes, fmt.Sprint(1000+500+40+7+30+41+52))
	compare(t, "unneeded", v.Unneeded, "{6 7}") // d.png and e.png cost nothing
	compare(t, "pages", v.Pages, "[{/ index.html 2 30 1030 1030 0} {/2.html 2.html 2 41 581 541 40} {/3.html 3.html 2 52 92 52 40}]")
	compare(t, "the second", []any{find(t, v, "/b.png").Same, find(t, v, "/a.png").Same}, "[/a.png ]")
	compare(t, "types", v.Types, "[{image {5 1500}} {page {3 123}} {script {2 40}} {other {1 7}} {data {2 0}} {style {1 0}}]")
}

func TestWhatIsAssumedIsSharedAndWeighsNothing(t *testing.T) {
	files := map[string]string{
		"index.html":                  `<script src=_next/static/chunks/main.js></script>`,
		"b.html":                      `<script src=_next/static/chunks/main.js></script>` + strings.Repeat(`<script src=_next/static/chunks/b.js></script>`, 2),
		"_next/static/chunks/main.js": of("self.webpackChunk_N_E=1", 100),
		"_next/static/chunks/b.js":    of("2", 30),
		"_next/static/chunks/c.js":    of("3", 5000),
	}
	v := take(t, "/", files)
	compare(t, "pages", v.Pages, "[{/b.html b.html 2 141 271 141 130} {/ index.html 1 49 149 49 100}]")
	compare(t, "assumed by all", find(t, v, "/_next/static/chunks/c.js"),
		"{/_next/static/chunks/c.js _next/static/chunks/c.js 5000 script  0 2 assumed [{/b.html _next/static/ 0 assumed}]}")
	compare(t, "assumed by one", find(t, v, "/_next/static/chunks/b.js"),
		"{/_next/static/chunks/b.js _next/static/chunks/b.js 30 script  1 1 required [{/b.html b.html 1 required}]}")
	compare(t, "unneeded", v.Unneeded, "{0 0}")
}

func TestAFileThatAPageNamesTwiceCountsOnce(t *testing.T) {
	v := take(t, "/", map[string]string{"index.html": `<script src=x.js?v=1></script><script src=x.js></script><img src=x.js?v=2>`, "x.js": of("1", 10)})
	compare(t, "page", v.Pages, "[{/ index.html 1 74 84 84 0}]")
	compare(t, "file", find(t, v, "/x.js"), "{/x.js x.js 10 script  1 0 required [{/ index.html 1 required}]}")
}

func TestEntriesWithoutAFile(t *testing.T) {
	v := take(t, "/", map[string]string{"index.html": `<script src="https://cdn.example/lib.js?v=1"></script><script>fetch("/feed.json?n=3")</script>`, "one.txt": "1"},
		manifest.Entry{URL: "https://cdn.example/lib.js", Hash: manifest.Sum([]byte("1")), Unverified: true},
		manifest.Entry{URL: "/feed.json", Hash: manifest.Sum([]byte("1")), Unverified: true},
		manifest.Entry{URL: "/shell", Hash: manifest.Sum([]byte("1")), Unverified: true})
	compare(t, "another origin", find(t, v, "https://cdn.example/lib.js"), "{https://cdn.example/lib.js  0 script  1 0 required [{/ index.html 1 required}]}")
	compare(t, "a rendered file", find(t, v, "/feed.json"), "{/feed.json  0 data  1 0 required [{/ index.html 1 required}]}")
	compare(t, "for nobody", v.Unneeded, "{2 1}")
	compare(t, "not the same", []any{find(t, v, "/one.txt").Same, find(t, v, "/shell").Same, v.Duplicates}, "[  []]") // a revision is no content
}

func TestNothingIsAnInventoryToo(t *testing.T) {
	text, err := json.Marshal(take(t, "/", map[string]string{"-readme.txt": "x"}))
	if want := `{"files":0,"bytes":0,"types":[],"list":[],"pages":[],"spare":0,"unneeded":{"files":0,"bytes":0}}`; err != nil || string(text) != want {
		t.Errorf("%v %s", err, text)
	}
}

// TestSameSiteSameInventory takes it from maps in another order each time.
func TestSameSiteSameInventory(t *testing.T) {
	files := map[string]string{}
	for i := range 60 {
		files[fmt.Sprintf("%02d/index.html", i)] = fmt.Sprintf(`<img src=/%d.png><img src=/%d.png>`, i%7, i%5+10)
		files[fmt.Sprintf("%d.png", i)] = of(fmt.Sprint(i%9), 100)
	}
	first, err := json.Marshal(take(t, "/", files))
	if err != nil {
		t.Fatal(err)
	}
	for range 5 {
		if again, err := json.Marshal(take(t, "/", files)); err != nil || string(again) != string(first) {
			t.Fatalf("%v %s\nafter %s", err, again, first)
		}
	}
}

// BenchmarkTake is a documentation of 10,000 pages that share fifty files.
func BenchmarkTake(b *testing.B) {
	files := map[string]string{}
	head := ""
	for i := range 50 {
		files[fmt.Sprintf("img/%d.png", i)] = fmt.Sprint(i)
		head += fmt.Sprintf(`<img src=/img/%d.png>`, i)
	}
	for i := range 10_000 {
		files[fmt.Sprintf("%d/index.html", i)] = head + fmt.Sprint(i)
	}
	site, entries := make(fstest.MapFS), []manifest.Entry{}
	for name, content := range files {
		site[name] = &fstest.MapFile{Data: []byte(content)}
		entries = append(entries, manifest.Entry{URL: "/" + manifest.URLPath(name), Path: name, Size: int64(len(content)), Hash: manifest.Sum([]byte(content))})
	}
	h, err := host.New("generic", host.Options{Base: "/", Site: site, Has: func(name string) bool { return site[name] != nil }})
	if err != nil {
		b.Fatal(err)
	}
	audited, err := audit.Run(b.Context(), audit.Options{Site: site, Host: h})
	if err != nil {
		b.Fatal(err)
	}
	m := manifest.New("/", entries)
	for b.Loop() {
		inventory.Take(m, audited)
	}
}
