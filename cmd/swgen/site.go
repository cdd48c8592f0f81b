package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// site is the directory of a site.
type site struct {
	// given is the directory as it was typed, for people; dir is where it
	// really is, whatever happens to links on the way later on.
	given, dir string
	files      fs.FS
}

func openSite(given string) (*site, error) {
	info, err := os.Stat(given)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, &usageError{given + " does not exist", orText(suggestSite(), "run the site's generator first, or give the directory that it writes")}
	case err != nil:
		return nil, err
	case !info.IsDir():
		return nil, &usageError{given + " is a file, not a directory", "give the directory that holds the site: " + filepath.Dir(given)}
	}
	dir, err := filepath.EvalSymlinks(given)
	if err != nil {
		return nil, err
	}
	return &site{given, dir, os.DirFS(dir)}, nil
}

// outputDirs are where generators write to: Hugo, Gatsby and Zola; Jekyll and
// Eleventy; Astro and Vite; Docusaurus and SvelteKit; Next; MkDocs; VitePress.
var outputDirs = []string{"public", "_site", "dist", "build", "out", "site", ".vitepress/dist", "docs/.vitepress/dist"}

// suggestSite names a directory here that looks like a site.
func suggestSite() string {
	for _, dir := range outputDirs {
		pages, err := filepath.Glob(filepath.Join(filepath.FromSlash(dir), "*.html"))
		if err == nil && len(pages) > 0 {
			argument := dir
			if dir == "build" {
				argument = "./build" // alone it is the command
			}
			return fmt.Sprintf("%s looks like one: swgen %s", dir, argument)
		}
	}
	return ""
}

func isDir(name string) bool {
	info, err := os.Stat(name)
	return err == nil && info.IsDir()
}
