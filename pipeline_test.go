package swgen_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"math/rand/v2"
	"net/url"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/swgen/swgen"
	"github.com/swgen/swgen/internal/bundle"
	"github.com/swgen/swgen/internal/jsvm"
	"github.com/swgen/swgen/manifest"
	"github.com/swgen/swgen/templates"
)

func site(names ...string) fstest.MapFS {
	files := fstest.MapFS{}
	for _, name := range names {
		files[name] = &fstest.MapFile{Data: []byte("<!doctype html><html><head><title>" + name + "</title></head><body></body></html>")}
	}
	return files
}

func build(t testing.TB, files fs.FS, config swgen.Config) *swgen.Result {
	t.Helper()
	result, err := swgen.Build(context.Background(), files, config)
	if err != nil {
		t.Fatal(err)
	}
	return result
}

func outputs(t testing.TB, r *swgen.Result) map[string]string {
	t.Helper()
	out := make(map[string]string)
	for _, o := range r.Outputs {
		content, err := o.Content()
		if err != nil {
			t.Fatal(err)
		}
		out[o.Path] = string(content)
	}
	return out
}

// ids are the findings as "severity id path".
func ids(r *swgen.Result) (list []string) {
	for _, f := range r.Findings {
		list = append(list, strings.TrimSpace(fmt.Sprintf("%s %s %s", f.Severity, f.ID, f.Path)))
	}
	return list
}

func TestTheWorkerComesLast(t *testing.T) {
	r := build(t, site("index.html", "a/index.html"), swgen.Config{})
	var order []string
	for _, o := range r.Outputs {
		order = append(order, o.Path)
	}
	want := []string{"swgen-register.js", "a/index.html", "index.html", "swgen-manifest.json", "sw.js"}
	if !slices.Equal(order, want) {
		t.Errorf("outputs %q, want %q", order, want)
	}
}

func TestASecondBuildOfTheWrittenSiteChangesNothing(t *testing.T) {
	files := site("index.html", "a/index.html", "img/x.png")
	first := outputs(t, build(t, files, swgen.Config{}))
	for name, content := range first {
		files[name] = &fstest.MapFile{Data: []byte(content)}
	}
	again := build(t, files, swgen.Config{})
	if once := build(t, site("index.html", "a/index.html", "img/x.png"), swgen.Config{}); again.Found != once.Found || len(again.Exclusions) != len(once.Exclusions) {
		t.Errorf("the second build says %v %v, the first %v %v", again.Found, again.Exclusions, once.Found, once.Exclusions)
	}
	for name, content := range outputs(t, again) {
		if first[name] != content {
			t.Errorf("%s differs", name)
		}
	}
}

// B1: the order in which a disk lists its files, the number of workers and
// the time have no say.
func TestSameInputSameBytes(t *testing.T) {
	files := site("index.html", "ä.html", "a b.html", "zz/index.html", "img/a.png", "img/b.png")
	want := outputs(t, build(t, files, swgen.Config{}))
	for i := range 20 {
		got := outputs(t, build(t, shuffled{files}, swgen.Config{}))
		if !maps.Equal(got, want) {
			t.Fatalf("run %d gives other bytes", i)
		}
	}
}

// shuffled lists directories in another order each time.
type shuffled struct{ fs.FS }

func (s shuffled) ReadDir(name string) ([]fs.DirEntry, error) {
	entries, err := fs.ReadDir(s.FS, name)
	rand.Shuffle(len(entries), func(i, j int) { entries[i], entries[j] = entries[j], entries[i] })
	return entries, err
}

