package watch

import (
	"errors"
	"io/fs"
	"os"
	"syscall"
	"time"
)

// A mark is what tells without reading a file that it changed: what the disk
// says of it. Where a system has no such thing, the field is 0.
type mark struct {
	id       identity
	mode     fs.FileMode
	uid, gid uint32
	size     int64
	modified int64 // ns
	changed  int64 // ns, of any change; unlike modified, nobody can set it
}

// An identity tells a directory from another of the same name.
type identity struct{ dev, ino uint64 }

// look asks the disk for an entry; links are not followed. What cannot be
// asked for is there, with a mark of its own.
func look(name string) (m mark, there bool) {
	info, err := os.Lstat(name)
	if err != nil {
		return mark{mode: fs.ModeIrregular}, !isGone(err)
	}
	m = mark{mode: info.Mode(), size: info.Size(), modified: info.ModTime().UnixNano()}
	m.ask(info)
	return m, true
}

func isGone(err error) bool {
	return errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ENOTDIR)
}

// content leaves out what changes without the content and who may read it.
func (m mark) content() mark {
	m.changed = 0
	m.mode &^= 0o222
	if m.mode.IsDir() {
		m.size, m.modified = 0, 0
	} else {
		m.mode &^= 0o111
	}
	return m
}

// replaces tells whether it is of another directory than before, or of a
// directory in the place of a file, or the reverse.
func (m mark) replaces(old mark) bool {
	return m.mode.IsDir() != old.mode.IsDir() || m.mode.IsDir() && m.id != old.id
}

// ticking tells whether the next change may happen in the same tick of the
// file system's clock as the last, and so not change the mark. Ticks take up
// to 10 ms, on old file systems seconds.
func (m mark) ticking(now time.Time) bool {
	tick := 50 * time.Millisecond
	if m.modified%int64(time.Second) == 0 {
		tick = 2100 * time.Millisecond
	}
	return now.Sub(time.Unix(0, m.modified)).Abs() < tick
}

// strange tells whether a file that changed between two times has a time from
// elsewhere: it was set, or another machine's clock ticks.
func (m mark) strange(since, now time.Time) bool {
	t := time.Unix(0, m.modified)
	return t.Before(since) || t.After(now)
}
