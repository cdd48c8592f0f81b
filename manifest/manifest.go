// Package manifest is the list of what a site precaches: which files, under
// which URLs, with which content. It knows file trees, globs, hashes and the
// URL of a file; it knows no service worker and no configuration syntax.
package manifest

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// HashSize is how many bytes of a SHA-256 are kept. Hash bytes do not
// compress, so they are the floor of a manifest's size: 9 bytes are 12 base64
// characters without padding, and among 100,000 files two share one with a
// probability of 1e-12.
const HashSize = 9

// Hash is the head of the SHA-256 of an entry's content.
type Hash [HashSize]byte

// Sum is the hash of some content.
func Sum(content []byte) Hash {
	full := sha256.Sum256(content)
	return Hash(full[:HashSize])
}

// String is the hash in base64url, 12 characters.
func (h Hash) String() string { return base64.RawURLEncoding.EncodeToString(h[:]) }

// MarshalText implements encoding.TextMarshaler.
func (h Hash) MarshalText() ([]byte, error) { return []byte(h.String()), nil }

// UnmarshalText implements encoding.TextUnmarshaler.
func (h *Hash) UnmarshalText(text []byte) error {
	b, err := base64.RawURLEncoding.DecodeString(string(text))
	if err != nil || len(b) != HashSize {
		return fmt.Errorf("hash %q: want %d bytes in base64url", text, HashSize)
	}
	*h = Hash(b)
	return nil
}

// Entry is one URL that the site precaches.
type Entry struct {
	// URL is what the worker asks for: an absolute path as the WHATWG URL
	// standard serialises it, or a whole URL on another origin.
	URL string `json:"url"`
	// Hash identifies the content.
	Hash Hash `json:"hash"`
	// Size is the content's length in bytes; 0 for an entry without a file.
	Size int64 `json:"size,omitempty"`
	// Path is the file in the site; "" for an entry without a file.
	Path string `json:"path,omitempty"`
	// Optional says that an install may succeed without the entry.
	Optional bool `json:"optional,omitempty"`
	// Unverified says that Hash is not the hash of the bytes that the URL
	// answers with (extra and templated entries), so nobody can check it.
	Unverified bool `json:"unverified,omitempty"`
}

// Manifest is what a build of a site precaches, sorted by URL.
type Manifest struct {
	// Version identifies the content: the same entries have the same version,
	// whenever and wherever they were built.
	Version string `json:"version"`
	// Base is the URL path of the site, with a slash at both ends.
	Base string `json:"base"`
	// Entries are sorted by URL, and no two share one.
	Entries []Entry `json:"entries"`
}

// New sorts the entries and gives them their version.
func New(base string, entries []Entry) *Manifest {
	slices.SortFunc(entries, func(a, b Entry) int { return strings.Compare(a.URL, b.URL) })
	digest := sha256.New()
	var line []byte
	for i := range entries {
		e := &entries[i]
		// A URL holds no newline and a hash has one length: no two lists of
		// entries write the same bytes.
		line = append(append(append(line[:0], e.Hash[:]...), e.URL...), '\n')
		digest.Write(line)
	}
	return &Manifest{
		Version: Hash(digest.Sum(nil)[:HashSize]).String(),
		Base:    base,
		Entries: entries,
	}
}

// Bytes is the size of the content that a visitor stores: content that
// several URLs share counts once.
func (m *Manifest) Bytes() int64 {
	seen := make(map[Hash]bool, len(m.Entries))
	var sum int64
	for _, e := range m.Entries {
		if !seen[e.Hash] {
			seen[e.Hash] = true
			sum += e.Size
		}
	}
	return sum
}

// Encode writes the manifest's JSON form: an object with one entry a line, so
// that a text diff of two manifests is readable. The form is stable; fields
// may be added, none changes its meaning.
func (m *Manifest) Encode() []byte {
	out := make([]byte, 0, 256+160*len(m.Entries))
	out = append(out, `{"version":`...)
	out = appendString(out, m.Version)
	out = append(out, `,"base":`...)
	out = appendString(out, m.Base)
	out = append(out, `,"entries":[`...)
	for i := range m.Entries {
		if i > 0 {
			out = append(out, ',')
		}
		out = m.Entries[i].append(append(out, '\n'))
	}
	return append(out, "\n]}\n"...)
}

// append writes the entry as its JSON tags say; encoding/json would take half
// as long as reading and hashing the files.
func (e *Entry) append(out []byte) []byte {
	out = append(out, `{"url":`...)
	out = appendString(out, e.URL)
	out = append(out, `,"hash":"`...)
	out = base64.RawURLEncoding.AppendEncode(out, e.Hash[:])
	out = append(out, '"')
	if e.Size != 0 {
		out = strconv.AppendInt(append(out, `,"size":`...), e.Size, 10)
	}
	if e.Path != "" {
		out = appendString(append(out, `,"path":`...), e.Path)
	}
	if e.Optional {
		out = append(out, `,"optional":true`...)
	}
	if e.Unverified {
		out = append(out, `,"unverified":true`...)
	}
	return append(out, '}')
}

func appendString(out []byte, text string) []byte {
	for i := range len(text) {
		if c := text[i]; c < ' ' || c >= 0x7f || c == '"' || c == '\\' || c == '<' || c == '>' || c == '&' {
			quoted, _ := json.Marshal(text) // a string always has a form
			return append(out, quoted...)
		}
	}
	return append(append(append(out, '"'), text...), '"')
}

// Decode reads the JSON form, and refuses a manifest whose version is not
// that of its entries: it was edited by hand or cut short.
func Decode(data []byte) (*Manifest, error) {
	var m Manifest
	if err := json.Unmarshal(data, &m); err != nil {
		return nil, fmt.Errorf("manifest: %w", err)
	}
	fresh := New(m.Base, m.Entries)
	if fresh.Version != m.Version {
		return nil, fmt.Errorf("manifest: version %q is not that of its entries (%s)", m.Version, fresh.Version)
	}
	for i := 1; i < len(fresh.Entries); i++ {
		if fresh.Entries[i].URL == fresh.Entries[i-1].URL {
			return nil, fmt.Errorf("manifest: %s is listed twice", fresh.Entries[i].URL)
		}
	}
	return fresh, nil
}
