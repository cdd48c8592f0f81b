package cachestorage

import (
	"fmt"
	"testing"
)

func entries(n int) []Pair {
	all := make([]Pair, n)
	for i := range all {
		all[i] = pair(get(fmt.Sprintf("/assets/%d.js?v=%d", i, i)), "body", "Content-Type: text/javascript", "Vary: Accept-Encoding")
	}
	return all
}

func BenchmarkPut10000(b *testing.B) {
	all := entries(10_000)
	for b.Loop() {
		c := new(Storage).Open("a")
		for _, p := range all {
			if err := c.Put(p); err != nil {
				b.Fatal(err)
			}
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(len(all)), "ns/entry")
}

func BenchmarkPutAgainAmong10000OfOnePath(b *testing.B) {
	c := new(Storage).Open("a")
	var all []Pair
	for i := range 10_000 {
		all = append(all, pair(get(fmt.Sprintf("/api?%d", i)), "body"))
	}
	if err := c.Put(all...); err != nil {
		b.Fatal(err)
	}
	i := 0
	for b.Loop() {
		if err := c.Put(all[i%len(all)]); err != nil {
			b.Fatal(err)
		}
		i++
	}
}

func BenchmarkMatchAmong10000(b *testing.B) {
	s := new(Storage)
	all := entries(10_000)
	if err := s.Open("a").Put(all...); err != nil {
		b.Fatal(err)
	}
	i := 0
	b.ReportAllocs()
	for b.Loop() {
		if s.Match(all[i%len(all)].Request, Options{}) == nil {
			b.Fatal("lost")
		}
		i++
	}
}

func BenchmarkCloneOf10000(b *testing.B) {
	s := new(Storage)
	if err := s.Open("a").Put(entries(10_000)...); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		s.Clone()
	}
}
