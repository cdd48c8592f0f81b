package browsertest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"sync"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
)

// Response is what became of one request of a page; each hop of a redirect is one of its own.
type Response struct {
	URL    string
	Type   string // "Document", "Script", "Stylesheet", "Image", "Font", "Fetch" and so on
	Status int    // 0 while pending and if it failed before an answer
	MIME   string
	// FromServiceWorker says that a worker answered, by its fetch handler or by a static route.
	FromServiceWorker bool
	Cache             string // the name of the Cache that the answer came from, if the browser says so
	Route             string // the source that static routing took, "" without routes
	Error             string // as "net::ERR_FAILED", "" if none
	Finished          bool   // the body has arrived
}

// OK says that the answer is complete and not an error. For fetch() its head is enough: Chromium doesn't finish it
// before the script has read the body, which it may never do.
func (r Response) OK() bool { return !r.pending() && r.Error == "" && r.Status < 400 }

func (r Response) pending() bool {
	if r.Type == string(network.ResourceTypeFetch) && r.Status != 0 {
		return false
	}
	return !r.Finished && r.Error == ""
}

func (r Response) String() string {
	by := "network"
	if r.FromServiceWorker {
		by = "worker"
	}
	return strings.TrimSpace(fmt.Sprintf("%s %s %d %s from the %s %s", r.Type, r.URL, r.Status, r.MIME, by, r.Error))
}

// Message is something that a page, a worker or the browser about them wrote to a console.
type Message struct {
	// Kind is "exception" for an uncaught one, the method for a call of the console ("log", "warning", "error"), and
	// the source for what the browser adds ("network", "security", "worker").
	Kind string
	Text string
	URL  string // of the script
	Line int    // counted from 1, 0 if unknown
}

func (m Message) String() string { return fmt.Sprintf("%s: %s (%s:%d)", m.Kind, m.Text, m.URL, m.Line) }

// Responses returns the document and every resource that the page has asked for since it was navigated to, in the order
// of asking. The browser's own request for /favicon.ico isn't among them.
func (t *Tab) Responses() []Response {
	t.record.mu.Lock()
	defer t.record.mu.Unlock()
	list := make([]Response, len(t.record.responses))
	for i, r := range t.record.responses {
		list[i] = *r
	}
	return list
}

// Broken returns the Responses that aren't OK: failed, with an error's status, or still pending after five seconds. The
// load event waits neither for what scripts fetch nor for icons. Those that except names are not waited for.
func (t *Tab) Broken(except ...func(Response) bool) []Response {
	ctx, cancel := context.WithTimeout(t.ctx, pendingTimeout)
	defer cancel()
	// On time-out the pending ones are the answer.
	_ = t.record.wait(ctx, func() bool {
		return !slices.ContainsFunc(t.record.responses, func(r *Response) bool {
			return r.pending() && !slices.ContainsFunc(except, func(is func(Response) bool) bool { return is(*r) })
		})
	})
	return slices.DeleteFunc(t.Responses(), Response.OK)
}

// Console returns the messages and uncaught exceptions of all pages that the tab has shown.
func (t *Tab) Console() []Message {
	t.record.mu.Lock()
	defer t.record.mu.Unlock()
	return slices.Clone(t.record.console)
}

// record follows a tab by its events. A navigation is told by a new loader id of the main frame, whoever started it.
type record struct {
	mu        sync.Mutex
	changed   chan struct{} // closed at each step of a navigation or request
	frame     cdp.FrameID   // the main one
	loader    cdp.LoaderID  // of the newest navigation
	previous  cdp.LoaderID
	seen      map[cdp.LoaderID]bool // all navigations
	done      cdp.LoaderID          // the newest that has had its load event
	failure   string                // of the newest navigation's document
	responses []*Response
	pending   map[network.RequestID]*Response
	console   []Message
}

func (rec *record) init() {
	rec.changed = make(chan struct{})
	rec.seen = map[cdp.LoaderID]bool{}
	rec.pending = map[network.RequestID]*Response{}
}

func (rec *record) setFrame(id cdp.FrameID) {
	rec.mu.Lock()
	defer rec.mu.Unlock()
	rec.frame = id
}

// origin returns the origin of the document that was asked for last, "" if there was none.
func (rec *record) origin() string {
	rec.mu.Lock()
	defer rec.mu.Unlock()
	if len(rec.responses) == 0 {
		return ""
	}
	u, err := url.Parse(rec.responses[0].URL)
	if err != nil {
		return ""
	}
	return u.Scheme + "://" + u.Host + "/"
}

func (rec *record) navigations() int {
	rec.mu.Lock()
	defer rec.mu.Unlock()
	return len(rec.seen)
}

// navigationAfter waits for the navigation after the first n and returns its loader, with an error if it failed.
func (rec *record) navigationAfter(ctx context.Context, n int) (loader cdp.LoaderID, err error) {
	failure := ""
	waitErr := rec.wait(ctx, func() bool {
		loader, failure = rec.loader, rec.failure
		return len(rec.seen) > n && (rec.done == rec.loader || failure != "")
	})
	switch {
	case waitErr != nil:
		return "", fmt.Errorf("no load event: %w", waitErr)
	case failure != "":
		return loader, errors.New(failure)
	}
	return loader, nil
}

