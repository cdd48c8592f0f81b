package options

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/spf13/pflag"

	"github.com/swgen/swgen"
	"github.com/swgen/swgen/manifest"
	"github.com/swgen/swgen/strategies"
)

func TestEveryOptionIsDescribed(t *testing.T) {
	var check func(options []Option)
	check = func(options []Option) {
		for _, o := range options {
			if o.Name == "" {
				t.Errorf("the option after %q has no name in the file", o.parent)
			}
			if o.Doc == "" || !strings.HasSuffix(o.Doc, ".") {
				t.Errorf("%s: comment %q is no sentence", o.Key(), o.Doc)
			}
			if o.Default != "" && o.Unset != "" {
				t.Errorf("%s has two defaults", o.Key())
			}
			check(o.Fields)
		}
	}
	check(All())
	for _, o := range All() {
		if o.Section == "" {
			t.Errorf("%s is in no section", o.Key())
		}
		if examples[o.Key()] == "" {
			t.Errorf("%s has no example", o.Key())
		}
	}
	if len(examples) != len(All()) {
		t.Errorf("%d examples for %d options", len(examples), len(All()))
	}
}

// A default in a tag is only right when it can be written down as such.
func TestDefaultsAreValuesOfTheirOptions(t *testing.T) {
	for _, o := range settable() {
		if o.Default == "" {
			continue
		}
		var config swgen.Config
		if m := o.set([]string{o.Default}, valueOf(&config)); m != nil {
			t.Errorf("%s: default %q: %s", o.Key(), o.Default, m.message)
		}
	}
}

func TestPagesAreCurrent(t *testing.T) {
	for name, want := range Pages() {
		got, err := os.ReadFile(filepath.Join("..", "..", filepath.FromSlash(name)))
		if err != nil {
			t.Error(err)
		} else if string(got) != string(want) {
			t.Errorf("%s is not what the declarations say: run go generate ./...", name)
		}
	}
}

func TestLaterSourcesWin(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "swgen.yaml", "update: wait\ninclude: [a]\nintegrity: off\nworker: f.js\nstrict: true\n")
	flags, set := newFlags()
	parse(t, set, "--worker=flag.js", "--exclude", "x,y", "--exclude=z", "--strict=false", "--prompt-text-accept", "Go")
	loaded, err := Load(Sources{
		Dir: dir,
		Environ: []string{
			"SWGEN_UPDATE=prompt", "SWGEN_WORKER=env.js", "SWGEN_INCLUDE=b c\n d \n", "SWGEN_BASE=",
			"SWGEN_MAX_FILE_SIZE=2MiB", "SWGEN_DEBUG=true", "PATH=/bin",
		},
		Flags: flags,
	})
	if err != nil {
		t.Fatal(err)
	}
	want := swgen.Config{
		Update: "prompt", Include: []string{"b c", "d"}, Integrity: "off", Worker: "flag.js", Exclude: []string{"x,y", "z"},
		MaxFileSize: 2 << 20, Debug: true, PromptText: swgen.PromptText{Accept: "Go"},
	}
	if diff := cmp.Diff(want, loaded.Config); diff != "" {
		t.Error(diff)
	}
	if len(loaded.Findings) > 0 {
		t.Error(loaded.Findings)
	}
}

func TestFileSetsEveryKindOfOption(t *testing.T) {
	content := `
$schema: ./swgen.schema.json
base: "/repo/"
exclude:
  # - commented
keep_query: []
max_file_size: 1000
extra:
  - url: /a
    revision: "1"
templated:
  - {url: /b, from: ["x/**"], text: ""}
routes:
  - path: api/**
    strategy: network-first
    timeout: 1m30s
    max_entries: 7
    opaque: true
    destination: [image, font]
prompt_text:
  message: |
    Neu!
`
	var config swgen.Config
	if mistakes := decode("swgen.yaml", []byte(content), &config); len(mistakes) > 0 {
		t.Fatal(mistakes)
	}
	want := swgen.Config{
		Base: "/repo/", KeepQuery: []string{}, MaxFileSize: 1000,
		Extra:     []manifest.Extra{{URL: "/a", Revision: "1"}},
		Templated: []manifest.Templated{{URL: "/b", From: []string{"x/**"}}},
		Routes: []strategies.Route{{
			Path: "api/**", Strategy: strategies.NetworkFirst, Timeout: 90e9, MaxEntries: 7, Opaque: true,
			Destination: []string{"image", "font"},
		}},
		PromptText: swgen.PromptText{Message: "Neu!\n"},
	}
	if diff := cmp.Diff(want, config); diff != "" {
		t.Error(diff)
	}
}

