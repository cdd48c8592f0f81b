package templates_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io/fs"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/andybalholm/brotli"
	"github.com/evanw/esbuild/pkg/api"

	"github.com/swgen/swgen/manifest"
	"github.com/swgen/swgen/strategies"
	"github.com/swgen/swgen/templates"
)

// usual is the Spec of a site without any configuration.
func usual() strategies.Spec {
	spec := strategies.Spec{}
	for _, class := range []manifest.Class{manifest.Style, manifest.Script, manifest.Font, manifest.Wasm} {
		spec.Strict = append(spec.Strict, manifest.Extensions(class)...)
	}
	return spec
}

func changed(change func(*strategies.Spec)) strategies.Spec {
	spec := usual()
	change(&spec)
	return spec
}

func route(r strategies.Route) strategies.Spec {
	return changed(func(s *strategies.Spec) { s.Routes = []strategies.Route{r} })
}

func render(t testing.TB, spec strategies.Spec, o templates.Options) *templates.Code {
	t.Helper()
	spec, findings := strategies.Resolve(spec)
	if len(findings) > 0 {
		t.Fatal(findings)
	}
	code, err := templates.Render(spec, o)
	if err != nil {
		t.Fatal(err)
	}
	return code
}

// specs has each feature by itself.
var specs = map[string]strategies.Spec{
	"usual":                  usual(),
	"wait":                   changed(func(s *strategies.Spec) { s.Update = strategies.Wait }),
	"prompt":                 changed(func(s *strategies.Spec) { s.Update = strategies.Prompt }),
	"ranges":                 changed(func(s *strategies.Spec) { s.Ranges = true }),
	"extra":                  changed(func(s *strategies.Spec) { s.Extra = true }),
	"keep_query":             changed(func(s *strategies.Spec) { s.KeepQuery = []string{"search/**"} }),
	"page":                   changed(func(s *strategies.Spec) { s.Offline = &strategies.Page{Path: "404.html", Status: 404} }),
	"cache-first":            route(strategies.Route{Strategy: strategies.CacheFirst}),
	"network-first":          route(strategies.Route{Strategy: strategies.NetworkFirst, Timeout: time.Second}),
	"stale-while-revalidate": route(strategies.Route{Strategy: strategies.StaleWhileRevalidate}),
	"network-only":           route(strategies.Route{Strategy: strategies.NetworkOnly, Path: "x/**"}),
	"cache-only":             route(strategies.Route{Strategy: strategies.CacheOnly}),
}

// TestNoCodeOfUnusedFeatures looks for what only one module says.
func TestNoCodeOfUnusedFeatures(t *testing.T) {
	routed := []string{"cache-first", "network-first", "stale-while-revalidate", "network-only", "cache-only"}
	for _, mark := range []struct {
		text string
		in   []string // the specs that have it
	}{
		{"content-range", []string{"ranges"}},
		{"SKIP_WAITING", []string{"prompt"}},
		{"x-swgen-stored-at", routed},
		{"route ", routed},
		{"Promise.race", []string{"network-first"}},
		{"new RegExp(\"^(?:", []string{"keep_query", "network-only"}},
		{"search/", []string{"keep_query"}},
		{"404.html", []string{"page"}},
	} {
		for name, spec := range specs {
			code := string(render(t, spec, templates.Options{}).Bytes())
			if has, want := strings.Contains(code, mark.text), slices.Contains(mark.in, name); has != want {
				t.Errorf("%q in the code of %s: %v", mark.text, name, has)
			}
		}
	}
	for _, mark := range []struct {
		text    string
		without string
	}{
		{"skipWaiting", "wait"},
		{"You are offline", "page"},
	} {
		for name, spec := range specs {
			code := string(render(t, spec, templates.Options{}).Bytes())
			if has, want := strings.Contains(code, mark.text), name != mark.without; has != want {
				t.Errorf("%q in the code of %s: %v", mark.text, name, has)
			}
		}
	}
}