// loaded waits for the load event of a navigation or, where scripts redirect, of the last one that came after it.
func (rec *record) loaded(ctx context.Context, loader cdp.LoaderID) error {
	err := rec.wait(ctx, func() bool {
		return rec.seen[loader] && rec.done == rec.loader
	})
	if err != nil {
		return fmt.Errorf("no load event: %w", err)
	}
	return nil
}

func (rec *record) wait(ctx context.Context, cond func() bool) error {
	for {
		rec.mu.Lock()
		ok, changed := cond(), rec.changed
		rec.mu.Unlock()
		if ok {
			return nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// event is called for each event in order, and before the reply to a command that follows it.
func (rec *record) event(ev any) {
	rec.mu.Lock()
	defer rec.mu.Unlock()
	switch ev := ev.(type) {
	case *network.EventRequestWillBeSent:
		rec.request(ev)
	case *network.EventResponseReceived:
		if r := rec.pending[ev.RequestID]; r != nil {
			r.answer(ev.Response)
			r.Type = string(ev.Type)
			rec.step()
		}
	case *network.EventLoadingFinished:
		if r := rec.pending[ev.RequestID]; r != nil {
			r.Finished = true
			rec.step()
		}
	case *network.EventLoadingFailed:
		if r := rec.pending[ev.RequestID]; r != nil {
			r.Error = ev.ErrorText
			if ev.BlockedReason != "" {
				r.Error += " (" + string(ev.BlockedReason) + ")"
			}
			if string(ev.RequestID) == string(rec.loader) {
				rec.failure = r.Error
			}
			rec.step()
		}
	case *page.EventLifecycleEvent:
		if ev.FrameID != rec.frame {
			return
		}
		switch ev.Name {
		case "init": // about:blank has no request
			rec.navigation(ev.LoaderID)
		case "load":
			rec.done = ev.LoaderID
			rec.step()
		}
	default:
		if m, ok := consoleMessage(ev); ok && !(m.Kind == "network" && isIcon(m.URL)) {
			rec.console = append(rec.console, m)
		}
	}
}

func (rec *record) request(ev *network.EventRequestWillBeSent) {
	// The document's own request has its loader's id.
	if ev.FrameID == rec.frame && string(ev.RequestID) == string(ev.LoaderID) {
		rec.navigation(ev.LoaderID)
	} else if ev.LoaderID == rec.previous && ev.LoaderID != "" {
		return // the page being left is still alive until the new one answers
	}
	if r := rec.pending[ev.RequestID]; r != nil && ev.RedirectResponse != nil {
		r.answer(ev.RedirectResponse)
		r.Finished = true
	}
	if ev.Type == network.ResourceTypeOther && isIcon(ev.Request.URL) {
		return
	}
	r := &Response{URL: ev.Request.URL, Type: string(ev.Type)}
	rec.pending[ev.RequestID] = r
	rec.responses = append(rec.responses, r)
}

// isIcon says that a URL is that of the icon which Chromium looks for once per origin, some time after a page's load.
// Whether a test sees it is chance, so neither Tab nor Server tells of it.
func isIcon(rawURL string) bool {
	u, err := url.Parse(rawURL)
	return err == nil && u.Path == iconPath
}

const iconPath = "/favicon.ico"

func (rec *record) navigation(loader cdp.LoaderID) {
	if loader == rec.loader {
		return
	}
	rec.previous, rec.loader = rec.loader, loader
	rec.seen[loader] = true
	rec.failure = ""
	rec.responses = nil
	clear(rec.pending)
	rec.step()
}

func (rec *record) step() {
	close(rec.changed)
	rec.changed = make(chan struct{})
}

func (r *Response) answer(res *network.Response) {
	r.Status = int(res.Status)
	r.MIME = res.MimeType
	r.FromServiceWorker = res.FromServiceWorker
	r.Cache = res.CacheStorageCacheName
	if res.ServiceWorkerRouterInfo != nil {
		r.Route = string(res.ServiceWorkerRouterInfo.ActualSourceType)
	}
}

func consoleMessage(ev any) (Message, bool) {
	switch ev := ev.(type) {
	case *runtime.EventConsoleAPICalled:
		m := Message{Kind: string(ev.Type)}
		for i, arg := range ev.Args {
			if i > 0 {
				m.Text += " "
			}
			m.Text += consoleArg(arg)
		}
		if ev.StackTrace != nil && len(ev.StackTrace.CallFrames) > 0 {
			m.URL = ev.StackTrace.CallFrames[0].URL
			m.Line = int(ev.StackTrace.CallFrames[0].LineNumber) + 1
		}
		return m, true
	case *runtime.EventExceptionThrown:
		d := ev.ExceptionDetails
		return Message{Kind: "exception", Text: exceptionText(d), URL: d.URL, Line: int(d.LineNumber) + 1}, true
	case *log.EventEntryAdded:
		e := ev.Entry
		return Message{Kind: string(e.Source), Text: e.Text, URL: e.URL, Line: int(e.LineNumber)}, true
	}
	return Message{}, false
}

func consoleArg(arg *runtime.RemoteObject) string {
	var text string
	if arg.Type == "string" && json.Unmarshal(arg.Value, &text) == nil {
		return text
	}
	if len(arg.Value) == 0 && arg.Description != "" {
		return arg.Description
	}
	return show(arg)
}

func exceptionText(d *runtime.ExceptionDetails) string {
	if d.Exception == nil {
		return d.Text
	}
	if d.Exception.Description != "" {
		return d.Exception.Description
	}
	return d.Text + " " + show(d.Exception)
}
