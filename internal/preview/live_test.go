package preview

import (
	"bufio"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// listener reads what a page is told, event by event.
func listener(t *testing.T, url string) func() string {
	t.Helper()
	response, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { response.Body.Close() })
	if kind := response.Header.Get("Content-Type"); kind != "text/event-stream" {
		t.Fatal(kind)
	}
	lines := bufio.NewScanner(response.Body)
	return func() string {
		for lines.Scan() {
			if data, ok := strings.CutPrefix(lines.Text(), "data: "); ok {
				return data
			}
		}
		t.Fatal(lines.Err())
		return ""
	}
}

func TestPagesAreToldToReload(t *testing.T) {
	server := New(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		io.WriteString(w, "<title>x</title>")
	}), Options{Live: true, Log: func(Line) {}})
	web := httptest.NewServer(server)
	t.Cleanup(web.Close)
	get := func(path string) string {
		response, err := http.Get(web.URL + path)
		if err != nil {
			t.Fatal(err)
		}
		defer response.Body.Close()
		body, _ := io.ReadAll(response.Body)
		return string(body)
	}
	if page := get("/"); !strings.Contains(page, `<script src="/.swgen/reload.js" async>`) {
		t.Error(page)
	}
	if script := get("/.swgen/reload.js"); !strings.HasPrefix(script, "globalThis.swgenBuild = 0\n") || !strings.Contains(script, "EventSource") {
		t.Error(script)
	}
	events := web.URL + "/.swgen/events?build="
	page := listener(t, events+"0")
	server.Failed("no disk")
	if got := page(); got != `{"reload":false,"failed":"no disk"}` {
		t.Error(got)
	}
	late := listener(t, events+"0")
	if got := late(); got != `{"reload":false,"failed":"no disk"}` {
		t.Error("a page that opens later is told", got)
	}
	server.Reload()
	for _, one := range []func() string{page, late} {
		if got := one(); got != `{"reload":true,"failed":""}` {
			t.Error(got)
		}
	}
	// A page that was loaded before the build and listens after it.
	if got := listener(t, events+"0")(); got != `{"reload":true,"failed":""}` {
		t.Error(got)
	}
	current := listener(t, events+"1")
	server.Failed("again")
	if got := current(); got != `{"reload":false,"failed":"again"}` {
		t.Error("a page of this build is told", got)
	}
}
