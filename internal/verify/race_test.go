//go:build race

package verify_test

// With the race detector all is thirty times slower. What it looks at is how
// laws are checked side by side, and a few workers show that.
const few = true
