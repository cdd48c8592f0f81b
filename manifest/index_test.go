package manifest

import (
	"context"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"path"
	"reflect"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/swgen/swgen/internal/finding"
)

// counting counts what is read of a tree.
type counting struct {
	fstest.MapFS
	opened, listed *int
}

func (c counting) Open(name string) (fs.File, error) {
	*c.opened++
	return c.MapFS.Open(name)
}

func (c counting) ReadDir(name string) ([]fs.DirEntry, error) {
	*c.listed++
	return c.MapFS.ReadDir(name)
}

func TestOnlyWhatWasForgottenIsReadAgain(t *testing.T) {
	tree := fstest.MapFS{}
	for i := range 100 {
		tree[fmt.Sprintf("dir%d/page%d.html", i%10, i)] = &fstest.MapFile{Data: []byte(fmt.Sprint(i))}
	}
	var opened, listed int
	options := Options{Index: &Index{}, Workers: 1}
	scan := func() *Manifest {
		opened, listed = 0, 0
		s, err := Scan(t.Context(), counting{tree, &opened, &listed}, options)
		if err != nil {
			t.Fatal(err)
		}
		return s.Manifest
	}
	first := scan()
	if again := scan(); again.Version != first.Version || listed != 0 || opened > 1 { // of the root, for its type
		t.Errorf("%d files were opened and %d directories listed although nothing was forgotten", opened, listed)
	}
	tree["dir3/page3.html"] = &fstest.MapFile{Data: []byte("new")}
	options.Index.Forget("dir3/page3.html")
	if changed := scan(); changed.Version == first.Version || listed != 1 || opened > 2 {
		t.Errorf("%d files were opened and %d directories listed for one change", opened, listed)
	}
}

// TestAScanWithAnIndexIsAsOneWithout changes a tree at random, has what
// changed forgotten, and compares.
func TestAScanWithAnIndexIsAsOneWithout(t *testing.T) {
	for seed := range uint64(60) {
		r := rand.New(rand.NewPCG(seed, 1))
		tree := fstest.MapFS{}
		options := Options{
			MaxFileSize: 40, Exclude: []string{"a/**/x.html", "!a/b/x.html", "never/**"}, Allow: []string{"keys/**"}, Optional: []string{"b/**"},
			IsAlias: func(head []byte) bool { return strings.HasPrefix(string(head), "alias") },
			Index:   &Index{},
		}
		for range 30 {
			for range 1 + r.IntN(4) {
				changed := change(r, tree)
				for _, name := range changed {
					for dir := path.Dir(name); dir != "."; dir = path.Dir(dir) { // in a MapFS, directories go by themselves
						if _, err := fs.Stat(tree, dir); err != nil {
							changed = append(changed, dir)
						}
					}
				}
				options.Index.Forget(changed...)
			}
			compareScans(t, seed, tree, options)
		}
	}
}

func compareScans(t *testing.T, seed uint64, tree fs.FS, options Options) {
	t.Helper()
	got, err := Scan(context.Background(), tree, options)
	if err != nil {
		t.Fatal(err)
	}
	options.Index = nil
	want, err := Scan(context.Background(), tree, options)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range []*Scanned{got, want} {
		slices.SortFunc(s.left, func(a, b leftOut) int { return strings.Compare(a.name, b.name) })
		slices.SortFunc(s.Findings, func(a, b finding.Finding) int { return strings.Compare(a.String(), b.String()) })
	}
	if !reflect.DeepEqual(got, want) {
		t.Fatalf("seed %d:\n%+v\nwithout an index:\n%+v", seed, got, want)
	}
}

// change does something to a tree, and says what has changed.
func change(r *rand.Rand, tree fstest.MapFS) []string {
	dirs := []string{".", "a", "a/b", "b", "keys", "c/d/e"}
	name := func() string {
		return path.Join(dirs[r.IntN(len(dirs))], []string{"x.html", "y.css", "z.png", "k.txt", "f.map", ".hidden", "b"}[r.IntN(7)])
	}
	one := name()
	switch r.IntN(8) {
	case 0:
		delete(tree, one)
	case 1: // a directory goes with all that is in it, or a file
		for other := range tree {
			if other == one || strings.HasPrefix(other, one+"/") {
				delete(tree, other)
			}
		}
	case 2: // a directory moves
		from, to := dirs[1+r.IntN(len(dirs)-1)], dirs[1+r.IntN(len(dirs)-1)]+"/moved"
		for other, file := range tree {
			if strings.HasPrefix(other, from+"/") && !strings.HasPrefix(to+"/", from+"/") {
				delete(tree, other)
				put(tree, to+other[len(from):], file)
			}
		}
		return []string{from, to}
	case 3:
		put(tree, one, &fstest.MapFile{Data: []byte([]string{"../a", "c/d", "../y.css", "gone"}[r.IntN(4)]), Mode: fs.ModeSymlink})
	default:
		content := []string{"one", "two", "alias", "-----BEGIN PRIVATE KEY-----", strings.Repeat("long", 20), ""}[r.IntN(6)]
		put(tree, one, &fstest.MapFile{Data: []byte(content)})
	}
	return []string{one}
}

// put adds a file where no file is its directory and no directory its name.
func put(tree fstest.MapFS, name string, file *fstest.MapFile) {
	for other := range tree {
		if strings.HasPrefix(name, other+"/") || strings.HasPrefix(other, name+"/") {
			return
		}
	}
	tree[name] = file
}
