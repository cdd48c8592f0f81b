package compress

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"testing"
	"testing/fstest"

	"github.com/andybalholm/brotli"
)

func TestCopiesHoldTheContentAndNothingElse(t *testing.T) {
	content := bytes.Repeat([]byte("hello, page\n"), 300)
	zipped, err := gzip.NewReader(bytes.NewReader(Gzip(content)))
	if err != nil {
		t.Fatal(err)
	}
	if zipped.Name != "" || !zipped.ModTime.IsZero() {
		t.Errorf("gzip header holds %q, %v", zipped.Name, zipped.ModTime)
	}
	for name, from := range map[string]io.Reader{"gzip": zipped, "brotli": brotli.NewReader(bytes.NewReader(Brotli(content)))} {
		if got, err := io.ReadAll(from); err != nil || !bytes.Equal(got, content) {
			t.Errorf("%s does not come back: %v", name, err)
		}
	}
	if sizes := Of(content); sizes.Bytes != 3600 || sizes.Gzip != int64(len(Gzip(content))) || sizes.Brotli > sizes.Gzip {
		t.Errorf("sizes %+v", sizes)
	}
	if sizes := Of(nil); sizes.Bytes != 0 || sizes.Gzip == 0 {
		t.Errorf("sizes of nothing %+v", sizes)
	}
}

func TestSmallSiteIsMeasuredExactly(t *testing.T) {
	site, files := randomSite(40, 3000)
	site["a.png"] = &fstest.MapFile{Data: make([]byte, 5000)}
	files = append(files, File{"a.png", 5000})
	got, err := OfSite(context.Background(), from(site), files)
	if err != nil {
		t.Fatal(err)
	}
	want := Sizes{5000, 5000, 5000}
	for _, f := range files[:len(files)-1] {
		content := site[f.Path].Data
		var brotlied counter
		write(brotli.NewWriterLevel(&brotlied, brotliFast), content)
		want = want.Plus(Sizes{f.Size, int64(len(Gzip(content))), int64(brotlied)})
	}
	if got.Sizes != want || got.Estimated {
		t.Errorf("got %+v, want %+v", got, want)
	}
}

func TestLargeSiteIsEstimatedWell(t *testing.T) {
	site, files := randomSite(200, 20_000)
	estimate, err := OfSite(context.Background(), from(site), files)
	if err != nil {
		t.Fatal(err)
	}
	exact, err := measure(context.Background(), from(site), files, 1<<30)
	if err != nil {
		t.Fatal(err)
	}
	if !estimate.Estimated || estimate.Bytes != exact.Bytes {
		t.Errorf("got %+v", estimate)
	}
	for _, pair := range [][2]int64{{estimate.Gzip, exact.Gzip}, {estimate.Brotli, exact.Brotli}} {
		if off := float64(pair[0])/float64(pair[1]) - 1; off < -0.05 || off > 0.05 {
			t.Errorf("estimated %d for %d", pair[0], pair[1])
		}
	}
	again, _ := OfSite(context.Background(), from(site), files)
	if again != estimate {
		t.Errorf("estimated %+v, then %+v", estimate, again)
	}
}

func TestNothingToCompress(t *testing.T) {
	if got, err := OfSite(context.Background(), from(fstest.MapFS{}), nil); err != nil || got != (Site{}) {
		t.Errorf("got %+v, %v", got, err)
	}
}

func TestVanishedFileAndCancellation(t *testing.T) {
	if _, err := OfSite(context.Background(), from(fstest.MapFS{}), []File{{"a.html", 3}}); err == nil {
		t.Error("a file that is gone was measured")
	}
	ctx, cancel := context.WithCancelCause(context.Background())
	stop := errors.New("stop")
	cancel(stop)
	if _, err := OfSite(ctx, from(fstest.MapFS{}), []File{{"a.html", 3}}); !errors.Is(err, stop) {
		t.Errorf("got %v", err)
	}
}

func TestFormatsThatAreCompressed(t *testing.T) {
	for name, want := range map[string]bool{"a.PNG": true, "b/c.woff2": true, "a.svg": false, "a": false, "x.html": false, "v.mp4": true} {
		if IsCompressed(name) != want {
			t.Errorf("%s: not %v", name, want)
		}
	}
}

func from(site fs.FS) Open {
	return func(name string) (io.ReadCloser, error) { return site.Open(name) }
}

// randomSite holds pages of words, of different sizes around one.
func randomSite(pages, size int) (fstest.MapFS, []File) {
	rng := rand.New(rand.NewPCG(1, 2))
	site := fstest.MapFS{}
	var files []File
	for i := range pages {
		var page bytes.Buffer
		for page.Len() < size/2+rng.IntN(size) {
			fmt.Fprintf(&page, "<p class=w%d>word%d</p>\n", rng.IntN(30), rng.IntN(5000))
		}
		name := fmt.Sprintf("page%d.%s", i, []string{"html", "css"}[i%2])
		site[name] = &fstest.MapFile{Data: page.Bytes()}
		files = append(files, File{name, int64(page.Len())})
	}
	return site, files
}

func BenchmarkLargeSite(b *testing.B) {
	site, files := randomSite(10_000, 21_000)
	for b.Loop() {
		if _, err := OfSite(context.Background(), from(site), files); err != nil {
			b.Fatal(err)
		}
	}
}
