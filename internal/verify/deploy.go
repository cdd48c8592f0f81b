package verify

import (
	"bytes"
	"cmp"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strings"

	"github.com/swgen/swgen/manifest"
	"github.com/swgen/swgen/swtest"
)

// deploy is a deployment that takes the place of another one, what differs,
// and how it goes when nothing disturbs it.
type deploy struct {
	from *stage
	to   *Deployment

	hashes  map[string]manifest.Hash // of to, by URL
	changed map[string][2][]byte     // by URL: the old and the new bytes
	gone    map[string][]byte        // by URL: what only from has
	page    string                   // a page that changed, in scope; "" without one
	loose   string                   // another file that changed, critical; "" without one
	fresh   []string                 // URLs that only to has

	failure string          // why the new version does not install, "" when it does
	waits   bool            // the new worker waits while pages of the old one are open
	keeps   bool            // a page that was open gets its own version's files
	points  int             // how many asynchronous operations workers start
	played  *swtest.Browser // where all this was seen

	usage   int64           // what is stored in the end, in bytes
	offline map[string]bool // URLs of the new version that answer then
}

// deployable says why no deploy of a subject can be played.
func deployable(s *Subject) string {
	if s.Before == nil && (s.Remake == nil || s.Manifest == nil) {
		return "the next version of this worker cannot be made here; give the previous deployment to play the deploy from"
	}
	return ""
}

// deploys is the deploy to play, nil when there is nothing to check with it.
func (t *trial) deploys() *deploy {
	switch d := t.next; {
	case d == nil:
		t.nothing = deployable(t.subject)
	case len(d.changed) == 0 && t.was != nil:
		t.nothing = "nothing that the worker precaches has changed since the previous deployment"
	case len(d.changed) == 0:
		t.nothing = "the site has no file that could change"
	case d.failure != "":
		t.nothing = "the next version does not install"
	default:
		return d
	}
	return nil
}

// planned is the deploy before it is played: from what visitors have now to
// the subject, or else from the subject to a version that is made up.
func (r *run) planned() (*deploy, error) {
	if r.was != nil {
		return r.between(r.was, r.now), nil
	}
	return r.madeUp(r.small)
}

// rehearse plays the deploy with one page open, which is closed then.
func (t *trial) rehearse(d *deploy) {
	if len(d.changed) == 0 {
		return
	}
	b := t.copyWith(d.from, swtest.Options{Point: func(swtest.Point) swtest.Fault {
		d.points++
		return swtest.Proceed
	}})
	d.played = b
	tab := b.Open(home + cmp.Or(d.page, t.scope()))
	t.deploy(b, d.to)
	r := t.registered(b)
	d.waits = r != nil && r.Waiting() != nil
	d.keeps = d.loose != "" && sameBytes(load(tab, d.loose), d.changed[d.loose][0])
	tab.Close()
	t.takeOver(b)
	if !t.arrived(b, d) {
		d.failure = "after the deploy, with all pages closed, the previous version is still the active one"
		if console := b.Console(); len(console) > 0 {
			d.failure += ": " + console[len(console)-1].Text
		}
	}
	d.usage = b.Usage(home)
	d.offline = t.answering(b, b.Open(home+t.scope()), slices.Values(append(d.urls(), d.fresh...)))
}

// lazy says that a worker's script is the same in both deployments, so that
// only the worker itself can find out about a new version.
func (t *trial) lazy() bool {
	return t.was != nil && bytes.Equal(readFile(t.was.Files, t.subject.Worker), readFile(t.now.Files, t.subject.Worker))
}

// arrived says whether the new version is the one that answers.
func (t *trial) arrived(b *swtest.Browser, d *deploy) bool {
	if !t.running(b, d.to) || !t.lazy() || d.page == "" {
		return t.running(b, d.to)
	}
	tab := b.Open(home + d.page)
	defer tab.Close()
	return sameBytes(tab.Page(), d.changed[d.page][1])
}

// between compares two deployments: one change of each kind of file is enough.
func (r *run) between(was, now *stage) *deploy {
	d := newDeploy(was, now.Deployment)
	d.hashes = now.hashes
	seen := make(map[manifest.Class]bool)
	for _, u := range now.urls {
		class := manifest.ClassOf(u)
		if r.bare[u] {
			class = manifest.Page
		}
		if _, before := slices.BinarySearch(was.urls, u); !before {
			d.fresh = append(d.fresh, u)
			continue
		}
		old, fresh := r.content(was.Deployment, u), r.content(now.Deployment, u)
		if seen[class] || class == manifest.Page && !strings.HasPrefix(u, r.scope()) || old == nil || fresh == nil || bytes.Equal(old, fresh) {
			continue
		}
		seen[class] = true
		d.note(u, class, old, fresh, was.optional(u))
	}
	for _, u := range was.urls {
		if _, still := slices.BinarySearch(now.urls, u); !still && !was.optional(u) {
			d.gone[u] = r.content(was.Deployment, u)
		}
	}
	return d
}

func newDeploy(from *stage, to *Deployment) *deploy {
	return &deploy{from: from, to: to, changed: make(map[string][2][]byte), gone: make(map[string][]byte)}
}

