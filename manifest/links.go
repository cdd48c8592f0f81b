package manifest

import (
	"errors"
	"io/fs"
	"path"
	"strings"

	"github.com/swgen/swgen/internal/finding"
)

var (
	errLeaves   = errors.New("leads out of the site")
	errDangling = errors.New("leads nowhere")
	errTooMany  = errors.New("leads in a circle")
)

// maxHops is how many links in a row are followed; Linux stops at 40 too.
const maxHops = 40

// follow resolves a symbolic link inside the tree, link by link, so that no
// part of the way leads out of it. An absolute target counts as outside.
func (w *walk) follow(name string) (real string, mode fs.FileMode, err error) {
	done, todo := "", strings.Split(name, "/")
	for hops := 0; len(todo) > 0; {
		part := todo[0]
		todo = todo[1:]
		if part == ".." {
			if done == "" {
				return "", 0, errLeaves
			}
			done = parent(done)
			continue
		}
		next := path.Join(done, part)
		info, err := fs.Lstat(w.tree, next)
		if err != nil {
			return "", 0, errDangling
		}
		mode = info.Mode()
		if mode&fs.ModeSymlink == 0 {
			done = next
			continue
		}
		if hops++; hops > maxHops {
			return "", 0, errTooMany
		}
		target, err := fs.ReadLink(w.tree, next)
		if err != nil {
			return "", 0, err
		}
		if path.IsAbs(target) || strings.Contains(target, `\`) {
			return "", 0, errLeaves
		}
		todo = append(strings.Split(path.Clean(target), "/"), todo...)
	}
	if done == "" {
		return ".", fs.ModeDir, nil
	}
	info, err := fs.Lstat(w.tree, done)
	if err != nil {
		return "", 0, errDangling
	}
	return done, info.Mode(), nil
}

func parent(name string) string {
	if i := strings.LastIndexByte(name, '/'); i >= 0 {
		return name[:i]
	}
	return ""
}

// brokenLink names a link that is not followed. One bad link in a documentation
// package must not cost the whole precache, so it is a warning.
func (w *worker) brokenLink(name string, err error) {
	id, hint := "broken-symlink", "remove the link or restore its target; the build goes on without it"
	if errors.Is(err, errLeaves) {
		id, hint = "escaping-symlink", "copy the target into the site; nothing outside it is read"
	}
	w.seen++
	w.add(finding.Warning, id, name, "is a symbolic link that "+err.Error(), hint)
}
