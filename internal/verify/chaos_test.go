package verify_test

import (
	"fmt"
	"reflect"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/swgen/swgen/internal/finding"
	"github.com/swgen/swgen/internal/verify"
	"github.com/swgen/swgen/strategies"
)

// discouraged is a worker that gives a version up after three installs that
// failed. No law lets so many fail.
var discouraged = broken(edit{"const jobs = missing(", `if ((await listRecords()).filter(([kind]) => kind == "installing").length > 2) throw Error("tried often enough");
  const jobs = missing(`})

// storms is what chaos finds, with seeds from one on.
func storms(t *testing.T, m making, n int, seed uint64) []finding.Finding {
	t.Helper()
	// Of the laws the cheapest will do.
	report, err := verify.Run(t.Context(), subject(t, smallSite(), m), verify.Options{Laws: []string{"W15"}, Chaos: n, Seed: seed})
	if err != nil {
		t.Fatal(err)
	}
	if last := report.Verdicts[1]; last.Code != "chaos" || last.Checks < n {
		t.Fatalf("%s checked %d things in %d runs", last.Code, last.Checks, n)
	}
	return report.Findings()
}

func TestChaosFindsWhatNoLawFinds(t *testing.T) {
	report, err := verify.Run(t.Context(), subject(t, smallSite(), discouraged), verify.Options{Moments: 10})
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range report.Findings() {
		t.Errorf("%s finds it, too: %s", f.Law, f)
	}

	found := storms(t, discouraged, 30, 1)
	if len(found) == 0 {
		t.Fatal("chaos does not find it")
	}
	named := regexp.MustCompile(`^chaos with seed (\d+): `)
	for _, f := range found {
		complete(t, "chaos", f)
		if named.FindString(f.Message) == "" {
			t.Errorf("no seed is named: %s", f)
		}
		if !strings.Contains(strings.Join(f.Trace, "\n"), "  fault  ") {
			t.Errorf("the trace tells of no fault: %s", strings.Join(f.Trace, "\n"))
		}
	}

	sameAgain(t, found, named.FindStringSubmatch(found[0].Message)[1])
}

// sameAgain repeats a run of chaos as its finding says, the first of some.
func sameAgain(t *testing.T, found []finding.Finding, named string) {
	t.Helper()
	if want := fmt.Sprintf("--chaos 1 --seed %s;", named); !strings.Contains(found[0].Hint, want) {
		t.Errorf("the hint %q does not say %q", found[0].Hint, want)
	}
	seed, err := strconv.ParseUint(named, 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	again := storms(t, discouraged, 1, seed)
	if len(again) == 0 || !reflect.DeepEqual(again, found[:len(again)]) {
		t.Errorf("seed %d found\n%+v\nand now\n%+v", seed, found[0], again)
	}
}

func TestChaosAccusesNoSoundWorker(t *testing.T) {
	n := 25
	if few {
		n = 3
	}
	for _, policy := range []strategies.Update{strategies.Fresh, strategies.Wait} {
		t.Run(string(policy), func(t *testing.T) {
			t.Parallel()
			for _, f := range storms(t, making{spec: change(func(s *strategies.Spec) { s.Update = policy })}, n, 100) {
				t.Errorf("%s\n%s", f, strings.Join(f.Trace, "\n"))
			}
		})
	}
}
