package browsertest

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/cdproto/serviceworker"
	"github.com/chromedp/cdproto/storage"
	"github.com/chromedp/cdproto/target"
	"github.com/chromedp/chromedp"
)

// workerTimeout is generous because Chromium's own timers are slow: 1.7 s for the first update() after a registration,
// a second to activate a worker that skips waiting, and more on a busy machine.
const workerTimeout = 20 * time.Second

// WorkerState is the registration that a page belongs to: the state of each of its workers, "" where there is none.
type WorkerState struct {
	Installing string `json:"installing"`
	Waiting    string `json:"waiting"`
	Active     string `json:"active"` // "activating" or "activated"
	Controlled bool   `json:"controlled"`
}

const workerStateJS = `(async () => {
	const r = await navigator.serviceWorker.getRegistration();
	const state = name => r && r[name] ? r[name].state : "";
	return {
		installing: state("installing"), waiting: state("waiting"), active: state("active"),
		controlled: navigator.serviceWorker.controller !== null,
	};
})()`

// WorkerState returns the state of the page's registration at this moment.
func (t *Tab) WorkerState() (WorkerState, error) {
	var s WorkerState
	err := t.Eval(workerStateJS, &s)
	return s, err
}

// WaitActivated waits until the page's registration has an activated worker and no newer one on the way. It doesn't
// wait until that worker controls the page. Not controllerchange: that comes while a worker still activates, before it
// has purged its predecessor's caches.
func (t *Tab) WaitActivated() error {
	return t.waitState("an activated worker and no other", func(s WorkerState) bool {
		return s.Active == "activated" && s.Installing == "" && s.Waiting == ""
	})
}

// WaitWorkerSettled waits until the page's origin has had a worker and none is installing or activating any more: it
// may have been activated, wait for the page to go, or have failed to install.
func (t *Tab) WaitWorkerSettled() error {
	var origin string
	if err := t.Eval("location.origin", &origin); err != nil {
		return err
	}
	return t.waitState("the workers to settle", func(s WorkerState) bool {
		return s.Installing == "" && s.Active != "activating" && t.browser.settled(origin)
	})
}

func (t *Tab) waitState(what string, ok func(WorkerState) bool) error {
	return t.poll(what, workerTimeout, func(left time.Duration) (bool, string) {
		value, err := t.evaluate(workerStateJS, left)
		if err != nil {
			return false, err.Error()
		}
		var s WorkerState
		if err := json.Unmarshal(value.Value, &s); err != nil {
			return false, err.Error()
		}
		return ok(s), fmt.Sprintf("%+v", s)
	})
}

// Update looks for a new version of the page's worker. When it returns, a new version has been found and evaluated, or
// there is none; wait for its installation with WaitActivated or WaitWorkerSettled.
func (t *Tab) Update() error {
	return t.Eval(`navigator.serviceWorker.getRegistration().then(r => {
		if (!r) throw new Error("no registration for " + location);
		return r.update().then(() => {});
	})`, nil)
}

// CacheKeys returns the URLs in each cache of the page's origin, sorted, because engines differ in the order.
func (t *Tab) CacheKeys() (map[string][]string, error) {
	caches := map[string][]string{}
	err := t.Eval(`(async () => {
		const all = {};
		for (const name of await caches.keys())
			all[name] = (await (await caches.open(name)).keys()).map(request => request.url);
		return all;
	})()`, &caches)
	for _, urls := range caches {
		slices.Sort(urls)
	}
	return caches, err
}

// CacheUsage returns the bytes that the caches of the page's origin take, as Chromium counts them.
func (t *Tab) CacheUsage() (int64, error) {
	var n int64
	err := t.Eval(`navigator.storage.estimate().then(e => e.usageDetails?.caches ?? 0)`, &n)
	return n, err
}

// LimitStorage sets how many bytes the page's origin may store; 0 is Chromium's own limit again.
func (t *Tab) LimitStorage(bytes float64) error {
	var origin string
	if err := t.Eval("location.origin", &origin); err != nil {
		return err
	}
	params := storage.OverrideQuotaForOriginParams{Origin: origin}
	if bytes > 0 {
		params.QuotaSize = &bytes
	}
	_, err := chromedp.Call(t.ctx, storage.OverrideQuotaForOrigin, params)
	return err
}