// TestOnlyTheModulesOfASpec lists the modules that readable code is made of.
func TestOnlyTheModulesOfASpec(t *testing.T) {
	base := modules(t, usual())
	for _, always := range []string{"start", "install", "precache", "update-fresh"} {
		if !slices.Contains(base, always) {
			t.Fatalf("the modules %v lack %s", base, always)
		}
	}
	for name, spec := range specs {
		var more, less []string
		got := modules(t, spec)
		for _, m := range got {
			if !slices.Contains(base, m) {
				more = append(more, m)
			}
		}
		for _, m := range base {
			if !slices.Contains(got, m) {
				less = append(less, m)
			}
		}
		want := map[string]string{
			"usual": "[] []", "page": "[] []", "ranges": "[range] []", "extra": "[extra] []", "keep_query": "[extra] []",
			"wait": "[] [update-fresh]", "prompt": "[update-prompt] [update-fresh]",
		}[name]
		if spec.Routes != nil {
			want = fmt.Sprint(sorted("routes", "shelf", name), " []")
		}
		if got := fmt.Sprint(sorted(more...), less); got != want {
			t.Errorf("%s: more and less than usual is %s, want %s", name, got, want)
		}
	}
}

func sorted(s ...string) []string {
	slices.Sort(s)
	return s
}

var moduleComment = regexp.MustCompile(`(?m)^\s*// modules:(\S+)\.ts$`)

func modules(t *testing.T, spec strategies.Spec) (names []string) {
	for _, m := range moduleComment.FindAllStringSubmatch(string(render(t, spec, templates.Options{Debug: true}).Bytes()), -1) {
		names = append(names, m[1])
	}
	return names
}

// TestSize holds the worker of a site without configuration below its budget.
func TestSize(t *testing.T) {
	const budget = 3000
	for name, spec := range specs {
		code := render(t, spec, templates.Options{})
		var small bytes.Buffer
		w := brotli.NewWriterLevel(&small, brotli.BestCompression)
		w.Write(code.Bytes())
		w.Close()
		t.Logf("%-22s %5d bytes, %4d with brotli", name, code.Size(), small.Len())
		if name == "usual" && small.Len() > budget {
			t.Errorf("the usual worker is %d bytes with brotli, more than %d", small.Len(), budget)
		}
		if code.Size() != len(code.Bytes()) {
			t.Errorf("Size says %d of %d bytes", code.Size(), len(code.Bytes()))
		}
	}
}

func TestSameSpecSameBytes(t *testing.T) {
	for name, spec := range specs {
		for _, o := range []templates.Options{{}, {Debug: true}, {SourceMap: true}} {
			first := render(t, spec, o)
			var all sync.WaitGroup
			for range 3 {
				all.Go(func() {
					again := render(t, spec, o)
					if !bytes.Equal(first.Bytes(), again.Bytes()) || !bytes.Equal(first.Map, again.Map) {
						t.Errorf("%s %+v: two renderings differ", name, o)
					}
				})
			}
			all.Wait()
		}
	}
}

var strategyExport = regexp.MustCompile(`(?m)^export const (\w+): Strategy\b`)

// TestAModuleForEachStrategy: modules and declared strategies are one to one.
func TestAModuleForEachStrategy(t *testing.T) {
	declared := make(map[string]string)
	for _, s := range strategies.All() {
		if s.Name == strategies.Precache {
			continue
		}
		camel := regexp.MustCompile("-.").ReplaceAllStringFunc(string(s.Name), func(m string) string { return strings.ToUpper(m[1:]) })
		declared[string(s.Name)+".ts"] = camel
	}
	found := make(map[string]string)
	entries, err := fs.ReadDir(templates.Modules(), ".")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		text, err := fs.ReadFile(templates.Modules(), e.Name())
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range strategyExport.FindAllStringSubmatch(string(text), -1) {
			if found[e.Name()] != "" {
				t.Errorf("%s exports two strategies", e.Name())
			}
			found[e.Name()] = m[1]
		}
	}
	for file, name := range declared {
		if found[file] != name {
			t.Errorf("%s exports %q, want %s", file, found[file], name)
		}
	}
	for file := range found {
		if declared[file] == "" {
			t.Errorf("%s is a strategy that package strategies does not declare", file)
		}
	}
}

