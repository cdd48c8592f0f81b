package swtest

import (
	"cmp"
	"fmt"
	"regexp"
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
		e := exception(name, format, args...)
		b.note("warning", c.String(), "%v", e)
		promise.Resolve(registered{err: e})
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
	case !isHTTP(script) || !isHTTP(scope):
		return fail("TypeError", "Failed to register a ServiceWorker: The URL protocol of the script ('%s') or of the scope ('%s') is not supported.", script.Href, scope.Href)
	case escaped.MatchString(script.Pathname) || escaped.MatchString(scope.Pathname):
		return fail("TypeError", "Failed to register a ServiceWorker: The provided scope ('%s') or scriptURL ('%s') includes a disallowed escape character.", scope.Href, script.Href)
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
			reg.unregistered = false
			if newest != nil && newest.scriptURL == script.Href && newest.module == module && reg.updateViaCache == updateViaCache {
				promise.Resolve(registered{reg: reg})
				return
			}
			reg.updateViaCache = updateViaCache
		} else {
			reg = c.origin.setRegistration(scope.Href, updateViaCache)
		}
		reg.update(co, updateJob{script: script.Href, module: module, register: true, from: c.url, promise: promise})
	})
	return promise
}

// escaped are slashes that a path may not hide.
var escaped = regexp.MustCompile(`(?i)%(2f|5c)`)

func isHTTP(u weburl.URL) bool { return u.Protocol == "https:" || u.Protocol == "http:" }

// updateJob is what the Update algorithm is asked to do.
type updateJob struct {
	script   string
	module   bool
	register bool   // else it is an update check
	from     string // the URL of who asks
	promise  *eventloop.Future[registered]
}

// scheduleUpdate queues an update check; from is the URL of the page or worker
// that asks, "" when the browser checks by itself.
func (r *registration) scheduleUpdate(from string) *eventloop.Future[registered] {
	promise := eventloop.NewFuture[registered](r.browser().loop)
	r.origin.schedule(r.scope, func(co *eventloop.Co) {
		newest := r.newest()
		if newest == nil || r.origin.byScope(r.scope) != r {
			promise.Resolve(registered{err: exception("TypeError", "Failed to update a ServiceWorker for scope ('%s'): it was unregistered", r.scope)})
			return
		}
		r.update(co, updateJob{script: newest.scriptURL, module: newest.module, from: cmp.Or(from, newest.scriptURL), promise: promise})
	})
	return promise
}

// updateIfStale is the check that follows an event when the last one was more
// than a day ago.
func (r *registration) updateIfStale() {
	if r.browser().Now().Sub(r.lastCheck) > stale {
		r.softUpdate()
	}
}

// update is the Update algorithm.
func (r *registration) update(co *eventloop.Co, job updateJob) {
	b := r.browser()
	newest := r.newest()
	fail := func(e *platform.Exception) {
		b.note("warning", r.scope, "%v", e)
		job.promise.Resolve(registered{err: e})
		if newest == nil {
			r.clear()
		}
	}
	verb := "update"
	if job.register {
		verb = "register"
	}
	failed := func(name, format string, args ...any) *platform.Exception {
		return exception(name, "Failed to %s a ServiceWorker for scope ('%s') with script ('%s'): %s", verb, r.scope, job.script, fmt.Sprintf(format, args...))
	}
	old := r.lastCheck.IsZero() || b.Now().Sub(r.lastCheck) > stale
	cache := "default"
	if r.updateViaCache != "all" || old {
		cache = "no-cache"
	}
	source, used, err := r.fetchScript(co, job, cache, failed)
	if err != nil {
		fail(err)
		return
	}
	if used != "http cache" {
		r.lastCheck = b.Now()
	}
	importCache := "default"
	if r.updateViaCache == "none" || old {
		importCache = "no-cache"
	}
	w := &worker{
		reg: r, scriptURL: job.script, module: job.module, state: "parsed", importCache: importCache,
		scripts: map[string]string{job.script: source}, ready: eventloop.NewFuture[struct{}](b.loop),
	}
	if newest != nil && newest.scriptURL == job.script && newest.module == job.module &&
		source == newest.scripts[newest.scriptURL] && !w.importsDiffer(co, newest, job.from) {
		job.promise.Resolve(registered{reg: r})
		r.changed()
		return
	}
	w.id = b.id()
	if err := eventloop.Await(co, w.start()); err != nil {
		fail(failed("TypeError", "ServiceWorker script evaluation failed: %v", err))
		return
	}
	r.install(co, w, job.promise)
}

