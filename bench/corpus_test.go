package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

func written(t *testing.T, c corpus) map[string]string {
	t.Helper()
	dir, err := c.write(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	files := make(map[string]string)
	err = filepath.WalkDir(dir, func(name string, e os.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		b, err := os.ReadFile(name)
		rel, _ := filepath.Rel(dir, name)
		files[filepath.ToSlash(rel)] = string(b)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func TestCorpusHasAsManyFilesAsAsked(t *testing.T) {
	for _, n := range []int{minCorpus, 333} {
		if got := len(written(t, corpus{files: n})); got != n {
			t.Errorf("%d files, want %d", got, n)
		}
	}
}

func TestCorpusIsTheSameEachTime(t *testing.T) {
	c := corpus{files: 100}
	a, b := written(t, c), written(t, c)
	for name := range a {
		if a[name] != b[name] {
			t.Errorf("%s differs", name)
		}
	}
}

func TestLargeCorporaFindNamesForAllFiles(t *testing.T) {
	p := corpus{files: 100_000}.plan()
	folded := make(map[string]string)
	for _, f := range p.files {
		key := strings.ToLower(f.path)
		if folded[key] != "" {
			t.Errorf("%s and %s differ in case only", f.path, folded[key])
		}
		folded[key] = f.path
	}
	// A folder cannot have a file's name.
	for _, f := range p.files {
		if other := folded[strings.ToLower(path.Dir(f.path))]; other != "" {
			t.Errorf("%s is a file, and the folder of %s", other, f.path)
		}
	}
}

func TestSecondVersionChangesAsManyFilesAsAsked(t *testing.T) {
	const changed = 30
	old, now := written(t, corpus{files: 200}), written(t, corpus{files: 200, changed: changed})
	n := 0
	for name, content := range now {
		if old[name] != content {
			n++
		}
	}
	if n != changed || len(now) != len(old) {
		t.Errorf("%d of %d files are new, want %d of %d", n, len(now), changed, len(old))
	}
}

func TestEveryLinkOfEveryPageLeadsToAFile(t *testing.T) {
	links := regexp.MustCompile(`(?:href|src)="([^"]*)"`)
	for _, c := range []corpus{{files: 200}, {files: 200, changed: 60}} {
		files := written(t, c)
		for name, content := range files {
			if path.Ext(name) != ".html" {
				continue
			}
			if !bytes.HasSuffix([]byte(content), []byte("</html>\n")) {
				t.Errorf("%s is cut off", name)
			}
			for _, m := range links.FindAllStringSubmatch(content, -1) {
				target := strings.TrimPrefix(m[1], "/")
				if target == "" || strings.HasSuffix(target, "/") {
					target += "index.html"
				}
				if _, ok := files[target]; !ok {
					t.Errorf("%s links to %s, which is no file", name, m[1])
				}
			}
		}
	}
}

func TestDataFilesAreValidJSON(t *testing.T) {
	for name, content := range written(t, corpus{files: 200}) {
		if path.Ext(name) == ".json" && !json.Valid([]byte(content)) {
			t.Errorf("%s is not JSON", name)
		}
	}
}

func TestSizesAreThoseOfTheRecipe(t *testing.T) {
	p := corpus{files: 2000}.plan()
	var all []int
	sum := 0
	for i := range p.files {
		n := len(p.content(nil, i))
		all = append(all, n)
		sum += n
	}
	slices.Sort(all)
	if mean := sum / len(all); mean < 15_000 || mean > 25_000 {
		t.Errorf("mean of %d bytes", mean)
	}
	// Log-normal: half of the files are well below the mean.
	if mid := all[len(all)/2]; mid < 8_000 || mid > 15_000 {
		t.Errorf("median of %d bytes", mid)
	}
}