// TestEveryModuleIsUsed: what no worker and no script needs is litter.
func TestEveryModuleIsUsed(t *testing.T) {
	used := make(map[string]bool)
	note := func(code []byte) {
		for _, m := range moduleComment.FindAllSubmatch(code, -1) {
			used[string(m[1])+".ts"] = true
		}
	}
	debug := templates.Options{Debug: true}
	for _, spec := range specs {
		note(render(t, spec, debug).Bytes())
	}
	kill, err := templates.Kill("./", debug)
	if err != nil {
		t.Fatal(err)
	}
	note(kill.Bytes())
	unregister, err := templates.Unregister(debug)
	if err != nil {
		t.Fatal(err)
	}
	note(unregister)
	script, err := templates.Register(templates.Registration{Worker: "./sw.js", Scope: "./", Update: strategies.Prompt}, debug)
	if err != nil {
		t.Fatal(err)
	}
	note(script)
	files, _ := fs.Glob(templates.Modules(), "*.ts")
	for _, file := range files {
		if !used[file] {
			t.Errorf("no code holds %s", file)
		}
	}
}

// TestSourceMap follows places of the code back to the modules.
func TestSourceMap(t *testing.T) {
	for name, spec := range specs {
		for _, debug := range []bool{false, true} {
			code := render(t, spec, templates.Options{Debug: debug, SourceMap: true})
			places := decode(t, code.Map)
			checked := 0
			lines := strings.Split(string(code.With([]byte(`{"v":"x","p":"","h":""}`))), "\n")
			for _, needle := range []string{"throw new Error(", "respondWith(", "navigator.locks.request(", "matchAll(", `"content-range"`, "bytes ", "skipWaiting(", "Promise.race(", "new WeakMap"} {
				for y, line := range lines {
					for x := 0; ; x++ {
						i := strings.Index(line[x:], needle)
						if i < 0 {
							break
						}
						x += i
						source, text, ok := places.at(y, x)
						if !ok || !strings.Contains(text, strings.TrimSuffix(strings.Trim(needle, `"`), "(")) {
							t.Errorf("%s: %d:%d %q is traced to %s: %q", name, y+1, x+1, needle, source, text)
						}
						checked++
					}
				}
			}
			if checked < 4 {
				t.Errorf("%s: only %d places found", name, checked)
			}
			for i, source := range places.Sources {
				file := source[strings.LastIndex(source, ":")+1:]
				text, err := fs.ReadFile(templates.Modules(), file)
				if file != "entry.ts" && (err != nil || string(text) != places.SourcesContent[i]) {
					t.Errorf("%s: source %s is not the module (%v)", name, source, err)
				}
			}
		}
	}
}

// places is a decoded source map; see https://tc39.es/ecma426/.
type places struct {
	Version        int      `json:"version"`
	Sources        []string `json:"sources"`
	SourcesContent []string `json:"sourcesContent"`
	Mappings       string   `json:"mappings"`
	lines          [][]place
}

type place struct{ column, source, line int }

func decode(t *testing.T, sourceMap []byte) *places {
	t.Helper()
	var p places
	if err := json.Unmarshal(sourceMap, &p); err != nil || p.Version != 3 || len(p.SourcesContent) != len(p.Sources) {
		t.Fatalf("version %d, %d sources, %d texts: %v", p.Version, len(p.Sources), len(p.SourcesContent), err)
	}
	const digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
	var source, line int
	for group := range strings.SplitSeq(p.Mappings, ";") {
		var list []place
		column := 0
		for segment := range strings.SplitSeq(group, ",") {
			var fields []int
			value, shift := 0, 0
			for _, c := range segment {
				digit := strings.IndexRune(digits, c)
				if value |= digit & 31 << shift; digit&32 != 0 {
					shift += 5
					continue
				}
				if value&1 != 0 {
					value = -value
				}
				fields = append(fields, value/2)
				value, shift = 0, 0
			}
			if len(fields) < 4 {
				continue
			}
			column, source, line = column+fields[0], source+fields[1], line+fields[2]
			list = append(list, place{column, source, line})
		}
		p.lines = append(p.lines, list)
	}
	return &p
}

// at is the source line of a place in the code.
func (p *places) at(line, column int) (source, text string, ok bool) {
	if line >= len(p.lines) {
		return "", "", false
	}
	for _, one := range slices.Backward(p.lines[line]) {
		if one.column <= column {
			lines := strings.Split(p.SourcesContent[one.source], "\n")
			return fmt.Sprintf("%s:%d", p.Sources[one.source], one.line+1), lines[one.line], true
		}
	}
	return "", "", false
}

