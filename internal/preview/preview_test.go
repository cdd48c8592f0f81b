package preview

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"
)

func site(w http.ResponseWriter, r *http.Request) {
	switch r.URL.Path {
	case "/":
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.Header().Set("ETag", `"abc"`)
		io.WriteString(w, "<!doctype html>home")
	case "/lost":
		w.Header().Set("Content-Type", "text/html")
		w.WriteHeader(http.StatusNotFound)
		io.WriteString(w, "lost")
	case "/moved":
		http.Redirect(w, r, "/", http.StatusFound)
	default:
		io.WriteString(w, "text")
	}
}

// start is a preview, its address, and what it has logged.
func start(t *testing.T, o Options) (s *Server, address string, log func() string) {
	t.Helper()
	var lines []string
	o.Log = func(l Line) {
		lines = append(lines, fmt.Sprintf("%s %d %s %s %d %s", l.Who, l.Status, l.Method, l.URL, l.Bytes, l.For))
	}
	s = New(http.HandlerFunc(site), o)
	web := httptest.NewServer(s)
	t.Cleanup(web.Close)
	return s, web.URL, func() string {
		s.mu.Lock()
		defer s.mu.Unlock()
		said := strings.Join(lines, "; ")
		lines = nil
		return said
	}
}

func ask(t *testing.T, method, address, body string, header ...string) (status int, answer string, h http.Header) {
	t.Helper()
	request, err := http.NewRequest(method, address, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(header); i += 2 {
		request.Header.Set(header[i], header[i+1])
	}
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	response, err := client.Do(request)
	if err != nil {
		return 0, "", nil
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response.StatusCode, string(text), response.Header
}

const script = "<script src=\"/.swgen/report.js\" async></script>\n"

func TestPagesReport(t *testing.T) {
	_, address, log := start(t, Options{})
	for _, test := range []struct{ method, path, want, logged string }{
		{"GET", "/", "200 <!doctype html>home" + script, "network 200 GET / 19 fetch"},
		{"HEAD", "/", "200 ", "network 200 HEAD / 19 fetch"},
		{"GET", "/lost?x=1", "404 lost" + script, "network 404 GET /lost?x=1 4 fetch"},
		{"GET", "/data", "200 text", "network 200 GET /data 4 fetch"},
		{"GET", "/.swgen/nothing", "404 404 page not found\n", ""},
	} {
		status, body, header := ask(t, test.method, address+test.path, "")
		if got := fmt.Sprint(status, " ", body); got != test.want {
			t.Errorf("%s %s: %q, want %q", test.method, test.path, got, test.want)
		}
		if got := log(); got != test.logged {
			t.Errorf("%s %s: logged %q, want %q", test.method, test.path, got, test.logged)
		}
		if test.path == "/" && test.method == "GET" && header.Get("ETag") == `"abc"` {
			t.Error("another page has the ETag of the site's")
		}
	}
}

func TestExactPagesAreThoseOfTheSite(t *testing.T) {
	_, address, _ := start(t, Options{Exact: true})
	if _, body, header := ask(t, "GET", address+"/", ""); body != "<!doctype html>home" || header.Get("ETag") != `"abc"` {
		t.Error(body, header)
	}
}

func TestTheSwitch(t *testing.T) {
	s, address, log := start(t, Options{})
	set := func(value string, header ...string) string {
		status, body, _ := ask(t, "POST", address+"/.swgen/offline", url.Values{"value": {value}}.Encode(),
			append([]string{"Content-Type", "application/x-www-form-urlencoded"}, header...)...)
		return fmt.Sprint(status, " ", strings.TrimSpace(body))
	}
	if got := set("true", "Sec-Fetch-Site", "cross-site"); s.IsOffline() || !strings.HasPrefix(got, "400") {
		t.Error("another site could switch the network off:", got)
	}
	if got := set("perhaps"); !strings.HasPrefix(got, "400") {
		t.Error(got)
	}
	if got := set("true"); got != "200 true" || !s.IsOffline() {
		t.Error(got)
	}
	if status, _, _ := ask(t, "GET", address+"/", ""); status != 0 {
		t.Error("answered without a network:", status)
	}
	if got := log(); !strings.HasPrefix(got, "offline 0 GET / 0 fetch") {
		t.Error(got)
	}
	if status, body, _ := ask(t, "GET", address+"/.swgen/offline", ""); status != 200 || body != "true" {
		t.Error(status, body)
	}
	if status, body, _ := ask(t, "GET", address+"/.swgen/", ""); status != 200 || !strings.Contains(body, "Switch it off") {
		t.Error("the page of the switch needs the network:", status)
	}
	if set("false"); s.IsOffline() {
		t.Error("it stays off")
	}
}

// TestReports: what the server answered itself is not told twice.
func TestReports(t *testing.T) {
	_, address, log := start(t, Options{})
	before := time.Now()
	ask(t, "GET", address+"/data", "")
	log()
	at := func(when time.Time) string { return fmt.Sprint(when.UnixMilli()) }
	reports := "[" + strings.Join([]string{
		`{"url": "/data", "worker": true, "status": 200, "bytes": 4, "start": ` + at(before) + "}",
		`{"url": "/data", "worker": true, "status": 200, "bytes": 4, "start": ` + at(before.Add(time.Minute)) + "}",
		`{"url": "/style.css", "worker": true, "status": 200, "bytes": 9, "start": ` + at(before) + "}",
		`{"url": "/logo.png", "worker": false, "status": 200, "bytes": 7, "start": ` + at(before) + "}",
	}, ",") + "]"
	if status, _, _ := ask(t, "POST", address+"/.swgen/seen", reports); status != http.StatusNoContent {
		t.Error(status)
	}
	want := []string{"worker 200 GET /data 4 page", "worker 200 GET /style.css 9 page", "cache 200 GET /logo.png 7 page"}
	if got := strings.Split(log(), "; "); !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
	for _, bad := range []string{"{", "", "[" + strings.Repeat(" ", maxReport) + "]"} {
		if status, _, _ := ask(t, "POST", address+"/.swgen/seen", bad); status != http.StatusBadRequest {
			t.Errorf("%.10q: %d", bad, status)
		}
	}
	if status, _, _ := ask(t, "POST", address+"/.swgen/seen", reports, "Sec-Fetch-Site", "cross-site"); status != http.StatusBadRequest {
		t.Error("another site's report was taken")
	}
}

func TestWhoAsks(t *testing.T) {
	for want, header := range map[string][]string{
		"worker script": {"Service-Worker", "script"},
		"worker":        {"Sec-Fetch-Dest", "empty", "Referer", "http://localhost/sw.js?x"},
		"page":          {"Sec-Fetch-Dest", "document"},
		"style":         {"Sec-Fetch-Dest", "style"},
		"fetch":         {"Sec-Fetch-Dest", "empty", "Referer", "http://localhost/"},
	} {
		request := httptest.NewRequest("GET", "/", nil)
		for i := 0; i < len(header); i += 2 {
			request.Header.Set(header[i], header[i+1])
		}
		if got := asker(request); got != want {
			t.Errorf("%q: %s, want %s", header, got, want)
		}
	}
}
