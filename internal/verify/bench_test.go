package verify_test

import (
	"context"
	"fmt"
	"testing"
	"testing/fstest"
	"time"

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
