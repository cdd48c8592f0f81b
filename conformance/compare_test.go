package main

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func ran(path string, subtests ...Subtest) outcome {
	return outcome{Test: Test{Path: path, Global: serviceWorker}, Subtests: subtests}
}

func pass(name string) Subtest { return Subtest{Name: name} }
func fail(name string) Subtest { return Subtest{Name: name, Status: 1, Message: "no"} }

func testsOf(outcomes []outcome) (tests []Test) {
	for _, o := range outcomes {
		tests = append(tests, o.Test)
	}
	return tests
}

func TestDifferences(t *testing.T) {
	ended := ran("url/a.any.js", pass("p"))
	ended.Harness = Status{Status: 2, Message: "late"}
	crashed := outcome{Test: Test{Path: "url/a.any.js"}, Crash: "gone"}
	for name, c := range map[string]struct {
		expected []line
		outcome  outcome
		want     report
	}{
		"as expected": {
			[]line{{"url/a.any.js", "f", "why"}}, ran("url/a.any.js", pass("p"), fail("f")), report{},
		},
		"a failure": {
			nil, ran("url/a.any.js", pass("p"), fail("f")),
			report{Failures: []failure{{"url/a.any.js", "f", "FAIL no"}}},
		},
		"another status": {
			nil, ran("url/a.any.js", Subtest{Name: "n", Status: 3}, Subtest{Name: "x", Status: 9}),
			report{Failures: []failure{{"url/a.any.js", "n", "NOTRUN "}, {"url/a.any.js", "x", "status 9 "}}},
		},
		"a pass": {
			[]line{{"url/a.any.js", "p", "why"}}, ran("url/a.any.js", pass("p")),
			report{Passes: []line{{"url/a.any.js", "p", "why"}}},
		},
		"no such subtest, no such file": {
			[]line{{"url/a.any.js", "gone", "why"}, {"url/z.any.js", "p", "why"}, {"url/z/", skipName, "why"}},
			ran("url/a.any.js", pass("p")),
			report{Orphans: []line{{"url/a.any.js", "gone", "why"}, {"url/z.any.js", "p", "why"}, {"url/z/", skipName, "why"}}},
		},
		"without a reason": {
			[]line{{"url/a.any.js", "f", "?"}}, ran("url/a.any.js", fail("f")),
			report{Unexplained: []line{{"url/a.any.js", "f", "?"}}},
		},
		"a harness that does not end well": {
			nil, ended, report{Failures: []failure{{"url/a.any.js", "<harness>", "TIMEOUT late"}}},
		},
		"as was expected of it": {
			[]line{{"url/a.any.js", "<harness>", "why"}}, ended, report{},
		},
		"a harness that ends well after all": {
			[]line{{"url/a.any.js", "<harness>", "why"}}, ran("url/a.any.js", pass("p")),
			report{Passes: []line{{"url/a.any.js", "<harness>", "why"}}},
		},
		"no subtests": {
			nil, ran("url/a.any.js"), report{Failures: []failure{{"url/a.any.js", "<harness>", "no subtest was reported"}}},
		},
		"a crash leaves the rest undecided": {
			[]line{{"url/a.any.js", "f", "why"}}, crashed,
			report{Failures: []failure{{"url/a.any.js", "<crash>", "gone"}}},
		},
		"an expected crash": {
			[]line{{"url/a.any.js", "<crash>", "why"}}, crashed, report{},
		},
		"no crash any more": {
			[]line{{"url/a.any.js", "<crash>", "why"}}, ran("url/a.any.js", pass("p")),
			report{Passes: []line{{"url/a.any.js", "<crash>", "why"}}},
		},
		"equal and misleading names": {
			[]line{{"url/a.any.js", "a (2)", "why"}, {"url/a.any.js", "<crash> (2)", "why"}},
			ran("url/a.any.js", pass("a"), fail("a"), pass("a (2)"), fail("<crash>")), report{},
		},
	} {
		got := compare(expected{Lines: c.expected}, []outcome{c.outcome}, []Test{c.outcome.Test}, nil)
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
		if got.good() != (cmp.Diff(report{}, c.want) == "") {
			t.Errorf("%s: good is %t", name, got.good())
		}
	}
}

func TestOnlyTheSelectedPartIsCompared(t *testing.T) {
	e := expected{Lines: []line{{"url/a.any.js", "f", "?"}, {"streams/a.any.js", "f", "why"}}}
	got := compare(e, []outcome{ran("streams/a.any.js", fail("f"))}, nil, selection{"streams"})
	if !got.good() {
		t.Errorf("got %+v", got)
	}
}

