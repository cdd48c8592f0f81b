package swgen

import (
	"context"
	"io/fs"

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
type Report = verify.Report

// Verify holds the outputs of a build, as they would be written into the site,
// to the laws of docs/laws.md: it installs, updates, kills and questions the
// worker in the bundled test runtime. An error is a failure of the
// verification; what the worker does wrong is a finding.
func Verify(ctx context.Context, site fs.FS, result *Result, o VerifyOptions) (*Report, error) {
	subject, err := result.subject(site)
	if err != nil {
		return nil, err
	}
	return verify.Run(ctx, subject, o)
}

func (r *Result) subject(site fs.FS) (*verify.Subject, error) {
	files := make(verify.Overlaid, len(r.Outputs))
	for _, o := range r.Outputs {
		files[o.Path] = o.Content
	}
	s := &verify.Subject{
		Deployment: verify.Deployment{Files: verify.Overlay(site, files), Manifest: r.Manifest},
		Base:       r.Found.Base,
		Worker:     r.Worker.Path,
	}
	if r.made == nil {
		return s, nil
	}
	kill, err := templates.Kill(r.made.root, templates.Options{})
	if err != nil {
		return nil, err
	}
	s.Spec, s.Kill = &r.made.spec, kill.With([]byte("{}"))
	s.Remake = func(m *manifest.Manifest) ([]byte, error) {
		packed, err := m.Pack()
		if err != nil {
			return nil, err
		}
		return r.made.code.With(packed), nil
	}
	return s, nil
}
