package swgen

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"
	"sync"

	"github.com/swgen/swgen/internal/finding"
	"github.com/swgen/swgen/internal/page"
	"github.com/swgen/swgen/manifest"
	"github.com/swgen/swgen/templates"
)

// An overlay is the site as it will be deployed: its pages hold the
// registration script's element. The manifest hashes these bytes, so what is
// verified and stored is what visitors get. The files themselves stay
// untouched; what differs is remembered.
type overlay struct {
	site fs.FS
	tag  *page.Tag // nil when nothing is injected
	// withdraw takes the element of an earlier run out of the pages again.
	withdraw bool
	// allow are paths that the configuration vouches for.
	allow func(name string) bool

	// keep: the notes are for the next build, so those without content count.
	keep bool

	mu    sync.Mutex
	notes map[string]note
}

// note is what was seen in a file when it was read last.
type note struct {
	// changed is set on pages that are to be written.
	changed  bool
	findings []Finding
}

// largestScript is the size up to which scripts are searched for registrations.
const largestScript = 2 << 20

// Open implements fs.FS.
func (o *overlay) Open(name string) (fs.File, error) {
	look := o.see(name)
	if look == nil {
		return o.site.Open(name)
	}
	file, err := o.site.Open(name)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return nil, err
	}
	if info.Size() > largestScript && manifest.ClassOf(name) == manifest.Script {
		return o.site.Open(name)
	}
	content := make([]byte, info.Size())
	if _, err := io.ReadFull(file, content); err != nil && !errors.Is(err, io.ErrUnexpectedEOF) && !errors.Is(err, io.EOF) {
		return nil, err
	}
	return &memory{Reader: bytes.NewReader(look(name, content)), info: info}, nil
}

// see is the function that looks at a file's content, nil when none does.
func (o *overlay) see(name string) func(string, []byte) []byte {
	switch class := manifest.ClassOf(name); {
	case class == manifest.Page && (o.tag != nil || o.withdraw || isSample(name)):
		return o.page
	case class == manifest.Script && o.tag != nil:
		return o.script
	}
	return nil
}

// isSample chooses the pages that are searched for signs of a development
// server, which writes them into every page.
func isSample(name string) bool { return strings.Count(name, "/") <= 1 }

// page is what a page will be.
func (o *overlay) page(name string, content []byte) []byte {
	var n note
	if isSample(name) && !o.allow(name) {
		if sign, found := page.DevServer(content); found {
			n.add(finding.Error, "dev-server", name, "was written by a development server: "+sign,
				"build the site for production before swgen runs; if the page is right as it is, name it in allow")
		}
	}
	out, state := o.edit(content)
	switch state {
	case page.Inserted, page.Updated:
		n.changed = true
	case page.Foreign:
		n.add(finding.Warning, "foreign-registration", name, "registers a service worker by itself and was left alone",
			"remove that registration, or use --register=file and load the script where you want it")
	case page.OtherEncoding:
		n.add(finding.Warning, "encoding", name, "is not written in UTF-8 or another encoding that contains ASCII, and was left alone",
			"save it as UTF-8")
	}
	o.take(name, n)
	return out
}

func (o *overlay) edit(content []byte) ([]byte, page.State) {
	if o.withdraw {
		if out, found := page.Remove(content); found {
			return out, page.Updated
		}
	}
	if o.tag == nil {
		return content, page.Unchanged
	}
	if _, alias := page.Alias(content); alias {
		return content, page.NotAPage
	}
	return page.Insert(content, *o.tag)
}

func (o *overlay) script(name string, content []byte) []byte {
	var n note
	defer func() { o.take(name, n) }()
	if templates.IsWorker(content) {
		n.add(finding.Warning, "renamed-worker", name, "is a worker that swgen wrote under another name",
			"visitors who have it keep it for ever: name the worker as before, or replace it with `swgen kill --worker "+name+"`")
		return content
	}
	if url, found := page.RegistersWorker(content); found && !o.allow(name) {
		if url != "" {
			url = " " + url
		}
		n.add(finding.Warning, "foreign-registration", name, fmt.Sprintf("registers a service worker%s by itself", url),
			"two workers of one scope replace each other: remove that registration, or use --register=none; if it is meant, name the file in allow")
	}
	return content
}

func (n *note) add(severity finding.Severity, id, path, message, hint string) {
	n.findings = append(n.findings, Finding{ID: id, Severity: severity, Path: path, Message: message, Hint: hint})
}

func (o *overlay) take(name string, n note) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.notes == nil {
		o.notes = make(map[string]note)
	}
	if !o.keep && !n.changed && n.findings == nil {
		delete(o.notes, name)
	} else {
		o.notes[name] = n
	}
}

