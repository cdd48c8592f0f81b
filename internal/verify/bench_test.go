package verify_test

import (
	"context"
	"fmt"
	"os"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/swgen/swgen"
	"github.com/swgen/swgen/internal/verify"
)

// entriesSite is a site of n files as documentation sites have them: most are
// pages of some kilobytes.
func entriesSite(n int) fstest.MapFS {
	site := fstest.MapFS{"index.html": file("<!doctype html><title>Home</title>")}
	text := make([]byte, 3000)
	for i := range text {
		text[i] = "words and more of them "[i%23]
	}
	for i := 1; i < n; i++ {
		name := fmt.Sprintf("part-%02d/chapter-%03d/index.html", i%40, i)
		switch i % 10 {
		case 7:
			name = fmt.Sprintf("img/figure-%d.png", i)
		case 8:
			name = fmt.Sprintf("assets/chunk-%d.js", i)
		case 9:
			name = fmt.Sprintf("assets/part-%d.css", i)
		}
		site[name] = file(fmt.Sprintf("<!-- %d -->%s", i, text))
	}
	return site
}

// pagesSite is a documentation of n pages of about 10 kB: each links to others,
// has an image of its own, and shares 50 files.
func pagesSite(n int) fstest.MapFS {
	site := fstest.MapFS{}
	var head strings.Builder
	for i := range 25 {
		site[fmt.Sprintf("css/f%d.woff2", i)] = file(fmt.Sprintf("font %d", i))
		site[fmt.Sprintf("css/s%d.css", i)] = file(fmt.Sprintf("@font-face{font-family:f%d;src:url(f%d.woff2)}", i, i))
		fmt.Fprintf(&head, `<link rel="stylesheet" href="/css/s%d.css">`, i)
	}
	for i := range n {
		var body strings.Builder
		for k := range 40 {
			other := (i*31 + k*k) % n
			fmt.Fprintf(&body, "<p class=\"text\">A long blast every <em>ninety</em> seconds, said the keeper, and <a href=\"/part-%d/page-%d/\">more of it</a>"+
				" in the book of <code>signals</code>, which lies on the table by the window.</p>\n", other%100, other)
		}
		directory := fmt.Sprintf("part-%d/page-%d/", i%100, i)
		site[directory+"i.png"] = file(directory)
		site[directory+"index.html"] = file(fmt.Sprintf(`<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Page %d</title>%s</head><body><img src="i.png">%s</body></html>`, i, &head, &body))
	}
	return site
}

// BenchmarkPages measures what it costs to read what every page needs and to
// open each without a network, beside the law that everything is installed.
func BenchmarkPages(b *testing.B) {
	for _, n := range []int{100, 1000, 10000} {
		b.Run(fmt.Sprintf("pages=%d", n), func(b *testing.B) {
			dir := b.TempDir()
			if err := os.CopyFS(dir, pagesSite(n)); err != nil {
				b.Fatal(err)
			}
			site := os.DirFS(dir)
			result, err := swgen.Build(b.Context(), site, swgen.Config{Host: "github-pages", MaxTotalSize: 1 << 30})
			if err != nil || result.Failed(false) {
				b.Fatal(err, result.Findings)
			}
			began := cpuTime()
			for b.Loop() {
				report, err := swgen.Verify(b.Context(), site, result, nil, swgen.VerifyOptions{Laws: []string{"W1"}, Sample: 24, Pages: true})
				if err != nil {
					b.Fatal(err)
				}
				if found := report.Findings(); len(found) > 0 || report.Pages.Count[swgen.Works] != n {
					b.Fatal(found)
				}
			}
			if used := cpuTime() - began; used > 0 {
				b.ReportMetric(used.Seconds()/float64(b.N), "cpu-s/op")
			}
		})
	}
}

// BenchmarkRun measures what a build spends on its verification.
func BenchmarkRun(b *testing.B) {
	for _, n := range []int{100, 1000, 10000} {
		b.Run(fmt.Sprintf("entries=%d", n), func(b *testing.B) {
			s := subject(b, entriesSite(n), making{spec: usual()})
			took := make(map[string]time.Duration)
			began := cpuTime()
			for b.Loop() {
				report, err := verify.Run(context.Background(), s, verify.Options{Moments: 4, Sample: 24})
				if err != nil {
					b.Fatal(err)
				}
				for _, v := range report.Verdicts {
					took[v.Code] += v.Took
					for _, f := range v.Findings {
						b.Errorf("%s %s", v.Code, f)
					}
				}
			}
			if used := cpuTime() - began; used > 0 {
				b.ReportMetric(used.Seconds()/float64(b.N), "cpu-s/op")
			}
			for code, d := range took {
				b.ReportMetric(float64(d.Milliseconds())/float64(b.N), code+"-ms")
			}
		})
	}
}
