package browsertest

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/serviceworker"
	"github.com/chromedp/cdproto/target"
	"github.com/chromedp/chromedp"
)

// Options of a Browser. The zero value suits tests that count requests.
type Options struct {
	// AutoPreload leaves Chromium's ServiceWorkerAutoPreload on: a navigation that finds the worker stopped then sends
	// a request to the server in parallel, even for a precached page, and "no request" can't be asserted any more.
	AutoPreload bool
	// WorkerConsole collects everything that workers write to their console, not only errors. It costs fidelity: a
	// worker that is being listened to is never stopped for being idle.
	WorkerConsole bool
}

// Browser is one headless Chromium with a new profile. Its tabs share cookies, caches and workers.
type Browser struct {
	ctx context.Context // of the blank tab that Chromium starts with, which watches the workers

	mu           sync.Mutex
	changed      chan struct{} // closed at each change of versions
	versions     map[string]*serviceworker.Version
	workerErrors []Message
	output       []byte
}

const (
	startTimeout = 60 * time.Second
	closeTimeout = 10 * time.Second
)

// Start launches a browser for a test and closes it when the test ends. A machine without Chromium fails the test: a
// skipped proof would look like a passed one.
func Start(tb testing.TB, opts Options) *Browser {
	tb.Helper()
	b, err := Launch(opts)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := b.Close(); err != nil {
			tb.Errorf("close the browser: %v", err)
		}
	})
	return b
}

// Launch is Start for callers without a testing.TB, as TestMain is; they call Close at the end.
func Launch(opts Options) (*Browser, error) {
	path, err := find()
	if err != nil {
		return nil, err
	}
	b := &Browser{changed: make(chan struct{}), versions: map[string]*serviceworker.Version{}}
	alloc, _ := chromedp.NewExecAllocator(context.Background(), append(flags(opts),
		chromedp.ExecPath(path), chromedp.CombinedOutput(outputOf{b}))...)
	ctx, cancel := chromedp.NewContext(alloc, chromedp.WithBrowserOption(
		// Chromium may send what this protocol version doesn't know: not this package's business.
		chromedp.WithBrowserLogf(func(string, ...any) {}),
		chromedp.WithBrowserErrorf(func(string, ...any) {}),
	))
	b.ctx = ctx
	// Not context.WithTimeout: the browser would end with the context of its first call.
	watchdog := time.AfterFunc(startTimeout, cancel)
	err = b.watchWorkers(opts.WorkerConsole)
	if !watchdog.Stop() || err != nil {
		cancel()
		b.mu.Lock()
		defer b.mu.Unlock()
		return nil, fmt.Errorf("browsertest: start %s: %w\n%s", path, err, b.output)
	}
	return b, nil
}

// Close ends the browser and removes its profile.
func (b *Browser) Close() error {
	ctx, cancel := context.WithTimeout(b.ctx, closeTimeout)
	defer cancel()
	return chromedp.Cancel(ctx)
}

// NewTab opens a tab for a test and closes it when the test ends; if the test failed, it then logs what the tab and the
// workers had to say.
func (b *Browser) NewTab(tb testing.TB) *Tab {
	tb.Helper()
	t, err := b.OpenTab()
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if tb.Failed() {
			for _, m := range t.Console() {
				tb.Logf("console: %s", m)
			}
			for _, r := range t.Broken() {
				tb.Logf("not loaded: %s", r)
			}
			for _, m := range b.WorkerErrors() {
				if origin := t.record.origin(); strings.HasPrefix(m.URL, origin) {
					tb.Logf("worker: %s", m)
				}
			}
		}
		t.Close()
	})
	return t
}

// OpenTab is NewTab for callers without a testing.TB.
func (b *Browser) OpenTab() (*Tab, error) {
	ctx, cancel := chromedp.NewContext(b.ctx)
	t := &Tab{browser: b, ctx: ctx, cancel: cancel}
	if err := t.attach(); err != nil {
		cancel()
		return nil, fmt.Errorf("browsertest: open a tab: %w", err)
	}
	return t, nil
}

func find() (string, error) {
	if path := os.Getenv("SWGEN_CHROMIUM"); path != "" {
		return path, nil
	}
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			return path, nil
		}
	}
	return "", errors.New("browsertest: no Chromium found: install it (apt-get install chromium) " +
		"or name its binary in SWGEN_CHROMIUM")
}

func flags(opts Options) []chromedp.ExecAllocatorOption {
	disabled := []string{"Translate", "OptimizationHints", "MediaRouter"}
	if !opts.AutoPreload {
		disabled = append(disabled, "ServiceWorkerAutoPreload")
	}
	list := []chromedp.ExecAllocatorOption{
		chromedp.Headless,
		chromedp.NoFirstRun,
		chromedp.NoDefaultBrowserCheck,
		// Containers and CI forbid what the sandbox needs, and only the test's own pages are loaded.
		chromedp.NoSandbox,
		// Every other name fails inside the browser: nothing leaves the machine.
		chromedp.Flag("host-resolver-rules", "MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1"),
		chromedp.Flag("disable-features", strings.Join(disabled, ",")),
		chromedp.Flag("password-store", "basic"),
		chromedp.WindowSize(1280, 800),
	}
	for _, name := range []string{
		"disable-background-networking", "disable-background-timer-throttling", "disable-backgrounding-occluded-windows",
		"disable-breakpad", "disable-component-update", "disable-default-apps", "disable-dev-shm-usage",
		"disable-extensions", "disable-gpu", "disable-hang-monitor", "disable-popup-blocking", "disable-quic",
		"disable-renderer-backgrounding", "disable-sync", "metrics-recording-only", "mute-audio", "use-mock-keychain",
	} {
		list = append(list, chromedp.Flag(name, true))
	}
	return list
}

// watchWorkers starts the browser. The ServiceWorker domain exists on pages only, yet tells of the workers of every
// origin, so the blank first tab serves for all.
func (b *Browser) watchWorkers(console bool) error {
	if err := chromedp.Listen(b.ctx, b.workerEvent); err != nil {
		return err
	}
	if _, err := chromedp.Call(b.ctx, serviceworker.Enable, cdp.Empty{}); err != nil {
		return err
	}
	if !console {
		return nil
	}
	err := chromedp.ListenBrowser(b.ctx, func(ev any) {
		if ev, ok := ev.(*target.EventTargetCreated); ok && ev.TargetInfo.Type == "service_worker" {
			go b.listenToWorker(ev.TargetInfo)
		}
	})
	if err != nil {
		return err
	}
	_, err = chromedp.CallBrowser(b.ctx, target.SetDiscoverTargets, target.SetDiscoverTargetsParams{Discover: true})
	return err
}

// outputOf keeps the end of what Chromium prints, to be shown when it fails to start.
type outputOf struct{ b *Browser }

func (o outputOf) Write(p []byte) (int, error) {
	o.b.mu.Lock()
	defer o.b.mu.Unlock()
	all := append(o.b.output, p...)
	o.b.output = slices.Clone(all[max(0, len(all)-4096):])
	return len(p), nil
}
