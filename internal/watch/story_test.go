package watch

import (
	"context"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// A story is a script of file operations in a directory whose subdirectory
// "site" is watched. Lines that begin with "=" say what the batches tell of the
// operations above them: paths relative to site, ALL or GONE. A path that ends
// in "?" may be told or not, and so may one below a told path where nothing is
// any more. The other lines are operations of the disk, in the words of the
// shell. Watching begins before the first "=".
type story struct {
	name, script string
	only         string // "notify" or "poll" for what the other does not tell
}

// patience is how long a test waits for what must come. No test waits that
// long when it passes.
const patience = 20 * time.Second

// stage is where a story plays.
type stage struct {
	*testing.T
	dir     string // of the story; the site is a directory in it
	watcher *watcher
	batches chan Batch
	signals int // writes of the signal file
	end     func()

	mu      sync.Mutex
	notices []string
}

// signal is a file that tells, when a batch names it, that what happened
// before was told.
const signal = ".signal"

// The interval of polling is longer than a tick of the file system's clock, so
// that what happened in one is told again at most once.
const testPoll = 60 * time.Millisecond

func modes(t *testing.T, play func(t *testing.T, o Options)) {
	t.Run("notify", func(t *testing.T) { t.Parallel(); play(t, Options{}) })
	t.Run("poll", func(t *testing.T) { t.Parallel(); play(t, Options{Poll: testPoll}) })
}

// open makes a directory with an empty site in it.
func open(t *testing.T, o Options) *stage {
	t.Helper()
	// The directory of a test may be a link, as on macOS.
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	s := &stage{T: t, dir: dir, batches: make(chan Batch)}
	s.run("mkdir site")
	o.Dir, o.Quiet, o.Most = s.path("site"), 3*time.Millisecond, 50*time.Millisecond
	o.Say = func(notice string) {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.notices = append(s.notices, notice)
	}
	s.watcher = newWatcher(o)
	s.watcher.fallback = testPoll
	return s
}

// watch begins to watch the site.
func (s *stage) watch() {
	ctx, cancel := context.WithCancel(s.Context())
	var group sync.WaitGroup
	group.Go(func() {
		s.watcher.watch(ctx, func(b Batch) {
			select {
			case s.batches <- b:
			case <-ctx.Done():
			}
		})
	})
	s.end = func() { cancel(); group.Wait() }
	s.Cleanup(s.end)
}

func (s *stage) path(name string) string { return filepath.Join(s.dir, filepath.FromSlash(name)) }

// run does one operation.
func (s *stage) run(line string) {
	s.Helper()
	word := append(strings.Fields(line), "", "", "")
	a, b := s.path(word[1]), s.path(word[2])
	var err error
	switch word[0] {
	case "write": // write FILE TEXT
		err = os.WriteFile(a, []byte(word[2]), 0o644)
	case "append":
		var f *os.File
		if f, err = os.OpenFile(a, os.O_APPEND|os.O_WRONLY, 0); err == nil {
			_, err = f.WriteString(word[2])
			f.Close()
		}
	case "mkdir":
		err = os.MkdirAll(a, 0o755)
	case "mv":
		err = os.Rename(a, b)
	case "rm":
		err = os.RemoveAll(a)
	case "ln": // ln TARGET LINK
		err = os.Symlink(filepath.FromSlash(word[1]), b)
	case "chmod": // chmod MODE FILE
		mode := map[string]os.FileMode{"000": 0, "644": 0o644, "755": 0o755, "444": 0o444, "744": 0o744, "600": 0o600}[word[1]]
		err = os.Chmod(b, mode)
	case "age": // age FILE: its times say that it was written long ago
		old := time.Date(2001, 2, 3, 4, 5, 6, 7, time.UTC)
		err = os.Chtimes(a, old, old)
	default:
		s.Fatalf("no such operation: %s", line)
	}
	if err != nil {
		s.Fatal(err)
	}
}

func (s *stage) next() Batch {
	s.Helper()
	select {
	case b := <-s.batches:
		return b
	case <-time.After(patience):
		s.Fatal("no batch came")
		return Batch{}
	}
}

// told returns what the batches tell of everything until now.
func (s *stage) told() map[string]bool {
	s.Helper()
	told := make(map[string]bool)
	// Polling may have looked at a directory just before its last change, and
	// tells of a file that changed just now once more.
	for range 3 {
		s.signals++
		s.run("write site/" + signal + " " + strings.Repeat("x", s.signals))
		for signalled := false; !signalled; {
			b := s.next()
			for _, name := range b.Paths {
				signalled = signalled || name == signal
				told[name] = true
			}
			if b.All {
				told["ALL"] = true
				_, err := os.Stat(s.path("site/" + signal))
				signalled = err == nil
			}
			if b.Gone {
				told["GONE"] = true
			}
		}
	}
	delete(told, signal)
	return told
}

func (s *stage) expect(want []string) {
	s.Helper()
	if slices.Equal(want, []string{"GONE"}) {
		for b := s.next(); !b.Gone; b = s.next() {
		}
		return
	}
	told := s.told()
	if slices.Contains(want, "ALL") {
		if !told["ALL"] {
			s.Errorf("told %s, want ALL", sorted(told))
		}
		return
	}
	var extra []string
	for name := range told {
		if !s.allows(want, name) {
			extra = append(extra, name)
		}
	}
	if len(extra) > 0 {
		slices.Sort(extra)
		s.Errorf("told, and nothing happened: %s", extra)
	}
	for _, name := range want {
		if !told[name] && !strings.HasSuffix(name, "?") {
			s.Errorf("not told: %s", name)
		}
	}
}

// allows tells whether a path may be told where others must be.
func (s *stage) allows(want []string, name string) bool {
	if slices.Contains(want, name) || slices.Contains(want, name+"?") {
		return true
	}
	_, err := os.Lstat(s.path("site/" + name))
	for _, other := range want {
		other = strings.TrimSuffix(other, "?")
		if err != nil && strings.HasPrefix(name, other+"/") {
			return true
		}
		// Polling also names the directory in which something came or went.
		if s.watcher.Poll > 0 && name == path.Dir(other) {
			return true
		}
	}
	return s.watcher.Poll > 0 && name == "." // for the signal
}

func sorted(told map[string]bool) string {
	return strings.Join(slices.Sorted(maps.Keys(told)), " ")
}

func (s *stage) play(script string) {
	s.Helper()
	for line := range strings.Lines(script) {
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' {
			continue
		}
		want, is := strings.CutPrefix(line, "=")
		if !is {
			s.run(line)
			continue
		}
		if s.end == nil {
			s.watch()
		}
		if s.expect(strings.Fields(want)); s.Failed() {
			s.Fatalf("at: %s", line)
		}
	}
}

// said returns the notices so far.
func (s *stage) said() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.notices)
}
