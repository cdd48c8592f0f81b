//go:build !race

package swgen_test

import "github.com/swgen/swgen"

// thorough leaves nothing out.
var thorough swgen.VerifyOptions
