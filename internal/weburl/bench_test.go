package weburl

import "testing"

func BenchmarkParse(b *testing.B) {
	for _, c := range []struct{ name, input, base string }{
		{"absolute", "https://example.com/assets/app.3f9a.js?v=1#top", ""},
		{"relative", "/assets/app.3f9a.js", "https://example.com/sw.js"},
		{"encoded", "/bilder/grün.png", "https://example.com/sw.js"},
	} {
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := Parse(c.input, c.base); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
