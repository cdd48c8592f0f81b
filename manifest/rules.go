package manifest

import (
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"
	"sync/atomic"

	"github.com/swgen/swgen/internal/finding"
	"github.com/swgen/swgen/internal/glob"
)

// A rule keeps files out of the precache unless the configuration asks for
// them. Each field that is set is another way to match; one is enough.
// Rules are data: a plain glob each would cost more than hashing the files.
type rule struct {
	name   string
	reason string
	// names, suffixes and prefixes are compared with the last path segment.
	names, suffixes, prefixes []string
	// dirs are directory names anywhere in the path; they are not entered.
	dirs []string
	// root are names that count only at the top of the site.
	root []string
	// affixes are how the last path segment begins and ends.
	affixes [][2]string
	// paths are whole paths, or the ends of paths behind a slash.
	paths []string
}

// defaultRules is what a deployed site holds although no page loads it.
// Sources: the outputs of twelve generators, and the files that hosts read
// themselves and do not serve (Netlify, Cloudflare Pages, Vercel, Firebase,
// GitHub Pages, Azure).
var defaultRules = []rule{
	{name: "source maps", reason: "only developer tools ask for them", suffixes: []string{".map"}},
	{name: "compressed copies", reason: "the host picks them by itself", suffixes: []string{".gz", ".br", ".zst"}},
	{
		name: "host settings", reason: "the host reads them and does not serve them",
		root: []string{
			"_headers", "_redirects", "_routes.json", "_worker.js", "netlify.toml", "vercel.json", "firebase.json",
			"staticwebapp.config.json", "CNAME", "wrangler.toml",
		},
		names: []string{".htaccess"},
	},
	{
		name: "robots, sitemaps and feeds", reason: "machines read them, not pages",
		root:     []string{"robots.txt", "ads.txt", "humans.txt", "security.txt"},
		names:    []string{"atom.xml", "rss.xml", "feed.xml", "index.xml", "feed.json", "sitemap.xml"},
		affixes:  [][2]string{{"sitemap-", ".xml"}, {"sitemap-", ".txt"}}, // .gz is left out in any case
		suffixes: []string{".xsl"},
	},
	{
		name: "build records", reason: "generators leave them for later builds",
		names:    []string{".buildinfo", "webpack.stats.json", "chunk-map.json", "objects.inv"},
		root:     []string{"hashmap.json", "stats.html"}, // analysers of bundles write the latter there
		suffixes: []string{".LICENSE.txt"},
		dirs:     []string{".doctrees", "_sources", ".vite"},
	},
	{name: "deploy probes", reason: "pages poll them to notice a deploy, a cached copy would hide it", paths: []string{"_app/version.json", "_nuxt/builds"}},
	{name: "downloads", reason: "visitors ask for them one by one", suffixes: []string{
		".zip", ".tar", ".tgz", ".xz", ".7z", ".dmg", ".exe", ".msi", ".deb", ".rpm", ".iso", ".pdf", ".epub",
	}},
	{
		name: "system litter", reason: "editors and desktops leave it",
		names:    []string{"Thumbs.db", "desktop.ini"},
		suffixes: []string{"~", ".swp", ".bak", ".orig", ".tmp"},
	},
	{name: "node_modules", reason: "packages are no part of a site", dirs: []string{"node_modules"}},
}

var dotfiles = rule{name: "dotfiles", reason: "many hosts drop them"}

// secrets are names of files that are published by mistake: found in the
// outputs of real sites, or in the reports of those who found them.
var secrets = []rule{
	{names: []string{".env", ".htpasswd", ".npmrc", ".pypirc", ".netrc", "id_rsa", "id_ed25519", "id_ecdsa", "credentials.json", "wp-config.php"}},
	{prefixes: []string{".env."}},
	{suffixes: []string{".pem", ".key", ".p12", ".pfx", ".kdbx", ".sql", ".sqlite", ".sqlite3", ".db", ".log", ".jks", ".keystore"}},
	{dirs: []string{".git", ".svn", ".hg", ".ssh", ".aws"}},
}

func (r *rule) matches(name string, isDir bool) bool {
	base := path.Base(name)
	for _, p := range r.paths {
		if name == p || strings.HasSuffix(name, "/"+p) {
			return true
		}
	}
	if isDir {
		return slices.Contains(r.dirs, base)
	}
	if slices.Contains(r.names, base) || slices.Contains(r.root, name) {
		return true
	}
	for _, suffix := range r.suffixes {
		if strings.HasSuffix(base, suffix) {
			return true
		}
	}
	for _, prefix := range r.prefixes {
		if strings.HasPrefix(base, prefix) {
			return true
		}
	}
	return slices.ContainsFunc(r.affixes, func(a [2]string) bool {
		return strings.HasPrefix(base, a[0]) && strings.HasSuffix(base, a[1])
	})
}

// A pattern is a glob of the configuration that remembers whether it was of use.
type pattern struct {
	glob.Pattern
	option  string
	negated bool
	used    atomic.Bool
}

type patterns []*pattern

