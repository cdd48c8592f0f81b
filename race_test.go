//go:build race

package swgen_test

import "github.com/swgen/swgen"

// With the race detector all is many times slower: as a build does it is enough.
var thorough = swgen.VerifyOptions{Moments: 4, Sample: 24}
