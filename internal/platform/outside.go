package platform

import (
	"time"

	"github.com/swgen/swgen/internal/cachestorage"
	"github.com/swgen/swgen/internal/eventloop"
	"github.com/swgen/swgen/internal/fetch"
)

// Outside is what lies around a realm: its browser.
type Outside interface {
	// Fetch answers a request of the realm; abort, once resolved, ends it.
	Fetch(req *fetch.Request, abort *eventloop.Future[struct{}]) *eventloop.Future[*fetch.Response]
	// ImportScript is a classic worker script for importScripts. Its error is
	// thrown.
	ImportScript(url string) (source string, err error)
	// Module is the source of a statically imported module; from is the URL of
	// a script that imports it.
	Module(url, from string) (source string, err error)
	// Caches is the Cache Storage of the realm's origin, or the error with
	// which every use of it fails.
	Caches() (*cachestorage.Storage, error)
	// Tell and Ask carry the operations listed in src/worker/outside.ts. Ask
	// answers through done, at once or later, once.
	Tell(operation string, args []any) (any, error)
	Ask(operation string, args []any, done func(value any, err error))
	// Point is told about each asynchronous operation before it starts
	// ("cache.put https://…"). An error is what the operation fails with;
	// ErrStop stops the realm on the spot, without another step of script.
	Point(operation, detail string) error
	// Random fills b.
	Random(b []byte)
	// Console and Report are told what script says, what it throws without
	// catching it (kinds "error" and "unhandledrejection"), and why the browser
	// or its storage did not do what it asked for ("refused").
	Console(level, text string)
	Report(kind string, err *Exception)
	// Databases is what IndexedDB keeps for the realm's origin, or the error
	// with which every use of it fails.
	Databases() (*Databases, error)
	// Online is navigator.onLine.
	Online() bool
	// Storage is what the origin uses and may use, in bytes.
	Storage() (usage, quota int64)
	// Crashed is told that a limit ended the realm.
	Crashed(err error)
}

// Exception is an error of JavaScript: thrown by it, or to be thrown in it.
// Names that are not ECMAScript's become a DOMException.
type Exception struct {
	Name, Message, Stack string
}

func (e *Exception) Error() string { return e.Name + ": " + e.Message }

// ErrStop stops a realm at a Point.
var ErrStop = &Exception{Name: "stopped", Message: "the browser stopped the worker"}

// Kind is which global object a realm has.
type Kind string

// The kinds of realms.
const (
	ServiceWorker Kind = "serviceworker"
	Window        Kind = "window"
	Worker        Kind = "worker"
)

// Options make a realm. Loop, Outside and Exchange are required.
type Options struct {
	Kind     Kind
	URL      string // the location
	Module   bool   // a module script, not a classic one
	Loop     *eventloop.Loop
	Outside  Outside
	Exchange *Exchange // carries messages to the other realms of the browser
	Secure   bool
	ClientID string // names the realm to others
	// Turn is the longest time that script may run without a pause, on the
	// real clock; Memory is how many bytes it may hold. Zero is the default
	// of package jsvm.
	Turn   time.Duration
	Memory int64
}
