package audit

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/swgen/swgen/internal/bundle"
	"github.com/swgen/swgen/internal/page"
	"github.com/swgen/swgen/internal/weburl"
)

// script is a script whose imports are to be read: a file, or a part of a page.
type script struct {
	node *node
	text string
	// line is the line of its first line; inline is nil in files.
	line   int
	inline *page.Inline
	soft   bool
}

// scanPage reads a page: what it loads, where it leads, its scripts.
func (s *Site) scanPage(n *node, content []byte) []script {
	facts := page.Inspect(content)
	if facts.Broken != "" {
		n.fault("malformed", 0, facts.Broken)
	}
	if facts.Base != "" {
		if base, ok := s.absolute(facts.Base, n.base); ok {
			n.base = base
		}
	}
	if n.page != nil {
		n.page.NoIndex = facts.NoIndex
		s.noteRefresh(n, facts)
		s.noteServer(n, content)
	}
	n.noteSetup(facts)
	n.maps = s.readImportMaps(n, facts.ImportMaps)
	n.edges = slices.Grow(n.edges, len(facts.Refs))
	n.links = slices.Grow(n.links, len(facts.Links))
	for _, ref := range facts.Refs {
		if ref.NoModule {
			n.mention(s.resolve(ref.URL, n.base))
			continue
		}
		e := edge{written: ref.URL, kind: ref.Kind, weight: weightOf(ref.Kind), hint: ref.Hint, line: int32(ref.Line)}
		if ref.Soft {
			e.weight = Soft
		}
		if ref.Trust != (page.Trust{}) {
			e.trust = &ref.Trust
		}
		s.link(n, e, n.base)
	}
	for _, link := range facts.Links {
		s.anchor(n, link)
	}
	for _, m := range facts.Mentions {
		n.mention(s.resolve(m.URL, n.base))
	}
	if facts.Worker != nil {
		n.mention(s.resolve(facts.Worker.URL, n.base))
	}
	s.scanRules(n, facts.Rules)
	var scripts []script
	for _, inline := range facts.Scripts {
		scripts = append(scripts, s.scanText(n, script{node: n, text: inline.Text, line: inline.Line, inline: &inline, soft: inline.Soft})...)
	}
	for _, data := range facts.JSON {
		s.linkNames(n, page.ReadScript(data.Text))
	}
	s.companions(n)
	return scripts
}

// anchor notes where a link leads.
func (s *Site) anchor(n *node, link page.Link) {
	if strings.HasPrefix(link.URL, "#") {
		return
	}
	t := s.resolve(link.URL, n.base)
	if t == nil {
		n.checkURL(link.URL, link.Line)
		return
	}
	switch t.leadFor(page.Frame) {
	case File, Redirect:
		n.links = append(n.links, t)
		if !t.strange || t.ruled {
			return
		}
	case Missing, Outside:
	default:
		return
	}
	n.broken = append(n.broken, edge{written: link.URL, kind: page.Frame, line: int32(link.Line), to: t})
}

func (n *node) mention(t *target) {
	if t != nil && t.node != nil {
		n.mentions = append(n.mentions, t)
	}
}

// checkURL notes what is no URL; others that lead nowhere, such as mailto:,
// are as they should be.
func (n *node) checkURL(written string, line int) {
	if _, err := weburl.Parse(written, placeholder); err != nil {
		n.fault("invalid-url", line, fmt.Sprintf("%q is no URL", written))
	}
}

func (n *node) fault(id string, line int, what string) {
	n.faults = append(n.faults, fault{id, line, what})
}

// noteRefresh notes where a page sends its visitors; a stub is an alias.
func (s *Site) noteRefresh(n *node, facts page.Facts) {
	if facts.Refresh == nil || facts.Refresh.Target == "" {
		return
	}
	s.anchor(n, page.Link{URL: facts.Refresh.Target})
	if t := s.resolve(facts.Refresh.Target, n.base); t != nil && facts.Refresh.Delay == 0 {
		n.page.Alias = t.url
	}
}

// noteServer notes pages that a development server wrote.
func (s *Site) noteServer(n *node, content []byte) {
	if what, ok := page.DevServer(content); ok {
		n.fault("dev-server", 0, what)
	}
}

func (s *Site) scanStyle(n *node, content []byte) {
	refs, broken, line := page.ReadStyle(content)
	if broken != "" {
		n.fault("malformed", line, broken)
	}
	for _, ref := range refs {
		e := edge{written: ref.URL, kind: ref.Kind, weight: weightOf(ref.Kind), line: int32(ref.Line)}
		if ref.Soft {
			e.weight = Soft
		}
		s.link(n, e, n.base)
	}
}

func (s *Site) scanScript(n *node, content []byte) []script {
	return s.scanText(n, script{node: n, text: string(content), line: 1})
}

