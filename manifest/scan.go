package manifest

import (
	"context"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"github.com/swgen/swgen/internal/finding"
)

// Options say what of a tree becomes an entry. The zero value takes every
// file that the default rules and the size limits let in.
type Options struct {
	// Base is the URL path of the site, with a slash at both ends; "" is "/".
	Base string
	// Include, Exclude, Allow, Optional and Critical are globs of paths in
	// the tree; see the configuration's reference for their meaning.
	Include, Exclude, Allow, Optional, Critical []string
	// Choose is asked about the files that those globs let in; it names the rule
	// that leaves a file out and its reason, "" takes the file. Nil takes all.
	Choose func(name string) (rule, reason string)
	// MaxFileSize and MaxTotalSize are limits in bytes; 0 is no limit.
	MaxFileSize, MaxTotalSize Size
	// Own are the paths that the build itself writes.
	Own []string
	// Added are files that the build writes and pages load, by path.
	Added map[string][]byte
	// IsAlias tells by the beginning of a page whether it only redirects; nil
	// knows no such pages.
	IsAlias func(head []byte) bool
	// Page gives the path, in the site, of the address that a host shows a file
	// under, and whether it has one; nil is the usual: a/index.html is a/,
	// others keep their names.
	Page func(name string) (path string, shown bool)
	// Extra, Templated and Rewrite change what the files alone would give.
	Extra     []Extra
	Templated []Templated
	Rewrite   []Rewrite
	// Index remembers what was read for the next scan; nil reads all.
	Index *Index
	// Workers is how many files are read at a time; 0 chooses.
	Workers int
}

// Scanned is what a scan found.
type Scanned struct {
	Manifest   *Manifest
	Exclusions []Exclusion
	Findings   []finding.Finding
	// TooLarge are the paths of files that only their size kept out.
	TooLarge []string
	// PagesLeftOut are the paths of pages that are not precached; those that
	// only redirect do not count.
	PagesLeftOut []string

	left []leftOut
}

// LeftOut is the rule that left a file out of the precache, and its reason;
// "" for a file that is in it or not there.
func (s *Scanned) LeftOut(name string) (rule, reason string) {
	for _, l := range s.left {
		if l.name == name || strings.HasSuffix(l.name, "/") && strings.HasPrefix(name, l.name) {
			return l.rule, l.reason
		}
	}
	return "", ""
}

// largeMedia is the size from which audio and video are left out by default:
// they are downloads of their own, which few visitors need offline.
const largeMedia = 1 << 20

// Scan lists the files of a tree, hashes those that are to be precached, and
// makes the manifest. What is wrong with the tree is a finding; the error is
// for a cancelled context or a tree that cannot be read at all.
func Scan(ctx context.Context, tree fs.FS, options Options) (*Scanned, error) {
	if options.Base == "" {
		options.Base = "/"
	}
	choice, findings := options.choice()
	if finding.Failed(findings, false) {
		return &Scanned{Manifest: New(options.Base, nil), Findings: findings}, nil
	}
	walk := newWalk(tree, choice, options)
	if err := walk.run(ctx); err != nil {
		return nil, err
	}
	s := walk.result()
	s.Findings = append(s.Findings, findings...)
	s.Findings = append(s.Findings, choice.unused()...)
	s.assemble(options, walk)
	finding.Sort(s.Findings)
	return s, nil
}

// assemble turns the files into entries and adds those that are no files.
func (s *Scanned) assemble(o Options, w *walk) {
	entries := make([]Entry, 0, len(w.files)+len(o.Extra)+len(o.Templated))
	for _, f := range w.files {
		url, shown := o.url(rewrite(o.Rewrite, f.name))
		if !shown {
			s.add(finding.Warning, "never-shown", f.name, "the host shows another file at every address that this one could have, so it is left out",
				"rename one of the two")
			continue
		}
		entries = append(entries, Entry{
			URL:      url,
			Hash:     f.hash,
			Size:     f.size,
			Path:     f.name,
			Optional: w.choice.isOptional(f.name, ClassOf(f.name)),
		})
	}
	for name, content := range o.Added {
		url, _ := o.url(name)
		entries = append(entries, Entry{URL: url, Hash: Sum(content), Size: int64(len(content)), Path: name})
	}
	entries = append(entries, s.extra(o)...)
	entries = append(entries, s.templated(o, w)...)
	s.Findings = append(s.Findings, duplicates(entries)...)
	s.Findings = append(s.Findings, twins(entries)...)
	s.Manifest = New(o.Base, entries)
	s.checkTotals(o, w)
}

// url is the URL of a file, as the browser writes it.
func (o *Options) url(name string) (url string, shown bool) {
	if o.Page == nil {
		return o.Base + URLPath(name), true
	}
	path, shown := o.Page(name)
	return o.Base + escapePath(path), shown
}

