package main

import (
	"fmt"
	"io"
	"net/http"
	"time"
)

// Runtime is what the tests are run in.
type Runtime interface {
	// Run starts the worker script of the test in a fresh browser whose
	// network is the server, and waits for testharness.js in it to say that it
	// is complete, for no longer than the limit of wall time. An error means
	// that the harness did not come so far: it is reported as a crash.
	Run(test Test, server http.Handler, limit time.Duration) ([]Subtest, Status, error)
}

// Subtest is the result of one test function. The field names are those of
// the objects that testharness.js reports.
type Subtest struct {
	Name    string `json:"name"`
	Status  int    `json:"status"` // 0 PASS, 1 FAIL, 2 TIMEOUT, 3 NOTRUN, 4 PRECONDITION_FAILED
	Message string `json:"message"`
}

// Status is how the harness as a whole ended.
type Status struct {
	Status  int    `json:"status"` // 0 OK, 1 ERROR, 2 TIMEOUT, 3 PRECONDITION_FAILED
	Message string `json:"message"`
}

var (
	subtestWords = [...]string{"PASS", "FAIL", "TIMEOUT", "NOTRUN", "PRECONDITION_FAILED"}
	harnessWords = [...]string{"OK", "ERROR", "TIMEOUT", "PRECONDITION_FAILED"}
)

// outcome is what became of a test.
type outcome struct {
	Test     Test
	Subtests []Subtest
	Harness  Status
	Crash    string // why there is no result; empty when there is one
	Took     time.Duration
}

// The names that stand for the test file itself where a subtest is named.
const (
	crashName   = "<crash>"
	harnessName = "<harness>"
)

// result is an outcome's answer to one subtest, or to the file itself.
type result struct {
	Subtest string // name within the test, unique
	Passed  bool
	Message string // word and message of a failure
}

// results lists the subtests and, when it is not well, the file itself.
// Names that are taken get a number.
func (o outcome) results() []result {
	if o.Crash != "" {
		return []result{{Subtest: crashName, Message: o.Crash}}
	}
	var all []result
	switch {
	case o.Harness.Status != 0:
		all = append(all, result{Subtest: harnessName, Message: word(harnessWords[:], o.Harness.Status) + " " + o.Harness.Message})
	case len(o.Subtests) == 0:
		all = append(all, result{Subtest: harnessName, Message: "no subtest was reported"})
	}
	taken := map[string]bool{crashName: true, harnessName: true, skipName: true}
	for _, s := range o.Subtests {
		name := s.Name
		for n := 2; taken[name]; n++ {
			name = fmt.Sprintf("%s (%d)", s.Name, n)
		}
		taken[name] = true
		r := result{Subtest: name, Passed: s.Status == 0}
		if !r.Passed {
			r.Message = word(subtestWords[:], s.Status) + " " + s.Message
		}
		all = append(all, r)
	}
	return all
}

func word(words []string, status int) string {
	if status < 0 || status >= len(words) {
		return fmt.Sprintf("status %d", status)
	}
	return words[status]
}

// print writes a line for the outcome and one for each failure in it.
func (o outcome) print(w io.Writer) {
	failed := 0
	results := o.results()
	for _, r := range results {
		if !r.Passed {
			failed++
		}
	}
	fmt.Fprintf(w, "%s %s: %d of %d failed, %s\n", o.Test.Name(), o.Test.Global, failed, len(results), o.Took.Round(time.Millisecond))
	for _, r := range results {
		if !r.Passed {
			fmt.Fprintf(w, "  %s: %s\n", escape(r.Subtest), escape(r.Message))
		}
	}
}