// note notes a change.
func (d *deploy) note(u string, class manifest.Class, old, fresh []byte, optional bool) {
	d.changed[u] = [2][]byte{old, fresh}
	switch {
	case class == manifest.Page:
		d.page = u
	case d.loose == "" && !optional:
		d.loose = u
	}
}

// urls are the URLs that changed, sorted.
func (d *deploy) urls() []string { return sorted(d.changed) }

// old are the files that the old version needs and the new one has otherwise or
// not at all, by URL.
func (d *deploy) old() map[string][]byte {
	old := maps.Clone(d.gone)
	for _, u := range d.critical() {
		old[u] = d.changed[u][0]
	}
	return old
}

// critical are those of them that no install may do without.
func (d *deploy) critical() []string {
	return slices.DeleteFunc(d.urls(), func(u string) bool { return d.from.optional(u) || optional(d.to.Manifest, u) })
}

// madeUp makes a deployment to come: a page and a file of each kind change,
// one moves, one goes, one is copied, and two with the same content are new.
func (r *run) madeUp(from *stage) (*deploy, error) {
	d := newDeploy(from, &Deployment{})
	m := &edit{run: r, deploy: d, files: make(Overlaid), entries: slices.Clone(from.Manifest.Entries), shared: make(map[manifest.Hash]int)}
	for _, e := range m.entries {
		m.shared[e.Hash]++
	}
	if err := m.change(); err != nil || len(d.changed) == 0 {
		return d, err
	}
	m.add()
	if err := m.move(); err != nil {
		return nil, err
	}
	d.to.Manifest = manifest.New(from.Manifest.Base, m.entries)
	d.hashes = r.hashes(d.to, nil)
	worker, err := r.subject.Remake(d.to.Manifest)
	if err != nil {
		return nil, fmt.Errorf("the worker of the next version: %w", err)
	}
	m.files[r.subject.Worker] = bytesOf(worker)
	d.to.Files = Overlay(from.Files, m.files)
	return d, nil
}

// edit is a deploy that is being made up.
type edit struct {
	*run
	*deploy
	files   Overlaid
	entries []manifest.Entry
	shared  map[manifest.Hash]int // how many entries have a content
}

// plain says whether an entry is a file with content of its own.
func (m *edit) plain(e *manifest.Entry) bool {
	return e.Path != "" && !e.Unverified && m.shared[e.Hash] == 1
}

// change changes the first file of each class.
func (m *edit) change() error {
	seen := make(map[manifest.Class]bool)
	for i := range m.entries {
		e := &m.entries[i]
		class := manifest.ClassOf(e.Path)
		if !m.plain(e) || seen[class] || class == manifest.Page && !strings.HasPrefix(e.URL, m.scope()) {
			continue
		}
		old, err := fs.ReadFile(m.from.Files, e.Path)
		if err != nil {
			return err
		}
		seen[class] = true
		m.note(e.URL, class, old, append(slices.Clone(old), comment(class)...), e.Optional)
		content := m.changed[e.URL][1]
		m.files[e.Path] = bytesOf(content)
		e.Hash, e.Size = manifest.Sum(content), int64(len(content))
	}
	return nil
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

// add adds two files of the same content of which nobody has heard.
func (m *edit) add() {
	for _, name := range []string{"swgen-verify-added.txt", "swgen-verify-added-twin.txt"} {
		m.put(name, m.subject.Base+name, []byte("added by the next version\n"))
	}
}

func (m *edit) put(path, u string, content []byte) {
	m.files[path] = bytesOf(content)
	m.fresh = append(m.fresh, u)
	m.entries = append(m.entries, manifest.Entry{URL: u, Path: path, Hash: manifest.Sum(content), Size: int64(len(content))})
}

// move renames a file that has not changed, copies another and removes a
// third, as far as there are so many.
func (m *edit) move() error {
	left := slices.DeleteFunc(slices.Clone(m.entries), func(e manifest.Entry) bool {
		_, changed := m.changed[e.URL]
		return changed || !m.plain(&e) || manifest.ClassOf(e.Path) == manifest.Page || slices.Contains(m.fresh, e.URL)
	})
	for i, what := range []string{"moved", "copied", "removed"}[:min(3, len(left))] {
		e := left[i]
		content, err := fs.ReadFile(m.from.Files, e.Path)
		if err != nil {
			return err
		}
		if what != "removed" {
			m.put(beside(e.Path, "swgen-verify-"+what), beside(e.URL, "swgen-verify-"+what), content)
			m.entries[len(m.entries)-1].Optional = e.Optional
		}
		if what == "copied" {
			continue
		}
		m.files[e.Path] = nil
		m.entries = slices.DeleteFunc(m.entries, func(o manifest.Entry) bool { return o.URL == e.URL })
		if !e.Optional {
			m.gone[e.URL] = content
		}
	}
	return nil
}

// beside is another name in a file's directory, with the same extension.
func beside(path, name string) string {
	cut := strings.LastIndexByte(path, '/') + 1
	if dot := strings.LastIndexByte(path[cut:], '.'); dot >= 0 {
		name += path[cut+dot:]
	}
	return path[:cut] + name
}
