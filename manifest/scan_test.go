package manifest

import (
	"context"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

func files(names ...string) fstest.MapFS {
	tree := fstest.MapFS{}
	for _, name := range names {
		tree[name] = &fstest.MapFile{Data: []byte("content of " + name)}
	}
	return tree
}

func scan(t *testing.T, tree fs.FS, o Options) *Scanned {
	t.Helper()
	s, err := Scan(context.Background(), tree, o)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func paths(s *Scanned) (list []string) {
	for _, e := range s.Manifest.Entries {
		list = append(list, e.Path)
	}
	slices.Sort(list)
	return list
}

func urls(s *Scanned) (list []string) {
	for _, e := range s.Manifest.Entries {
		list = append(list, e.URL)
	}
	return list
}

func found(s *Scanned) (list []string) {
	for _, f := range s.Findings {
		list = append(list, fmt.Sprint(f.Severity, " ", f.ID, " ", f.Path))
	}
	return list
}

func equal(t *testing.T, what string, got, want any) {
	t.Helper()
	if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

func TestDefaultRulesLeaveOutWhatNoPageLoads(t *testing.T) {
	in := []string{
		"index.html", "a/index.html", "app.js", "style.css", "data.json", "hashmap.js", "x.xml", "docs/functions/index.html",
		"version.json", "builds/index.html", "img/a.svg", "site.webmanifest", "docs/robots.txt",
		"sitemap-guide.html", "sitemap-x/index.html", "race/stats.html",
	}
	out := []string{
		"app.js.map", "app.js.gz", "app.js.br", "_headers", "_redirects", "netlify.toml", "CNAME", "robots.txt", "sitemap.xml",
		"sitemap-0.xml", "index.xml", "a/index.xml", "feed.json", ".nojekyll", ".well-known/x.txt", ".DS_Store", "main.js.LICENSE.txt",
		"_app/version.json", "_nuxt/builds/latest.json", "a.zip", "a.pdf", "Thumbs.db", "a.html~", "node_modules/x/index.js",
		"_sources/a.txt", "hashmap.json", ".vite/manifest.json", "stats.html", "sitemap-pages.txt", "docs/sitemap-1.xml.gz",
	}
	s := scan(t, files(append(slices.Clone(in), out...)...), Options{})
	slices.Sort(in)
	equal(t, "entries", paths(s), in)
	left := 0
	for _, x := range s.Exclusions {
		left += x.Files
		if x.Reason == "" {
			t.Errorf("rule %s has no reason", x.Rule)
		}
	}
	equal(t, "files left out", left, len(out))
}

func TestWhatIsLeftOutByDefault(t *testing.T) {
	for name, want := range map[string]bool{
		"app.js": false, "app.js.map": true, "_app/version.json": true, "a/_sources/b.txt": true, "a/b.js": false, ".well-known/x.json": true,
	} {
		if got := LeftOutByDefault(name); got != want {
			t.Errorf("%s: %t", name, got)
		}
	}
}

func TestTheLastPatternDecides(t *testing.T) {
	tree := files("index.html", "a.pdf", "b.pdf", "drafts/x.html", "drafts/keep.html", ".well-known/app.json", "node_modules/x.js")
	s := scan(t, tree, Options{Exclude: []string{"drafts/**", "!drafts/keep.html", "!a.pdf", "!.well-known/**"}})
	equal(t, "entries", paths(s), []string{".well-known/app.json", "a.pdf", "drafts/keep.html", "index.html"})
}

func TestIncludeLimits(t *testing.T) {
	s := scan(t, files("index.html", "a.css", "b.js", "a.pdf"), Options{Include: []string{"**/*.html", "*.css"}})
	equal(t, "entries", paths(s), []string{"a.css", "index.html"})
	equal(t, "findings", found(s), []string{})
}

func TestURLsAreThoseOfVisitors(t *testing.T) {
	s := scan(t, files("index.html", "a/index.html", "b.html", "c d.html", "ü/index.html", "100%.html", "e#f?.html", "it's.html", `b\s.html`, "^.html", "[x]|.html"),
		Options{Base: "/repo/"})
	equal(t, "URLs", urls(s), []string{
		"/repo/", "/repo/%5E.html", "/repo/%C3%BC/", "/repo/100%25.html", "/repo/[x]|.html", "/repo/a/",
		"/repo/b%5Cs.html", "/repo/b.html", "/repo/c%20d.html", "/repo/e%23f%3F.html", "/repo/it's.html",
	})
}

func TestSymbolicLinks(t *testing.T) {
	dir := t.TempDir()
	outside := filepath.Join(t.TempDir(), "secret.html")
	write(t, outside, "outside")
	for _, name := range []string{"index.html", "real/page.html", "real/deep/x.html"} {
		write(t, filepath.Join(dir, name), name)
	}
	for link, target := range map[string]string{
		"alias.html":      "real/page.html",
		"linked":          "real",
		"chain.html":      "alias.html",
		"out.html":        outside,
		"up.html":         "../" + filepath.Base(filepath.Dir(outside)) + "/secret.html",
		"dangling.html":   "nowhere.html",
		"circle.html":     "circle2.html",
		"circle2.html":    "circle.html",
		"real/loop":       "..",
		"real/deep/again": "../deep",
	} {
		if err := os.Symlink(target, filepath.Join(dir, link)); err != nil {
			t.Fatal(err)
		}
	}
	s := scan(t, os.DirFS(dir), Options{})
	equal(t, "entries", paths(s), []string{
		"alias.html", "chain.html", "index.html", "linked/deep/x.html", "linked/page.html", "real/deep/x.html", "real/page.html",
	})
	equal(t, "findings", found(s), []string{
		"warning broken-symlink circle.html", "warning broken-symlink circle2.html", "warning broken-symlink dangling.html",
		"warning escaping-symlink out.html", "warning escaping-symlink up.html",
		"warning symlink-loop linked/deep/again", "warning symlink-loop linked/loop",
		"warning symlink-loop real/deep/again", "warning symlink-loop real/loop",
	})
}

func TestALinkAtTheRootOfTheTreeIsNoLoop(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "a/b/c.html"), "c")
	if err := os.Symlink("a/b", filepath.Join(dir, "short")); err != nil {
		t.Fatal(err)
	}
	s := scan(t, os.DirFS(dir), Options{})
	equal(t, "entries", paths(s), []string{"a/b/c.html", "short/c.html"})
	equal(t, "findings", found(s), []string{})
}

func TestUnreadableFilesAndDirectoriesAreErrors(t *testing.T) {
	s := scan(t, denied{files("index.html", "locked.html", "cut.html", "closed/x.html")}, Options{})
	equal(t, "findings", found(s), []string{"error unreadable closed", "error unreadable cut.html", "error unreadable locked.html"})
}

// denied refuses some files, as a disk may to anyone but root.
type denied struct{ fs.FS }

func (d denied) ReadDir(name string) ([]fs.DirEntry, error) {
	if name == "closed" {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrPermission}
	}
	return fs.ReadDir(d.FS, name)
}

