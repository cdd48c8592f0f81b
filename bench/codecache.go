package main

import (
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing/fstest"
	"time"

	"github.com/swgen/swgen/internal/browsertest"
)

// A keeping is one way to store a script at install and to answer with it.
type keeping struct {
	name  string
	store string // async (cache, key, url) => ...
	serve string // (stored) => Response
}

const (
	digest  = `await crypto.subtle.digest("SHA-256", BODY);`
	asItIs  = `(stored) => stored`
	wrapped = `(stored) => new Response(stored.body, stored)`
)

var keepings = []keeping{
	{"fetched", `await cache.put(key, await fetch(url));`, asItIs},
	{"  re-wrapped to answer", `await cache.put(key, await fetch(url));`, wrapped},
	{"  with integrity", `await cache.put(key, await fetch(url, { integrity: INTEGRITY }));`, asItIs},
	{"  clone digested, original put",
		`const r = await fetch(url); ` + digestOf(`await r.clone().arrayBuffer()`) + ` await cache.put(key, r);`, asItIs},
	{"  original digested, clone put",
		`const r = await fetch(url); const c = r.clone(); ` + digestOf(`await r.arrayBuffer()`) + ` await cache.put(key, c);`, asItIs},
	{"  put, then the stored digested",
		`await cache.put(key, await fetch(url)); ` + digestOf(`await (await cache.match(key)).arrayBuffer()`), asItIs},
	{"constructed from a buffer",
		`const r = await fetch(url); const b = await r.arrayBuffer(); await cache.put(key, new Response(b, r));`, asItIs},
	{"constructed from the stream",
		`const r = await fetch(url); await cache.put(key, new Response(r.body, r));`, asItIs},
}

func digestOf(body string) string { return strings.Replace(digest, "BODY", body, 1) }

func (k keeping) worker(integrity string) []byte {
	return fmt.Appendf(nil, `
const INTEGRITY = %q;
const store = async (cache, key, url) => { %s };
const serve = %s;
addEventListener("install", (event) => event.waitUntil((async () => {
	const cache = await caches.open("scripts");
	await store(cache, "/.key/app", "/app.js");
	skipWaiting();
})()));
addEventListener("activate", (event) => event.waitUntil(clients.claim()));
addEventListener("fetch", (event) => {
	if (new URL(event.request.url).pathname != "/app.js") return;
	event.respondWith(caches.match("/.key/app").then(serve));
});
`, integrity, k.store, k.serve)
}

// codecache measures whether Chromium keeps the compiled code of scripts that
// a worker answers with, by how long a page waits for one.
func codecache(args []string) error {
	flags := flag.NewFlagSet("codecache", flag.ExitOnError)
	rounds := flags.Int("rounds", 3, "rounds, each in a new browser")
	loads := flags.Int("loads", 8, "loads of each page in a round; the first two don't count")
	megabytes := flags.Float64("mb", 1.8, "size of the script in 10⁶ bytes")
	gate := flags.Bool("gate", false, "fail if swgen's worker loses the compiled code")
	flags.Parse(args)
	if *rounds < 1 || *loads < 3 || flags.NArg() > 0 {
		return errors.New("codecache takes flags only, at least one round and three loads")
	}
	t, err := newTools(needs{swgen: true})
	if err != nil {
		return err
	}
	defer t.close()
	text := bigScript(int(*megabytes * 1e6))
	site := map[string][]byte{"app.js": text, "index.html": []byte(codePage)}

	type contender struct {
		name   string
		worker []byte
		p50    []float64
	}
	list := []*contender{{name: "no worker"}}
	for _, k := range keepings {
		list = append(list, &contender{name: k.name, worker: k.worker(integrityOf(text))})
	}
	if len(t.swgen) > 0 {
		worker, err := t.workerOf(site)
		if err != nil {
			return err
		}
		list = append(list, &contender{name: "swgen", worker: worker})
	} else if *gate {
		return errors.New("-gate needs swgen")
	}
	fmt.Printf("%s/%s, %d CPUs%s, a script of %.1f MB\n", runtime.GOOS, runtime.GOARCH, runtime.NumCPU(), load(), *megabytes)
	for round := range *rounds {
		loaders := make([]*codeLoader, len(list))
		browser, err := browsertest.Launch(browsertest.Options{})
		if err != nil {
			return err
		}
		for i, c := range list {
			if loaders[i], err = newCodeLoader(browser, site, c.worker); err != nil {
				return errors.Join(fmt.Errorf("%s: %w", c.name, err), browser.Close())
			}
			defer loaders[i].server.Down()
		}
		for n := range *loads {
			for i := range list {
				at := (i + round + n) % len(list)
				if err := loaders[at].load(); err != nil {
					return errors.Join(fmt.Errorf("%s: %w", list[at].name, err), browser.Close())
				}
			}
		}
		for i, c := range list {
			c.p50 = append(c.p50, median(loaders[i].times[2:]))
		}
		if err := browser.Close(); err != nil {
			return err
		}
	}

	fmt.Println()
	tab := newTable(os.Stdout)
	fmt.Fprintf(tab, "%s\tms\tmin\tmax\tof fetched\tmin\tmax\t\n", label("waiting for the script"))
	fetched := list[1]
	for _, c := range list {
		share := make([]float64, len(c.p50))
		for i := range share {
			share[i] = c.p50[i] / fetched.p50[i]
		}
		fmt.Fprintf(tab, "%s\t%.1f\t%.1f\t%.1f\t%.2f\t%.2f\t%.2f\t\n", label(c.name), median(c.p50), slices.Min(c.p50),
			slices.Max(c.p50), median(share), slices.Min(share), slices.Max(share))
	}
	tab.Flush()
	if !*gate {
		return nil
	}
	// A script that keeps its code takes a fifth of one that does not.
	const most = 0.5
	rewrapped, swgen := median(list[2].p50), median(list[len(list)-1].p50)
	line := fmt.Sprintf("swgen / re-wrapped is %.2f, want <= %g", swgen/rewrapped, most)
	if swgen > most*rewrapped {
		return errors.New("gate missed: " + line)
	}
	fmt.Println("\ngate: " + line + ": ok")
	return nil
}

