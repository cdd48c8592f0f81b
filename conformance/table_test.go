package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

func TestTheReadmeShowsWhatIsExpected(t *testing.T) {
	content, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	was, err := readExpected("expected.txt")
	if err != nil {
		t.Fatal(err)
	}
	failures := make(map[string]int)
	for _, l := range was.Lines {
		if l.Subtest != skipName {
			failures[suiteOf(l.Test)]++
			failures["all"]++
		}
	}
	if !strings.Contains(string(content), "Tests of "+was.Version+";") {
		t.Errorf("the results are not those of %s", was.Version)
	}
	row := regexp.MustCompile(`(?m)^\| (\S+) \| \d+ \| (\d+) \| (\d+) \|`)
	shown := row.FindAllStringSubmatch(string(content), -1)
	if len(shown) != len(suites)+1 {
		t.Errorf("%d rows", len(shown))
	}
	for _, r := range shown {
		subtests, _ := strconv.Atoi(r[2])
		passed, _ := strconv.Atoi(r[3])
		if subtests-passed != failures[r[1]] {
			t.Errorf("%s: %d failures are shown, %d expected", r[1], subtests-passed, failures[r[1]])
		}
	}
}

func TestTheResultsReplaceTheLastOnes(t *testing.T) {
	r := report{Rows: map[string]*row{"b": {Files: 1, Subtests: 3, Passed: 2, NeedsPage: 4}, "a": {Files: 2, Subtests: 1, Passed: 1}}}
	file := filepath.Join(t.TempDir(), "README.md")
	if err := os.WriteFile(file, []byte("x\n"+tableBegin+"old\n"+tableEnd+"y\n"), 0o666); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := updateReadme(file, r.table("tests 1")); err != nil {
			t.Fatal(err)
		}
	}
	content, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	want := "x\n" + tableBegin + "Tests of tests 1; files that need a page are not run.\n\n" +
		"| suite | files | subtests | passed | | files that need a page |\n|---|--:|--:|--:|--:|--:|\n" +
		"| a | 2 | 1 | 1 | 100.0 % | 0 |\n| b | 1 | 3 | 2 | 66.7 % | 4 |\n| all | 3 | 4 | 3 | 75.0 % | 4 |\n" + tableEnd + "y\n"
	if string(content) != want {
		t.Errorf("got %s", content)
	}
	if err := updateReadme("table.go", ""); err == nil {
		t.Error("a file without a place for them is no error")
	}
}
