package browsertest

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"
)

func hosted(names ...string) fstest.MapFS {
	files := fstest.MapFS{}
	for _, name := range names {
		files[name] = &fstest.MapFile{Data: []byte("<" + name + ">")}
	}
	return files
}

// client neither follows redirects nor keeps connections, so that each test sees what the server sends.
func client(t *testing.T) *http.Client {
	tr := &http.Transport{DisableKeepAlives: true}
	t.Cleanup(tr.CloseIdleConnections)
	return &http.Client{Transport: tr, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
}

func get(t *testing.T, c *http.Client, url string) (status int, body string, h http.Header) {
	t.Helper()
	res, err := c.Get(url)
	must(t, err)
	defer res.Body.Close()
	data, err := io.ReadAll(res.Body)
	must(t, err)
	return res.StatusCode, string(data), res.Header
}

func TestServerAnswersAsAStaticHost(t *testing.T) {
	s := Serve(t, "/repo/", hosted("index.html", "404.html", "about.html", "docs/index.html", "a b.txt", "about/x.js", "empty/x.js"))
	s.Mount("/other", hosted("index.html"))
	c := client(t)
	for _, test := range []struct {
		path   string
		status int
		body   string // or the location
	}{
		{"/repo/", 200, "<index.html>"},
		{"/repo/index.html", 200, "<index.html>"},
		{"/repo", 301, "/repo/"},
		{"/repo?q=1", 301, "/repo/?q=1"},
		{"/repo/about", 200, "<about.html>"},
		{"/repo/about.html", 200, "<about.html>"},
		{"/repo/docs", 301, "/repo/docs/"},
		{"/repo/docs/?q", 200, "<docs/index.html>"},
		{"/repo/a%20b.txt", 200, "<a b.txt>"},
		{"/repo/empty/", 404, "<404.html>"},
		{"/repo/nope", 404, "<404.html>"},
		{"/repo//about", 404, "<404.html>"},
		{"/repo/docs/../about", 404, "<404.html>"},
		{"/other/", 200, "<index.html>"},
		{"/other/nope", 404, "404 page not found\n"},
		{"/", 404, "404 page not found\n"},
	} {
		status, body, h := get(t, c, s.URL(test.path))
		if status == 301 {
			body = h.Get("Location")
		}
		if status != test.status || body != test.body {
			t.Errorf("%s: got %d %q, want %d %q", test.path, status, body, test.status, test.body)
		}
		if h.Get("Cache-Control") != "no-store" {
			t.Errorf("%s: Cache-Control: %s", test.path, h.Get("Cache-Control"))
		}
	}
}

func TestServerNamesTypesWhateverTheMachineSays(t *testing.T) {
	types := map[string]string{
		"a.html": "text/html; charset=utf-8", "a.mjs": "text/javascript; charset=utf-8", "a.wasm": "application/wasm",
		"a.webmanifest": "application/manifest+json; charset=utf-8", "a.woff2": "font/woff2", "a.AVIF": "image/avif",
		"a.webp": "image/webp", "a.svg": "image/svg+xml; charset=utf-8", "a": "application/octet-stream",
	}
	files := fstest.MapFS{}
	for name := range types {
		files[name] = &fstest.MapFile{Data: []byte("x")}
	}
	s := Serve(t, "/", files)
	for name, want := range types {
		_, _, h := get(t, client(t), s.URL("/"+name))
		equal(t, name, h.Get("Content-Type"), want)
	}
}

func TestServerIgnoresRangesUntilToldOtherwise(t *testing.T) {
	s := Serve(t, "/", hosted("a.mp4"))
	s.SetCacheControl("max-age=600")
	for _, ranges := range []bool{false, true} {
		s.SetRanges(ranges)
		req, _ := http.NewRequest("GET", s.URL("/a.mp4"), nil)
		req.Header.Set("Range", "bytes=1-2")
		res, err := client(t).Do(req)
		must(t, err)
		body, _ := io.ReadAll(res.Body)
		res.Body.Close()
		want := map[bool]string{false: "200 <a.mp4>", true: "206 a."}[ranges]
		equal(t, "answer", res.Status[:4]+string(body), want)
		equal(t, "Cache-Control", res.Header.Get("Cache-Control"), "max-age=600")
		equal(t, "Content-Type", res.Header.Get("Content-Type"), "video/mp4")
	}
}

func TestServerComesBackOnTheSamePort(t *testing.T) {
	s := Serve(t, "/", hosted("a.txt"))
	keepAlive := new(http.Client)
	get(t, keepAlive, s.URL("/a.txt"))
	s.Down()
	if res, err := keepAlive.Get(s.URL("/a.txt")); err == nil {
		t.Errorf("an answer while down: %s", res.Status)
	}
	s.Down()
	must(t, s.Up())
	must(t, s.Up())
	s.Swap(hosted("b.txt"))
	if status, _, _ := get(t, keepAlive, s.URL("/a.txt")); status != 404 {
		t.Errorf("the old site is still there: %d", status)
	}
	get(t, keepAlive, s.URL("/b.txt?v=1"))
	equal(t, "requests", s.Paths(), []string{"/a.txt", "/a.txt", "/b.txt?v=1"})
	equal(t, "count", s.Count("/b.txt"), 1)
}

func TestFaults(t *testing.T) {
	s := Serve(t, "/", hosted("a.txt", "b.txt"))
	c := client(t)
	answer := func(path string) string {
		status, body, h := get(t, c, s.URL(path))
		return http.StatusText(status) + " " + strings.TrimSpace(body) + h.Get("Location")
	}

	s.Fail("/a.txt", 503, 2)
	for _, want := range []string{"Service Unavailable Service Unavailable", "Service Unavailable Service Unavailable", "OK <a.txt>"} {
		equal(t, "fail twice", answer("/a.txt"), want)
	}

	remove := s.Redirect("/a.txt", "/b.txt", 302)
	equal(t, "redirect", answer("/a.txt"), "Found /b.txt")
	remove()

	remove = s.Corrupt("/a.txt")
	equal(t, "corrupt", answer("/a.txt"), "OK <a.uxt>")
	equal(t, "not corrupt", answer("/b.txt"), "OK <b.txt>")
	remove()

	s.Drop("/a.txt", 1)
	// The transport retries only on a connection it had used before; this client has none.
	if _, err := c.Get(s.URL("/a.txt")); !errors.Is(err, io.EOF) {
		t.Errorf("drop: got %v", err)
	}
	equal(t, "after the drop", answer("/a.txt"), "OK <a.txt>")

	remove = s.Delay(50 * time.Millisecond)
	start := time.Now()
	equal(t, "delay", answer("/b.txt"), "OK <b.txt>")
	if d := time.Since(start); d < 50*time.Millisecond {
		t.Errorf("delayed by %v only", d)
	}
	remove()
}

func TestHangHoldsRequestsUntilReleased(t *testing.T) {
	s := Serve(t, "/", hosted("a.txt"))
	release := s.Hang("/a.txt")
	c := client(t)
	var wg sync.WaitGroup
	for range 3 {
		wg.Go(func() {
			res, err := c.Get(s.URL("/a.txt"))
			if err != nil {
				t.Error(err)
				return
			}
			res.Body.Close()
		})
	}
	for s.Peak() < 3 {
		time.Sleep(time.Millisecond)
	}
	release()
	release()
	wg.Wait()
	get(t, c, s.URL("/a.txt"))

	// Down ends those that hang.
	s.Hang("/a.txt")
	wg.Go(func() {
		if _, err := c.Get(s.URL("/a.txt")); err == nil {
			t.Error("an answer from a server that is down")
		}
	})
	for s.Count("/a.txt") < 5 {
		time.Sleep(time.Millisecond)
	}
	s.Down()
	wg.Wait()
}
