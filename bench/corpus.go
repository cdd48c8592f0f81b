package main

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"math/rand/v2"
	"os"
	"path"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
)

// recipe names what the code below writes. Change it with the code: a corpus
// of another recipe is written anew.
const recipe = "1"

// A corpus is a synthetic site, the same bytes on every run: folders and names
// as site generators make them, 30 % pages, 25 % scripts, 5 % style sheets,
// 30 % images, 10 % JSON, log-normal sizes of 20 kB mean. Text compresses as
// text does, images not at all, and every link leads to a file.
//
// In the second version of a corpus, changed files have other content. Scripts
// and style sheets then have another name too, as bundlers do.
type corpus struct {
	files   int
	changed int // how many files differ from the first version; 0 is the first version
}

type fileKind int

const (
	page fileKind = iota
	script
	style
	image
	data
)

// Per kind: files of a hundred, and the sizes' mean and spread (the standard
// deviation of their logarithm).
var kinds = [...]struct {
	percent int
	mean    float64
	spread  float64
}{
	page:   {30, 16e3, 0.7},
	script: {25, 18e3, 1.1},
	style:  {5, 12e3, 0.9},
	image:  {30, 30e3, 1.0},
	data:   {10, 8e3, 0.9},
}

const (
	minCorpus      = 20
	minSize        = 200
	maxSize        = 2 << 20
	pagesPerFolder = 24
)

type corpusFile struct {
	kind    fileKind
	path    string // slash-separated
	version int
}

// A plan is all that must be known of a corpus before its files can be written
// in any order.
type plan struct {
	files  []corpusFile
	pages  []int // indices into files
	images []int
	head   []int // the style sheet and the scripts that every page loads
}

func (c corpus) name() string {
	if c.changed > 0 {
		return fmt.Sprintf("s%d-v2-%d", c.files, c.changed)
	}
	return fmt.Sprintf("s%d", c.files)
}

// write makes sure that the corpus is complete in a folder of its own below
// root, and returns that folder.
func (c corpus) write(root string) (string, error) {
	if c.files < minCorpus || c.changed < 0 {
		return "", fmt.Errorf("a corpus of %d files, %d changed: want at least %d files", c.files, c.changed, minCorpus)
	}
	dir := filepath.Join(root, c.name())
	// The mark lies beside the site: a file inside would be precached.
	mark := dir + ".complete"
	if b, err := os.ReadFile(mark); err == nil && string(b) == recipe {
		if _, err := os.Stat(dir); err == nil {
			return dir, nil
		}
	}
	if err := errors.Join(os.RemoveAll(mark), os.RemoveAll(dir)); err != nil {
		return "", err
	}
	p := c.plan()
	if c.changed > len(p.files)-len(p.head) {
		return "", fmt.Errorf("a corpus of %d files cannot have %d changed: what every page loads stays", c.files, c.changed)
	}
	if err := p.write(dir); err != nil {
		return "", err
	}
	return dir, os.WriteFile(mark, []byte(recipe), 0o666)
}

func (c corpus) plan() *plan {
	p := &plan{files: make([]corpusFile, 0, c.files)}
	for kind, left := range counts(c.files) {
		for range left {
			p.files = append(p.files, corpusFile{kind: fileKind(kind), version: 1})
		}
	}
	for i, f := range p.files {
		switch {
		case f.kind == page:
			p.pages = append(p.pages, i)
		case f.kind == image:
			p.images = append(p.images, i)
		case f.kind == style && p.files[i-1].kind != style,
			f.kind == script && len(p.head) < 2:
			p.head = append(p.head, i)
		}
	}
	for _, i := range p.chooseChanged(c.changed) {
		p.files[i].version = 2
	}
	p.namePaths()
	return p
}

// counts gives each kind its share of n; data gets what rounding leaves.
func counts(n int) []int {
	list := make([]int, len(kinds))
	rest := n
	for kind := range kinds {
		list[kind] = n * kinds[kind].percent / 100
		rest -= list[kind]
	}
	list[data] += rest
	return list
}

func (p *plan) chooseChanged(n int) []int {
	if n == 0 {
		return nil
	}
	fixed := make(map[int]bool)
	for _, i := range p.head {
		fixed[i] = true
	}
	var free []int
	for _, i := range source("changed").Perm(len(p.files)) {
		if !fixed[i] {
			free = append(free, i)
		}
	}
	return free[:min(n, len(free))]
}

func (p *plan) namePaths() {
	taken := make(map[string]bool)
	r := source("names")
	nth := [len(kinds)]int{}
	for i := range p.files {
		f := &p.files[i]
		n := nth[f.kind]
		nth[f.kind]++
		for tries := 0; ; tries++ {
			f.path = p.propose(r, i, n)
			if !taken[f.path] {
				break
			}
			if tries == 1000 {
				panic("bench: no free name for " + f.path)
			}
		}
		taken[f.path] = true
	}
}

