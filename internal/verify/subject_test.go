package verify_test

import (
	"fmt"
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/swgen/swgen/internal/verify"
	"github.com/swgen/swgen/manifest"
	"github.com/swgen/swgen/strategies"
	"github.com/swgen/swgen/templates"
)

func file(content string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(content)} }

// smallSite has a file of every class, and others that can move, be copied
// and go.
func smallSite() fstest.MapFS {
	return fstest.MapFS{
		"index.html":           file("<!doctype html><title>Home</title><link rel=stylesheet href=style.css>"),
		"about/index.html":     file("<!doctype html><title>About</title>"),
		"notes.html":           file("<!doctype html><title>Notes</title>"),
		"docs/first/page.html": file("<!doctype html><title>First</title>"),
		"404.html":             file("<!doctype html><title>Not here</title>"),
		"style.css":            file("body { color: black }"),
		"print.css":            file("body { color: gray }"),
		"app.js":               file("console.log('app')"),
		"menu.js":              file("console.log('menu')"),
		"type.woff2":           file("wOF2 type"),
		"data.json":            file(`{"data": 1}`),
		"list.json":            file(`[1, 2, 3]`),
		"img/dot.png":          file("png dot"),
		"img/ring.png":         file("png ring"),
		"img/star.png":         file("png star"),
		"media/horn.mp3":       file("0123456789abcdef"),
	}
}

// usual is the Spec of a site without any configuration.
func usual() strategies.Spec {
	spec := strategies.Spec{Ranges: true, Offline: &strategies.Page{Path: "404.html", Status: 404}}
	for _, class := range []manifest.Class{manifest.Style, manifest.Script, manifest.Font, manifest.Wasm} {
		spec.Strict = append(spec.Strict, manifest.Extensions(class)...)
	}
	return spec
}

// change is a Spec that differs from the usual one.
func change(how func(*strategies.Spec)) strategies.Spec {
	spec := usual()
	how(&spec)
	return spec
}

// routes is the usual Spec with routes.
func routes(list ...strategies.Route) strategies.Spec {
	return change(func(s *strategies.Spec) { s.Routes = list })
}

// edit replaces a text that a worker has exactly once.
type edit struct{ old, new string }

func (e edit) apply(script []byte) ([]byte, error) {
	if n := strings.Count(string(script), e.old); n != 1 {
		return nil, fmt.Errorf("the worker has %d times %q, which is to be replaced", n, e.old)
	}
	return []byte(strings.Replace(string(script), e.old, e.new, 1)), nil
}

// making says how the worker of a subject is made.
type making struct {
	spec strategies.Spec
	// code is what the worker is made from when that is another Spec.
	code *strategies.Spec
	// edits are made in the readable form of the worker, killEdits in that of
	// the kill worker.
	edits, killEdits []edit
}

// subject is a site with a worker.
func subject(t testing.TB, site fs.FS, m making) *verify.Subject {
	t.Helper()
	scanned, err := manifest.Scan(t.Context(), site, manifest.Options{})
	if err != nil {
		t.Fatal(err)
	}
	spec := resolved(t, m.spec)
	from := spec
	if m.code != nil {
		from = resolved(t, *m.code)
	}
	code, err := templates.Render(from, templates.Options{Debug: m.edits != nil})
	if err != nil {
		t.Fatal(err)
	}
	kill, err := templates.Kill(spec.Root, templates.Options{Debug: m.killEdits != nil})
	if err != nil {
		t.Fatal(err)
	}
	s := &verify.Subject{Base: "/", Worker: "sw.js", Spec: &spec, Kill: edited(t, kill.With([]byte("{}")), m.killEdits)}
	s.Manifest = scanned.Manifest
	s.Remake = func(list *manifest.Manifest) ([]byte, error) {
		packed, err := list.Pack()
		if err != nil {
			return nil, err
		}
		return edited(t, code.With(packed), m.edits), nil
	}
	worker, err := s.Remake(s.Manifest)
	if err != nil {
		t.Fatal(err)
	}
	s.Files = verify.Overlay(site, verify.Overlaid{"sw.js": func() ([]byte, error) { return worker, nil }})
	return s
}

func resolved(t testing.TB, spec strategies.Spec) strategies.Spec {
	t.Helper()
	spec, findings := strategies.Resolve(spec)
	if len(findings) > 0 {
		t.Fatal(findings)
	}
	return spec
}

func edited(t testing.TB, script []byte, edits []edit) []byte {
	t.Helper()
	for _, e := range edits {
		var err error
		if script, err = e.apply(script); err != nil {
			t.Fatal(err)
		}
	}
	return script
}
