// This file only keeps the fixture sites out of the zip of the module
// github.com/swgen/swgen: Go's module zips allow no apostrophe in a file name,
// and plain/ has one on purpose. Nothing here is Go code.
module github.com/swgen/swgen/testdata/sites

go 1.26.0