// scanText reads what a script loads by other means than imports, and returns
// it when it may have imports, too. A file is parsed in any case, so that one
// that is malformed is named.
func (s *Site) scanText(n *node, sc script) []script {
	calls := page.ReadScript(sc.text)
	for _, c := range calls.List {
		s.call(n, sc, c)
	}
	s.linkNames(n, calls)
	for _, r := range calls.Registers {
		r.Line += sc.line - 1
		n.registers = append(n.registers, registration{r, sc.inline})
		n.mention(s.resolve(r.URL, n.base))
	}
	n.types = append(n.types, calls.TypePolicies...)
	for _, a := range s.assumedBy(n, sc, calls) {
		if !slices.Contains(n.assumes, a) {
			n.assumes = append(n.assumes, a)
		}
	}
	switch {
	case calls.TooDeep:
		n.fault("malformed", sc.line, "its expressions nest too deep to be read")
		return nil
	case calls.Imports && sc.inline != nil && sc.inline.Handler:
		sc.text = "async function handler(event) {" + sc.text + "\n}"
		return []script{sc}
	case calls.Imports || sc.inline == nil:
		return []script{sc}
	}
	return nil
}

// linkNames adds the files that strings name. Pages among them are not loaded
// but led to.
func (s *Site) linkNames(n *node, calls page.Calls) {
	for _, name := range calls.Names {
		if file := s.named(n, name); file != "" {
			n.edges = append(n.edges, edge{written: name, kind: page.KindOf(file), weight: Assumed, to: s.resolve(s.urlOf(file), s.base)})
		}
	}
	for _, name := range calls.Pages {
		if file := s.named(n, name); file != "" {
			n.mention(s.resolve(s.urlOf(file), s.base))
		}
	}
}

// named is another file that a string in a file names, "" for none: from the
// root of the site or from the directory of the file, or one above it. Next's
// list of chunks has them relative to _next/.
func (s *Site) named(n *node, name string) string {
	name, _, _ = strings.Cut(name, "?")
	fromBase, _ := strings.CutPrefix(name, s.base)
	candidates := []string{strings.TrimPrefix(fromBase, "/")}
	for dir := path.Dir(n.name); dir != "."; dir = path.Dir(dir) {
		candidates = append(candidates, path.Join(dir, name))
	}
	for _, file := range candidates {
		if file = path.Clean(file); s.nodes[file] != nil && file != n.name {
			return file
		}
	}
	return ""
}

// call adds what a script loads by a call.
func (s *Site) call(n *node, sc script, c page.Call) {
	e := edge{
		written: c.URL, kind: c.Kind, weight: weightOf(c.Kind), from: c.From,
		hint: c.Hint, pattern: c.Pattern, line: int32(sc.line + c.Line - 1),
	}
	if sc.soft {
		e.weight = Soft
	}
	switch {
	case c.Pattern:
		s.linkPattern(n, e)
	case c.From == page.FromSite:
		s.link(n, e, s.base)
	case c.From == page.FromImport:
		s.linkImport(n, e)
	case c.From == page.FromPage && sc.inline == nil && isRelative(c.URL):
		n.dynamic = true
		n.edges = append(n.edges, e)
	default:
		s.link(n, e, n.base)
	}
}

// isRelative reports whether a URL means different things in different
// directories.
func isRelative(url string) bool {
	if strings.HasPrefix(url, "/") {
		return false
	}
	scheme, _, found := strings.Cut(url, ":")
	return !found || strings.ContainsAny(scheme, "/?#.")
}

// isBare reports whether an import names a module that only an import map
// can find.
func isBare(name string) bool {
	return isRelative(name) && !strings.HasPrefix(name, "./") && !strings.HasPrefix(name, "../")
}

// linkImport adds an import; what it means without a map is known already.
func (s *Site) linkImport(n *node, e edge) {
	e.from = page.FromImport
	if !isBare(e.written) {
		if e.to = s.resolve(e.written, n.base); e.to == nil {
			return // data: and blob:
		}
		if e.hint && e.to.leadFor(e.kind) == Missing {
			e.weight = Soft
		}
	}
	n.edges = append(n.edges, e)
}

// maxMatches is how many files a computed import may stand for.
const maxMatches = 1000

// linkPattern adds an import of which a part is computed: the files that it
// may mean, or itself when there are none.
func (s *Site) linkPattern(n *node, e edge) {
	matches := 0
	if e.written != "" {
		pattern, ok := s.absolute(strings.ReplaceAll(e.written, "*", "\x00"), n.base)
		// The standard encodes what stands for the computed part.
		pattern = strings.ReplaceAll(pattern, "%00", "*")
		if ok && strings.HasPrefix(pattern, s.base) {
			for _, name := range s.match(strings.TrimPrefix(unescape(pattern), s.base)) {
				if matches++; matches > maxMatches {
					break
				}
				found := e
				found.weight, found.pattern = Assumed, false
				found.to = s.resolve(s.urlOf(name), s.base)
				n.edges = append(n.edges, found)
			}
		}
	}
	if matches == 0 {
		e.weight = max(e.weight, Assumed)
		n.edges = append(n.edges, e)
	}
}

// parseScripts adds the imports of scripts.
func (s *Site) parseScripts(scripts []script) {
	texts := make([]string, len(scripts))
	for i, sc := range scripts {
		texts[i] = sc.text
	}
	for i, imported := range bundle.Imports(texts) {
		sc := scripts[i]
		if imported.Broken != "" {
			sc.node.fault("malformed", sc.line+imported.Line-1, imported.Broken)
		}
		for _, found := range imported.List {
			e := edge{written: found.Name, kind: page.Module, line: int32(sc.line + found.Line - 1)}
			switch found.Type {
			case "json", "text", "bytes":
				e.kind = page.Data
			case "css":
				e.kind = page.Style
			}
			if sc.soft {
				e.weight = Soft
			}
			s.linkImport(sc.node, e)
		}
	}
}
