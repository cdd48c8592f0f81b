package compress

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"path"
	"slices"
	"strings"
	"sync"

	"github.com/andybalholm/brotli"
)

// File is a file of a site, measured already.
type File struct {
	Path string
	Size int64
}

// Site is what a whole site weighs.
type Site struct {
	Sizes
	// Estimated says that the compressed sizes come from a sample.
	Estimated bool `json:"estimated"`
}

// A site up to exactLimit is compressed whole. Of a larger one a sample of
// sampleSize is: its ratios are right within a few percent, and two
// compressors read it in 50 ms.
const (
	exactLimit = 2 << 20
	sampleSize = 1 << 20
	// sampleFile is how much of a file the sample takes: a search index of
	// megabytes must not be all of it.
	sampleFile = 32 << 10
)

// Open opens a file of a site.
type Open func(name string) (io.ReadCloser, error)

// OfSite measures the files of a site together, each compressed on its own.
func OfSite(ctx context.Context, open Open, files []File) (Site, error) {
	var result Site
	kinds := make(map[string][]File)
	var compressible int64
	for _, f := range files {
		result.Bytes += f.Size
		if IsCompressed(f.Path) {
			result.Gzip += f.Size
			result.Brotli += f.Size
			continue
		}
		kinds[extension(f.Path)] = append(kinds[extension(f.Path)], f)
		compressible += f.Size
	}
	result.Estimated = compressible > exactLimit
	for _, kind := range sortedKeys(kinds) {
		var sizes Sizes
		var err error
		if result.Estimated {
			sizes, err = estimate(ctx, open, kinds[kind], compressible)
		} else {
			sizes, err = measure(ctx, open, kinds[kind], exactLimit)
		}
		if err != nil {
			return Site{}, err
		}
		result.Gzip += sizes.Gzip
		result.Brotli += sizes.Brotli
	}
	return result, nil
}

// estimate compresses some files of a kind and scales the result: kinds differ
// in their ratios much more than files of one kind do. Which files are taken
// depends on their names and sizes only.
func estimate(ctx context.Context, open Open, kind []File, compressible int64) (Sizes, error) {
	slices.SortFunc(kind, func(a, b File) int { return cmp.Compare(a.Path, b.Path) })
	var total int64
	for _, f := range kind {
		total += f.Size
	}
	// One file at every step, so that a file's chance grows with its size.
	share := float64(total) / float64(compressible) * sampleSize
	step := float64(total) / max(share/sampleFile, 1)
	var sample []File
	var passed int64
	next := step / 2
	for _, f := range kind {
		passed += f.Size
		if float64(passed) > next {
			sample = append(sample, f)
			for next < float64(passed) {
				next += step
			}
		}
	}
	sizes, err := measure(ctx, open, sample, sampleFile)
	if err != nil || sizes.Bytes == 0 {
		return Sizes{total, total, total}, err
	}
	scale := float64(total) / float64(sizes.Bytes)
	return Sizes{total, int64(float64(sizes.Gzip) * scale), int64(float64(sizes.Brotli) * scale)}, nil
}

// measure compresses the beginnings of files, gzip and brotli side by side.
func measure(ctx context.Context, open Open, files []File, limit int64) (Sizes, error) {
	var zipped, brotlied counter
	gzipper, brotlier := gzipWriter(&zipped), brotli.NewWriterLevel(&brotlied, brotliFast)
	var sum Sizes
	for _, f := range files {
		if err := context.Cause(ctx); err != nil {
			return Sizes{}, err
		}
		content, err := head(open, f.Path, limit)
		if err != nil {
			return Sizes{}, fmt.Errorf("measuring %s: %w", f.Path, err)
		}
		gzipper.Reset(&zipped)
		brotlier.Reset(&brotlied)
		var both sync.WaitGroup
		both.Go(func() { write(gzipper, content) })
		write(brotlier, content)
		both.Wait()
		sum.Bytes += int64(len(content))
	}
	sum.Gzip, sum.Brotli = int64(zipped), int64(brotlied)
	return sum, nil
}

func head(open Open, name string, limit int64) ([]byte, error) {
	file, err := open(name)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	return io.ReadAll(io.LimitReader(file, limit))
}

// compressed are the extensions of formats that hold compressed data, which
// hosts send as they are.
var compressed = strings.Fields(`
	png jpg jpeg gif webp avif apng jxl heic woff woff2
	mp3 mp4 m4a m4v ogg oga ogv opus flac aac webm mov avi mkv
	zip gz br zst xz bz2 7z rar tgz jar epub docx xlsx pptx odt pdf`)

// IsCompressed reports whether a file's format is compressed already, judged
// by its name.
func IsCompressed(name string) bool { return slices.Contains(compressed, extension(name)) }

func extension(name string) string {
	return strings.ToLower(strings.TrimPrefix(path.Ext(name), "."))
}

func sortedKeys(kinds map[string][]File) []string {
	keys := make([]string, 0, len(kinds))
	for key := range kinds {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return keys
}
