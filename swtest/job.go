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

// registerOptions are the arguments of register(), parsed.
type registerOptions struct {
	ScriptURL      string  `json:"scriptURL"`
	Scope          *string `json:"scope"`
	Type           string  `json:"type"`
	UpdateViaCache string  `json:"updateViaCache"`
}

// register is Start Register and the Register job.
func (c *client) register(o registerOptions) *eventloop.Future[registered] {
	b := c.browser
	fail := func(name, format string, args ...any) *eventloop.Future[registered] {
		e := exception(name, format, args...)
		b.note("warning", c.String(), "%v", e)
		refused := eventloop.NewFuture[registered](b.loop)
		refused.Resolve(registered{err: e})
		return refused
	}
	source, err := weburl.Parse(o.ScriptURL, c.url)
	if err != nil {
		return fail("TypeError", "Failed to register a ServiceWorker: the script URL %q cannot be parsed", o.ScriptURL)
	}
	scopeText := "./"
	base := source.Href
	if o.Scope != nil {
		scopeText, base = *o.Scope, c.url
	}
	scope, err := weburl.Parse(scopeText, base)
	if err != nil {
		return fail("TypeError", "Failed to register a ServiceWorker: the scope %q cannot be parsed", scopeText)
	}
	scope = scope.Set("hash", "")
	switch {
	case !isHTTP(source) || !isHTTP(scope):
		return fail("TypeError", "Failed to register a ServiceWorker: The URL protocol of the script ('%s') or of the scope ('%s') is not supported.", source.Href, scope.Href)
	case escaped.MatchString(source.Pathname) || escaped.MatchString(scope.Pathname):
		return fail("TypeError", "Failed to register a ServiceWorker: The provided scope ('%s') or scriptURL ('%s') includes a disallowed escape character.", scope.Href, source.Href)
	case !weburl.PotentiallyTrustworthy(c.url):
		return fail("SecurityError", "Failed to register a ServiceWorker: the page at %s is not served over https (or from localhost)", c.url)
	case source.Origin != c.origin.name:
		return fail("SecurityError", "Failed to register a ServiceWorker: The origin of the provided scriptURL ('%s') does not match the current origin ('%s').", source.Origin, c.origin.name)
	case scope.Origin != c.origin.name:
		return fail("SecurityError", "Failed to register a ServiceWorker: The origin of the provided scope ('%s') does not match the current origin ('%s').", scope.Origin, c.origin.name)
	}
	updateViaCache := cmp.Or(o.UpdateViaCache, "imports")
	wanted := script{source.Href, o.Type == "module"}
	key := jobKey{"register", wanted, updateViaCache}
	return c.origin.schedule(scope.Href, &job{key: key, steps: func(co *eventloop.Co, promise *eventloop.Future[registered]) {
		reg := c.origin.byScope(scope.Href)
		if reg != nil {
			reg.unregistered = false
			if newest := reg.newest(); newest != nil && newest.script == wanted && reg.updateViaCache == updateViaCache {
				promise.Resolve(registered{reg: reg})
				return
			}
			reg.updateViaCache = updateViaCache
		} else {
			reg = c.origin.setRegistration(scope.Href, updateViaCache)
		}
		reg.update(co, updateJob{script: wanted, register: true, from: c.url, promise: promise})
	}})
}

// escaped are slashes that a path may not hide.
var escaped = regexp.MustCompile(`(?i)%(2f|5c)`)

func isHTTP(u weburl.URL) bool { return u.Protocol == "https:" || u.Protocol == "http:" }

// updateJob is what the Update algorithm is asked to do.
type updateJob struct {
	script
	register bool   // else it is an update check
	from     string // the URL of who asks
	promise  *eventloop.Future[registered]
}

// scheduleUpdate queues an update check; from is the URL of the page or worker
// that asks, "" when the browser checks by itself.
func (r *registration) scheduleUpdate(from string) *eventloop.Future[registered] {
	key := jobKey{kind: "update", updateViaCache: r.updateViaCache}
	if newest := r.newest(); newest != nil {
		key.script = newest.script
	}
	return r.origin.schedule(r.scope, &job{key: key, steps: func(co *eventloop.Co, promise *eventloop.Future[registered]) {
		newest := r.newest()
		if newest == nil || r.origin.byScope(r.scope) != r {
			promise.Resolve(registered{err: exception("TypeError", "Failed to update a ServiceWorker for scope ('%s'): it was unregistered", r.scope)})
			return
		}
		r.update(co, updateJob{script: newest.script, from: cmp.Or(from, newest.url), promise: promise})
	}})
}

// scheduleUnregister queues the removal of the registration.
func (r *registration) scheduleUnregister() *eventloop.Future[registered] {
	return r.origin.schedule(r.scope, &job{key: jobKey{kind: "unregister"}, steps: func(_ *eventloop.Co, promise *eventloop.Future[registered]) {
		r.unregister()
		promise.Resolve(registered{reg: r})
	}})
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
		return exception(name, "Failed to %s a ServiceWorker for scope ('%s') with script ('%s'): %s", verb, r.scope, job.url, fmt.Sprintf(format, args...))
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
		reg: r, script: job.script, state: "parsed", importCache: importCache,
		scripts: map[string]string{job.url: source}, ready: eventloop.NewFuture[struct{}](b.loop),
	}
	if newest != nil && newest.script == job.script &&
		source == newest.scripts[newest.url] && !w.importsDiffer(co, newest, job.from) {
		job.promise.Resolve(registered{reg: r})
		r.changed()
		return
	}
	w.id, r.evaluating = b.id(), w
	thrown := eventloop.Await(co, w.start())
	r.evaluating = nil
	if thrown != nil {
		fail(failed("TypeError", "ServiceWorker script evaluation failed: %v", thrown))
		return
	}
	r.install(co, w, job.promise)
}

// fetchScript fetches the main script and checks what a worker's script must
// be. from is who answered.
func (r *registration) fetchScript(co *eventloop.Co, job updateJob, cache string, failed failure) (source, from string, e *platform.Exception) {
	q := &fetch.Request{
		Method: "GET", URL: job.url, Mode: "same-origin", Credentials: "same-origin", Cache: cache, Redirect: "manual",
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
	if e := r.allowed(job.url, p, failed); e != nil {
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
	r.browser().loop.Post(func() { r.origin.tell("updatefound", r.id) }) // after the promise
	co.Sleep(0)                                                          // until everybody has seen it
	ok := w.fireInstall(co)
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

// fireInstall says whether the installation has succeeded.
func (w *worker) fireInstall(co *eventloop.Co) bool {
	over := eventloop.NewFuture[outcome](co.Loop())
	if w.handles("install") {
		over = w.fire("install").over
	} else {
		over.Resolve(outcome{ok: true})
	}
	for _, post := range w.early {
		post()
	}
	w.early = nil
	return eventloop.Await(co, over).ok
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
