package main

import (
	"bytes"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
)

// current is the prelude that the sources give now.
func current(t *testing.T) map[string][]byte {
	t.Helper()
	files, err := prelude(os.DirFS(".."))
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func TestThePreludeIsWhatItsSourcesGive(t *testing.T) {
	files := current(t)
	for name, want := range files {
		got, err := os.ReadFile(filepath.Join("..", directory, name))
		if err != nil {
			t.Error(err)
		} else if !bytes.Equal(got, want) {
			t.Errorf("internal/platform/%s/%s is not what the sources give: run go generate ./internal/platform", directory, name)
		}
	}
	entries, err := os.ReadDir(filepath.Join("..", directory))
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range entries {
		if files[entry.Name()] == nil {
			t.Errorf("internal/platform/%s/%s comes from nothing", directory, entry.Name())
		}
	}
}

// Every start of a worker loads the main script: what is big and rarely used
// belongs into a part.
func TestTheMainScriptIsLean(t *testing.T) {
	const limit = 240_000
	if size := len(current(t)["main.js"]); size > limit {
		t.Errorf("main.js has %d bytes, more than %d", size, limit)
	}
}

func TestEachLibrarysLicenceIsCarried(t *testing.T) {
	text := string(current(t)["LICENSES.txt"])
	for _, want := range []string{
		"fake-indexeddb 6.2.8 (Apache-2.0)", "TERMS AND CONDITIONS FOR USE, REPRODUCTION, AND DISTRIBUTION",
		"urlpattern-polyfill 10.1.0 (MIT)", "web-streams-polyfill 4.3.0 (MIT)", "Permission is hereby granted",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q", want)
		}
	}
}

// A source tree with one part that adapts a library.
func sources() fstest.MapFS {
	return fstest.MapFS{
		"src/main.ts":                   {Data: []byte(`export const start = (host: unknown) => host`)},
		"src/parts/part.ts":             {Data: []byte(`import { word } from "lib/index.js"; export const start = () => word`)},
		"src/parts/adapted/lib/word.ts": {Data: []byte(`export const word = "adapted"`)},
		"node_modules/lib/index.js":     {Data: []byte(`export { word } from "./word.js"`)},
		"node_modules/lib/word.js":      {Data: []byte(`export const word = "original"`)},
		"node_modules/lib/package.json": {Data: []byte(`{"version": "1.2.3", "license": "MIT"}`)},
		"node_modules/lib/LICENSE":      {Data: []byte("Do as you like.\r\n")},
	}
}

func TestPartsAndAdaptationsBecomeScripts(t *testing.T) {
	files, err := prelude(sources())
	if err != nil {
		t.Fatal(err)
	}
	if names := slices.Sorted(maps.Keys(files)); !slices.Equal(names, []string{"LICENSES.txt", "main.js", "part.js"}) {
		t.Errorf("files %q", names)
	}
	part := string(files["part.js"])
	if !strings.Contains(part, "adapted") || strings.Contains(part, "original") {
		t.Errorf("part.js is not adapted: %s", part)
	}
	if !strings.HasPrefix(part, `(platform=>{"use strict";`) {
		t.Errorf("part.js is no function of the platform: %s", part)
	}
	if licences := string(files["LICENSES.txt"]); !strings.Contains(licences, "lib 1.2.3 (MIT)\n\nDo as you like.\n") {
		t.Errorf("licences: %s", licences)
	}
}

func TestWhatIsMissingIsNamed(t *testing.T) {
	for missing, want := range map[string]string{
		"node_modules/lib/LICENSE": "node_modules/lib/LICENSE",
		"node_modules/lib/word.js": "src/parts/adapted/lib/word.ts takes the place of nothing",
	} {
		files := sources()
		delete(files, missing)
		if _, err := prelude(files); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("without %s: %v", missing, err)
		}
	}
	files := sources()
	maps.DeleteFunc(files, func(name string, _ *fstest.MapFile) bool { return strings.HasPrefix(name, libraries) })
	if _, err := prelude(files); err == nil || !strings.Contains(err.Error(), "npm --prefix internal/platform ci") {
		t.Errorf("without libraries: %v", err)
	}
}
