package swgen

import (
	"bytes"
	"context"
	"fmt"
	"io/fs"
	"slices"

	"github.com/swgen/swgen/internal/audit"
	"github.com/swgen/swgen/internal/inventory"
	"github.com/swgen/swgen/internal/verify"
	"github.com/swgen/swgen/manifest"
	"github.com/swgen/swgen/strategies"
	"github.com/swgen/swgen/templates"
)

// made is how a worker was made.
type made struct {
	spec strategies.Spec
	code *templates.Code
	root string
}

// VerifyOptions say how much is verified.
type VerifyOptions = verify.Options

// Report is the result of a verification, law by law.
type Report struct {
	*verify.Report
	// Inventory is what the precache weighs and for whom; nil when the pages
	// were not looked at, or nobody knows what the worker precaches.
	Inventory *inventory.Inventory `json:"inventory,omitempty"`
}

// Pages is how the pages of a site fare without a network, Fate how one does.
type (
	Pages = verify.Pages
	Fate  = verify.Fate
)

// The fates of pages.
const (
	Works        = verify.Works
	Degraded     = verify.Degraded
	NeedsNetwork = verify.NeedsNetwork
	Broken       = verify.Broken
)

// Law is a promise that a worker is held to.
type Law = verify.Law

// Laws lists the laws in order.
func Laws() []Law { return verify.Laws() }

// Deployed says what worker a site holds.
type Deployed string

// The workers that a site can hold.
const (
	// NotDeployed: none yet.
	NotDeployed Deployed = "none"
	// UpToDate: the one that a build writes.
	UpToDate Deployed = "up to date"
	// Stale: one that swgen made from another content or configuration.
	Stale Deployed = "stale"
	// Foreign: one that swgen did not make.
	Foreign Deployed = "foreign"
)

// Deployed says what worker is in the site of a build.
func (r *Result) Deployed(site fs.FS) (Deployed, error) {
	worker, err := fs.ReadFile(site, r.places.worker)
	switch {
	case err != nil:
		return NotDeployed, nil
	case !templates.IsWorker(worker):
		return Foreign, nil
	}
	for _, o := range r.Outputs {
		if o.Path != r.places.worker {
			continue
		}
		emitted, err := o.Content()
		if err != nil || bytes.Equal(emitted, worker) {
			return UpToDate, err
		}
	}
	return Stale, nil
}

// Verify holds the outputs of a build, as they would be written into the site,
// to the laws of docs/laws.md: it installs, updates, kills and questions the
// worker in the bundled test runtime. before is the deployment that visitors
// have now, nil when it is not at hand. An error is a failure of the
// verification; what the worker does wrong is a finding.
func Verify(ctx context.Context, site fs.FS, result *Result, before fs.FS, o VerifyOptions) (*Report, error) {
	s := result.subject(site, before)
	if o.Pages {
		if err := result.audit(ctx, site, s); err != nil {
			return nil, err
		}
	}
	if m := result.made; m != nil {
		kill, err := templates.Kill(m.root, templates.Options{})
		if err != nil {
			return nil, err
		}
		s.Spec, s.Kill, s.Remake = &m.spec, kill.With([]byte("{}")), m.remake
	}
	return run(ctx, s, o)
}

// subject is what a build makes of a site.
func (r *Result) subject(site, before fs.FS) *verify.Subject {
	files := r.deployed(site)
	return &verify.Subject{
		Deployment: verify.Deployment{Files: files, Manifest: r.Manifest},
		Base:       r.Found.Base,
		Worker:     r.Worker.Path,
		Scope:      r.places.scope,
		Before:     deployment(before, r.places),
		Serve:      r.serve,
		HeaderFrom: r.hosted(files).HeaderFrom,
	}
}

func run(ctx context.Context, s *verify.Subject, o VerifyOptions) (*Report, error) {
	report, err := verify.Run(ctx, s, o)
	if err != nil {
		return nil, err
	}
	r := &Report{Report: report}
	if s.Audit != nil && s.Manifest != nil {
		r.Inventory = inventory.Take(s.Manifest, s.Audit)
	}
	return r, nil
}

// audit adds what the pages need.
func (r *Result) audit(ctx context.Context, site fs.FS, s *verify.Subject) error {
	files, err := fileNames(site)
	if err != nil {
		return err
	}
	for _, o := range r.Outputs {
		files = append(files, o.Path)
	}
	slices.Sort(files)
	files = slices.DeleteFunc(slices.Compact(files), func(name string) bool {
		return name != r.places.script && slices.Contains(r.places.own(), name) // no page needs them
	})
	s.Audit, err = audit.Run(ctx, audit.Options{Site: s.Files, Files: files, Host: r.hosted(s.Files)})
	if r.leftOut == nil {
		return err
	}
	s.LeftOut = func(file string) string {
		rule, reason := r.leftOut(file)
		if reason != "" {
			rule += ", " + reason
		}
		return rule
	}
	return err
}

func (m *made) remake(list *manifest.Manifest) ([]byte, error) {
	packed, err := list.Pack()
	if err != nil {
		return nil, err
	}
	return m.code.With(packed), nil
}

// deployment is a site as it was deployed; its manifest counts when swgen made
// its worker.
func deployment(site fs.FS, p places) *verify.Deployment {
	if site == nil {
		return nil
	}
	d := &verify.Deployment{Files: site}
	worker, err := fs.ReadFile(site, p.worker)
	if err != nil || !templates.IsWorker(worker) || p.manifest == "" {
		return d
	}
	if text, err := fs.ReadFile(site, p.manifest); err == nil {
		if m, err := manifest.Decode(text); err == nil {
			d.Manifest = m
		}
	}
	return d
}

// VerifyDeployed does the same with the worker that is in the site, whoever
// made it. module says that it is one.
func VerifyDeployed(ctx context.Context, site fs.FS, config Config, module bool, before fs.FS, o VerifyOptions) (*Report, error) {
	b := &build{config: config}
	if err := b.start(site); err != nil {
		return nil, err
	}
	if b.Failed(false) {
		return nil, fmt.Errorf("the configuration: %s", b.Findings[0])
	}
	s := &verify.Subject{
		Deployment: *deployment(site, b.places), Base: b.Found.Base, Worker: b.places.worker, Scope: config.Scope,
		Module: module, Before: deployment(before, b.places), Serve: b.serve, HeaderFrom: b.hosted(site).HeaderFrom,
	}
	if o.Pages {
		if err := b.audit(ctx, site, s); err != nil {
			return nil, err
		}
	}
	return run(ctx, s, o)
}
