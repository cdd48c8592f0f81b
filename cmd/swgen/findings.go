package main

import (
	"fmt"
	"io"
	"strings"
	"unicode"

	"github.com/swgen/swgen"
	"github.com/swgen/swgen/internal/finding"
)

// fewFindings is how many findings of one kind are told; a broken generator
// can make thousands of the same.
const fewFindings = 5

// tellFindings prints findings: place, message, and the remedy once a kind.
func (c *common) tellFindings(to io.Writer, paint painter, findings []swgen.Finding) {
	var b strings.Builder
	count := make(map[string]int)
	for i, f := range findings {
		if c.quiet && f.Severity == finding.Note {
			continue
		}
		kind := string(f.Severity) + f.ID + f.Law
		count[kind]++
		if count[kind] <= fewFindings || c.verbose {
			fmt.Fprintf(&b, "%s %s\n", paint.in(severityColor(f.Severity), fmt.Sprintf("%-8s", f.Severity)), printable(strings.TrimSpace(f.Law+" "+f.String())))
		}
		if len(f.Trace) > 0 && (count[kind] == 1 || c.verbose) {
			for _, line := range f.Trace {
				fmt.Fprintf(&b, "%-8s   %s\n", "", paint.in(dim, printable(line)))
			}
		}
		last := i+1 == len(findings) || findings[i+1].ID != f.ID || findings[i+1].Severity != f.Severity
		if more := count[kind] - fewFindings; last && more > 0 && !c.verbose {
			fmt.Fprintf(&b, "%-8s ... and %d more (%s); -v prints all\n", "", more, f.ID)
		}
		if f.Hint != "" && (last || findings[i+1].Hint != f.Hint) && (count[kind] <= fewFindings || last || c.verbose) {
			fmt.Fprintf(&b, "%-8s %s\n", "", paint.in(dim, printable(f.Hint)))
		}
	}
	io.WriteString(to, b.String())
}

func severityColor(s finding.Severity) string {
	switch s {
	case finding.Error:
		return red
	case finding.Warning:
		return yellow
	}
	return cyan
}

// printable shows the control characters that a file name may hold, instead of
// letting a terminal obey them.
func printable(text string) string {
	if !strings.ContainsFunc(text, unicode.IsControl) {
		return text
	}
	var b strings.Builder
	for _, r := range text {
		if unicode.IsControl(r) {
			fmt.Fprintf(&b, "\\x%02x", r)
		} else {
			b.WriteRune(r)
		}
	}
	return b.String()
}
