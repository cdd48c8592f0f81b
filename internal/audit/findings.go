package audit

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/swgen/swgen/internal/finding"
	"github.com/swgen/swgen/internal/page"
)

// fault is something wrong with a file itself.
type fault struct {
	id   string
	line int
	what string
}

// faultHints say how faults are mended; those that are not here only inform.
var faultHints = map[string]string{
	"malformed":      "browsers skip what they cannot read; mend the file, or the template that it comes from",
	"invalid-url":    "browsers load nothing for it; correct it, or the template that it comes from",
	"manifest-icons": `add an icon with "sizes": "512x512", and one of 192 pixels`,
	"manifest-start": "let start_url be a page of the site within the scope",
	"dev-server":     "build the site for its deployment; the output of a development server does not work elsewhere",
	"relative-404":   "write its URLs from the root: the host shows this page at any depth",
}

// problem is a finding about a URL, and in how many more places it is written.
type problem struct {
	finding.Finding
	more int
}

// judge makes findings of what was read.
func (s *Site) judge() {
	for _, n := range s.list {
		slices.SortStableFunc(n.faults, func(a, b fault) int { return cmp.Compare(a.line, b.line) })
		for _, f := range n.faults {
			s.Findings = append(s.Findings, finding.Finding{
				ID: f.id, Severity: finding.Warning, Path: place(n.name, f.line), Message: f.what, Hint: faultHints[f.id],
			})
		}
		for i := range n.edges {
			s.judgeEdge(n, &n.edges[i], n.edges[i].to)
		}
		s.Entries = append(s.Entries, n.entries...)
		for i := range n.broken {
			s.judgeLink(n, &n.broken[i])
		}
	}
	s.judgeInPages()
	s.judgeNotFound()
	for _, key := range slices.Sorted(maps.Keys(s.problems)) {
		p := s.problems[key]
		switch {
		case p.more == 1:
			p.Message += ", here and in another place"
		case p.more > 1:
			p.Message += fmt.Sprintf(", here and in %d other places", p.more)
		}
		s.Findings = append(s.Findings, p.Finding)
	}
	s.findOrphans()
	slices.SortFunc(s.Findings, inOrder)
}

// inOrder compares findings as finding.Sort does, but their lines as numbers.
func inOrder(a, b finding.Finding) int {
	rank := []finding.Severity{finding.Error, finding.Warning, finding.Note}
	fileA, lineA := placeOf(a.Path)
	fileB, lineB := placeOf(b.Path)
	return cmp.Or(
		cmp.Compare(slices.Index(rank, a.Severity), slices.Index(rank, b.Severity)),
		cmp.Compare(a.ID, b.ID), cmp.Compare(fileA, fileB), cmp.Compare(lineA, lineB), cmp.Compare(a.Message, b.Message),
	)
}

// placeOf is the inverse of place.
func placeOf(path string) (name string, line int) {
	i := strings.LastIndexByte(path, ':')
	if i < 0 {
		return path, 0
	}
	line, err := strconv.Atoi(path[i+1:])
	if err != nil {
		return path, 0
	}
	return path[:i], line
}

func place(name string, line int) string {
	if line <= 0 {
		return name
	}
	return fmt.Sprintf("%s:%d", name, line)
}

// judgeInPages judges what only a page can tell.
func (s *Site) judgeInPages() {
	if !s.contextual() {
		return
	}
	mapped := s.mapsImports()
	w := s.walker()
	type pair struct {
		edge *edge
		to   *target
	}
	seen := make(map[pair]bool)
	for _, p := range s.Pages {
		w.walk(p.node, Assumed, func(in *node, e *edge, t *target, _ Weight) {
			if !e.pattern && (e.to == nil || mapped && t != e.to) && !seen[pair{e, t}] {
				seen[pair{e, t}] = true
				s.judgeEdge(in, e, cmp.Or(t, unresolved))
			}
		})
	}
}

// unresolved stands for a target that there is none of, even in a page.
var unresolved = &target{lead: Unresolved}

// judgeEdge notes what is wrong with a reference; t is nil when that depends
// on the page.
func (s *Site) judgeEdge(in *node, e *edge, t *target) {
	if t == nil && (e.pattern || e.from == page.FromImport && !s.mapsImports()) {
		t = unresolved
	}
	if t == nil {
		return
	}
	severity := finding.Warning
	if e.weight >= Soft {
		severity = finding.Note
	}
	switch t.leadFor(e.kind) {
	case Unresolved:
		s.judgeUnresolved(in, e, severity)
	case Missing:
		if e.kind == page.Frame && s.unclean(in, e, t) {
			return
		}
		id, hint := s.mistake(e.written, t)
		s.problem(in, e, id+t.url, finding.Finding{
			ID: cmp.Or(id, "missing-file"), Severity: severity,
			Message: fmt.Sprintf("%s %q is not in the site", noun(e.kind), e.written),
			Hint:    cmp.Or(hint, "add the file, or remove what asks for it"),
		})
	case Outside:
		s.outside(in, e, t, severity)
	case External:
		if in.page == nil && page.IsLocal(t.url) { // pages are looked at as a whole
			s.problem(in, e, "local"+t.url, finding.Finding{
				ID: "dev-server", Severity: finding.Warning, Message: fmt.Sprintf("%q is on the machine of the visitor", e.written),
				Hint: faultHints["dev-server"],
			})
		}
	case Bypass:
		s.problem(in, e, "bypass"+t.url, finding.Finding{
			ID: "bypass", Severity: finding.Note, Message: fmt.Sprintf("%q is loaded by embed or object, which bypass service workers", e.written),
			Hint: "use img, iframe, video or a link: what embed and object load is never there offline",
		})
	}
}

