// Package swgen turns a static site into one that works offline: it lists the
// site's files in a manifest and makes the service worker that precaches
// them. It puts the parts in order and holds none of their knowledge; it
// writes no file, reads no flag and prints nothing.
package swgen

import (
	"cmp"
	"context"
	"fmt"
	"io/fs"
	"net/url"
	"slices"

	"github.com/swgen/swgen/internal/detect"
	"github.com/swgen/swgen/internal/finding"
	"github.com/swgen/swgen/internal/glob"
	"github.com/swgen/swgen/internal/host"
	"github.com/swgen/swgen/internal/page"
	"github.com/swgen/swgen/manifest"
	"github.com/swgen/swgen/strategies"
	"github.com/swgen/swgen/templates"
)

// Finding is one thing found in a site or its configuration: a value with a
// severity, a place and a remedy.
type Finding = finding.Finding

// Result is a finished build. Nothing of it has been written yet.
type Result struct {
	// Manifest lists what the site precaches.
	Manifest *manifest.Manifest
	// Findings are the errors, warnings and notes, most severe first.
	Findings []Finding
	// Found says what was found out about the site.
	Found Found
	// Exclusions says which rules left files out, most files first.
	Exclusions []manifest.Exclusion
	// Worker is the worker, in its two parts.
	Worker Worker
	// What Verify needs to know beside the files; made is nil when there is
	// nothing to verify.
	made    *made
	places  places
	project fs.FS
	leftOut func(file string) (rule, reason string)
	// Outputs are the files to write, in the order in which a host should
	// receive them: what pages load first, the worker last.
	Outputs []Output
}

// Found is what was found out about a site without being told.
type Found struct {
	// Generator is the name of the site's generator, "" when unknown.
	Generator string `json:"generator"`
	// Base is the URL path that the pages believe to be deployed under.
	Base string `json:"base"`
	// BaseFrom says where Base comes from, in words.
	BaseFrom string `json:"base_from"`
	// Host is the host whose rules the worker follows: "generic" is what they
	// have in common.
	Host string `json:"host"`
	// HostFrom says where Host comes from: the option, or a file of the
	// project; "" when nothing says so.
	HostFrom string `json:"host_from,omitempty"`
}

// Worker is the emitted worker. Its file is the two parts joined.
type Worker struct {
	Path string
	// Code does not depend on the site's content.
	Code []byte
	// Manifest is the packed manifest that the code is called with.
	Manifest []byte
}

// Output is a file that the build wants in the site.
type Output struct {
	// Path is relative to the site, with slashes.
	Path string
	// Content makes the bytes; pages are read again so that a build holds
	// one of them at a time.
	Content func() ([]byte, error)
}

// Failed reports whether the findings forbid writing the outputs.
func (r *Result) Failed(strict bool) bool { return finding.Failed(r.Findings, strict) }

// Build builds the worker of a site. Errors are failures to read; what is
// wrong with the site or the configuration is a finding, and then the result
// has no outputs.
func Build(ctx context.Context, site fs.FS, config Config) (*Result, error) {
	return (&build{config: config}).run(ctx, site)
}

func (b *build) run(ctx context.Context, site fs.FS) (*Result, error) {
	if err := b.start(site); err != nil {
		return nil, err
	}
	b.checkPlaces(site)
	if b.Failed(false) {
		return &b.Result, nil
	}
	if err := b.scan(ctx); err != nil {
		return nil, err
	}
	if b.Manifest != nil {
		if err := b.render(); err != nil {
			return nil, err
		}
	}
	finding.Sort(b.Findings)
	if b.Failed(b.config.Strict) {
		b.Outputs = nil
	}
	return &b.Result, nil
}

// Kill makes the worker that removes swgen from visitors' browsers, and only
// that, and a registration script that registers nothing.
func Kill(config Config) (*Result, error) {
	p := config.places("/")
	code, err := templates.Kill(p.root, templates.Options{Debug: config.Debug})
	if err != nil {
		return nil, err
	}
	script, err := templates.Unregister(templates.Options{Debug: config.Debug})
	if err != nil {
		return nil, err
	}
	result := &Result{Manifest: manifest.New("/", nil), Findings: p.findings, Worker: Worker{Path: p.worker, Code: code.Bytes()}}
	if result.Failed(false) {
		return result, nil
	}
	if config.register() != registerNone {
		result.output(p.script, script)
	}
	result.output(p.worker, code.With([]byte("{}")))
	return result, nil
}

func (r *Result) output(path string, content []byte) {
	r.Outputs = append(r.Outputs, Output{Path: path, Content: func() ([]byte, error) { return content, nil }})
}

// A build is a Result on its way.
type build struct {
	Result
	config  Config
	overlay *overlay
	host    *host.Host
	script  []byte // the registration script, nil without one
	scanned *manifest.Scanned
	// warm knows an earlier build of the same site; nil for a single one.
	warm *Builder
}

