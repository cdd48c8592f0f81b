package watch

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"testing"
	"time"

	"github.com/fsnotify/fsnotify"
)

// large makes a directory of files, a hundred in each of its directories.
func large(b *testing.B, files int) string {
	dir := b.TempDir()
	for i := range files / 100 {
		sub := filepath.Join(dir, fmt.Sprintf("section-%02d", i%20), fmt.Sprintf("chapter-%03d", i))
		if err := os.MkdirAll(sub, 0o755); err != nil {
			b.Fatal(err)
		}
		for j := range 100 {
			file := filepath.Join(sub, fmt.Sprintf("page-%02d.html", j))
			if err := os.WriteFile(file, []byte("x"), 0o644); err != nil {
				b.Fatal(err)
			}
		}
	}
	return dir
}

// BenchmarkLook is what polling costs at each interval, and asking the system
// seldom.
func BenchmarkLook(b *testing.B) {
	for _, c := range []struct{ files, looks int }{{10_000, 1}, {10_000, looks}, {100_000, 1}, {100_000, looks}} {
		b.Run(fmt.Sprintf("%d files, %d at a time", c.files, c.looks), func(b *testing.B) {
			dir := large(b, c.files)
			var before, after runtime.MemStats
			runtime.GC()
			runtime.ReadMemStats(&before)
			tree := newTree(dir, func(string) bool { return false })
			tree.slots = make(chan struct{}, c.looks-1)
			for range 2 { // what was written just now is told twice
				if _, _, err := tree.update(b.Context()); err != nil {
					b.Fatal(err)
				}
			}
			runtime.GC()
			runtime.ReadMemStats(&after)
			for b.Loop() {
				if _, _, err := tree.update(b.Context()); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(after.HeapAlloc-before.HeapAlloc)/float64(c.files), "B/file")
			runtime.KeepAlive(tree)
		})
	}
}

// BenchmarkBatch is what a batch of 10,000 changed files costs, from the hints
// to the paths.
func BenchmarkBatch(b *testing.B) {
	dir := large(b, 10_000)
	s := begin(b, dir)
	defer s.close()
	files, err := filepath.Glob(filepath.Join(dir, "*", "*", "*.html"))
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		for _, file := range files {
			s.hints.put(fsnotify.Event{Name: file, Op: fsnotify.Write})
		}
		if err := s.settle(b.Context()); err != nil {
			b.Fatal(err)
		}
		s.pile.last = time.Time{}
		if batch, _ := s.pile.take(); len(batch.Paths) != len(files) {
			b.Fatalf("%d paths", len(batch.Paths))
		}
	}
}

// BenchmarkBegin is what comes before the first batch where the system is
// asked.
func BenchmarkBegin(b *testing.B) {
	dir := large(b, 100_000)
	for b.Loop() {
		begin(b, dir).close()
	}
}

// begin is a session that has looked at a directory.
func begin(b *testing.B, dir string) *session {
	at, err := find(dir)
	if err != nil {
		b.Fatal(err)
	}
	s, err := newWatcher(Options{Dir: dir}).hear(at)
	if err != nil {
		b.Fatal(err)
	}
	if _, _, err := s.update(b.Context()); err != nil {
		b.Fatal(err)
	}
	return s
}
