package main

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
)

// The README shows the results of the last complete -update, between two lines
// that nobody sees.

const (
	readmeFile = "conformance/README.md"
	tableBegin = "<!-- results: written by -update -->\n"
	tableEnd   = "<!-- end of results -->\n"
)

// table is the summary for readers.
func (r report) table(version string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "Tests of %s; files that need a page are not run.\n\n", version)
	b.WriteString("| suite | files | subtests | passed | | files that need a page |\n|---|--:|--:|--:|--:|--:|\n")
	put := func(name string, s row) {
		fmt.Fprintf(&b, "| %s | %d | %d | %d | %s | %d |\n", name, s.Files, s.Subtests, s.Passed, s.share(), s.NeedsPage)
	}
	for _, suite := range slices.Sorted(maps.Keys(r.Rows)) {
		put(suite, *r.Rows[suite])
	}
	put("all", r.sum())
	return b.String()
}

// updateReadme puts the table where the README has the last one.
func updateReadme(file, table string) error {
	content, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	before, rest, ok := strings.Cut(string(content), tableBegin)
	_, after, okEnd := strings.Cut(rest, tableEnd)
	if !ok || !okEnd {
		return errors.New(file + " has no place for the results")
	}
	return os.WriteFile(file, []byte(before+tableBegin+table+tableEnd+after), 0o666)
}