func compile(option string, texts []string, negatable bool) (patterns, []finding.Finding) {
	var out patterns
	var findings []finding.Finding
	for _, text := range texts {
		body, negated := text, false
		if negatable {
			body, negated = strings.CutPrefix(text, "!")
		}
		compiled, err := glob.Compile(body)
		if strings.HasSuffix(body, "/") {
			err = errors.New("no file's path ends with a slash; write dir/** for what is below dir")
		}
		if err != nil {
			findings = append(findings, finding.Finding{
				ID: "bad-pattern", Severity: finding.Error, Path: option,
				Message: fmt.Sprintf("%q is no glob: %v", text, err),
				Hint:    `a glob is written like posts/**/*.html; escape a special character with \`,
			})
			continue
		}
		out = append(out, &pattern{Pattern: compiled, option: option, negated: negated})
	}
	return out, findings
}

// last is the last pattern that matches, because it decides; nil when none does.
func (ps patterns) last(name string) *pattern {
	for i := len(ps) - 1; i >= 0; i-- {
		if ps[i].Match(name) {
			ps[i].used.Store(true)
			return ps[i]
		}
	}
	return nil
}

func (ps patterns) match(name string) bool { return ps.last(name) != nil }

func (ps patterns) anyNegated() bool {
	return slices.ContainsFunc(ps, func(p *pattern) bool { return p.negated })
}

// unused names the patterns that matched nothing: most often a typing error,
// and silence about it is how files go missing.
func (ps patterns) unused() []finding.Finding {
	var findings []finding.Finding
	for _, p := range ps {
		if !p.used.Load() {
			findings = append(findings, finding.Finding{
				ID: "unused-pattern", Severity: finding.Warning, Path: p.option,
				Message: fmt.Sprintf("%q matches no file of the site", p.String()),
				Hint:    "patterns are relative to the site's directory and use forward slashes; remove it or mend it",
			})
		}
	}
	return findings
}

// choice is the compiled configuration of what becomes an entry.
type choice struct {
	include, exclude, allow, optional, critical patterns
	own                                         map[string]bool
	chosen                                      func(name string) (rule, reason string)
}

func (o *Options) choice() (*choice, []finding.Finding) {
	c := &choice{own: make(map[string]bool), chosen: o.Choose}
	for _, name := range o.Own {
		c.own[name] = true
	}
	var all []finding.Finding
	for _, list := range []struct {
		option    string
		texts     []string
		negatable bool
		into      *patterns
	}{
		{"include", o.Include, false, &c.include},
		{"exclude", o.Exclude, true, &c.exclude},
		{"allow", o.Allow, false, &c.allow},
		{"optional", o.Optional, false, &c.optional},
		{"critical", o.Critical, false, &c.critical},
	} {
		compiled, findings := compile(list.option, list.texts, list.negatable)
		*list.into = compiled
		all = append(all, findings...)
	}
	return c, all
}

func (c *choice) unused() (findings []finding.Finding) {
	for _, ps := range []patterns{c.include, c.exclude, c.allow, c.optional, c.critical} {
		findings = append(findings, ps.unused()...)
	}
	return findings
}

// verdict is what the rules say about a file.
type verdict struct {
	in     bool
	asked  bool // a pattern asks for the file, so its content is not judged
	rule   string
	reason string
	secret bool
}

// file judges a file by its name, and by the verdict on its directory.
func (c *choice) file(name string, dir verdict) verdict {
	if c.own[name] {
		return verdict{rule: ruleOwn, reason: "the worker must not precache itself"}
	}
	out := dir
	if dir.in {
		out = c.byRules(name)
	}
	if p := c.exclude.last(name); p != nil {
		out = verdict{in: p.negated, asked: p.negated, rule: p.String()}
	} else if out.in && len(c.include) > 0 && !c.include.match(name) {
		out = verdict{rule: "include", reason: "no pattern of include matches"}
	} else if out.in && c.chosen != nil {
		rule, reason := c.chosen(name)
		out = verdict{in: rule == "", rule: rule, reason: reason}
	}
	// A secret stays one however it was asked for, unless it is allowed by
	// name. One that is kept out of the precache is still deployed.
	out.secret = isSecret(name) && !c.allow.match(name)
	return out
}

func (c *choice) byRules(name string) verdict {
	for i := range defaultRules {
		if r := &defaultRules[i]; r.matches(name, false) {
			return verdict{rule: r.name, reason: r.reason}
		}
	}
	if strings.HasPrefix(path.Base(name), ".") {
		return verdict{rule: dotfiles.name, reason: dotfiles.reason}
	}
	return verdict{in: true}
}

// LeftOutByDefault reports whether a rule that needs no configuration keeps a
// file out of the precache, by its name or by that of a directory above it.
func LeftOutByDefault(name string) bool {
	var none choice
	v := verdict{in: true}
	for i, c := range name {
		if c == '/' && v.in {
			v, _ = none.dir(name[:i], v)
		}
	}
	return !none.file(name, v).in
}

// dir judges a directory; one that is out is entered all the same when a
// negated pattern may take back something below it.
func (c *choice) dir(name string, parent verdict) (v verdict, enter bool) {
	for i := range secrets {
		if secrets[i].matches(name, true) {
			return verdict{rule: dotfiles.name, reason: dotfiles.reason, secret: !c.allow.match(name)}, false
		}
	}
	if !parent.in {
		return parent, true
	}
	v = verdict{in: true}
	if strings.HasPrefix(path.Base(name), ".") {
		v = verdict{rule: dotfiles.name, reason: dotfiles.reason}
	}
	for i := range defaultRules {
		if r := &defaultRules[i]; r.matches(name, true) {
			v = verdict{rule: r.name, reason: r.reason}
		}
	}
	return v, v.in || c.exclude.anyNegated()
}

func isSecret(name string) bool {
	for i := range secrets {
		if secrets[i].matches(name, false) {
			return true
		}
	}
	return false
}

func (c *choice) isOptional(name string, class Class) bool {
	switch {
	case c.critical.match(name):
		return false
	case c.optional.match(name):
		return true
	}
	return class.optionalByDefault()
}
