package audit

import (
	"fmt"
	"net/url"
	"path"
	"regexp"
	"strings"

	"golang.org/x/text/unicode/norm"

	"github.com/swgen/swgen/internal/finding"
)

// mistake is what may be wrong about a URL under which there is nothing, when
// a file with nearly that name is there; "" when there is none.
func (s *Site) mistake(written string, t *target) (id, hint string) {
	asked, query, _ := strings.Cut(t.url, "?")
	raw, inside := strings.CutPrefix(asked, s.base)
	if !inside || raw == "" {
		return "", ""
	}
	name := unescape(raw)
	if d, dropped := s.host.Dropped(name); dropped && d.If == "" && s.nodes[name] != nil {
		return "dropped-file", "the host does not serve it: " + d.Why
	}
	_, hash, _ := strings.Cut(written, "#")
	for _, as := range []string{name, name + ".html", path.Join(name, "index.html")} {
		if real := s.folded[strings.ToLower(as)]; real != "" && real != as {
			return "wrong-case", fmt.Sprintf("write %s: hosts tell upper from lower case", s.urlOf(real))
		}
	}
	for _, real := range []string{
		raw, // the name has a percent sign
		strings.ReplaceAll(name, "+", " "),
		name + "?" + query,
		name + "#" + unescape(hash),
		norm.NFC.String(name), norm.NFD.String(name),
	} {
		if s.nodes[real] != nil && (real != name || strings.Contains(raw, "%")) {
			return "wrong-encoding", fmt.Sprintf("write %s, which is the name of the file %q", s.urlOf(real), real)
		}
	}
	return "", ""
}

// unclean notes a reference to a page without its extension where the host
// does not show the page so, once for the site; it reports whether it is one.
func (s *Site) unclean(in *node, e *edge, t *target) bool {
	asked, _, _ := strings.Cut(t.url, "?")
	raw, inside := strings.CutPrefix(asked, s.base)
	name := strings.TrimSuffix(unescape(raw), "/")
	file := s.nodes[name+".html"]
	if !inside || name == "" || file == nil || file.page == nil || s.shown(s.urlOf(name)) == file {
		return false
	}
	in.mention(s.resolve(s.urlOf(file.name), s.base)) // it is no orphan
	hint := "link to " + s.urlOf(file.name)
	if family, _, _ := strings.Cut(s.host.ID, "-"); family == "vercel" || family == "firebase" {
		hint = fmt.Sprintf(`set "cleanUrls": true in %s.json, which is --host %s-clean, or %s`, family, family, hint)
	}
	s.problem(in, e, "clean-urls", finding.Finding{
		ID: "clean-urls", Severity: finding.Warning,
		Message: fmt.Sprintf("the host has no clean URLs: %q leads to nothing, although %s is there", e.written, file.name),
		Hint:    hint,
	})
	return true
}

func unescape(escaped string) string {
	if !strings.Contains(escaped, "%") {
		return escaped
	}
	name, err := url.PathUnescape(escaped)
	if err != nil {
		return escaped
	}
	return name
}

// findOrphans lists the files that no page leads to. Those that have the name
// of another with an old fingerprint are named one by one.
func (s *Site) findOrphans() {
	led := s.ledTo()
	current := make(map[string]string) // name without fingerprint to a file that is led to
	for _, n := range s.list {
		if led[n.index] == byName {
			current[withoutHash(n.name)] = n.name
		}
	}
	for _, n := range s.list {
		if led[n.index] == byName || isFurniture(n.name) || s.isCompressed(n.name) || n.page != nil && n.page.Alias != "" {
			continue
		}
		if stem := withoutHash(n.name); stem != "" && current[stem] != "" {
			s.Findings = append(s.Findings, finding.Finding{
				ID: "old-fingerprint", Severity: finding.Note, Path: n.name,
				Message: "no page leads to it: it seems to be an older " + current[stem],
				Hint:    "empty the output directory before each build",
			})
		}
		if led[n.index] == notLed {
			s.Orphans = append(s.Orphans, n.name)
		}
	}
	if len(s.Orphans) > 0 {
		s.Findings = append(s.Findings, Orphaned(s.Orphans))
	}
}

