// Package bundle makes one script out of TypeScript modules, and small text
// out of large, and lists what scripts import. It does not know what the
// scripts are for. It is the one door
// to esbuild and to minify.
package bundle

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"
	"sync"

	"github.com/evanw/esbuild/pkg/api"
	"github.com/tdewolff/minify/v2"
	"github.com/tdewolff/minify/v2/css"
	"github.com/tdewolff/minify/v2/html"
	"github.com/tdewolff/minify/v2/js"
	mjson "github.com/tdewolff/minify/v2/json"
)

// Options say how a script is made.
type Options struct {
	// Constants replaces free identifiers of the modules by values, which are
	// written as JSON.
	Constants map[string]any
	// Readable leaves names and white space as they are.
	Readable bool
	// SourceMap makes a map as well.
	SourceMap bool
	// Embedded says that the script is run by the engine that is part of the
	// program and not by browsers: it may use what ES2023 has, is UTF-8, and
	// keeps the names of functions and classes, which scripts and stack traces
	// show.
	Embedded bool
	// Replace gives modules, by their names in the file system, in the place
	// of others, so that a library can be adapted without a copy of it.
	Replace map[string]string
}

// Script is the result of a bundle.
type Script struct {
	Code []byte
	// Map is the source map without the name of the file it belongs to; nil
	// when none was asked for.
	Map []byte
	// Packages are the packages that modules came from, sorted.
	Packages []string
}

// entryName is the name of the generated module in error messages and maps.
const entryName = "entry.ts"

// packages is the directory of a file system of modules where packages are.
const packages = "node_modules/"

// Modules bundles an entry, given as text, with the modules of a file system
// that it imports. The code has no exports and belongs into a function.
//
// Modules are imported by relative names without extension; files of packages,
// which are under node_modules, by the package's name and the file's path in it.
func Modules(modules fs.FS, entry string, o Options) (Script, error) {
	define := make(map[string]string, len(o.Constants))
	for name, value := range o.Constants {
		text, err := json.Marshal(value)
		if err != nil {
			return Script{}, fmt.Errorf("constant %s: %w", name, err)
		}
		define[name] = string(text)
	}
	sourceMap := api.SourceMapNone
	if o.SourceMap {
		sourceMap = api.SourceMapExternal
	}
	target, charset := api.ES2021, api.CharsetDefault
	if o.Embedded {
		target, charset = api.ES2023, api.CharsetUTF8
	}
	read := &reader{modules: modules, replace: o.Replace, packages: map[string]bool{}}
	result := api.Build(api.BuildOptions{
		Stdin:             &api.StdinOptions{Contents: entry, Sourcefile: entryName, Loader: api.LoaderTS},
		Plugins:           []api.Plugin{read.plugin()},
		Bundle:            true,
		Format:            api.FormatESModule,
		Target:            target,
		Charset:           charset,
		Platform:          api.PlatformBrowser,
		Define:            define,
		MinifySyntax:      !o.Readable,
		MinifyIdentifiers: !o.Readable && !o.Embedded,
		MinifyWhitespace:  !o.Readable,
		Sourcemap:         sourceMap,
		Outfile:           "out.js",
		LegalComments:     api.LegalCommentsNone,
		// The machine's tsconfig files have no say.
		TsconfigRaw: "{}",
	})
	if len(result.Errors) > 0 {
		return Script{}, errors.New(strings.Join(api.FormatMessages(result.Errors, api.FormatMessagesOptions{}), "\n"))
	}
	out := Script{Packages: slices.Sorted(maps.Keys(read.packages))}
	for _, file := range result.OutputFiles {
		if strings.HasSuffix(file.Path, ".map") {
			out.Map = file.Contents
		} else {
			out.Code = file.Contents
		}
	}
	if o.Readable || o.SourceMap || o.Embedded {
		// A further pass would make the map wrong, and rename.
		return out, nil
	}
	code, err := minified.Bytes("text/javascript", out.Code)
	if err != nil {
		return Script{}, fmt.Errorf("minifying: %w", err)
	}
	out.Code = code
	return out, nil
}

const namespace = "modules"

// reader reads modules from a file system, so that the sources can be part of
// the program.
type reader struct {
	modules fs.FS
	replace map[string]string
	// packages are those that were read from; esbuild asks concurrently.
	packages map[string]bool
	mutex    sync.Mutex
}

func (r *reader) plugin() api.Plugin {
	return api.Plugin{
		Name: namespace,
		Setup: func(build api.PluginBuild) {
			build.OnResolve(api.OnResolveOptions{Filter: `.*`}, func(args api.OnResolveArgs) (api.OnResolveResult, error) {
				return api.OnResolveResult{Path: r.resolve(args), Namespace: namespace}, nil
			})
			build.OnLoad(api.OnLoadOptions{Filter: `.*`, Namespace: namespace}, r.load)
		},
	}
}

// resolve is the name of the file that an import means.
func (r *reader) resolve(args api.OnResolveArgs) string {
	name := packages + args.Path
	switch {
	case !strings.HasPrefix(args.Path, "."):
	case args.Namespace == namespace:
		name = path.Join(path.Dir(args.Importer), args.Path)
	default: // imported by the entry
		name = path.Clean(args.Path)
	}
	if !strings.HasPrefix(name, packages) {
		name += ".ts"
	}
	if other, is := r.replace[name]; is && other != args.Importer {
		return other
	}
	return name
}

func (r *reader) load(args api.OnLoadArgs) (api.OnLoadResult, error) {
	text, err := fs.ReadFile(r.modules, args.Path)
	contents, loader := string(text), api.LoaderTS
	if in, is := strings.CutPrefix(args.Path, packages); is {
		loader = api.LoaderJS
		name, _, _ := strings.Cut(in, "/")
		r.mutex.Lock()
		r.packages[name] = true
		r.mutex.Unlock()
	}
	return api.OnLoadResult{Contents: &contents, Loader: loader}, err
}

var minified = func() *minify.M {
	m := minify.New()
	m.Add("text/html", &html.Minifier{KeepDocumentTags: true, KeepEndTags: true})
	m.AddFunc("text/css", css.Minify)
	m.AddFunc("text/javascript", js.Minify)
	m.Add("application/json", &mjson.Minifier{KeepNumbers: true})
	return m
}()

// Minify is the short form of a text of the given media type: text/html,
// text/css, text/javascript or application/json.
func Minify(mediaType string, text []byte) ([]byte, error) {
	out, err := minified.Bytes(mediaType, text)
	if err != nil {
		return nil, fmt.Errorf("minifying %s: %w", mediaType, err)
	}
	return out, nil
}
