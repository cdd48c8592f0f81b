package bundle

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
)

func TestImports(t *testing.T) {
	scripts := map[string]string{
		`import "./a.js"`: "./a.js:1",
		"import a,{b as c} from './a.js'\nexport * from \"/b\"": "./a.js:1 /b:2",
		"\n\nimport('a').then(x=>x)":                            "a:3 dynamic",
		"import(`a`);import('b'+'c')":                           "a:1 dynamic bc:1 dynamic",
		`import a from "./a.json" with {type:"json"}`:           "./a.json:1 json",
		`import("./a.css",{with:{type:"css"}})`:                 "./a.css:1 dynamic css",
		`import a from "\u0061\x2f"`:                            "a/:1",
		`import "a";import "a"`:                                 "a:1",
		"import(x);import(`./${x}.js`);import('./a/'+x)":        "",
		`var fs=require("fs");module.exports={}`:                "",
		`if(false)import("dead")`:                               "",
		`await 1;import.meta.url`:                               "",
		`with(a){import("b")}var c=010`:                         "b:1 dynamic", // classic
		`<!-- a classic comment`:                                "",
		"#!/usr/bin/env x\nimport('a')":                         "a:2 dynamic",
		"":                                                      "",
		"import 'a'\nfunction (":                                `broken:2 Expected identifier but found "("`,
		"<!doctype html>":                                       `broken:1 The JSX syntax extension is not currently enabled`,
		`import "a`:                                             `broken:1 Unterminated string literal`,
	}
	var texts []string
	for text := range scripts {
		texts = append(texts, text)
	}
	slices.Sort(texts)
	for i, imported := range Imports(texts) {
		var got []string
		for _, found := range imported.List {
			word := fmt.Sprintf("%s:%d", found.Name, found.Line)
			if found.Dynamic {
				word += " dynamic"
			}
			if found.Type != "" {
				word += " " + found.Type
			}
			got = append(got, word)
		}
		if imported.Broken != "" {
			got = []string{fmt.Sprintf("broken:%d %s", imported.Line, imported.Broken)}
		}
		if want := scripts[texts[i]]; strings.Join(got, " ") != want {
			t.Errorf("%s\n got %q\nwant %q", texts[i], strings.Join(got, " "), want)
		}
	}
}

func TestImportsOfMoreThanABatch(t *testing.T) {
	large := "/*" + strings.Repeat(" ", batch) + "*/"
	texts := []string{`import "a"`, large + `import "b"`, `import "c"`, "function(", large + "with(d){}"}
	var got []string
	for _, imported := range Imports(texts) {
		got = append(got, fmt.Sprint(len(imported.List), imported.Broken != ""))
	}
	if want := []string{"1 false", "1 false", "1 false", "0 true", "0 false"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	if len(Imports(nil)) != 0 {
		t.Error("imports of nothing")
	}
}

// A computed import is not looked up among the files of the machine.
func TestImportsReadNoFiles(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	if err := os.Mkdir("l", 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile("l/a.js", []byte("function("), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, imported := range Imports([]string{"import(`./l/${x}.js`)", "import(`../${x}/a.js`)"}) {
		if imported.Broken != "" || len(imported.List) != 0 {
			t.Errorf("%+v", imported)
		}
	}
}

func BenchmarkImports(b *testing.B) {
	text := "import a from './a.js';" + strings.Repeat("a(x=>x.map(y=>({...y,z:`${y}`})));\n", 3000)
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		Imports([]string{text})
	}
}
