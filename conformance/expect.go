package main

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strconv"
	"strings"
)

// The file of expected failures, made for reading in a review:
//
//	# tests of firefox-esr 1.2.3
//
//	# fetch/api/headers
//	fetch/api/headers/a.any.js | a subtest's name | why it fails
//	fetch/api/headers/b.any.js?x=1 | <harness> | why the harness does not end well
//	fetch/api/headers/c.any.js | <crash> | why there is no result
//	fetch/api/headers/d/ | <skip> | why this file or directory is not run
//
// Fields are separated by " | ". Tests and subtests are escaped as in Go
// strings, so that any name is one line of printable ASCII or Unicode.

const (
	versionLine = "# tests of "
	skipName    = "<skip>"
	noReason    = "?" // what -update writes; somebody has to say more
)

// expected is the file in memory.
type expected struct {
	Version string // of the tests that it was written for; empty in a new file
	Lines   []line
}

// line is one expected failure.
type line struct {
	Test    string // path and variant; for a skip also a directory, with its "/"
	Subtest string // or one of the names in angle brackets
	Reason  string
}

func (l line) key() line { return line{Test: l.Test, Subtest: l.Subtest} }

func (l line) unexplained() bool { return l.Reason == noReason }

// covers says whether the line, a skip, keeps the test from being run.
func (l line) covers(t Test) bool {
	dir, isDir := strings.CutSuffix(l.Test, "/")
	return l.Test == t.Name() || isDir && inside(t.Path, dir)
}

func readExpected(file string) (expected, error) {
	content, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return expected{}, fmt.Errorf("%s is missing: run the command in the root of the repository", file)
	}
	if err != nil {
		return expected{}, err
	}
	return parseExpected(file, string(content))
}

// parseExpected reads the file's text; errors name the file and line.
func parseExpected(file, text string) (expected, error) {
	var e expected
	seen := make(map[line]bool)
	number := 0
	for row := range strings.Lines(text) {
		number++
		row = strings.TrimSpace(row)
		if version, ok := strings.CutPrefix(row, versionLine); ok {
			e.Version = version
		}
		if row == "" || row[0] == '#' {
			continue
		}
		l, err := parseLine(row)
		if err == nil && seen[l.key()] {
			err = errors.New("the same failure is expected twice")
		}
		if err != nil {
			return expected{}, fmt.Errorf("%s:%d: %w", file, number, err)
		}
		seen[l.key()] = true
		e.Lines = append(e.Lines, l)
	}
	return e, nil
}

func parseLine(row string) (line, error) {
	fields := strings.SplitN(row, " | ", 3)
	if len(fields) != 3 {
		return line{}, errors.New(`not "test | subtest | reason"`)
	}
	test, err := unescape(fields[0])
	if err != nil {
		return line{}, fmt.Errorf("test %s: %w", fields[0], err)
	}
	subtest, err := unescape(fields[1])
	if err != nil {
		return line{}, fmt.Errorf("subtest %s: %w", fields[1], err)
	}
	return line{Test: test, Subtest: subtest, Reason: fields[2]}, nil
}

// text is the file's text, sorted by suite, test and subtest.
func (e expected) text() string {
	lines := slices.Clone(e.Lines)
	slices.SortFunc(lines, func(a, b line) int {
		return cmp.Or(cmp.Compare(suiteOf(a.Test), suiteOf(b.Test)), cmp.Compare(a.Test, b.Test), cmp.Compare(a.Subtest, b.Subtest))
	})
	var out strings.Builder
	out.WriteString(versionLine + e.Version + "\n")
	suite := ""
	for i, l := range lines {
		if now := suiteOf(l.Test); i == 0 || now != suite {
			suite = now
			out.WriteString("\n# " + suite + "\n")
		}
		fmt.Fprintf(&out, "%s | %s | %s\n", escape(l.Test), escape(l.Subtest), l.Reason)
	}
	return out.String()
}

// escape writes s as in a Go string without its quotes; in addition nothing in
// it looks like the spaces and bar between two fields.
func escape(s string) string {
	quoted := strconv.Quote(s)
	s = strings.ReplaceAll(quoted[1:len(quoted)-1], `\"`, `"`)
	if strings.Contains(s, " |") || strings.Contains(s, "| ") {
		s = strings.ReplaceAll(s, "|", `\x7c`)
	}
	if rest, ok := strings.CutPrefix(s, " "); ok {
		s = `\x20` + rest
	}
	if rest, ok := strings.CutSuffix(s, " "); ok {
		s = rest + `\x20`
	}
	return s
}

func unescape(s string) (string, error) {
	return strconv.Unquote(`"` + strings.ReplaceAll(s, `"`, `\"`) + `"`)
}
