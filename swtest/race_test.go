//go:build race

package swtest_test

// With the race detector the engine is thirty times slower. What it looks at
// is how a browser works beside its network, and a few stories show that.
const few = true
