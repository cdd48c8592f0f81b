package main

import (
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/swgen/swgen"
	"github.com/swgen/swgen/internal/finding"
)

// fake is a run without a process around it.
func fake(args ...string) (a *app, run func() (int, string, string)) {
	var stdout, stderr bytes.Buffer
	a = &app{
		stdout: &stdout, stderr: &stderr,
		getenv: func(string) string { return "" },
		now:    time.Now,
		build:  swgen.Build,
		kill:   swgen.Kill,
	}
	return a, func() (int, string, string) {
		code := a.run(context.Background(), args)
		return code, stdout.String(), stderr.String()
	}
}

func siteDir(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "index.html"), []byte("<!doctype html><title>Home</title>"), 0o644); err != nil {
		t.Fatal(err)
	}
	return dir
}

func TestExitCodes(t *testing.T) {
	dir := siteDir(t)
	file := filepath.Join(dir, "index.html")
	for _, c := range []struct {
		args []string
		want int
	}{
		{[]string{dir, "-n"}, exitGood},
		{[]string{"build", dir, "-n"}, exitGood},
		{[]string{"manifest", dir}, exitGood},
		{[]string{"kill", dir, "-n"}, exitGood},
		{[]string{"version"}, exitGood},
		{[]string{"--help"}, exitGood},
		{[]string{t.TempDir()}, exitFindings},
		{[]string{dir, "-n", "--exclude", "nothing", "--strict"}, exitFindings},
		{[]string{"manifest", t.TempDir()}, exitFindings},
		{[]string{}, exitUsage},
		{[]string{"biuld"}, exitUsage},
		{[]string{file}, exitUsage},
		{[]string{filepath.Join(dir, "none")}, exitUsage},
		{[]string{dir, "--updat", "x"}, exitUsage},
		{[]string{dir, "--update", "x"}, exitUsage},
		{[]string{dir, "--config", "none.yaml"}, exitUsage},
		{[]string{dir, "--out", dir}, exitUsage},
		{[]string{"version", "x"}, exitUsage},
		{[]string{"completion", "tcsh"}, exitGood}, // cobra prints its help
		{[]string{dir, "--config", dir}, exitFailure},
		{[]string{dir, "--worker-only", filepath.Join(file, "sw.js")}, exitFailure},
	} {
		_, run := fake(c.args...)
		if code, _, stderr := run(); code != c.want {
			t.Errorf("%v: exit code %d, want %d: %s", c.args, code, c.want, stderr)
		}
	}
}

func TestUnreadableSiteIsAFailure(t *testing.T) {
	a, run := fake(siteDir(t))
	a.build = func(context.Context, fs.FS, swgen.Config) (*swgen.Result, error) {
		return nil, &fs.PathError{Op: "open", Path: "a.html", Err: fs.ErrPermission}
	}
	code, stdout, stderr := run()
	if code != exitFailure || stdout != "" || stderr != "swgen: open a.html: permission denied\n" {
		t.Errorf("got %d, %q, %q", code, stdout, stderr)
	}
}

func TestPanicIsAFailure(t *testing.T) {
	a, run := fake(siteDir(t))
	a.build = func(context.Context, fs.FS, swgen.Config) (*swgen.Result, error) { panic("oh") }
	if code, _, stderr := run(); code != exitFailure || !strings.HasPrefix(stderr, "swgen: internal error: oh\n") {
		t.Errorf("got %d, %q", code, stderr)
	}
}

func TestInterruptionSaysThatNothingWasWritten(t *testing.T) {
	dir := siteDir(t)
	a, _ := fake()
	var stderr bytes.Buffer
	a.stderr = &stderr
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if code := a.run(ctx, []string{dir}); code != exitFailure || stderr.String() != "swgen: interrupted; nothing was written\n" {
		t.Errorf("got %d, %q", code, stderr.String())
	}
	if entries, _ := os.ReadDir(dir); len(entries) != 1 {
		t.Errorf("left %v", entries)
	}
}

func TestResultThatCannotBePrintedIsAFailure(t *testing.T) {
	for _, args := range [][]string{{"manifest"}, {"build", "--json"}, {"build"}} {
		a, _ := fake()
		a.stdout, a.stderr = fullDisk{}, io.Discard
		if code := a.run(context.Background(), append(args, siteDir(t))); code != exitFailure {
			t.Errorf("%v: exit code %d", args, code)
		}
	}
}

type fullDisk struct{}

func (fullDisk) Write([]byte) (int, error) { return 0, errors.New("no space left on device") }

func TestManyFindingsOfAKindAreSummed(t *testing.T) {
	var findings []swgen.Finding
	for i := range 8 {
		findings = append(findings, swgen.Finding{ID: "odd", Severity: finding.Warning, Path: string(rune('a' + i)), Message: "is odd", Hint: "mend it"})
	}
	findings = append(findings, swgen.Finding{ID: "x", Severity: finding.Note, Path: "evil\x1b[31m\nname", Message: "is noted"})
	tell := func(c common) string {
		var b strings.Builder
		c.tellFindings(&b, false, findings)
		return b.String()
	}
	want := `warning  a: is odd
warning  b: is odd
warning  c: is odd
warning  d: is odd
warning  e: is odd
         ... and 3 more (odd); -v prints all
         mend it
note     evil\x1b[31m\x0aname: is noted
`
	if got := tell(common{}); got != want {
		t.Errorf("got\n%s", got)
	}
	if got := tell(common{quiet: true}); strings.Contains(got, "noted") {
		t.Errorf("quiet: got\n%s", got)
	}
	if got := tell(common{verbose: true}); strings.Count(got, "is odd") != 8 || strings.Count(got, "mend it") != 1 {
		t.Errorf("verbose: got\n%s", got)
	}
}

func TestColour(t *testing.T) {
	env := map[string]string{}
	a := &app{getenv: func(name string) string { return env[name] }}
	for _, c := range []struct {
		color, variable string
		terminal, want  bool
	}{
		{"auto", "", true, true}, {"auto", "", false, false}, {"auto", "NO_COLOR", true, false}, {"always", "NO_COLOR", false, true},
		{"never", "", true, false},
	} {
		env = map[string]string{c.variable: "1"}
		if got := (&common{color: c.color}).paint(a, c.terminal); bool(got) != c.want {
			t.Errorf("%+v: got %v", c, got)
		}
	}
	env = map[string]string{"TERM": "dumb"}
	if (&common{color: "auto"}).paint(a, true) {
		t.Error("colour on a dumb terminal")
	}
}

func TestTerminalGetsSizes(t *testing.T) {
	a, run := fake(siteDir(t), "-n")
	a.terminal = true
	if code, stdout, _ := run(); code != exitGood || !strings.Contains(stdout, "gzip") || !strings.Contains(stdout, "\x1b[") {
		t.Errorf("got %d, %s", code, stdout)
	}
}
