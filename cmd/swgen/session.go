package main

import (
	"context"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/swgen/swgen"
	"github.com/swgen/swgen/internal/finding"
	"github.com/swgen/swgen/internal/options"
	"github.com/swgen/swgen/internal/output"
	"github.com/swgen/swgen/internal/preview"
	"github.com/swgen/swgen/internal/watch"
	"github.com/swgen/swgen/manifest"
)

// session is one run of watch.
type session struct {
	*watching
	app    *app
	dir    string
	loaded *options.Loaded

	site    *site
	builder *swgen.Builder
	// known is what files held when they were last looked at or written: what
	// is written once more as it was is no reason to build, whoever wrote it.
	known map[string]manifest.Hash
	// tried is the code of the worker that has kept its promises.
	tried []byte
	// version is that of the last build, findings what was told last.
	version, findings string

	address string
	preview *preview.Server
	handler atomic.Pointer[http.Handler]
}

// built is a build as people and programs read it.
type built struct {
	// Changed are the paths that led to it, All that there was no telling.
	Changed []string `json:"changed,omitempty"`
	All     bool     `json:"all,omitempty"`
	Entries int      `json:"entries"`
	Version string   `json:"version,omitempty"`
	// Written counts the files that were written.
	Written int `json:"written"`
	// Same: nothing was new after all.
	Same         bool            `json:"same,omitempty"`
	Failed       bool            `json:"failed,omitempty"`
	Findings     []swgen.Finding `json:"findings"`
	Milliseconds int64           `json:"milliseconds"`
}

func (s *session) say(text string) { fmt.Fprintln(s.app.stderr, text) }

// batch builds what a batch of changes asks for.
func (s *session) batch(ctx context.Context) func(watch.Batch) {
	return func(b watch.Batch) {
		if b.Gone {
			if s.builder != nil {
				s.say(s.dir + " is gone; waiting for it")
			}
			s.builder = nil
			return
		}
		start := s.app.now()
		var changed []string
		if b.All || s.builder == nil {
			site, err := openSite(s.dir)
			if err != nil {
				s.failed(err)
				return
			}
			s.site, s.builder = site, swgen.NewBuilder(site.files, s.loaded.Config)
			if err := s.learn(); err != nil {
				s.failed(err)
				return
			}
		} else if changed = s.causes(b.Paths); len(changed) == 0 {
			return
		}
		s.builder.Changed(changed...)
		r, err := s.build(ctx)
		if err != nil {
			s.builder = nil // whatever it is, the next time all is read
			if ctx.Err() == nil {
				s.failed(err)
			}
			return
		}
		r.Changed, r.All = changed, changed == nil
		r.Milliseconds = s.app.now().Sub(start).Round(time.Millisecond).Milliseconds()
		s.show(r)
	}
}

// causes are the paths at which there is something else than before. What a
// directory holds is listed by itself.
func (s *session) causes(paths []string) []string {
	return slices.DeleteFunc(slices.Clone(paths), func(name string) bool {
		if output.IsTemporary(name) {
			return true
		}
		place := filepath.Join(s.site.dir, filepath.FromSlash(name))
		if info, err := os.Stat(place); err == nil && info.IsDir() {
			return true
		}
		content, err := os.ReadFile(place)
		if err != nil {
			return !s.forget(name)
		}
		sum := manifest.Sum(content)
		same := s.known[name] == sum
		s.known[name] = sum
		return same
	})
}

// forget forgets what is gone, a file or a directory; it tells whether there
// was one, for some files come and go between two looks.
func (s *session) forget(gone string) (was bool) {
	for name := range s.known {
		if name == gone || strings.HasPrefix(name, gone+"/") {
			delete(s.known, name)
			was = true
		}
	}
	return was
}

// learn notes the names of all files. What is in those that are precached, the
// build tells.
func (s *session) learn() error {
	clear(s.known)
	return fs.WalkDir(s.site.files, ".", func(name string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			s.known[name] = manifest.Hash{}
		}
		return nil // what cannot be read, the build tells
	})
}

// build builds the site as it is now, and writes what is new.
func (s *session) build(ctx context.Context) (*built, error) {
	result, err := s.builder.Build(ctx)
	if err != nil {
		return nil, err
	}
	r := &built{Findings: newReport(s.site, result, s.loaded).Findings}
	r.Failed = result.Failed(s.loaded.Config.Strict)
	if result.Manifest != nil {
		r.Entries, r.Version = len(result.Manifest.Entries), result.Manifest.Version
	}
	if !r.Failed && s.prod {
		if err := s.try(ctx, result, r); err != nil {
			return nil, err
		}
	}
	if r.Failed {
		return r, nil
	}
	if !s.prod {
		if err := s.forDevelopment(result); err != nil {
			return nil, err
		}
	}
	return r, s.write(ctx, result, r)
}

