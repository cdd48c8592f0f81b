package swtest

import (
	"errors"
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

// Fetch answers fetch() of the realm.
func (a *agent) Fetch(q *fetch.Request, abort *eventloop.Future[struct{}]) *eventloop.Future[*fetch.Response] {
	b := a.browser
	f := eventloop.NewFuture[*fetch.Response](b.loop)
	q.Abort = abort
	q.Origin = a.origin.name
	if a.worker != nil {
		q.ClientURL, q.SkipServiceWorker = a.worker.scriptURL, true
	} else {
		q.ClientURL, q.ClientID = a.client.url, a.client.id
	}
	b.begin(func(co *eventloop.Co) { f.Resolve(b.fetcher.Fetch(co, q)) })
	return f
}

// ImportScript answers importScripts: after the installation only what was
// imported before may be imported.
func (a *agent) ImportScript(url string) (string, error) {
	if a.worker == nil {
		return a.fetchNow(url)
	}
	w := a.worker
	if source, known := w.scripts[url]; known && url != w.scriptURL {
		return source, nil
	}
	if w.installed || w.state != "parsed" && w.state != "installing" {
		return "", exception("NetworkError", "Failed to execute 'importScripts' on 'WorkerGlobalScope': The script at '%s' failed to load: it was not imported while the worker was installed.", url)
	}
	source, err := a.fetchNow(url)
	if err != nil {
		return "", err
	}
	w.scripts[url] = source
	w.order = append(w.order, url)
	return source, nil
}

// fetchNow fetches a script while the realm that imports it waits: the loop
// runs inside the call, without that realm.
func (a *agent) fetchNow(url string) (string, error) {
	b := a.browser
	type got struct {
		source string
		err    *platform.Exception
	}
	w := a.worker
	if w == nil {
		w = &worker{reg: &registration{origin: a.origin}, scriptURL: a.client.url}
	}
	cache := "no-cache"
	if w.reg.updateViaCache == "all" || w.reg.updateViaCache == "imports" {
		cache = "default"
	}
	f := eventloop.NewFuture[got](b.loop)
	b.loop.Go(func(co *eventloop.Co) {
		source, err := w.fetchImport(co, url, cache)
		f.Resolve(got{source, err})
	})
	if _, err := await(b, f); err != nil {
		return "", err
	}
	if g := f.Value(); g.err != nil {
		return "", g.err
	}
	return f.Value().source, nil
}

// Module answers a static import, by the same rule.
func (a *agent) Module(url string) (string, error) {
	source, err := a.ImportScript(url)
	var e *platform.Exception
	if errors.As(err, &e) {
		return "", exception("TypeError", "the module %s could not be loaded: %s", url, e.Message)
	}
	return source, err
}

// Caches answers every use of the caches.
func (a *agent) Caches() (*cachestorage.Storage, error) {
	if a.browser.options.Private {
		return nil, errPrivate
	}
	return a.origin.caches, nil
}

// Point asks the test what becomes of an operation.
func (a *agent) Point(operation, detail string) error {
	b := a.browser
	b.points++
	if b.options.Point == nil || a.worker == nil {
		return nil
	}
	p := Point{N: b.points, Worker: a.worker.scriptURL, State: a.worker.state, Operation: operation, Detail: detail}
	switch fault := b.options.Point(p); fault {
	case Proceed:
		return nil
	case Kill:
		b.note("fault", a.String(), "killed at %s %s", operation, detail)
		w := a.worker
		b.loop.Post(func() { w.stop("killed by the test") })
		return platform.ErrStop
	default:
		b.note("fault", a.String(), "%s fails: %s %s", fault, operation, detail)
		return fault.exception(operation)
	}
}

// Random fills b from the browser's seed.
func (a *agent) Random(p []byte) { _, _ = a.browser.random.Read(p) }

// Console takes a line of the console.
func (a *agent) Console(level, text string) {
	a.browser.note("console", a.String(), "%s: %s", level, text)
}

// Report takes what nobody caught.
func (a *agent) Report(kind string, err *platform.Exception) {
	if kind == "unhandledrejection" {
		a.browser.note("exception", a.String(), "unhandled rejection: %v", err)
		return
	}
	a.browser.note("exception", a.String(), "%v%s", err, at(err.Stack))
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
func (a *agent) Storage() (usage, quota int64) {
	return a.origin.caches.Usage() + a.origin.databases.Usage(), a.browser.options.Quota
}

// Crashed ends what a limit stopped.
func (a *agent) Crashed(err error) {
	a.browser.note("exception", a.String(), "stopped: %v", err)
	if a.worker != nil {
		w := a.worker
		w.realm = nil
		w.stop(fmt.Sprint(err))
	}
}
