package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/swgen/swgen/internal/inventory"
)

// totals says what the precache weighs and for whom: a line each, or with
// verbose the heaviest ten and all that could be left out.
func (t *lines) totals(v *inventory.Inventory, verbose bool) {
	if v.Files == 0 {
		return
	}
	var parts []string
	for _, total := range v.Types {
		parts = append(parts, fmt.Sprintf("%s %s", total.Type, size(total.Bytes)))
	}
	t.add("weight", fmt.Sprintf("%s in %s: %s", size(v.Bytes), count(v.Files, "file"), strings.Join(parts, ", ")))
	first := 1
	if verbose {
		first = 10
	}
	for _, f := range v.List[:min(first, len(v.List))] {
		t.add("heaviest", fmt.Sprintf("file %s: %s", f.URL, size(f.Bytes)))
	}
	for _, p := range v.Pages[:min(first, len(v.Pages))] {
		t.add("heaviest", fmt.Sprintf("page %s: %s with what it needs, %s of it for no other page", p.URL, size(p.Bytes), size(p.Unique)))
	}
	t.unneeded(v, verbose)
	t.duplicates(v, verbose)
}

// unneeded says what no page needs.
func (t *lines) unneeded(v *inventory.Inventory, verbose bool) {
	if v.Unneeded.Files == 0 {
		return
	}
	var names []string
	for _, f := range v.List {
		if !f.Needed() {
			names = append(names, f.URL)
		}
	}
	text := fmt.Sprintf("%s, %s, that no page needs: ", count(v.Unneeded.Files, "file"), size(v.Unneeded.Bytes))
	if verbose {
		slices.Sort(names)
		t.add("unneeded", text+strings.Join(names, ", "))
		return
	}
	t.add("unneeded", text+some(names))
}

// duplicates says what a deploy carries more often than visitors store it.
func (t *lines) duplicates(v *inventory.Inventory, verbose bool) {
	if len(v.Duplicates) == 0 {
		return
	}
	t.add("duplicate", fmt.Sprintf("%s under several URLs; visitors store each once, %s less than is deployed", count(len(v.Duplicates), "content"), size(v.Spare)))
	if verbose {
		for _, d := range v.Duplicates {
			t.add("duplicate", fmt.Sprintf("%s: %s", size(d.Bytes), strings.Join(d.URLs, ", ")))
		}
	}
}
