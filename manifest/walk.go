package manifest

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"path"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"sync"

	"github.com/swgen/swgen/internal/finding"
)

// A walk lists directories and hashes files at the same time, in a few
// goroutines that share one stack of tasks: a directory, or a batch of files.
// What costs in a naive walk is one allocation a file and one goroutine for a
// flat directory of thousands; here each worker reads into its own buffer,
// and a large directory is split into batches.
type walk struct {
	tree    fs.FS
	choice  *choice
	options Options

	mu      sync.Mutex
	wake    sync.Cond
	tasks   []task
	running int // tasks taken and not finished
	err     error

	// Filled in by collect, after the workers ended.
	files    []hashed
	left     []leftOut
	findings []finding.Finding
	seen     int
}

// A task is a directory to list (files == nil) or some files to hash. Name is
// where the site has it, real where the tree has it; they differ below a
// symbolic link.
type task struct {
	name, real string
	verdict    verdict
	files      []file
	parents    []string // real names of the directories above, to notice loops
}

type file struct {
	name, real string
	verdict    verdict
}

type hashed struct {
	name string
	size int64
	hash Hash
}

type leftOut struct {
	name, rule, reason string
	tooLarge           bool
}

// batch is how many files a task holds.
const batch = 64

func newWalk(tree fs.FS, choice *choice, options Options) *walk {
	w := &walk{tree: tree, choice: choice, options: options}
	w.wake.L = &w.mu
	return w
}

// worker is what one goroutine gathers; nothing of it is shared.
type worker struct {
	*walk
	buffer   []byte
	digest   hash.Hash
	sum      []byte
	files    []hashed
	left     []leftOut
	findings []finding.Finding
	seen     int
	// What an Index is to remember.
	dirs     map[string][]dirEntry
	outcomes map[string]outcome
}

func (w *walk) run(ctx context.Context) error {
	if info, err := fs.Stat(w.tree, "."); err != nil {
		return fmt.Errorf("reading the site: %w", err)
	} else if !info.IsDir() {
		return errors.New("reading the site: it is not a directory")
	}
	w.tasks = []task{{name: ".", real: ".", verdict: verdict{in: true}}}
	stop := context.AfterFunc(ctx, func() { w.fail(context.Cause(ctx)) })
	defer stop()
	n := cmp.Or(w.options.Workers, max(runtime.GOMAXPROCS(0), 4))
	workers := make([]*worker, n)
	var group sync.WaitGroup
	for i := range workers {
		workers[i] = &worker{walk: w, buffer: make([]byte, 128<<10), digest: sha256.New(), sum: make([]byte, 0, sha256.Size)}
		if w.options.Index != nil {
			workers[i].dirs, workers[i].outcomes = make(map[string][]dirEntry), make(map[string]outcome)
		}
		group.Go(workers[i].work)
	}
	group.Wait()
	// A cancellation may come just now; then the files are all there, and the
	// caller's next step ends.
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.err == nil {
		w.collect(workers)
		w.options.Index.remember(workers)
	}
	return w.err
}

func (w *walk) collect(workers []*worker) {
	for _, x := range workers {
		w.files = append(w.files, x.files...)
		w.left = append(w.left, x.left...)
		w.findings = append(w.findings, x.findings...)
		w.seen += x.seen
	}
	slices.SortFunc(w.files, func(a, b hashed) int { return strings.Compare(a.name, b.name) })
}

func (w *walk) result() *Scanned {
	// That the build's own files are no entries is not worth telling, and is
	// only so from the second run on.
	w.left = slices.DeleteFunc(w.left, func(l leftOut) bool { return l.rule == ruleOwn })
	s := &Scanned{Exclusions: exclusions(w.left), Findings: w.findings, left: w.left}
	for _, l := range w.left {
		if l.tooLarge {
			s.TooLarge = append(s.TooLarge, l.name)
		}
		if ClassOf(l.name) == Page && !strings.HasSuffix(l.name, "/") && l.rule != ruleAlias {
			s.PagesLeftOut = append(s.PagesLeftOut, l.name)
		}
	}
	slices.Sort(s.TooLarge)
	slices.Sort(s.PagesLeftOut)
	return s
}

