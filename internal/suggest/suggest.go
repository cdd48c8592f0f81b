// Package suggest guesses what a misspelled word was meant to be. It knows no
// words.
package suggest

import "strings"

// Nearest is the candidate that text is most likely a misspelling of; "" when
// none is near.
func Nearest(text string, candidates []string) string {
	text = spelling(text)
	best, least := "", max(2, len(text)/3)+1
	for _, candidate := range candidates {
		other := spelling(candidate)
		d := distance(text, other)
		// Two edits make any two-letter word another.
		if d < least && d < max(len(text), len(other)) {
			best, least = candidate, d
		}
	}
	return best
}

// spelling folds what people mix up: case, and the separators of flags, keys
// and variables.
func spelling(text string) string {
	return strings.NewReplacer("-", "_", " ", "_").Replace(strings.ToLower(text))
}

// distance is the number of letters to insert, delete, replace or swap with
// their neighbour between a and b (Damerau-Levenshtein, optimal alignment).
func distance(a, b string) int {
	before, previous, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := 1; i <= len(a); i++ {
		before, previous, row = previous, row, before
		row[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			row[j] = min(previous[j]+1, row[j-1]+1, previous[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
	}
	return row[len(b)]
}