func (s *Scanned) checkTotals(o Options, w *walk) {
	switch total := s.Manifest.Bytes(); {
	case w.seen == 0:
		s.add(finding.Error, "empty-site", "", "the site holds no file", "give the directory that the generator writes, after it ran")
	case len(s.Manifest.Entries) == len(o.Added):
		s.add(finding.Error, "nothing-precached", "", fmt.Sprintf("none of the site's %d files is precached", w.seen),
			"check include and exclude; `swgen manifest -v` says which rule left each file out")
	case o.MaxTotalSize > 0 && total > int64(o.MaxTotalSize):
		s.add(finding.Error, "over-budget", "", fmt.Sprintf("the precache weighs %s, more than max_total_size %s", Size(total), o.MaxTotalSize),
			"every visitor downloads all of it: exclude what few need, or raise max_total_size")
	}
}

func (s *Scanned) add(severity finding.Severity, id, path, message, hint string) {
	s.Findings = append(s.Findings, finding.Finding{ID: id, Severity: severity, Path: path, Message: message, Hint: hint})
}

// rewrite replaces the longest prefix that fits.
func rewrite(rules []Rewrite, name string) string {
	best := -1
	for i, r := range rules {
		if strings.HasPrefix(name, r.From) && (best < 0 || len(r.From) > len(rules[best].From)) {
			best = i
		}
	}
	if best < 0 {
		return name
	}
	return rules[best].To + name[len(rules[best].From):]
}

func (s *Scanned) extra(o Options) (entries []Entry) {
	for _, extra := range o.Extra {
		url, err := resolve(o.Base, extra.URL)
		if err != nil {
			s.add(finding.Error, "bad-url", extra.URL, err.Error(), "an extra URL is a path such as /api/start.json, or https://host/path")
			continue
		}
		if extra.Revision == "" {
			s.add(finding.Error, "no-revision", extra.URL, "an extra URL needs a revision, or visitors never get its next content",
				"set revision to anything that changes with the content, such as a date or a hash")
			continue
		}
		entries = append(entries, Entry{URL: url, Hash: Sum([]byte(url + "\n" + extra.Revision)), Unverified: true})
	}
	return entries
}

func (s *Scanned) templated(o Options, w *walk) (entries []Entry) {
	for _, t := range o.Templated {
		url, err := resolve(o.Base, t.URL)
		if err != nil {
			s.add(finding.Error, "bad-url", t.URL, err.Error(), "a templated URL is a path under the base")
			continue
		}
		if (len(t.From) == 0) == (t.Text == "") {
			s.add(finding.Error, "templated", t.URL, "a templated URL has either from or text", "list the files it is made from, or give a text that changes with it")
			continue
		}
		content := []byte("text\n" + t.Text)
		if len(t.From) > 0 {
			from, findings := compile("templated", t.From, false)
			content = []byte("files\n")
			for _, f := range w.files {
				if from.match(f.name) {
					content = append(append(content, f.name...), f.hash[:]...)
				}
			}
			for _, f := range append(findings, from.unused()...) {
				f.Severity = finding.Error // its content would silently stay the same
				s.Findings = append(s.Findings, f)
			}
		}
		entries = append(entries, Entry{URL: url, Hash: Sum(content), Unverified: true})
	}
	return entries
}

// duplicates names URLs that two entries claim.
func duplicates(entries []Entry) (findings []finding.Finding) {
	first := make(map[string]*Entry, len(entries))
	for i := range entries {
		e := &entries[i]
		other, taken := first[e.URL]
		if !taken {
			first[e.URL] = e
			continue
		}
		findings = append(findings, finding.Finding{
			ID: "two-for-one-url", Severity: finding.Error, Path: e.URL,
			Message: fmt.Sprintf("%s and %s both claim this URL", other.origin(), e.origin()),
			Hint:    "exclude one of them, or mend the rewrite, extra or templated entry",
		})
	}
	return findings
}

func (e *Entry) origin() string {
	if e.Path == "" {
		return "an extra or templated entry"
	}
	return e.Path
}

// twins warns of names that some hosts and disks take for one.
func twins(entries []Entry) (findings []finding.Finding) {
	folded := make(map[string]string, len(entries))
	for i := range entries {
		name := entries[i].Path
		if name == "" {
			continue
		}
		key := fold(name)
		if other, taken := folded[key]; taken {
			findings = append(findings, finding.Finding{
				ID: "twin-names", Severity: finding.Warning, Path: name,
				Message: fmt.Sprintf("its name differs from %s only in case or in how accents are written", other),
				Hint:    "hosts and disks that do not tell them apart serve one for the other: rename one",
			})
		}
		folded[key] = name
	}
	return findings
}

// exclusions counts what each rule left out, most files first.
func exclusions(left []leftOut) []Exclusion {
	byRule := make(map[string]*Exclusion)
	for _, l := range left {
		x := byRule[l.rule]
		if x == nil {
			x = &Exclusion{Rule: l.rule, Reason: l.reason, Example: l.name}
			byRule[l.rule] = x
		}
		x.Files++
		x.Example = min(x.Example, l.name)
	}
	out := make([]Exclusion, 0, len(byRule))
	for _, x := range byRule {
		out = append(out, *x)
	}
	slices.SortFunc(out, func(a, b Exclusion) int {
		if a.Files != b.Files {
			return b.Files - a.Files
		}
		return strings.Compare(a.Rule, b.Rule)
	})
	return out
}
