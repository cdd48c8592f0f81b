package cachestorage

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/swgen/swgen/internal/fetch"
)

const site = "https://site.test"

// get is a GET request; headers are "Name: value".
func get(path string, headers ...string) *fetch.Request {
	req := &fetch.Request{Method: "GET", URL: site + path}
	req.Headers = lines(headers)
	return req
}

func lines(headers []string) (list fetch.Headers) {
	for _, h := range headers {
		name, value, _ := strings.Cut(h, ": ")
		list.Add(name, value)
	}
	return list
}

func pair(req *fetch.Request, body string, headers ...string) Pair {
	return Pair{req, &fetch.Response{Type: "default", Status: 200, Headers: lines(headers)}, []byte(body)}
}

func put(t *testing.T, c *Cache, pairs ...Pair) {
	t.Helper()
	if err := c.Put(pairs...); err != nil {
		t.Fatal(err)
	}
}

func text(resp *fetch.Response) string {
	if resp == nil {
		return "(nothing)"
	}
	if resp.Body == nil {
		return "(null)"
	}
	body, _ := resp.Body.Take()
	return string(body)
}

func texts(all []*fetch.Response) string {
	var s []string
	for _, resp := range all {
		s = append(s, text(resp))
	}
	return strings.Join(s, " ")
}

func TestWhatIsPutIsFoundByItsURL(t *testing.T) {
	c := new(Storage).Open("a")
	put(t, c, pair(get("/x?q#frag"), "q"), pair(get("/x"), "plain"), pair(get("/y", "A: 1"), "y"))
	for _, test := range []struct {
		req  *fetch.Request
		o    Options
		want string
	}{
		{get("/x"), Options{}, "plain"},
		{get("/x#other"), Options{}, "plain"},
		{get("/x?q"), Options{}, "q"},
		{get("/x?z"), Options{}, ""},
		{get("/x?z"), Options{IgnoreSearch: true}, "q plain"},
		{get("/x/"), Options{IgnoreSearch: true}, ""},
		{&fetch.Request{Method: "HEAD", URL: site + "/x"}, Options{}, ""},
		{&fetch.Request{Method: "HEAD", URL: site + "/x"}, Options{IgnoreMethod: true}, "plain"},
		{nil, Options{}, "q plain y"},
	} {
		if got := texts(c.MatchAll(test.req, test.o)); got != test.want {
			t.Errorf("%+v %+v: %q, want %q", test.req, test.o, got, test.want)
		}
	}
	if got := c.Keys(nil, Options{}); len(got) != 3 || got[0].URL != site+"/x?q#frag" || got[2].Headers[0] != (fetch.Header{Name: "A", Value: "1"}) {
		t.Errorf("%+v", got)
	}
}

func TestPuttingReplacesAndMovesToTheEnd(t *testing.T) {
	c := new(Storage).Open("a")
	put(t, c, pair(get("/a"), "a1"), pair(get("/b"), "b"), pair(get("/c"), "c"))
	put(t, c, pair(get("/a#again"), "a2"))
	if got := texts(c.MatchAll(nil, Options{})); got != "b c a2" {
		t.Error(got)
	}
}

func TestVaryTellsEntriesApart(t *testing.T) {
	c := new(Storage).Open("a")
	put(t, c, pair(get("/v", "X: 1"), "one", "Vary: X"))
	put(t, c, pair(get("/v", "X: 2"), "two", "Vary: x, Y"))
	put(t, c, pair(get("/v", "X: 2", "Y: 1"), "three", "vary: X", "Vary: y"))
	for _, test := range []struct {
		headers []string
		o       Options
		want    string
	}{
		{[]string{"X: 1"}, Options{}, "one"},
		{[]string{"X: 2"}, Options{}, "two"},
		{[]string{"X: 2", "Y: 1"}, Options{}, "three"},
		{nil, Options{}, ""},
		{nil, Options{IgnoreVary: true}, "one two three"},
		{[]string{"X: 2", "Y: 1", "Z: 1"}, Options{}, "three"},
	} {
		if got := texts(c.MatchAll(get("/v", test.headers...), test.o)); got != test.want {
			t.Errorf("%q %+v: %q, want %q", test.headers, test.o, got, test.want)
		}
	}
	put(t, c, pair(get("/v", "X: 1", "Y: 1"), "new")) // only "one" matches it
	if got := texts(c.MatchAll(get("/v"), Options{IgnoreVary: true})); got != "two three new" {
		t.Error(got)
	}
}

func TestVaryOfOpaqueResponsesIsIgnoredOfHiddenHeadersNot(t *testing.T) {
	c := new(Storage).Open("a")
	inside := &fetch.Response{Type: "default", Status: 200, URLs: []string{"https://other.test/o"}, Headers: lines([]string{"Vary: X, *"})}
	put(t, c, Pair{get("/o", "X: 1"), &fetch.Response{Type: "opaque", Internal: inside}, []byte("o")})
	if c.Match(get("/o", "X: 2"), Options{}) == nil {
		t.Error("an opaque response varies")
	}
	inside = &fetch.Response{Type: "default", Status: 200, Headers: lines([]string{"Vary: X"})}
	put(t, c, Pair{get("/c", "X: 1"), &fetch.Response{Type: "cors", Status: 200, Internal: inside}, []byte("c")})
	if c.Match(get("/c", "X: 2"), Options{}) != nil {
		t.Error("a CORS response does not vary")
	}
}

