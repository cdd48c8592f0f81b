//go:build unix

package manifest

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"
)

func TestSpecialFilesAreNamedAndNotOpened(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "index.html"), "x")
	if err := syscall.Mkfifo(filepath.Join(dir, "pipe.html"), 0o600); err != nil {
		t.Fatal(err)
	}
	s := scan(t, os.DirFS(dir), Options{}) // opening the pipe would never end
	equal(t, "findings", found(s), []string{"warning not-a-file pipe.html"})
}