// TestReadable: debug output keeps names and lines.
func TestReadable(t *testing.T) {
	code := string(render(t, specs["ranges"], templates.Options{Debug: true}).Bytes())
	if lines := strings.Count(code, "\n"); lines < 300 {
		t.Errorf("only %d lines", lines)
	}
	for _, name := range []string{"bodyName", "storedNames", "noteClient", "ranged"} {
		if !strings.Contains(code, name) {
			t.Errorf("%s is gone", name)
		}
	}
	if small := render(t, specs["ranges"], templates.Options{}); bytes.Contains(small.Bytes(), []byte("storedNames")) {
		t.Error("names are left in minified code")
	}
	mustParse(t, "debug", []byte(code))
}

// mustParse asks esbuild whether a script is one, and whether what looks
// like an attack in it is only text.
func mustParse(t *testing.T, name string, script []byte) {
	t.Helper()
	result := api.Transform(string(script), api.TransformOptions{Loader: api.LoaderJS, Define: map[string]string{"alert": "INJECTED"}})
	for _, e := range append(result.Errors, result.Warnings...) {
		t.Errorf("%s: %s at %+v", name, e.Text, e.Location)
	}
	if bytes.Contains(result.Code, []byte("INJECTED")) {
		t.Errorf("%s: a name became code", name)
	}
}

var attacks = []string{
	`");alert(1);("`, `');alert(1);('`, "`);alert(1);(`", "${alert(1)}", `\");alert(1)//`, "</script><script>alert(1)</script>", "*/alert(1)/*",
	"\u2028alert(1)//", "\u2029alert(1)//", "__proto__", "constructor", "//alert(1)", "<!--alert(1)", "-->alert(1)", `\u0022);alert(1)//`, "🏝", "caf\u0065\u0301", "$&$1",
}

// TestHostileManifests: names cannot become code.
func TestHostileManifests(t *testing.T) {
	for _, o := range []templates.Options{{}, {Debug: true}} {
		code := render(t, usual(), o)
		var all []manifest.Entry
		for _, attack := range attacks {
			entries := []manifest.Entry{{URL: "/" + manifest.URLPath(attack), Path: attack}, {URL: "/raw/" + attack, Path: attack}}
			all = append(all, entries...)
			packed, err := manifest.New("/", entries).Pack()
			if err != nil || !json.Valid(packed) {
				t.Fatalf("%q: %v", attack, err)
			}
			mustParse(t, attack, code.With(packed))
		}
		packed, err := manifest.New("/", all).Pack()
		if err != nil {
			t.Fatal(err)
		}
		mustParse(t, "all", code.With(packed))
	}
}

// TestHostileConfiguration: what a configuration says cannot become code either.
func TestHostileConfiguration(t *testing.T) {
	for _, attack := range attacks {
		escaped := regexp.MustCompile(`[\\*?\[\]{}]`).ReplaceAllString(attack, `\$0`)
		spec := changed(func(s *strategies.Spec) {
			s.Root = "../"
			s.Offline = &strategies.Page{Path: attack, Status: 503}
			s.KeepQuery = []string{escaped}
			s.Routes = []strategies.Route{{Strategy: strategies.CacheFirst, Path: escaped, Host: attack, Cache: attack, Destination: []string{attack}}}
		})
		mustParse(t, attack, render(t, spec, templates.Options{}).Bytes())
		mustParse(t, attack, render(t, spec, templates.Options{Debug: true}).Bytes())
		script, err := templates.Register(templates.Registration{
			Worker: attack, Scope: attack, Update: strategies.Prompt,
			Texts: templates.Texts{Message: attack, Accept: attack, Dismiss: attack, Lang: attack},
		}, templates.Options{})
		if err != nil {
			t.Fatal(err)
		}
		mustParse(t, attack, script)
	}
}

// TestMark: a build knows its own files by their beginning.
func TestMark(t *testing.T) {
	for name, spec := range specs {
		for _, o := range []templates.Options{{}, {Debug: true}, {SourceMap: true}} {
			if !bytes.HasPrefix(render(t, spec, o).Bytes(), []byte(templates.Mark)) {
				t.Errorf("%s %+v: no mark", name, o)
			}
		}
	}
}
