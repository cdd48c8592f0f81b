package main

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// listen is a server in place of one of wptserve's.
func listen(t *testing.T, handler http.HandlerFunc) string {
	t.Helper()
	srv := httptest.NewUnstartedServer(handler)
	srv.Config.Protocols = new(http.Protocols)
	srv.Config.Protocols.SetHTTP1(true)
	srv.Config.Protocols.SetUnencryptedHTTP2(true)
	srv.Start()
	t.Cleanup(srv.Close)
	return srv.Listener.Addr().String()
}

func TestThePortDecidesTheScheme(t *testing.T) {
	say := func(scheme string) string {
		return listen(t, func(w http.ResponseWriter, r *http.Request) {
			fmt.Fprintf(w, "%s %s %s", scheme, r.Proto, r.Host)
		})
	}
	p := proxy{HTTP: say("http"), HTTPS: say("https"), H2: say("h2")}
	for host, want := range map[string]string{
		"web-platform.test:8000":              "http HTTP/1.1 web-platform.test:8000",
		"www1.www2.web-platform.test:8001":    "http HTTP/1.1 www1.www2.web-platform.test:8001",
		"not-web-platform.test:8443":          "https HTTP/1.1 not-web-platform.test:8443",
		"www.not-web-platform.test:8444":      "https HTTP/1.1 www.not-web-platform.test:8444",
		"web-platform.test:9000":              "h2 HTTP/2.0 web-platform.test:9000",
		"localhost:8003":                      "http HTTP/1.1 localhost:8003",
		"web-platform.test:8446":              "https HTTP/1.1 web-platform.test:8446",
		"www.web-platform.test.:8443":         "https HTTP/1.1 www.web-platform.test.:8443",
		"web-platform.test":                   "",
		"web-platform.test:80":                "",
		"web-platform.test:8666":              "", // WebSocket
		"nonexistent.web-platform.test:8443":  "",
		"evil-web-platform.test:8443":         "",
		"www.evil-web-platform.test:8443":     "",
		"web-platform.test.example.com:8443":  "",
		"not-not-web-platform.test:8443":      "",
		"example.com:8443":                    "",
		"www.nonexistent.web-platform.test:1": "",
	} {
		got, err := ask(p, host)
		if got != want || (err == nil) != (want != "") {
			t.Errorf("%s: %q, %v", host, got, err)
		}
	}
}

// ask gets "/" from the host; err is the panic of a network error.
func ask(p proxy, host string) (body string, err any) {
	defer func() { err = recover() }()
	w := httptest.NewRecorder()
	r := httptest.NewRequest(http.MethodGet, "/", nil)
	r.Host = host
	p.ServeHTTP(w, r)
	return w.Body.String(), nil
}

func TestTheRequestArrivesAsItWasMade(t *testing.T) {
	var got string
	p := proxy{HTTPS: listen(t, func(_ http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		_, named := r.Header["User-Agent"]
		_, encoded := r.Header["Accept-Encoding"]
		got = fmt.Sprint(r.Method, " ", r.RequestURI, " ", r.Header["X-A"], " ", named, encoded, " ", r.ContentLength, " ", string(body))
	})}
	r := httptest.NewRequest("CHICKEN", "https://web-platform.test:8443/a%2fb%20c?d|e=%", io.MultiReader(strings.NewReader("a "), strings.NewReader("body")))
	r.ContentLength = -1
	r.Header["X-A"] = []string{"1", "é"}
	p.ServeHTTP(httptest.NewRecorder(), r)
	if want := "CHICKEN /a%2fb%20c?d|e=% [1 é] false false 6 a body"; got != want {
		t.Errorf("got %q", got)
	}
}

func TestTheAnswerComesBackAsItIs(t *testing.T) {
	p := proxy{HTTPS: listen(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header()["Location"] = []string{"/elsewhere"}
		w.Header()["Content-Encoding"] = []string{"gzip"}
		w.Header()["X-A"] = []string{"1", "2"}
		w.WriteHeader(http.StatusFound)
		fmt.Fprint(w, "not even gzip")
	})}
	w := httptest.NewRecorder()
	p.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "https://web-platform.test:8443/", nil))
	h := w.Header()
	got := []string{fmt.Sprint(w.Code), h.Get("Location"), h.Get("Content-Encoding"), strings.Join(h["X-A"], "+"), w.Body.String()}
	if diff := cmp.Diff([]string{"302", "/elsewhere", "gzip", "1+2", "not even gzip"}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestAPieceIsPassedOnBeforeTheNextComes(t *testing.T) {
	arrived := make(chan bool)
	p := proxy{HTTPS: listen(t, func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprint(w, "first")
		_ = http.NewResponseController(w).Flush()
		select {
		case <-arrived:
			fmt.Fprint(w, "second")
		case <-r.Context().Done():
		}
	})}
	var body strings.Builder
	p.ServeHTTP(pieces{header: make(http.Header), wrote: func(piece []byte) {
		if body.Write(piece); body.String() == "first" {
			close(arrived)
		}
	}}, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "https://web-platform.test:8443/", nil))
	if body.String() != "firstsecond" {
		t.Errorf("got %q", body.String())
	}
}

// pieces is a ResponseWriter that tells of each write and cannot be flushed.
type pieces struct {
	header http.Header
	wrote  func([]byte)
}

func (p pieces) Header() http.Header { return p.header }
func (pieces) WriteHeader(int)       {}
func (p pieces) Write(piece []byte) (int, error) {
	p.wrote(piece)
	return len(piece), nil
}

func TestABrokenAnswerIsANetworkError(t *testing.T) {
	p := proxy{HTTPS: listen(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "10")
		fmt.Fprint(w, "half")
		panic(http.ErrAbortHandler)
	})}
	if _, err := ask(p, "web-platform.test:8443"); err != http.ErrAbortHandler {
		t.Errorf("got %v", err)
	}
}

func TestProbesSeeWhatIsWrong(t *testing.T) {
	p := proxy{HTTPS: listen(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/missing" {
			http.NotFound(w, r)
			return
		}
		w.Header().Set("Content-Type", "text/javascript; charset=utf-8")
		fmt.Fprint(w, "some body")
	})}
	const base = "https://web-platform.test:8443/"
	for _, c := range []struct{ url, header, body, want string }{
		{base, "Content-Type: text/javascript", "some", ""},
		{base, "", "", ""},
		{base + "missing", "", "", "status 404 Not Found"},
		{base, "Content-Type: text/css", "", `header Content-Type is "text/javascript; charset=utf-8"`},
		{base, "", "other", `"other" is not in the body`},
		{"https://example.com/", "", "", `no server of the tests is at "example.com"`},
	} {
		got := ""
		if err := probe(t.Context(), p, c.url, c.header, c.body); err != nil {
			got = err.Error()
		}
		if got != c.want {
			t.Errorf("%v: %q", c, got)
		}
	}
	if err := selfCheck(p); err == nil || !strings.Contains(err.Error(), "the harness") {
		t.Errorf("the whole check said %v", err)
	}
}
