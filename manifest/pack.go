package manifest

import (
	"encoding/json"
	"slices"
	"strings"
)

// packed is the form in which a worker carries a manifest. A list of objects
// would cost the browser ten times the bytes, and at 10,000 entries 25 ms at
// every start of the worker; strings cost 1 ms until they are needed.
type packed struct {
	Version string `json:"v"`
	// Paths are the entries' URLs relative to the base, grouped by directory
	// and front-coded: see packPaths.
	Paths string `json:"p"`
	// Hashes are the entries' hashes in the same order, 12 characters each.
	Hashes string `json:"h"`
	// Optional and Unverified are ranges of positions, as start and end in turn.
	Optional   []int `json:"o,omitempty"`
	Unverified []int `json:"u,omitempty"`
}

// Pack writes the manifest as a worker carries it: JSON that is also a
// JavaScript expression, whatever the names in it are.
func (m *Manifest) Pack() ([]byte, error) {
	type item struct {
		dir, name string
		*Entry
	}
	items := make([]item, len(m.Entries))
	for i := range m.Entries {
		relative := strings.TrimPrefix(m.Entries[i].URL, m.Base)
		cut := strings.LastIndexByte(relative, '/') + 1
		if query := strings.IndexByte(relative, '?'); query >= 0 {
			cut = strings.LastIndexByte(relative[:query], '/') + 1
		}
		items[i] = item{relative[:cut], relative[cut:], &m.Entries[i]}
	}
	slices.SortFunc(items, func(a, b item) int {
		if c := strings.Compare(a.dir, b.dir); c != 0 {
			return c
		}
		return strings.Compare(a.name, b.name)
	})
	p := packed{Version: m.Version}
	var paths, hashes strings.Builder
	hashes.Grow(12 * len(items))
	var dir, name string
	for i, it := range items {
		if it.dir != dir {
			// The first path needs no separator in front.
			paths.WriteString(separator(&paths))
			paths.WriteByte('?')
			frontCode(&paths, dir, it.dir)
			dir, name = it.dir, ""
		}
		paths.WriteString(separator(&paths))
		frontCode(&paths, name, it.name)
		name = it.name
		hashes.WriteString(it.Hash.String())
		p.Optional = mark(p.Optional, i, it.Optional)
		p.Unverified = mark(p.Unverified, i, it.Unverified)
	}
	p.Paths, p.Hashes = paths.String(), hashes.String()
	p.Optional = closeRange(p.Optional, len(items))
	p.Unverified = closeRange(p.Unverified, len(items))
	return json.Marshal(p)
}

func separator(b *strings.Builder) string {
	if b.Len() == 0 {
		return ""
	}
	return " "
}

// frontAlphabet are the digits of the front code. A URL as the WHATWG
// standard serialises it holds no space, and a directory no question mark, so
// these separate paths without escapes.
const frontAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"

// frontCode writes text as how much of its beginning is that of previous, one
// digit, and the rest.
func frontCode(b *strings.Builder, previous, text string) {
	shared := 0
	for shared < min(len(previous), len(text), len(frontAlphabet)-1) && previous[shared] == text[shared] {
		shared++
	}
	b.WriteByte(frontAlphabet[shared])
	b.WriteString(text[shared:])
}

// mark opens or closes a range at position i when the flag changes there.
func mark(ranges []int, i int, flag bool) []int {
	if open := len(ranges)%2 == 1; open != flag {
		return append(ranges, i)
	}
	return ranges
}

func closeRange(ranges []int, end int) []int {
	if len(ranges)%2 == 1 {
		return append(ranges, end)
	}
	return ranges
}
