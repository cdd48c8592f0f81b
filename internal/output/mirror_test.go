package output

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/swgen/swgen/internal/compress"
)

func TestMirrorHoldsTheSiteAndTheOutputs(t *testing.T) {
	site := tree(t, map[string]string{
		"index.html": "page", "index.html.gz": "zipped page", "index.html.zst": "page", "css/a.css": "style", "css/a.css.gz": "zipped style",
		".git/config": "secret", ".well-known/x": "x",
	})
	link(t, "css", site, "link")
	link(t, "..", site, "css/loop")
	link(t, "nowhere", site, "broken")
	link(t, os.TempDir(), site, "outside")
	out := filepath.Join(t.TempDir(), "a", "copy")
	mirror := Mirror{Site: site, Dir: out, Mark: "m.json"}
	files := []File{text("m.json", "{}"), text("index.html", "page+"), text("sw.js", "worker")}
	plan, err := Mirror{Site: site, Dir: out, Mark: "m.json", DryRun: true}.Put(context.Background(), files)
	if err != nil || exists(out, "") {
		t.Fatalf("dry run: %v", err)
	}
	changes, err := mirror.Put(context.Background(), files)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, c := range changes {
		names = append(names, c.Path+" "+string(c.State))
	}
	want := []string{
		".well-known/x written", "css/a.css written", "css/a.css.gz written", "link/a.css written", "link/a.css.gz written",
		"m.json written", "index.html written", "index.html.gz written", "sw.js written", "index.html.zst removed",
	}
	if diff := cmp.Diff(want, names); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(plan, changes); diff != "" {
		t.Errorf("the dry run said otherwise: %s", diff)
	}
	holds(t, out, map[string]string{
		"index.html": "page+", "index.html.gz": string(compress.Gzip([]byte("page+"))), "css/a.css": "style", "css/a.css.gz": "zipped style",
		"link/a.css": "style", "link/a.css.gz": "zipped style", ".well-known/x": "x", "m.json": "{}", "sw.js": "worker",
	})
	if read(t, site, "index.html") != "page" || exists(site, "sw.js") {
		t.Error("the site itself was written to")
	}

	if err := os.WriteFile(filepath.Join(out, "CNAME"), []byte("x"), 0o644); err != nil {
		t.Fatal(err)
	}
	changes, err = mirror.Put(context.Background(), files)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range changes {
		if c.State == Written || c.State == Foreign != (c.Path == "CNAME") {
			t.Errorf("the second time %v", c)
		}
	}
}

func TestMirrorRefusesDirectoriesThatItWouldDamage(t *testing.T) {
	top := tree(t, map[string]string{"site/index.html": "page", "full/x": "x", "mine/m.json": "{}", "file": "x"})
	site := filepath.Join(top, "site")
	link(t, site, top, "link")
	for dir, want := range map[string]string{
		"site": " is the site itself", "site/out": " is inside the site", "site/a/b": " is inside the site", "link": " is the site itself",
		"link/x": " is inside the site", ".": " holds the site", "..": " holds the site", "file": " is not a directory",
		"full": " is not empty and holds no m.json: it is no copy that swgen made",
	} {
		full := filepath.Join(top, filepath.FromSlash(dir))
		_, err := Mirror{Site: site, Dir: full, Mark: "m.json"}.Put(context.Background(), nil)
		var refused *RefusedError
		if !errors.As(err, &refused) || refused.Message != full+want || refused.Hint == "" {
			t.Errorf("%s: %v", dir, err)
		}
	}
	for _, m := range []Mirror{{Dir: "mine"}, {Dir: "new"}, {Dir: "full", Force: true}, {Dir: "sites"}} {
		m.Site, m.Dir, m.Mark = site, filepath.Join(top, m.Dir), "m.json"
		if _, err := m.Put(context.Background(), nil); err != nil {
			t.Errorf("%s: %v", m.Dir, err)
		}
	}
	if _, err := (Mirror{Site: site, Dir: site, Force: true}).Put(context.Background(), nil); err == nil {
		t.Error("force took the site itself")
	}
	if read(t, top, "full/x") != "x" {
		t.Error("force damaged what was there")
	}
}

func TestMirrorOfAMissingSite(t *testing.T) {
	if _, err := (Mirror{Site: filepath.Join(t.TempDir(), "x"), Dir: t.TempDir()}).Put(context.Background(), nil); err == nil {
		t.Error("no error")
	}
}
