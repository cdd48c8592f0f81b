package glob

import (
	"io/fs"
	"strings"
	"testing"
	"time"

	"github.com/swgen/swgen/internal/jsvm"
)

func TestMatch(t *testing.T) {
	for _, test := range []struct {
		pattern, path string
		want          bool
	}{
		{"**/*.html", "index.html", true},
		{"**/*.html", "a/b/index.html", true},
		{"**/*.html", "a/b/index.htm", false},
		{"docs/**", "docs/a/b.css", true},
		{"docs/**", "docs", false},
		{"docs/**", "docs2/a", false},
		{"/docs/*.css", "docs/a.css", true},
		{"./docs/*.css", "docs/a.css", true},
		{"docs/*.css", "docs/a/b.css", false},
		{"**", "anything/at/all", true},
		{"img/{a,b}.png", "img/b.png", true},
		{"img/{a,b}.png", "img/c.png", false},
		{"[!a]*", "bcd", true},
		{`a\*b`, "a*b", true},
	} {
		p := MustCompile(test.pattern)
		if got := p.Match(test.path); got != test.want {
			t.Errorf("%s matches %s: %v", test.pattern, test.path, got)
		}
	}
}

func TestCompileRefusesWhatIsNoPattern(t *testing.T) {
	for _, pattern := range []string{"", "/", "[a", "{a,b", `a\`, "js/**.js", "a**b", "***"} {
		if _, err := Compile(pattern); err == nil {
			t.Errorf("%q was accepted", pattern)
		}
	}
}

func TestLiteral(t *testing.T) {
	if !MustCompile("a/b.html").Literal() || MustCompile("a/*.html").Literal() {
		t.Error("literal is wrong")
	}
}

// seeds are patterns with a path each.
var seeds = [][2]string{
	{"**/*.html", "a/b.html"}, {"docs/**", "docs/a"}, {"a/**/b", "a/b"}, {"a/**/b", "a/x/y/b"}, {"a*b", "axb"},
	{"{a,b/**}/c", "b/x/c"}, {"{a,{b,c}d}", "cd"}, {"[a-c]x", "bx"}, {"[^a]", "b"}, {"[!a]b", "cb"}, {`\{a\}`, "{a}"},
	{"a?c", "a/c"}, {"**", "a"}, {"a/*", "a"}, {"**/a", "a"}, {"é*", "éa"}, {"$^.|+()", "$^.|+()"},
}

func TestEverySeedIsAPatternAndAPath(t *testing.T) {
	for _, seed := range seeds {
		if _, err := Compile(seed[0]); err != nil || !meansFiles(seed[0], seed[1]) {
			t.Errorf("%q is not compared: %v", seed, err)
		}
	}
}

// The worker decides with the regular expression what the build decides with
// Match, so the two must never differ.
func FuzzRegExpMatchesAsMatchDoes(f *testing.F) {
	for _, seed := range seeds {
		f.Add(seed[0], seed[1])
	}
	vm, err := jsvm.New(jsvm.Limits{Turn: time.Second})
	if err != nil {
		f.Fatal(err)
	}
	if _, err := vm.Eval("matches", "function matches(re, s) { return new RegExp(re, 'u').test(s) }"); err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, pattern, path string) {
		p, err := Compile(pattern)
		if err != nil || !meansFiles(pattern, path) {
			return
		}
		got, err := vm.Global().Call("matches", p.RegExp(), path)
		if err != nil {
			t.Fatalf("%q becomes %q: %v", pattern, p.RegExp(), err)
		}
		if want := p.Match(path); got != want {
			t.Errorf("%q matches %q: %v in Go, %v by %s", pattern, path, want, got, p.RegExp())
		}
	})
}

// meansFiles says that a path is that of a file, and that a pattern may mean one.
func meansFiles(pattern, path string) bool {
	return isPlain(pattern) && isPlain(path) && fs.ValidPath(path) && !strings.Contains(pattern, "//") && !strings.HasSuffix(pattern, "/")
}

// isPlain keeps the fuzzer to text that a path can be.
func isPlain(s string) bool {
	for _, r := range s {
		if r < ' ' || r == 0xfffd || r == 0x7f {
			return false
		}
	}
	return true
}
