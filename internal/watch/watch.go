// Package watch turns what happens below a directory into batches of changed
// paths. It knows fsnotify and the disk, and must never know hashes, builds or
// sites.
//
// The system's events are hints, the disk is the truth. A tree remembers what
// the directory held when it was looked at last; a hint makes one entry be
// looked at again, and the clock all of them: seldom while the system is asked,
// to find what it did not tell, and at each interval when it cannot be asked.
package watch

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"syscall"
	"time"

	"github.com/fsnotify/fsnotify"
)

// Options say what is watched. Only Dir is needed.
type Options struct {
	// Dir is the directory; "" is the current one. It need not exist yet, and
	// it or what lies above it may be symbolic links.
	Dir string
	// A batch closes when nothing happened for Quiet, and at the latest Most
	// after its first change; 0 is 250 ms and 2 s.
	Quiet, Most time.Duration
	// Poll > 0 looks through the whole tree at this interval instead of asking
	// the system: for network and container mounts. Where a look takes more
	// than a fifth of the interval, it is longer.
	Poll time.Duration
	// Skip tells by their path, relative to Dir and with slashes, which
	// directories are not looked into; nil is none. It is called from several
	// goroutines.
	Skip func(name string) bool
	// Say is given notices for people: that the directory is waited for, and
	// that and why changes are looked for by polling. It may be called while a
	// batch is worked on; nil hears nothing.
	Say func(notice string)
}

// A Batch is what may have changed since the batch before. Some of it may have
// not: what happened, the disk tells.
type Batch struct {
	// Paths are files, directories and links, relative to Dir with slashes,
	// sorted, each once; "." is Dir. A directory that is new is listed with
	// everything in it, one that is gone only by itself, and one that is still
	// there may have lost some of what was in it: whoever remembers a path
	// below a listed one looks whether it still exists. Links are not followed:
	// what lies below their target changes under the target's path.
	Paths []string
	// All: anything may have changed, since the directory is a new one or
	// events were lost. Paths is empty.
	All bool
	// Gone: the directory is not there now. Paths is empty.
	Gone bool
}

// Watch calls do with the changes below a directory until the context is done;
// it returns when do did. The first batch is All, as soon as the directory is
// there. While do runs, changes are gathered for the next batch.
func Watch(ctx context.Context, o Options, do func(Batch)) {
	newWatcher(o).watch(ctx, do)
}

const (
	// pulse is how often it is looked whether the directory is still the same,
	// and while there is none, whether it came. To ask the disk instead of
	// watching the directories above sees links that are switched, mounts and
	// permissions on the whole way down, and costs some microseconds.
	pulse = 250 * time.Millisecond
	// fallback is the interval of polling where the system cannot be asked.
	fallback = 700 * time.Millisecond
	// seldom is the least time between two looks through the whole tree while
	// the system is asked.
	seldom = 5 * time.Second
)

type watcher struct {
	Options
	pile   *pile
	pulse  time.Duration
	prompt bool // the first batch need not be quiet

	// What tests change: they are impatient, and let the system fail.
	fallback, seldom time.Duration
	open             func() (*fsnotify.Watcher, error)
	add              func(w *fsnotify.Watcher, dir string) error
}

func newWatcher(o Options) *watcher {
	o.Dir = cmp.Or(o.Dir, ".")
	o.Quiet = cmp.Or(o.Quiet, 250*time.Millisecond)
	o.Most = cmp.Or(o.Most, 2*time.Second)
	if o.Skip == nil {
		o.Skip = func(string) bool { return false }
	}
	if o.Say == nil {
		o.Say = func(string) {}
	}
	return &watcher{
		Options:  o,
		pile:     newPile(o.Quiet, o.Most),
		pulse:    max(min(o.Quiet, pulse), time.Millisecond),
		prompt:   true,
		fallback: fallback,
		seldom:   seldom,
		open:     fsnotify.NewWatcher,
		add:      (*fsnotify.Watcher).Add,
	}
}

