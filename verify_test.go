package swgen_test

import (
	"context"
	"os"
	"testing"

	"github.com/swgen/swgen"
)

func TestBundledSitesKeepEveryLaw(t *testing.T) {
	sites, err := os.ReadDir("testdata/sites")
	if err != nil {
		t.Fatal(err)
	}
	for _, site := range sites {
		if !site.IsDir() {
			continue
		}
		t.Run(site.Name(), func(t *testing.T) {
			files := os.DirFS("testdata/sites/" + site.Name())
			result, err := swgen.Build(context.Background(), files, swgen.Config{})
			if err != nil {
				t.Fatal(err)
			}
			report, err := swgen.Verify(context.Background(), files, result, nil, thorough)
			if err != nil {
				t.Fatal(err)
			}
			for _, v := range report.Verdicts {
				t.Logf("%-4s %-32s %5d checks %v %s", v.Code, v.Name, v.Checks, v.Took.Round(1e6), v.Skipped)
				for _, f := range v.Findings {
					t.Errorf("%s %s", f.Law, f)
					for _, line := range f.Trace {
						t.Log("    ", line)
					}
				}
			}
		})
	}
}
