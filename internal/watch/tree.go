package watch

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"
)

// A tree is what a directory held when it was looked at last. Looking again
// finds what changed.
type tree struct {
	root string
	skip func(name string) bool
	top  *node

	// listen makes the system tell of a directory, and is called before the
	// directory is listed: nothing comes between. Nil where nobody tells;
	// then directories are looked at in several goroutines at a time.
	listen func(n *node) error
	leave  func(n *node)
	slots  chan struct{}

	turn  uint32    // counts the looks
	since time.Time // the beginning of the last look at everything

	mu      sync.Mutex
	changed []string
	untold  []string // those of which the system should have told
	err     error    // of listen
}

// A node is a file, a link or a directory. One goroutine at a time looks at a
// directory and changes its kids.
type node struct {
	name    string
	parent  *node
	kids    map[string]*node
	mark    mark
	seen    uint32 // the turn in which it was there
	ticking bool   // it may have changed without a trace
	skipped bool
	shut    bool // a directory that cannot be listed
	heard   bool // the system tells of what happens in this directory
}

func newTree(root string, skip func(string) bool) *tree {
	t := &tree{root: root, skip: skip, top: &node{name: "."}}
	t.top.mark, _ = look(root)
	return t
}

// abs is where the disk has a node.
func (t *tree) abs(n *node) string { return filepath.Join(t.root, filepath.FromSlash(n.path())) }

// path is where the directory has a node.
func (n *node) path() string {
	if n.parent == nil || n.parent.parent == nil {
		return n.name
	}
	return n.parent.path() + "/" + n.name
}

// node finds a directory's or a file's node, nil when there is none.
func (t *tree) node(name string) *node {
	n := t.top
	if name == "." {
		return n
	}
	for part := range strings.SplitSeq(name, "/") {
		if n = n.kids[part]; n == nil {
			return nil
		}
	}
	return n
}

// update looks at everything and returns what changed, and of which of that
// the system should have told.
func (t *tree) update(ctx context.Context) (changed, untold []string, err error) {
	now := time.Now()
	if m, there := look(t.root); there && !m.replaces(t.top.mark) {
		t.compare(t.top, m, now, false)
	}
	err = t.scan(ctx, t.top)
	t.since = now
	changed, untold = t.take()
	return changed, untold, err
}

// take returns what was found since it was called last.
func (t *tree) take() (changed, untold []string) {
	changed, untold = t.changed, t.untold
	t.changed, t.untold = nil, nil
	return changed, untold
}

func (t *tree) found(n *node, untold bool) {
	name := n.path()
	t.mu.Lock()
	defer t.mu.Unlock()
	t.changed = append(t.changed, name)
	if untold {
		t.untold = append(t.untold, name)
	}
}

// scan looks at a directory and everything below.
func (t *tree) scan(ctx context.Context, n *node) error {
	t.turn++
	t.descend(ctx, n)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	err := t.err
	t.err = nil
	return err
}

func (t *tree) descend(ctx context.Context, n *node) {
	if ctx.Err() != nil || t.err != nil {
		return
	}
	if t.listen != nil && !n.heard {
		if t.err = t.listen(n); t.err != nil {
			return
		}
	}
	var group sync.WaitGroup
	defer group.Wait()
	for _, kid := range t.list(ctx, n) {
		select {
		case t.slots <- struct{}{}:
			group.Go(func() {
				defer func() { <-t.slots }()
				t.descend(ctx, kid)
			})
		default:
			t.descend(ctx, kid)
		}
	}
}

// list compares a directory with its node and returns the directories in it.
func (t *tree) list(ctx context.Context, n *node) (dirs []*node) {
	dir := t.abs(n)
	names, err := list(dir, -1)
	if shut := err != nil; shut != n.shut {
		n.shut = shut
		t.found(n, false)
	}
	if n.shut {
		for _, kid := range n.kids {
			t.drop(kid)
		}
		return nil
	}
	if !os.IsPathSeparator(dir[len(dir)-1]) {
		dir += string(filepath.Separator)
	}
	now := time.Now()
	there := 0
	for _, base := range names {
		if ctx.Err() != nil {
			return nil
		}
		m, is := look(dir + base)
		if !is {
			continue
		}
		there++
		if kid := t.meet(n, base, m, now); kid.inside() {
			dirs = append(dirs, kid)
		}
	}
	if there < len(n.kids) {
		for _, kid := range n.kids {
			if kid.seen != t.turn {
				t.found(kid, n.heard)
				t.drop(kid)
			}
		}
	}
	return dirs
}

// inside tells whether a node is a directory that is looked into.
func (n *node) inside() bool { return n.mark.mode.IsDir() && !n.skipped }

// meet compares an entry of a directory with its node.
func (t *tree) meet(dir *node, base string, m mark, now time.Time) *node {
	kid := dir.kids[base]
	if kid != nil && !m.replaces(kid.mark) {
		t.compare(kid, m, now, dir.heard)
		kid.seen = t.turn
		return kid
	}
	if kid != nil {
		t.drop(kid)
	}
	kid = &node{name: base, parent: dir, mark: m, seen: t.turn, ticking: t.ticking(m, now)}
	kid.skipped = m.mode.IsDir() && t.skip(kid.path())
	if dir.kids == nil {
		dir.kids = make(map[string]*node)
	}
	dir.kids[base] = kid
	t.found(kid, dir.heard)
	return kid
}

// compare gives a node its next mark. Where nobody tells of changes, the times
// of a directory count: only they show that something came and went again,
// which others may have seen.
func (t *tree) compare(n *node, m mark, now time.Time, told bool) {
	same := m == n.mark
	if m.mode.IsDir() && (t.listen != nil || n.skipped) {
		same = m.content() == n.mark.content()
	}
	switch {
	case !same:
		t.found(n, told && m.content() != n.mark.content())
		n.ticking = t.ticking(m, now)
	case n.ticking:
		t.found(n, false)
		n.ticking = m.ticking(now)
	}
	n.mark = m
}

// ticking tells whether what changed since the last look may change again
// without a trace. Where the system tells of changes it does not matter.
func (t *tree) ticking(m mark, now time.Time) bool {
	return t.listen == nil && (m.ticking(now) || !t.since.IsZero() && m.strange(t.since, now))
}

// drop forgets a node and everything below.
func (t *tree) drop(n *node) {
	delete(n.parent.kids, n.name)
	t.silence(n)
}

func (t *tree) silence(n *node) {
	if n.heard {
		t.leave(n)
	}
	for _, kid := range n.kids {
		t.silence(kid)
	}
}

// list returns the names in a directory, at most n of them if n > 0. The dot
// keeps a named pipe that came into its place from being opened, and waited
// for.
func list(dir string, n int) ([]string, error) {
	f, err := os.Open(dir + string(filepath.Separator) + ".")
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return f.Readdirnames(n)
}

// canList tells whether a directory may be listed.
func canList(dir string) bool {
	_, err := list(dir, 1)
	return err == nil || errors.Is(err, io.EOF)
}
