package browsertest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/css"
	"github.com/chromedp/cdproto/dom"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/cdproto/target"
	"github.com/chromedp/chromedp"
)

// Tab is one page of a Browser.
type Tab struct {
	browser *Browser
	ctx     context.Context
	cancel  context.CancelFunc
	record  record
}

const (
	loadTimeout = 30 * time.Second
	evalTimeout = 30 * time.Second
	pollEvery   = 20 * time.Millisecond

	pendingTimeout = 5 * time.Second
)

func (t *Tab) attach() error {
	t.record.init()
	if err := chromedp.Listen(t.ctx, t.record.event); err != nil {
		return err
	}
	t.record.setFrame(cdp.FrameID(chromedp.FromContext(t.ctx).Target.TargetID))
	// chromedp attaches to every worker of a page, which keeps it from being stopped, and mirrors every DOM, which costs
	// time; neither is used here.
	if _, err := chromedp.Call(t.ctx, target.SetAutoAttach, target.SetAutoAttachParams{Flatten: ptr(true)}); err != nil {
		return err
	}
	if _, err := chromedp.Call(t.ctx, css.Disable, cdp.Empty{}); err != nil {
		return err
	}
	_, err := chromedp.Call(t.ctx, dom.Disable, cdp.Empty{})
	return err
}

// Close closes the tab.
func (t *Tab) Close() { t.cancel() }

// Navigate goes to a URL and waits for the page's load event. A page that can't be had is an error; one with status 404
// is not.
func (t *Tab) Navigate(url string) error {
	return t.load("navigate to "+url, func(ctx context.Context) (cdp.LoaderID, error) {
		res, err := chromedp.Call(ctx, page.Navigate, page.NavigateParams{URL: url})
		if err == nil && res.ErrorText != "" {
			err = errors.New(res.ErrorText)
		}
		return res.LoaderID, err
	})
}

// Reload loads the page again, as a user does, and waits for its load event.
func (t *Tab) Reload() error {
	before := t.record.navigations()
	return t.load("reload", func(ctx context.Context) (cdp.LoaderID, error) {
		if _, err := chromedp.Call(ctx, page.Reload, page.ReloadParams{}); err != nil {
			return "", err
		}
		return t.record.navigationAfter(ctx, before)
	})
}

// load runs a navigation and waits until its document, or the one that has replaced it since, is loaded. No loader
// means that the document stays, as when only the fragment changes.
func (t *Tab) load(what string, start func(context.Context) (cdp.LoaderID, error)) error {
	ctx, cancel := context.WithTimeout(t.ctx, loadTimeout)
	defer cancel()
	loader, err := start(ctx)
	if loader != "" {
		// A failed navigation ends in an error page: wait for it too, or it would come down on the next step.
		if loadErr := t.record.loaded(ctx, loader); err == nil {
			err = loadErr
		}
	}
	if err != nil {
		return fmt.Errorf("browsertest: %s: %w", what, err)
	}
	return nil
}

// Eval evaluates a JavaScript expression, awaits it if it is a promise, and decodes its value from JSON into out; a nil
// out drops it, undefined leaves it as it is. What the script throws becomes the error.
func (t *Tab) Eval(expr string, out any) error {
	value, err := t.evaluate(expr, evalTimeout)
	if err != nil {
		return fmt.Errorf("browsertest: %w in %s", err, expr)
	}
	if out == nil || len(value.Value) == 0 {
		return nil
	}
	if err := json.Unmarshal(value.Value, out); err != nil {
		return fmt.Errorf("browsertest: %w in the value of %s", err, expr)
	}
	return nil
}

// WaitFor evaluates an expression until its value is truthy. Errors count as a false value, since the page may be in
// the middle of a navigation; the last value or error is named when the time is up.
func (t *Tab) WaitFor(expr string, timeout time.Duration) error {
	return t.poll(expr, timeout, func(left time.Duration) (bool, string) {
		value, err := t.evaluate(expr, left)
		if err != nil {
			return false, err.Error()
		}
		return truthy(value), show(value)
	})
}

