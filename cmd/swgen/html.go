package main

import (
	"bytes"
	"context"
	"path/filepath"
	"slices"
	"strings"

	"github.com/swgen/swgen/internal/output"
	htmlreport "github.com/swgen/swgen/internal/report"
)

// outsideOf refuses a file in the directory of a site: it would be deployed,
// and be a part of what the next build precaches.
func outsideOf(s *site, name string) error {
	dir, err := resolved(s.dir)
	if err != nil {
		return err
	}
	where, err := resolved(filepath.Dir(name))
	if err != nil {
		return err
	}
	rel, err := filepath.Rel(dir, where)
	if err != nil || rel == ".." || strings.HasPrefix(rel, ".."+string(filepath.Separator)) {
		return nil // on another drive, too
	}
	return &usageError{
		"--report " + name + " is in " + s.given + ", the site itself: it would be deployed with it",
		"write it beside the site: --report " + filepath.Join(s.given, "..", filepath.Base(name)),
	}
}

// resolved is where a directory really is, even if the end of it is not made yet.
func resolved(dir string) (string, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return "", err
	}
	missing := ""
	for {
		real, err := filepath.EvalSymlinks(dir)
		if err == nil {
			return filepath.Join(real, missing), nil
		}
		if parent := filepath.Dir(dir); parent == dir {
			return "", err
		}
		missing = filepath.Join(filepath.Base(dir), missing)
		dir = filepath.Dir(dir)
	}
}

// writeReport writes the result for people, as HTML.
func writeReport(ctx context.Context, name string, r *judgement) error {
	var page bytes.Buffer
	shown := r.shown()
	site, err := filepath.Abs(r.Site)
	if err != nil {
		return err
	}
	shown.Site = filepath.Base(site) // the report is the same wherever it is made
	if err := htmlreport.Write(&page, shown); err != nil {
		return err
	}
	_, err = output.Put(ctx, filepath.Dir(name), []output.File{{
		Path:    filepath.Base(name),
		Content: func() ([]byte, error) { return page.Bytes(), nil },
	}})
	return err
}

// shown is a judgement as the report shows it.
func (r *judgement) shown() *htmlreport.Report {
	shown := &htmlreport.Report{
		Worker: r.Worker, Subject: r.Subject, Base: r.found.Base, Host: r.found.Host, Version: r.version,
		Findings: slices.Clone(r.Findings),
	}
	if r.Report == nil {
		return shown
	}
	shown.Precached, shown.Inventory = r.Report.Precached, r.Report.Inventory
	for _, v := range r.Report.Verdicts {
		shown.Laws = append(shown.Laws, htmlreport.Law{
			Code: v.Code, Name: v.Name, Sentence: v.Sentence, Checks: v.Checks, Skipped: v.Skipped, Broken: len(v.Findings) > 0,
		})
	}
	if r.Report.Pages == nil {
		return shown
	}
	shown.Pages = make([]htmlreport.Page, len(r.Report.Pages.List))
	for i, p := range r.Report.Pages.List {
		page := htmlreport.Page{URL: p.URL, File: p.File, Fate: string(p.Fate)}
		for _, reason := range p.Reasons {
			page.Reasons = append(page.Reasons, htmlreport.Reason{Fate: string(reason.Fate), URL: reason.URL, In: reason.In, Line: reason.Line, Why: reason.Why})
		}
		shown.Pages[i] = page
	}
	return shown
}
