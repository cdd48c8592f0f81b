package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// runScripts runs the scripts by name, as tests in children of a pool.
func runScripts(t *testing.T, jobs int, limit time.Duration, scripts ...string) []outcome {
	t.Helper()
	srv := proxy{HTTPS: listen(t, func(w http.ResponseWriter, r *http.Request) {
		var i int
		if _, err := fmt.Sscanf(r.URL.Path, "/%d", &i); err != nil {
			t.Error(err)
		}
		fmt.Fprint(w, scripts[i])
	})}
	addresses, err := json.Marshal(srv)
	if err != nil {
		t.Fatal(err)
	}
	var tests []Test
	for i := range scripts {
		tests = append(tests, Test{Path: fmt.Sprintf("url/%d.any.js", i), Script: fmt.Sprintf("https://web-platform.test:8443/%d", i)})
	}
	told := 0
	p := pool{Jobs: jobs, Limit: limit, Done: func(outcome) { told++ }, Command: func() *exec.Cmd {
		return exec.Command(os.Args[0], childCommand, string(addresses))
	}}
	outcomes := p.run(tests)
	if told != len(tests) {
		t.Errorf("told of %d tests", told)
	}
	for i, o := range outcomes {
		if o.Test != tests[i] {
			t.Errorf("outcome %d is of %s", i, o.Test.Name())
		}
	}
	return outcomes
}

func TestOutcomesComeInOrder(t *testing.T) {
	var scripts []string
	for i := range 20 {
		scripts = append(scripts, fmt.Sprintf("pass a%d\nfail b", i))
	}
	for i, o := range runScripts(t, 3, time.Minute, scripts...) {
		want := []result{{Subtest: fmt.Sprintf("a%d", i), Passed: true}, {Subtest: "b", Message: "FAIL it is not so"}}
		if diff := cmp.Diff(want, o.results()); diff != "" {
			t.Errorf("%d (-want +got):\n%s", i, diff)
		}
	}
}

func TestWhatGoesWrongInAChildIsThatTestsOwn(t *testing.T) {
	scripts := map[string]string{ // script → how the crash is told
		"pass x":              "",
		"error no such thing": "no such thing",
		"panic in the engine": "the process ended: exit status 2: panic: in the engine",
		"babble":              "the process ended: ",
		"harness late":        "",
	}
	var all, wants []string
	for text, want := range scripts {
		all, wants = append(all, text, "pass after it"), append(wants, want, "")
	}
	for i, o := range runScripts(t, 1, time.Minute, all...) {
		if !strings.HasPrefix(o.Crash, wants[i]) || (o.Crash == "") != (wants[i] == "") {
			t.Errorf("%q crashed with %q", all[i], o.Crash)
		}
		if wants[i] == "" && len(o.Subtests) == 0 && o.Harness.Message != "late" {
			t.Errorf("%q has no result", all[i])
		}
	}
}

func TestAHungChildIsKilled(t *testing.T) {
	outcomes := runScripts(t, 1, time.Nanosecond, "hang")
	if got := outcomes[0].Crash; got != "hung for more than 1ns" {
		t.Errorf("got %q", got)
	}
}

func TestAChildThatDoesNotStart(t *testing.T) {
	p := pool{Jobs: 1, Command: func() *exec.Cmd { return exec.Command("/no/such/program") }}
	outcomes := p.run([]Test{{Path: "a"}, {Path: "b"}})
	for _, o := range outcomes {
		if !strings.HasPrefix(o.Crash, "starting a process for tests: ") {
			t.Errorf("%s: %q", o.Test.Path, o.Crash)
		}
	}
}

func TestVerboseLines(t *testing.T) {
	o := ran("url/a.any.js", pass("p"), fail("f\n"))
	o.Took = 1500 * time.Microsecond
	var out strings.Builder
	o.print(&out)
	if want := "url/a.any.js serviceworker: 1 of 2 failed, 2ms\n  f\\n: FAIL no\n"; out.String() != want {
		t.Errorf("got %q", out.String())
	}
}
