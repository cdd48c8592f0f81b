package swtest

import (
	"strings"

	"github.com/swgen/swgen/internal/eventloop"
	"github.com/swgen/swgen/internal/fetch"
	"github.com/swgen/swgen/internal/platform"
	"github.com/swgen/swgen/internal/weburl"
)

// jobQueue runs the jobs of one scope one after another (Service Workers,
// Jobs and Job Queues).
type jobQueue struct {
	jobs    []func(co *eventloop.Co)
	running bool
}

// schedule queues a job and lets Settle wait for it.
func (o *origin) schedule(scope string, job func(co *eventloop.Co)) {
	q := o.jobs[scope]
	if q == nil {
		q = &jobQueue{}
		o.jobs[scope] = q
	}
	q.jobs = append(q.jobs, job)
	if q.running {
		return
	}
	q.running = true
	o.browser.begin(func(co *eventloop.Co) {
		for len(q.jobs) > 0 {
			job := q.jobs[0]
			q.jobs = q.jobs[1:]
			job(co)
		}
		q.running = false
	})
}

// registerOptions are the arguments of register(), parsed.
type registerOptions struct {
	ScriptURL      string  `json:"scriptURL"`
	Scope          *string `json:"scope"`
	Type           string  `json:"type"`
	UpdateViaCache string  `json:"updateViaCache"`
}

// registered is how a job ends for the promise that waits for it.
type registered struct {
	reg *registration
	err *platform.Exception
}

// register is Start Register and the Register job.
func (c *client) register(o registerOptions) *eventloop.Future[registered] {
	b := c.browser
	promise := eventloop.NewFuture[registered](b.loop)
	fail := func(name, format string, args ...any) *eventloop.Future[registered] {
		promise.Resolve(registered{err: exception(name, format, args...)})
		return promise
	}
	script, err := weburl.Parse(o.ScriptURL, c.url)
	if err != nil {
		return fail("TypeError", "Failed to register a ServiceWorker: the script URL %q cannot be parsed", o.ScriptURL)
	}
	scopeText := "./"
	base := script.Href
	if o.Scope != nil {
		scopeText, base = *o.Scope, c.url
	}
	scope, err := weburl.Parse(scopeText, base)
	if err != nil {
		return fail("TypeError", "Failed to register a ServiceWorker: the scope %q cannot be parsed", scopeText)
	}
	scope = scope.Set("hash", "")
	switch {
	case !weburl.PotentiallyTrustworthy(c.url):
		return fail("SecurityError", "Failed to register a ServiceWorker: the page at %s is not served over https (or from localhost)", c.url)
	case script.Origin != c.origin.name:
		return fail("SecurityError", "Failed to register a ServiceWorker: The origin of the provided scriptURL ('%s') does not match the current origin ('%s').", script.Origin, c.origin.name)
	case scope.Origin != c.origin.name:
		return fail("SecurityError", "Failed to register a ServiceWorker: The origin of the provided scope ('%s') does not match the current origin ('%s').", scope.Origin, c.origin.name)
	}
	module := o.Type == "module"
	updateViaCache := o.UpdateViaCache
	if updateViaCache == "" {
		updateViaCache = "imports"
	}
	c.origin.schedule(scope.Href, func(co *eventloop.Co) {
		reg := c.origin.byScope(scope.Href)
		if reg != nil {
			newest := reg.newest()
			if newest != nil && newest.scriptURL == script.Href && newest.module == module && reg.updateViaCache == updateViaCache {
				reg.unregistered = false
				promise.Resolve(registered{reg: reg})
				return
			}
			reg.unregistered = false
			reg.updateViaCache = updateViaCache
		} else {
			reg = c.origin.setRegistration(scope.Href, updateViaCache)
		}
		reg.update(co, updateJob{script: script.Href, module: module, client: c, force: true, promise: promise})
	})
	return promise
}

// updateJob is what the Update algorithm is asked to do.
type updateJob struct {
	script  string
	module  bool
	client  *client // nil: the browser checks by itself
	force   bool    // register with another script: no comparison with the old one's bytes makes it nothing
	promise *eventloop.Future[registered]
}

// scheduleUpdate queues an update check.
func (r *registration) scheduleUpdate() *eventloop.Future[registered] {
	promise := eventloop.NewFuture[registered](r.browser().loop)
	r.origin.schedule(r.scope, func(co *eventloop.Co) {
		newest := r.newest()
		if newest == nil || r.origin.byScope(r.scope) != r {
			promise.Resolve(registered{err: exception("TypeError", "Failed to update a ServiceWorker for scope ('%s'): it was unregistered", r.scope)})
			return
		}
		r.update(co, updateJob{script: newest.scriptURL, module: newest.module, promise: promise})
	})
	return promise
}

