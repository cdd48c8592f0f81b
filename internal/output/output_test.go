package output

import (
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestOnlyWhatDiffersIsWritten(t *testing.T) {
	dir := tree(t, map[string]string{"same.html": "same", "longer.html": "old", "other.html": "old"})
	old := time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC)
	for _, name := range []string{"same.html", "other.html"} {
		if err := os.Chtimes(filepath.Join(dir, name), old, old); err != nil {
			t.Fatal(err)
		}
	}
	files := []File{text("a/b/new.js", "new"), text("same.html", "same"), text("longer.html", "longer"), text("other.html", "new")}
	plan, err := Compare(context.Background(), dir, files)
	if err != nil {
		t.Fatal(err)
	}
	if exists(dir, "a") {
		t.Error("a comparison wrote")
	}
	changes, err := Put(context.Background(), dir, files)
	if err != nil {
		t.Fatal(err)
	}
	want := []Change{{"a/b/new.js", Written}, {"same.html", Unchanged}, {"longer.html", Written}, {"other.html", Written}}
	if diff := cmp.Diff(want, changes); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(plan, changes); diff != "" {
		t.Errorf("Compare said otherwise: %s", diff)
	}
	holds(t, dir, map[string]string{"a/b/new.js": "new", "same.html": "same", "longer.html": "longer", "other.html": "new"})
	if info, _ := os.Stat(filepath.Join(dir, "same.html")); !info.ModTime().Equal(old) {
		t.Error("a file that did not change was touched")
	}
	again, err := Put(context.Background(), dir, files)
	for _, c := range again {
		if c.State != Unchanged {
			t.Errorf("the second time %v", c)
		}
	}
	if err != nil {
		t.Error(err)
	}
}

func TestStalePrecompressedCopiesAreMadeAnew(t *testing.T) {
	dir := tree(t, map[string]string{
		"a.html": "old", "a.html.br": "old", "a.html.gz": "old", "a.html.zst": "old",
		"b.html": "same", "b.html.gz": "kept", "c.html": "old",
	})
	changes, err := Put(context.Background(), dir, []File{text("a.html", "new"), text("b.html", "same"), text("c.html", "new")})
	if err != nil {
		t.Fatal(err)
	}
	want := []Change{
		{"a.html", Written}, {"a.html.br", Written}, {"a.html.gz", Written}, {"a.html.zst", Removed},
		{"b.html", Unchanged}, {"c.html", Written},
	}
	if diff := cmp.Diff(want, changes); diff != "" {
		t.Error(diff)
	}
	zipped, err := gzip.NewReader(strings.NewReader(read(t, dir, "a.html.gz")))
	if err != nil {
		t.Fatal(err)
	}
	if content, _ := io.ReadAll(zipped); string(content) != "new" {
		t.Errorf("a.html.gz holds %q", content)
	}
	if exists(dir, "a.html.zst") || exists(dir, "c.html.gz") || read(t, dir, "b.html.gz") != "kept" {
		t.Error("other copies than the stale ones were touched")
	}
}

func TestLinksLeadNoWriteOutOfTheDirectory(t *testing.T) {
	outside := tree(t, map[string]string{"victim.html": "theirs"})
	dir := tree(t, map[string]string{"inside/real.html": "old"})
	link(t, filepath.Join(outside, "victim.html"), dir, "file.html")
	link(t, outside, dir, "dir")
	link(t, filepath.Join("inside", "real.html"), dir, "good.html")
	for _, name := range []string{"file.html", "dir/victim.html", "dir/new.html", "../x", "/x", "", "."} {
		if _, err := Put(context.Background(), dir, []File{text("first.js", "x"), text(name, "ours")}); err == nil {
			t.Errorf("%q was written", name)
		}
		if exists(dir, "first.js") {
			t.Fatal("another file was put in spite of the error")
		}
	}
	holds(t, outside, map[string]string{"victim.html": "theirs"})
	if _, err := Put(context.Background(), dir, []File{text("good.html", "new")}); err != nil {
		t.Fatal(err)
	}
	if read(t, dir, "good.html") != "new" || read(t, dir, "inside/real.html") != "old" {
		t.Error("a link inside the directory was not replaced by a file")
	}
}

func TestPlacesThatAreNoFiles(t *testing.T) {
	dir := tree(t, map[string]string{"sw.js/x": "", "file": ""})
	for _, name := range []string{"sw.js", "file/x"} {
		if _, err := Put(context.Background(), dir, []File{text(name, "x")}); err == nil {
			t.Errorf("%s was written", name)
		}
	}
	if _, err := Put(context.Background(), filepath.Join(dir, "file"), nil); err == nil {
		t.Error("a file served as a directory")
	}
}

func TestErrorOfAContentLeavesEverythingAsItWas(t *testing.T) {
	dir := tree(t, map[string]string{"a.html": "old"})
	broken := errors.New("page is gone")
	_, err := Put(context.Background(), dir, []File{
		text("a.html", "new"), text("new/deep/b.html", "new"),
		{"c.html", func() ([]byte, error) { return nil, broken }},
	})
	if !errors.Is(err, broken) || err.Error() != "writing c.html: page is gone" {
		t.Error(err)
	}
	holds(t, dir, map[string]string{"a.html": "old"})
}

func TestInterruptionLeavesEverythingAsItWas(t *testing.T) {
	dir := tree(t, map[string]string{"a.html": "old"})
	ctx, cancel := context.WithCancel(context.Background())
	_, err := Put(ctx, dir, []File{
		{"a.html", func() ([]byte, error) { cancel(); return []byte("new"), nil }}, text("b.html", "new"),
	})
	if !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	holds(t, dir, map[string]string{"a.html": "old"})
}

