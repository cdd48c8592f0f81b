package main

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/swgen/swgen/internal/bundle"
)

// directory is where the files go, beside the sources.
const directory = "prelude"

// libraries is where npm puts the packages; adaptations is where modules that
// take the place of theirs are, under the same names.
const (
	libraries   = "node_modules"
	adaptations = "src/parts/adapted"
)

// prelude is the files of the prelude, by name, that the sources give.
func prelude(sources fs.FS) (map[string][]byte, error) {
	if _, err := fs.Stat(sources, libraries); err != nil {
		return nil, fmt.Errorf("the libraries are missing (run npm --prefix internal/platform ci): %w", err)
	}
	entries, err := fs.Glob(sources, "src/parts/*.ts")
	if err != nil {
		return nil, err
	}
	replace, err := adapted(sources)
	if err != nil {
		return nil, err
	}
	files := map[string][]byte{}
	packages := map[string]bool{}
	for _, entry := range append(entries, "src/main.ts") {
		name := strings.TrimSuffix(path.Base(entry), ".ts")
		script, err := bundle.Modules(sources, fmt.Sprintf(`import { start } from "./src/%s"; result = start(platform)`,
			strings.TrimPrefix(strings.TrimSuffix(entry, ".ts"), "src/")), bundle.Options{Embedded: true, Replace: replace})
		if err != nil {
			return nil, fmt.Errorf("%s: %w", entry, err)
		}
		// A function, so that a script that was compiled once is started with
		// what each realm gives it; `platform` is free in its modules.
		files[name+".js"] = fmt.Appendf(nil, "(platform=>{\"use strict\";let result;%s;return result})\n", strings.TrimSpace(string(script.Code)))
		for _, name := range script.Packages {
			packages[name] = true
		}
	}
	files["LICENSES.txt"], err = licences(sources, slices.Sorted(maps.Keys(packages)))
	return files, err
}

// adapted is the modules that take the place of others in the packages.
func adapted(sources fs.FS) (map[string]string, error) {
	replace := map[string]string{}
	err := fs.WalkDir(sources, adaptations, func(name string, entry fs.DirEntry, err error) error {
		if err == nil && !entry.IsDir() {
			replaced := libraries + strings.TrimSuffix(strings.TrimPrefix(name, adaptations), ".ts") + ".js"
			if _, err := fs.Stat(sources, replaced); err != nil {
				return fmt.Errorf("%s takes the place of nothing: %w", name, err)
			}
			replace[replaced] = name
		}
		return err
	})
	return replace, err
}

// licences is the text of the packages' licences, which goes where they go.
func licences(sources fs.FS, packages []string) ([]byte, error) {
	var out strings.Builder
	out.WriteString("The scripts beside this file contain these libraries.\n")
	for _, name := range packages {
		var about struct{ Version, License string }
		text, err := fs.ReadFile(sources, path.Join(libraries, name, "package.json"))
		if err != nil {
			return nil, err
		}
		if err := json.Unmarshal(text, &about); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		licence, err := fs.ReadFile(sources, path.Join(libraries, name, "LICENSE"))
		if err != nil {
			return nil, err
		}
		fmt.Fprintf(&out, "\n%s\n%s %s (%s)\n\n%s\n", strings.Repeat("=", 72), name, about.Version, about.License, strings.TrimSpace(string(licence)))
	}
	return []byte(strings.ReplaceAll(out.String(), "\r\n", "\n")), nil
}
