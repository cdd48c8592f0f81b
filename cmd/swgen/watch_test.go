package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/swgen/swgen"
)

// watchStories are what somebody does (a line that starts with $) and what
// watch says next (a regular expression). That nothing is said, the next line
// tells: it is about something else.
var watchStories = map[string]struct{ flags, story string }{
	"pages that change, come, move and go": {"", `
		built   everything · 4 files · version \S+ · 4 files written · \d+ ms
		$ write index.html <!doctype html><title>Home, again</title>
		built   index.html · 4 files · version \S+ · 1 file written
		$ write new/deep/page.html <!doctype html><title>New</title>
		built   new/deep/page.html · 5 files · version \S+ · 1 file written
		$ mv new old
		built   new, (new/deep/page.html, )?old/deep/page.html · 5 files · version \S+ · 0 files written
		$ rm old
		built   old.* · 4 files
		$ replace site.css p { color: red }
		built   site.css.* · 4 files
		$ replace site.css p { color: red }
		$ write about.html <!doctype html><title>About, again</title>
		built   about.html · 4 files`},
	"a worker for development leaves a clean browser": {"", `
		built   everything
		$ holds sw.js unregister
		$ holds swgen-register.js getRegistration
		$ lacks swgen-manifest.json
		$ holds index.html swgen-register.js
		$ rm sw.js
		built   sw.js · 4 files · version \S+ · 1 file written
		$ holds sw.js unregister`},
	"the worker of production": {"--prod", `
		built   everything · 4 files · version \S+ · 5 files written
		$ holds sw.js MANIFEST
		$ holds swgen-manifest.json site.css
		$ write site.css p { color: blue }
		built   site.css · 4 files · version \S+ · 2 files written
		$ touch site.css
		$ write index.html <!doctype html><title>Home, again</title>
		built   index.html · 4 files · version \S+ · 3 files written`},
	"a build that fails leaves what there is": {"--prod", `
		built   everything
		$ write note.txt -----BEGIN OPENSSH PRIVATE KEY-----
		error    note.txt: holds what looks like a private key or an access token
		\s+remove it from the site
		failed  note.txt; the site keeps the worker that it has
		$ holds sw.js MANIFEST
		$ write site.css p { color: green }
		failed  site.css; the site keeps
		$ rm note.txt
		built   note.txt · 4 files · version \S+ · 2 files written`},
	"a directory that goes and comes back": {"", `
		built   everything
		$ rm .
		.*public is gone; waiting for it
		$ write index.html <!doctype html><title>Home, from scratch</title>
		built   everything · 2 files
		$ holds sw.js unregister`},
	"polling": {"--poll 20ms", `
		built   everything
		$ write index.html <!doctype html><title>Home, again</title>
		built   index.html · 4 files
		$ rm index.html
		built   index.html · 3 files`},
}

func TestWatch(t *testing.T) {
	for name, c := range watchStories {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := filepath.Join(t.TempDir(), "public")
			for file, content := range map[string]string{
				"index.html": "<!doctype html><title>Home</title>", "about.html": "<!doctype html><title>About</title>", "site.css": "p { color: black }",
			} {
				play(t, dir, "write "+file+" "+content)
			}
			said := linesOf(t, append([]string{"watch", dir}, strings.Fields(c.flags)...))
			for _, line := range strings.Split(strings.TrimSpace(c.story), "\n") {
				line = strings.TrimSpace(line)
				if do, ok := strings.CutPrefix(line, "$ "); ok {
					play(t, dir, do)
					continue
				}
				select {
				case got := <-said:
					if !regexp.MustCompile("^(" + line + ")").MatchString(got) {
						t.Fatalf("it says %q, want %s", got, line)
					}
				case <-time.After(30 * time.Second):
					t.Fatalf("it does not say %s", line)
				}
			}
		})
	}
}

// linesOf runs a command until the test ends, and gives the lines that it says.
func linesOf(t *testing.T, args []string) <-chan string {
	t.Helper()
	out, in := io.Pipe()
	a := &app{stdout: in, stderr: in, getenv: func(string) string { return "" }, now: time.Now, build: swgen.Build, kill: swgen.Kill}
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan int)
	go func() {
		code := a.run(ctx, args)
		in.Close()
		done <- code
	}()
	lines := make(chan string, 1000)
	go func() {
		for scanner := bufio.NewScanner(out); scanner.Scan(); {
			lines <- scanner.Text()
		}
	}()
	t.Cleanup(func() {
		stop()
		if code := <-done; code != exitGood {
			t.Error("exit code", code)
		}
	})
	return lines
}

// play does something in a directory, or looks what is in it.
func play(t *testing.T, dir, line string) {
	t.Helper()
	words := strings.SplitN(line, " ", 3)
	name, rest := filepath.Join(dir, words[1]), ""
	if len(words) > 2 {
		rest = words[2]
	}
	err := os.MkdirAll(filepath.Dir(name), 0o777)
	switch words[0] {
	case "write":
		err = os.WriteFile(name, []byte(rest), 0o666)
	case "replace": // as editors do
		if err = os.WriteFile(name+"~", []byte(rest), 0o666); err == nil {
			err = os.Rename(name+"~", name)
		}
	case "touch":
		err = os.Chtimes(name, time.Time{}, time.Now())
	case "mv":
		err = os.Rename(name, filepath.Join(dir, rest))
	case "rm":
		err = os.RemoveAll(name)
	case "lacks":
		if _, missing := os.Stat(name); missing == nil {
			err = fmt.Errorf("%s is there", name)
		}
	case "holds":
		var content []byte
		if content, err = os.ReadFile(name); err == nil && !strings.Contains(string(content), rest) {
			err = fmt.Errorf("%s does not hold %q: %s", name, rest, content)
		}
	default:
		err = fmt.Errorf("nobody knows how to %s", words[0])
	}
	if err != nil {
		t.Fatal(err)
	}
}
