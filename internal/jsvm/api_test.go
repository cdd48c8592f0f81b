package jsvm

import (
	"bytes"
	"go/ast"
	"go/format"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"slices"
	"strings"
	"testing"
)

// What uses the engine must compile where there is none.
func TestEverySystemHasTheSameInterface(t *testing.T) {
	files, err := fs.Glob(os.DirFS("."), "*.go")
	if err != nil {
		t.Fatal(err)
	}
	everywhere := make(map[string]int)
	nowhere := 0
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		for _, f := range exported(t, file) {
			everywhere[f]++
			if file == "nowhere.go" {
				nowhere++
			}
		}
	}
	if nowhere < 15 {
		t.Errorf("only %d functions in nowhere.go", nowhere)
	}
	for f, n := range everywhere {
		if n != 2 && !strings.Contains(f, "*Exception") {
			t.Errorf("%s is in %d files", f, n)
		}
	}
}

// exported are the functions of a file that other packages see, without the
// names of the parameters of New and Compile.
func exported(t *testing.T, file string) (list []string) {
	t.Helper()
	set := token.NewFileSet()
	parsed, err := parser.ParseFile(set, file, nil, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range parsed.Decls {
		f, ok := d.(*ast.FuncDecl)
		if !ok || !f.Name.IsExported() {
			continue
		}
		if f.Recv == nil {
			list = append(list, f.Name.Name)
			continue
		}
		var text bytes.Buffer
		if err := format.Node(&text, set, &ast.FuncDecl{Recv: f.Recv, Name: f.Name, Type: f.Type}); err != nil {
			t.Fatal(err)
		}
		list = append(list, text.String())
	}
	slices.Sort(list)
	return list
}
