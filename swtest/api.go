package swtest

// Registration is a worker's registration for a scope.
type Registration struct {
	browser *Browser
	reg     *registration
}

// Registrations are those of an origin, in the order in which they were made.
func (b *Browser) Registrations(origin string) []*Registration {
	var list []*Registration
	for _, r := range b.origin(origin).registrations {
		if !r.unregistered {
			list = append(list, &Registration{b, r})
		}
	}
	return list
}

// Scope is the URL below which the worker controls pages.
func (r *Registration) Scope() string { return r.reg.scope }

// Removed says whether the registration was unregistered.
func (r *Registration) Removed() bool {
	return r.reg.unregistered || r.reg.origin.byScope(r.reg.scope) != r.reg
}

// Installing is the worker that is being installed, nil when none is.
func (r *Registration) Installing() *Worker { return r.worker(r.reg.installing) }

// Waiting is the worker that waits for the active one's pages to close, nil
// when none does.
func (r *Registration) Waiting() *Worker { return r.worker(r.reg.waiting) }

// Active is the worker that answers, nil when there is none.
func (r *Registration) Active() *Worker { return r.worker(r.reg.active) }

func (r *Registration) worker(w *worker) *Worker {
	if w == nil {
		return nil
	}
	return &Worker{w}
}

// Update checks for a new version, as ServiceWorkerRegistration.update() does,
// and waits until the check has found one, whose installation has then begun,
// or none: Browser.Settle waits for the rest. The error is what update() rejects
// with, in Chromium's words: there is no registration any more, or the script
// could not be fetched or evaluated.
func (r *Registration) Update() error {
	got, err := await(r.browser, r.reg.scheduleUpdate(""))
	if err != nil {
		return err
	}
	return got.err
}

// Unregister removes the registration: at once for new pages, and with its
// workers once no page uses it. Registering meanwhile brings it back, as in
// Chromium. The error is an ErrStuck.
func (r *Registration) Unregister() error {
	_, err := await(r.browser, r.reg.scheduleUnregister())
	r.browser.Advance(0)
	return err
}

// Worker is a service worker.
type Worker struct{ w *worker }

// State is installing, installed, activating, activated or redundant.
func (w *Worker) State() string { return w.w.state }

// ScriptURL is where its script came from.
func (w *Worker) ScriptURL() string { return w.w.url }

// Source is the text of its script.
func (w *Worker) Source() string { return w.w.scripts[w.w.url] }

// Same says whether both are the same worker.
func (w *Worker) Same(other *Worker) bool { return other != nil && w.w == other.w }

// Running says whether its script is running; it starts with the next event.
func (w *Worker) Running() bool { return w.w.realm != nil }

// Stop kills the worker, as browsers do when they please: what it was doing
// is not finished, what it kept in variables is lost.
func (w *Worker) Stop() { w.w.stop("stopped by the test") }
