package main

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"net/http"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing/fstest"
	"time"

	"github.com/swgen/swgen/internal/browsertest"
)

// A deployment is a site in memory, as a server sends it: the corpus, a
// worker, and a page that is no part of the site and loads nothing.
type deployment struct {
	fstest.MapFS
	sent atomic.Int64 // bytes of bodies
}

const (
	workerPath = "sw.js"
	benchPage  = "bench.page.html"
)

func newDeployment(site fstest.MapFS, worker []byte) *deployment {
	files := maps.Clone(site)
	files[workerPath] = &fstest.MapFile{Data: worker}
	files[benchPage] = &fstest.MapFile{Data: []byte("<!DOCTYPE html><link rel=\"icon\" href=\"data:,\"><title>Benchmark</title>")}
	return &deployment{MapFS: files}
}

// ReadFile is what the server calls once for each body that it sends.
func (d *deployment) ReadFile(name string) ([]byte, error) {
	file := d.MapFS[name]
	if file == nil {
		return nil, fs.ErrNotExist
	}
	d.sent.Add(int64(len(file.Data)))
	return file.Data, nil
}

func loadSite(dir string) (fstest.MapFS, error) {
	site := fstest.MapFS{}
	err := filepath.WalkDir(dir, func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		inside, err := filepath.Rel(dir, name)
		if err != nil {
			return err
		}
		text, err := os.ReadFile(name)
		site[filepath.ToSlash(inside)] = &fstest.MapFile{Data: text}
		return err
	})
	return site, err
}

// A trial is one worker in a new browser on a new origin.
type trial struct {
	server  *browsertest.Server
	browser *browsertest.Browser
	tab     *browsertest.Tab
	values  map[metric]float64
}

// A job says what to measure of a worker.
type job struct {
	old, new []byte // the workers of both versions; new is nil without an update
	site     fstest.MapFS
	changed  fstest.MapFS // the site's second version
	delay    time.Duration
	samples  int // of first answers; 0 leaves them out
	round    int
}

func runTrial(j job) (values map[metric]float64, err error) {
	first := newDeployment(j.site, j.old)
	server, err := browsertest.NewServer("/", first)
	if err != nil {
		return nil, err
	}
	defer server.Down()
	browser, err := browsertest.Launch(browsertest.Options{})
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, browser.Close()) }()
	tab, err := browser.OpenTab()
	if err != nil {
		return nil, err
	}
	defer tab.Close()
	t := &trial{server: server, browser: browser, tab: tab, values: map[metric]float64{}}
	if err := tab.Navigate(server.URL("/" + benchPage)); err != nil {
		return nil, err
	}
	if j.delay > 0 {
		server.Delay(j.delay)
	}
	if err := t.install(first, len(j.site)); err != nil {
		return nil, fmt.Errorf("install: %w", err)
	}
	if j.samples > 0 {
		if err := t.answers(j); err != nil {
			return nil, fmt.Errorf("answers: %w", err)
		}
	}
	if j.new != nil {
		second := newDeployment(j.changed, j.new)
		server.Swap(second)
		if err := t.update(second); err != nil {
			return nil, fmt.Errorf("update: %w", err)
		}
	}
	return t.values, nil
}

// lifeTimeout bounds an install; Workbox takes 26 s for 1,000 files with 20 ms each.
const lifeTimeout = 10 * time.Minute

// watchJS notes when a worker reaches its states, in ms since `began`.
const watchJS = `
	const life = {};
	const states = ["installed", "activated"];
	const watch = (worker, began) => new Promise((done, fail) => {
		const note = () => {
			if (worker.state == "redundant") fail(new Error("the install failed"));
			for (const state of states) {
				// A state may have been passed before anyone listened.
				if (worker.state == state || worker.state == "activated") life[state] ??= performance.now() - began;
			}
			if (worker.state == "activated") done(life);
		};
		worker.addEventListener("statechange", note);
		note();
	});`

// live runs a script that ends with a promise of the life of a worker.
func (t *trial) live(script string) (life struct{ Installed, Activated float64 }, err error) {
	start := fmt.Sprintf(`(() => { %s window.ended = (async () => { %s })(); window.ended.catch(() => {}); })()`, watchJS, script)
	if err := t.tab.Eval(start, nil); err != nil {
		return life, err
	}
	// One call that waits for the promise: asking again and again would take time from the worker.
	if err := t.tab.WaitFor(`window.ended.then(() => true, () => true)`, lifeTimeout); err != nil {
		return life, err
	}
	return life, t.tab.Eval(`window.ended`, &life)
}

