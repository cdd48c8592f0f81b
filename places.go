package swgen

import (
	"fmt"
	"io/fs"
	"net/url"
	"path"
	"slices"
	"strings"

	"github.com/swgen/swgen/internal/finding"
	"github.com/swgen/swgen/internal/selection"
	"github.com/swgen/swgen/manifest"
	"github.com/swgen/swgen/strategies"
	"github.com/swgen/swgen/templates"
)

// How pages register the worker.
const (
	registerInject = "inject"
	registerFile   = "file"
	registerNone   = "none"
)

func (c *Config) register() string { return orElse(c.Register, registerInject) }
func (c *Config) update() string   { return orElse(c.Update, string(strategies.Fresh)) }

// check refuses values that no option takes. The command line refuses them
// earlier and with their position; this is for callers of the Go API, for whom
// an integrity that was mistyped must not mean none.
func (c *Config) check() (findings []Finding) {
	for _, option := range []struct {
		name, value string
		takes       []string
	}{
		{"precache", c.Precache, []string{precacheFiles, precacheReachable}},
		{"integrity", c.Integrity, []string{"assets", "strict", "off"}},
		{"register", c.Register, []string{registerInject, registerFile, registerNone}},
	} {
		if option.value != "" && !slices.Contains(option.takes, option.value) {
			findings = append(findings, Finding{
				ID: "bad-value", Severity: finding.Error, Path: option.name,
				Message: fmt.Sprintf("%q is no value of %s", option.value, option.name),
				Hint:    "use " + strings.Join(option.takes, ", "),
			})
		}
	}
	if _, err := selection.Parse(c.Pages); err != nil {
		findings = append(findings, Finding{ID: "bad-value", Severity: finding.Error, Path: "pages", Message: err.Error(), Hint: "write " + selection.Forms})
	}
	return findings
}

func (c *Config) texts() templates.Texts {
	return templates.Texts{
		Message: orElse(c.PromptText.Message, "A new version of this site is ready."),
		Accept:  orElse(c.PromptText.Accept, "Reload"),
		Dismiss: orElse(c.PromptText.Dismiss, "Later"),
		Lang:    orElse(c.PromptText.Lang, "en"),
	}
}

// base is the configured base with a slash at both ends.
func (c *Config) base() string {
	if trimmed := strings.Trim(c.Base, "/"); trimmed != "" {
		return "/" + trimmed + "/"
	}
	return "/"
}

func orElse(value, otherwise string) string {
	if value == "" {
		return otherwise
	}
	return value
}

// places are the paths and URLs of what the build writes, and how they lead
// to each other. Worker and script find the rest relative to themselves, so
// that a site works wherever it is mounted.
type places struct {
	worker, script, manifest string // paths in the site; manifest may be ""
	root                     string // the site's root relative to the worker
	workerURL, scopeURL      string // relative to the registration script
	scope                    string // the URL path that is configured, or ""
	findings                 []Finding
}

func (c *Config) places(base string) places {
	p := places{
		worker:   orElse(c.Worker, defaultWorker),
		script:   orElse(c.RegisterScript, defaultRegister),
		manifest: orElse(c.Manifest, defaultManifest),
	}
	if p.manifest == "none" {
		p.manifest = ""
	}
	for option, name := range map[string]string{"worker": p.worker, "register_script": p.script, "manifest": orElse(p.manifest, "x")} {
		if !fs.ValidPath(name) || name == "." || strings.ContainsAny(name, "\\?#\n") {
			p.add("bad-path", option, fmt.Sprintf("%q is no path of a file in the site", name), "write it relative to the site with forward slashes, such as sw.js")
		}
	}
	if p.worker == p.script || p.worker == p.manifest || p.script == p.manifest {
		p.add("same-path", "worker", "worker, register_script and manifest must be different files", "give each its own name")
	}
	p.root = up(p.worker)
	p.workerURL = up(p.script) + escaped(p.worker)
	directory := strings.TrimPrefix(path.Dir(p.worker)+"/", "./")
	scope := directory
	if c.Scope != "" {
		scope = strings.TrimPrefix(strings.TrimPrefix(c.Scope, base), "/")
		p.scope = escaped(base + scope)
	}
	if !strings.HasPrefix(scope, directory) {
		p.add("wide-scope", "scope", fmt.Sprintf("%s is wider than the worker's place: a worker at %s controls at most %s", c.Scope, base+p.worker, base+directory),
			"put the worker at the root of its scope, or leave scope out")
	}
	p.scopeURL = up(p.script) + escaped(scope)
	slices.SortFunc(p.findings, func(a, b Finding) int { return strings.Compare(a.Path, b.Path) })
	return p
}

