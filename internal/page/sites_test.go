package page

import (
	"bytes"
	"io/fs"
	"os"
	"path"
	"regexp"
	"testing"
)

// refresh finds the stubs among the real pages, none of which waits.
var refresh = regexp.MustCompile(`http-equiv="?refresh`)

const sites = "../../testdata/sites"

func TestRealPagesGetTheElementAndLoseItAgain(t *testing.T) {
	eachFile(t, ".html", func(t *testing.T, name string, content []byte) {
		if target, ok := Alias(content); ok != refresh.Match(content) {
			t.Errorf("%s: an alias of %q: %v", name, target, ok)
		}
		if what, ok := DevServer(content); ok {
			t.Errorf("%s: from %s", name, what)
		}
		out, state := Insert(content, tag)
		if state != Inserted || !bytes.Contains(out, []byte(element+"</head>")) && !bytes.Contains(out, []byte(element+"<body")) {
			t.Errorf("%s: %v", name, state)
		}
		if again, state := Insert(out, tag); state != Unchanged || !bytes.Equal(again, out) {
			t.Errorf("%s: a second time: %v", name, state)
		}
		if back, _ := Remove(out); !bytes.Equal(back, content) {
			t.Errorf("%s: changed by Insert and Remove", name)
		}
	})
}

func TestRealScriptsRegisterNoWorker(t *testing.T) {
	eachFile(t, ".js", func(t *testing.T, name string, content []byte) {
		if url, ok := RegistersWorker(content); ok {
			t.Errorf("%s: registers %q", name, url)
		}
	})
}

// eachFile calls test for each file of the real sites with an extension.
func eachFile(t *testing.T, ext string, test func(t *testing.T, name string, content []byte)) {
	count := 0
	fsys := os.DirFS(sites)
	err := fs.WalkDir(fsys, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || path.Ext(name) != ext {
			return err
		}
		content, err := fs.ReadFile(fsys, name)
		if err != nil {
			return err
		}
		count++
		test(t, name, content)
		return nil
	})
	if err != nil || count == 0 {
		t.Fatal(count, err)
	}
}
