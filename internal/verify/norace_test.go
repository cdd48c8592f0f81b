//go:build !race

package verify_test

// Whether only a few of many workers are played.
const few = false
