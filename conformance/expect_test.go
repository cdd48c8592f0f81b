package main

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestTheFileIsGroupedAndSorted(t *testing.T) {
	e := expected{Version: "firefox-esr 1.2", Lines: []line{
		{"url/b.any.js?x=1", "<harness>", "why"},
		{"url/b.any.js", "b", "a | b"},
		{"fetch/api/a.any.js", "b", "?"},
		{"url/b.any.js", "a", "why"},
		{"fetch/api/abort/", "<skip>", "too slow"},
	}}
	const want = `# tests of firefox-esr 1.2

# fetch/api
fetch/api/a.any.js | b | ?

# fetch/api/abort
fetch/api/abort/ | <skip> | too slow

# url
url/b.any.js | a | why
url/b.any.js | b | a | b
url/b.any.js?x=1 | <harness> | why
`
	if diff := cmp.Diff(want, e.text()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// FuzzAnyNameComesBack holds reading against writing.
func FuzzAnyNameComesBack(f *testing.F) {
	for _, name := range []string{
		"", " ", "|", " | ", "a | b", "|a", "| |", "a|", "a|b", `\`, `\"`, `"`, `\\"`, `\n`, "a\nb", "\r", "\t", " a ", "a  ", "# a", "#", "<harness>",
		"\x00", "\xff", "\ufffd", "\u2028", "\ufeff", "é", "𝒳", "'", "`", `\x7c`, "\u00a0", "<skip> ", "x\\ ",
	} {
		f.Add(name)
	}
	f.Fuzz(func(t *testing.T, name string) {
		want := expected{Version: "v", Lines: []line{{"fetch/" + name, name, "why"}}}
		text := want.text()
		got, err := parseExpected("f", text)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("of %q came (-want +got):\n%s", text, diff)
		}
	})
}

func TestMistakesInTheFileAreNamed(t *testing.T) {
	for text, want := range map[string]string{
		"\n\na | b\n":                  `f:3: not "test | subtest | reason"`,
		"a | b | \n":                   `f:1: not "test | subtest | reason"`,
		"a | b | c\na | b | d\n":       "f:2: the same failure is expected twice",
		`a | \q | c`:                   `f:1: subtest \q: invalid syntax`,
		`a\ | b | c`:                   `f:1: test a\: invalid syntax`,
		"# comment\r\na | b\r\n":       `f:2: not "test | subtest | reason"`,
		"a | b | c\n# tests of v\nx\n": `f:3: not "test | subtest | reason"`,
	} {
		if _, err := parseExpected("f", text); err == nil || err.Error() != want {
			t.Errorf("%q: %v", text, err)
		}
	}
}

func TestATextThatWasWrittenByHandIsRead(t *testing.T) {
	got, err := parseExpected("f", "# tests of v\r\n\r\n# url\r\n  url/a.any.js | it's \"so\" | why \r\n")
	want := expected{Version: "v", Lines: []line{{"url/a.any.js", `it's "so"`, "why"}}}
	if diff := cmp.Diff(want, got); err != nil || diff != "" {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
	if !strings.HasPrefix(got.text(), "# tests of v\n") {
		t.Error(got.text())
	}
}