func TestBadInputIsNamed(t *testing.T) {
	page := "<!doctype html><html><head></head><body>"
	for _, test := range []struct {
		name   string
		files  map[string]string
		config swgen.Config
		want   []string
	}{
		{"no file", nil, swgen.Config{}, []string{"error empty-site"}},
		{"nothing left", map[string]string{"a.zip": "x"}, swgen.Config{Register: "none"}, []string{"error nothing-precached"}},
		{"a secret", map[string]string{"index.html": page, "backup.sql": "x"}, swgen.Config{}, []string{"error secret backup.sql"}},
		{"a secret that is kept out", map[string]string{"index.html": page, "backup.sql": "x"}, swgen.Config{Exclude: []string{"*.sql"}}, []string{"warning secret backup.sql"}},
		{"a secret that is allowed", map[string]string{"index.html": page, "backup.sql": "x"}, swgen.Config{Allow: []string{"backup.sql"}}, nil},
		{"a key in a text file", map[string]string{"index.html": page, "notes.txt": "-----BEGIN RSA PRIVATE KEY-----"}, swgen.Config{}, []string{"error secret notes.txt"}},
		{"a dotfile that looks secret", map[string]string{"index.html": page, ".env": "x"}, swgen.Config{}, []string{"warning secret .env"}},
		{"useless pattern", map[string]string{"index.html": page}, swgen.Config{Exclude: []string{"nowhere/**"}}, []string{"warning unused-pattern exclude"}},
		{"no pattern", map[string]string{"index.html": page}, swgen.Config{Include: []string{"[a"}}, []string{"error bad-pattern include"}},
		{"a directory as a pattern", map[string]string{"index.html": page}, swgen.Config{Exclude: []string{"drafts/"}}, []string{"error bad-pattern exclude"}},
		{"a value that no option takes", map[string]string{"index.html": page}, swgen.Config{Integrity: "strct", Register: "all"}, []string{"error bad-value integrity", "error bad-value register"}},
		{"two for one URL", map[string]string{"a.html": page, "b.html": page}, swgen.Config{Rewrite: []manifest.Rewrite{{From: "b.html", To: "a.html"}}}, []string{"error two-for-one-url /a.html"}},
		{"extra in the way of a file", map[string]string{"a.html": page}, swgen.Config{Extra: []manifest.Extra{{URL: "/a.html", Revision: "1"}}}, []string{"error two-for-one-url /a.html"}},
		{"extra without revision", map[string]string{"a.html": page}, swgen.Config{Extra: []manifest.Extra{{URL: "/api"}}}, []string{"error no-revision /api"}},
		{"extra that is no URL", map[string]string{"a.html": page}, swgen.Config{Extra: []manifest.Extra{{URL: "ftp://x/y", Revision: "1"}}}, []string{"error bad-url ftp://x/y"}},
		{"templated from nothing", map[string]string{"a.html": page}, swgen.Config{Templated: []manifest.Templated{{URL: "/t", From: []string{"no/*"}}}}, []string{"error unused-pattern templated"}},
		{"dev server", map[string]string{"a.html": page + `<script src="/livereload.js?mindelay=10&v=2&port=1313"></script>`}, swgen.Config{}, []string{"error dev-server a.html"}},
		{"foreign worker", map[string]string{"a.html": page, "sw.js": "importScripts('x')"}, swgen.Config{}, []string{"error foreign-file sw.js"}},
		{"foreign registration", map[string]string{"a.html": page + "<script>navigator.serviceWorker.register('/x.js')</script>"}, swgen.Config{}, []string{"warning foreign-registration a.html"}},
		{"nothing left but the registration script", map[string]string{"a.zip": "x"}, swgen.Config{}, []string{"error nothing-precached"}},
		{"a worker under an old name", map[string]string{"a.html": page, "old.js": "/*swgen*/((MANIFEST)=>{})({});"}, swgen.Config{}, []string{"warning renamed-worker old.js"}},
		{"wide scope", map[string]string{"a.html": page}, swgen.Config{Worker: "js/sw.js", Scope: "/"}, []string{"error wide-scope scope"}},
		{"worker outside", map[string]string{"a.html": page}, swgen.Config{Worker: "../sw.js"}, []string{"error bad-path worker"}},
		{"same path", map[string]string{"a.html": page}, swgen.Config{Worker: "x.js", RegisterScript: "x.js"}, []string{"error same-path worker"}},
		{"over budget", map[string]string{"a.html": page + strings.Repeat("x", 2000)}, swgen.Config{MaxTotalSize: 1000}, []string{"error over-budget"}},
		{"too large and needed", map[string]string{"a.html": page + `<img src="big.png">`, "big.png": strings.Repeat("x", 2000)}, swgen.Config{MaxFileSize: 1800}, []string{"error needed-but-too-large big.png"}},
		{"too large and not needed", map[string]string{"a.html": page, "big.bin": strings.Repeat("x", 2000)}, swgen.Config{MaxFileSize: 1800}, []string{"warning too-large big.bin"}},
		{"missing offline page", map[string]string{"a.html": page}, swgen.Config{OfflinePage: "gone.html"}, []string{"error missing-page offline_page"}},
		{"control character", map[string]string{"a.html": page, "b\n.html": page}, swgen.Config{}, []string{"error bad-name b\n.html"}},
		{"case twins", map[string]string{"a.html": page, "A.html": page}, swgen.Config{}, []string{"warning twin-names a.html"}},
		{"normalisation twins", map[string]string{"\u00e9.html": page, "e\u0301.html": page}, swgen.Config{}, []string{"warning twin-names \u00e9.html"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			files := fstest.MapFS{}
			for name, content := range test.files {
				files[name] = &fstest.MapFile{Data: []byte(content)}
			}
			r := build(t, files, test.config)
			if got := ids(r); !slices.Equal(got, test.want) {
				t.Errorf("found %q, want %q", got, test.want)
			}
			for _, f := range r.Findings {
				if f.Hint == "" {
					t.Errorf("%s has no remedy", f.ID)
				}
			}
			if r.Failed(false) && r.Outputs != nil {
				t.Error("a build that failed has outputs")
			}
		})
	}
}

