package verify

import (
	"bytes"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/swgen/swgen/manifest"
)

// next is the deployment after another one, and what differs in it. A site is
// verified before it has one, so it may be made up: a page and a file of each
// kind change, one moves, one is added, one goes.
type next struct {
	Deployment
	hashes  map[string]manifest.Hash
	changed map[string][2][]byte // by URL: the old and the new bytes
	page    string               // a page that changed
	loose   string               // another file that changed, critical
	added   string
	removed string // "" when the site is too small to lose anything
	moved   string // where a file is now whose content has not changed
}

// deployable says why no deploy of a subject can be played.
func deployable(s *Subject) string {
	if s.Before == nil && (s.Remake == nil || s.Manifest == nil) {
		return "the next version of this worker cannot be made here; give the previous deployment to play the deploy from"
	}
	return ""
}

// deploys is a deploy to play: from what visitors have now to the subject, or
// else from the subject to a version that is made up. nil when nothing could
// change, or when there is a finding.
func (t *trial) deploys() (*stage, *next) {
	if t.was != nil {
		n := t.between(t.was, t.now)
		if len(n.changed) == 0 {
			t.nothing = "nothing that the worker precaches has changed since the previous deployment"
			return t.was, nil
		}
		return t.was, n
	}
	from, err := t.sample()
	var n *next
	if err == nil {
		n, err = t.madeUp(from.Deployment)
	}
	switch {
	case err != nil:
		t.check(false, nil, "", "", "the next version could not be made: %v", err)
	case n == nil:
		t.nothing = "the site has no file that could change"
	}
	return from, n
}

// sample is the subject, or, when it is large and Options say so, the same
// worker with a part of the manifest: the code is the same, and each update
// costs less.
func (r *run) sample() (*stage, error) {
	all := r.subject.Manifest.Entries
	if r.options.Sample == 0 || len(all) <= r.options.Sample {
		return r.now, nil
	}
	r.sampling.Do(func() {
		seen := make(map[manifest.Class]int)
		var some []manifest.Entry
		for i, e := range all {
			class := manifest.ClassOf(e.Path)
			seen[class]++
			needed := r.subject.Spec != nil && r.subject.Spec.Offline != nil && e.URL == r.subject.Base+r.subject.Spec.Offline.Path
			if needed || e.URL == r.subject.Base || seen[class] <= 3 || i%(len(all)/r.options.Sample+1) == 0 {
				some = append(some, e)
			}
		}
		d := Deployment{Manifest: manifest.New(r.subject.Manifest.Base, some)}
		worker, err := r.subject.Remake(d.Manifest)
		if err != nil {
			r.sampled.err = err
			return
		}
		d.Files = Overlay(r.subject.Files, Overlaid{r.subject.Worker: bytesOf(worker)})
		r.sampled.stage, r.sampled.err = r.install(&d)
	})
	return r.sampled.stage, r.sampled.err
}

// between compares two deployments: one change of each kind of file is enough.
func (t *trial) between(was, now *stage) *next {
	n := &next{Deployment: *now.Deployment, hashes: now.hashes, changed: make(map[string][2][]byte)}
	before := make(map[string]bool)
	for _, u := range was.urls {
		before[u] = true
	}
	seen := make(map[manifest.Class]bool)
	for _, u := range now.urls {
		class := manifest.ClassOf(u)
		fresh := t.content(now.Deployment, u)
		if !before[u] && n.added == "" {
			n.added = u
		}
		old := t.content(was.Deployment, u)
		if !before[u] || seen[class] || old == nil || fresh == nil || bytes.Equal(old, fresh) {
			continue
		}
		seen[class] = true
		n.note(u, old, fresh, was.optional(u))
	}
	return n
}

// note notes a change.
func (n *next) note(u string, old, fresh []byte, optional bool) {
	n.changed[u] = [2][]byte{old, fresh}
	switch {
	case manifest.ClassOf(u) == manifest.Page:
		n.page = u
	case n.loose == "" && !optional:
		n.loose = u
	}
}

// madeUp makes a deployment to come.
func (r *run) madeUp(from *Deployment) (*next, error) {
	m := from.Manifest
	n := &next{changed: make(map[string][2][]byte)}
	files := make(Overlaid)
	entries := slices.Clone(m.Entries)
	touch := func(i int, content []byte) {
		e := &entries[i]
		files[e.Path] = bytesOf(content)
		e.Hash, e.Size = manifest.Sum(content), int64(len(content))
	}
	seen := make(map[manifest.Class]bool)
	for i := range entries {
		e := entries[i]
		class := manifest.ClassOf(e.Path)
		if e.Path == "" || e.Unverified || seen[class] || shared(m.Entries, e.Hash) {
			continue
		}
		old, err := fs.ReadFile(from.Files, e.Path)
		if err != nil {
			return nil, err
		}
		seen[class] = true
		content := append(slices.Clone(old), comment(class)...)
		touch(i, content)
		n.note(e.URL, old, content, e.Optional)
	}
	if len(n.changed) == 0 {
		return nil, nil
	}
	n.add(r.subject, files, &entries)
	n.move(r.subject, files, &entries)
	n.Manifest = manifest.New(m.Base, entries)
	n.hashes = r.hashes(&n.Deployment, nil)
	worker, err := r.subject.Remake(n.Manifest)
	if err != nil {
		return nil, fmt.Errorf("the worker of the next version: %w", err)
	}
	files[r.subject.Worker] = bytesOf(worker)
	n.Files = Overlay(from.Files, files)
	return n, nil
}

// comment is an edit that leaves a file of a class valid.
func comment(class manifest.Class) string {
	switch class {
	case manifest.Page:
		return "<!-- the next version -->"
	case manifest.Style, manifest.Script:
		return "\n/* the next version */\n"
	}
	return "\n"
}

// shared says whether several entries have the content.
func shared(entries []manifest.Entry, hash manifest.Hash) bool {
	n := 0
	for _, e := range entries {
		if e.Hash == hash {
			n++
		}
	}
	return n > 1
}

// add adds a file of which nobody has heard.
func (n *next) add(s *Subject, files Overlaid, entries *[]manifest.Entry) {
	const name = "swgen-verify-added.txt"
	content := []byte("added by the next version\n")
	files[name] = bytesOf(content)
	n.added = s.Base + name
	*entries = append(*entries, manifest.Entry{URL: n.added, Path: name, Hash: manifest.Sum(content), Size: int64(len(content))})
}

// move renames a file that has not changed, and removes another.
func (n *next) move(s *Subject, files Overlaid, entries *[]manifest.Entry) {
	list := *entries
	for i := range list {
		e := &list[i]
		_, changed := n.changed[e.URL]
		class := manifest.ClassOf(e.Path)
		if changed || e.Path == "" || e.URL == n.added || class == manifest.Page || e.Unverified || shared(list, e.Hash) {
			continue
		}
		if n.moved == "" {
			content, err := fs.ReadFile(s.Files, e.Path)
			if err != nil {
				continue
			}
			name := "swgen-verify-moved" + path.Ext(e.Path)
			moved := strings.TrimPrefix(path.Dir(e.Path)+"/", "./") + name
			files[e.Path], files[moved] = nil, bytesOf(content)
			e.URL = e.URL[:strings.LastIndexByte(e.URL, '/')+1] + name
			e.Path, n.moved = moved, e.URL
			continue
		}
		n.removed = e.URL
		files[e.Path] = nil
		*entries = slices.Delete(list, i, i+1)
		return
	}
}

// urls are the URLs that changed, sorted.
func (n *next) urls() []string { return slices.Sorted(maps.Keys(n.changed)) }
