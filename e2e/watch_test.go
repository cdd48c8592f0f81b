package e2e

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/swgen/swgen"
	"github.com/swgen/swgen/internal/browsertest"
)

// watching is a run of swgen watch --serve on a directory.
type watching struct {
	dir, home string
	lines     chan string
}

// watch builds the command and runs it until the test ends: then it is told to
// stop, and has to end well.
func watch(t *testing.T, flags ...string) *watching {
	t.Helper()
	program := filepath.Join(t.TempDir(), "swgen")
	if out, err := exec.Command("go", "build", "-o", program, "../cmd/swgen").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	w := &watching{dir: filepath.Join(t.TempDir(), "public"), lines: make(chan string, 1000)}
	must(t, os.Mkdir(w.dir, 0o777))
	for name, file := range small("first") {
		w.put(t, name, string(file.Data))
	}
	out, in := io.Pipe()
	cmd := exec.Command(program, append([]string{"watch", w.dir, "--serve", "--listen", "localhost:0"}, flags...)...)
	cmd.Stdout, cmd.Stderr = in, in
	must(t, cmd.Start())
	t.Cleanup(func() {
		must(t, cmd.Process.Signal(syscall.SIGTERM))
		if err := cmd.Wait(); err != nil {
			t.Errorf("stopped: %v", err)
		}
	})
	go func() {
		for scanner := bufio.NewScanner(out); scanner.Scan(); {
			w.lines <- scanner.Text()
		}
	}()
	w.home = regexp.MustCompile(`http://localhost:\d+/`).FindString(w.says(t, "serving "))
	return w
}

// says waits for a line.
func (w *watching) says(t *testing.T, want string) string {
	t.Helper()
	for late := time.After(30 * time.Second); ; {
		select {
		case line := <-w.lines:
			t.Log(line)
			if strings.Contains(line, want) {
				return line
			}
		case <-late:
			t.Fatalf("it does not say %q", want)
		}
	}
}

func (w *watching) put(t *testing.T, name, content string) {
	t.Helper()
	must(t, os.MkdirAll(filepath.Dir(filepath.Join(w.dir, name)), 0o777))
	must(t, os.WriteFile(filepath.Join(w.dir, name), []byte(content), 0o666))
}

// loads counts the documents that a tab shows, across reloads.
const loads = `sessionStorage.loads = 1 + +(sessionStorage.loads ?? 0)`

// TestWatchShowsEachEditOnce edits a site while a page of it is open, with the
// worker for development and with that of production.
func TestWatchShowsEachEditOnce(t *testing.T) {
	t.Parallel()
	for _, flags := range [][]string{nil, {"--prod", "--no-verify"}} {
		t.Run(strings.Join(append([]string{"watch"}, flags...), " "), func(t *testing.T) {
			t.Parallel()
			w := watch(t, flags...)
			tab := sharedBrowser(t).NewTab(t)
			if flags != nil {
				tab = install(t, sharedBrowser(t), w.home)
			}
			must(t, tab.Navigate(w.home))
			version := func(want string) {
				t.Helper()
				must(t, tab.WaitFor(`document.readyState == "complete" && document.getElementById("version")?.textContent == "`+want+`"`, 20*time.Second))
			}
			version("first")
			for i := range 5 {
				edit := fmt.Sprint("edit ", i)
				w.put(t, "index.html", strings.Replace(page("Home", edit), "</body>", "<script>"+loads+"</script></body>", 1))
				w.says(t, "built   index.html")
				version(edit)
			}
			// Once each: had a page reloaded twice, it would have counted so.
			if got := eval[string](t, tab, "sessionStorage.loads"); got != "5" {
				t.Errorf("5 edits made the page load %s times", got)
			}
			// A style that changes reaches the page as well.
			w.put(t, "style.css", "body { --version: styled }")
			must(t, tab.WaitFor(`getComputedStyle(document.body).getPropertyValue("--version").trim() == "styled"`, 20*time.Second))
			// What cannot be built is shown, and the page stays.
			w.put(t, "note.txt", "-----BEGIN RSA PRIVATE KEY-----")
			must(t, tab.WaitFor(`document.querySelector("[role=alert]")?.textContent.includes("note.txt")`, 20*time.Second))
			must(t, os.Remove(filepath.Join(w.dir, "note.txt")))
			must(t, tab.WaitFor(`!document.querySelector("[role=alert]")`, 20*time.Second))
		})
	}
}

// TestWatchLeavesACleanBrowser has a visitor of production come by while the
// site is being developed at the same address.
func TestWatchLeavesACleanBrowser(t *testing.T) {
	t.Parallel()
	browser := browsertest.Start(t, browsertest.Options{})
	server := browsertest.Serve(t, "/", build(t, small("production"), swgen.Config{}))
	tab := install(t, browser, server.URL("/"))
	w := watch(t)
	served := os.DirFS(w.dir)
	w.says(t, "built   everything")
	server.Swap(served)
	must(t, tab.Navigate(server.URL("/about/")))
	must(t, tab.WaitFor(`navigator.serviceWorker.getRegistrations().then(all => all.length == 0)`, 20*time.Second))
	must(t, tab.WaitFor(`caches.keys().then(all => all.length == 0)`, 20*time.Second))
	must(t, tab.Navigate(server.URL("/about/")))
	must(t, tab.WaitFor(`document.getElementById("version")?.textContent == "first"`, 20*time.Second))
	if got := eval[bool](t, tab, "!navigator.serviceWorker.controller"); !got {
		t.Error("a worker is in control")
	}
}