func (w *watcher) watch(ctx context.Context, do func(Batch)) {
	ctx, cancel := context.WithCancel(ctx)
	var group sync.WaitGroup
	defer group.Wait()
	defer cancel()
	group.Go(func() { w.follow(ctx) })
	w.pile.deliver(ctx, do)
}

// errAgain ends a session that has to begin anew: the directory is another
// one, or events were lost.
var errAgain = errors.New("the directory has to be looked at anew")

// follow gives the pile what happens, through all directories that there are
// under the name of the one.
func (w *watcher) follow(ctx context.Context) {
	for {
		at, arrived := w.arrive(ctx)
		if !arrived {
			return
		}
		began := time.Now()
		if err := w.session(ctx, at); !errors.Is(err, errAgain) && ctx.Err() == nil {
			w.fallBack(err)
		}
		// A system that fails at once is not asked again and again.
		if rest := w.pulse - time.Since(began); rest > 0 && !sleep(ctx, rest) {
			return
		}
	}
}

func (w *watcher) session(ctx context.Context, at place) error {
	if w.Poll > 0 {
		return w.poll(ctx, at)
	}
	return w.notify(ctx, at)
}

// started ends the first look at a directory.
func (w *watcher) started() {
	w.pile.all(w.prompt)
	w.prompt = false
}

// arrive waits until the directory is there.
func (w *watcher) arrive(ctx context.Context) (place, bool) {
	began := time.Now()
	for tries := 0; ; tries++ {
		at, err := find(w.Dir)
		if err == nil {
			return at, ctx.Err() == nil
		}
		if w.prompt {
			w.prompt = false
			w.Say(fmt.Sprintf("waiting for %s: %s", w.Dir, bare(err)))
		}
		if tries == 0 {
			w.pile.gone()
		}
		// Most that replace a directory have the new one at hand.
		rest := w.pulse
		if time.Since(began) < w.Most {
			rest = max(w.pulse/8, time.Millisecond)
		}
		if !sleep(ctx, rest) {
			return place{}, false
		}
	}
}

// fallBack says, once, that and why polling begins, and what helps.
func (w *watcher) fallBack(err error) {
	w.Poll = w.fallback
	remedy := "--poll chooses the interval"
	switch {
	case errors.Is(err, syscall.ENOSPC):
		remedy = "raise fs.inotify.max_user_watches, or choose the interval with --poll " + w.Poll.String()
	case errors.Is(err, syscall.EMFILE):
		remedy = "raise fs.inotify.max_user_instances or the limit of open files, or choose the interval with --poll " + w.Poll.String()
	}
	w.Say(fmt.Sprintf("%v: looking through all files every %s instead; %s", err, w.Poll, remedy))
}

// A place is the directory that a path leads to now.
type place struct {
	path string // absolute, without links
	info fs.FileInfo
}

func find(dir string) (place, error) {
	path, err := filepath.EvalSymlinks(dir)
	if err != nil {
		return place{}, err
	}
	if path, err = filepath.Abs(path); err != nil {
		return place{}, err
	}
	info, err := os.Stat(path)
	if err == nil && !info.IsDir() {
		err = errors.New("it is not a directory")
	}
	return place{path: path, info: info}, err
}

// still tells whether a path leads to the same directory as before.
func (at place) still(dir string) bool {
	now, err := find(dir)
	return err == nil && now.path == at.path && os.SameFile(now.info, at.info)
}

// sleep waits; it tells whether the context lasted.
func sleep(ctx context.Context, d time.Duration) bool {
	select {
	case <-ctx.Done():
		return false
	case <-time.After(d):
		return true
	}
}

// bare is an error without the path, which the notice tells already.
func bare(err error) error {
	if pathErr := (*fs.PathError)(nil); errors.As(err, &pathErr) {
		return pathErr.Err
	}
	return err
}
