//go:build darwin || freebsd || netbsd

package watch

import (
	"io/fs"
	"syscall"
)

func (m *mark) ask(info fs.FileInfo) {
	if stat, ok := info.Sys().(*syscall.Stat_t); ok {
		m.id = identity{uint64(stat.Dev), stat.Ino}
		m.uid, m.gid = stat.Uid, stat.Gid
		m.changed = stat.Ctimespec.Nano()
	}
}