// IDOrphans is the kind of that finding.
const IDOrphans = "orphans"

// Orphaned is the finding that nothing leads to some files, of which there is
// one at least.
func Orphaned(files []string) finding.Finding {
	return finding.Finding{
		ID: IDOrphans, Severity: finding.Note,
		Message: fmt.Sprintf("no page leads to %d of its files, such as %s", len(files), strings.Join(files[:min(3, len(files))], ", ")),
		Hint:    "visitors can only reach them by their address; exclude them from the precache if they are not needed",
	}
}

// led is how a file is led to.
type led byte

const (
	notLed led = iota
	byAssumption
	byName
)

// ledTo says of each file how something leads to it.
func (s *Site) ledTo() []led {
	to := make([]led, len(s.list))
	note := func(t *target, how led) {
		if t != nil && t.node != nil && int(t.node.index) < len(to) {
			to[t.node.index] = max(to[t.node.index], how)
		}
	}
	for _, n := range s.list {
		for i := range n.edges {
			how := byName
			if n.edges[i].weight == Assumed {
				how = byAssumption
			}
			note(n.edges[i].to, how)
		}
		for _, t := range n.links {
			note(t, byName)
		}
		for _, t := range n.mentions {
			note(t, byName)
		}
	}
	for _, dir := range s.assumed {
		for i := range dir.edges {
			note(dir.edges[i].to, byAssumption)
		}
	}
	if s.contextual() {
		w := s.walker()
		for _, p := range s.Pages {
			w.walk(p.node, Assumed, func(_ *node, _ *edge, t *target, weight Weight) {
				if weight < Assumed {
					note(t, byName)
				}
			})
		}
	}
	return to
}

// furniture are files that are not for pages to lead to.
var furniture = regexp.MustCompile(`(?i)(^|/)(\.[^/]*(/.*)?|_headers|_redirects|_routes\.json|_worker\.js|cname|robots\.txt|ads\.txt|humans\.txt|` +
	`favicon\.ico|apple-touch-icon[^/]*\.png|browserconfig\.xml|index\.html|404\.html|200\.html|_not-found\.html|offline\.html|[^/]*sitemap[^/]*|[^/]*\.(map|xml|xsl|json\.gz)|` +
	`[^/]*\.license\.txt|netlify\.toml|vercel\.json|firebase\.json|staticwebapp\.config\.json|objects\.inv)$|^functions/|(^|/)_sources/`)

func isFurniture(name string) bool { return furniture.MatchString(name) }

// isCompressed reports whether a file is the compressed form of another.
func (s *Site) isCompressed(name string) bool {
	switch ext := path.Ext(name); ext {
	case ".br", ".gz", ".zst":
		return s.nodes[strings.TrimSuffix(name, ext)] != nil
	}
	return false
}

// hash is a part of a name that looks like a digest.
var hash = regexp.MustCompile(`^([0-9a-f]{8,128}|[0-9A-Za-z_-]{8,12})$`)

// withoutHash is a name with a star for its fingerprint, "" when it has none
// or consists of nothing else.
func withoutHash(name string) string {
	dir, base := path.Split(name)
	ext := path.Ext(base)
	stem := strings.TrimSuffix(base, ext)
	i := strings.LastIndexAny(stem, ".-_")
	for i > 0 && !isHash(stem[i+1:]) {
		i = strings.LastIndexAny(stem[:i], ".-_")
	}
	if i <= 0 || isHash(stem[:i]) {
		return ""
	}
	rest := stem[i+1:]
	if end := strings.IndexByte(rest, '.'); end >= 0 {
		rest = rest[end:]
	} else {
		rest = ""
	}
	return dir + stem[:i+1] + "*" + rest + ext
}

// isHash reports whether text starts like a digest up to its next dot.
func isHash(text string) bool {
	text, _, _ = strings.Cut(text, ".")
	return hash.MatchString(text) && strings.ContainsAny(text, "0123456789") && strings.Trim(text, "0123456789") != ""
}