// forget drops the notes about files, and about all that is below them.
func (o *overlay) forget(names []string) {
	for note := range o.notes {
		if slices.ContainsFunc(names, func(name string) bool {
			return name == "." || note == name || strings.HasPrefix(note, name+"/")
		}) {
			delete(o.notes, note)
		}
	}
}

// findings are those about all files that were read.
func (o *overlay) findings() (list []Finding) {
	for _, name := range o.noted(func(n note) bool { return n.findings != nil }) {
		list = append(list, o.notes[name].findings...)
	}
	return list
}

// noted are the files with some notes, sorted.
func (o *overlay) noted(is func(note) bool) (names []string) {
	for name, n := range o.notes {
		if is(n) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// pages are the outputs for the pages that change, sorted. A page is read
// again when it is written, so that a build of many pages holds one.
func (o *overlay) pages() []Output {
	var outputs []Output
	for _, name := range o.noted(func(n note) bool { return n.changed }) {
		outputs = append(outputs, Output{Path: name, Content: func() ([]byte, error) {
			content, err := fs.ReadFile(o.site, name)
			if err != nil {
				return nil, err
			}
			out, _ := o.edit(content)
			return out, nil
		}})
	}
	return outputs
}

// ReadDir implements fs.ReadDirFS.
func (o *overlay) ReadDir(name string) ([]fs.DirEntry, error) { return fs.ReadDir(o.site, name) }

// Stat implements fs.StatFS; sizes are those of the site as it is.
func (o *overlay) Stat(name string) (fs.FileInfo, error) { return fs.Stat(o.site, name) }

// ReadLink implements fs.ReadLinkFS.
func (o *overlay) ReadLink(name string) (string, error) { return fs.ReadLink(o.site, name) }

// Lstat implements fs.ReadLinkFS.
func (o *overlay) Lstat(name string) (fs.FileInfo, error) { return fs.Lstat(o.site, name) }

// memory is an opened file whose content is at hand.
type memory struct {
	*bytes.Reader
	info fs.FileInfo
}

func (m *memory) Stat() (fs.FileInfo, error) { return m.info, nil }
func (m *memory) Close() error               { return nil }

// neededBy names the pages that need files which only their size kept out.
// Pages are parsed only when there is such a file.
func neededBy(site fs.FS, scanned *manifest.Scanned, limit manifest.Size) (findings []Finding) {
	if len(scanned.TooLarge) == 0 {
		return nil
	}
	refused := make(map[string]bool, len(scanned.TooLarge))
	for _, name := range scanned.TooLarge {
		refused[name] = true
	}
	needed := make(map[string]bool)
	for _, entry := range scanned.Manifest.Entries {
		if entry.Path == "" || manifest.ClassOf(entry.Path) != manifest.Page {
			continue
		}
		content, err := fs.ReadFile(site, entry.Path)
		if err != nil || !mentions(content, scanned.TooLarge) {
			continue
		}
		for _, ref := range page.Inspect(content).Refs {
			name, ok := target(entry.Path, scanned.Manifest.Base, ref.URL)
			if !ok || !refused[name] || ref.Soft || needed[name] {
				continue
			}
			needed[name] = true
			findings = append(findings, Finding{
				ID: "needed-but-too-large", Severity: finding.Error, Path: name,
				Message: fmt.Sprintf("is larger than max_file_size %s, but %s needs it (line %d)", limit, entry.Path, ref.Line),
				Hint:    "make the file smaller, raise max_file_size, or exclude it if the page may lack it offline",
			})
		}
	}
	for _, name := range scanned.TooLarge {
		if !needed[name] {
			findings = append(findings, Finding{
				ID: "too-large", Severity: finding.Warning, Path: name,
				Message: fmt.Sprintf("is larger than max_file_size %s and is not precached", limit),
				Hint:    "raise max_file_size, or exclude the file to say that this is meant",
			})
		}
	}
	return findings
}

// mentions reports whether a page may refer to one of the files: a cheap test
// before the page is parsed.
func mentions(content []byte, names []string) bool {
	return slices.ContainsFunc(names, func(name string) bool {
		base := path.Base(name)
		// An encoded name looks different; then the page is parsed.
		return bytes.Contains(content, []byte(base)) || manifest.URLPath(base) != base
	})
}

// target is the file of the site that a reference of a page means.
func target(from, base, ref string) (string, bool) {
	ref, _, _ = strings.Cut(ref, "#")
	ref, _, _ = strings.Cut(ref, "?")
	if ref == "" || strings.Contains(ref, ":") || strings.HasPrefix(ref, "//") {
		return "", false
	}
	name, err := unescape(ref)
	if err != nil {
		return "", false
	}
	if rest, absolute := strings.CutPrefix(name, base); absolute {
		return path.Clean(rest), true
	}
	return path.Join(path.Dir(from), name), !strings.HasPrefix(name, "/")
}