func (w *walk) fail(err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.err = cmp.Or(w.err, err)
	w.wake.Broadcast()
}

// next takes a task; it waits while others may still add some.
func (w *walk) next() (task, bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for len(w.tasks) == 0 && w.running > 0 && w.err == nil {
		w.wake.Wait()
	}
	if len(w.tasks) == 0 || w.err != nil {
		return task{}, false
	}
	last := len(w.tasks) - 1
	t := w.tasks[last]
	w.tasks = w.tasks[:last]
	w.running++
	return t, true
}

// done ends a task and adds those it led to.
func (w *walk) done(more []task) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.running--
	w.tasks = append(w.tasks, more...)
	w.wake.Broadcast()
}

func (w *worker) work() {
	for {
		t, ok := w.next()
		if !ok {
			return
		}
		var more []task
		if t.files == nil {
			more = w.list(t)
		} else {
			for _, f := range t.files {
				w.readFile(f)
			}
		}
		w.done(more)
	}
}

// list reads a directory and returns the tasks it holds.
func (w *worker) list(dir task) (more []task) {
	entries, err := w.readDir(dir)
	if err != nil {
		w.findings = append(w.findings, unreadable(dir.name, err))
	}
	var files []file
	for _, e := range entries {
		name, real := path.Join(dir.name, e.name), path.Join(dir.real, e.name)
		mode := e.mode
		if mode&fs.ModeSymlink != 0 {
			if real, mode, err = w.follow(real); err != nil {
				w.brokenLink(name, err)
				continue
			}
		}
		switch {
		case mode.IsDir():
			if t, enter := w.enter(name, real, dir); enter {
				more = append(more, t)
			}
		case !mode.IsRegular():
			w.add(finding.Warning, "not-a-file", name, "is a "+kind(mode)+", not a file", "remove it from the site")
		default:
			if f, wanted := w.judge(name, real, dir.verdict); wanted {
				files = append(files, f)
			}
		}
	}
	for chunk := range slices.Chunk(files, batch) {
		more = append(more, task{files: chunk})
	}
	return more
}

// enter makes the task of a subdirectory, unless the rules or a loop forbid it.
func (w *worker) enter(name, real string, dir task) (task, bool) {
	if slices.Contains(dir.parents, real) || real == dir.real || real == "." {
		w.add(finding.Warning, "symlink-loop", name, "is a symbolic link to a directory above it", "remove the link; it was not followed")
		return task{}, false
	}
	v, enter := w.choice.dir(name, dir.verdict)
	if v.secret {
		w.add(finding.Note, "private-directory", name, "is not entered, but would be deployed with the site", "deploy without it, or list it in allow")
	}
	if !enter {
		w.left = append(w.left, leftOut{name: name + "/", rule: v.rule, reason: v.reason})
		return task{}, false
	}
	parents := append(slices.Clip(dir.parents), dir.real)
	return task{name: name, real: real, verdict: v, parents: parents}, true
}

// judge decides by a file's name whether its content is read.
func (w *worker) judge(name, real string, dir verdict) (file, bool) {
	w.seen++
	v := w.choice.file(name, dir)
	if v.secret {
		w.secret(name, v)
	}
	if !v.in {
		w.left = append(w.left, leftOut{name: name, rule: v.rule, reason: v.reason})
		return file{}, false
	}
	if problem := nameProblem(name); problem != "" {
		w.add(finding.Error, "bad-name", strings.ToValidUTF8(name, "\uFFFD"), problem, "rename the file, or exclude it")
		return file{}, false
	}
	return file{name: name, real: real, verdict: v}, true
}

func (w *worker) secret(name string, v verdict) {
	if v.in {
		w.add(finding.Error, "secret", name, "looks like a file that must not be public",
			"remove it from the site; if it is public, name it in allow; to only keep it out of the precache, exclude it")
		return
	}
	w.add(finding.Warning, "secret", name, "looks secret; it is not precached, but would be deployed with the site",
		"remove it from the site, or name it in allow")
}

// Rules that judge a file by its content.
const (
	ruleAlias    = "redirect pages"
	ruleMedia    = "large media"
	ruleTooLarge = "max_file_size"
	ruleOwn      = "swgen's own files"
)

