package e2e

import (
	"encoding/json"
	"flag"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/swgen/swgen"
	"github.com/swgen/swgen/internal/browsertest"
	"github.com/swgen/swgen/internal/scenario"
)

const scenarioDir = "../testdata/scenarios"

var update = flag.Bool("update", false, "write the transcripts of the scenarios anew")

// TestScenarios plays testdata/scenarios in Chromium, which is the judge:
// swtest's test of the same name has to come to the same transcripts.
func TestScenarios(t *testing.T) {
	list, err := scenario.Load(os.DirFS(scenarioDir))
	must(t, err)
	t.Parallel()
	t.Run("alone", func(t *testing.T) {
		t.Parallel()
		for _, s := range list {
			if s.Alone() {
				t.Run(s.Name, func(t *testing.T) { playScenario(t, browsertest.Start(t, browsertest.Options{}), s) })
			}
		}
	})
	for _, s := range list {
		if !s.Alone() {
			t.Run(s.Name, func(t *testing.T) {
				t.Parallel()
				playScenario(t, sharedBrowser(t), s)
			})
		}
	}
}

func playScenario(t *testing.T, browser *browsertest.Browser, s *scenario.Scenario) {
	p := &scenarioPlayer{T: t, browser: browser, tabs: make(map[string]*scenarioTab)}
	p.server = browsertest.Serve(t, "/", fstest.MapFS{})
	p.site = strings.TrimSuffix(p.server.URL("/"), "/")
	server := scenario.NewServer(s, p.site, strings.Replace(p.site, "localhost", "127.0.0.1", 1))
	server.Build = func(site map[string]string) (map[string]string, error) {
		outputs := make(map[string]string)
		for _, o := range build(t, textFiles(site), swgen.Config{Register: "none", Manifest: "none"}).Outputs {
			content, err := o.Content()
			if err != nil {
				return nil, err
			}
			outputs[o.Path] = string(content)
		}
		return outputs, nil
	}
	p.server.Intercept(func(w http.ResponseWriter, r *http.Request) bool {
		select {
		case <-time.After(server.Delay(r.URL.Path)):
			server.ServeHTTP(w, r)
		case <-r.Context().Done():
		}
		return true
	})
	got, err := s.Play(server, p)
	must(t, err)
	if diff := s.Diff(s.Want(), got); diff == "" {
		return
	} else if !*update {
		t.Errorf("not as it is written:\n%s", diff)
		return
	}
	must(t, os.WriteFile(filepath.Join(scenarioDir, s.Name+".txt"), []byte(s.Format(got)), 0o644))
}

func textFiles(site map[string]string) fstest.MapFS {
	files := make(fstest.MapFS)
	for name, text := range site {
		files[name] = &fstest.MapFile{Data: []byte(text)}
	}
	return files
}

// scenarioPlayer plays scenarios in Chromium.
type scenarioPlayer struct {
	*testing.T
	browser *browsertest.Browser
	server  *browsertest.Server
	site    string
	tabs    map[string]*scenarioTab
}

// scenarioTab is a tab, or a frame in one.
type scenarioTab struct {
	*browsertest.Tab
	frame string
}

func (p *scenarioPlayer) Open(tab, url string) (scenario.Page, error) {
	opened := p.browser.NewTab(p.T)
	p.tabs[tab] = &scenarioTab{Tab: opened}
	_ = opened.Navigate(url) // a failure shows in the page
	return p.page(tab)
}

// Navigate is not CDP's own, which is the address bar.
func (p *scenarioPlayer) Navigate(tab, url string) (scenario.Page, error) {
	return p.leave(tab, "location.assign("+strconv.Quote(url)+")")
}

func (p *scenarioPlayer) Reload(tab string) (scenario.Page, error) {
	if t := p.tabs[tab]; t.frame == "" {
		_ = t.Reload()
		return p.page(tab)
	}
	return p.leave(tab, "location.reload()")
}

func (p *scenarioPlayer) Submit(tab, url, field, value string) (scenario.Page, error) {
	return p.leave(tab, fmt.Sprintf(`(() => {
		const form = document.createElement("form"), input = document.createElement("input")
		form.method = "post", form.action = %q, input.name = %q, input.value = %q
		form.append(input), document.documentElement.append(form), form.submit()
	})()`, url, field, value))
}

// leave runs a script that navigates, and waits until the page has changed.
func (p *scenarioPlayer) leave(tab, script string) (scenario.Page, error) {
	t := p.tabs[tab]
	if _, err := p.Eval(tab, `(self.leaving = true, setTimeout(() => { `+script+` }), "")`); err != nil {
		return scenario.Page{}, err
	}
	gone := "!self.leaving && document.readyState === 'complete'"
	if t.frame != "" {
		gone = fmt.Sprintf(`(() => { try { return frames[%[1]q].eval(%[2]q) } catch { return true } })()`, t.frame, gone)
	}
	if err := t.WaitFor(gone, patient); err != nil {
		return scenario.Page{}, err
	}
	return p.page(tab)
}