// start settles what does not need the files' contents.
func (b *build) start(site fs.FS) (err error) {
	if _, err := fs.ReadDir(site, "."); err != nil {
		return fmt.Errorf("reading the site: %w", err)
	}
	config := &b.config
	b.project = config.Project
	found := detect.Site(site)
	b.Found = Found{Generator: found.Generator, Base: found.Base, BaseFrom: found.BaseFrom}
	if config.Base != "" {
		b.Found.Base, b.Found.BaseFrom = config.base(), "base"
	}
	b.places = config.places(b.Found.Base)
	b.Findings = append(b.places.findings, config.check()...)
	allow := make([]glob.Pattern, 0, len(config.Allow))
	for _, text := range config.Allow {
		if p, err := glob.Compile(text); err == nil { // the scan reports bad ones
			allow = append(allow, p)
		}
	}
	b.overlay = &overlay{site: site, allow: func(name string) bool {
		return slices.ContainsFunc(allow, func(p glob.Pattern) bool { return p.Match(name) })
	}}
	if config.register() == registerInject {
		src := (&url.URL{Path: b.Found.Base + b.places.script}).EscapedPath()
		b.overlay.tag = &page.Tag{Src: src, Nonce: config.Nonce}
	}
	if old, err := fs.ReadFile(site, b.places.script); b.overlay.tag == nil && err == nil {
		b.overlay.withdraw = templates.IsMade(old)
	}
	if b.warm != nil {
		b.warm.takeOver(b.overlay)
	}
	if config.register() == registerNone {
		return b.chooseHost()
	}
	b.script, err = b.warm.registration(templates.Registration{
		Worker: b.places.workerURL,
		Scope:  b.places.scopeURL,
		Update: strategies.Update(config.update()),
		Texts:  config.texts(),
	}, config.Debug)
	if err != nil {
		return err
	}
	return b.chooseHost()
}

// scan makes the manifest of the site as it will be deployed.
func (b *build) scan(ctx context.Context) error {
	c := &b.config
	choose, err := b.choose(ctx)
	if err != nil || b.Failed(false) {
		return err
	}
	added := make(map[string][]byte)
	if b.script != nil {
		added[b.places.script] = b.script
	}
	scanned, err := manifest.Scan(ctx, b.overlay, manifest.Options{
		Base:         b.Found.Base,
		Include:      c.Include,
		Exclude:      c.Exclude,
		Choose:       choose,
		Allow:        c.Allow,
		MaxFileSize:  cmp.Or(c.MaxFileSize, defaultMaxFileSize),
		MaxTotalSize: cmp.Or(c.MaxTotalSize, defaultMaxTotalSize),
		Optional:     c.Optional,
		Critical:     c.Critical,
		Extra:        c.Extra,
		Templated:    c.Templated,
		Rewrite:      c.Rewrite,
		Page:         b.page(),
		Index:        b.warm.known(),
		Own:          b.places.own(),
		Added:        added,
		IsAlias:      func(head []byte) bool { _, alias := page.Alias(head); return alias },
	})
	if err != nil {
		return err
	}
	b.scanned, b.Manifest, b.Exclusions, b.leftOut = scanned, scanned.Manifest, scanned.Exclusions, scanned.LeftOut
	// Pages outside the precache register the worker too.
	for _, name := range scanned.PagesLeftOut {
		if _, known := b.overlay.notes[name]; known {
			continue
		}
		if file, err := b.overlay.Open(name); err == nil {
			file.Close()
		}
	}
	b.Findings = slices.Concat(b.Findings, scanned.Findings, b.overlay.findings(),
		neededBy(b.overlay.site, scanned, cmp.Or(c.MaxFileSize, defaultMaxFileSize)))
	if b.host.ID != genericHost {
		b.checkHost()
	}
	return nil
}

// render makes the worker and lists what is to be written.
func (b *build) render() error {
	spec, findings := strategies.Resolve(b.spec())
	b.Findings = append(b.Findings, findings...)
	if b.Failed(false) {
		return nil
	}
	code, err := b.warm.render(spec, templates.Options{Debug: b.config.Debug, SourceMap: b.config.SourceMap})
	if err != nil {
		return err
	}
	packed, err := b.Manifest.Pack()
	if err != nil {
		return err
	}
	b.Worker = Worker{Path: b.places.worker, Code: code.Bytes(), Manifest: packed}
	b.made = &made{spec: spec, code: code, root: b.places.root}
	if b.script != nil {
		b.output(b.places.script, b.script)
	}
	b.Outputs = append(b.Outputs, b.overlay.pages()...)
	if b.places.manifest != "" {
		b.output(b.places.manifest, b.Manifest.Encode())
	}
	worker := code.With(packed)
	if code.Map != nil {
		b.output(b.places.worker+".map", code.Map)
		worker = fmt.Appendf(worker, "//# sourceMappingURL=%s.map\n", b.places.workerName())
	}
	b.output(b.places.worker, worker)
	return nil
}
