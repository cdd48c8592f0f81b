package bundle_test

import (
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/swgen/swgen/internal/bundle"
)

// modules are a site's worth of modules: own ones, and a package with a
// module that the own ones may put another in the place of.
var modules = fstest.MapFS{
	"main.ts":                      {Data: []byte(`import { loud } from "./lib/loud"; import { twice } from "twice/index.js"; export class Greeting { #word: string = loud(twice("é")) }`)},
	"lib/loud.ts":                  {Data: []byte(`export const loud = (text: string) => text + "!"`)},
	"lib/thrice.ts":                {Data: []byte(`import { other } from "twice/other.js"; export const part = (text: string) => text + other + text`)},
	"node_modules/twice/index.js":  {Data: []byte(`import { part } from "./part.js"; export const twice = text => part(text) + "of the package"`)},
	"node_modules/twice/part.js":   {Data: []byte(`export const part = text => text + text`)},
	"node_modules/twice/other.js":  {Data: []byte(`export const other = "replaced"`)},
	"node_modules/unused/index.js": {Data: []byte(`export {}`)},
}

const entry = `import { Greeting } from "./main"; result = Greeting`

func script(t *testing.T, o bundle.Options) bundle.Script {
	t.Helper()
	out, err := bundle.Modules(modules, entry, o)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestAnEmbeddedScriptKeepsNamesAndModernSyntax(t *testing.T) {
	code := string(script(t, bundle.Options{Embedded: true}).Code)
	for _, want := range []string{"Greeting", "#word", "loud", `"é"`} {
		if !strings.Contains(code, want) {
			t.Errorf("no %s in %s", want, code)
		}
	}
	if strings.Contains(strings.TrimSpace(code), "\n") {
		t.Errorf("white space is kept: %s", code)
	}
}

func TestABrowsersScriptHasShortNamesAndOlderSyntax(t *testing.T) {
	code := string(script(t, bundle.Options{}).Code)
	for _, not := range []string{"loud", "#word", "é"} {
		if strings.Contains(code, not) {
			t.Errorf("%s in %s", not, code)
		}
	}
}

func TestPackagesAreReadAndNamed(t *testing.T) {
	out := script(t, bundle.Options{Embedded: true})
	if !strings.Contains(string(out.Code), "of the package") {
		t.Errorf("the package is missing: %s", out.Code)
	}
	if !slices.Equal(out.Packages, []string{"twice"}) {
		t.Errorf("packages %q", out.Packages)
	}
}

func TestAModuleTakesThePlaceOfAPackagesModule(t *testing.T) {
	out := script(t, bundle.Options{Embedded: true, Replace: map[string]string{"node_modules/twice/part.js": "lib/thrice.ts"}})
	if !strings.Contains(string(out.Code), "replaced") {
		t.Errorf("the package's own module is used: %s", out.Code)
	}
}

func TestAMissingModuleIsNamed(t *testing.T) {
	for _, missing := range []string{"./lib/none", "none/index.js"} {
		_, err := bundle.Modules(modules, `import "`+missing+`"`, bundle.Options{})
		if err == nil || !strings.Contains(err.Error(), missing) {
			t.Errorf("import of %s: %v", missing, err)
		}
	}
}
