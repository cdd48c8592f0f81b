//go:build unix

package output

import (
	"context"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"testing"
)

func TestModeIsKept(t *testing.T) {
	dir := tree(t, map[string]string{"old.html": "old"})
	if err := os.Chmod(filepath.Join(dir, "old.html"), 0o664); err != nil {
		t.Fatal(err)
	}
	defer syscall.Umask(syscall.Umask(0o077))
	if _, err := Put(context.Background(), dir, []File{text("old.html", "new"), text("new.html", "new")}); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]fs.FileMode{"old.html": 0o664, "new.html": 0o644} {
		if info, err := os.Stat(filepath.Join(dir, name)); err != nil || info.Mode().Perm() != want {
			t.Errorf("%s: %v, %v", name, info.Mode(), err)
		}
	}
}
