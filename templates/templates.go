// Package templates turns a Spec into a worker's code: it assembles the
// TypeScript modules that the Spec uses and no others. It does not know the
// site, the contents of the manifest, or how the worker is verified.
package templates

import (
	"embed"
	"encoding/json"
	"fmt"
	"io/fs"
	"regexp"
	"slices"
	"strings"

	"github.com/swgen/swgen/internal/bundle"
	"github.com/swgen/swgen/internal/glob"
	"github.com/swgen/swgen/strategies"
)

//go:embed src
var embedded embed.FS

// Modules are the TypeScript sources.
func Modules() fs.FS {
	src, err := fs.Sub(embedded, "src")
	if err != nil {
		panic(err) // the directory is part of the program
	}
	return src
}

// Options say how code is written.
type Options struct {
	// Debug writes readable code.
	Debug bool
	// SourceMap makes a source map as well.
	SourceMap bool
}

// Mark starts every file that this package makes, so that a build can tell
// its own from others.
const Mark = "/*swgen*/"

// IsMade reports whether a script was made by this package.
func IsMade(script []byte) bool {
	return strings.HasPrefix(string(script[:min(len(script), 64)]), Mark)
}

// workerHead is how a worker starts.
const workerHead = Mark + "((MANIFEST)=>{"

// IsWorker reports whether a script is a worker that this package made.
func IsWorker(script []byte) bool {
	return strings.HasPrefix(string(script[:min(len(script), 64)]), workerHead)
}

// Code is a worker without its manifest.
type Code struct {
	head, tail []byte
	// Map is the worker's source map, nil when none was asked for.
	Map []byte
}

// With is the worker that precaches a packed manifest.
func (c *Code) With(packed []byte) []byte {
	out := make([]byte, 0, len(c.head)+len(packed)+len(c.tail))
	return append(append(append(out, c.head...), packed...), c.tail...)
}

// Size is the length of the code in bytes.
func (c *Code) Size() int { return len(c.head) + len(c.tail) }

// Bytes is the code as it would be with an empty manifest.
func (c *Code) Bytes() []byte { return c.With(nil) }

// Render makes the code of a resolved Spec.
func Render(spec strategies.Spec, o Options) (*Code, error) {
	entry, err := workerEntry(spec)
	if err != nil {
		return nil, err
	}
	modules := Modules()
	if spec.Spellings != nil {
		modules = replaced{modules, "spellings.ts", spellings(spec.Spellings)}
	}
	return wrap(modules, entry, map[string]any{"ROOT": spec.Root, "STRICT": extensions(spec.Strict)}, o)
}

// spellings writes the module of a host's spellings.
func spellings(list []strategies.Spelling) string {
	var out strings.Builder
	out.WriteString("export const spelled = (table, asked) => [\n  [asked],\n")
	home := "^index\\.html$"
	for _, s := range list {
		path := "asked + " + literal(s.Add)
		if rest, ok := strings.CutPrefix(s.Cut, "/"); ok && rest != "" {
			// The home page's path has no slash before it.
			home = ""
			path = fmt.Sprintf("asked.replace(/(^|\\/)%s$/, %s)", regexp.QuoteMeta(rest), literal(strings.Replace(s.Add, "/", "$1", 1)))
		} else if s.Cut != "" {
			path = fmt.Sprintf("asked.replace(/%s$/, %s)", strings.ReplaceAll(regexp.QuoteMeta(s.Cut), "/", `\/`), literal(s.Add))
		}
		if s.Redirect {
			path += ", true"
		}
		fmt.Fprintf(&out, "  [%s],\n", path)
	}
	if home != "" {
		fmt.Fprintf(&out, "  [asked.replace(/%s/, \"\")],\n", home)
	}
	out.WriteString("].find(([path]) => table.at(path) != null);\n")
	return out.String()
}

// replaced is a file system with another text for one file.
type replaced struct {
	fs.FS
	name, text string
}

func (r replaced) ReadFile(name string) ([]byte, error) {
	if name == r.name {
		return []byte(r.text), nil
	}
	return fs.ReadFile(r.FS, name)
}

// extensions is a regular expression that matches the listed extensions.
func extensions(list []string) string {
	switch {
	case len(list) == 0:
		return "(?!)" // nothing
	case list[0] == "*":
		return "" // everything
	}
	return "^(" + strings.Join(list, "|") + ")$"
}

// Kill makes the code of the worker that removes swgen; its manifest is not used.
func Kill(root string, o Options) (*Code, error) {
	return wrap(Modules(), `import "./kill"`, map[string]any{"ROOT": root}, o)
}

// wrap bundles an entry into a function of the manifest. The manifest stays
// outside the bundle, because a change of content must not need another one.
func wrap(modules fs.FS, entry string, constants map[string]any, o Options) (*Code, error) {
	script, err := bundle.Modules(modules, entry, bundle.Options{Constants: constants, Readable: o.Debug, SourceMap: o.SourceMap})
	if err != nil {
		return nil, fmt.Errorf("bundling the worker: %w", err)
	}
	code := Code{Map: script.Map}
	code.head = slices.Concat([]byte(workerHead), []byte(lineBreak(o)), script.Code, []byte(`})(`))
	code.tail = []byte(");\n")
	if o.SourceMap {
		// The map counts lines; the wrapper is one more.
		if code.Map, err = shift(code.Map); err != nil {
			return nil, err
		}
	}
	return &code, nil
}

func lineBreak(o Options) string {
	if o.Debug || o.SourceMap {
		return "\n"
	}
	return ""
}

