package cachestorage

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/swgen/swgen/internal/fetch"
)

// TestAgainstTheStandardWordForWord compares with a list that is searched as
// the standard says, over random operations.
func TestAgainstTheStandardWordForWord(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	storage := new(Storage)
	c := storage.Open("a")
	var list []Pair
	matches := func(req *fetch.Request, p Pair, o Options) bool {
		if !o.IgnoreMethod && req.Method != "GET" {
			return false
		}
		a, _, _ := strings.Cut(req.URL, "#")
		b, _, _ := strings.Cut(p.Request.URL, "#")
		if o.IgnoreSearch {
			a, _, _ = strings.Cut(a, "?")
			b, _, _ = strings.Cut(b, "?")
		}
		if a != b {
			return false
		}
		for _, name := range p.Response.Headers.List("Vary") {
			x, _ := req.Headers.Get(name)
			y, _ := p.Request.Headers.Get(name)
			if !o.IgnoreVary && x != y {
				return false
			}
		}
		return true
	}
	some := func() *fetch.Request {
		req := get([]string{"/a", "/b", "/a?1", "/a?2#f", "/b?1", "/a#f"}[random.IntN(6)])
		for _, h := range []string{"X", "Y"} {
			if random.IntN(2) == 0 {
				req.Headers.Add(h, fmt.Sprint(random.IntN(2)))
			}
		}
		return req
	}
	for i := range 5000 {
		req, o := some(), Options{random.IntN(4) == 0, false, random.IntN(4) == 0}
		if random.IntN(10) == 0 {
			req.Method, o.IgnoreMethod = "HEAD", random.IntN(2) == 0
		}
		switch random.IntN(5) {
		case 0:
			list = slices.DeleteFunc(list, func(p Pair) bool { return matches(req, p, o) })
			c.Delete(req, o)
		case 1, 2:
			p := pair(some(), fmt.Sprint(i), []string{"A: 1", "Vary: X", "Vary: X, Y"}[random.IntN(3)])
			list = append(slices.DeleteFunc(list, func(old Pair) bool { return matches(p.Request, old, Options{}) }), p)
			put(t, c, p)
		case 3:
			if random.IntN(20) == 0 {
				storage = storage.Clone()
				c = storage.Open("a")
			}
		}
		var want, all []string
		for _, p := range list {
			all = append(all, string(p.Body))
			if matches(req, p, o) {
				want = append(want, string(p.Body))
			}
		}
		if got := texts(c.MatchAll(req, o)); got != strings.Join(want, " ") {
			t.Fatalf("step %d, %+v %+v: %q, want %q", i, req, o, got, want)
		}
		if got := texts(c.MatchAll(nil, Options{})); got != strings.Join(all, " ") {
			t.Fatalf("step %d: %q, want %q", i, got, all)
		}
	}
}
