// Generate writes what is derived from the declaration of the options: the
// comments of the fields for internal/options (docs), and the JSON Schema and
// the reference page (pages). Two steps, because the pages hold the comments.
package main

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/swgen/swgen/internal/options"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "generate:", err)
		os.Exit(1)
	}
}

// run is started by go generate in internal/options.
func run(args []string) error {
	if len(args) != 1 {
		return fmt.Errorf("want docs or pages")
	}
	root := filepath.Join("..", "..")
	switch args[0] {
	case "docs":
		source, err := docs(root)
		if err != nil {
			return err
		}
		return os.WriteFile("docs_gen.go", source, 0o644)
	case "pages":
		for name, content := range options.Pages() {
			if err := os.WriteFile(filepath.Join(root, filepath.FromSlash(name)), content, 0o644); err != nil {
				return err
			}
		}
		return nil
	}
	return fmt.Errorf("want docs or pages, not %q", args[0])
}