func TestPagesLoseTheScriptWhenItIsNotInjectedAnyMore(t *testing.T) {
	for _, register := range []string{"none", "file"} {
		files := site("index.html", "a/b/index.html")
		original := string(files["a/b/index.html"].Data)
		for name, content := range outputs(t, build(t, files, swgen.Config{})) {
			files[name] = &fstest.MapFile{Data: []byte(content)}
		}
		out := outputs(t, build(t, files, swgen.Config{Register: register}))
		if out["a/b/index.html"] != original {
			t.Errorf("register %s: the page is %q", register, out["a/b/index.html"])
		}
	}
}

func TestKillRefusesAWorkerOutsideTheSite(t *testing.T) {
	r, err := swgen.Kill(swgen.Config{Worker: "../sw.js"})
	if err != nil || !r.Failed(false) || r.Outputs != nil {
		t.Errorf("got %v, %v", ids(r), err)
	}
}

func TestAnUnreadableSiteIsAnError(t *testing.T) {
	if _, err := swgen.Build(context.Background(), broken{}, swgen.Config{}); !errors.Is(err, fs.ErrPermission) {
		t.Errorf("got %v", err)
	}
}

type broken struct{}

func (broken) Open(name string) (fs.File, error) {
	return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrPermission}
}

func TestACancelledBuildEnds(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := swgen.Build(ctx, site("index.html"), swgen.Config{}); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

// reader evaluates the worker's own modules: what the build packed, as the
// worker reads it.
func reader(t testing.TB) *jsvm.VM {
	t.Helper()
	script, err := bundle.Modules(templates.Modules(), `
		import { unpack, bodyName } from "./manifest";
		import { find } from "./spelling";
		globalThis.read = (packed) => {
			const table = unpack(packed);
			return table.paths().map((path) => [path, bodyName(table, path)]);
		};
		globalThis.lookUp = (packed, paths) => paths.map((path) => find(unpack(packed), path)?.[0] ?? null);
	`, bundle.Options{Constants: map[string]any{"ROOT": "./"}})
	if err != nil {
		t.Fatal(err)
	}
	vm, err := jsvm.New(jsvm.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(vm.Close)
	// The modules know where they are; here that is nowhere.
	if _, err := vm.Eval("here", "var self = { registration: {} }, location = {}; function URL() {}"); err != nil {
		t.Fatal(err)
	}
	if _, err := vm.Eval("modules", "{"+string(script.Code)+"}"); err != nil {
		t.Fatal(err)
	}
	return vm
}

// call calls a global function and reads what it returns.
func call(vm *jsvm.VM, into any, function string, args ...any) error {
	value, err := vm.Global().Call(function, args...)
	if err != nil {
		return err
	}
	text, _ := value.(jsvm.JSON)
	return json.Unmarshal(text, into)
}

// names are lists of files that a site may have, one a line.
var names = []string{
	"index.html", "a/index.html\na.html", "__proto__/index.html\nconstructor.html\ntoString", "a b.html\n100%.html\npct%20lit.html",
	"h#f.html\nq?x=1.html", "it's \"so\".html", "</script>.html", "u\u2028v.html", "ä.html\na\u0308.html", "日本/語.html", "😀.html",
	"back\\slash.html", "`${x}`.js", "a\\u0027b.js", "dir?/x.html\ndir?/y.html", "@x.js\n+y.css\n;z=1,2.png", "a:b.html\nhttp:/x.html",
	strings.Repeat("long/", 40) + "x.html\n" + strings.Repeat("long/", 40) + "y.html", "[a]/{b}.html\n^|~.html", "%2F.html\n%.html\n%%41.html",
}

// named is a site of the listed files; nil when no disk can hold them together.
func named(list string) fstest.MapFS {
	files := fstest.MapFS{}
	for _, name := range strings.Split(list, "\n") {
		if !fs.ValidPath(name) || name == "." {
			return nil
		}
		files[name] = &fstest.MapFile{Data: []byte("content of " + name)}
	}
	for name := range files { // a file cannot be a directory as well
		for other := range files {
			if strings.HasPrefix(other, name+"/") {
				return nil
			}
		}
	}
	return files
}

// Names that are odd but right are not refused: what follows looks at each.
func TestOddNamesAreAccepted(t *testing.T) {
	for _, list := range names {
		files := named(list)
		if files == nil {
			t.Errorf("%q is no site", list)
			continue
		}
		if r := build(t, files, swgen.Config{Register: "none"}); r.Failed(false) || len(r.Manifest.Entries) != len(files) {
			t.Errorf("%q: %d entries, %v", list, len(r.Manifest.Entries), r.Findings)
		}
	}
}

// B4: whatever names a site has, the worker reads what the build listed, finds
// each file under the URL that a browser asks for, and is one expression of
// data: no name becomes code. What is not built is refused by name.
func FuzzNamesReachTheWorker(f *testing.F) {
	for _, list := range names {
		f.Add(list)
	}
	vm := reader(f)
	f.Fuzz(func(t *testing.T, list string) {
		files := named(list)
		if files == nil {
			return
		}
		r := build(t, files, swgen.Config{Register: "none"})
		if r.Failed(false) {
			if f := r.Findings[0]; f.Path == "" && f.ID != "nothing-precached" || f.Hint == "" {
				t.Errorf("refused without a name or a remedy: %v", f)
			}
			return
		}
		worker := outputs(t, r)["sw.js"]
		if read := bundle.Imports([]string{worker})[0]; read.Broken != "" {
			t.Fatalf("the worker is no JavaScript: line %d: %s", read.Line, read.Broken)
		}
		// The data is JSON for Go, and for JavaScript the same.
		var packed map[string]any
		if err := json.Unmarshal(r.Worker.Manifest, &packed); err != nil {
			t.Fatal(err)
		}
		if !strings.HasSuffix(worker, "})("+string(r.Worker.Manifest)+");\n") {
			t.Fatal("code and data are mixed")
		}
		var read [][2]string
		if err := call(vm, &read, "read", json.RawMessage(r.Worker.Manifest)); err != nil {
			t.Fatal(err)
		}
		var got, want, asked []string
		for _, pair := range read {
			name, err := url.PathUnescape(pair[0])
			if err != nil {
				t.Fatalf("%q: %v", pair[0], err)
			}
			got = append(got, name+" "+pair[1][:12])
		}
		for _, e := range r.Manifest.Entries {
			u, err := url.Parse(e.URL)
			if err != nil {
				t.Fatalf("%q: %v", e.URL, err)
			}
			want = append(want, u.Path[1:]+" "+e.Hash.String())
			asked = append(asked, e.URL[1:])
		}
		slices.Sort(got)
		slices.Sort(want)
		if !slices.Equal(got, want) {
			t.Errorf("the worker reads %q, want %q", got, want)
		}
		var found []*string
		if err := call(vm, &found, "lookUp", json.RawMessage(r.Worker.Manifest), asked); err != nil {
			t.Fatal(err)
		}
		for i, path := range found {
			if path == nil {
				t.Errorf("the worker does not find %q", asked[i])
				continue
			}
			a, _ := url.PathUnescape(*path)
			b, _ := url.PathUnescape(asked[i])
			if a != b {
				t.Errorf("%q finds %q", asked[i], *path)
			}
		}
	})
}

func TestManifestRoundTrip(t *testing.T) {
	r := build(t, site("index.html", "a'b.html", "img/ü.png"), swgen.Config{Extra: []manifest.Extra{{URL: "https://cdn.example/x.css", Revision: "1"}}})
	text := r.Manifest.Encode()
	back, err := manifest.Decode(text)
	if err != nil {
		t.Fatal(err)
	}
	if again := back.Encode(); !bytes.Equal(text, again) {
		t.Errorf("reading and writing changes the manifest:\n%s\n%s", text, again)
	}
	var plain manifest.Manifest // what any reader of JSON sees
	if err := json.Unmarshal(text, &plain); err != nil || len(plain.Entries) != len(r.Manifest.Entries) {
		t.Errorf("not the JSON of its types: %v", err)
	}
	edited := bytes.Replace(text, []byte("a'b.html"), []byte("a'c.html"), 1)
	if _, err := manifest.Decode(edited); err == nil {
		t.Error("an edited manifest was accepted")
	}
}
