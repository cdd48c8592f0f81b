package fetch

import (
	"bytes"
	"compress/gzip"
	"compress/zlib"
	"fmt"
	"slices"
	"strings"
	"testing"
)

func TestDataURLs(t *testing.T) {
	w := newWorld(t)
	for _, c := range []struct{ url, kind, body string }{
		{"data:,x%20y", "text/plain;charset=US-ASCII", "x y"},
		{"data:text/html;charset=utf-8,%3Cp%3E#frag", "text/html;charset=utf-8", "<p>"},
		{"data:;charset=x;base64,aGk=", "text/plain;charset=x", "hi"},
		{"data:text/plain; base64 ,YQ==", "text/plain", "a"},
		{"data:x/y;BASE64,aG k", "x/y", "hi"},
		{"data:nonsense,%zz%4", "text/plain;charset=US-ASCII", "%zz%4"},
		{`data:a/b;c="d;e",f`, `a/b;c="d;e"`, "f"},
	} {
		resp := w.ok(request(c.url), c.body)
		if got := first(resp.Headers.Get("Content-Type")); got != c.kind || resp.Type != "basic" {
			t.Errorf("%s: %q %s, want %q", c.url, got, resp.Type, c.kind)
		}
	}
	w.fails(request("data:text/plain"), "comma")
	w.fails(request("data:;base64,a"), "base64")
	w.wantSeen()
}

func TestContentCodingsAreUndone(t *testing.T) {
	var zipped, deflated bytes.Buffer
	z := gzip.NewWriter(&zipped)
	fmt.Fprint(z, "hello")
	z.Close()
	d := zlib.NewWriter(&deflated)
	d.Write(zipped.Bytes())
	d.Close()
	w := newWorld(t)
	w.serve("https://site.test/gzip", 200, zipped.String(), "Content-Encoding: gzip", "Content-Length: 99")
	w.serve("https://site.test/both", 200, deflated.String(), "Content-Encoding: gzip, DEFLATE")
	w.serve("https://site.test/raw", 200, string(deflated.Bytes()[2:deflated.Len()-4]), "Content-Encoding: gzip, deflate")
	w.serve("https://site.test/not", 200, "not zipped", "Content-Encoding: gzip")
	w.serve("https://site.test/br", 200, "\x0b\x02\x80hello\x03", "Content-Encoding: br")
	w.serve("https://site.test/unknown", 200, "hello", "Content-Encoding: x")
	w.serve("https://site.test/empty", 200, "", "Content-Encoding: gzip")
	w.serve("https://site.test/nothing", 200, "", "Content-Encoding: deflate")
	w.serve("https://site.test/broken", 200, zipped.String()[:20], "Content-Encoding: gzip")
	resp := w.ok(request("https://site.test/gzip"), "hello")
	if first(resp.Headers.Get("Content-Encoding")) != "gzip" || first(resp.Headers.Get("Content-Length")) != "99" {
		t.Error("the headers are left as they came")
	}
	w.ok(request("https://site.test/both"), "hello")
	w.ok(request("https://site.test/raw"), "hello")
	w.ok(request("https://site.test/not"), "(gzip: invalid header)")
	w.fails(with(request("https://site.test/not"), func(r *Request) { r.Integrity = "sha256-AAAA" }), "invalid header")
	w.ok(request("https://site.test/br"), "hello")
	if got := w.sent("Accept-Encoding"); got != "gzip, deflate, br" {
		t.Error(got)
	}
	w.ok(request("https://site.test/unknown"), "hello")
	w.ok(request("https://site.test/empty"), "")
	w.ok(request("https://site.test/nothing"), "")
	w.ok(request("https://site.test/broken"), "(unexpected EOF)")
}

func TestIntegrity(t *testing.T) {
	w := newWorld(t)
	w.serve("https://site.test/a", 200, "hello")
	w.serve("https://other.test/a", 200, "hello")
	b64 := func(algorithm string) string { return algorithm + "-" + base64Of(hash(algorithm, []byte("hello"))) }
	asks := func(metadata string) *Request {
		return with(request("https://site.test/a"), func(r *Request) { r.Integrity = metadata })
	}
	for _, metadata := range []string{
		b64("sha256"), "sha256-AAAA " + b64("sha256"), b64("sha512") + "?option " + "sha256-AAAA", "md5-x", "nonsense",
		"SHA384-" + strings.NewReplacer("+", "-", "/", "_", "=", "").Replace(b64("sha384")[7:]),
	} {
		w.ok(asks(metadata), "hello")
	}
	w.fails(asks("sha256-AAAA"), "integrity")
	w.fails(asks(b64("sha256")+" sha384-AAAA"), "integrity")
	w.fails(with(asks(b64("sha256")), func(r *Request) { r.URL, r.Mode = "https://other.test/a", "no-cors" }), "can be seen")
}

func TestScriptsAndStylesNeedTheirTypes(t *testing.T) {
	w := newWorld(t)
	for _, c := range []struct{ kind, destination, nosniff, reason string }{
		{"text/javascript; charset=utf-8", "script", "nosniff", ""},
		{"text/plain", "script", "", ""},
		{"text/plain", "script", "NoSniff, x", "strict"},
		{"image/png", "worker", "", "not executable"},
		{"text/csv", "script", "", "not executable"},
		{"", "style", "nosniff", "text/css"},
		{"text/css", "style", "nosniff", ""},
		{"text/plain", "image", "nosniff", ""},
	} {
		w.serve("https://site.test/a", 200, "x", "Content-Type: "+c.kind, "X-Content-Type-Options: "+c.nosniff)
		req := with(request("https://site.test/a"), func(r *Request) { r.Destination = c.destination })
		if c.reason == "" {
			w.ok(req, "x")
		} else {
			w.fails(req, c.reason)
		}
	}
}

func TestListsAreSplitAtCommasOutsideQuotes(t *testing.T) {
	for value, want := range map[string][]string{
		"a, b":              {"a", "b"},
		"":                  {""},
		"a,,\t b ":          {"a", "", "b"},
		`"a, b", c="d\",e"`: {`"a, b"`, `c="d\",e"`},
		`a", b`:             {`a", b`},
		`a\,b`:              {`a\`, "b"},
	} {
		if got := (Headers{{"X", value}}).List("x"); !slices.Equal(got, want) {
			t.Errorf("%q: %q, want %q", value, got, want)
		}
	}
	if (Headers{}).List("x") != nil {
		t.Error("no header is no list")
	}
}

func TestTheContentTypeIsWhatTheLastGoodValueSays(t *testing.T) {
	for _, c := range []struct {
		values []string
		want   string
	}{
		{[]string{"text/plain;charset=gbk, text/html"}, "text/html"},
		{[]string{"text/html;charset=gbk;a=b, text/html;x=y"}, "text/html;x=y;charset=gbk"},
		{[]string{"text/html;charset=gbk", "x/x", "text/html;x=y"}, "text/html;x=y"},
		{[]string{"text/html", "cannot-parse", "*/*", ""}, "text/html"},
		{[]string{"TEXT/HTML ; Charset=\"utf-8\"; x; charset=other; y="}, "text/html;charset=utf-8"},
		{[]string{`a/b;c="d\"e ";f="`}, `a/b;c="d\"e ";f=""`},
		{[]string{"a/b;c=\x01;d e=f"}, "a/b"},
		{[]string{"/b", "a/", "a"}, ""},
	} {
		var h Headers
		for _, v := range c.values {
			h.Add("Content-Type", v)
		}
		if got := h.mimeType().String(); got != c.want {
			t.Errorf("%q: %q, want %q", c.values, got, c.want)
		}
	}
}
