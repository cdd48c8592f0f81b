package verify

import (
	"bytes"
	"io/fs"
	"path"
	"time"
)

// Overlaid are files by path, made when they are read; nil is a file that is
// not there.
type Overlaid map[string]func() ([]byte, error)

// Overlay is files over those of another file system.
func Overlay(below fs.FS, files Overlaid) fs.FS { return overlay{below, files} }

func bytesOf(content []byte) func() ([]byte, error) {
	return func() ([]byte, error) { return content, nil }
}

type overlay struct {
	fs.FS
	files Overlaid
}

// Open opens a file of the overlay, or what is below.
func (o overlay) Open(name string) (fs.File, error) {
	make, ok := o.files[name]
	switch {
	case !ok:
		return o.FS.Open(name)
	case make == nil:
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
	}
	content, err := make()
	if err != nil {
		return nil, err
	}
	return &file{bytes.NewReader(content), info{name, int64(len(content))}}, nil
}

// Stat says that a file is there without making it; its size is not known.
func (o overlay) Stat(name string) (fs.FileInfo, error) {
	make, ok := o.files[name]
	switch {
	case !ok:
		return fs.Stat(o.FS, name)
	case make == nil:
		return nil, &fs.PathError{Op: "stat", Path: name, Err: fs.ErrNotExist}
	}
	return info{name, 0}, nil
}

type file struct {
	*bytes.Reader
	info info
}

func (f *file) Stat() (fs.FileInfo, error) { return f.info, nil }
func (f *file) Close() error               { return nil }

type info struct {
	name string
	size int64
}

func (i info) Name() string       { return path.Base(i.name) }
func (i info) Size() int64        { return i.size }
func (i info) Mode() fs.FileMode  { return 0o444 }
func (i info) ModTime() time.Time { return time.Time{} }
func (i info) IsDir() bool        { return false }
func (i info) Sys() any           { return nil }

// readFile is a file's content, nil when it cannot be read.
func readFile(files fs.FS, name string) []byte {
	content, err := fs.ReadFile(files, name)
	if err != nil {
		return nil
	}
	return content
}
