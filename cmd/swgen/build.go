package main

import (
	"context"
	"io"
	"path"
	"path/filepath"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"github.com/swgen/swgen"
	"github.com/swgen/swgen/internal/finding"
	"github.com/swgen/swgen/internal/options"
	"github.com/swgen/swgen/internal/output"
)

// building are the flags of build.
type building struct {
	common
	out, workerOnly        string
	force, sizes, noVerify bool
}

func buildCommand(a *app) *cobra.Command {
	cmd := &cobra.Command{
		Use:               "build DIR",
		Short:             "Write the service worker of a site (the default)",
		Args:              oneDirectory,
		ValidArgsFunction: directories,
	}
	a.asBuild(cmd)
	return cmd
}

// asBuild makes a command build: the one of that name and the root.
func (a *app) asBuild(cmd *cobra.Command) {
	b := &building{}
	flags := cmd.Flags()
	flags.SortFlags = false
	flags.StringVarP(&b.out, "out", "o", "", "write a copy of the site with the worker into `DIR`, and leave the site alone")
	flags.BoolVar(&b.force, "force", false, "let --out write into a directory that holds something else")
	flags.StringVar(&b.workerOnly, "worker-only", "", "write the worker as `FILE` and the manifest beside it; the site and its pages are left alone")
	flags.BoolVarP(&b.dryRun, "dry-run", "n", false, "say what would be written, and write nothing")
	flags.BoolVar(&b.noVerify, "no-verify", false, "write the worker without holding it to its promises first")
	flags.BoolVar(&b.json, "json", false, "print the result as JSON")
	flags.BoolVar(&b.sizes, "sizes", false, "measure compressed sizes even when stdout is not a terminal")
	b.addTo(cmd)
	cmd.RunE = func(cmd *cobra.Command, args []string) error { return b.run(cmd.Context(), a, args[0]) }
}

func (b *building) check() error {
	if b.out != "" && b.workerOnly != "" {
		return &usageError{"--out and --worker-only exclude each other", "--out writes a copy of the whole site, --worker-only two files"}
	}
	if b.force && b.out == "" {
		return &usageError{"--force does nothing without --out", ""}
	}
	return nil
}

func (b *building) run(ctx context.Context, a *app, dir string) error {
	start := a.now()
	if err := b.check(); err != nil {
		return err
	}
	loaded, site, err := b.open(a, dir)
	if err != nil {
		return err
	}
	result, err := a.build(ctx, site.files, loaded.Config)
	if err != nil {
		return err
	}
	r := newReport(site, result, loaded)
	r.DryRun = b.dryRun
	if !r.Failed {
		if err := b.verify(ctx, site, result, r); err != nil {
			return err
		}
	}
	if !r.Failed {
		if b.workerOnly != "" {
			r.outputs = nil // the file has another name
		}
		if r.changes, err = b.write(ctx, site, result, loaded.Config); err != nil {
			return err
		}
	}
	r.Milliseconds = a.now().Sub(start).Round(time.Millisecond).Milliseconds()
	if !r.Failed && (b.json || b.sizes || a.terminal && !b.quiet) {
		if err := r.measure(ctx, site, result); err != nil {
			return err
		}
	}
	return b.show(a, r)
}

// A build verifies the whole worker, and plays deploys with a part of a large
// site; verify does everything, and kills the worker more often.
const (
	moments = 4
	sample  = 24
)

// verify holds what is to be written to its promises.
func (b *building) verify(ctx context.Context, s *site, result *swgen.Result, r *report) error {
	if b.noVerify {
		return nil
	}
	verified, err := swgen.Verify(ctx, s.files, result, nil, swgen.VerifyOptions{Moments: moments, Sample: sample})
	if err != nil {
		return err
	}
	r.Verified = verified
	r.Findings = append(r.Findings, verified.Findings()...)
	r.Failed = finding.Failed(r.Findings, false)
	return nil
}

// show prints a report, and ends the run badly when it is bad.
func (c *common) show(a *app, r *report) error {
	var err error
	switch {
	case c.json:
		err = a.print(r.json())
	default:
		c.tellFindings(a.stderr, c.paint(a, a.talk), r.Findings)
		if !c.quiet && !r.Failed {
			err = a.print(r.text(c.paint(a, a.terminal), c.verbose))
		}
	}
	if err == nil && r.Failed {
		if !c.json && finding.Failed(r.Findings, false) {
			a.tellOne("nothing was written because of the errors above", "", "")
		} else if !c.json {
			a.tellOne("nothing was written because of the warnings above, which --strict turns into errors", "", "")
		}
		return errFindings
	}
	return err
}

// write puts the outputs where the flags say.
func (b *building) write(ctx context.Context, s *site, result *swgen.Result, config swgen.Config) ([]output.Change, error) {
	files := make([]output.File, len(result.Outputs))
	for i, o := range result.Outputs {
		files[i] = output.File{Path: o.Path, Content: o.Content}
	}
	switch {
	case b.out != "":
		mirror := output.Mirror{Site: s.dir, Dir: b.out, Mark: manifestPath(config), Force: b.force, DryRun: b.dryRun}
		if mirror.Mark == "" {
			mirror.Mark = result.Worker.Path
		}
		return mirror.Put(ctx, files)
	case b.workerOnly != "":
		return put(ctx, filepath.Dir(b.workerOnly), alone(files, result.Worker.Path, filepath.Base(b.workerOnly), manifestPath(config)), b.dryRun)
	}
	return put(ctx, s.dir, files, b.dryRun)
}

func put(ctx context.Context, dir string, files []output.File, dryRun bool) ([]output.Change, error) {
	if dryRun {
		return output.Compare(ctx, dir, files)
	}
	return output.Put(ctx, dir, files)
}

// alone are the worker, under another name, its source map and the manifest,
// all in one directory.
func alone(files []output.File, worker, name, manifest string) []output.File {
	var chosen []output.File
	for _, f := range files {
		switch f.Path {
		case worker:
			f.Path = name
		case worker + ".map", manifest:
			f.Path = path.Base(f.Path) // as the worker names its map
		default:
			continue
		}
		chosen = append(chosen, f)
	}
	return chosen
}

// manifestPath is where the manifest goes; "" is nowhere.
func manifestPath(config swgen.Config) string {
	switch config.Manifest {
	case "none":
		return ""
	case "":
		return options.DefaultOf("manifest")
	}
	return config.Manifest
}

// opener reads files as they will be deployed: outputs are there already.
func opener(s *site, result *swgen.Result) func(string) (io.ReadCloser, error) {
	return func(name string) (io.ReadCloser, error) {
		i := slices.IndexFunc(result.Outputs, func(o swgen.Output) bool { return o.Path == name })
		if i < 0 {
			return s.files.Open(name)
		}
		content, err := result.Outputs[i].Content()
		return nopCloser(content), err
	}
}
