package scenario

import (
	"net/http"
	"net/http/httptest"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"
)

const story = `# A story.

open a /
    200 from network at / text/html "Home"
get a /x  # not a comment
end
    the end

-- index.html --
<h1>Home</h1>
-- v2/x --
< status: 418
< x-test: %SITE% %N%
< delay: 2s
< content-type: text/tea
tea for %OTHER%
-- x --
the first x
`

func parse(t *testing.T, text string) *Scenario {
	t.Helper()
	s, err := Parse("story", text)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestAFileIsWrittenAsItWasRead(t *testing.T) {
	s := parse(t, story)
	if got := s.Format(s.Want()); got != story {
		t.Errorf("got\n%s", got)
	}
	dir := os.DirFS("../../testdata/scenarios")
	list, err := Load(dir)
	if err != nil {
		t.Fatal(err)
	}
	if len(list) < 60 {
		t.Errorf("%d scenarios", len(list))
	}
	for _, s := range list {
		text, err := os.ReadFile("../../testdata/scenarios/" + s.Name + ".txt")
		if err != nil {
			t.Fatal(err)
		}
		if got := s.Format(s.Want()); got != string(text) {
			t.Errorf("%s.txt is not what -update writes", s.Name)
		}
	}
}

func TestAStoryEndsWithEnd(t *testing.T) {
	s := parse(t, "open a /\n\n# the last comment\n\n-- x --\nx\n")
	if got, want := s.Format(Transcript{{"opened"}, {"over"}}), "open a /\n    opened\n\n# the last comment\nend\n    over\n\n-- x --\nx\n"; got != want {
		t.Errorf("got\n%s", got)
	}
}

func TestMisplacedTranscriptIsNamed(t *testing.T) {
	_, err := Parse("story", "open a /\n\n    200\n")
	if err == nil || !strings.Contains(err.Error(), "story.txt:3:") {
		t.Errorf("got %v", err)
	}
}

func TestKnownDifferencesHaveReasons(t *testing.T) {
	s := parse(t, "# differs swtest: it has no moon\nopen a /\n")
	if want := map[string]string{"swtest": "it has no moon"}; !reflect.DeepEqual(s.Differs, want) {
		t.Errorf("got %v", s.Differs)
	}
}

func TestDiffTellsTheStepsThatCameOutDifferently(t *testing.T) {
	s := parse(t, story)
	if diff := s.Diff(s.Want(), s.Want()); diff != "" {
		t.Errorf("got %s", diff)
	}
	got := Transcript{{`404 from network at / text/html "Home"`}, {"one", "two"}, {"the end"}}
	want := `story.txt:3: open a /
  - 200 from network at / text/html "Home"
  + 404 from network at / text/html "Home"
story.txt:5: get a /x  # not a comment
  + one
  + two
`
	if diff := s.Diff(s.Want(), got); diff != want {
		t.Errorf("got\n%s", diff)
	}
	if diff := s.Diff(Transcript{{"one", "two"}}, Transcript{{"two", "one"}}); !strings.Contains(diff, "another order") {
		t.Errorf("got\n%s", diff)
	}
}

func get(t *testing.T, s *Server, method, url string, header ...string) *http.Response {
	t.Helper()
	r := httptest.NewRequest(method, url, nil)
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	return w.Result()
}

func body(t *testing.T, r *http.Response) string {
	t.Helper()
	var b strings.Builder
	if err := r.Write(&b); err != nil {
		t.Fatal(err)
	}
	_, text, _ := strings.Cut(b.String(), "\r\n\r\n")
	return text
}

func TestServerAnswersWithTheFilesOfAVersion(t *testing.T) {
	s := NewServer(parse(t, story), "http://site", "http://other")
	r := get(t, s, "GET", "http://site/x?a=1")
	if got := body(t, r); got != "the first x" || r.Header.Get("Cache-Control") != "no-store" {
		t.Errorf("got %q %v", got, r.Header)
	}
	s.version = "v2"
	r = get(t, s, "GET", "http://other/x", "X-Test", "y", "Sec-Fetch-Dest", "empty", "Origin", "http://site")
	if got := body(t, r); got != "tea for http://other" || r.StatusCode != 418 || r.Header.Get("Content-Type") != "text/tea" {
		t.Errorf("got %d %q %v", r.StatusCode, got, r.Header)
	}
	if got := s.Delay("/x"); got != 2*time.Second {
		t.Errorf("delay %v", got)
	}
	if got := get(t, s, "GET", "http://site/nothing").StatusCode; got != 404 {
		t.Errorf("got %d", got)
	}
	want := []string{
		"GET %OTHER%/x (empty, , ) origin=\"%SITE%\" x-test=\"y\"",
		"GET /nothing (, , )",
		"GET /x?a=1 (, , )",
	}
	if got := s.flush(false); !slices.Equal(got, want) {
		t.Errorf("requests\n%s", strings.Join(got, "\n"))
	}
	if got := s.flush(false); len(got) != 0 {
		t.Errorf("told twice: %v", got)
	}
}

func TestServerFailsAsItIsTold(t *testing.T) {
	s := NewServer(parse(t, "-- x --\n< cut: 3\n123456\n-- n --\n%N%\n-- range --\n< accept-ranges: bytes\n0123456789\n"), "http://site", "http://other")
	for _, want := range []string{"1", "2"} {
		if got := body(t, get(t, s, "GET", "http://site/n")); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
	if r := get(t, s, "GET", "http://site/range", "Range", "bytes=2-3"); r.StatusCode != 206 || body(t, r) != "23" {
		t.Errorf("range: %d", r.StatusCode)
	}
	s.faults["/n"] = fault{status: 503}
	if got := get(t, s, "GET", "http://site/n").StatusCode; got != 503 {
		t.Errorf("got %d", got)
	}
	s.flush(false)
	for path, f := range map[string]fault{"/n": {drop: true}, "/x": {}} {
		s.faults[path] = f
		func() {
			defer func() {
				if recover() != http.ErrAbortHandler {
					t.Errorf("%s does not break", path)
				}
			}()
			get(t, s, "GET", "http://site"+path)
		}()
	}
	if got := s.flush(false); len(got) != 1 || !strings.HasPrefix(got[0], "GET /x ") {
		t.Errorf("requests %q: a dropped one may come again and is not told", got)
	}
}

func TestBuiltFilesBelongToTheirVersion(t *testing.T) {
	s := NewServer(parse(t, "-- v1/a --\none\n-- v2/a --\ntwo\n-- b --\nb\n"), "http://site", "http://other")
	s.Build = func(site map[string]string) (map[string]string, error) {
		return map[string]string{"made": site["a"] + site["b"]}, nil
	}
	if err := s.build("v2"); err != nil {
		t.Fatal(err)
	}
	if got := get(t, s, "GET", "http://site/made").StatusCode; got != 404 {
		t.Errorf("got %d", got)
	}
	s.version = "v2"
	if got := body(t, get(t, s, "GET", "http://site/made")); got != "twob" {
		t.Errorf("got %q", got)
	}
}

func TestTextsAreShownInOneLine(t *testing.T) {
	for text, want := range map[string]string{
		"plain":                   `"plain"`,
		"two\nlines":              `"two\nlines"`,
		`{"a": "b"}`:              `{"a": "b"}`,
		"{no json":                `"{no json"`,
		"\xff":                    "1 bytes, sha256 a8100ae6aa19",
		strings.Repeat("x", 1000): "1000 bytes, sha256 44f8354494a5",
	} {
		if got := quote([]byte(text)); got != want {
			t.Errorf("%.20q: got %s", text, got)
		}
	}
	if got := plain("<!doctype html><title>a</title>\n <p class=x>b  c</p>"); got != "a b c" {
		t.Errorf("got %q", got)
	}
	if got := fields(`a "b c" d="e f"`); !slices.Equal(got, []string{"a", "b c", "d=e f"}) {
		t.Errorf("got %q", got)
	}
	if got := counted([]string{"a", "a", "b"}); !slices.Equal(got, []string{"a, 2 times", "b"}) {
		t.Errorf("got %q", got)
	}
}

// player is a browser in which every page is the same and every script has the
// same value.
type player struct {
	Player
	value  string
	pauses int
}

func (p *player) Open(_, url string) (Page, error) {
	return Page{URL: url, Status: 200, Type: "text/html", Text: "<p>page"}, nil
}
func (p *player) Eval(string, string) (string, error) { return p.value, nil }
func (p *player) Pause() error                        { p.pauses++; return nil }

func TestPlayStopsAtTheStepThatCannotBePlayed(t *testing.T) {
	for text, want := range map[string]string{
		"open a /\nfly a":                 `story.txt:2: fly a: unknown command "fly"`,
		"open a":                          "story.txt:1: open a: open takes 2 arguments",
		"open a /\nuntil a never()":       "story.txt:2: until a never(): it does not happen",
		"open a /\nregister a sw.js nope": `"nope" is not NAME=VALUE`,
	} {
		s := parse(t, text)
		p := &player{value: `{"value": false}`}
		_, err := s.Play(NewServer(s, "http://site", "http://other"), p)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: got %v", text, err)
		}
		if strings.Contains(text, "until") && p.pauses != patience {
			t.Errorf("%d pauses", p.pauses)
		}
	}
}

func TestPlayPrintsWithoutOriginsAndIDs(t *testing.T) {
	s := parse(t, "eval a 1\nget a /x show=etag\n")
	p := &player{value: `{"value": {"status": 200, "url": "http://site/y", "headers": [["etag", "1"], ["date", "x"]], "body": "\u00e4"}}`}
	got, err := s.Play(NewServer(s, "http://site", "http://other"), p)
	if err != nil {
		t.Fatal(err)
	}
	want := Transcript{
		{`{"status": 200, "url": "/y", "headers": [["etag", "1"], ["date", "x"]], "body": "\u00e4"}`},
		{`200 url="/y" etag="1" 1 bytes, sha256 5e1effe9b7ba`},
		nil,
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %q", got)
	}
	server := NewServer(s, "http://site", "http://other")
	if got := server.strip("http://site/a http://other/b 0db963e1-c87b-42c2-addd-f5c58707a9a5"); got != "/a %OTHER%/b %ID%" {
		t.Errorf("got %q", got)
	}
}
