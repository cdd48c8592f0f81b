// Package output puts files into a directory so that a visitor, a deploy or a
// watcher never meets half of one, and a file that did not change is not
// touched. It does not know what the files are for.
//
// Everything that can fail for good reason comes first: all contents are made
// and written to temporary files beside their places. Only then are the places
// taken, by renames, in the given order. A full disk, an unreadable page or an
// interruption leaves the directory as it was.
//
// All access goes through os.Root: a symbolic link in the site cannot lead a
// write out of it.
package output

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"io/fs"
	"os"
)

// File is a file to put.
type File struct {
	// Path is relative to the directory, with slashes.
	Path string
	// Content makes the bytes. It is called while the directory still holds
	// the old files, in their order.
	Content func() ([]byte, error)
}

// State is what happened to a file.
type State string

// Removed is for precompressed copies that would hold old content; Foreign is
// for files in a mirror that its site does not have, which are left alone.
const (
	Written   State = "written"
	Unchanged State = "unchanged"
	Removed   State = "removed"
	Foreign   State = "foreign"
)

// Change is a file with what happened to it.
type Change struct {
	Path  string `json:"path"`
	State State  `json:"state"`
}

// PartialError says that taking the places stopped in the middle.
type PartialError struct {
	// Replaced lists the files that have their new content.
	Replaced []string
	Err      error
}

func (e *PartialError) Error() string {
	if len(e.Replaced) == 0 {
		return fmt.Sprintf("%v; no file was replaced", e.Err)
	}
	return fmt.Sprintf("%v; replaced before that: %s", e.Err, list(e.Replaced))
}

func (e *PartialError) Unwrap() error { return e.Err }

// Put writes the files into a directory, which is made when it is missing.
func Put(ctx context.Context, dir string, files []File) ([]Change, error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, err
	}
	return put(ctx, dir, asItems(files), true)
}

// Compare says what Put would do, and writes nothing.
func Compare(ctx context.Context, dir string, files []File) ([]Change, error) {
	return put(ctx, dir, asItems(files), false)
}

func put(ctx context.Context, dir string, items []item, commit bool) ([]Change, error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		if !commit && os.IsNotExist(err) {
			return allNew(items), nil
		}
		return nil, err
	}
	defer root.Close()
	s := newStage(disk{root}, items)
	defer s.discard()
	s.compareOnly = !commit
	if err := s.fill(ctx, items); err != nil {
		return nil, err
	}
	if commit {
		if err := s.commit(); err != nil {
			return nil, err
		}
	}
	return s.changes, nil
}

func allNew(items []item) []Change {
	changes := make([]Change, len(items))
	for i, it := range items {
		changes[i] = Change{it.path, Written}
	}
	return changes
}

// item is a file to put whose content may be too large for the memory.
type item struct {
	path string
	mode fs.FileMode // of a file that is not there yet
	open func() (source, error)
}

type source interface {
	io.ReadSeeker
	io.Closer
}

// memory is a source that is in memory already.
type memory struct{ *bytes.Reader }

func (memory) Close() error { return nil }

func asItems(files []File) []item {
	items := make([]item, len(files))
	for i, f := range files {
		items[i] = f.item()
	}
	return items
}

func (f File) item() item {
	return item{f.Path, 0o644, func() (source, error) {
		content, err := f.Content()
		return memory{bytes.NewReader(content)}, err
	}}
}

// list names the first few paths.
func list(paths []string) string {
	const few = 5
	text := ""
	for i, path := range paths {
		if i == few {
			return fmt.Sprintf("%s and %d more", text, len(paths)-few)
		}
		if i > 0 {
			text += ", "
		}
		text += path
	}
	return text
}
