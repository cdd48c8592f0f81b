package options

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// Files are the names under which a configuration is found.
var files = []string{"swgen.yaml", "swgen.yml", "swgen.json"}

// read finds the configuration file and reads it. Without one, file is "".
func read(dir, given string) (file string, content []byte, err error) {
	if given != "" {
		content, err = os.ReadFile(given)
		if errors.Is(err, fs.ErrNotExist) {
			return "", nil, Errors{{Place: "--config", Message: given + " does not exist"}}
		}
		return given, content, readError(given, err)
	}
	var found []string
	for _, name := range files {
		if _, err := os.Stat(filepath.Join(dir, name)); err == nil {
			found = append(found, name)
		}
	}
	switch len(found) {
	case 0:
		return "", nil, nil
	case 1:
		file = filepath.Join(dir, found[0])
		content, err = os.ReadFile(file)
		return file, content, readError(file, err)
	}
	return "", nil, Errors{{
		Message: "found " + strings.Join(found, " and ") + ": which one counts?",
		Hint:    "keep one of them, or name it with --config",
	}}
}

func readError(file string, err error) error {
	if err == nil {
		return nil
	}
	var pathErr *fs.PathError
	if errors.As(err, &pathErr) {
		err = pathErr.Err
	}
	return fmt.Errorf("reading %s: %w", file, err)
}
