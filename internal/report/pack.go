package report

import (
	"slices"

	"github.com/swgen/swgen/internal/finding"
	"github.com/swgen/swgen/internal/inventory"
)

// packed is a report as its page reads it. A site may have tens of thousands of
// pages and files: they are rows without keys, which name each other by number.
type packed struct {
	Site      string            `json:"site"`
	Worker    string            `json:"worker"`
	Subject   string            `json:"subject"`
	Base      string            `json:"base"`
	Host      string            `json:"host"`
	Version   string            `json:"version"`
	Precached int               `json:"precached"`
	Laws      []Law             `json:"laws"`
	Findings  []finding.Finding `json:"findings"`
	Fates     []string          `json:"fates"`
	// Causes are reasons without their places, which many pages share:
	// the number of the fate, URL, why.
	Causes []row `json:"causes"`
	// Pages: URL, file, number of the fate, reasons, how many files it needs,
	// bytes of its own file, of all it needs, of what only it needs. The reasons
	// are one list: number of the cause, file, line, number of the cause, …
	Pages  []row   `json:"pages,omitzero"`
	Totals *totals `json:"totals,omitempty"`
	// Files: URL, path, bytes, type, number of the file that it is a copy of or
	// -1, how many pages need it, how many more may, weight, examples. The
	// examples are one list: page, file, line, weight, page, …
	Files []row `json:"files,omitzero"`
}

type row []any

// totals are the sums of an inventory.
type totals struct {
	Bytes    int64                 `json:"bytes"`
	Types    []inventory.TypeTotal `json:"types"`
	Spare    int64                 `json:"spare"`
	Unneeded inventory.Total       `json:"unneeded"`
	// Duplicates are numbers of files that hold the same.
	Duplicates [][]int `json:"duplicates"`
}

func pack(r *Report) *packed {
	p := &packed{
		Site: r.Site, Worker: r.Worker, Subject: r.Subject, Base: r.Base, Host: r.Host, Version: r.Version, Precached: r.Precached,
		Laws: append([]Law{}, r.Laws...), Findings: append([]finding.Finding{}, r.Findings...), Fates: fates, Causes: []row{},
	}
	if r.Pages != nil {
		p.packPages(r)
	}
	if r.Inventory != nil {
		p.packInventory(r.Inventory)
	}
	return p
}

func (p *packed) packPages(r *Report) {
	weights := make(map[string]inventory.Page)
	if r.Inventory != nil {
		for _, w := range r.Inventory.Pages {
			weights[w.File] = w
		}
	}
	type cause struct{ fate, url, why string }
	causes := make(map[cause]int)
	p.Pages = make([]row, 0, len(r.Pages))
	for _, one := range r.Pages {
		reasons := row{}
		for _, reason := range one.Reasons {
			key := cause{reason.Fate, reason.URL, reason.Why}
			n, known := causes[key]
			if !known {
				n = len(causes)
				causes[key] = n
				p.Causes = append(p.Causes, row{slices.Index(fates, reason.Fate), reason.URL, reason.Why})
			}
			reasons = append(reasons, n, reason.In, reason.Line)
		}
		w := weights[one.File]
		p.Pages = append(p.Pages, row{one.URL, one.File, slices.Index(fates, one.Fate), reasons, w.Needs, w.Own, w.Bytes, w.Unique})
	}
}

func (p *packed) packInventory(v *inventory.Inventory) {
	number := make(map[string]int, len(v.List))
	for i, f := range v.List {
		number[f.URL] = i
	}
	p.Files = make([]row, 0, len(v.List))
	for _, f := range v.List {
		same := -1
		if f.Same != "" {
			same = number[f.Same]
		}
		examples := row{}
		for _, e := range f.Examples {
			examples = append(examples, e.Page, e.In, e.Line, e.Weight)
		}
		p.Files = append(p.Files, row{f.URL, f.Path, f.Bytes, f.Type, same, f.Pages, f.Assumed, f.Weight, examples})
	}
	p.Totals = &totals{Bytes: v.Bytes, Types: v.Types, Spare: v.Spare, Unneeded: v.Unneeded, Duplicates: [][]int{}}
	for _, d := range v.Duplicates {
		var files []int
		for _, url := range d.URLs {
			files = append(files, number[url])
		}
		p.Totals.Duplicates = append(p.Totals.Duplicates, files)
	}
}