func (p *places) add(id, option, message, hint string) {
	p.findings = append(p.findings, Finding{ID: id, Severity: finding.Error, Path: option, Message: message, Hint: hint})
}

func (p *places) workerName() string { return path.Base(p.worker) }

// own are the files of the site that are never entries by themselves.
func (p *places) own() []string {
	return []string{p.worker, p.worker + ".map", p.script, p.manifest}
}

// up leads from a file to the root of the site.
func up(name string) string {
	if depth := strings.Count(name, "/"); depth > 0 {
		return strings.Repeat("../", depth)
	}
	return "./"
}

func escaped(name string) string { return (&url.URL{Path: name}).EscapedPath() }

func unescape(text string) (string, error) { return url.PathUnescape(text) }

// checkPlaces refuses to replace files that are not swgen's.
func (b *build) checkPlaces(site fs.FS) {
	mine := func(name, option string, is func([]byte) bool) {
		content, err := fs.ReadFile(site, name)
		if err != nil || is(content) {
			return
		}
		b.Findings = append(b.Findings, Finding{
			ID: "foreign-file", Severity: finding.Error, Path: name,
			Message: "is there already, and swgen did not write it",
			Hint:    fmt.Sprintf("remove it from the site's build, or set %s to another name; visitors who have that worker get ours only under its URL", option),
		})
	}
	mine(b.places.worker, "worker", templates.IsMade)
	if b.script != nil {
		mine(b.places.script, "register_script", templates.IsMade)
	}
	if b.places.manifest != "" {
		mine(b.places.manifest, "manifest", func(content []byte) bool {
			_, err := manifest.Decode(content)
			return err == nil
		})
	}
}

// spec is what the worker's code depends on.
func (b *build) spec() strategies.Spec {
	c := &b.config
	spec := strategies.Spec{
		Root:      b.places.root,
		Update:    strategies.Update(c.update()),
		KeepQuery: c.KeepQuery,
		Routes:    c.Routes,
	}
	switch orElse(c.Integrity, "assets") {
	case "assets":
		for _, class := range []manifest.Class{manifest.Style, manifest.Script, manifest.Font, manifest.Wasm} {
			spec.Strict = append(spec.Strict, manifest.Extensions(class)...)
		}
	case "strict":
		spec.Strict = []string{"*"}
	}
	spec.Ranges = slices.ContainsFunc(b.Manifest.Entries, func(e manifest.Entry) bool {
		return manifest.ClassOf(e.Path) == manifest.Media
	})
	spec.Extra = len(b.config.Extra) > 0 || len(b.config.Templated) > 0
	spec.Spellings = b.spellings()
	spec.Offline = b.offlinePage()
	return spec
}

// Where generators and people put these pages.
var (
	usualNotFound = []string{"404.html", "404/index.html"}
	usualOffline  = []string{"offline.html", "offline/index.html"}
)

// offlinePage chooses what an unknown page is answered with offline. Not
// found is an honest answer only when every page of the site is precached.
func (b *build) offlinePage() *strategies.Page {
	notFound := b.pageAt("not_found_page", b.config.NotFoundPage, usualNotFound...)
	offline := b.pageAt("offline_page", b.config.OfflinePage, usualOffline...)
	switch {
	case notFound != "" && len(b.scanned.PagesLeftOut) == 0:
		return &strategies.Page{Path: notFound, Status: 404}
	case offline != "":
		return &strategies.Page{Path: offline, Status: 503}
	}
	return nil
}

// pageAt is the URL path of the configured page, or of the first that exists.
func (b *build) pageAt(option, configured string, usual ...string) string {
	if configured != "" {
		usual = []string{strings.TrimPrefix(configured, "/")}
	}
	for _, name := range usual {
		for _, e := range b.Manifest.Entries {
			if relative := strings.TrimPrefix(e.URL, b.Manifest.Base); e.Path == name || configured != "" && relative == name {
				return relative
			}
		}
	}
	if configured != "" {
		b.Findings = append(b.Findings, Finding{
			ID: "missing-page", Severity: finding.Error, Path: option,
			Message: fmt.Sprintf("%s is not among the precached files", configured),
			Hint:    "give the path of a page of the site, such as offline.html, that no rule excludes",
		})
	}
	return ""
}