func TestSkippedTestsAreNotRun(t *testing.T) {
	e := expected{Lines: []line{{"url/slow/", skipName, "why"}, {"url/a.any.js?2", skipName, "why"}, {"url/b.any.js", "f", "why"}}}
	tests := []Test{
		{Path: "url/a.any.js", Variant: "?1"},
		{Path: "url/a.any.js", Variant: "?2"},
		{Path: "url/slow/a.any.js", Variant: "?1"},
		{Path: "url/slower.any.js"},
		{Path: "url/b.any.js"},
	}
	run, leftOut := e.leaveOut(tests)
	if diff := cmp.Diff([]Test{tests[0], tests[3], tests[4]}, run); diff != "" {
		t.Errorf("run (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]Test{tests[1], tests[2]}, leftOut); diff != "" {
		t.Errorf("left out (-want +got):\n%s", diff)
	}
	outcomes := []outcome{ran("url/a.any.js", pass("p")), ran("url/slower.any.js", pass("p")), ran("url/b.any.js", fail("f"))}
	outcomes[0].Test.Variant = "?1"
	if got := compare(e, outcomes, tests, nil); !got.good() {
		t.Errorf("got %+v", got)
	}
}

func TestUpdateKeepsReasons(t *testing.T) {
	was := expected{Version: "v", Lines: []line{
		{"streams/a.any.js", "elsewhere", "kept"},
		{"url/a.any.js", "f", "known"},
		{"url/a.any.js", "mended", "dropped"},
		{"url/gone.any.js", "f", "dropped"},
		{"url/slow/", skipName, "kept"},
		{"url/nothing/", skipName, "dropped"},
	}}
	outcomes := []outcome{ran("url/a.any.js", pass("mended"), fail("f"), fail("new"))}
	tests := append(testsOf(outcomes), Test{Path: "url/slow/b.any.js"})
	got := was.updated(outcomes, tests, selection{"url"})
	want := expected{Version: "v", Lines: []line{
		{"streams/a.any.js", "elsewhere", "kept"},
		{"url/slow/", skipName, "kept"},
		{"url/a.any.js", "f", "known"},
		{"url/a.any.js", "new", "?"},
	}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	after := compare(got, outcomes, tests, selection{"url"})
	if diff := cmp.Diff(report{Unexplained: []line{{"url/a.any.js", "new", "?"}}}, after); diff != "" {
		t.Errorf("after it (-want +got):\n%s", diff)
	}
}

func TestTheReportNamesAndSums(t *testing.T) {
	outcomes := []outcome{
		ran("url/a.any.js", pass("p"), fail("e"), fail("u\nv")),
		ran("url/a.any.js", pass("p")),
		ran("streams/a.any.js", pass("x")),
	}
	outcomes[1].Test.Variant = "?2"
	e := expected{Lines: []line{{"url/a.any.js", "e", "why"}, {"streams/a.any.js", "x", "?"}, {"url/b.any.js", "f", "why"}}}
	r := compare(e, outcomes, testsOf(outcomes), nil)
	needs := map[string]map[string]int{"url": {needsPage: 3}, "dom/events": {needsRealm: 4}}
	r.count(plan{Needs: needs}, outcomes, []Test{{Path: "url/slow.any.js", Variant: "?1"}, {Path: "url/slow.any.js", Variant: "?2"}})
	var out strings.Builder
	r.print(&out)
	for _, want := range []string{
		"1 unexpected failures:\n  url/a.any.js | u\\nv\n    FAIL no\n",
		"1 expected to fail, but passed: take the lines out of conformance/expected.txt:\n  streams/a.any.js | x | ?\n",
		"1 expected to fail, but nothing of that name was run:\n  url/b.any.js | f | why\n",
		"1 need a reason in place of \"?\" in conformance/expected.txt:\n  streams/a.any.js | x | ?\n",
		" url 1 4 2 50.0 % 1 1 1 3 0\n",
		" dom/events 0 0 0 - 0 0 0 0 4\n",
		" streams 1 1 1 100.0 % 0 0 0 0 0\n",
		" all 2 5 3 60.0 % 1 1 1 3 4\n",
	} {
		got := out.String()
		if want[0] == ' ' {
			got = squeeze(got)
		}
		if !strings.Contains(got, want) {
			t.Errorf("no %q in\n%s", want, out.String())
		}
	}
}

// squeeze makes the columns of a table one space apart.
func squeeze(text string) string {
	var rows strings.Builder
	for row := range strings.Lines(text) {
		rows.WriteString(" " + strings.Join(strings.Fields(row), " ") + "\n")
	}
	return rows.String()
}
