//go:build unix

package watch

import (
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
)

// Who may read everything has no permissions to lose: root tells this story as
// nobody, in another process.
func TestPermissionIsLostAndRegained(t *testing.T) {
	if os.Geteuid() == 0 {
		asNobody(t)
		return
	}
	t.Run("files and directories", func(t *testing.T) {
		modes(t, func(t *testing.T, o Options) {
			open(t, o).play(`
				mkdir site/a/b
				write site/a/b/x.html x
				mkdir site/closed
				write site/closed/y.html y
				chmod 000 site/closed
				write site/secret.html s
				chmod 000 site/secret.html
				= ALL
				chmod 644 site/secret.html
				= secret.html
				chmod 000 site/secret.html
				= secret.html
				chmod 755 site/closed
				= closed closed/y.html
				write site/closed/y.html z
				= closed/y.html
				# listed, and not looked into
				chmod 444 site/a
				= a
				chmod 755 site/a
				= a a/b a/b/x.html
				chmod 000 site/a
				= a
				chmod 755 site/a
				= a a/b a/b/x.html
				write site/a/b/x.html y
				= a/b/x.html
			`)
		})
	})
	t.Run("the directory itself", func(t *testing.T) {
		modes(t, func(t *testing.T, o Options) {
			s := open(t, o)
			s.play(`
				mkdir site/a
				write site/a/x.html x
				= ALL
				chmod 000 site
			`)
			for b := s.next(); !contains(b, "."); b = s.next() {
			}
			s.play(`
				chmod 755 site
				= . a a/x.html
				write site/a/x.html y
				= a/x.html
				chmod 000 .
				= GONE
				chmod 755 .
				= ALL
				write site/a/x.html z
				= a/x.html
			`)
		})
	})
	t.Run("the directory itself from the beginning", func(t *testing.T) {
		modes(t, func(t *testing.T, o Options) {
			s := open(t, o)
			s.play("write site/x.html x\nchmod 000 site")
			s.watch()
			if b := s.next(); !b.All {
				t.Errorf("got %+v", b)
			}
			s.run("chmod 755 site")
			for b := s.next(); !b.All && !contains(b, "x.html"); b = s.next() {
			}
			s.play("write site/x.html y\n= x.html")
		})
	})
}

// asNobody runs the test that calls it again.
func asNobody(t *testing.T) {
	const nobody = 65534
	dir, err := os.MkdirTemp("", "nobody")
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(dir)
	self := filepath.Join(dir, "watch.test")
	if err := copyFile(self, os.Args[0]); err != nil {
		t.Fatal(err)
	}
	if err := os.Chown(dir, nobody, nobody); err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), self, "-test.run=^"+t.Name()+"$", "-test.v")
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "TMPDIR="+dir)
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
}

func copyFile(to, from string) error {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.OpenFile(to, os.O_CREATE|os.O_WRONLY, 0o755)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, in)
	if closeErr := out.Close(); err == nil {
		err = closeErr
	}
	return err
}
