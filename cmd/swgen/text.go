package main

import (
	"fmt"
	"path"
	"strings"

	"github.com/dustin/go-humanize"

	"github.com/swgen/swgen"
	"github.com/swgen/swgen/internal/compress"
	"github.com/swgen/swgen/internal/output"
	"github.com/swgen/swgen/manifest"
)

// text is the report for people, one line a subject.
func (r *report) text(paint painter, verbose bool) string {
	t := &lines{paint: paint}
	if r.kill {
		t.add("worker", r.Worker.Path+" removes swgen from browsers; keep it deployed for as long as visitors may come back")
	} else {
		t.add("site", r.siteText())
		t.add("precache", r.Files.text())
		r.leftOut(t, verbose)
		t.add("worker", r.Worker.text())
		t.add("version", r.Version)
		t.add("verified", verifiedText(r.Verified))
	}
	r.written(t, verbose)
	return t.String()
}

// verifiedText says in one line how a worker kept its promises.
func verifiedText(r *swgen.Report) string {
	if r == nil {
		return "no (--no-verify): nobody has tried this worker"
	}
	kept, checks := 0, 0
	for _, v := range r.Verdicts {
		if checks += v.Checks; v.Skipped == "" && len(v.Findings) == 0 {
			kept++
		}
	}
	return fmt.Sprintf("%s kept in %s, offline: %s", count(kept, "promise"), count(checks, "check"), count(r.Precached, "URL"))
}

// lines are lines with a label each.
type lines struct {
	strings.Builder
	paint painter
}

func (t *lines) add(label, text string) {
	if text != "" {
		fmt.Fprintf(t, "%s %s\n", t.paint.in(bold, fmt.Sprintf("%-10s", label)), printable(text))
	}
}

func (r *report) siteText() string {
	parts := []string{r.Site}
	if r.Found.Generator != "" {
		parts = append(parts, r.Found.Generator)
	}
	base := "base " + r.Found.Base
	if r.Found.BaseFrom != "" {
		base += " (" + r.Found.BaseFrom + ")"
	}
	parts = append(parts, base)
	if r.Found.HostFrom != "" {
		parts = append(parts, fmt.Sprintf("host %s (%s)", r.Found.Host, r.Found.HostFrom))
	}
	return strings.Join(parts, " · ")
}

func (p *precached) text() string {
	if p == nil {
		return ""
	}
	return fmt.Sprintf("%s  %s", count(p.Entries, "file"), p.weight)
}

func (w weight) String() string {
	text := size(w.Bytes)
	if w.Gzip == 0 {
		return text
	}
	about := ""
	if w.Estimated {
		about = "about "
	}
	return fmt.Sprintf("%s (%s%s gzip, %s%s brotli)", text, about, size(w.Gzip), about, size(w.Brotli))
}

func (w *worker) text() string {
	if w == nil {
		return ""
	}
	text := w.Path + "  " + w.weight.String()
	if w.Code != nil {
		text = fmt.Sprintf("%s  %s = code %s + manifest %s", w.Path, size(w.Bytes), sizes(w.Code), sizes(w.Manifest))
	}
	return text
}

func sizes(s *compress.Sizes) string { return weight{s.Bytes, s.Gzip, s.Brotli, false}.String() }

// leftOut tells what most files were left out for; nobody should have to ask
// why a file is not there.
func (r *report) leftOut(t *lines, verbose bool) {
	const few = 4
	var parts []string
	for i, x := range r.LeftOut {
		if verbose {
			text := fmt.Sprintf("%d %s (%s)", x.Files, x.Rule, x.Example)
			if x.Reason != "" {
				text += ": " + x.Reason
			}
			t.add("left out", text)
			continue
		}
		if i == few {
			parts = append(parts, fmt.Sprintf("%s more (-v lists all)", count(len(r.LeftOut)-few, "rule")))
			break
		}
		parts = append(parts, fmt.Sprintf("%d %s (%s)", x.Files, x.Rule, x.Example))
	}
	t.add("left out", strings.Join(parts, " · "))
}

// written tells what happened to files: outputs by name, pages and copies of
// the site's own files by number.
func (r *report) written(t *lines, verbose bool) {
	var names, removed, foreign []string
	pages, copied := 0, 0
	for _, c := range r.changes {
		if verbose && c.State != output.Foreign {
			t.add(string(c.State), c.Path)
		}
		switch {
		case c.State == output.Removed:
			removed = append(removed, c.Path)
		case c.State == output.Foreign:
			foreign = append(foreign, c.Path)
		case c.State != output.Written:
		case !r.ours(c):
			copied++
		case manifest.ClassOf(c.Path) == manifest.Page || manifest.ClassOf(bareName(c.Path)) == manifest.Page:
			pages++
		default:
			names = append(names, c.Path)
		}
	}
	if len(names) > 6 {
		names = append(names[:5], fmt.Sprintf("%d other files", len(names)-5))
	}
	if pages > 0 {
		names = append(names, count(pages, "page"))
	}
	if copied > 0 {
		names = append(names, count(copied, "file")+" of the site")
	}
	took := fmt.Sprintf(" in %d ms", r.Milliseconds)
	switch {
	case len(names) == 0 && len(removed) == 0 && r.DryRun:
		t.add("would", "change nothing"+took)
	case len(names) == 0 && len(removed) == 0:
		t.add("wrote", "nothing changed"+took)
	case r.DryRun:
		t.add("would", "write "+strings.Join(names, ", ")+took)
	default:
		t.add("wrote", strings.Join(names, ", ")+took)
	}
	t.add("removed", some(removed))
	if len(foreign) > 0 {
		t.add("kept", fmt.Sprintf("%s that the site does not have: %s", count(len(foreign), "file"), some(foreign)))
	}
}

// ours says that a change is of an output, or of a compressed copy of one.
func (r *report) ours(c output.Change) bool {
	return r.outputs == nil || r.outputs[c.Path] || r.outputs[bareName(c.Path)]
}

// bareName is the name of the file that a compressed copy is of.
func bareName(name string) string { return strings.TrimSuffix(name, path.Ext(name)) }

func some(names []string) string {
	const few = 5
	if len(names) > few {
		return fmt.Sprintf("%s and %d more", strings.Join(names[:few], ", "), len(names)-few)
	}
	return strings.Join(names, ", ")
}

func count(n int, what string) string {
	if n != 1 {
		what += "s"
	}
	return fmt.Sprintf("%s %s", humanize.Comma(int64(n)), what)
}

func size(bytes int64) string { return humanize.Bytes(uint64(bytes)) }
