package verify

import (
	"testing"
	"time"

	"github.com/swgen/swgen/internal/host"
	"github.com/swgen/swgen/manifest"
	"github.com/swgen/swgen/strategies"
	"github.com/swgen/swgen/templates"
)

// What the budget of W15 may have to spare, in bytes: less than the smallest
// thing that could be too much.
const spare = 130

func TestTheBudgetIsTight(t *testing.T) {
	var strict []string
	for _, class := range []manifest.Class{manifest.Style, manifest.Script, manifest.Font, manifest.Wasm} {
		strict = append(strict, manifest.Extensions(class)...)
	}
	page := &strategies.Page{Path: "404.html", Status: 404}
	var all []strategies.Route
	specs := map[string]strategies.Spec{
		"usual":        {},
		"prompt":       {Update: strategies.Prompt},
		"wait":         {Update: strategies.Wait},
		"all strict":   {Strict: []string{"*"}},
		"offline page": {Offline: page},
		"below root":   {Root: "../../"},
		"ranges":       {Ranges: true},
		"extra":        {Extra: true},
		"queries":      {KeepQuery: []string{"search/**", "*.php", "**/{a,b,c}/*.html"}},
		"options": {Routes: []strategies.Route{
			{Path: "a/**", Strategy: strategies.NetworkFirst, Cache: "mine", Timeout: 3 * time.Second, MaxEntries: 50, MaxAge: time.Hour, IgnoreQuery: true},
			{Host: "cdn.example", Destination: []string{"image", "font"}, Strategy: strategies.CacheFirst, Opaque: true, MaxEntries: 60},
		}},
	}
	for _, name := range strategies.Names() {
		r := strategies.Route{Path: name + "/**/*.jpg", Strategy: strategies.Name(name)}
		all = append(all, r)
		specs[name] = strategies.Spec{Routes: []strategies.Route{r}}
	}
	specs["every strategy"] = strategies.Spec{Routes: all}
	specs["everything"] = strategies.Spec{Routes: all, Ranges: true, Extra: true, KeepQuery: []string{"search/**"}, Update: strategies.Prompt, Offline: page}
	for _, p := range host.Profiles() {
		var spellings []strategies.Spelling
		for _, s := range p.Spellings() {
			spellings = append(spellings, strategies.Spelling(s))
		}
		specs[p.ID] = strategies.Spec{Spellings: spellings}
	}
	for name, spec := range specs {
		if spec.Strict == nil {
			spec.Strict = strict
		}
		spec, findings := strategies.Resolve(spec)
		if len(findings) > 0 {
			t.Fatal(findings)
		}
		code, err := templates.Render(spec, templates.Options{})
		if err != nil {
			t.Fatal(err)
		}
		if left := budget(&spec) - code.Size(); left < 0 || left > spare {
			t.Errorf("%s: the code is %d bytes and the budget %d: it must have 0 to %d bytes to spare", name, code.Size(), budget(&spec), spare)
		}
	}
}