// shift moves a source map down by one line.
func shift(sourceMap []byte) ([]byte, error) {
	var fields map[string]any
	if err := json.Unmarshal(sourceMap, &fields); err != nil {
		return nil, fmt.Errorf("source map: %w", err)
	}
	mappings, _ := fields["mappings"].(string)
	fields["mappings"] = ";" + mappings
	return json.Marshal(fields)
}

// imports collects the import lines of an entry.
type imports []string

// use imports a name of a module and returns the name.
func (i *imports) use(module, name string) string {
	line := fmt.Sprintf("import { %s } from %q;\n", name, "./"+module)
	if !slices.Contains(*i, line) {
		*i = append(*i, line)
	}
	return name
}

// workerEntry writes the module that puts the parts of a Spec together. Every
// literal in it is JSON.
func workerEntry(spec strategies.Spec) (string, error) {
	var use imports
	parts := []string{}
	add := func(name, value string) { parts = append(parts, "  "+name+": "+value+",\n") }

	serve := use.use("precache", "whole")
	if spec.Ranges {
		serve = use.use("range", "ranged")
	}
	lookUp, err := lookUp(&use, spec)
	if err != nil {
		return "", err
	}
	handler := use.use("precache", "precache") + "(" + serve + ", " + lookUp + ")"
	if len(spec.Routes) > 0 {
		handler, err = routes(&use, handler, spec.Routes)
		if err != nil {
			return "", err
		}
		add("makeRoom", use.use("shelf", "emptyShelves"))
	}
	add("handler", handler)
	if spec.Offline != nil {
		add("offline", fmt.Sprintf("%s(%s, %d)", use.use("offline", "pageOffline"), literal(spec.Offline.Path), spec.Offline.Status))
	} else {
		page, err := offlinePage()
		if err != nil {
			return "", err
		}
		add("offline", use.use("offline", "textOffline")+"("+literal(page)+")")
	}
	before := ""
	switch spec.Update {
	case strategies.Fresh:
		add("installed", use.use("update-fresh", "takeOverAtOnce"))
	case strategies.Prompt:
		before = use.use("update-prompt", "takeOverWhenAsked") + "();\n"
	}
	start := use.use("start", "start")
	return strings.Join(use, "") + before + start + "({\n" + strings.Join(parts, "") + "});\n", nil
}

// lookUp writes the function that finds entries.
func lookUp(use *imports, spec strategies.Spec) (string, error) {
	out := use.use("spelling", "ofSite")
	if len(spec.KeepQuery) > 0 {
		expressions := make([]string, len(spec.KeepQuery))
		for i, text := range spec.KeepQuery {
			pattern, err := glob.Compile(text)
			if err != nil {
				return "", fmt.Errorf("keep_query %q: %w", text, err)
			}
			expressions[i] = pattern.RegExp()
		}
		out = use.use("extra", "keepingQuery") + "(" + regExp(strings.Join(expressions, "|")) + ")"
	}
	if spec.Extra {
		out = use.use("extra", "withExtra") + "(" + out + ")"
	}
	return out, nil
}

// routes writes the handler of the configured routes, which take what first leaves.
func routes(use *imports, first string, list []strategies.Route) (string, error) {
	var out strings.Builder
	out.WriteString(use.use("routes", "routes") + "(" + first + ", [\n")
	for _, r := range list {
		fields := []string{"method: " + literal(r.Method)}
		set := func(name string, present bool, value any) {
			if present {
				fields = append(fields, name+": "+literal(value))
			}
		}
		if r.Path != "" {
			pattern, err := glob.Compile(r.Path)
			if err != nil {
				return "", fmt.Errorf("route %q: %w", r.Path, err)
			}
			fields = append(fields, "path: "+regExp(pattern.RegExp()))
		}
		set("host", r.Host != "", r.Host)
		set("destination", r.Destination != nil, r.Destination)
		if r.Strategy != strategies.NetworkOnly {
			set("cache", true, r.Cache)
			set("timeout", r.Timeout > 0, r.Timeout.Milliseconds())
			set("maxEntries", r.MaxEntries > 0, r.MaxEntries)
			set("maxAge", r.MaxAge > 0, r.MaxAge.Milliseconds())
			set("opaque", r.Opaque, true)
			set("ignoreQuery", r.IgnoreQuery, true)
		}
		fields = append(fields, "strategy: "+use.use(string(r.Strategy), camel(string(r.Strategy))))
		out.WriteString("    { " + strings.Join(fields, ", ") + " },\n")
	}
	out.WriteString("  ])")
	return out.String(), nil
}

// camel is the name that the module of a strategy exports.
func camel(name string) string {
	words := strings.Split(name, "-")
	for i := 1; i < len(words); i++ {
		words[i] = strings.ToUpper(words[i][:1]) + words[i][1:]
	}
	return strings.Join(words, "")
}

// regExp writes a regular expression from its source.
func regExp(source string) string { return "new RegExp(" + literal(source) + `, "u")` }

// literal writes a value as a JavaScript literal.
func literal(value any) string {
	text, err := json.Marshal(value)
	if err != nil {
		panic(err) // strings, numbers and lists of them always have a form
	}
	return string(text)
}

func offlinePage() (string, error) {
	page, err := fs.ReadFile(Modules(), "offline.html")
	if err != nil {
		return "", fmt.Errorf("offline page: %w", err)
	}
	small, err := bundle.Minify("text/html", page)
	return string(small), err
}
