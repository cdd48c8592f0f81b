package manifest

import (
	"io/fs"
	"path"

	"github.com/swgen/swgen/internal/finding"
)

// Index remembers what a scan read of a tree, so that the next one of the same
// tree, with the same Options, reads only what was forgotten since. What it
// remembers is the content of directories and files; the rules judge each name
// anew. Nothing is ever looked up by time or size: who changes a file has to
// have it forgotten. The zero value remembers nothing. It is used by one scan
// at a time.
type Index struct {
	dirs  map[string][]dirEntry
	files map[string]outcome
}

// dirEntry is an entry of a directory that holds no links.
type dirEntry struct {
	name string
	mode fs.FileMode
}

// outcome is what reading a file came to.
type outcome struct {
	file     hashed
	in       bool
	left     *leftOut
	findings []finding.Finding
	// again is set where the file is to be read by each scan: it could not be,
	// or a pattern decided about its content.
	again bool
}

// Forget forgets files, or directories with all that is below them: what was
// changed, made or removed. A directory that is gone has to be named itself.
// The root is ".".
func (x *Index) Forget(names ...string) {
	gone := make(map[string]bool)
	for _, name := range names {
		if _, isFile := x.files[name]; isFile {
			delete(x.files, name)
		} else {
			gone[name] = true // or new, or a directory
		}
		for dir := path.Dir(name); ; dir = path.Dir(dir) { // up to one that was there before
			_, known := x.dirs[dir]
			delete(x.dirs, dir)
			if known || dir == "." {
				break
			}
		}
	}
	if len(gone) == 0 {
		return
	}
	for name := range x.dirs {
		if below(name, gone) {
			delete(x.dirs, name)
		}
	}
	for name := range x.files {
		if below(name, gone) {
			delete(x.files, name)
		}
	}
}

// below says whether a name or a directory above it is in a set.
func below(name string, set map[string]bool) bool {
	for ; !set[name]; name = path.Dir(name) {
		if name == "." {
			return false
		}
	}
	return true
}

// readDir lists a directory, from memory if it is there. What is listed anew
// is remembered, but for directories that are reached or left by links:
// what those hold may change elsewhere.
func (w *worker) readDir(dir task) ([]dirEntry, error) {
	x := w.options.Index
	if x != nil && dir.name == dir.real {
		if known, ok := x.dirs[dir.name]; ok {
			return known, nil
		}
	}
	entries, err := fs.ReadDir(w.tree, dir.real)
	list := make([]dirEntry, len(entries))
	plain := x != nil && err == nil && dir.name == dir.real
	for i, e := range entries {
		list[i] = dirEntry{e.Name(), e.Type()}
		plain = plain && e.Type()&fs.ModeSymlink == 0
	}
	if plain {
		w.dirs[dir.name] = list
	}
	return list, err
}

// readFile reads a file, from memory if it is there.
func (w *worker) readFile(f file) {
	x := w.options.Index
	if x == nil || f.name != f.real {
		w.take(w.read(f))
		return
	}
	o, known := x.files[f.name]
	if !known {
		if o = w.read(f); !o.again {
			w.outcomes[f.name] = o
		}
	}
	w.take(o)
}

// take adds what reading a file came to.
func (w *worker) take(o outcome) {
	if o.in {
		w.files = append(w.files, o.file)
	}
	if o.left != nil {
		w.left = append(w.left, *o.left)
	}
	w.findings = append(w.findings, o.findings...)
}

// remember adds what the workers of a scan have read.
func (x *Index) remember(workers []*worker) {
	if x == nil {
		return
	}
	if x.dirs == nil {
		x.dirs, x.files = make(map[string][]dirEntry), make(map[string]outcome)
	}
	for _, w := range workers {
		for name, list := range w.dirs {
			x.dirs[name] = list
		}
		for name, o := range w.outcomes {
			x.files[name] = o
		}
	}
}