func (t *trial) install(site *deployment, files int) error {
	t.server.Reset()
	site.sent.Store(0)
	life, err := t.live(`
		const began = performance.now();
		const registration = await navigator.serviceWorker.register("/` + workerPath + `", { updateViaCache: "none" });
		return watch(registration.installing ?? registration.waiting ?? registration.active, began);`)
	if err != nil {
		return err
	}
	usage, err := t.tab.CacheUsage()
	if err != nil {
		return err
	}
	requests := len(t.server.Requests())
	if requests < files {
		return fmt.Errorf("only %d requests for %d files", requests, files)
	}
	t.values[installed] = life.Installed
	t.values[activated] = life.Activated
	t.values[installRequests] = float64(requests)
	t.values[installBytes] = float64(site.sent.Load()) / 1e6
	t.values[installPeak] = float64(t.server.Peak())
	t.values[cacheUsage] = float64(usage) / 1e6
	if err := t.tab.WaitFor(`navigator.serviceWorker.controller`, 10*time.Second); err != nil {
		return err
	}
	time.Sleep(time.Second) // the browser still writes
	return nil
}

func (t *trial) update(site *deployment) error {
	if err := t.tab.Navigate(t.server.URL("/" + benchPage)); err != nil {
		return err
	}
	time.Sleep(time.Second)
	t.server.Reset()
	// Chromium's timers decide when a worker is found and when it may take over; the time between is the worker's.
	life, err := t.live(`
		const registration = await navigator.serviceWorker.getRegistration();
		const found = new Promise(done => registration.addEventListener("updatefound", () =>
			done(watch(registration.installing, performance.now()))));
		await registration.update();
		return found;`)
	if err != nil {
		return err
	}
	t.values[updated] = life.Installed
	t.values[updateRequests] = float64(len(t.server.Requests()))
	t.values[updateBytes] = float64(site.sent.Load()) / 1e3
	return nil
}

// answers measures how long requests for precached files take.
func (t *trial) answers(j job) error {
	t.server.Reset()
	var pages, assets []string
	for name := range j.site {
		if path.Base(name) == "index.html" {
			pages = append(pages, "/"+strings.TrimSuffix(name, "index.html"))
		} else if !strings.HasSuffix(name, ".html") {
			assets = append(assets, "/"+name)
		}
	}
	// Every worker is asked for the same files.
	for _, list := range [][]string{pages, assets} {
		slices.Sort(list)
		source("answers", j.round).Shuffle(len(list), func(a, b int) { list[a], list[b] = list[b], list[a] })
	}
	take := func(list []string, at int) string { return list[at%len(list)] }

	kinds := []struct {
		metrics []metric
		count   int
		cold    bool
		ask     func(at int) ([]float64, error)
	}{
		{[]metric{coldFetch}, j.samples, true, func(at int) ([]float64, error) { return t.fetch(take(assets, at)) }},
		{[]metric{warmFetch}, 3 * j.samples, false, func(at int) ([]float64, error) { return t.fetch(take(assets, at)) }},
		{[]metric{coldStart, coldEnd}, j.samples, true, func(at int) ([]float64, error) { return t.visit(take(pages, at)) }},
		{[]metric{warmStart, warmEnd}, j.samples, false, func(at int) ([]float64, error) { return t.visit(take(pages, at)) }},
	}
	for _, kind := range kinds {
		lists := make([][]float64, len(kind.metrics))
		for at := range kind.count {
			if kind.cold {
				if err := t.browser.StopWorkers(); err != nil {
					return err
				}
			}
			values, err := kind.ask(at)
			if err != nil {
				return err
			}
			for i, value := range values {
				lists[i] = append(lists[i], value)
			}
		}
		for i, m := range kind.metrics {
			t.values[m] = median(lists[i])
		}
	}
	// The browser looks for a new worker and for an icon after a navigation, as it likes.
	requests := slices.DeleteFunc(t.server.Paths(), func(path string) bool { return path == "/"+workerPath || path == "/favicon.ico" })
	if len(requests) > 0 {
		return fmt.Errorf("the network was asked for precached files: %q", requests)
	}
	return nil
}

func (t *trial) fetch(path string) ([]float64, error) {
	var got struct {
		Status int
		MS     float64
	}
	err := t.tab.Eval(fmt.Sprintf(`(async () => {
		const began = performance.now();
		const response = await fetch(%q);
		await response.arrayBuffer();
		return { ms: performance.now() - began, status: response.status };
	})()`, path), &got)
	if err == nil && got.Status != http.StatusOK {
		err = fmt.Errorf("%s: status %d", path, got.Status)
	}
	return []float64{got.MS}, err
}

func (t *trial) visit(path string) ([]float64, error) {
	if err := t.tab.Navigate(t.server.URL(path)); err != nil {
		return nil, err
	}
	timing, err := t.tab.NavigationTiming()
	return []float64{timing.ResponseStart, timing.ResponseEnd}, err
}
