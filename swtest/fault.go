package swtest

import (
	"fmt"

	"github.com/swgen/swgen/internal/platform"
)

// Point is a place where the browser could let a worker down: it is about to
// start an asynchronous operation. The same test passes the same points in the
// same order: to stop a worker at each of them in turn, count them first.
type Point struct {
	// N counts the points of the browser, from 1.
	N int
	// Worker is the script's URL, State the worker's state.
	Worker, State string
	// Operation is fetch, cachePut, cacheMatch, cachesOpen, cachesDelete,
	// cachesKeys, clients.matchAll, sw.skipWaiting ...; Detail is its URL or
	// name, if it has one.
	Operation, Detail string
}

// Fault is what happens at a Point.
type Fault int

// The faults.
const (
	// Proceed: nothing.
	Proceed Fault = iota
	// Fail: the operation fails as it can in a browser: a network error for
	// fetch, UnknownError for storage.
	Fail
	// Full: the operation fails because the quota is exceeded.
	Full
	// Kill: the browser stops the worker, now.
	Kill
)

func (f Fault) String() string {
	return [...]string{"nothing", "an operation", "a full storage", "kill"}[f]
}

func (f Fault) exception(operation string) *platform.Exception {
	switch {
	case f == Full:
		return exception("QuotaExceededError", "Quota exceeded.")
	case operation == "fetch":
		return exception("TypeError", "Failed to fetch")
	}
	return exception("UnknownError", "Unexpected internal error (%s was let down by the test).", operation)
}

// String names the point: what a seed can be traced back to.
func (p Point) String() string {
	return fmt.Sprintf("point %d, %s %s in the %s worker %s", p.N, p.Operation, p.Detail, p.State, p.Worker)
}
