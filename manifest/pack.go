package manifest

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"regexp"
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
	// Flags has a digit an entry, the sum of 1 for optional, 2 for unverified,
	// and 4 where the address does not tell whether it is a page; without the
	// zeros at the end. Ranges would be shorter for few, and seven times longer
	// where images lie among pages.
	Flags string `json:"f"`
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
		relative := normal(strings.TrimPrefix(m.Entries[i].URL, m.Base))
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
	flags := make([]byte, len(items))
	var dir, name string
	var hash []byte
	for i, it := range items {
		if i == 0 || it.dir != dir {
			if i > 0 {
				paths.WriteString("  ")
			}
			frontCode(&paths, dir, it.dir)
			dir, name = it.dir, ""
		}
		paths.WriteByte(' ')
		frontCode(&paths, name, it.name)
		name = it.name
		hash = base64.RawURLEncoding.AppendEncode(hash[:0], it.Hash[:])
		hashes.Write(hash)
		flags[i] = '0'
		if it.Optional {
			flags[i] |= 1
		}
		if it.Unverified {
			flags[i] |= 2
		}
		if !it.tells(it.name) {
			flags[i] |= 4
		}
	}
	p.Paths, p.Hashes, p.Flags = paths.String(), hashes.String(), strings.TrimRight(string(flags), "0")
	return json.Marshal(p)
}

// pageName is the end of a name that workers take for that of a page, typeName
// that of one with a type; "" is a directory, which is its page.
var (
	pageName = regexp.MustCompile(`^$|\.\w*html?$`)
	typeName = regexp.MustCompile(`^$|\.\w+$`)
)

// tells says whether the last segment of an entry's address tells if it is a
// page: about does not, nor does enum.Option when it is enum.Option.html.
func (e *Entry) tells(name string) bool {
	if !typeName.MatchString(name) {
		return false
	}
	return e.Path == "" || (ClassOf(e.Path) == Page) == pageName.MatchString(strings.ToLower(name))
}

// normal is the spelling that a worker reduces every other spelling of a path
// to: each segment decoded and encoded by JavaScript's encodeURIComponent. Most
// names have it already, so that most requests match at once. A URL that is
// not of the site, or has a query, is compared as it is.
func normal(relative string) string {
	if strings.HasPrefix(relative, "/") || strings.Contains(relative, "?") || strings.Contains(relative, "://") {
		return relative
	}
	special := func(c byte) bool { return !isUnescaped(c) && c != '/' && c != '%' }
	first := 0
	for first < len(relative) && !special(relative[first]) {
		first++
	}
	if first == len(relative) {
		return relative
	}
	var out strings.Builder
	for i := 0; i < len(relative); i++ {
		if c := relative[i]; special(c) {
			fmt.Fprintf(&out, "%%%02X", c)
		} else {
			out.WriteByte(c)
		}
	}
	return out.String()
}

// isUnescaped reports whether encodeURIComponent leaves a character as it is.
func isUnescaped(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || strings.IndexByte("-_.!~*'()", c) >= 0
}

// The front code counts shared characters from '@' to '~', so it is never a
// space, and neither is any character of a URL as the WHATWG standard
// serialises it: one space separates names, two separate directories.
const (
	frontZero = '@'
	frontMost = '~' - frontZero
)

// frontCode writes text as how much of its beginning is that of previous, one
// character, and the rest.
func frontCode(b *strings.Builder, previous, text string) {
	shared := 0
	for shared < min(len(previous), len(text), frontMost) && previous[shared] == text[shared] {
		shared++
	}
	b.WriteByte(frontZero + byte(shared))
	b.WriteString(text[shared:])
}