func (d denied) Open(name string) (fs.File, error) {
	if name == "locked.html" {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrPermission}
	}
	f, err := d.FS.Open(name)
	if name == "cut.html" {
		return &cut{File: f}, err
	}
	return f, err
}

// cut fails after its first bytes.
type cut struct {
	fs.File
	read bool
}

func (c *cut) Read(p []byte) (int, error) {
	if c.read {
		return 0, io.ErrUnexpectedEOF
	}
	c.read = true
	return copy(p, "some"), nil
}

func TestTheVersionIsThatOfTheContent(t *testing.T) {
	first := scan(t, files("index.html", "a.css"), Options{}).Manifest.Version
	if again := scan(t, files("a.css", "index.html"), Options{Workers: 7}).Manifest.Version; again != first {
		t.Error("the same content has two versions")
	}
	changed := files("index.html", "a.css")
	changed["a.css"].Data[0]++
	renamed := files("index.html")
	renamed["b.css"] = files("a.css")["a.css"]
	for what, tree := range map[string]fs.FS{"changed": changed, "renamed": renamed, "removed": files("index.html")} {
		if scan(t, tree, Options{}).Manifest.Version == first {
			t.Errorf("a %s file does not change the version", what)
		}
	}
}

func TestAThousandFilesInOneDirectory(t *testing.T) {
	tree := fstest.MapFS{}
	for i := range 1000 {
		tree[fmt.Sprintf("d/%04d.js", i)] = &fstest.MapFile{Data: []byte(strings.Repeat("x", i))}
	}
	s := scan(t, tree, Options{Workers: 3})
	equal(t, "entries", len(s.Manifest.Entries), 1000)
	for _, e := range s.Manifest.Entries {
		if want := Sum(tree[e.Path].Data); e.Hash != want || e.Size != int64(len(tree[e.Path].Data)) {
			t.Fatalf("%s: hash %s size %d", e.Path, e.Hash, e.Size)
		}
	}
}

