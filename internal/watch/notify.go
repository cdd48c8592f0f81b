package watch

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/fsnotify/fsnotify"
)

// A session follows one directory by what the system tells.
type session struct {
	*watcher
	*tree
	at        place
	system    *fsnotify.Watcher
	hints     *hints
	gathering sync.WaitGroup
	// heard are the directories of which the system tells. It knows them by
	// their identity, and would take one that was moved for the one of the old
	// name; so that has to be unmade first.
	heard map[identity]*node
	// again are the directories of which it was made to tell by another name.
	again []string
	// missed are the changes that the last look at everything found and of
	// which nothing was told since.
	missed map[string]struct{}
}

// notify follows a directory until that is another one or hints were lost
// (errAgain), or the system cannot tell of its changes (any other error).
func (w *watcher) notify(ctx context.Context, at place) error {
	s, err := w.hear(at)
	if err != nil {
		return fmt.Errorf("the system tells of no changes: %w", err)
	}
	defer s.close()
	return s.run(ctx)
}

// hear begins a session. It has to be closed.
func (w *watcher) hear(at place) (*session, error) {
	system, err := w.open()
	if err != nil {
		return nil, err
	}
	s := &session{
		watcher: w, tree: newTree(at.path, w.Skip), at: at,
		system: system, hints: newHints(), heard: make(map[identity]*node),
	}
	s.tree.listen, s.tree.leave = s.listen, s.leave
	s.gathering.Go(func() { s.hints.gather(system) })
	return s, nil
}

func (s *session) close() {
	_ = s.system.Close()
	s.gathering.Wait()
}

func (s *session) run(ctx context.Context) error {
	began := time.Now()
	if _, _, err := s.update(ctx); err != nil {
		return err
	}
	if s.unheard() {
		return errAgain
	}
	s.started()
	pulse := time.NewTicker(s.pulse)
	defer pulse.Stop()
	all := time.NewTimer(s.rest(began))
	defer all.Stop()
	for {
		var err error
		select {
		case <-ctx.Done():
			err = ctx.Err()
		case <-s.hints.ready:
			err = s.settle(ctx)
		case <-pulse.C:
			if !s.at.still(s.Dir) {
				err = errAgain
			} else if s.top.shut {
				s.hints.put(fsnotify.Event{Name: s.root, Op: fsnotify.Chmod})
			}
		case <-all.C:
			began := time.Now()
			err = s.audit(ctx)
			all.Reset(s.rest(began))
		}
		if err != nil {
			return err
		}
	}
}

// rest is how long nobody looks at everything after a look that began: that
// costs at most a hundredth of the time.
func (s *session) rest(began time.Time) time.Duration {
	return max(s.seldom, 100*time.Since(began))
}

// settle looks at what the system told of.
func (s *session) settle(ctx context.Context) error {
	queue, err := s.hints.take()
	if err != nil {
		return errAgain
	}
	for _, h := range queue {
		if err := s.handle(ctx, h); err != nil {
			return err
		}
	}
	again := s.again
	s.again = nil
	for _, name := range again {
		if n := s.node(name); n != nil && n.inside() && !n.heard {
			if err := s.scan(ctx, n); err != nil {
				return err
			}
		}
	}
	changed, _ := s.take()
	s.pile.add(changed)
	return nil
}

// audit looks at everything, for what the system did not tell: directories
// that can be listed again, and changes that it does not see, such as those
// that another machine makes. Where it misses any, it is not relied on.
func (s *session) audit(ctx context.Context) error {
	if err := s.settle(ctx); err != nil {
		return err
	}
	if len(s.missed) > 0 {
		return fmt.Errorf("the system did not tell that %s changed", slices.Min(slices.Collect(maps.Keys(s.missed))))
	}
	changed, untold, err := s.update(ctx)
	if err != nil {
		return err
	}
	if !s.at.still(s.Dir) {
		return errAgain
	}
	s.pile.add(changed)
	s.missed = unexplained(changed, untold)
	return nil
}

// unexplained returns the paths that do not lie in another of them: a
// directory that came is told of, and what was in it already is not.
func unexplained(changed, untold []string) map[string]struct{} {
	all := make(map[string]struct{}, len(changed))
	for _, name := range changed {
		all[name] = struct{}{}
	}
	rest := make(map[string]struct{})
	for _, name := range untold {
		if _, inAnother := all[path.Dir(name)]; !inAnother {
			rest[name] = struct{}{}
		}
	}
	return rest
}

