package swgen

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
)

// BenchmarkChange is one page of a large site that changed, as watch builds
// it, beside a build from scratch.
func BenchmarkChange(b *testing.B) {
	const files = 10_000
	dir := b.TempDir()
	put := func(i, n int) string {
		name := fmt.Sprintf("part-%02d/page-%d/index.html", i%40, i)
		content := fmt.Sprintf("<!doctype html><html lang=en><head><title>%d, %d</title></head><body>%s</body></html>", i, n, make([]byte, 3000))
		if err := os.MkdirAll(filepath.Join(dir, filepath.Dir(name)), 0o777); err != nil {
			b.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o666); err != nil {
			b.Fatal(err)
		}
		return name
	}
	for i := range files {
		put(i, 0)
	}
	site, config := os.DirFS(dir), Config{MaxTotalSize: 1 << 30}
	w := NewBuilder(site, config)
	step := func() {
		result, err := w.Build(b.Context())
		if err != nil || result.Failed(false) {
			b.Fatal(err, result.Findings)
		}
		for _, o := range result.Outputs {
			w.Wrote(o.Path)
		}
	}
	step()
	b.Run("change", func(b *testing.B) {
		for i := 0; b.Loop(); i++ {
			w.Changed(put(i%files, i+1))
			step()
		}
	})
	b.Run("scratch", func(b *testing.B) {
		for b.Loop() {
			if result, err := Build(b.Context(), site, config); err != nil || result.Failed(false) {
				b.Fatal(err, result.Findings)
			}
		}
	})
}
