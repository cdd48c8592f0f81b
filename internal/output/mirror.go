package output

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"

	"github.com/swgen/swgen/internal/compress"
)

// RefusedError says why a directory is not written to.
type RefusedError struct{ Message, Hint string }

func (e *RefusedError) Error() string { return e.Message }

// Mirror is a copy of a site with the outputs in it.
type Mirror struct {
	// Site and Dir are the directory of the site and that of the copy.
	Site, Dir string
	// Mark is a file that every copy of this kind holds: a directory without
	// it is somebody else's.
	Mark string
	// Force takes any directory, whatever it holds.
	Force bool
	// DryRun says what would be done, and writes nothing.
	DryRun bool
}

// Put brings the copy up to date: it copies what differs of the site, then
// puts the files. What only the copy holds stays, because somebody may have
// put it there (a repository, a CNAME), and is reported as Foreign.
func (m Mirror) Put(ctx context.Context, files []File) ([]Change, error) {
	if err := m.check(); err != nil {
		return nil, err
	}
	site, err := os.OpenRoot(m.Site)
	if err != nil {
		return nil, err
	}
	defer site.Close()
	items, dropped, err := mirrored(site, files)
	if err != nil {
		return nil, err
	}
	foreign, err := m.foreign(items)
	if err != nil {
		return nil, err
	}
	if !m.DryRun {
		if err := os.MkdirAll(m.Dir, 0o755); err != nil {
			return nil, err
		}
	}
	changes, err := put(ctx, m.Dir, items, !m.DryRun)
	for _, name := range dropped {
		changes = append(changes, Change{name, Removed})
	}
	for _, name := range foreign {
		if !slices.ContainsFunc(changes, func(c Change) bool { return c.Path == name }) {
			changes = append(changes, Change{name, Foreign})
		}
	}
	return changes, err
}

// check refuses directories that a copy would damage, or be part of.
func (m Mirror) check() error {
	site, err := os.Stat(m.Site)
	if err != nil {
		return err
	}
	out, err := os.Stat(m.Dir)
	if err == nil && !out.IsDir() {
		return &RefusedError{m.Dir + " is not a directory", "give a directory, or a name that does not exist yet"}
	}
	if err == nil && os.SameFile(out, site) {
		return &RefusedError{m.Dir + " is the site itself", "leave --out away to write into the site"}
	}
	if inside(m.Dir, site) {
		return &RefusedError{m.Dir + " is inside the site", "the copy would be part of the next build: choose a directory beside the site"}
	}
	if err == nil && inside(m.Site, out) {
		return &RefusedError{m.Dir + " holds the site", "choose a directory beside the site"}
	}
	if err != nil || m.Force {
		return nil
	}
	entries, err := os.ReadDir(m.Dir)
	if err != nil || len(entries) == 0 {
		return err
	}
	if _, err := os.Stat(filepath.Join(m.Dir, filepath.FromSlash(m.Mark))); err != nil {
		return &RefusedError{
			m.Dir + " is not empty and holds no " + m.Mark + ": it is no copy that swgen made",
			"empty it, choose another directory, or add --force to write into it",
		}
	}
	return nil
}

// inside reports whether a path, which need not exist, is below a directory.
// It compares the directories themselves: names differ by links and case.
func inside(name string, dir fs.FileInfo) bool {
	name, err := filepath.Abs(name)
	if err != nil {
		return false
	}
	if real, err := filepath.EvalSymlinks(name); err == nil {
		name = real
	}
	for parent := filepath.Dir(name); parent != name; name, parent = parent, filepath.Dir(parent) {
		// The parent of a link is not where the link leads.
		if real, err := filepath.EvalSymlinks(parent); err == nil {
			parent = real
		}
		if info, err := os.Stat(parent); err == nil && os.SameFile(info, dir) {
			return true
		}
	}
	return false
}

// mirrored lists what a copy holds, in the order in which it is put: the files
// of the site that no output replaces, then the outputs, each with its
// precompressed copies made anew. Dropped are copies that cannot be made.
func mirrored(site *os.Root, files []File) (items []item, dropped []string, err error) {
	outputs := make(map[string]bool, len(files))
	for _, f := range files {
		outputs[f.Path] = true
	}
	remade := make(map[string]bool)
	err = walk(site, func(name string, mode fs.FileMode) {
		extension := path.Ext(name)
		switch {
		case outputs[name]:
		case outputs[name[:len(name)-len(extension)]] && compressors[extension] != nil:
			remade[name] = true
		case outputs[name[:len(name)-len(extension)]] && extension == ".zst":
			dropped = append(dropped, name)
		default:
			items = append(items, item{name, mode, func() (source, error) { return site.Open(name) }})
		}
	})
	for _, f := range files {
		items = append(items, f.item())
		for _, c := range []struct {
			extension string
			compress  func([]byte) []byte
		}{{".br", compress.Brotli}, {".gz", compress.Gzip}} {
			if remade[f.Path+c.extension] {
				items = append(items, File{f.Path + c.extension, func() ([]byte, error) {
					content, err := f.Content()
					return c.compress(content), err
				}}.item())
			}
		}
	}
	return items, dropped, err
}

// walk visits the files of a site in the order of their names. It follows
// links inside the site; those that leave it, lead nowhere or go in circles
// are left out, as the build says of them. So are a repository's own files.
func walk(site *os.Root, visit func(name string, mode fs.FileMode)) error {
	top, err := site.Stat(".")
	if err != nil {
		return err
	}
	return walkDir(site, ".", []fs.FileInfo{top}, visit)
}

func walkDir(site *os.Root, dir string, above []fs.FileInfo, visit func(string, fs.FileMode)) error {
	entries, err := fs.ReadDir(site.FS(), dir)
	if err != nil {
		return fmt.Errorf("copying the site: %w", err)
	}
	for _, entry := range entries {
		if entry.Name() == ".git" {
			continue
		}
		name := path.Join(dir, entry.Name())
		info, err := site.Stat(name)
		if err != nil && entry.Type()&fs.ModeSymlink != 0 {
			continue
		}
		if err != nil {
			return fmt.Errorf("copying the site: %w", err)
		}
		switch {
		case info.Mode().IsRegular():
			visit(name, info.Mode().Perm())
		case info.IsDir() && !slices.ContainsFunc(above, func(a fs.FileInfo) bool { return os.SameFile(a, info) }):
			if err := walkDir(site, name, append(slices.Clip(above), info), visit); err != nil {
				return err
			}
		}
	}
	return nil
}

// foreign lists the files of the copy that are not to be put.
func (m Mirror) foreign(items []item) (foreign []string, err error) {
	given := make(map[string]bool, len(items))
	for _, it := range items {
		given[it.path] = true
	}
	out, err := os.OpenRoot(m.Dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	defer out.Close()
	err = walk(out, func(name string, _ fs.FileMode) {
		if !given[name] {
			foreign = append(foreign, name)
		}
	})
	return foreign, err
}
