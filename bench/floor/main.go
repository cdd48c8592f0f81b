// Command floor is the least that a Go program must do to know a site's
// content: walk a directory, read every file, take its SHA-256. It prints one
// line: files, bytes, and one digest of all the digests. It has no globs, no
// URLs, no manifest, no output; what swgen costs above it is swgen's own doing.
//
// It is portable on purpose (os.ReadDir, os.Open, Read). What makes it quick is
// that nothing is allocated per file beyond what os.Open needs: each worker
// owns one buffer and one hash.
package main

import (
	"crypto/sha256"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"sync"
)

const (
	bufferSize = 256 << 10
	// One folder of many files must still keep all workers busy.
	batchSize = 64
)

// A task is a folder to list (no names), or files of a folder to hash.
type task struct {
	dir   string
	names []fs.DirEntry
}

type total struct {
	files, bytes int64
	digest       [sha256.Size]byte // XOR: the order of the files must not matter
}

type queue struct {
	mu    sync.Mutex
	ready sync.Cond
	tasks []task
	open  int // tasks queued or being worked on
	err   error
}

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: floor SITE")
		os.Exit(2)
	}
	sum, err := hashTree(os.Args[1], max(2, runtime.NumCPU()))
	if err != nil {
		fmt.Fprintln(os.Stderr, "floor:", err)
		os.Exit(1)
	}
	fmt.Printf("%d %d %x\n", sum.files, sum.bytes, sum.digest)
}

func hashTree(root string, workers int) (total, error) {
	q := &queue{}
	q.ready.L = &q.mu
	q.push(task{dir: root})

	sums := make([]total, workers)
	var wg sync.WaitGroup
	for i := range sums {
		wg.Go(func() { sums[i] = work(q) })
	}
	wg.Wait()

	var all total
	for _, s := range sums {
		all.files += s.files
		all.bytes += s.bytes
		xor(&all.digest, s.digest[:])
	}
	return all, q.err
}

func work(q *queue) total {
	var sum total
	buf := make([]byte, bufferSize)
	h := sha256.New()
	var digest [sha256.Size]byte
	for {
		t, ok := q.pop()
		if !ok {
			return sum
		}
		var err error
		if t.names == nil {
			err = list(q, t.dir)
		}
		for _, e := range t.names {
			var n int64
			if n, err = hashFile(filepath.Join(t.dir, e.Name()), h, buf); err != nil {
				break
			}
			sum.files++
			sum.bytes += n
			xor(&sum.digest, h.Sum(digest[:0]))
		}
		q.done(err)
	}
}

func list(q *queue, dir string) error {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	files := entries[:0]
	for _, e := range entries {
		switch {
		case e.IsDir():
			q.push(task{dir: filepath.Join(dir, e.Name())})
		case e.Type().IsRegular():
			files = append(files, e)
		}
	}
	for len(files) > 0 {
		n := min(batchSize, len(files))
		q.push(task{dir: dir, names: files[:n]})
		files = files[n:]
	}
	return nil
}

func hashFile(name string, h hash.Hash, buf []byte) (int64, error) {
	f, err := os.Open(name)
	if err != nil {
		return 0, err
	}
	defer f.Close()
	h.Reset()
	var size int64
	for {
		n, err := f.Read(buf)
		h.Write(buf[:n])
		size += int64(n)
		if err == io.EOF {
			return size, nil
		}
		if err != nil {
			return 0, err
		}
	}
}

func xor(to *[sha256.Size]byte, from []byte) {
	for i, b := range from {
		to[i] ^= b
	}
}

func (q *queue) push(t task) {
	q.mu.Lock()
	q.tasks = append(q.tasks, t)
	q.open++
	q.mu.Unlock()
	q.ready.Signal()
}

// pop takes the newest task: depth first keeps the queue short. It waits while
// other workers may still add tasks.
func (q *queue) pop() (task, bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for len(q.tasks) == 0 && q.open > 0 && q.err == nil {
		q.ready.Wait()
	}
	if len(q.tasks) == 0 || q.err != nil {
		return task{}, false
	}
	last := len(q.tasks) - 1
	t := q.tasks[last]
	q.tasks = q.tasks[:last]
	return t, true
}

func (q *queue) done(err error) {
	q.mu.Lock()
	q.open--
	if err != nil && q.err == nil {
		q.err = err
	}
	if q.open == 0 || q.err != nil {
		q.ready.Broadcast()
	}
	q.mu.Unlock()
}
