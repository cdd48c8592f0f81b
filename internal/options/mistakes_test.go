package options

import (
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/swgen/swgen"
)

func valueOf(config *swgen.Config) reflect.Value { return reflect.ValueOf(config).Elem() }

// Each case is the file, then what is said about it: place, message, hint.
func TestMistakesInAFile(t *testing.T) {
	cases := []struct{ name, file, want string }{
		{"unknown key", "base: /\nmax_filesize: 3MB\n", `swgen.yaml:2:1: unknown option "max_filesize" (did you mean "max_file_size"?)`},
		{"flag's spelling", "max-file-size: 3MB\n", `swgen.yaml:1:1: unknown option "max-file-size" (did you mean "max_file_size"?)`},
		{"key in a list", "extra:\n  - url: /a\n    revison: x\n", `swgen.yaml:3:5: unknown key of extra "revison" (did you mean "revision"?)
swgen.yaml:2:5: an item of extra needs the key revision`},
		{"key in a group", "prompt_text:\n  text: x\n", `swgen.yaml:2:3: unknown key of prompt_text "text" (known are message, accept, dismiss, lang)`},
		{"choice", "update: frsh\n", `swgen.yaml:1:9: update cannot be "frsh" (did you mean "fresh"? It takes fresh, prompt, wait)`},
		{"choice, nothing near", "update: always\n", `swgen.yaml:1:9: update cannot be "always" (want one of fresh, prompt, wait)`},
		{"choice from a switch", "integrity: true\n", `swgen.yaml:1:12: integrity wants one of assets, strict, off, not true`},
		{"list for a text", "base: [a]\n", `swgen.yaml:1:7: base wants a text, not a list`},
		{"number for a text", "nonce: 1.10\n", `swgen.yaml:1:8: nonce wants a text, not 1.10 (put it in quotes: "1.10")`},
		{"text for a list", "include: \"**\"\n", `swgen.yaml:1:10: include wants a list of texts, not the text "**" (write include: ["**"])`},
		{"number in a list", "include: [1]\n", `swgen.yaml:1:11: an item of include wants a text, not 1 (put it in quotes: "1")`},
		{"nothing in a list", "include:\n  -\n", `swgen.yaml:2:5: an item of include wants a text, not nothing`},
		{"text for a switch", "debug: yes\n", `swgen.yaml:1:8: debug wants true or false, not the text "yes"`},
		{"negative number", "routes:\n  - strategy: cache-first\n    max_entries: -1\n", `swgen.yaml:3:18: max_entries wants a whole number, not "-1" (such as max_entries: 50)`},
		{"size", "max_file_size: big\n", `swgen.yaml:1:16: max_file_size wants a size, not "big" (such as 512kB, 5MB or 5MiB)`},
		{"size 0", "max_file_size: 0\n", `swgen.yaml:1:16: max_file_size cannot be 0 (to lift the limit, give a large size such as 100GB)`},
		{"duration without unit", "routes:\n  - strategy: network-first\n    timeout: 3\n", `swgen.yaml:3:14: timeout wants a duration, not 3 (such as 500ms, 3s or 720h)`},
		{"mapping for a list", "routes:\n  path: a\n", `swgen.yaml:2:3: routes wants a list of mappings with the keys path, host, destination, method, strategy, cache, timeout, max_entries, max_age, opaque, ignore_query, not a mapping`},
		{"text in a list of mappings", "rewrite: [a]\n", `swgen.yaml:1:11: an item of rewrite wants a mapping with the keys from, to, not the text "a"`},
		{"text for a mapping", "prompt_text: x\n", `swgen.yaml:1:14: prompt_text wants a mapping with the keys message, accept, dismiss, lang, not the text "x"`},
		{"route without strategy", "routes:\n  - path: a\n", `swgen.yaml:2:5: an item of routes needs the key strategy (want one of cache-first, network-first, stale-while-revalidate, network-only, cache-only)`},
		{"route with an empty one", "routes:\n  - path: a\n    strategy:\n", `swgen.yaml:2:5: an item of routes needs the key strategy (want one of cache-first, network-first, stale-while-revalidate, network-only, cache-only)`},
		{"route with another one", "routes:\n  - strategy: cachefirst\n", `swgen.yaml:2:15: strategy cannot be "cachefirst" (did you mean "cache-first"? It takes cache-first, network-first, stale-while-revalidate, network-only, cache-only)`},
		{"precache is no route's", "routes:\n  - strategy: precache\n", `swgen.yaml:2:15: strategy cannot be "precache" (want one of cache-first, network-first, stale-while-revalidate, network-only, cache-only)`},
		{"key twice", "base: /a/\nbase: /b/\n", `swgen.yaml:2:1: "base" is set a second time (keep one of the two)`},
		{"two documents", "base: /a/\n---\nbase: /b/\n", `swgen.yaml:3:1: a second document starts here (a configuration is one document: remove the line ---)`},
		{"no mapping", "- a\n", `swgen.yaml:1:1: a configuration is a mapping of options (such as base: /repo/)`},
		{"glob that YAML reads as alias", "exclude:\n  - *.map\n", `swgen.yaml:2:5: * starts something in YAML that is of no use here (put the text in quotes, such as "*.map" or "!keep/**")`},
		{"glob that YAML reads as tag", "exclude:\n  - !keep/**\n", `swgen.yaml:2:5: !keep/** starts something in YAML that is of no use here (put the text in quotes, such as "*.map" or "!keep/**")`},
		{"glob that YAML cannot read", "exclude:\n  - **/*.map\n", `swgen.yaml:2:6: unexpected scalar value type (put globs in quotes, such as "**/*.map")`},
		{"glob of braces", "exclude:\n  - {a,b}/**\n", `swgen.yaml:2:10: value is not allowed in this context (put globs in quotes, such as "**/*.map")`},
		{"tab", "exclude:\n\t- a\n", `swgen.yaml:2:1: a tab indents this line (YAML indents with spaces)`},
		{"merge key", "<<: {base: /}\n", `swgen.yaml:1:1: unknown option "<<" (known are ` + strings.Join(names(All()), ", ") + `)`},
		{"unfinished text", "base: 'x\n", `swgen.yaml:1:7: could not find end character of single-quoted text`},
		{"not UTF-8", "base: \xff\n", `swgen.yaml: is not UTF-8 text (save it in the encoding UTF-8)`},
		{"several", "bsae: /\nupdate: x\n", `swgen.yaml:1:1: unknown option "bsae" (did you mean "base"?)
swgen.yaml:2:9: update cannot be "x" (want one of fresh, prompt, wait)`},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			var config swgen.Config
			got := told(decode("swgen.yaml", []byte(c.file), &config))
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestMistakesInJSON(t *testing.T) {
	for file, want := range map[string]string{
		"{\n\t\"base\": \"/\",\n}":         "swgen.json:3:1: is no JSON: invalid character '}' looking for beginning of object key string",
		"{\"base\": ":                      "swgen.json:1:9: is no JSON: unexpected end of JSON input",
		"base: /":                          "swgen.json:1:1: is no JSON: invalid character 'b' looking for beginning of value",
		"{\n\t\"bsae\": \"/\"}":            `swgen.json:2:2: unknown option "bsae" (did you mean "base"?)`,
		"{\"base\": \"a\",\"base\":\"b\"}": `swgen.json:1:14: "base" is set a second time (keep one of the two)`,
		"[]":                               "swgen.json:1:1: a configuration is a mapping of options (such as base: /repo/)",
	} {
		var config swgen.Config
		if got := told(decode("swgen.json", []byte(file), &config)); got != want {
			t.Errorf("%q:\n got %s\nwant %s", file, got, want)
		}
	}
}

func TestExcerptMarksTheMistake(t *testing.T) {
	var config swgen.Config
	mistakes := decode("swgen.yaml", []byte("a: ü\nroutes:\n  - pathh: é\n"), &config)
	want := "    3 |   - pathh: é\n      |     ^^^^^"
	if len(mistakes) < 2 || mistakes[1].Excerpt != want {
		t.Errorf("got %+v", mistakes)
	}
}

func TestMistakesInEnvironmentAndFlags(t *testing.T) {
	flags, set := newFlags()
	parse(t, set, "--update", "fersh", "--max-total-size=x", "--debug=maybe")
	_, err := Load(Sources{Dir: t.TempDir(), Environ: []string{"SWGEN_UPDATE=promtp", "SWGEN_STRICT=si"}, Flags: flags})
	want := `SWGEN_UPDATE: update cannot be "promtp" (did you mean "prompt"? It takes fresh, prompt, wait)
SWGEN_STRICT: strict wants true or false, not "si"
--max-total-size: max_total_size wants a size, not "x" (such as 512kB, 5MB or 5MiB)
--update: update cannot be "fersh" (did you mean "fresh"? It takes fresh, prompt, wait)
--debug: debug wants true or false, not "maybe"`
	mistakes, is := err.(Errors)
	if !is || told(mistakes) != want {
		t.Errorf("got %v", err)
	}
}

func told(mistakes Errors) string {
	lines := make([]string, len(mistakes))
	for i, m := range mistakes {
		lines[i] = m.Error()
		if m.Hint != "" {
			lines[i] += " (" + m.Hint + ")"
		}
	}
	return strings.Join(lines, "\n")
}

// Whatever the file holds, the decoder answers.
func FuzzDecode(f *testing.F) {
	for _, example := range examples {
		f.Add(example)
	}
	for _, text := range []string{"? a\n: b", "a: &x [*x]", "<<: *a", "- - - ", "{a: {b: [", "routes: [{path: [}]", "%YAML 1.2\n---\n", "base: !!binary x", "!!set {a}"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		for _, name := range []string{"swgen.yaml", "swgen.json"} {
			var config swgen.Config
			for _, m := range decode(name, []byte(text), &config) {
				if m.Message == "" || m.Place == "" {
					t.Errorf("%q: empty mistake %+v", text, m)
				}
			}
		}
	})
}
