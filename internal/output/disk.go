package output

import (
	"cmp"
	"errors"
	"io"
	"io/fs"
	"os"
	"sync"
)

// target is the directory that files are put into: a root, or in tests one
// that fails at a chosen moment.
type target interface {
	Lstat(name string) (fs.FileInfo, error)
	Stat(name string) (fs.FileInfo, error)
	Open(name string) (io.ReadCloser, error)
	// Create makes a new file; it fails when there is one.
	Create(name string) (file, error)
	MkdirAll(name string) error
	Rename(from, to string) error
	Remove(name string) error
}

type file interface {
	io.Writer
	Chmod(mode fs.FileMode) error
	Sync() error
	Close() error
}

// disk is a target on a real file system.
type disk struct{ *os.Root }

func (d disk) Open(name string) (io.ReadCloser, error) { return d.Root.Open(name) }

func (d disk) Create(name string) (file, error) {
	return d.Root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
}

func (d disk) MkdirAll(name string) error { return d.Root.MkdirAll(name, 0o755) }

// syncs waits for the disk in the background: a file system writes its journal
// once for all files that wait, so that ten thousand pages do not wait ten
// thousand times.
type syncs struct {
	slots chan struct{}
	group sync.WaitGroup
	mu    sync.Mutex
	err   error
}

func newSyncs() *syncs { return &syncs{slots: make(chan struct{}, 64)} }

// finish syncs and closes a file.
func (s *syncs) finish(name string, f file) {
	s.slots <- struct{}{}
	s.group.Go(func() {
		defer func() { <-s.slots }()
		if err := errors.Join(f.Sync(), f.Close()); err != nil {
			s.mu.Lock()
			defer s.mu.Unlock()
			s.err = cmp.Or(s.err, error(&fs.PathError{Op: "writing", Path: name, Err: bare(err)}))
		}
	})
}

// wait returns the first error, when all files are on the disk.
func (s *syncs) wait() error {
	s.group.Wait()
	return s.err
}