// updateIfStale is the check that follows a functional event when the last
// one was more than a day ago.
func (r *registration) updateIfStale() {
	if r.browser().Now().Sub(r.lastCheck) > stale {
		r.scheduleUpdate()
	}
}

// update is the Update algorithm.
func (r *registration) update(co *eventloop.Co, job updateJob) {
	b := r.browser()
	newest := r.newest()
	fail := func(e *platform.Exception) {
		b.note("warning", r.scope, "no update: %s", e.Message)
		job.promise.Resolve(registered{err: e})
		if newest == nil {
			r.clear()
		}
	}
	cache := "default"
	if r.updateViaCache != "all" || r.lastCheck.IsZero() || b.Now().Sub(r.lastCheck) > stale {
		cache = "no-cache"
	}
	source, used, err := r.fetchScript(co, job, cache)
	if err != nil {
		fail(err)
		return
	}
	if used != "http cache" {
		r.lastCheck = b.Now()
	}
	if newest != nil && newest.scriptURL == job.script && newest.module == job.module &&
		source == newest.scripts[newest.scriptURL] && !r.importsChanged(co, newest) {
		job.promise.Resolve(registered{reg: r})
		r.changed()
		return
	}
	w := &worker{
		id: b.id(), reg: r, scriptURL: job.script, module: job.module, state: "parsed",
		scripts: map[string]string{job.script: source}, ready: eventloop.NewFuture[struct{}](b.loop),
	}
	if err := eventloop.Await(co, w.start()); err != nil {
		fail(exception("TypeError", "Failed to register a ServiceWorker for scope ('%s') with script ('%s'): ServiceWorker script evaluation failed: %v", r.scope, job.script, err))
		return
	}
	r.install(co, w, job.promise)
}

// fetchScript fetches the main script and checks what a worker's script must
// be.
func (r *registration) fetchScript(co *eventloop.Co, job updateJob, cache string) (source, from string, e *platform.Exception) {
	prefix := "Failed to register a ServiceWorker for scope ('" + r.scope + "') with script ('" + job.script + "'): "
	q := &fetch.Request{
		Method: "GET", URL: job.script, Mode: "same-origin", Credentials: "same-origin", Cache: cache, Redirect: "error",
		Referrer: "client", Destination: "serviceworker", Origin: r.origin.name, ClientURL: job.script, SkipServiceWorker: true,
		Headers: fetch.Headers{{Name: "Service-Worker", Value: "script"}},
	}
	if job.client != nil {
		q.ClientURL = job.client.url
	}
	p := r.browser().fetcher.Fetch(co, q)
	if p.IsError() {
		return "", "", exception("TypeError", "%sAn unknown error occurred when fetching the script. (%s)", prefix, p.Reason)
	}
	if p.Status < 200 || p.Status > 299 {
		return "", "", exception("TypeError", "%sA bad HTTP response code (%d) was received when fetching the script.", prefix, p.Status)
	}
	contentType, _ := p.Headers.Get("content-type")
	if !javaScriptType(contentType) {
		return "", "", exception("SecurityError", "%sThe script has an unsupported MIME type ('%s').", prefix, essence(contentType))
	}
	if e := r.allowed(job.script, p); e != nil {
		e.Message = prefix + e.Message
		return "", "", e
	}
	text, err := readAll(co, p)
	if err != nil {
		return "", "", exception("TypeError", "%sAn unknown error occurred when fetching the script. (%v)", prefix, err)
	}
	return text, p.Source, nil
}

// allowed checks the scope against the directory of the script, or what the
// header Service-Worker-Allowed says instead.
func (r *registration) allowed(script string, p *fetch.Response) *platform.Exception {
	limit := "./"
	if header, ok := p.Headers.Get("service-worker-allowed"); ok {
		limit = header
	}
	u, err := weburl.Parse(limit, script)
	if err != nil || u.Origin != r.origin.name {
		return exception("SecurityError", "The Service-Worker-Allowed header %q is not a path of this origin.", limit)
	}
	scope, err := weburl.Parse(r.scope, "")
	if err != nil || !strings.HasPrefix(scope.Pathname, u.Pathname) {
		return exception("SecurityError", "The path of the provided scope ('%s') is not under the max scope allowed ('%s'). Adjust the scope, move the Service Worker script, or use the Service-Worker-Allowed HTTP header to allow the scope.", scope.Pathname, u.Pathname)
	}
	return nil
}