func (p *plan) propose(r *rand.Rand, i, n int) string {
	f := p.files[i]
	switch f.kind {
	case page:
		return pagePath(r, n)
	case script:
		name := phrase(r, 1+r.IntN(3))
		if n < 2 {
			name = [...]string{"main", "vendor"}[n]
		}
		return "assets/" + name + "." + fingerprint(i, f.version) + ".js"
	case style:
		name := phrase(r, 1+r.IntN(2))
		if n == 0 {
			name = "main"
		}
		return "assets/" + name + "." + fingerprint(i, f.version) + ".css"
	case image:
		return path.Join("images", folder(n/pagesPerFolder), phrase(r, 2)) + imageSizes[r.IntN(len(imageSizes))] +
			imageTypes[n%len(imageTypes)].extension
	default:
		// The data of a page, beside a tree of its own, as Gatsby does.
		of := path.Dir(p.files[p.pages[(n*3+2)%len(p.pages)]].path)
		name := "page-data.json"
		if n*3+2 >= len(p.pages) {
			name = phrase(r, 2) + ".json"
		}
		return path.Join("page-data", of, name)
	}
}

func pagePath(r *rand.Rand, n int) string {
	switch {
	case n == 0:
		return "index.html"
	case n == 1:
		return "404.html"
	case (n-2)%pagesPerFolder == 0:
		return path.Join(folder((n-2)/pagesPerFolder), "index.html")
	}
	return path.Join(folder((n-2)/pagesPerFolder), phrase(r, 2+r.IntN(3)), "index.html")
}

// folder is the nth folder of pages: first the sections, then topics of each,
// then topics of topics.
func folder(n int) string {
	const fan = 40
	section, n := sections[n%len(sections)], n/len(sections)
	switch {
	case n == 0:
		return section
	case n < fan:
		return path.Join(section, words[n])
	default:
		return path.Join(section, words[n/fan%len(words)], words[n%fan])
	}
}

func phrase(r *rand.Rand, n int) string {
	list := make([]string, n)
	for i := range list {
		list[i] = words[r.IntN(len(words))]
	}
	return strings.Join(list, "-")
}

// fingerprint stands for the hash that a bundler puts into a file's name.
func fingerprint(i, version int) string {
	const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-"
	r := source("fingerprint", i, version)
	b := make([]byte, 8)
	for j := range b {
		b[j] = alphabet[r.IntN(len(alphabet))]
	}
	return string(b)
}

// write writes all files. Folders are made first, so that the workers need not
// look whether they exist.
func (p *plan) write(dir string) error {
	made := make(map[string]bool)
	for _, f := range p.files {
		d := path.Dir(f.path)
		if made[d] {
			continue
		}
		made[d] = true
		if err := os.MkdirAll(filepath.Join(dir, filepath.FromSlash(d)), 0o777); err != nil {
			return err
		}
	}
	var next atomic.Int64
	errs := make([]error, runtime.NumCPU())
	var wg sync.WaitGroup
	for w := range errs {
		wg.Go(func() {
			var buf []byte
			for errs[w] == nil {
				i := int(next.Add(1)) - 1
				if i >= len(p.files) {
					return
				}
				buf = p.content(buf[:0], i)
				errs[w] = writeNew(filepath.Join(dir, filepath.FromSlash(p.files[i].path)), buf)
			}
		})
	}
	wg.Wait()
	return errors.Join(errs...)
}

// writeNew refuses to write a file twice: on a disk that folds case, two paths
// of the plan could be one file, and the corpus one file short.
func writeNew(name string, content []byte) error {
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
	if err != nil {
		if errors.Is(err, fs.ErrExist) {
			return fmt.Errorf("%w (does this disk ignore case?)", err)
		}
		return err
	}
	_, err = f.Write(content)
	return errors.Join(err, f.Close())
}

// content appends the bytes of file i. They depend on i and its version only,
// and on the paths it links to.
func (p *plan) content(b []byte, i int) []byte {
	f := p.files[i]
	r := source("content", i, f.version)
	k := kinds[f.kind]
	// The mean of a log-normal distribution is exp(mu + spread²/2).
	mu := math.Log(k.mean) - k.spread*k.spread/2
	size := int(min(maxSize, max(minSize, math.Exp(mu+k.spread*r.NormFloat64()))))
	switch f.kind {
	case page:
		return p.appendPage(b, r, i, size)
	case script:
		return appendScript(b, r, size)
	case style:
		return appendStyle(b, r, size)
	case image:
		return appendImage(b, r, path.Ext(f.path), size)
	default:
		return appendData(b, r, size)
	}
}

// source is a random source that depends on its arguments only.
func source(what string, numbers ...int) *rand.Rand {
	return rand.New(rand.NewChaCha8(sha256.Sum256(fmt.Append(nil, what, numbers))))
}
