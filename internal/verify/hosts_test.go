package verify_test

import (
	"testing"

	"github.com/swgen/swgen"
	"github.com/swgen/swgen/internal/host"
)

// TestWorkersAnswerAsTheirHosts holds the worker of every host to the laws
// about addresses, with that host behind it.
func TestWorkersAnswerAsTheirHosts(t *testing.T) {
	for i, p := range host.Profiles() {
		if few && i > 2 {
			break
		}
		t.Run(p.ID, func(t *testing.T) {
			t.Parallel()
			site := smallSite()
			site["both.html"], site["both/index.html"] = file("<!doctype html><title>File</title>"), file("<!doctype html><title>Folder</title>")
			site["enum.Option.html"] = file("<!doctype html><title>An address with a dot</title>")
			result, err := swgen.Build(t.Context(), site, swgen.Config{Base: "/repo/", Host: p.ID})
			if err != nil {
				t.Fatal(err)
			}
			if result.Failed(false) {
				t.Fatal(result.Findings)
			}
			report, err := swgen.Verify(t.Context(), site, result, nil, swgen.VerifyOptions{Laws: []string{"W1", "W4", "W8", "W9"}})
			if err != nil {
				t.Fatal(err)
			}
			for _, f := range report.Findings() {
				t.Errorf("%s %s", f.Law, f)
			}
		})
	}
}