func (s *Site) judgeUnresolved(in *node, e *edge, severity finding.Severity) {
	if e.pattern {
		if s.followed(in) {
			return
		}
		s.problem(in, e, fmt.Sprint("computed", in.name, e.line), finding.Finding{
			ID: "computed-import", Severity: finding.Note, Message: "an import whose URL is computed cannot be followed",
			Hint: "add what it may load to the files that are precached",
		})
		return
	}
	s.problem(in, e, "bare"+e.written, finding.Finding{
		ID: "bare-import", Severity: severity, Message: fmt.Sprintf("%q is imported by a bare name, for which no import map has an address", e.written),
		Hint: "bundle the script, or add the name to an import map before it",
	})
}

// followed reports whether what a script may import is assumed to be needed,
// so that nobody has to say it.
func (s *Site) followed(script *node) bool {
	for a := range s.assumed {
		if a.which == all && strings.HasPrefix(script.name, a.dir) {
			return true
		}
	}
	return len(script.assumes) > 0
}

// judgeLink notes an anchor that leads to nothing.
func (s *Site) judgeLink(in *node, e *edge) {
	t := e.to
	if t.leadFor(page.Frame) == Outside {
		s.outside(in, e, t, finding.Warning)
		return
	}
	if s.unclean(in, e, t) {
		return
	}
	id, hint := s.mistake(e.written, t)
	shows := "leads to nothing"
	if t.strange {
		shows = "leads to no page of its own: the host shows " + t.node.name
	}
	s.problem(in, e, "link"+id+t.url, finding.Finding{
		ID: cmp.Or(id, "broken-link"), Severity: finding.Warning, Message: fmt.Sprintf("a link to %q %s", e.written, shows),
		Hint: cmp.Or(hint, "correct the link, or add the page"),
	})
}

// outside notes a reference that leaves the base path and would not have to.
func (s *Site) outside(in *node, e *edge, t *target, severity finding.Severity) {
	inside := s.base + strings.TrimPrefix(t.url, "/")
	moved := s.lookup(inside)
	if moved.node == nil || moved.strange || t.url == "/" {
		return // another site of the same origin
	}
	in.mention(moved) // it is no orphan
	s.problem(in, e, "outside"+t.url, finding.Finding{
		ID: "outside-base", Severity: severity, Message: fmt.Sprintf("%q is outside of the site, which is under %s", e.written, s.base),
		Hint: fmt.Sprintf("write %s", inside),
	})
}

// problem notes a problem at a reference; the same problem elsewhere counts,
// and the first place is named.
func (s *Site) problem(in *node, e *edge, key string, f finding.Finding) {
	p := s.problems[key]
	if p == nil {
		f.Path = place(in.name, int(e.line))
		s.problems[key] = &problem{Finding: f}
		return
	}
	p.more++
	if f.Severity == finding.Warning {
		p.Severity = finding.Warning
	}
}

// Told reports whether a finding of the site is about what a need leads to.
func (s *Site) Told(n Need) bool {
	key := map[Lead]string{Bypass: "bypass", Outside: "outside", External: "local"}[n.Lead]
	return key != "" && s.problems[key+n.URL] != nil
}

// noun is a kind in a sentence.
func noun(kind page.Kind) string {
	switch kind {
	case page.Style:
		return "the style sheet"
	case page.Frame:
		return "the page"
	case page.Data:
		return "the file"
	case page.Object:
		return "the object"
	case page.Manifest:
		return "the web app manifest"
	}
	return "the " + string(kind)
}

// judgeNotFound checks the page that hosts show at any depth.
func (s *Site) judgeNotFound() {
	n := s.nodes["404.html"]
	if n == nil || n.page == nil || n.base != n.page.URL {
		return // with a base element, its URLs are whole
	}
	for i := range n.edges {
		if e := &n.edges[i]; e.weight <= Degrading && e.line > 0 && isRelative(e.written) && e.from != page.FromImport {
			s.Findings = append(s.Findings, finding.Finding{
				ID: "relative-404", Severity: finding.Warning, Path: place(n.name, int(e.line)),
				Message: fmt.Sprintf("the not-found page asks for %q, which is relative to the address of a visitor's mistake", e.written),
				Hint:    faultHints["relative-404"],
			})
			return
		}
	}
}
