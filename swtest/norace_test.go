//go:build !race

package swtest_test

// Whether only a few of many stories are played.
const few = false
