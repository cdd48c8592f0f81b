package watch

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/fsnotify/fsnotify"
)

// expectSaid wants one notice, with these words in it.
func (s *stage) expectSaid(words ...string) {
	s.Helper()
	said := s.said()
	if len(said) != 1 {
		s.Fatalf("said %q, want one notice", said)
	}
	for _, word := range words {
		if !strings.Contains(said[0], word) {
			s.Errorf("said %q, without %q", said[0], word)
		}
	}
}

func TestADirectoryThatDoesNotExistYetIsWaitedFor(t *testing.T) {
	t.Parallel()
	modes(t, func(t *testing.T, o Options) {
		for why, setup := range map[string]string{
			"no such file":           "rm site",
			"not a directory":        "rm site\nwrite site file",
			"too many":               "rm site\nln site site",
			"no such file or direct": "rm site\nln nowhere site",
		} {
			s := open(t, o)
			s.play(setup)
			heard := make(chan struct{})
			say := s.watcher.Say
			s.watcher.Say = func(notice string) { say(notice); close(heard) }
			s.watch()
			<-heard
			s.expectSaid("waiting for", s.path("site"), why)
			s.play(`
				rm site
				mkdir site/blog
				= ALL
				write site/blog/x.html x
				= blog/x.html
				rm site
				= GONE
				mkdir site
				= ALL
			`)
			s.expectSaid("waiting")
		}
	})
}

func TestWhereTheSystemCannotTellPollingDoes(t *testing.T) {
	t.Parallel()
	const start = `
		mkdir site/a/b
		= ALL
		write site/a/b/x.html x
		= a/b/x.html a/b?
		rm site
		= GONE
		mkdir site
		= ALL
	`
	for _, c := range []struct {
		name   string
		change func(w *watcher)
		script string
		said   string
	}{
		{"no more watches in the beginning", func(w *watcher) { w.add = failAfter(2, syscall.ENOSPC) }, start, "fs.inotify.max_user_watches"},
		{"no more watches later", func(w *watcher) { w.add = failAfter(2, syscall.ENOSPC) }, `
			mkdir site/a
			= ALL
			write site/a/x.html x
			= a/x.html
			mkdir site/a/b
			write site/a/b/x.html x
			= ALL
			write site/a/b/x.html y
			= a/b/x.html
		`, "fs.inotify.max_user_watches"},
		{"no more files", func(w *watcher) {
			w.open = func() (*fsnotify.Watcher, error) {
				return nil, fmt.Errorf("couldn't initialize inotify: %w", syscall.EMFILE)
			}
		}, start, "fs.inotify.max_user_instances"},
		{"no events", func(w *watcher) {
			w.add = func(*fsnotify.Watcher, string) error { return nil }
			w.seldom = testPoll
		}, `
			write site/x.html x
			= ALL
			write site/x.html xyz
			= x.html?
		`, "the system did not tell that"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := open(t, Options{})
			c.change(s.watcher)
			s.play(c.script)
			s.expectSaid(c.said, "--poll", testPoll.String())
		})
	}
}

// failAfter is adding that fails after some watches were added.
func failAfter(n int, err error) func(*fsnotify.Watcher, string) error {
	return func(w *fsnotify.Watcher, dir string) error {
		if n--; n < 0 {
			return err
		}
		return w.Add(dir)
	}
}

// loses opens watchers to which a test tells errors.
func loses(s *stage) (lose func(error)) {
	var system atomic.Pointer[fsnotify.Watcher]
	s.watcher.open = func() (*fsnotify.Watcher, error) {
		w, err := fsnotify.NewWatcher()
		system.Store(w)
		return w, err
	}
	return func(err error) { system.Load().Errors <- err }
}

func TestLostEventsAreAll(t *testing.T) {
	t.Parallel()
	for _, err := range []error{fsnotify.ErrEventOverflow, syscall.EIO} {
		s := open(t, Options{})
		lose := loses(s)
		s.play("= ALL")
		lose(err)
		for !s.next().All {
		}
		s.play(`
			mkdir site/a
			write site/a/x.html x
			= a a/x.html
		`)
		if said := s.said(); said != nil {
			t.Errorf("said %q", said)
		}
	}
}

func TestDirectoriesThatTheSystemForgotAreFoundByALook(t *testing.T) {
	t.Parallel()
	s := open(t, Options{})
	s.watcher.seldom = 20 * time.Millisecond
	tries := 0
	s.watcher.add = func(w *fsnotify.Watcher, dir string) error {
		if filepath.Base(dir) == "a" {
			if tries++; tries <= 3 {
				return syscall.ENOENT
			}
		}
		return w.Add(dir)
	}
	s.play("mkdir site/a")
	s.watch()
	s.next()
	s.run("write site/a/x.html x")
	for b := s.next(); !contains(b, "a/x.html"); b = s.next() {
	}
	s.play("write site/a/x.html y\n= a/x.html")
	if said := s.said(); said != nil {
		t.Errorf("said %q", said)
	}
}

func contains(b Batch, name string) bool { return slices.Contains(b.Paths, name) }

// While a new directory is looked at, one that the system tells of already is
// found in it, and where that was, a link leads to it. The system knows
// directories by identity: its watch must not go with the old name.
func TestADirectoryIsHeardOfByItsNewNameOnly(t *testing.T) {
	t.Parallel()
	s := open(t, Options{})
	s.watcher.seldom = time.Hour
	s.watcher.add = func(w *fsnotify.Watcher, dir string) error {
		if filepath.Base(dir) == "new" {
			s.run("mv site/old site/new/moved")
			s.run("ln new/moved site/old")
		}
		return w.Add(dir)
	}
	s.play(`
		mkdir site/old/below
		= ALL
		mkdir site/new
		= old new new/moved new/moved/below
		write site/new/moved/below/x.html x
		= new/moved/below/x.html
		mkdir site/new/moved/below/more
		write site/new/moved/below/more/y.html y
		= new/moved/below/more new/moved/below/more/y.html
	`)
}

