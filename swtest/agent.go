package swtest

import (
	"fmt"

	"github.com/swgen/swgen/internal/cachestorage"
	"github.com/swgen/swgen/internal/eventloop"
	"github.com/swgen/swgen/internal/fetch"
	"github.com/swgen/swgen/internal/platform"
)

// agent is the browser as one realm sees it: a worker's or a client's.
type agent struct {
	browser *Browser
	origin  *origin
	worker  *worker // nil for pages and dedicated workers
	client  *client // nil for service workers
	realm   *platform.Realm
}

func (a *agent) String() string {
	if a.worker != nil {
		return a.worker.String()
	}
	return a.client.String()
}

// dispatch tells a realm that something happened. What goes wrong there is
// never lost: script's own exceptions are reported, and this is for the rest.
func dispatch(realm *platform.Realm, kind string, args ...any) {
	if realm == nil || !realm.Alive() {
		return
	}
	if _, err := realm.Dispatch(kind, args...); err != nil && realm.Alive() {
		a := realm.Outside.(*agent)
		a.note("exception", "%s: %v", kind, err)
	}
}

// Fetch answers fetch() of the realm.
func (a *agent) Fetch(q *fetch.Request, abort *eventloop.Future[struct{}]) *eventloop.Future[*fetch.Response] {
	b := a.browser
	f := eventloop.NewFuture[*fetch.Response](b.loop)
	q.Abort = abort
	a.asks(q)
	b.begin(func(co *eventloop.Co) {
		p := b.fetcher.Fetch(co, q)
		if p.IsError() && !p.Aborted {
			a.note("refused", "fetch: %s", p.Reason)
		}
		f.Resolve(p)
	})
	return f
}

// asks says in a request who makes it.
func (a *agent) asks(q *fetch.Request) {
	q.Origin, q.ClientURL = a.origin.name, a.url()
	if a.worker != nil {
		q.SkipServiceWorker = true
	} else {
		q.ClientID = a.client.id
	}
}

// url is the address of the agent's global scope.
func (a *agent) url() string {
	if a.worker != nil {
		return a.worker.url
	}
	return a.client.url
}

// ImportScript answers importScripts.
func (a *agent) ImportScript(url string) (string, error) {
	if a.worker != nil {
		return a.worker.importScript(a, url, a.url())
	}
	return a.fetchNow(&fetch.Request{URL: url, Mode: "no-cors", Credentials: "include", Cache: "default", Destination: "script"}, a.url())
}

// Module answers a static import.
func (a *agent) Module(url, from string) (source string, err error) {
	if a.worker != nil {
		source, err = a.worker.importScript(a, url, from)
	} else {
		source, err = a.fetchNow(&fetch.Request{URL: url, Mode: "cors", Credentials: "same-origin", Cache: "default", Destination: "worker"}, from)
	}
	if err != nil {
		return "", exception("TypeError", "the module %s could not be loaded: %v", url, err)
	}
	return source, nil
}

// importScript is an import by a service worker: after the installation only
// what was imported before may be imported.
func (w *worker) importScript(a *agent, url, from string) (string, error) {
	if source, known := w.scripts[url]; known && url != w.url {
		return source, nil
	}
	if w.installed || w.state != "parsed" && w.state != "installing" {
		w.note("refused", "importScripts: %s was not imported while the worker was installed", url)
		return "", importFailure(url)
	}
	source, fetched := w.fetched[url]
	if !fetched {
		var err error
		if source, err = a.fetchNow(w.importRequest(url), from); err != nil {
			return "", err
		}
	}
	w.scripts[url] = source
	w.order = append(w.order, url)
	return source, nil
}

// fetchNow fetches a script for another one while the realm waits: the loop
// runs inside the call.
func (a *agent) fetchNow(q *fetch.Request, from string) (string, error) {
	b := a.browser
	a.asks(q)
	q.ClientURL = from
	type imported struct {
		source string
		err    *platform.Exception
	}
	got, err := do(b, func(co *eventloop.Co) imported {
		source, reason := b.fetchImport(co, q)
		if reason == "" {
			return imported{source: source}
		}
		a.note("refused", "importing %s: %s", q.URL, reason)
		return imported{err: importFailure(q.URL)}
	})
	if err != nil {
		return "", err
	}
	return got.source, orNil(got.err)
}

// importFailure is what script is told, no more.
func importFailure(url string) *platform.Exception {
	return exception("NetworkError", "Failed to execute 'importScripts' on 'WorkerGlobalScope': The script at '%s' failed to load.", url)
}

// Caches answers every use of the caches.
func (a *agent) Caches() (*cachestorage.Storage, error) {
	if a.browser.options.Private {
		return nil, errPrivate
	}
	o := a.origin
	// What the databases hold counts, too; 0 would be no quota at all.
	o.caches.Quota = max(1, a.browser.options.Quota-o.databases.Usage())
	return o.caches, nil
}

// Point asks the test what becomes of an operation.
func (a *agent) Point(operation, detail string) error {
	b := a.browser
	b.points++
	if b.options.Point == nil || a.worker == nil {
		return nil
	}
	p := Point{N: b.points, Worker: a.worker.url, State: a.worker.state, Operation: operation, Detail: detail}
	switch fault := b.options.Point(p); fault {
	case Proceed:
		return nil
	case Kill:
		a.note("fault", "killed at %s %s", operation, detail)
		w := a.worker
		b.loop.Post(func() { w.stop("killed by the test") })
		return platform.ErrStop
	default:
		a.note("fault", "%s fails: %s %s", fault, operation, detail)
		return fault.exception(operation)
	}
}

// Random fills b from the browser's seed.
func (a *agent) Random(p []byte) { _, _ = a.browser.random.Read(p) }

// Console takes a line of the console.
func (a *agent) Console(level, text string) {
	a.note("console", "%s: %s", level, text)
}

// Report takes what nobody caught, and what script was refused.
func (a *agent) Report(kind string, err *platform.Exception) {
	switch kind {
	case "unhandledrejection":
		a.note("exception", "unhandled rejection: %v%s", err, at(err.Stack))
	case "refused":
		a.note("refused", "%v", err)
	default:
		a.note("exception", "%v%s", err, at(err.Stack))
		if a.client != nil && a.client.dedicated != nil {
			a.browser.loop.Post(func() { a.client.dedicated.failed("Uncaught "+err.Error(), a.client.url) })
		}
	}
}

// at is the first line of a stack trace, which says where.
func at(stack string) string {
	for i := range len(stack) {
		if stack[i] == '\n' {
			stack = stack[:i]
			break
		}
	}
	if stack == "" {
		return ""
	}
	return " (" + stack + ")"
}

// Databases is IndexedDB.
func (a *agent) Databases() (*platform.Databases, error) {
	if a.browser.options.Private {
		return nil, exception("InvalidStateError", "A mutation operation was attempted on a database that did not allow mutations.")
	}
	return a.origin.databases, nil
}

// Online is navigator.onLine.
func (a *agent) Online() bool { return !a.browser.Network.offline }

// Storage is navigator.storage.estimate.
func (a *agent) Storage() (usage, quota int64) { return a.origin.usage(), a.browser.options.Quota }

// Crashed ends what a limit stopped.
func (a *agent) Crashed(err error) {
	a.note("exception", "stopped: %v", err)
	if a.worker != nil {
		w := a.worker
		w.realm = nil
		w.stop(fmt.Sprint(err))
		return
	}
	a.client.crash(err)
}