func readAll(co *eventloop.Co, p *fetch.Response) (string, error) {
	if p.Body == nil {
		return "", nil
	}
	type read struct {
		all []byte
		err error
	}
	f := eventloop.NewFuture[read](co.Loop())
	p.Body.ReadAll(func(all []byte, err error) { f.Resolve(read{all, err}) })
	got := eventloop.Await(co, f)
	return strings.TrimPrefix(string(got.all), "\uFEFF"), got.err
}

// importsChanged fetches what the newest worker imported again and compares.
func (r *registration) importsChanged(co *eventloop.Co, newest *worker) bool {
	for _, url := range newest.order {
		cache := "default"
		if r.updateViaCache == "none" || r.browser().Now().Sub(r.lastCheck) > stale {
			cache = "no-cache"
		}
		source, err := newest.fetchImport(co, url, cache)
		if err == nil && source != newest.scripts[url] {
			return true
		}
	}
	return false
}

// fetchImport fetches a script that a worker imports.
func (w *worker) fetchImport(co *eventloop.Co, url, cache string) (string, *platform.Exception) {
	q := &fetch.Request{
		Method: "GET", URL: url, Mode: "no-cors", Credentials: "include", Cache: cache, Redirect: "follow",
		Referrer: "client", Destination: "script", Origin: w.reg.origin.name, ClientURL: w.scriptURL, SkipServiceWorker: true,
	}
	if w.module {
		q.Mode, q.Credentials = "cors", "same-origin"
	}
	p := w.browser().fetcher.Fetch(co, q)
	inner := p.Unfiltered()
	if p.IsError() {
		return "", exception("NetworkError", "Failed to execute 'importScripts' on 'WorkerGlobalScope': The script at '%s' failed to load. (%s)", url, p.Reason)
	}
	if inner.Status < 200 || inner.Status > 299 {
		return "", exception("NetworkError", "Failed to execute 'importScripts' on 'WorkerGlobalScope': The script at '%s' failed to load: status %d.", url, inner.Status)
	}
	if contentType, _ := inner.Headers.Get("content-type"); !javaScriptType(contentType) {
		return "", exception("NetworkError", "Failed to execute 'importScripts' on 'WorkerGlobalScope': The script at '%s' failed to load: its MIME type %q is not JavaScript's.", url, essence(contentType))
	}
	text, err := readAll(co, inner)
	if err != nil {
		return "", exception("NetworkError", "Failed to execute 'importScripts' on 'WorkerGlobalScope': The script at '%s' failed to load: %v.", url, err)
	}
	return text, nil
}

// install is the Install algorithm.
func (r *registration) install(co *eventloop.Co, w *worker, promise *eventloop.Future[registered]) {
	r.installing = w
	r.changed()
	w.setState("installing")
	promise.Resolve(registered{reg: r})
	r.origin.tell("updatefound", r.id)
	ok := true
	if w.handles("install") {
		ok = eventloop.Await(co, w.fire("install").over).ok
	}
	if !ok || r.installing != w {
		w.stop("its installation failed")
		if r.installing == w {
			r.installing = nil
		}
		r.changed()
		w.setState("redundant")
		if r.newest() == nil {
			r.clear()
		}
		return
	}
	w.installed = true
	if old := r.waiting; old != nil {
		old.stop("a newer version waits")
		old.setState("redundant")
	}
	r.installing, r.waiting = nil, w
	w.setState("installed")
	r.changed()
	r.tryActivate()
}

// javaScriptType says whether a Content-Type is a JavaScript MIME type.
func javaScriptType(contentType string) bool {
	switch essence(contentType) {
	case "application/ecmascript", "application/javascript", "application/x-ecmascript", "application/x-javascript",
		"text/ecmascript", "text/javascript", "text/javascript1.0", "text/javascript1.1", "text/javascript1.2",
		"text/javascript1.3", "text/javascript1.4", "text/javascript1.5", "text/jscript", "text/livescript",
		"text/x-ecmascript", "text/x-javascript":
		return true
	}
	return false
}

func essence(contentType string) string {
	t, _, _ := strings.Cut(contentType, ";")
	return strings.ToLower(strings.TrimSpace(t))
}