const codePage = `<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><link rel="icon" href="data:,"><title>Code</title></head><body>
<script>window.began = performance.now();</script>
<script src="app.js"></script>
<script>window.took = performance.now() - began;</script>
</body></html>
`

// bigScript is much code that runs once and briefly: what time it takes is
// that of compiling it.
func bigScript(size int) []byte {
	r := source("code")
	var b []byte
	for n := 0; len(b) < size; n++ {
		b = fmt.Appendf(b, "(function(a){if(a>=0){globalThis.sum=(globalThis.sum||0)+a;return}\n")
		for range 20 {
			x, y := word(r), word(r)
			b = fmt.Appendf(b, "var $%s={%s:a+%d,text:%q};for(let i=0;i<a;i++){$%[1]s.%[2]s+=i*%[3]d;if($%[1]s.%[2]s%%7)$%[1]s.text+=%[5]q}\n",
				x, y, r.IntN(1000), x+" "+y, y)
		}
		b = append(b, "return a})(1);\n"...)
	}
	return b
}

type codeLoader struct {
	server *browsertest.Server
	tab    *browsertest.Tab
	worker bool
	times  []float64
}

func newCodeLoader(browser *browsertest.Browser, site map[string][]byte, worker []byte) (*codeLoader, error) {
	files := fstest.MapFS{}
	for name, text := range site {
		files[name] = &fstest.MapFile{Data: text}
	}
	deployed := newDeployment(files, worker)
	server, err := browsertest.NewServer("/", deployed)
	if err != nil {
		return nil, err
	}
	l := &codeLoader{server: server, worker: worker != nil}
	if !l.worker {
		server.SetCacheControl("max-age=3600")
	}
	tab, err := browser.OpenTab()
	if err != nil {
		server.Down()
		return nil, err
	}
	l.tab = tab
	err = tab.Navigate(server.URL("/" + benchPage))
	if err == nil && l.worker {
		if err = tab.Eval(`navigator.serviceWorker.register("/`+workerPath+`").then(() => {})`, nil); err == nil {
			err = tab.WaitActivated()
		}
		if err == nil {
			err = tab.WaitFor(`navigator.serviceWorker.controller`, 10*time.Second)
		}
	}
	if err != nil {
		server.Down()
		return nil, err
	}
	return l, nil
}

// load loads the page once, and leaves it again.
func (l *codeLoader) load() error {
	l.server.Reset()
	if err := l.tab.Navigate(l.server.URL("/")); err != nil {
		return err
	}
	var took float64
	if err := l.tab.Eval(`window.took`, &took); err != nil {
		return err
	}
	if l.worker && l.server.Count("/app.js") > 0 {
		return errors.New("the script came from the network")
	}
	l.times = append(l.times, took)
	time.Sleep(300 * time.Millisecond) // the code is stored after it has run
	return l.tab.Navigate("about:blank")
}

func integrityOf(text []byte) string {
	sum := sha256.Sum256(text)
	return "sha256-" + base64.StdEncoding.EncodeToString(sum[:])
}

// workerOf makes swgen's worker for a small site.
func (t *tools) workerOf(site map[string][]byte) ([]byte, error) {
	dir, err := os.MkdirTemp(t.dir, "site-")
	for name, text := range site {
		err = errors.Join(err, os.WriteFile(filepath.Join(dir, name), text, 0o666))
	}
	if err != nil {
		return nil, err
	}
	return t.worker(t.swgen, swgenWorker, dir)
}
