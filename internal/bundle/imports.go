package bundle

import (
	"errors"
	"strconv"
	"strings"

	"github.com/evanw/esbuild/pkg/api"
)

// Import is a module that a script imports by a literal name.
type Import struct {
	// Name is the specifier, with escapes decoded and constants joined.
	Name string
	Line int
	// Dynamic is set for import calls; declarations and export-from are not.
	Dynamic bool
	// Type is the type attribute, such as "json", "" for none.
	Type string
}

// Imported is what a script imports.
type Imported struct {
	List []Import
	// Broken is why the text is no script, neither a module nor a classic one,
	// "" when it is; it is found at a line.
	Broken string
	Line   int
}

// batch is how many bytes of scripts are parsed together: all their syntax
// trees are in memory at once.
const batch = 8 << 20

// Imports lists what each of many scripts imports. A script that is malformed
// may have imports all the same: those before the place.
//
// The parser recurses, and ends the program where a script nests some ten
// thousand levels deep: callers keep such scripts away (page.ReadScript tells).
func Imports(scripts []string) []Imported {
	all := make([]Imported, len(scripts))
	for start := 0; start < len(scripts); {
		end, size := start, 0
		for end < len(scripts) && (end == start || size+len(scripts[end]) <= batch) {
			size += len(scripts[end])
			end++
		}
		some := all[start:end]
		parse(scripts[start:end], some, api.FormatIIFE)
		var again []int // modules may await where nothing else may
		for i := range some {
			if some[i].Broken != "" {
				again = append(again, i)
			}
		}
		modules := make([]string, len(again))
		for i, at := range again {
			modules[i] = scripts[start+at]
		}
		second := make([]Imported, len(again))
		parse(modules, second, api.FormatESModule)
		for i, at := range again {
			if second[i].Broken == "" {
				some[at] = second[i]
			}
		}
		start = end
	}
	return all
}

// errScanned ends a build after its first half: nothing needs to be linked.
var errScanned = errors.New("scanned")

// stop is the entry point that does so.
const stop = "stop"

// parse has esbuild parse scripts. It does not resolve an import by itself:
// each is reported as a warning, for only messages have a place.
func parse(scripts []string, into []Imported, format api.Format) {
	if len(scripts) == 0 {
		return
	}
	entries := []api.EntryPoint{{InputPath: stop, OutputPath: stop}}
	for i := range scripts {
		name := strconv.Itoa(i)
		entries = append(entries, api.EntryPoint{InputPath: name, OutputPath: name})
	}
	result := api.Build(api.BuildOptions{
		EntryPointsAdvanced: entries,
		Plugins:             []api.Plugin{{Name: namespace, Setup: func(build api.PluginBuild) { report(build, scripts) }}},
		Bundle:              true,
		Format:              format,
		Outdir:              "out",
		TsconfigRaw:         "{}",
		LogOverride:         map[string]api.LogLevel{"empty-import-meta": api.LogLevelSilent},
	})
	for _, m := range result.Warnings {
		found, ok := m.Detail.(Import)
		if at := index(m.Location); ok && at >= 0 {
			found.Line = m.Location.Line
			into[at].List = append(into[at].List, found)
		}
	}
	for _, m := range result.Errors {
		at := index(m.Location)
		if at < 0 || strings.HasPrefix(m.Text, "Could not resolve") {
			continue // imports with a computed part are not looked up here
		}
		if script := &into[at]; script.Broken == "" {
			script.Broken, script.Line = m.Text, m.Location.Line
		}
	}
}

// nowhere is a directory that is not there: esbuild looks for the files of an
// import with a computed part itself, relative to it.
var nowhere = strings.Repeat("/nowhere", 64)

// index is the number of the script that a place is in, -1 for none.
func index(at *api.Location) int {
	if at == nil {
		return -1
	}
	_, name, _ := strings.Cut(at.File, ":")
	i, err := strconv.Atoi(name)
	if err != nil {
		return -1
	}
	return i
}

// report gives scripts to esbuild and takes their imports as warnings.
func report(build api.PluginBuild, scripts []string) {
	build.OnResolve(api.OnResolveOptions{Filter: `.*`}, func(args api.OnResolveArgs) (api.OnResolveResult, error) {
		if args.Kind == api.ResolveEntryPoint {
			return api.OnResolveResult{Path: args.Path, Namespace: namespace}, nil
		}
		result := api.OnResolveResult{Path: args.Path, External: true}
		switch args.Kind {
		case api.ResolveJSImportStatement, api.ResolveJSDynamicImport:
			found := Import{Name: args.Path, Dynamic: args.Kind == api.ResolveJSDynamicImport, Type: args.With["type"]}
			result.Warnings = []api.Message{{Text: args.Path, Detail: found}}
		}
		return result, nil
	})
	build.OnLoad(api.OnLoadOptions{Filter: `.*`, Namespace: namespace}, func(args api.OnLoadArgs) (api.OnLoadResult, error) {
		if args.Path == stop {
			return api.OnLoadResult{}, errScanned
		}
		i, err := strconv.Atoi(args.Path)
		if err != nil {
			return api.OnLoadResult{}, err
		}
		return api.OnLoadResult{Contents: &scripts[i], Loader: api.LoaderJS, ResolveDir: nowhere}, nil
	})
}
