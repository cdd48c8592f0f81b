//go:build race

package main

// With the race detector a build takes many times longer. What it looks at is
// how files are read and workers are tried side by side.
var scripts = []string{"testdata/script/out.txtar", "testdata/script/manifest.txtar", "testdata/script/json.txtar"}
