// Package finding is what swgen has to say about a site: a value with a
// place, a sentence and a remedy. It does not decide what happens next.
package finding

import (
	"cmp"
	"slices"
)

// Severity says what a finding means for the build.
type Severity string

const (
	// Error stops the build: nothing is written.
	Error Severity = "error"
	// Warning lets the build go on, unless it is strict.
	Warning Severity = "warning"
	// Note only informs.
	Note Severity = "note"
)

// Finding is one thing found in a site or its configuration.
type Finding struct {
	// ID is stable and names the kind of finding, such as "broken-symlink".
	ID string `json:"id"`
	// Severity is error, warning or note.
	Severity Severity `json:"severity"`
	// Path is the file or URL concerned, relative to the site; "" is the site itself.
	Path string `json:"path,omitempty"`
	// Message says what was found, in one line without its place.
	Message string `json:"message"`
	// Hint says how to mend it.
	Hint string `json:"hint,omitempty"`
	// Law is the promise that was broken, such as "W4"; "" for other findings.
	Law string `json:"law,omitempty"`
	// Trace is what happened before, one event a line.
	Trace []string `json:"trace,omitempty"`
}

// String is the finding on one line, place first, without the hint.
func (f Finding) String() string {
	if f.Path == "" {
		return f.Message
	}
	return f.Path + ": " + f.Message
}

// Sort orders findings by severity, then kind, then place, so that the same
// site always reads the same.
func Sort(fs []Finding) {
	rank := map[Severity]int{Error: 0, Warning: 1, Note: 2}
	slices.SortFunc(fs, func(a, b Finding) int {
		return cmp.Or(
			cmp.Compare(rank[a.Severity], rank[b.Severity]),
			cmp.Compare(a.ID, b.ID),
			cmp.Compare(a.Path, b.Path),
			cmp.Compare(a.Message, b.Message),
		)
	})
}

// Failed reports whether the findings stop a build; a strict build is
// stopped by warnings too.
func Failed(fs []Finding, strict bool) bool {
	return slices.ContainsFunc(fs, func(f Finding) bool {
		return f.Severity == Error || strict && f.Severity == Warning
	})
}