// moved are the hints after which another file or directory may have the name.
const moved = fsnotify.Create | fsnotify.Remove | fsnotify.Rename

// handle looks at the path of one hint.
func (s *session) handle(ctx context.Context, h hint) error {
	name, inside := s.name(h.name)
	if !inside {
		return nil
	}
	maps.DeleteFunc(s.missed, func(missed string, _ struct{}) bool {
		return missed == name || strings.HasPrefix(missed, name+"/")
	})
	if name == "." {
		return s.handleTop(ctx, h.op)
	}
	dir, base := s.node(path.Dir(name)), path.Base(name)
	if dir == nil || !dir.inside() {
		return nil // it went away with the directory, which has its own hint
	}
	kid := dir.kids[base]
	m, there := look(filepath.Join(s.root, filepath.FromSlash(name)))
	now := time.Now()
	switch {
	case h.op&moved != 0 || !there || kid == nil || m.replaces(kid.mark):
		// Also a directory of the same identity is taken for a new one, since
		// the system may have stopped telling of it.
		if kid == nil {
			kid = &node{name: base, parent: dir}
		}
		s.found(kid, false)
		s.drop(kid)
		if !there {
			return nil
		}
		if kid = s.meet(dir, base, m, now); kid.inside() {
			return s.scan(ctx, kid)
		}
	case m.mode.IsDir():
		// That something in it changed is told of that; here only counts who
		// can look into it.
		access := kid.mark.content() != m.content()
		kid.mark = m
		if access && kid.inside() {
			return s.scan(ctx, kid)
		}
	case h.op.Has(fsnotify.Write) || m.content() != kid.mark.content():
		s.found(kid, false)
		kid.mark = m
	default:
		kid.mark = m // Chmod of what does not matter
	}
	return nil
}

// handleTop looks at the directory itself.
func (s *session) handleTop(ctx context.Context, op fsnotify.Op) error {
	if op&moved != 0 {
		return errAgain
	}
	if !op.Has(fsnotify.Chmod) {
		return nil
	}
	if err := s.scan(ctx, s.top); err != nil {
		return err
	}
	if s.unheard() {
		return errAgain
	}
	return nil
}

// unheard tells whether the directory went away and came back while it was
// looked at. Of any other directory, the one above tells that.
func (s *session) unheard() bool { return !s.top.heard && !s.top.shut }

// name is the path, in the directory, of what fsnotify calls by its own.
func (s *session) name(name string) (string, bool) {
	rel, err := filepath.Rel(s.root, name)
	if err != nil || rel == ".." || strings.HasPrefix(rel, ".."+string(filepath.Separator)) {
		return "", false
	}
	return filepath.ToSlash(rel), true
}

// listen makes the system tell of a directory. One that cannot be watched since
// it went away or is closed to us is left to later hints and looks; any other
// error means that changes would be missed.
func (s *session) listen(n *node) error {
	dir := s.abs(n)
	var err error
	for range 3 {
		s.claim(n)
		err = s.add(s.system, dir)
		m, there := look(dir)
		if there && m.id == n.mark.id {
			switch {
			case err == nil:
				n.heard = true
				if m.id != (identity{}) {
					s.heard[m.id] = n
				}
				return nil
			case errors.Is(err, fs.ErrPermission) && !canList(dir):
				return nil
			}
			continue
		}
		// Another one came into its place just now: which of them is watched?
		_ = s.system.Remove(dir)
		if !there || !m.mode.IsDir() {
			return nil
		}
		n.mark, err = m, nil
	}
	if err == nil || isGone(err) {
		return nil
	}
	return fmt.Errorf("the system watches no more directories: %w", err)
}

// claim takes a directory from the node that it was heard of by: it was moved
// from there. If it was not, since a link leads to it or it moved back, that
// one has to be looked at again.
func (s *session) claim(n *node) {
	if other := s.heard[n.mark.id]; other != nil {
		s.leave(other)
		s.again = append(s.again, other.path())
	}
}

// leave makes the system tell no more of a directory. That it does not know it
// any more is no error.
func (s *session) leave(n *node) {
	n.heard = false
	if s.heard[n.mark.id] == n {
		delete(s.heard, n.mark.id)
	}
	_ = s.system.Remove(s.abs(n))
}
