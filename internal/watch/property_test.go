package watch

import (
	"fmt"
	"io/fs"
	"maps"
	"math/rand/v2"
	"os"
	"path"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// A model is what somebody knows who only listens to the batches: a line a
// path, saying what is there.
type model map[string]string

func (m model) apply(site string, b Batch) {
	switch {
	case b.Gone:
		clear(m)
	case b.All:
		clear(m)
		maps.Copy(m, disk(site))
	}
	for _, name := range b.Paths {
		delete(m, name)
		if is, there := entry(site, name); there && name != "." {
			m[name] = is
		}
		for below := range m {
			if strings.HasPrefix(below, name+"/") || name == "." {
				if _, there := entry(site, below); !there {
					delete(m, below)
				}
			}
		}
	}
}

// entry is what the disk has under a name. It is not there if a directory
// above it is a link, for that is where it really is.
func entry(site, name string) (string, bool) {
	for dir := path.Dir(name); dir != "."; dir = path.Dir(dir) {
		if info, err := os.Lstat(filepath.Join(site, dir)); err != nil || !info.IsDir() {
			return "", false
		}
	}
	full := filepath.Join(site, name)
	info, err := os.Lstat(full)
	switch {
	case err != nil:
		return "", false
	case info.IsDir():
		return "directory", true
	case info.Mode()&fs.ModeSymlink != 0:
		target, err := os.Readlink(full)
		return "link to " + target, err == nil
	}
	text, err := os.ReadFile(full)
	return "file: " + string(text), err == nil
}

func disk(site string) model {
	m := make(model)
	_ = filepath.WalkDir(site, func(full string, _ fs.DirEntry, err error) error {
		if name, relErr := filepath.Rel(site, full); err == nil && relErr == nil && name != "." {
			if is, there := entry(site, filepath.ToSlash(name)); there {
				m[filepath.ToSlash(name)] = is
			}
		}
		return nil
	})
	return m
}

// A player does random things to a directory, and to what is beside it. Most
// of them fail, since others play, too.
type player struct {
	*rand.Rand
	dir   string
	sorts int // of operations
	log   []string
}

func (p *player) name() string {
	parts := []string{p.dir, "site"}
	for range 1 + p.IntN(3) {
		parts = append(parts, string(rune('a'+p.IntN(4))))
	}
	return filepath.Join(parts...)
}

// Sorts of operations: in the directory, and those that replace it, too.
const (
	within   = 97
	andOfAll = 100
)

func (p *player) do() {
	a, b, out := p.name(), p.name(), filepath.Join(p.dir, fmt.Sprintf("out%d", p.IntN(3)))
	text := []byte{byte('0' + p.IntN(10))}
	switch n := p.IntN(p.sorts); {
	case n < 25:
		p.note("write "+a, os.WriteFile(a, text, 0o644))
	case n < 40:
		p.note("mkdir "+a, os.MkdirAll(a, 0o755))
	case n < 60:
		p.note("mv "+a+" "+b, os.Rename(a, b))
	case n < 67:
		p.note("mv "+a+" "+out, os.Rename(a, out))
	case n < 74:
		p.note("mv "+out+" "+a, os.Rename(out, a))
	case n < 82:
		p.note("rm "+a, os.RemoveAll(a))
	case n < 87:
		p.note("ln "+a, os.Symlink(filepath.Base(b), a))
	case n < 92: // an editor
		p.note("write "+a+"~", os.WriteFile(a+"~", text, 0o644))
		p.note("mv "+a+"~ "+a, os.Rename(a+"~", a))
	case n < 97: // a generator
		dir := filepath.Join(a, "x", "y")
		p.note("mkdir "+dir, os.MkdirAll(dir, 0o755))
		p.note("write "+dir+"/z", os.WriteFile(filepath.Join(dir, "z"), text, 0o644))
	case n < 98:
		site := filepath.Join(p.dir, "site")
		p.note("mv site "+out, os.Rename(site, out))
		p.note("mv "+out+" site", os.Rename(out, site))
	default:
		site := filepath.Join(p.dir, "site")
		p.note("rm site", os.RemoveAll(site))
		p.note("mkdir site", os.Mkdir(site, 0o755))
	}
}

func (p *player) note(what string, err error) {
	if err == nil {
		p.log = append(p.log, strings.ReplaceAll(what, p.dir+"/", ""))
	}
}

// After any operations, who listened to the batches knows what the disk holds.
func TestTheBatchesTellTheWholeTruth(t *testing.T) {
	t.Parallel()
	rounds, seed := 12, time.Now().UnixNano()
	if testing.Short() {
		rounds = 5
	}
	for _, c := range []struct {
		name         string
		sorts        int
		poll, seldom time.Duration
	}{
		{"notify", within, 0, time.Hour},
		{"notify, with another directory now and then", andOfAll, 0, time.Hour},
		{"notify, with looks between", andOfAll, 0, time.Millisecond},
		{"poll", andOfAll, testPoll, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			for i := range rounds {
				t.Run(fmt.Sprint(seed+int64(i)), func(t *testing.T) {
					s := open(t, Options{Poll: c.poll})
					s.watcher.seldom = c.seldom
					told(s, uint64(seed)+uint64(i), c.sorts)
					if said := fmt.Sprint(s.said()); c.seldom == time.Hour && strings.Contains(said, "looking") {
						t.Errorf("said %q", said)
					}
				})
			}
		})
	}
}

func told(s *stage, seed uint64, sorts int) {
	s.watch()
	site := s.path("site")
	players := make([]*player, 3)
	var group sync.WaitGroup
	for i := range players {
		players[i] = &player{Rand: rand.New(rand.NewPCG(seed, uint64(i))), dir: s.dir, sorts: sorts}
		group.Go(func() {
			for range 150 {
				players[i].do()
			}
		})
	}
	played := make(chan struct{})
	go func() { group.Wait(); close(played) }()
	known := make(model)
	var last []string
	listen := func(b Batch) {
		known.apply(site, b)
		last = append(last, fmt.Sprintf("%+v", b))
	}
	for playing := true; playing; {
		select {
		case b := <-s.batches:
			listen(b)
		case <-played:
			playing = false
		}
	}
	if err := os.MkdirAll(site, 0o755); err != nil {
		s.Fatal(err)
	}
	// What polling found just before is told with the second signal, and once
	// more with the third.
	for n := range 3 {
		text := strings.Repeat("x", n+1)
		s.run("write site/" + signal + " " + text)
		for known[signal] != "file: "+text {
			listen(s.next())
		}
	}
	if diff := cmp.Diff(disk(site), known); diff != "" {
		for i, p := range players {
			s.Logf("player %d: %s", i, strings.Join(p.log, "; "))
		}
		s.Logf("batches: %s", strings.Join(last, "\n"))
		s.Fatalf("the disk (-) and what was told (+):\n%s", diff)
	}
}