func TestAnOpaquePartIsKept(t *testing.T) {
	c := new(Storage).Open("a")
	put(t, c, Pair{get("/o"), &fetch.Response{Type: "opaque", Internal: &fetch.Response{Status: 206}}, []byte("o")})
	if c.Match(get("/o"), Options{}) == nil {
		t.Error("a worker would learn the status of an opaque response")
	}
}

func TestABatchIsAllOrNothing(t *testing.T) {
	s := &Storage{Quota: 1000}
	c := s.Open("a")
	put(t, c, pair(get("/old"), "old"))
	for _, test := range []struct {
		name  string
		pairs []Pair
	}{
		{"InvalidStateError", []Pair{pair(get("/a"), "1"), pair(get("/b"), "2"), pair(get("/a#x"), "3")}},
		{"InvalidStateError", []Pair{pair(get("/a", "X: 1"), "1", "Vary: Y"), pair(get("/a", "X: 2"), "2", "Vary: X")}},
		{"QuotaExceededError", []Pair{pair(get("/a"), "1"), pair(get("/b"), strings.Repeat("x", 1000))}},
		{"TypeError", []Pair{pair(get("/a"), "1"), pair(&fetch.Request{Method: "POST", URL: site + "/b"}, "2")}},
		{"TypeError", []Pair{pair(get("/a"), "1"), pair(&fetch.Request{Method: "GET", URL: "data:,x"}, "2")}},
		{"TypeError", []Pair{pair(get("/a"), "1"), {get("/b"), &fetch.Response{Status: 206}, nil}}},
		{"TypeError", []Pair{pair(get("/a"), "1"), pair(get("/b"), "2", "Vary: X, *")}},
	} {
		var e *Error
		if err := c.Put(test.pairs...); !errors.As(err, &e) || e.Name != test.name || !strings.HasPrefix(e.Error(), test.name+": ") {
			t.Errorf("want %s: %v", test.name, err)
		}
		if got := texts(c.MatchAll(nil, Options{})); got != "old" {
			t.Errorf("%s: %s", test.name, got)
		}
	}
	put(t, c, pair(get("/a", "X: 1"), "1", "Vary: X"), pair(get("/a", "X: 2"), "2", "Vary: X")) // differ by Vary
}

func TestUsageAndQuota(t *testing.T) {
	s := &Storage{Quota: 200}
	c := s.Open("a")
	put(t, c, pair(get("/a"), strings.Repeat("x", 100), "A: 1"))
	if want := int64(len(site+"/a") + 100 + 2); s.Usage() != want {
		t.Errorf("%d, want %d", s.Usage(), want)
	}
	// What is replaced makes room.
	put(t, c, pair(get("/a"), strings.Repeat("y", 150)))
	if err := c.Put(pair(get("/b"), strings.Repeat("x", 100))); err == nil {
		t.Error("more than the quota")
	}
	// But only once: both of these take the place of the same entry.
	if err := c.Put(pair(get("/a", "X: 1"), strings.Repeat("x", 100), "Vary: X"), pair(get("/a", "X: 2"), strings.Repeat("x", 100), "Vary: X")); err == nil {
		t.Error("more than the quota")
	}
	s.Quota = 100
	put(t, c, pair(get("/a"), strings.Repeat("y", 140))) // shrinking is always allowed
	s.Quota = 20 << 20
	put(t, c, Pair{get("/o"), &fetch.Response{Type: "opaque", Internal: &fetch.Response{Status: 200}}, []byte("tiny")})
	if s.Usage() < OpaquePadding {
		t.Error("an opaque response tells its size")
	}
	if err := c.Put(pair(get("/b"), strings.Repeat("x", 14<<20))); err == nil {
		t.Error("more than the quota")
	}
	s.Delete("a")
	if s.Usage() != 0 {
		t.Errorf("%d after all was deleted", s.Usage())
	}
	put(t, c, pair(get("/b"), strings.Repeat("x", 30<<20))) // a deleted cache has no quota
}

func TestDelete(t *testing.T) {
	c := new(Storage).Open("a")
	put(t, c, pair(get("/a?1"), "1"), pair(get("/b"), "b"), pair(get("/a?2"), "2"), pair(get("/a?3"), "3"))
	if c.Delete(get("/a"), Options{}) {
		t.Error("deleted what is not there")
	}
	if !c.Delete(get("/a?2"), Options{}) || texts(c.MatchAll(nil, Options{})) != "1 b 3" {
		t.Error(texts(c.MatchAll(nil, Options{})))
	}
	if !c.Delete(get("/a"), Options{IgnoreSearch: true}) || texts(c.MatchAll(nil, Options{})) != "b" {
		t.Error(texts(c.MatchAll(nil, Options{})))
	}
}

