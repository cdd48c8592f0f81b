package swgen_test

import (
	"encoding/json"
	"errors"
	"io"
	"maps"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/swgen/swgen"

// picture is who may import whom: arrows point down, and what is not listed
// is not allowed. See CONTRIBUTING.md for what each package knows.
var picture = map[string]string{
	"cmd/swgen":                  "swgen internal/options internal/output internal/compress internal/finding internal/host internal/preview internal/inventory internal/report internal/watch manifest",
	"internal/options":           "swgen manifest strategies internal/finding internal/suggest",
	"internal/options/generate":  "internal/options",
	"swgen":                      "internal/selection manifest strategies templates internal/verify internal/audit internal/inventory internal/detect internal/host internal/page internal/finding internal/glob",
	"internal/verify":            "manifest strategies swtest internal/audit internal/page internal/finding internal/glob internal/csp internal/fetch internal/weburl",
	"templates":                  "strategies internal/bundle internal/glob",
	"manifest":                   "internal/finding internal/glob",
	"strategies":                 "internal/finding internal/glob",
	"internal/detect":            "internal/page",
	"internal/output":            "internal/compress",
	"internal/page":              "",
	"internal/finding":           "",
	"internal/glob":              "",
	"internal/bundle":            "",
	"internal/compress":          "",
	"internal/jsvm":              "",
	"internal/eventloop":         "",
	"internal/weburl":            "",
	"internal/fetch":             "internal/eventloop internal/weburl",
	"internal/cachestorage":      "internal/fetch internal/weburl",
	"internal/platform":          "internal/jsvm internal/eventloop internal/weburl internal/fetch internal/cachestorage",
	"internal/platform/generate": "internal/bundle",
	"swtest":                     "internal/mediatype internal/platform internal/jsvm internal/eventloop internal/weburl internal/fetch internal/cachestorage",
	"conformance":                "swtest",
	"internal/scenario":          "",
	"internal/mediatype":         "",
	"internal/preview":           "",
	"internal/watch":             "",
	"internal/host":              "internal/finding internal/glob internal/mediatype internal/suggest",
	"internal/suggest":           "",
	"internal/csp":               "internal/weburl",
	"internal/audit":             "internal/page internal/bundle internal/host internal/finding internal/weburl",
	"internal/selection":         "internal/audit internal/page",
	"internal/inventory":         "manifest internal/audit internal/mediatype",
	"internal/report":            "internal/inventory internal/finding",
	"internal/browsertest":       "",
	"e2e":                        "",
	"bench":                      "manifest internal/browsertest",
	"bench/floor":                "",
	"bench/measure":              "",
}

// doors is the package that imports a third-party module, so that it can be
// replaced in one place.
var doors = map[string]string{
	"github.com/evanw/esbuild":           "internal/bundle",
	"github.com/tdewolff/minify/v2":      "internal/bundle",
	"github.com/tdewolff/parse/v2":       "internal/page",
	"github.com/bmatcuk/doublestar/v4":   "internal/glob",
	"golang.org/x/net":                   "internal/page",
	"golang.org/x/text":                  "manifest internal/platform internal/audit",
	"modernc.org/libquickjs":             "internal/jsvm",
	"modernc.org/libc":                   "internal/jsvm",
	"modernc.org/memory":                 "internal/jsvm",
	"github.com/nlnwa/whatwg-url":        "internal/weburl",
	"github.com/andybalholm/brotli":      "internal/compress internal/fetch bench",
	"github.com/chromedp/chromedp":       "internal/browsertest",
	"github.com/chromedp/cdproto":        "internal/browsertest",
	"github.com/go-json-experiment/json": "internal/browsertest",
	"github.com/goccy/go-yaml":           "internal/options",
	"github.com/pelletier/go-toml/v2":    "internal/host",
	"github.com/tailscale/hujson":        "internal/host",
	"github.com/fsnotify/fsnotify":       "internal/watch",
	"github.com/spf13/pflag":             "internal/options cmd/swgen",
	"github.com/spf13/cobra":             "cmd/swgen",
	"github.com/dustin/go-humanize":      "cmd/swgen",
	"golang.org/x/term":                  "cmd/swgen",
}

type pkg struct {
	ImportPath string
	Imports    []string
	Module     *struct{ Path string }
	Standard   bool
}

func packages(t *testing.T) []pkg {
	t.Helper()
	cmd := exec.Command("go", "list", "-deps", "-json=ImportPath,Imports,Module,Standard", "./...")
	out, err := cmd.Output()
	if err != nil {
		var exit *exec.ExitError
		if errors.As(err, &exit) {
			t.Fatalf("go list: %s", exit.Stderr)
		}
		t.Fatal(err)
	}
	var all []pkg
	for dec := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p pkg
		if err := dec.Decode(&p); errors.Is(err, io.EOF) {
			return all
		} else if err != nil {
			t.Fatal(err)
		}
		all = append(all, p)
	}
}

func short(path string) string {
	if path == module {
		return "swgen"
	}
	return strings.TrimPrefix(path, module+"/")
}

func TestWhoImportsWhom(t *testing.T) {
	all := packages(t)
	moduleOf := make(map[string]string)
	for _, p := range all {
		if p.Module != nil {
			moduleOf[p.ImportPath] = p.Module.Path
		}
	}
	seen := make(map[string]bool)
	for _, p := range all {
		if moduleOf[p.ImportPath] != module {
			continue
		}
		name := short(p.ImportPath)
		seen[name] = true
		allowed, known := picture[name]
		if !known {
			t.Errorf("%s is not in the picture: say what it may import", name)
		}
		for _, path := range p.Imports {
			switch owner := moduleOf[path]; owner {
			case "":
			case module:
				if !slices.Contains(strings.Fields(allowed), short(path)) {
					t.Errorf("%s imports %s, which the picture does not show", name, short(path))
				}
			default:
				if door, known := doors[owner]; !known || !slices.Contains(strings.Fields(door), name) {
					t.Errorf("%s imports %s, whose door is %q", name, owner, door)
				}
			}
		}
	}
	for _, name := range slices.Sorted(maps.Keys(picture)) {
		if !seen[name] {
			t.Errorf("the picture shows %s, which does not exist", name)
		}
	}
}