func (p *scenarioPlayer) Frame(tab, name, url string) (scenario.Page, error) {
	t := p.tabs[tab]
	p.tabs[name] = &scenarioTab{t.Tab, name}
	err := t.Tab.Eval(fmt.Sprintf(`new Promise(done => {
		const frame = document.createElement("iframe")
		frame.name = %q, frame.src = %q, frame.onload = done
		document.documentElement.append(frame)
	}).then(() => {})`, name, url), nil)
	if err != nil {
		return scenario.Page{}, err
	}
	return p.page(name)
}

// page is what a tab shows, by its own account and that of the browser.
func (p *scenarioPlayer) page(tab string) (scenario.Page, error) {
	var page struct {
		URL, Type, Text string
		Status          int
	}
	text, err := p.Eval(tab, `JSON.stringify({
		URL: location.href, Type: document.contentType, Text: document.documentElement.textContent,
		Status: performance.getEntriesByType("navigation")[0].responseStatus,
	})`)
	if err != nil {
		if p.tabs[tab].frame != "" { // the error page is of no origin
			return scenario.Page{Failed: true}, nil
		}
		return scenario.Page{}, err
	}
	if err := json.Unmarshal([]byte(text), &page); err != nil {
		return scenario.Page{}, err
	}
	worker := false
	for _, r := range p.tabs[tab].Responses() {
		if r.Type == "Document" && r.URL == withoutFragment(page.URL) {
			worker = r.FromServiceWorker
		}
	}
	if strings.HasPrefix(page.URL, "chrome-error:") {
		// Chromium loads its error pages again when it thinks that it may help.
		return scenario.Page{Failed: true}, p.tabs[tab].Navigate("about:blank")
	}
	return scenario.Page{
		URL: page.URL, Status: page.Status, Type: page.Type, Text: page.Text,
		Worker: worker,
	}, nil
}

func withoutFragment(address string) string {
	before, _, _ := strings.Cut(address, "#")
	return before
}

func (p *scenarioPlayer) Close(tab string) error {
	p.tabs[tab].Tab.Close()
	return nil
}

// elements are what loads something, by its destination.
var elements = map[string]string{
	"script": `link("script", "src")`,
	"module": `link("script", "src", { type: "module" })`,
	"style":  `link("link", "href", { rel: "stylesheet" })`,
	"image":  `link("img", "src")`,
	"audio":  `link("audio", "src", { preload: "metadata" }, "loadedmetadata")`,
	"video":  `link("video", "src", { preload: "metadata" }, "loadedmetadata")`,
	"font":   `new FontFace("test", "url(" + url + ")").load().then(() => true, () => false)`,
}

func (p *scenarioPlayer) Load(tab, url, destination string) (loaded bool, err error) {
	text, err := p.Eval(tab, fmt.Sprintf(`(async url => {
		const link = (name, attribute, more = {}, event = "load") => new Promise(done => {
			const element = Object.assign(document.createElement(name), more)
			element["on" + event] = () => done(true)
			element.onerror = () => done(false)
			element[attribute] = url
			document.head.append(element)
		})
		return String(await %s)
	})(%q)`, elements[destination], url))
	return text == "true", err
}

func (p *scenarioPlayer) Eval(tab, expression string) (text string, err error) {
	t := p.tabs[tab]
	if t.frame != "" {
		expression = fmt.Sprintf("frames[%q].eval(%s)", t.frame, quoted(expression))
	}
	return text, t.Tab.Eval(expression, &text)
}

func quoted(text string) string {
	out, _ := json.Marshal(text)
	return string(out)
}

func (p *scenarioPlayer) Offline(offline bool) error {
	if offline {
		p.server.Down()
		return nil
	}
	return p.server.Up()
}

func (p *scenarioPlayer) Kill() error { return p.browser.StopWorkers() }

func (p *scenarioPlayer) Pause() error {
	time.Sleep(10 * time.Millisecond)
	return nil
}

func (p *scenarioPlayer) Uncaught() []string {
	var list []string
	for _, m := range p.browser.WorkerErrors() {
		text, uncaught := strings.CutPrefix(m.Text, "Uncaught ")
		if uncaught && strings.HasPrefix(m.URL, p.site+"/") {
			list = append(list, strings.Replace(text, "(in promise)", "unhandled rejection:", 1))
		}
	}
	return list
}