func TestCachesKeepTheirOrder(t *testing.T) {
	s := new(Storage)
	put(t, s.Open("z"), pair(get("/x"), "of z"))
	put(t, s.Open("a"), pair(get("/x"), "of a"), pair(get("/y"), "y"))
	s.Open("")
	if again := s.Open("z"); again.Match(get("/x"), Options{}) == nil || !s.Has("") || s.Has("b") || !slices.Equal(s.Names(), []string{"z", "a", ""}) {
		t.Errorf("%q", s.Names())
	}
	for _, test := range []struct {
		path  string
		names []string
		want  string
	}{
		{"/x", nil, "of z"}, {"/y", nil, "y"}, {"/x", []string{"a"}, "of a"}, {"/x", []string{"b"}, "(nothing)"}, {"/z", nil, "(nothing)"},
	} {
		if got := text(s.Match(get(test.path), Options{}, test.names...)); got != test.want {
			t.Errorf("%s in %q: %s", test.path, test.names, got)
		}
	}
	open := s.Open("z")
	if !s.Delete("z") || s.Delete("z") || !slices.Equal(s.Names(), []string{"a", ""}) {
		t.Errorf("%q", s.Names())
	}
	put(t, open, pair(get("/new"), "still usable"))
	if text(open.Match(get("/x"), Options{})) != "of z" || s.Open("z") == open || s.Open("z").Match(get("/x"), Options{}) != nil {
		t.Error("a deleted cache lives on only for those who have it open")
	}
}

func TestEveryMatchIsAFreshCopy(t *testing.T) {
	c := new(Storage).Open("a")
	req, body := get("/a", "X: 1"), []byte("body")
	inside := &fetch.Response{Type: "default", Status: 201, URLs: []string{site + "/r", site + "/a"}, Headers: lines([]string{"A: 1", "Set-Cookie: b"}), RangeRequested: true}
	resp := &fetch.Response{Type: "basic", Status: 201, URLs: inside.URLs, Headers: lines([]string{"A: 1"}), Internal: inside}
	put(t, c, Pair{req, resp, body})
	put(t, c, Pair{get("/null"), &fetch.Response{Type: "default", Status: 204}, nil})
	put(t, c, pair(get("/empty"), ""))
	req.Headers.Set("X", "2")
	resp.Headers.Set("A", "2")
	inside.Headers.Set("A", "2")
	for range 2 {
		got := c.Match(get("/a"), Options{})
		if text(got) != "body" || got.Body != got.Internal.Body || got.Source != "cache" || got.Status != 201 || !got.Redirected() ||
			got.Headers[0].Value != "1" || got.Internal.Headers[0].Value != "1" || !got.Internal.RangeRequested {
			t.Fatalf("%+v", got)
		}
		got.Headers.Set("A", "3")
		got.Internal.Headers.Set("A", "3")
		got.Internal.Status = 0
		c.Keys(get("/a"), Options{})[0].Headers.Set("X", "3")
	}
	if got := c.Keys(get("/a"), Options{})[0].Headers[0].Value; got != "1" {
		t.Errorf("the stored request was changed: %s", got)
	}
	if text(c.Match(get("/null"), Options{})) != "(null)" || text(c.Match(get("/empty"), Options{})) != "" {
		t.Error("null and empty bodies are not the same")
	}
	put(t, c, Pair{get("/o"), &fetch.Response{Type: "opaque", Internal: &fetch.Response{Status: 200}}, body})
	if got := c.Match(get("/o"), Options{}); got.Body != nil || text(got.Internal) != "body" {
		t.Errorf("%+v", got)
	}
	if all := c.Entries(); len(all) != 4 || string(all[0].Body) != "body" || all[0].Request.URL != site+"/a" || all[0].Response.Status != 201 {
		t.Errorf("%+v", all)
	}
}

func TestACloneLivesItsOwnLife(t *testing.T) {
	s := &Storage{Quota: 1 << 20}
	put(t, s.Open("a"), pair(get("/x"), "x"), pair(get("/y"), "y"))
	handle := s.Open("a")
	c := s.Clone()
	both := func(want, wantClone string) {
		t.Helper()
		if got, cloned := texts(s.Open("a").MatchAll(nil, Options{})), texts(c.Open("a").MatchAll(nil, Options{})); got != want || cloned != wantClone {
			t.Errorf("%q and %q, want %q and %q", got, cloned, want, wantClone)
		}
	}
	both("x y", "x y")
	put(t, handle, pair(get("/z"), "z"))
	both("x y z", "x y")
	c.Open("a").Delete(get("/x"), Options{})
	both("x y z", "y")
	put(t, handle, pair(get("/x"), "x2"))
	both("y z x2", "y")
	c.Delete("a")
	c.Open("b")
	if !s.Has("a") || s.Has("b") || c.Quota != s.Quota || c.Usage() != 0 {
		t.Error("the clone and its origin are not apart")
	}
}
