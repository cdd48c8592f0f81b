package main

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"github.com/swgen/swgen/manifest"
)

// swgenCommand is how swgen is run: it must read and hash every file of
// {site} and write all that a build writes into {out}, an empty folder
// elsewhere. {swgen} is the binary built from ./cmd/swgen.
//
// The limits are lifted because Workbox has none that matter here; pages are
// left alone, as Workbox leaves them.
const swgenCommand = "{swgen} build --quiet --no-verify --register=none --max-file-size=100GB --max-total-size=100GB --worker-only {out}/sw.js {site}"

// swgenWorker is the worker's name in {out}.
const swgenWorker = "sw.js"

// swgenFiles counts the files in what swgen wrote into a folder, so that a run
// that missed some is an error and not a fast one, as for the other contenders.
func swgenFiles(out string) (n int, known bool, err error) {
	text, err := os.ReadFile(filepath.Join(out, "swgen-manifest.json"))
	if err != nil {
		return 0, false, err
	}
	m, err := manifest.Decode(text)
	if err != nil {
		return 0, false, err
	}
	return len(m.Entries), true, nil
}

// splitSwgen parts a worker of swgen into its code and its manifest, which is
// the JSON that the code is called with.
func splitSwgen(worker []byte) (code, manifest []byte, ok bool) {
	at := bytes.LastIndex(worker, []byte("})({"))
	if at < 0 {
		return nil, nil, false
	}
	at += len("})(")
	end := bytes.LastIndexByte(worker, ')')
	return slices.Concat(worker[:at], worker[end:]), worker[at:end], true
}

// Tools are the programs that the benchmark runs, built for this run.
type tools struct {
	dir     string   // temporary
	workbox string   // bench/workbox
	swgen   []string // nil: not there
	floor   string
	measure string
}

// Needs says what newTools is to provide beside floor and measure.
type needs struct {
	swgen   bool
	command string // how to run swgen; "" is swgenCommand
	workbox bool
}

func newTools(n needs) (*tools, error) {
	module, err := moduleDir()
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "swgen-bench-tools-")
	if err != nil {
		return nil, err
	}
	t := &tools{dir: dir, workbox: filepath.Join(module, "bench", "workbox")}
	if err := t.make(module, n); err != nil {
		return nil, errors.Join(err, t.close())
	}
	return t, nil
}

func (t *tools) close() error { return os.RemoveAll(t.dir) }

func (t *tools) make(module string, n needs) (err error) {
	if t.floor, err = t.goBuild(module, "./bench/floor"); err != nil {
		return err
	}
	if t.measure, err = t.goBuild(module, "./bench/measure"); err != nil {
		return err
	}
	if n.swgen {
		if err := t.makeSwgen(module, n.command); err != nil {
			return err
		}
	}
	if n.workbox {
		return t.installWorkbox()
	}
	return nil
}

func (t *tools) makeSwgen(module, command string) error {
	if command == "" {
		command = swgenCommand
	}
	var binary string
	if strings.Contains(command, "{swgen}") {
		_, err := os.Stat(filepath.Join(module, "cmd", "swgen"))
		if errors.Is(err, fs.ErrNotExist) {
			fmt.Fprintln(os.Stderr, "bench: there is no ./cmd/swgen yet: swgen is left out (-swgen names another command line)")
			return nil
		}
		if err != nil {
			return err
		}
		if binary, err = t.goBuild(module, "./cmd/swgen"); err != nil {
			return err
		}
	}
	t.swgen = expand(strings.Fields(command), "{swgen}", binary, "{floor}", t.floor)
	return nil
}

// goBuild builds as a release is built: without symbols.
func (t *tools) goBuild(module, pkg string) (string, error) {
	out := filepath.Join(t.dir, filepath.Base(pkg)+exeSuffix())
	cmd := exec.Command("go", "build", "-trimpath", "-ldflags=-s -w", "-o", out, pkg)
	cmd.Dir = module
	return out, runQuietly(cmd)
}

func (t *tools) installWorkbox() error {
	if _, err := exec.LookPath("node"); err != nil {
		return fmt.Errorf("node.js is missing, which Workbox needs: %w (-workbox=false leaves Workbox out)", err)
	}
	if _, err := os.Stat(filepath.Join(t.workbox, "node_modules", "workbox-build")); err == nil {
		return nil
	}
	fmt.Fprintln(os.Stderr, "bench: installing Workbox (npm ci in bench/workbox)")
	cmd := exec.Command("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund")
	cmd.Dir = t.workbox
	return runQuietly(cmd)
}

// workboxCommand runs generate.mjs; {site} and {out} are filled in later.
func (t *tools) workboxCommand(args ...string) []string {
	return append([]string{"node", filepath.Join(t.workbox, "generate.mjs")}, args...)
}

// expand replaces placeholders in each argument; a path with spaces stays one
// argument.
func expand(args []string, oldnew ...string) []string {
	replacer := strings.NewReplacer(oldnew...)
	list := make([]string, len(args))
	for i, arg := range args {
		list[i] = replacer.Replace(arg)
	}
	return list
}

func moduleDir() (string, error) {
	b, err := exec.Command("go", "env", "GOMOD").Output()
	if err != nil {
		return "", fmt.Errorf("go env GOMOD: %w", err)
	}
	dir := filepath.Dir(strings.TrimSpace(string(b)))
	if _, err := os.Stat(filepath.Join(dir, "bench", "workbox", "generate.mjs")); err != nil {
		return "", fmt.Errorf("run this from within swgen's repository: %w", err)
	}
	return dir, nil
}

// runQuietly shows a command's output only if it fails.
func runQuietly(cmd *exec.Cmd) error {
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("%s: %w\n%s", strings.Join(cmd.Args, " "), err, out.Bytes())
	}
	return nil
}

func exeSuffix() string {
	if runtime.GOOS == "windows" {
		return ".exe"
	}
	return ""
}