func TestFilesThatSayNothing(t *testing.T) {
	for name, content := range map[string]string{
		"swgen.yaml": "", "a.yaml": "# nothing\n", "b.yaml": "---\n", "swgen.json": "", "b.json": "{}", "c.yaml": "\ufeff",
	} {
		var config swgen.Config
		if mistakes := decode(name, []byte(content), &config); len(mistakes) > 0 {
			t.Errorf("%s %q: %v", name, content, mistakes)
		}
	}
}

func TestJSONIsReadWithTabsAndEscapes(t *testing.T) {
	var config swgen.Config
	content := "\ufeff{\r\n\t\"$schema\": \"x\",\r\n\t\"nonce\": \"\\ud83d\\ude00\\/\\u00e9\",\r\n\t\"include\": [\"*.map\", \"!a\"]\r\n}\r\n"
	if mistakes := decode("swgen.json", []byte(content), &config); len(mistakes) > 0 {
		t.Fatal(mistakes)
	}
	if want := (swgen.Config{Nonce: "😀/é", Include: []string{"*.map", "!a"}}); cmp.Diff(want, config) != "" {
		t.Error(cmp.Diff(want, config))
	}
}

func TestFileIsFoundUnderOneNameOnly(t *testing.T) {
	dir := t.TempDir()
	loaded, err := Load(Sources{Dir: dir})
	if err != nil || loaded.File != "" {
		t.Errorf("without a file: %v, %v", loaded, err)
	}
	write(t, dir, "swgen.yml", "")
	loaded, err = Load(Sources{Dir: dir})
	if err != nil || filepath.Base(loaded.File) != "swgen.yml" {
		t.Errorf("with swgen.yml: %v, %v", loaded, err)
	}
	write(t, dir, "swgen.json", "{}")
	_, err = Load(Sources{Dir: dir})
	if err == nil || err.Error() != "found swgen.yml and swgen.json: which one counts?" {
		t.Errorf("with two: %v", err)
	}
	if _, err = Load(Sources{Dir: dir, File: filepath.Join(dir, "swgen.json")}); err != nil {
		t.Errorf("with two, one of them named: %v", err)
	}
	_, err = Load(Sources{Dir: dir, File: filepath.Join(dir, "other.yaml")})
	if _, is := err.(Errors); !is {
		t.Errorf("a named file that does not exist: %v", err)
	}
	_, err = Load(Sources{Dir: dir, File: dir})
	if _, is := err.(Errors); is || err == nil {
		t.Errorf("a directory for a file: %v", err)
	}
}

func TestUnknownVariableIsAWarningWithASuggestion(t *testing.T) {
	loaded, err := Load(Sources{Dir: t.TempDir(), Environ: []string{"SWGEN_MAXFILE_SIZE=1MB", "SWGEN_ZZZZZZZZZZ=1", "SWGENX=1"}})
	if err != nil {
		t.Fatal(err)
	}
	var hints []string
	for _, f := range loaded.Findings {
		hints = append(hints, f.Path+": "+f.Hint)
	}
	want := []string{
		"SWGEN_MAXFILE_SIZE: did you mean SWGEN_MAX_FILE_SIZE?",
		"SWGEN_ZZZZZZZZZZ: unset it; docs/reference.md lists the variables",
	}
	if diff := cmp.Diff(want, hints); diff != "" {
		t.Error(diff)
	}
}

func TestNearest(t *testing.T) {
	all := names(All())
	for text, want := range map[string]string{
		"max-file-size": "max_file_size", "maxfilesize": "max_file_size", "inlcude": "include", "Routes": "routes",
		"xyz": "", "": "", "ab": "", "stragety": "",
	} {
		if got := nearest(text, all); got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
	if got := nearest("stragety", []string{"strategy"}); got != "strategy" {
		t.Error(got)
	}
}

func TestFlagsOfSomeOptions(t *testing.T) {
	set := pflag.NewFlagSet("", pflag.ContinueOnError)
	flags := AddFlags(set, "worker", "prompt_text.lang")
	if set.Lookup("prompt-text-lang") == nil || set.Lookup("base") != nil || len(flags.Options()) != 2 {
		t.Error("other flags than asked for")
	}
}

func newFlags() (*Flags, *pflag.FlagSet) {
	set := pflag.NewFlagSet("test", pflag.ContinueOnError)
	return AddFlags(set), set
}

func parse(t *testing.T, set *pflag.FlagSet, args ...string) {
	t.Helper()
	if err := set.Parse(args); err != nil {
		t.Fatal(err)
	}
}

func write(t *testing.T, dir, name, content string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
}