func TestExtraTemplatedAndRewrite(t *testing.T) {
	tree := files("index.html", "a.html", "part/head.html", "part/foot.html", "dist/app.js")
	o := Options{
		Base:      "/repo/",
		Extra:     []Extra{{URL: "api/start?lang=en", Revision: "7"}, {URL: "/elsewhere.json", Revision: "1"}, {URL: "https://cdn.example/x.css", Revision: "1"}},
		Templated: []Templated{{URL: "shell", From: []string{"part/*.html"}}, {URL: "greeting", Text: "hello"}},
		Rewrite:   []Rewrite{{From: "dist/", To: "static/"}, {From: "dist/app", To: "js/app"}},
	}
	s := scan(t, tree, o)
	equal(t, "findings", found(s), []string{})
	equal(t, "URLs", urls(s), []string{
		"/elsewhere.json", "/repo/", "/repo/a.html", "/repo/api/start?lang=en", "/repo/greeting", "/repo/js/app.js",
		"/repo/part/foot.html", "/repo/part/head.html", "/repo/shell", "https://cdn.example/x.css",
	})
	hash := func(s *Scanned, url string) Hash {
		i := slices.IndexFunc(s.Manifest.Entries, func(e Entry) bool { return e.URL == url })
		return s.Manifest.Entries[i].Hash
	}
	tree["part/foot.html"].Data = []byte("new")
	o.Templated[1].Text = "hello"
	o.Extra[0].Revision = "8"
	after := scan(t, tree, o)
	for url, changes := range map[string]bool{"/repo/shell": true, "/repo/greeting": false, "/repo/api/start?lang=en": true, "/repo/a.html": false} {
		if (hash(s, url) != hash(after, url)) != changes {
			t.Errorf("%s: changed is not %v", url, changes)
		}
	}
}

func TestTiers(t *testing.T) {
	s := scan(t, files("index.html", "a.css", "a.png", "logo.png", "blog/x.html"), Options{Optional: []string{"blog/**", "logo.png"}, Critical: []string{"logo.png"}})
	var optional []string
	for _, e := range s.Manifest.Entries {
		if e.Optional {
			optional = append(optional, e.Path)
		}
	}
	equal(t, "optional", optional, []string{"a.png", "blog/x.html"})
}

func TestSizes(t *testing.T) {
	for text, want := range map[string]Size{"5MB": 5e6, "512 kB": 512e3, "1MiB": 1 << 20, "7": 7, "1.5k": 1500, "0": 0} {
		if got, err := ParseSize(text); err != nil || got != want {
			t.Errorf("%s is %d, %v", text, got, err)
		}
	}
	for _, text := range []string{"", "MB", "-1", "5 apples", "1e400", "NaN"} {
		if got, err := ParseSize(text); err == nil {
			t.Errorf("%q was read as %d", text, got)
		}
	}
	for _, size := range []Size{0, 1, 999, 1000, 1500, 5e6, 5 << 20, 1e9} {
		if back, err := ParseSize(size.String()); err != nil || back != size {
			t.Errorf("%s is read as %d, %v", size, back, err)
		}
	}
}

func write(t *testing.T, name, content string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
}
