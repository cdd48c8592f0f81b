package swtest_test

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/swgen/swgen"
	"github.com/swgen/swgen/internal/scenario"
	"github.com/swgen/swgen/swtest"
)

const (
	scenarioSite  = "http://localhost:20000"
	scenarioOther = "http://127.0.0.1:20000"
)

// TestScenarios plays testdata/scenarios and compares with the transcripts
// that e2e's test of the same name has from Chromium.
func TestScenarios(t *testing.T) {
	list, err := scenario.Load(os.DirFS("../testdata/scenarios"))
	if err != nil {
		t.Fatal(err)
	}
	if few {
		list = list[:8]
	}
	differ := 0
	for _, s := range list {
		if s.Differs["swtest"] != "" {
			differ++
		}
		t.Run(s.Name, func(t *testing.T) { playScenario(t, s) })
	}
	t.Logf("%d scenarios, of which %d are known to differ", len(list), differ)
}

func playScenario(t *testing.T, s *scenario.Scenario) {
	server := scenario.NewServer(s, scenarioSite, scenarioOther)
	server.Build = buildSite
	b := swtest.New(swtest.Options{Network: server})
	defer b.Close()
	b.Network.Script(func(r *swtest.Request) swtest.Weather {
		return swtest.Weather{Delay: server.Delay(pathOf(r.URL))}
	})
	got, err := s.Play(server, &scenarioPlayer{Browser: b, tabs: make(map[string]*swtest.Tab)})
	diff := s.Diff(s.Want(), got)
	if err != nil {
		diff = fmt.Sprintf("%s%v", s.Diff(s.Want()[:len(got)], got), err)
	}
	switch reason := s.Differs["swtest"]; {
	case reason != "" && diff == "":
		t.Errorf("%s is played as in Chromium: it does not differ any more (%s)", s.Name, reason)
	case reason == "" && diff != "":
		t.Errorf("not as in Chromium:\n%s", diff)
		for _, e := range b.Trace() {
			t.Log(e)
		}
	}
}

// buildSite adds swgen's worker to a site.
func buildSite(site map[string]string) (map[string]string, error) {
	files := make(fstest.MapFS)
	for name, text := range site {
		files[name] = &fstest.MapFile{Data: []byte(text)}
	}
	result, err := swgen.Build(context.Background(), files, swgen.Config{Register: "none", Manifest: "none"})
	if err != nil {
		return nil, err
	}
	outputs := make(map[string]string)
	for _, o := range result.Outputs {
		content, err := o.Content()
		if err != nil {
			return nil, err
		}
		outputs[o.Path] = string(content)
	}
	return outputs, nil
}

func pathOf(url string) string {
	for _, origin := range []string{scenarioSite, scenarioOther} {
		if path, ok := strings.CutPrefix(url, origin); ok {
			path, _, _ = strings.Cut(path, "?")
			return path
		}
	}
	return url
}

// scenarioPlayer plays scenarios in the browser of this package.
type scenarioPlayer struct {
	*swtest.Browser
	tabs map[string]*swtest.Tab
}

func (p *scenarioPlayer) Open(tab, url string) (scenario.Page, error) {
	p.tabs[tab] = p.Browser.Open(url)
	return p.page(tab, p.tabs[tab].Page())
}

func (p *scenarioPlayer) Navigate(tab, url string) (scenario.Page, error) {
	return p.page(tab, p.tabs[tab].Navigate(url))
}

func (p *scenarioPlayer) Reload(tab string) (scenario.Page, error) {
	return p.page(tab, p.tabs[tab].Reload())
}

func (p *scenarioPlayer) Submit(tab, url, field, value string) (scenario.Page, error) {
	return p.page(tab, p.tabs[tab].Submit(url, "application/x-www-form-urlencoded", []byte(field+"="+value)))
}

func (p *scenarioPlayer) Frame(tab, name, url string) (scenario.Page, error) {
	p.tabs[name] = p.tabs[tab].Frame(url)
	return p.page(name, p.tabs[name].Page())
}

func (p *scenarioPlayer) page(tab string, r *swtest.Response) (scenario.Page, error) {
	kind, _, _ := strings.Cut(r.Header.Get("Content-Type"), ";")
	return scenario.Page{
		Failed: r.Err != nil, URL: p.tabs[tab].URL(), Status: r.Status, Type: kind, Text: r.Text(), Worker: r.From == "worker",
	}, nil
}

func (p *scenarioPlayer) Close(tab string) error {
	p.tabs[tab].Close()
	return nil
}

func (p *scenarioPlayer) Load(tab, url, destination string) (bool, error) {
	a := swtest.Ask{Destination: destination}
	if destination == "module" {
		a.Destination, a.Mode = "script", "cors"
	}
	r := p.tabs[tab].Ask(url, a)
	return r.Err == nil && (r.OK() || r.Type == "opaque"), nil
}

func (p *scenarioPlayer) Eval(tab, expression string) (text string, err error) {
	value, err := p.tabs[tab].Eval(expression)
	if err != nil {
		return "", err
	}
	return text, json.Unmarshal(value, &text)
}

func (p *scenarioPlayer) Offline(offline bool) error {
	p.Network.Offline(offline)
	return nil
}

func (p *scenarioPlayer) Kill() error {
	for _, r := range p.Registrations(scenarioSite) {
		for _, w := range []*swtest.Worker{r.Installing(), r.Waiting(), r.Active()} {
			if w != nil {
				w.Stop()
			}
		}
	}
	return nil
}

func (p *scenarioPlayer) Pause() error {
	p.Advance(10 * time.Millisecond)
	return nil
}

func (p *scenarioPlayer) Uncaught() []string {
	var list []string
	for _, e := range p.Console() {
		if e.Kind == "exception" && strings.HasPrefix(e.Who, "worker") {
			text, _, _ := strings.Cut(e.Text, " (    at ")
			list = append(list, text)
		}
	}
	return list
}
