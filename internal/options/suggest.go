package options

import "github.com/swgen/swgen/internal/suggest"

// Nearest is the candidate that text is most likely a misspelling of; "" when
// none is near.
func Nearest(text string, candidates []string) string { return nearest(text, candidates) }

func nearest(text string, candidates []string) string { return suggest.Nearest(text, candidates) }
