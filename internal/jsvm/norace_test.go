//go:build !race

package jsvm

// How often the tests for leaks repeat what could leak.
const (
	many   = 100_000 // crossings
	rounds = 200     // engines
)
