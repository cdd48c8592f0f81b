// Package bundle makes one script out of TypeScript modules, and small text
// out of large. It does not know what the scripts are for. It is the one door
// to esbuild and to minify.
package bundle

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"strings"

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
}

// Script is the result of a bundle.
type Script struct {
	Code []byte
	// Map is the source map without the name of the file it belongs to; nil
	// when none was asked for.
	Map []byte
}

// entryName is the name of the generated module in error messages and maps.
const entryName = "entry.ts"

// Modules bundles an entry, given as text, with the modules of a file system
// that it imports. The code has no exports and belongs into a function.
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
	result := api.Build(api.BuildOptions{
		Stdin:             &api.StdinOptions{Contents: entry, Sourcefile: entryName, Loader: api.LoaderTS},
		Plugins:           []api.Plugin{from(modules)},
		Bundle:            true,
		Format:            api.FormatESModule,
		Target:            api.ES2021,
		Platform:          api.PlatformBrowser,
		Define:            define,
		MinifySyntax:      !o.Readable,
		MinifyIdentifiers: !o.Readable,
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
	var out Script
	for _, file := range result.OutputFiles {
		if strings.HasSuffix(file.Path, ".map") {
			out.Map = file.Contents
		} else {
			out.Code = file.Contents
		}
	}
	if o.Readable || o.SourceMap {
		// A further pass would make the map wrong.
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

// from is the plugin that reads modules from a file system, so that the
// sources can be part of the program.
func from(modules fs.FS) api.Plugin {
	return api.Plugin{
		Name: namespace,
		Setup: func(build api.PluginBuild) {
			build.OnResolve(api.OnResolveOptions{Filter: `^\.`}, func(args api.OnResolveArgs) (api.OnResolveResult, error) {
				name := path.Join(path.Dir(args.Importer), args.Path)
				if args.Namespace != namespace {
					name = path.Clean(args.Path)
				}
				return api.OnResolveResult{Path: name + ".ts", Namespace: namespace}, nil
			})
			build.OnLoad(api.OnLoadOptions{Filter: `.*`, Namespace: namespace}, func(args api.OnLoadArgs) (api.OnLoadResult, error) {
				text, err := fs.ReadFile(modules, args.Path)
				contents := string(text)
				return api.OnLoadResult{Contents: &contents, Loader: api.LoaderTS}, err
			})
		},
	}
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

// Check reports whether a text is a JavaScript program.
func Check(text []byte) error {
	result := api.Transform(string(text), api.TransformOptions{Loader: api.LoaderJS, TsconfigRaw: "{}"})
	if len(result.Errors) > 0 {
		return errors.New(strings.Join(api.FormatMessages(result.Errors, api.FormatMessagesOptions{}), "\n"))
	}
	return nil
}
