package verify_test

import (
	"io/fs"
	"testing"
	"testing/fstest"

	"github.com/swgen/swgen/internal/verify"
	"github.com/swgen/swgen/manifest"
	"github.com/swgen/swgen/strategies"
	"github.com/swgen/swgen/templates"
)

func file(content string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(content)} }

// usual is the Spec of a site without any configuration.
func usual() strategies.Spec {
	spec := strategies.Spec{}
	for _, class := range []manifest.Class{manifest.Style, manifest.Script, manifest.Font, manifest.Wasm} {
		spec.Strict = append(spec.Strict, manifest.Extensions(class)...)
	}
	return spec
}

// subject is a site with the worker that swgen makes for it.
func subject(t testing.TB, site fs.FS, spec strategies.Spec) *verify.Subject {
	t.Helper()
	spec, findings := strategies.Resolve(spec)
	if len(findings) > 0 {
		t.Fatal(findings)
	}
	code, err := templates.Render(spec, templates.Options{})
	if err != nil {
		t.Fatal(err)
	}
	scanned, err := manifest.Scan(t.Context(), site, manifest.Options{})
	if err != nil {
		t.Fatal(err)
	}
	s := &verify.Subject{
		Base: "/", Worker: "sw.js", Spec: &spec,
		Remake: func(m *manifest.Manifest) ([]byte, error) {
			packed, err := m.Pack()
			if err != nil {
				return nil, err
			}
			return code.With(packed), nil
		},
	}
	kill, err := templates.Kill(spec.Root, templates.Options{})
	if err != nil {
		t.Fatal(err)
	}
	s.Kill = kill.With([]byte("{}"))
	s.Manifest = scanned.Manifest
	worker, err := s.Remake(s.Manifest)
	if err != nil {
		t.Fatal(err)
	}
	s.Files = verify.Overlay(site, verify.Overlaid{"sw.js": func() ([]byte, error) { return worker, nil }})
	return s
}
