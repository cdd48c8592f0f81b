package weburl

import (
	"encoding/json"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"
)

// testdata reads a file of the Web Platform Tests that the library's module
// carries.
func testdata(t *testing.T, name string, into any) {
	t.Helper()
	dir, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "github.com/nlnwa/whatwg-url").Output()
	if err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(filepath.Join(strings.TrimSpace(string(dir)), "testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(data, into); err != nil {
		t.Fatal(err)
	}
}

func (u URL) parts() map[string]string {
	return map[string]string{
		"href": u.Href, "origin": u.Origin, "protocol": u.Protocol, "username": u.Username, "password": u.Password,
		"host": u.Host, "hostname": u.Hostname, "port": u.Port, "pathname": u.Pathname, "search": u.Search, "hash": u.Hash,
	}
}

// outdated says whether a case is older than the standard: "^" in paths is
// encoded since 2024, the last space of an opaque path since 2025.
func outdated(input string) bool {
	return strings.Contains(input, "[\\]^") || strings.Contains(input, "opaque ") || strings.HasPrefix(input, "data:space ") || strings.HasPrefix(input, "sc:space ")
}

func TestFollowsTheStandardOf2026(t *testing.T) {
	for input, want := range map[string]string{
		"https://h/a^b?^#^":            "https://h/a%5Eb?^#^",
		"https://u^@h/":                "https://u%5E@h/",
		"non-special:opaque  ?hi":      "non-special:opaque %20?hi",
		"non-special:opaque  #hi":      "non-special:opaque %20#hi",
		"non-special:opaque \t\t  \t#": "non-special:opaque  %20#",
		"non-special:opaque  ":         "non-special:opaque",
	} {
		if u, err := Parse(input, ""); err != nil || u.Href != want {
			t.Errorf("%q: %q, %v; want %q", input, u.Href, err, want)
		}
	}
	u, _ := Parse("data:space  ?query#fragment", "")
	if got := u.Set("search", "").Set("hash", ""); got.Href != "data:space %20" || got.Pathname != "space %20" {
		t.Errorf("%+v", got)
	}
}

func TestParsesAsTheWebPlatformTestsSay(t *testing.T) {
	var cases []json.RawMessage
	testdata(t, "urltestdata.json", &cases)
	ran := 0
	for _, raw := range cases {
		var want struct {
			Input   string
			Base    string
			Failure bool
		}
		if raw[0] != '{' {
			continue
		}
		var parts map[string]any
		if json.Unmarshal(raw, &want) != nil || json.Unmarshal(raw, &parts) != nil {
			t.Fatalf("%s", raw)
		}
		if outdated(want.Input) {
			continue
		}
		ran++
		u, err := Parse(want.Input, want.Base)
		if (err != nil) != want.Failure {
			t.Errorf("%q on %q: %v", want.Input, want.Base, err)
			continue
		}
		for part, got := range u.parts() {
			if value, ok := parts[part]; ok && err == nil && value != got {
				t.Errorf("%q on %q: %s is %q, want %q", want.Input, want.Base, part, got, value)
			}
		}
	}
	if ran < 800 {
		t.Errorf("only %d cases", ran)
	}
}

func TestSettersDoAsTheWebPlatformTestsSay(t *testing.T) {
	var all map[string]json.RawMessage
	testdata(t, "setters_tests.json", &all)
	ran := 0
	for part, raw := range all {
		if part == "comment" || part == "href" {
			continue
		}
		var cases []struct {
			Href     string
			NewValue string `json:"new_value"`
			Expected map[string]string
		}
		if err := json.Unmarshal(raw, &cases); err != nil {
			t.Fatal(err)
		}
		for _, c := range cases {
			if outdated(c.Href) || outdated(c.NewValue) || strings.Contains(c.NewValue, "@AZ[") {
				continue
			}
			ran++
			u, err := Parse(c.Href, "")
			if err != nil {
				t.Errorf("%q: %v", c.Href, err)
				continue
			}
			got := u.Set(part, c.NewValue).parts()
			for name, want := range c.Expected {
				if got[name] != want {
					t.Errorf("%q, %s = %q: %s is %q, want %q", c.Href, part, c.NewValue, name, got[name], want)
				}
			}
		}
	}
	if ran < 200 {
		t.Errorf("only %d cases", ran)
	}
}

func TestABaseThatIsNoURLIsAnError(t *testing.T) {
	for _, input := range []string{"https://example.com/", "/x", ""} {
		if u, err := Parse(input, "nonsense"); err == nil || !strings.Contains(err.Error(), "base") {
			t.Errorf("%q: %q, %v", input, u.Href, err)
		}
	}
}