// fetchScript fetches the main script and checks what a worker's script must
// be. from is who answered.
func (r *registration) fetchScript(co *eventloop.Co, job updateJob, cache string, failed failure) (source, from string, e *platform.Exception) {
	q := &fetch.Request{
		Method: "GET", URL: job.script, Mode: "same-origin", Credentials: "same-origin", Cache: cache, Redirect: "manual",
		Referrer: "client", Destination: "serviceworker", Origin: r.origin.name, ClientURL: job.from, SkipServiceWorker: true,
		Headers: fetch.Headers{{Name: "Service-Worker", Value: "script"}},
	}
	p := r.browser().fetcher.Fetch(co, q)
	contentType, _ := p.Headers.Get("content-type")
	switch {
	case p.IsError():
		return "", "", failed("TypeError", "An unknown error occurred when fetching the script. (%s)", p.Reason)
	case p.Type == "opaqueredirect" && !job.register:
		return "", "", failed("TypeError", "An unknown error occurred when fetching the script. (it is behind a redirect)")
	case p.Type == "opaqueredirect":
		return "", "", failed("SecurityError", "The script resource is behind a redirect, which is disallowed.")
	case p.Status < 200 || p.Status > 299:
		return "", "", failed("TypeError", "A bad HTTP response code (%d) was received when fetching the script.", p.Status)
	case !javaScriptType(contentType):
		return "", "", failed("SecurityError", "The script has an unsupported MIME type ('%s').", essence(contentType))
	}
	if e := r.allowed(job.script, p, failed); e != nil {
		return "", "", e
	}
	text, err := readAll(co, p)
	if err != nil {
		return "", "", failed("TypeError", "An unknown error occurred when fetching the script. (%v)", err)
	}
	return text, p.Source, nil
}

// failure makes the exception with which a job ends.
type failure func(name, format string, args ...any) *platform.Exception

// allowed checks the scope against the directory of the script, or what the
// header Service-Worker-Allowed says instead.
func (r *registration) allowed(script string, p *fetch.Response, failed failure) *platform.Exception {
	limit := "./"
	if header, ok := p.Headers.Get("service-worker-allowed"); ok {
		limit = header
	}
	u, err := weburl.Parse(limit, script)
	if err != nil || u.Origin != r.origin.name {
		return failed("SecurityError", "The Service-Worker-Allowed header %q is not a path of this origin.", limit)
	}
	scope, err := weburl.Parse(r.scope, "")
	if err != nil || !strings.HasPrefix(scope.Pathname, u.Pathname) {
		return failed("SecurityError", "The path of the provided scope ('%s') is not under the max scope allowed ('%s'). Adjust the scope, move the Service Worker script, or use the Service-Worker-Allowed HTTP header to allow the scope.", scope.Pathname, u.Pathname)
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

// importsDiffer fetches what another version of the worker imported again and
// compares, up to the first difference, which w then does not fetch again.
// What cannot be fetched counts as unchanged.
func (w *worker) importsDiffer(co *eventloop.Co, other *worker, from string) bool {
	for _, url := range other.order {
		q := w.importRequest(url)
		q.Origin, q.ClientURL, q.SkipServiceWorker = w.reg.origin.name, from, true
		source, reason := w.browser().fetchImport(co, q)
		if reason != "" {
			other.note("refused", "comparing the imported %s: %s", url, reason)
		} else if source != other.scripts[url] {
			w.fetched = map[string]string{url: source}
			return true
		}
	}
	return false
}

// importRequest is how a service worker asks for a script that it imports.
func (w *worker) importRequest(url string) *fetch.Request {
	q := &fetch.Request{URL: url, Mode: "no-cors", Credentials: "include", Destination: "script", Cache: w.importCache}
	if w.module {
		q.Mode, q.Credentials, q.Destination = "cors", "same-origin", "serviceworker"
	}
	if w.state == "installing" && w.reg.updateViaCache != "none" {
		q.Cache = "default" // the check is over, so that nothing is old any more
	}
	return q
}

// fetchImport fetches a script that a worker imports, or says why it cannot.
func (b *Browser) fetchImport(co *eventloop.Co, q *fetch.Request) (source, reason string) {
	q.Method, q.Redirect, q.Referrer = "GET", "follow", "client"
	p := b.fetcher.Fetch(co, q)
	inner := p.Unfiltered()
	contentType, _ := inner.Headers.Get("content-type")
	switch {
	case p.IsError():
		return "", p.Reason
	case inner.Status < 200 || inner.Status > 299:
		return "", fmt.Sprintf("status %d", inner.Status)
	case !javaScriptType(contentType):
		return "", fmt.Sprintf("the MIME type %q is not JavaScript's", essence(contentType))
	}
	source, err := readAll(co, inner)
	if err != nil {
		return "", err.Error()
	}
	return source, ""
}

// install is the Install algorithm.
func (r *registration) install(co *eventloop.Co, w *worker, promise *eventloop.Future[registered]) {
	r.installing = w
	r.changed()
	w.setState("installing")
	promise.Resolve(registered{reg: r})
	r.origin.tell("updatefound", r.id)
	co.Sleep(0) // until everybody has seen it
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
	r.changed()
	w.setState("installed")
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