// Title returns the title of the document.
func (t *Tab) Title() (string, error) {
	var title string
	err := t.Eval("document.title", &title)
	return title, err
}

// URL returns the URL of the document; it begins with chrome-error: after a failed navigation.
func (t *Tab) URL() (string, error) {
	var url string
	err := t.Eval("location.href", &url)
	return url, err
}

// Screenshot returns what the tab shows, as PNG.
func (t *Tab) Screenshot() ([]byte, error) {
	ctx, cancel := context.WithTimeout(t.ctx, evalTimeout)
	defer cancel()
	res, err := chromedp.Call(ctx, page.CaptureScreenshot, page.CaptureScreenshotParams{})
	if err != nil {
		return nil, fmt.Errorf("browsertest: screenshot: %w", err)
	}
	return res.Data, nil
}

// NavigationTiming says when the steps of a navigation came to pass, in milliseconds since its start.
type NavigationTiming struct {
	WorkerStart  float64 `json:"workerStart"` // 0 without a worker
	FetchStart   float64 `json:"fetchStart"`
	RequestStart float64 `json:"requestStart"`
	// ResponseStart is the first byte of the document, whoever sent it.
	ResponseStart    float64 `json:"responseStart"`
	ResponseEnd      float64 `json:"responseEnd"`
	DOMContentLoaded float64 `json:"domContentLoadedEventEnd"`
	Load             float64 `json:"loadEventEnd"`
	TransferSize     int64   `json:"transferSize"` // 0 if a worker or cache answered
}

// NavigationTiming returns the timing of the tab's document.
func (t *Tab) NavigationTiming() (NavigationTiming, error) {
	var timing NavigationTiming
	// The load event's own end is set after the event: one more task, and it is there.
	err := t.Eval(`new Promise(done => setTimeout(() => done(performance.getEntriesByType("navigation")[0].toJSON())))`, &timing)
	return timing, err
}

func (t *Tab) poll(what string, timeout time.Duration, try func(left time.Duration) (done bool, last string)) error {
	deadline := time.Now().Add(timeout)
	for {
		// The last try gets its time too, or the error would name the clock and not the value.
		done, last := try(max(time.Until(deadline), time.Second))
		if done {
			return nil
		}
		if time.Now().After(deadline) {
			return fmt.Errorf("browsertest: waited %v for %s; last: %s", timeout, what, last)
		}
		select {
		case <-t.ctx.Done():
			return fmt.Errorf("browsertest: waiting for %s: %w", what, t.ctx.Err())
		case <-time.After(pollEvery):
		}
	}
}

func (t *Tab) evaluate(expr string, timeout time.Duration) (*runtime.RemoteObject, error) {
	ctx, cancel := context.WithTimeout(t.ctx, timeout)
	defer cancel()
	res, err := chromedp.Call(ctx, runtime.Evaluate, runtime.EvaluateParams{
		Expression:    expr,
		AwaitPromise:  ptr(true),
		ReturnByValue: ptr(true),
		UserGesture:   ptr(true),
	})
	if err != nil {
		return nil, err
	}
	if res.ExceptionDetails != nil {
		return nil, errors.New(exceptionText(res.ExceptionDetails))
	}
	return res.Result, nil
}

func truthy(v *runtime.RemoteObject) bool {
	switch v.Type {
	case "undefined":
		return false
	case "object":
		return v.Subtype != "null"
	case "boolean", "number", "string":
		switch string(v.Value) {
		case "false", "0", `""`, "":
			// A number without a JSON value: of NaN, -0, -0n, Infinity and -Infinity the last two are truthy.
			return v.UnserializableValue == "Infinity" || v.UnserializableValue == "-Infinity"
		}
	case "bigint":
		return v.UnserializableValue != "0n"
	}
	return true
}

func show(v *runtime.RemoteObject) string {
	switch {
	case len(v.Value) > 0:
		return string(v.Value)
	case v.UnserializableValue != "":
		return string(v.UnserializableValue)
	}
	return string(v.Type)
}

func ptr[T any](v T) *T { return &v }
