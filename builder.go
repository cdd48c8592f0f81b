package swgen

import (
	"context"
	"io/fs"
	"reflect"

	"github.com/swgen/swgen/manifest"
	"github.com/swgen/swgen/strategies"
	"github.com/swgen/swgen/templates"
)

// Builder builds one site again and again, and reads only what it is told has
// changed. What it builds is byte for byte what Build would build from the
// same files. Its methods are for one goroutine.
type Builder struct {
	site   fs.FS
	config Config
	index  manifest.Index
	// overlay is that of the last build, whose notes the next one takes over.
	overlay *overlay
	// The parts of the last worker that do not depend on the content.
	spec     strategies.Spec
	code     *templates.Code
	register templates.Registration
	script   []byte
}

// NewBuilder is a builder that has read nothing yet.
func NewBuilder(site fs.FS, config Config) *Builder { return &Builder{site: site, config: config} }

// Changed has files read again, or directories with all that is below them:
// what was changed, made or removed. "." is everything.
func (w *Builder) Changed(names ...string) {
	w.index.Forget(names...)
	if w.overlay != nil {
		w.overlay.forget(names)
	}
}

// Wrote tells that outputs of the last build are in the site now: they are
// not outputs any more, unless they change.
func (w *Builder) Wrote(names ...string) {
	for _, name := range names {
		if n, ok := w.overlay.notes[name]; ok {
			n.changed = false
			w.overlay.notes[name] = n
		}
	}
}

// Build builds the site as it is now.
func (w *Builder) Build(ctx context.Context) (*Result, error) {
	return (&build{config: w.config, warm: w}).run(ctx, w.site)
}

// known is what the scan of a build need not read.
func (w *Builder) known() *manifest.Index {
	if w == nil {
		return nil
	}
	return &w.index
}

// takeOver gives a build what the last one knew of the files.
func (w *Builder) takeOver(o *overlay) {
	o.keep = true
	if last := w.overlay; last != nil && reflect.DeepEqual(last.tag, o.tag) && last.withdraw == o.withdraw {
		o.notes = last.notes
	} else {
		w.index.Forget(".") // pages get another element
	}
	w.overlay = o
}

// registration makes the registration script, or has it still.
func (w *Builder) registration(r templates.Registration, debug bool) (script []byte, err error) {
	if w != nil && w.script != nil && w.register == r {
		return w.script, nil
	}
	script, err = templates.Register(r, templates.Options{Debug: debug})
	if w != nil {
		w.register, w.script = r, script
	}
	return script, err
}

// render makes the worker's code, or has it still.
func (w *Builder) render(spec strategies.Spec, o templates.Options) (code *templates.Code, err error) {
	if w != nil && w.code != nil && reflect.DeepEqual(w.spec, spec) {
		return w.code, nil
	}
	code, err = templates.Render(spec, o)
	if w != nil {
		w.spec, w.code = spec, code
	}
	return code, err
}