// StopWorkers stops every worker of every origin, as Chromium does when they are idle: the next request starts one
// anew. Tests that share the browser and run in parallel stop each other's.
func (b *Browser) StopWorkers() error {
	ctx, cancel := context.WithTimeout(b.ctx, workerTimeout)
	defer cancel()
	for {
		if _, err := chromedp.Call(ctx, serviceworker.StopAllWorkers, cdp.Empty{}); err != nil {
			return fmt.Errorf("browsertest: stop the workers: %w", err)
		}
		// A late request, as a page's for its icon, starts a worker again: then it has to be stopped once more.
		again := time.After(500 * time.Millisecond)
		for waiting := true; waiting; {
			b.mu.Lock()
			running, changed := b.running(), b.changed
			b.mu.Unlock()
			if len(running) == 0 {
				return nil
			}
			select {
			case <-changed:
			case <-again:
				waiting = false
			case <-ctx.Done():
				return fmt.Errorf("browsertest: stop the workers: still running: %v", running)
			}
		}
	}
}

// WorkerErrors returns the uncaught exceptions and console errors of all workers so far, each distinct one once, with
// everything else that they wrote if Options.WorkerConsole is set. Those of one origin are told by their URL. They may
// come a moment later than what the worker answers.
func (b *Browser) WorkerErrors() []Message {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.Clone(b.workerErrors)
}

func (b *Browser) workerEvent(ev any) {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch ev := ev.(type) {
	case *serviceworker.EventWorkerErrorReported:
		e := ev.ErrorMessage
		m := Message{Kind: "worker", Text: e.ErrorMessage, URL: e.SourceURL, Line: max(0, int(e.LineNumber))}
		if v := b.versions[e.VersionID]; v != nil && m.URL == "" {
			m.URL = v.ScriptURL // what the browser says about a worker has no source
		}
		// An uncaught exception is reported twice, as such and as a line of the console.
		if !slices.Contains(b.workerErrors, m) {
			b.workerErrors = append(b.workerErrors, m)
		}
	case *serviceworker.EventWorkerVersionUpdated:
		for _, v := range ev.Versions {
			b.versions[v.VersionID] = v
		}
		close(b.changed)
		b.changed = make(chan struct{})
	}
}

func (b *Browser) settled(origin string) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	seen := false
	for _, v := range b.versions {
		if !strings.HasPrefix(v.ScriptURL, origin+"/") {
			continue
		}
		seen = true
		switch v.Status {
		case serviceworker.VersionStatusNew, serviceworker.VersionStatusInstalling, serviceworker.VersionStatusActivating:
			return false
		}
	}
	return seen
}

func (b *Browser) running() []string {
	var scripts []string
	for _, id := range slices.Sorted(maps.Keys(b.versions)) {
		if v := b.versions[id]; v.RunningStatus != serviceworker.VersionRunningStatusStopped {
			scripts = append(scripts, v.ScriptURL)
		}
	}
	return scripts
}

// listenToWorker attaches to a worker that has just started. What it wrote before comes too: the engine keeps it and
// tells it when the Runtime domain is enabled, which chromedp does before anyone can listen, hence once more here.
func (b *Browser) listenToWorker(info *target.Info) {
	ctx, _ := chromedp.NewContext(b.ctx, chromedp.WithTargetID(info.TargetID), chromedp.WithDetachOnCancel())
	if _, err := chromedp.Call(ctx, runtime.Disable, cdp.Empty{}); err != nil {
		return // it has ended already
	}
	err := chromedp.Listen(ctx, func(ev any) {
		// Exceptions come as worker errors anyway.
		if ev, ok := ev.(*runtime.EventConsoleAPICalled); ok && ev.Type != runtime.ConsoleAPICalledTypeError {
			m, _ := consoleMessage(ev)
			b.mu.Lock()
			defer b.mu.Unlock()
			b.workerErrors = append(b.workerErrors, m)
		}
	})
	if err == nil {
		chromedp.Call(ctx, runtime.Enable, cdp.Empty{})
	}
}
