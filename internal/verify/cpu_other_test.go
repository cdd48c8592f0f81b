//go:build !unix

package verify_test

import "time"

// cpuTime is not known here, and the benchmark does not report it.
func cpuTime() time.Duration { return 0 }