// read hashes a file, unless its size or content keeps it out.
func (w *worker) read(f file) (o outcome) {
	class := ClassOf(f.name)
	limit, rule, reason := int64(w.options.MaxFileSize), ruleTooLarge, "larger than max_file_size"
	if class == Media && !f.verdict.asked && (limit == 0 || limit > largeMedia) {
		limit, rule, reason = largeMedia, ruleMedia, "audio and video over "+Size(largeMedia).String()+" are downloads of their own"
	}
	in, err := w.tree.Open(f.real)
	if err != nil {
		return outcome{findings: []finding.Finding{unreadable(f.name, err)}, again: true}
	}
	defer in.Close()
	w.digest.Reset()
	var size int64
	for {
		n, err := in.Read(w.buffer)
		w.digest.Write(w.buffer[:n])
		first := size == 0
		size += int64(n)
		if limit > 0 && size > limit {
			o.left = &leftOut{name: f.name, rule: rule, reason: reason, tooLarge: rule == ruleTooLarge}
			return o
		}
		if first && !w.judgeContent(f, class, w.buffer[:n], &o) {
			return o
		}
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return outcome{findings: []finding.Finding{unreadable(f.name, err)}, again: true}
		}
	}
	w.sum = w.digest.Sum(w.sum[:0])
	o.in, o.file = true, hashed{name: f.name, size: size, hash: Hash(w.sum[:HashSize])}
	return o
}

// judgeContent looks at a file's beginning.
func (w *worker) judgeContent(f file, class Class, head []byte, o *outcome) bool {
	switch {
	case class == Page && !f.verdict.asked && w.options.IsAlias != nil && w.options.IsAlias(head):
		o.left = &leftOut{name: f.name, rule: ruleAlias, reason: "they only lead to another page"}
		return false
	case class == Other && holdsKey(f.name, head):
		o.again = true
		if w.choice.allow.match(f.name) {
			return true
		}
		o.findings = append(o.findings, finding.Finding{
			ID: "secret", Severity: finding.Error, Path: f.name, Message: "holds what looks like a private key or an access token",
			Hint: "remove it from the site; if it is public, name it in allow",
		})
		return false
	}
	return true
}

// A text file of this size may hold a key by mistake; larger ones are data,
// and in pages keys are examples.
const maxKeyFile = 64 << 10

var (
	keyMarks = regexp.MustCompile(`-----BEGIN [A-Z ]*PRIVATE KEY-----|\bAKIA[0-9A-Z]{16}\b|\bghp_[0-9A-Za-z]{36}\b`)
	keyTexts = []string{".txt", ".json", ".yml", ".yaml", ".toml", ".ini", ".conf", ".cfg", ".env", ".properties", ""}
)

func holdsKey(name string, head []byte) bool {
	if len(head) >= maxKeyFile || !slices.Contains(keyTexts, path.Ext(name)) {
		return false
	}
	// The expression costs more than hashing the file; these tell almost
	// always that it need not run.
	for _, mark := range [][]byte{[]byte("PRIVATE KEY-----"), []byte("AKIA"), []byte("ghp_")} {
		if bytes.Contains(head, mark) {
			return keyMarks.Match(head)
		}
	}
	return false
}

func (w *worker) add(severity finding.Severity, id, path, message, hint string) {
	w.findings = append(w.findings, finding.Finding{ID: id, Severity: severity, Path: path, Message: message, Hint: hint})
}

func unreadable(name string, err error) finding.Finding {
	var pathErr *fs.PathError
	if errors.As(err, &pathErr) {
		err = pathErr.Err // the path is told already
	}
	return finding.Finding{ID: "unreadable", Severity: finding.Error, Path: name, Message: "cannot be read: " + err.Error(), Hint: "mend its permissions, or exclude it"}
}

func kind(mode fs.FileMode) string {
	switch {
	case mode&fs.ModeNamedPipe != 0:
		return "named pipe"
	case mode&fs.ModeSocket != 0:
		return "socket"
	case mode&fs.ModeDevice != 0:
		return "device"
	}
	return "special file"
}
