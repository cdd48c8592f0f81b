package verify_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/swgen/swgen/internal/verify"
)

const foreignDir = "../../testdata/foreign"

// foreignCase is what testdata/foreign/cases.json says of a worker that
// another tool has made, as far as it matters here.
type foreignCase struct {
	Name, Base, Worker, Type string
}

// foreign is a worker of another tool with the laws that it breaks.
type foreign struct {
	name   string
	breaks string // the codes of laws
}

var foreigners = []foreign{}

func TestWorkersOfOtherToolsAreJudgedFairly(t *testing.T) {
	var cases []foreignCase
	text, err := os.ReadFile(filepath.Join(foreignDir, "cases.json"))
	if err == nil {
		err = json.Unmarshal(text, &cases)
	}
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range cases {
		t.Run(c.Name, func(t *testing.T) {
			t.Parallel()
			report, err := verify.Run(t.Context(), c.subject(t), verify.Options{Moments: 10})
			if err != nil {
				t.Fatal(err)
			}
			var breaks []string
			for _, v := range report.Verdicts {
				if len(v.Findings) > 0 {
					breaks = append(breaks, v.Code)
				}
				t.Logf("%-4s %d checks, %d findings %s", v.Code, v.Checks, len(v.Findings), v.Skipped)
				for _, f := range v.Findings[:min(4, len(v.Findings))] {
					t.Logf("    %s", f)
				}
			}
			i := slices.IndexFunc(foreigners, func(f foreign) bool { return f.name == c.Name })
			if got := strings.Join(breaks, " "); i < 0 || got != foreigners[i].breaks {
				t.Errorf("%s breaks %q", c.Name, got)
			}
		})
	}
}

// subject is the second version of a case, which takes the place of the first.
func (c foreignCase) subject(t *testing.T) *verify.Subject {
	t.Helper()
	version := func(name string) verify.Deployment {
		dir := filepath.Join(foreignDir, "out", c.Name, name)
		if _, err := os.Stat(filepath.Join(dir, c.Worker)); err != nil {
			t.Fatalf("%v: the other tools have not run: cd testdata/foreign && npm ci --ignore-scripts && node generate.mjs", err)
		}
		return verify.Deployment{Files: os.DirFS(dir)}
	}
	before := version("v1")
	return &verify.Subject{
		Deployment: version("v2"), Before: &before,
		Base: c.Base, Worker: c.Worker, Module: c.Type == "module",
	}
}
