package main

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"text/tabwriter"
)

// report is what differs from the expectations, and the sums.
type report struct {
	Failures    []failure // not expected
	Passes      []line    // expected to fail
	Orphans     []line    // name nothing that exists
	Unexplained []line    // expected without a reason
	Rows        map[string]*row
}

// failure is a subtest that should have passed.
type failure struct {
	Test, Subtest, Message string
}

// row is a suite's line in the summary.
type row struct {
	Files, Subtests, Passed, Expected int
	LeftOut, NeedsPage, NeedsRealm    int // files
}

func (r report) good() bool {
	return len(r.Failures)+len(r.Passes)+len(r.Orphans)+len(r.Unexplained) == 0
}

// leaveOut takes away the tests that a skip line covers.
func (e expected) leaveOut(tests []Test) (run, leftOut []Test) {
	for _, t := range tests {
		if slices.ContainsFunc(e.Lines, func(l line) bool { return l.Subtest == skipName && l.covers(t) }) {
			leftOut = append(leftOut, t)
		} else {
			run = append(run, t)
		}
	}
	return run, leftOut
}

// compare holds the outcomes against the expected lines that are selected.
// tests are all that could have been run, also those that a line skips.
func compare(e expected, outcomes []outcome, tests []Test, selected selection) report {
	var r report
	left := make(map[line]line) // expected, not yet seen to fail
	for _, l := range e.Lines {
		if selected.has(l.Test) {
			left[l.key()] = l
			if l.unexplained() {
				r.Unexplained = append(r.Unexplained, l)
			}
		}
	}
	for _, o := range outcomes {
		r.match(o, left)
	}
	for _, key := range slices.SortedFunc(maps.Keys(left), compareLines) {
		isSkip := key.Subtest == skipName && slices.ContainsFunc(tests, key.covers)
		if !isSkip {
			r.Orphans = append(r.Orphans, left[key])
		}
	}
	return r
}

// match strikes out the lines that the outcome is about. A crash leaves all
// other lines of its test undecided.
func (r *report) match(o outcome, left map[line]line) {
	name := o.Test.Name()
	for _, got := range o.results() {
		key := line{Test: name, Subtest: got.Subtest}
		l, isExpected := left[key]
		delete(left, key)
		switch {
		case got.Passed && isExpected:
			r.Passes = append(r.Passes, l)
		case !got.Passed && !isExpected:
			r.Failures = append(r.Failures, failure{name, got.Subtest, got.Message})
		}
	}
	if o.Crash != "" {
		maps.DeleteFunc(left, func(key, _ line) bool { return key.Test == name })
		return
	}
	// A harness that ends well reports nothing of itself: that is its pass.
	for _, special := range []string{crashName, harnessName} {
		key := line{Test: name, Subtest: special}
		if l, ok := left[key]; ok {
			r.Passes = append(r.Passes, l)
			delete(left, key)
		}
	}
}

// updated is the expectations with the selected part replaced by what was
// found; reasons are kept where there are any, and so are skips.
func (e expected) updated(outcomes []outcome, tests []Test, selected selection) expected {
	now := expected{Version: e.Version}
	reasons := make(map[line]string)
	for _, l := range e.Lines {
		reasons[l.key()] = l.Reason
		if !selected.has(l.Test) || l.Subtest == skipName && slices.ContainsFunc(tests, l.covers) {
			now.Lines = append(now.Lines, l)
		}
	}
	for _, o := range outcomes {
		for _, got := range o.results() {
			if got.Passed {
				continue
			}
			l := line{Test: o.Test.Name(), Subtest: got.Subtest, Reason: noReason}
			if reason, ok := reasons[l.key()]; ok {
				l.Reason = reason
			}
			now.Lines = append(now.Lines, l)
		}
	}
	return now
}

// count fills the summary.
func (r *report) count(p plan, outcomes []outcome, leftOut []Test) {
	r.Rows = make(map[string]*row)
	of := func(suite string) *row {
		if r.Rows[suite] == nil {
			r.Rows[suite] = new(row)
		}
		return r.Rows[suite]
	}
	unexpected := make(map[failure]bool)
	for _, f := range r.Failures {
		f.Message = ""
		unexpected[f] = true
	}
	files := make(map[string]bool)
	for _, o := range outcomes {
		row := of(suiteOf(o.Test.Path))
		if !files[o.Test.Path] {
			files[o.Test.Path] = true
			row.Files++
		}
		for _, got := range o.results() {
			row.Subtests++
			switch {
			case got.Passed:
				row.Passed++
			case !unexpected[failure{Test: o.Test.Name(), Subtest: got.Subtest}]:
				row.Expected++
			}
		}
	}
	for _, t := range leftOut {
		if !files[t.Path] {
			files[t.Path] = true
			of(suiteOf(t.Path)).LeftOut++
		}
	}
	for suite, needs := range p.Needs {
		of(suite).NeedsPage = needs[needsPage]
		of(suite).NeedsRealm = needs[needsRealm]
	}
}

// print writes the differences, then the summary.
func (r report) print(w io.Writer) {
	heading := func(n int, text string) {
		if n > 0 {
			fmt.Fprintf(w, "\n%d %s:\n", n, text)
		}
	}
	lines := func(all []line, text string) {
		heading(len(all), text)
		for _, l := range all {
			fmt.Fprintf(w, "  %s | %s | %s\n", escape(l.Test), escape(l.Subtest), l.Reason)
		}
	}
	heading(len(r.Failures), "unexpected failures")
	for _, f := range r.Failures {
		fmt.Fprintf(w, "  %s | %s\n    %s\n", escape(f.Test), escape(f.Subtest), escape(f.Message))
	}
	lines(r.Passes, "expected to fail, but passed: take the lines out of "+expectedFile)
	lines(r.Orphans, "expected to fail, but nothing of that name was run")
	lines(r.Unexplained, `need a reason in place of "`+noReason+`" in `+expectedFile)
	r.printRows(w)
}

func (r report) printRows(w io.Writer) {
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(table, "\nsuite\tfiles\tsubtests\tpassed\t\texpected failures\tunexpected\tleft out\tneeds a page\tanother realm\t")
	put := func(name string, s row) {
		unexpected := s.Subtests - s.Passed - s.Expected
		fmt.Fprintf(table, "%s\t%d\t%d\t%d\t%s\t%d\t%d\t%d\t%d\t%d\t\n", name,
			s.Files, s.Subtests, s.Passed, s.share(), s.Expected, unexpected, s.LeftOut, s.NeedsPage, s.NeedsRealm)
	}
	for _, suite := range slices.Sorted(maps.Keys(r.Rows)) {
		put(suite, *r.Rows[suite])
	}
	put("all", r.sum())
	_ = table.Flush()
}

// share is how many of the subtests pass.
func (s row) share() string {
	if s.Subtests == 0 {
		return "-"
	}
	return fmt.Sprintf("%.1f %%", 100*float64(s.Passed)/float64(s.Subtests))
}

// sum is the last line of the summary.
func (r report) sum() row {
	var sum row
	for _, s := range r.Rows {
		sum.Files += s.Files
		sum.Subtests += s.Subtests
		sum.Passed += s.Passed
		sum.Expected += s.Expected
		sum.LeftOut += s.LeftOut
		sum.NeedsPage += s.NeedsPage
		sum.NeedsRealm += s.NeedsRealm
	}
	return sum
}

func compareLines(a, b line) int {
	return strings.Compare(a.Test+"\x00"+a.Subtest, b.Test+"\x00"+b.Subtest)
}