func TestOrigins(t *testing.T) {
	for _, c := range []struct{ url, origin string }{
		{"https://example.com/a?b#c", "https://example.com"},
		{"https://user:p@example.com:8443/a", "https://example.com:8443"},
		{"https://example.com", "https://example.com"},
		{"http://[::1]:80@x/", "http://x"},
		{"http://a/?u=b@c", "http://a"},
		{"blob:https://example.com/123", "https://example.com"},
		{"blob:null/123", "null"},
		{"data:text/plain,x", "null"},
		{"about:blank", "null"},
		{"wss://example.com/chat", "wss://example.com"},
		{"null", "null"},
		{"", "null"},
	} {
		if got := Origin(c.url); got != c.origin {
			t.Errorf("%q: %q, want %q", c.url, got, c.origin)
		}
		if same := SameOrigin(c.url, c.origin); same != (c.origin != "null") {
			t.Errorf("%q same origin as %q: %v", c.url, c.origin, same)
		}
	}
}

func TestOnlySafeOriginsAreTrustworthy(t *testing.T) {
	for url, want := range map[string]bool{
		"https://example.com/x": true, "wss://example.com": true, "file:///x": true, "blob:https://a/1": true,
		"http://localhost:8080/": true, "http://a.localhost": true, "http://localhost./": true,
		"http://127.0.0.1/": true, "http://127.3.2.1:80": true, "http://[::1]:3000/x": true,
		"http://example.com/": false, "http://localhost.example/": false, "http://127.0.0.1.example/": false,
		"http://127.evil/": false, "http://128.0.0.1/": false, "http://[::2]/": false, "data:text/html,x": false, "about:blank": false,
	} {
		if got := PotentiallyTrustworthy(url); got != want {
			t.Errorf("%q: %v", url, got)
		}
	}
}

// FuzzQuick holds the short way against the library, and parsing against
// itself: a serialized URL parses to itself.
func FuzzQuick(f *testing.F) {
	for _, input := range []string{
		"https://example.com/a/b?c#d", "http://h:80/", "http://h:8080/x", "https://h:443/", "http://a.b-c.d1/.well-known/x",
		"/a/./b", "/a/..", "/%2e/x", "//x", "/x?'", "x/y", "x:y", "http", "http:x", "https://xn--a/", "http://1.2/", "http://a./",
		"http://a..b/", "http://u@h/", "https://h/^", "https://h/?#", "https://h/\\", "data:x  ?y", "/é", "", "#", "?a", "/a\tb", "HTTP://h/",
	} {
		f.Add(input, "")
		f.Add(input, "https://example.com/x/y?z")
		f.Add(input, "file:///x")
	}
	f.Fuzz(agree)
}

// TestTheShortWayIsExact puts URLs together from what is known to matter.
func TestTheShortWayIsExact(t *testing.T) {
	tokens := strings.Fields("a b-c A / / // . .. .well-known %2e %2E. %41 % : ? # @ \\ ' ^ ` { | ~ * é http:// https:// https://h/ http://a.b:80/ " +
		"http://a.b:8080 :443 :0 :99999 xn-- 1 1.2 0x1 - _ h. data: file:/// [::1] localhost")
	tokens = append(tokens, "", " ", "\t", "\x00")
	random := rand.New(rand.NewPCG(1, 2))
	some := func() string {
		var s strings.Builder
		for range random.IntN(6) {
			s.WriteString(tokens[random.IntN(len(tokens))])
		}
		return s.String()
	}
	taken := 0
	for range 40_000 {
		input, base := some(), []string{"", "https://h/a/b?c", "http://h:80/", some()}[random.IntN(4)]
		if _, ok := quick(input, base); ok {
			taken++
		}
		if agree(t, input, base); t.Failed() {
			return
		}
	}
	if taken < 1000 {
		t.Errorf("only %d URLs go the short way", taken)
	}
}

func agree(t *testing.T, input, base string) {
	if !utf8.ValidString(input) || !utf8.ValidString(base) {
		return
	}
	want, err := slow(input, base)
	if got, ok := quick(input, base); ok && (err != nil || got != want) {
		t.Errorf("%q on %q:\n got %+v\nwant %+v, %v", input, base, got, want, err)
	}
	if err != nil {
		return
	}
	if again, err := slow(want.Href, ""); err != nil || again != want {
		t.Errorf("%q on %q: %+v, read again %+v, %v", input, base, want, again, err)
	}
	if want.Protocol == "https:" && Origin(want.Href) != want.Origin {
		t.Errorf("%q: origin %q, want %q", want.Href, Origin(want.Href), want.Origin)
	}
}