// try holds the worker to its promises. Its code does not depend on the
// content of the site: once is enough.
func (s *session) try(ctx context.Context, result *swgen.Result, r *built) error {
	if s.noVerify || slices.Equal(s.tried, result.Worker.Code) {
		return nil
	}
	report, err := swgen.Verify(ctx, s.site.files, result, nil, swgen.VerifyOptions{Moments: moments, Sample: sample})
	if err != nil {
		return err
	}
	r.Findings = append(r.Findings, report.Findings()...)
	if r.Failed = finding.Failed(r.Findings, false); !r.Failed {
		s.tried = result.Worker.Code
	}
	return nil
}

// forDevelopment puts the kill worker in the place of the worker, so that a
// browser that had one is as if it never had; pages stay as they are built.
func (s *session) forDevelopment(result *swgen.Result) error {
	kill, err := s.app.kill(s.loaded.Config)
	if err != nil {
		return err
	}
	own := []string{result.Worker.Path + ".map", manifestPath(s.loaded.Config)}
	for _, o := range kill.Outputs {
		own = append(own, o.Path)
	}
	result.Outputs = slices.DeleteFunc(result.Outputs, func(o swgen.Output) bool { return slices.Contains(own, o.Path) })
	result.Outputs = append(result.Outputs, kill.Outputs...)
	return nil
}

// write puts the outputs into the site, and serves it from there.
func (s *session) write(ctx context.Context, result *swgen.Result, r *built) error {
	files := make([]output.File, len(result.Outputs))
	for i, o := range result.Outputs {
		files[i] = output.File{Path: o.Path, Content: func() ([]byte, error) {
			content, err := o.Content()
			s.known[o.Path] = manifest.Sum(content)
			return content, err
		}}
	}
	changes, err := output.Put(ctx, s.site.dir, files)
	if err != nil {
		return err
	}
	for _, c := range changes {
		if c.State == output.Written {
			r.Written++
		}
	}
	for _, e := range result.Manifest.Entries {
		if s.known[e.Path] == (manifest.Hash{}) {
			s.known[e.Path] = e.Hash // of the file as it is, with what was written into it
		}
	}
	for _, o := range result.Outputs {
		s.builder.Wrote(o.Path)
	}
	r.Same = r.Written == 0 && r.Version == s.version
	s.version = r.Version
	result.Outputs = nil // they are in the site
	handler := result.Handler(s.site.files)
	if s.preview != nil && s.handler.Swap(&handler) == nil {
		fmt.Fprintf(s.app.stderr, "serving %s as %s does at %s%s, stop with Ctrl-C\n", s.dir, result.Found.Host, s.address, result.Found.Base)
	}
	return nil
}

func (s *session) serveSite(w http.ResponseWriter, r *http.Request) {
	handler := s.handler.Load()
	if handler == nil {
		w.Header().Set("Retry-After", "1")
		http.Error(w, "the site is not built yet", http.StatusServiceUnavailable)
		return
	}
	(*handler).ServeHTTP(w, r)
}

// show tells of a build: what is wrong when that is new, and one line.
func (s *session) show(r *built) {
	var findings strings.Builder
	s.tellFindings(&findings, s.paint(s.app, s.app.talk), r.Findings)
	if text := findings.String(); text != s.findings && !s.json {
		s.findings = text
		fmt.Fprint(s.app.stderr, text)
	}
	switch {
	case s.json:
		_ = s.app.print(compact(r))
	case !s.quiet || r.Failed:
		_ = s.app.print(r.line(s.paint(s.app, s.app.terminal)))
	}
	switch {
	case s.preview == nil:
	case r.Failed:
		s.preview.Failed(plainFindings(r.Findings))
	case r.Same:
		s.preview.Failed("")
	default:
		s.preview.Reload()
	}
}

// failed tells why there is no build; the site stays as it was.
func (s *session) failed(err error) {
	s.app.tell(err)
	if s.preview != nil {
		s.preview.Failed(err.Error())
	}
}

// plainFindings are the errors, for pages.
func plainFindings(findings []swgen.Finding) string {
	var lines []string
	for _, f := range findings {
		if f.Severity == finding.Error && len(lines) < fewFindings {
			lines = append(lines, f.String())
		}
	}
	return "swgen: " + strings.Join(lines, "\n")
}

// line is a build as one line.
func (r *built) line(paint painter) string {
	const few = 3
	why := "everything"
	if !r.All {
		why = strings.Join(r.Changed[:min(few, len(r.Changed))], ", ") + andMore(len(r.Changed)-few)
	}
	switch {
	case r.Failed:
		return fmt.Sprintf("%s  %s; the site keeps the worker that it has\n", paint.in(red, "failed"), printable(why))
	case r.Same:
		return fmt.Sprintf("%s    %s · %s · version %s · %d ms\n", paint.in(dim, "same"), printable(why), count(r.Entries, "file"), r.Version, r.Milliseconds)
	}
	return fmt.Sprintf("%s   %s · %s · version %s · %s written · %d ms\n", paint.in(green, "built"), printable(why), count(r.Entries, "file"), r.Version, count(r.Written, "file"), r.Milliseconds)
}