// The reverse: a directory is looked at by a path that a link has come into,
// which takes the watch from the right name for a moment.
func TestADirectoryIsHeardOfAgainAfterAWrongName(t *testing.T) {
	t.Parallel()
	s := open(t, Options{})
	s.watcher.seldom = time.Hour
	s.watcher.add = func(w *fsnotify.Watcher, dir string) error {
		if filepath.Base(dir) == "wrong" {
			s.run("rm site/wrong")
			s.run("ln right site/wrong")
		}
		return w.Add(dir)
	}
	s.play(`
		mkdir site/right/below
		= ALL
		mkdir site/wrong/below
		= wrong wrong/below? right/below?
		write site/right/below/x.html x
		= right/below/x.html
	`)
}

func TestAPathToTheSameDirectoryByAnotherWayIsAnother(t *testing.T) {
	t.Parallel()
	s := open(t, Options{})
	s.play("rm site\nmkdir one/deep\nln one/deep site")
	at, err := find(s.path("site"))
	if err != nil || !at.still(s.path("site")) {
		t.Fatal("it did not stay", err)
	}
	s.play("mv one two\nrm site\nln two/deep site")
	if at.still(s.path("site")) {
		t.Error("its path is the old one")
	}
}

func TestHintsOfOnePathAreOne(t *testing.T) {
	t.Parallel()
	h := newHints()
	for _, e := range []fsnotify.Event{{Name: "a", Op: fsnotify.Chmod}, {Name: "b", Op: fsnotify.Write}, {Name: "a", Op: fsnotify.Remove}} {
		h.put(e)
	}
	queue, err := h.take()
	want := []hint{{"a", fsnotify.Chmod | fsnotify.Remove}, {"b", fsnotify.Write}}
	if !slices.Equal(queue, want) || err != nil {
		t.Errorf("got %v, %v, want %v", queue, err, want)
	}
	h.fail(fsnotify.ErrEventOverflow)
	if queue, err := h.take(); queue != nil || !errors.Is(err, fsnotify.ErrEventOverflow) {
		t.Errorf("got %v, %v", queue, err)
	}
}

func TestTheEndComesInTheMiddleOfALook(t *testing.T) {
	t.Parallel()
	modes(t, func(t *testing.T, o Options) {
		s := open(t, o)
		for i := range 200 {
			s.run(fmt.Sprintf("mkdir site/%d/x/y", i))
		}
		ctx, cancel := context.WithCancel(t.Context())
		var looked atomic.Int32
		s.watcher.Skip = func(string) bool {
			looked.Add(1)
			cancel()
			return false
		}
		s.watcher.watch(ctx, func(Batch) { t.Error("a batch") })
		if looked := looked.Load(); looked > 2*looks {
			t.Errorf("looked at %d directories after the end", looked)
		}
	})
}

func TestNothingRunsAfterTheEnd(t *testing.T) {
	// Not parallel: it looks at the goroutines of all.
	for _, o := range []Options{{}, {Poll: testPoll}} {
		s := open(t, o)
		s.play(`
			mkdir site/a
			= ALL
			write site/a/x.html x
			= a/x.html
			rm site
			= GONE
			mkdir site
			= ALL
		`)
		s.end()
		// The reader of fsnotify says that it ends just before it does.
		for began := time.Now(); ; runtime.Gosched() {
			stacks := make([]byte, 1<<20)
			stacks = stacks[:runtime.Stack(stacks, true)]
			if !bytes.Contains(stacks, []byte("watch.(*watcher)")) && !bytes.Contains(stacks, []byte("fsnotify.(")) {
				break
			}
			if time.Since(began) > patience {
				t.Fatalf("still there:\n%s", stacks)
			}
		}
	}
}

func TestTheEndWaitsForTheWorkOnABatch(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	worked := false
	Watch(ctx, Options{Dir: t.TempDir()}, func(b Batch) {
		cancel()
		if !b.All || worked {
			t.Errorf("got %+v", b)
		}
		worked = true
	})
	if !worked {
		t.Error("ended without a batch")
	}
}

func TestChangesInTheSameTickAreToldAgain(t *testing.T) {
	t.Parallel()
	now := time.Unix(1000, 500_000_000)
	ago := func(d time.Duration) mark { return mark{modified: now.Add(-d).UnixNano()} }
	for _, c := range []struct {
		m                mark
		ticking, strange bool // for a look 700 ms before
	}{
		{ago(time.Millisecond), true, false},
		{ago(200 * time.Millisecond), false, false},
		{ago(500 * time.Millisecond), true, false}, // a whole second: an old file system
		{ago(600 * time.Millisecond), false, false},
		{ago(time.Hour), false, true},
		{ago(-time.Hour), false, true},
	} {
		if got := c.m.ticking(now); got != c.ticking {
			t.Errorf("%s ago: ticking %t", now.Sub(time.Unix(0, c.m.modified)), got)
		}
		if got := c.m.strange(now.Add(-700*time.Millisecond), now); got != c.strange {
			t.Errorf("%s ago: strange %t", now.Sub(time.Unix(0, c.m.modified)), got)
		}
	}
	dir := t.TempDir()
	file := filepath.Join(dir, "x")
	if err := os.WriteFile(file, []byte("x"), 0o644); err != nil {
		t.Fatal(err)
	}
	tree := newTree(dir, nil)
	for range 2 {
		if changed, _, err := tree.update(t.Context()); err != nil || !contains(Batch{Paths: changed}, "x") {
			t.Errorf("changed %q, %v", changed, err)
		}
	}
}
