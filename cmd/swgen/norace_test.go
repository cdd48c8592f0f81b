//go:build !race

package main

// scripts is nil for all.
var scripts []string
