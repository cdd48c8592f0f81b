package output

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/swgen/swgen/internal/compress"
)

// A stage holds the temporary files of one Put until they take their places.
type stage struct {
	target      target
	mark        string          // makes the names of this run's temporary files its own
	given       map[string]bool // paths that are put for their own sake
	compareOnly bool

	buffer  []byte
	syncs   *syncs
	temps   []string // temporary files that were made
	steps   []step
	changes []Change
	made    []string // directories that were made, parents first
}

// How names of temporary files start and end.
const (
	tempStart = ".swgen-"
	tempEnd   = ".tmp"
)

// IsTemporary says by its name whether a file is on its way to its place.
func IsTemporary(name string) bool {
	base := path.Base(name)
	return strings.HasPrefix(base, tempStart) && strings.HasSuffix(base, tempEnd)
}

// A step takes a place, or removes a file when it has no temporary one.
type step struct{ path, temp string }

func newStage(t target, items []item) *stage {
	given := make(map[string]bool, len(items))
	for _, it := range items {
		given[it.path] = true
	}
	return &stage{target: t, mark: rand.Text()[:10], given: given, buffer: make([]byte, 64<<10), syncs: newSyncs()}
}

// fill writes the temporary files of what changed, and waits for the disk.
func (s *stage) fill(ctx context.Context, items []item) error {
	for _, it := range items {
		if err := context.Cause(ctx); err != nil {
			return err
		}
		if err := s.add(it); err != nil {
			return &fs.PathError{Op: "writing", Path: it.path, Err: bare(err)}
		}
	}
	return s.syncs.wait()
}

// bare is an error without paths: those of temporary files say nothing.
func bare(err error) error {
	var pathErr *fs.PathError
	if errors.As(err, &pathErr) {
		return pathErr.Err
	}
	var linkErr *os.LinkError
	if errors.As(err, &linkErr) {
		return linkErr.Err
	}
	return err
}

func (s *stage) add(it item) error {
	if !fs.ValidPath(it.path) || it.path == "." {
		return errors.New("is no path in a site")
	}
	content, err := it.open()
	if err != nil {
		return err
	}
	defer content.Close()
	mode := it.mode
	switch info, err := s.target.Stat(it.path); {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		return err
	case info.IsDir():
		return errors.New("is a directory, not a file")
	case !info.Mode().IsRegular():
		return errors.New("is not a file")
	default:
		same, err := s.same(it.path, info.Size(), content)
		if same {
			s.changes = append(s.changes, Change{it.path, Unchanged})
		}
		if same || err != nil {
			return err
		}
		mode = info.Mode().Perm()
	}
	return s.replace(it.path, mode, content)
}

// same compares the file at a place with new content, and rewinds that.
func (s *stage) same(name string, size int64, content source) (bool, error) {
	newSize, err := content.Seek(0, io.SeekEnd)
	if err == nil {
		_, err = content.Seek(0, io.SeekStart)
	}
	if err != nil || newSize != size {
		return false, err
	}
	old, err := s.target.Open(name)
	if err != nil {
		return false, err
	}
	defer old.Close()
	same, err := s.equal(old, content)
	if err != nil || same {
		return same, err
	}
	_, err = content.Seek(0, io.SeekStart)
	return false, err
}

func (s *stage) equal(a, b io.Reader) (bool, error) {
	left, right := s.buffer[:len(s.buffer)/2], s.buffer[len(s.buffer)/2:]
	for {
		n, errA := io.ReadFull(a, left)
		m, errB := io.ReadFull(b, right)
		if !bytes.Equal(left[:n], right[:m]) {
			return false, nil
		}
		for _, err := range []error{errA, errB} {
			if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
				return true, nil // both end: as many bytes were read
			}
			if err != nil {
				return false, err
			}
		}
	}
}

// replace stages new content for a place, and new precompressed copies of it
// where there are old ones. A host prefers the copies: visitors would get the
// old content for as long as they stay. They go before the content comes, so
// that at no moment a copy is older than its file.
func (s *stage) replace(name string, mode fs.FileMode, content source) error {
	var copies []string
	for _, extension := range []string{".br", ".gz", ".zst"} {
		if _, err := s.target.Lstat(name + extension); err == nil && !s.given[name+extension] {
			copies = append(copies, extension)
			s.steps = append(s.steps, step{path: name + extension})
		}
	}
	if err := s.write(name, mode, content); err != nil {
		return err
	}
	for _, extension := range copies {
		compressor := compressors[extension]
		if compressor == nil {
			s.changes = append(s.changes, Change{name + extension, Removed})
			continue
		}
		compressed, err := compressAll(content, compressor)
		if err == nil {
			err = s.write(name+extension, mode, bytes.NewReader(compressed))
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// compressors make precompressed copies. Zstandard has none: few hosts use it
// for files, and no package here writes it.
var compressors = map[string]func([]byte) []byte{".br": compress.Brotli, ".gz": compress.Gzip}

func compressAll(content source, compressor func([]byte) []byte) ([]byte, error) {
	if _, err := content.Seek(0, io.SeekStart); err != nil {
		return nil, err
	}
	whole, err := io.ReadAll(content)
	if err != nil {
		return nil, err
	}
	return compressor(whole), nil
}

// write makes the temporary file of a place.
func (s *stage) write(name string, mode fs.FileMode, content io.Reader) error {
	s.changes = append(s.changes, Change{name, Written})
	if s.compareOnly {
		return nil
	}
	if err := s.makeDir(path.Dir(name)); err != nil {
		return err
	}
	temp := path.Join(path.Dir(name), tempStart+s.mark+"-"+strconv.Itoa(len(s.temps))+tempEnd)
	out, err := s.target.Create(temp)
	if err != nil {
		return err
	}
	s.temps = append(s.temps, temp)
	s.steps = append(s.steps, step{name, temp})
	_, err = io.Copy(out, content)
	if err == nil {
		// The umask of a build machine must not decide who may read a site.
		err = out.Chmod(mode)
	}
	if err != nil {
		out.Close()
		return err
	}
	s.syncs.finish(name, out)
	return nil
}

func (s *stage) makeDir(dir string) error {
	var missing []string
	for ; dir != "."; dir = path.Dir(dir) {
		if _, err := s.target.Stat(dir); !errors.Is(err, fs.ErrNotExist) {
			break
		}
		missing = append(missing, dir)
	}
	if len(missing) == 0 {
		return nil
	}
	slices.Reverse(missing)
	s.made = append(s.made, missing...)
	return s.target.MkdirAll(missing[len(missing)-1])
}

// commit takes the places. From here on nothing but the disk itself can stop it.
func (s *stage) commit() error {
	var replaced []string
	for _, st := range s.steps {
		var err error
		if st.temp == "" {
			err = s.target.Remove(st.path)
			if errors.Is(err, fs.ErrNotExist) {
				err = nil
			}
		} else {
			err = s.target.Rename(st.temp, st.path)
		}
		if err != nil {
			return &PartialError{Replaced: replaced, Err: fmt.Errorf("replacing %s: %w", st.path, bare(err))}
		}
		if st.temp != "" {
			replaced = append(replaced, st.path)
		}
	}
	s.temps, s.made = nil, nil
	return nil
}

// discard removes what is left of the temporary files and of directories made
// for them; after a commit there is nothing.
func (s *stage) discard() {
	s.syncs.wait() // its error was told, or something else failed first
	for _, temp := range s.temps {
		s.target.Remove(temp) // those that took their places are gone
	}
	slices.Reverse(s.made)
	for _, dir := range s.made {
		s.target.Remove(dir) // fails for those that hold files, rightly
	}
}