// Whichever call to the disk fails, files have their old or their new content,
// no temporary file is left, and when places were being taken the error says
// which ones.
func TestFailingDiskAtEveryCall(t *testing.T) {
	files := []File{text("a.html", "new a"), text("sub/b.html", "new b"), text("c.html", "new c")}
	before := map[string]string{"a.html": "old", "a.html.gz": "old", "c.html": "old", "d.html": "old"}
	for n := 0; ; n++ {
		dir := tree(t, before)
		root, err := os.OpenRoot(dir)
		if err != nil {
			t.Fatal(err)
		}
		faulty := &faulty{disk: disk{root}, failAt: n}
		s := newStage(faulty, asItems(files))
		err = s.fill(context.Background(), asItems(files))
		filled := err == nil
		if filled {
			err = s.commit()
		}
		s.discard()
		root.Close()
		if err == nil {
			if faulty.calls < 10 {
				t.Errorf("only %d calls", faulty.calls)
			}
			return
		}
		if !errors.Is(err, syscall.ENOSPC) {
			t.Fatalf("call %d: %v", n, err)
		}
		var partial *PartialError
		if errors.As(err, &partial) != filled {
			t.Errorf("call %d (%s): %v", n, faulty.failed, err)
		}
		if !filled {
			holds(t, dir, before)
			continue
		}
		for _, f := range files {
			content, _ := f.Content()
			replaced := strings.Contains(strings.Join(partial.Replaced, " "), f.Path)
			if exists(dir, f.Path) && (read(t, dir, f.Path) == string(content)) != replaced {
				t.Errorf("call %d (%s): %s: %v", n, faulty.failed, f.Path, err)
			}
		}
		if left, _ := filepath.Glob(filepath.Join(dir, "*", ".swgen*")); len(left) > 0 {
			t.Errorf("call %d (%s) left %v", n, faulty.failed, left)
		}
	}
}

// faulty is a disk that is full at one call of those that write.
type faulty struct {
	disk
	calls, failAt int
	failed        string
}

func (f *faulty) fails(what string) bool {
	f.calls++
	if f.calls-1 == f.failAt {
		f.failed = what
		return true
	}
	return false
}

func (f *faulty) Create(name string) (file, error) {
	if f.fails("create") {
		return nil, &fs.PathError{Op: "open", Path: name, Err: syscall.ENOSPC}
	}
	inner, err := f.disk.Create(name)
	return &faultyFile{inner, f.fails("write"), f.fails("sync")}, err
}

func (f *faulty) MkdirAll(name string) error {
	if f.fails("mkdir") {
		return &fs.PathError{Op: "mkdir", Path: name, Err: syscall.ENOSPC}
	}
	return f.disk.MkdirAll(name)
}

func (f *faulty) Rename(from, to string) error {
	if f.fails("rename") {
		return &os.LinkError{Op: "rename", Old: from, New: to, Err: syscall.ENOSPC}
	}
	return f.disk.Rename(from, to)
}

func (f *faulty) Remove(name string) error {
	// Only that of a stale copy: nobody can clean up on a disk that fails at that.
	if strings.HasSuffix(name, ".gz") && f.fails("remove") {
		return &fs.PathError{Op: "remove", Path: name, Err: syscall.ENOSPC}
	}
	return f.disk.Remove(name)
}

type faultyFile struct {
	file
	write, sync bool
}

func (f *faultyFile) Write(p []byte) (int, error) {
	if f.write {
		n, _ := f.file.Write(p[:len(p)/2])
		return n, syscall.ENOSPC
	}
	return f.file.Write(p)
}

func (f *faultyFile) Sync() error {
	if f.sync {
		return syscall.ENOSPC
	}
	return f.file.Sync()
}

func text(name, content string) File {
	return File{name, func() ([]byte, error) { return []byte(content), nil }}
}

func tree(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, content := range files {
		full := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(full), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(full, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// holds fails unless the directory holds exactly these files, and no empty
// directory.
func holds(t *testing.T, dir string, want map[string]string) {
	t.Helper()
	got := make(map[string]string)
	err := filepath.WalkDir(dir, func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		relative, _ := filepath.Rel(dir, name)
		if !entry.IsDir() {
			got[filepath.ToSlash(relative)] = read(t, dir, relative)
		} else if entries, _ := os.ReadDir(name); len(entries) == 0 {
			got[filepath.ToSlash(relative)+"/"] = ""
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func read(t *testing.T, dir, name string) string {
	t.Helper()
	content, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(name)))
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}

func exists(dir, name string) bool {
	_, err := os.Lstat(filepath.Join(dir, filepath.FromSlash(name)))
	return err == nil
}

func link(t *testing.T, target, dir, name string) {
	t.Helper()
	if err := os.Symlink(target, filepath.Join(dir, name)); err != nil {
		t.Fatal(err)
	}
}

func BenchmarkTenThousandPages(b *testing.B) {
	page := strings.Repeat("<p>text</p>\n", 1800)
	files := make([]File, 10_000)
	for i := range files {
		files[i] = text(fmt.Sprintf("d%d/p%d.html", i%100, i), page)
	}
	b.Run("written", func(b *testing.B) {
		for b.Loop() {
			if _, err := Put(context.Background(), b.TempDir(), files); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("unchanged", func(b *testing.B) {
		dir := b.TempDir()
		for b.Loop() {
			if _, err := Put(context.Background(), dir, files); err != nil {
				b.Fatal(err)
			}
		}
	})
}
