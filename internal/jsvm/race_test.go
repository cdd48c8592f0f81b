//go:build race

package jsvm

// With the race detector all is ten times slower.
const (
	many   = 3_000
	rounds = 20
)
