package main

import (
	"bytes"
	"context"
	"encoding/json"
	"io"

	"github.com/swgen/swgen"
	"github.com/swgen/swgen/internal/compress"
	"github.com/swgen/swgen/internal/finding"
	"github.com/swgen/swgen/internal/options"
	"github.com/swgen/swgen/internal/output"
	"github.com/swgen/swgen/manifest"
)

// report is a result as people and programs read it. Its JSON form is stable:
// fields may be added, none changes its meaning.
type report struct {
	Site   string `json:"site"`
	Config string `json:"config,omitempty"` // the configuration file
	// Failed says that the findings forbade writing.
	Failed  bool                 `json:"failed"`
	DryRun  bool                 `json:"dry_run,omitempty"`
	Found   *swgen.Found         `json:"found,omitempty"`
	Version string               `json:"version,omitempty"`
	Files   *precached           `json:"precache,omitempty"`
	LeftOut []manifest.Exclusion `json:"left_out,omitempty"`
	Worker  *worker              `json:"worker,omitempty"`
	Changes []output.Change      `json:"outputs,omitempty"`
	// Copied counts the files of the site that --out copied.
	Copied  int      `json:"copied,omitempty"`
	Foreign []string `json:"foreign,omitempty"`
	// Verified is how the worker kept its promises; nil when nobody asked.
	Verified     *swgen.Report   `json:"verified,omitempty"`
	Findings     []swgen.Finding `json:"findings"`
	Milliseconds int64           `json:"milliseconds"`

	changes []output.Change // of the site's own files too
	outputs map[string]bool // the paths that the build gave; nil is whatever was written
	kill    bool
}

// precached is what a visitor stores. Content that several URLs share counts
// once, in bytes.
type precached struct {
	Entries int `json:"entries"`
	weight
}

// worker is the worker's file and its two parts.
type worker struct {
	Path string `json:"path"`
	weight
	Code     *compress.Sizes `json:"code,omitempty"`
	Manifest *compress.Sizes `json:"manifest,omitempty"`
}

// weight is a number of bytes, and compressed ones when somebody measured them.
type weight struct {
	Bytes     int64 `json:"bytes"`
	Gzip      int64 `json:"gzip,omitempty"`
	Brotli    int64 `json:"brotli,omitempty"`
	Estimated bool  `json:"estimated,omitempty"`
}

func newReport(s *site, result *swgen.Result, loaded *options.Loaded) *report {
	r := &report{Site: s.given, Config: loaded.File, Found: &result.Found, LeftOut: result.Exclusions, outputs: make(map[string]bool)}
	r.Findings = append(append([]swgen.Finding{}, loaded.Findings...), result.Findings...)
	finding.Sort(r.Findings)
	r.Failed = finding.Failed(r.Findings, loaded.Config.Strict)
	if m := result.Manifest; m != nil {
		r.Version = m.Version
		r.Files = &precached{len(m.Entries), weight{Bytes: m.Bytes()}}
	}
	if w := result.Worker; w.Code != nil {
		r.Worker = &worker{Path: w.Path, weight: weight{Bytes: int64(len(w.Code) + len(w.Manifest))}}
	}
	for _, o := range result.Outputs {
		r.outputs[o.Path] = true
	}
	return r
}

// measure adds compressed sizes.
func (r *report) measure(ctx context.Context, s *site, result *swgen.Result) error {
	if r.Files != nil {
		var files []compress.File
		seen := make(map[manifest.Hash]bool)
		for _, e := range result.Manifest.Entries {
			if e.Path != "" && !seen[e.Hash] {
				seen[e.Hash] = true
				files = append(files, compress.File{Path: e.Path, Size: e.Size})
			}
		}
		sizes, err := compress.OfSite(ctx, opener(s, result), files)
		if err != nil {
			return err
		}
		r.Files.Gzip, r.Files.Brotli, r.Files.Estimated = sizes.Gzip, sizes.Brotli, sizes.Estimated
	}
	if r.Worker != nil {
		code, packed := compress.Of(result.Worker.Code), compress.Of(result.Worker.Manifest)
		whole := compress.Of(append(append([]byte(nil), result.Worker.Code...), result.Worker.Manifest...))
		r.Worker.Code, r.Worker.Manifest = &code, &packed
		r.Worker.Gzip, r.Worker.Brotli = whole.Gzip, whole.Brotli
	}
	return nil
}

// json is the report for programs.
func (r *report) json() string {
	for _, c := range r.changes {
		switch {
		case c.State == output.Foreign:
			r.Foreign = append(r.Foreign, c.Path)
		case r.ours(c):
			r.Changes = append(r.Changes, c)
		case c.State == output.Written:
			r.Copied++
		}
	}
	return encode(r)
}

// encode is a result as JSON for people and programs.
func encode(result any) string {
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(result); err != nil {
		panic(err) // its types cannot fail
	}
	return b.String()
}

// compact is a value as one line of JSON.
func compact(value any) string {
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(value); err != nil {
		panic(err) // its types cannot fail
	}
	return b.String()
}

func nopCloser(content []byte) io.ReadCloser { return io.NopCloser(bytes.NewReader(content)) }
