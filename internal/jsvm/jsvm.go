// Package jsvm knows the JavaScript engine: it runs scripts and modules,
// carries values between Go and JavaScript and bounds what a script may use.
// It must not know the web platform, service workers or an event loop. It is
// the one door to the engine: QuickJS, translated from C to Go.
//
// ECMAScript's KeepDuringJob is missing: what only a WeakRef refers to goes at
// once, not after the task. The engine offers no way to add it; whoever defines
// the globals has to wrap WeakRef.
package jsvm

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"
)

// Limits bound what the scripts of a VM may use.
type Limits struct {
	// Turn is the longest time, on the wall clock, that one call from Go into
	// JavaScript may take with all that it calls; 0 is 10 s. Native functions
	// that walk a large array or string, such as join or fill, end only by
	// themselves.
	Turn time.Duration
	// Memory is how many bytes the engine may hold, each large block rounded
	// up to a power of two; 0 is 512 MB. After ErrMemory the next call has a
	// little more.
	Memory int64
	// Stack is how many calls of functions may nest; 0 is 11,000, about the
	// depth of V8, and 30,000 the most. A call by way of a native function
	// such as forEach counts up to nine times.
	Stack int
}

const maxStack = 30_000

func (l Limits) withDefaults() (Limits, error) {
	if l.Turn == 0 {
		l.Turn = 10 * time.Second
	}
	if l.Memory == 0 {
		l.Memory = 512 << 20
	}
	if l.Stack == 0 {
		l.Stack = 11_000
	}
	if l.Turn < 0 || l.Memory < 0 || l.Stack < 0 || l.Stack > maxStack {
		return l, fmt.Errorf("limits of JavaScript: %v, %d bytes, %d calls deep (at most %d)", l.Turn, l.Memory, l.Stack, maxStack)
	}
	return l, nil
}

// Why JavaScript ended before its time. Scripts can catch what ErrMemory and
// ErrStack stand for, as a RangeError, and then go on; the others they cannot.
var (
	ErrTime        = errors.New("script ran longer than its limit")
	ErrMemory      = errors.New("script needs more memory than its limit")
	ErrStack       = errors.New("script nests calls deeper than its limit")
	ErrInterrupted = errors.New("script was interrupted")
	ErrClosed      = errors.New("JavaScript engine is closed")
)

// JSON is an object of JavaScript as its JSON text, both ways.
type JSON = json.RawMessage

// List and Fields are an Array and a plain object for JavaScript, made of
// values as VM carries them; Fields has names and values in turns. They cost a
// third of the same as JSON.
type (
	List   []any
	Fields []any
)

// Null is what becomes null in JavaScript; nil becomes undefined.
var Null = JSON("null")

// HostFunc is a function of Go that JavaScript calls, with values as VM
// carries them. Its error is thrown: an *Exception as an error with that name,
// which is also its property hostName, any other as an Error. What a call into
// the VM that called it threw is thrown again as it was.
type HostFunc func(args []any) (any, error)

// Builtin is a function for the host of VM.RunWith that takes objects
// themselves, which a HostFunc cannot.
type Builtin int

// ShowMembers makes an object's properties with a name enumerable, except
// those that every class and its prototype has: a prototype's constructor, a
// class's length, name and prototype. Classes have theirs hidden, interfaces of the web have not. (In
// JavaScript it is a sixth of the time that starting a realm takes.)
const ShowMembers Builtin = 1

// Exception is an error that JavaScript threw, or that a HostFunc throws.
type Exception struct {
	Name    string // such as TypeError; "" when what was thrown is no error
	Message string
	Stack   string // a line "    at function (file:line:column)" for each of the innermost calls
	Value   any    // what was thrown, when it is no Error
}

func (e *Exception) Error() string {
	switch {
	case e.Name == "":
		return e.Message
	case e.Message == "":
		return e.Name
	}
	return e.Name + ": " + e.Message
}

// The messages of the errors with which the engine reports a limit.
const (
	stackMessage  = "Maximum call stack size exceeded"
	memoryMessage = "out of memory"
)

// Is says that an exception is due to ErrStack or ErrMemory.
func (e *Exception) Is(limit error) bool {
	return e.Name == "RangeError" && (limit == ErrStack && e.Message == stackMessage || limit == ErrMemory && e.Message == memoryMessage)
}

// Program is a script in the form that the engine runs, which any VM of this
// process can run without compiling it again. Its functions show as native
// code.
type Program struct {
	code []byte
}

// Loader finds modules. Without a function it finds none.
type Loader struct {
	// Resolve makes the URL of a module from what an import names and the URL
	// of the script that imports.
	Resolve func(specifier, referrer string) (url string, err error)
	// Load fetches a module; the VM asks once for each URL.
	Load func(url string) (source string, err error)
	// Dynamic allows import().
	Dynamic bool
}
