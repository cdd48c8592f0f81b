package detect

import (
	"encoding/xml"
	"fmt"
	"io/fs"
	"net/url"
	"path"
	"strings"
)

// The base path is found by what exists: a reference /repo/assets/x.js, with
// a file assets/x.js, speaks for the base /repo/. Each URL has one vote for
// each base under which it is a file. What pages merely claim, such as a
// canonical URL, is asked only when nothing can be counted.

// base is the base path and the evidence for it.
func (s *sample) base() (base, from string) {
	if len(s.pages) == 0 {
		return "/", "no pages"
	}
	for _, count := range []struct {
		urls func() []string
		what string
	}{
		{s.assets, "root-relative links"},
		{s.anchors, "root-relative links between pages"},
		{s.ownAssets, "links to the site's own host"},
	} {
		urls := count.urls()
		if base, votes := s.vote(urls); votes > 0 {
			return base, fmt.Sprintf("%d of %d %s", votes, len(urls), count.what)
		}
	}
	return s.claimed()
}

// claimed is the base path that the site names, without anything to check it by.
func (s *sample) claimed() (base, from string) {
	home := s.home()
	if home != nil && strings.HasPrefix(home.Base, "/") && !strings.HasPrefix(home.Base, "//") {
		return dirURL(home.Base), "base element of index.html"
	}
	if home != nil {
		if base := pathOf(home.Canonical); base != "" {
			return dirURL(base), "canonical link of index.html"
		}
	}
	if base := s.sitemapBase(); base != "" {
		return base, "sitemap.xml"
	}
	for _, p := range s.pages {
		if len(p.Refs)+len(p.Links) > 0 {
			return "/", "relative links only"
		}
	}
	return "/", "no links"
}

// assets lists, each once, the paths that pages load by root-relative URLs.
func (s *sample) assets() []string {
	var list urlList
	for _, p := range s.pages {
		for _, ref := range p.Refs {
			list.add(rooted(p, ref.URL))
		}
	}
	return list.urls
}

// anchors lists the root-relative URLs that pages link to.
func (s *sample) anchors() []string {
	var list urlList
	for _, p := range s.pages {
		for _, link := range p.Links {
			list.add(rooted(p, link.URL))
		}
	}
	return list.urls
}

// ownAssets lists the paths that pages load from the host that they name as
// their own. References to other hosts say nothing: a CDN may well have a
// css/main.css too.
func (s *sample) ownAssets() []string {
	var list urlList
	for _, p := range s.pages {
		own, err := url.Parse(p.Canonical)
		if err != nil || own.Host == "" {
			continue
		}
		for _, ref := range p.Refs {
			if u, err := url.Parse(ref.URL); err == nil && u.Host == own.Host {
				list.add(u.Path)
			}
		}
	}
	return list.urls
}

// urlList is a list of paths without doubles.
type urlList struct {
	urls []string
	seen map[string]bool
}

func (l *urlList) add(p string) {
	if p == "" || l.seen[p] {
		return
	}
	if l.seen == nil {
		l.seen = map[string]bool{}
	}
	l.seen[p] = true
	l.urls = append(l.urls, p)
}

// rooted is the decoded path of a root-relative URL, "" for any other. With a
// root-relative <base href>, relative URLs are root-relative as well.
func rooted(p sampledPage, ref string) string {
	u, err := url.Parse(ref)
	if err != nil || u.Scheme != "" || u.Host != "" || u.Path == "" {
		return ""
	}
	if !strings.HasPrefix(u.Path, "/") {
		base, err := url.Parse(p.Base)
		if err != nil || base.Host != "" || !strings.HasPrefix(base.Path, "/") {
			return ""
		}
		u = base.ResolveReference(u)
	}
	clean := path.Clean(u.Path)
	if strings.HasSuffix(u.Path, "/") && clean != "/" {
		clean += "/"
	}
	return clean
}

// vote finds the base under which the most paths are files; of equals, the
// shorter wins.
func (s *sample) vote(paths []string) (base string, votes int) {
	count := map[string]int{}
	for _, p := range paths {
		for i := range len(p) {
			if p[i] == '/' && s.isFile(p[i+1:]) {
				count[p[:i+1]]++
			}
		}
	}
	for candidate, n := range count {
		if n > votes || n == votes && isBefore(candidate, base) {
			base, votes = candidate, n
		}
	}
	return (&url.URL{Path: base}).EscapedPath(), votes
}

func isBefore(a, b string) bool {
	if len(a) != len(b) {
		return len(a) < len(b)
	}
	return a < b
}

// isFile reports whether a URL path, relative to the base, is a file or the
// address of a page.
func (s *sample) isFile(name string) bool {
	if name == "" || strings.HasSuffix(name, "/") {
		return s.exists(name + home)
	}
	if !fs.ValidPath(name) {
		return false
	}
	return s.exists(name) || path.Ext(name) == "" && (s.exists(name+".html") || s.exists(name+"/"+home))
}

// sitemapBase is the path of the shortest URL in the sitemap, if all others
// are below it.
func (s *sample) sitemapBase() string {
	content, err := fs.ReadFile(s.fsys, "sitemap.xml")
	if err != nil {
		return ""
	}
	var sitemap struct {
		URLs []struct {
			Loc string `xml:"loc"`
		} `xml:"url"`
	}
	if xml.Unmarshal(content, &sitemap) != nil {
		return ""
	}
	base := ""
	for _, u := range sitemap.URLs {
		if p := pathOf(strings.TrimSpace(u.Loc)); base == "" || len(p) < len(base) {
			base = p
		}
	}
	base = dirURL(base)
	for _, u := range sitemap.URLs {
		if !strings.HasPrefix(pathOf(strings.TrimSpace(u.Loc)), base) {
			return ""
		}
	}
	return base
}

// pathOf is the path of an absolute URL as it is written, "" when it is none.
func pathOf(absolute string) string {
	u, err := url.Parse(absolute)
	if err != nil || u.Host == "" {
		return ""
	}
	if u.Path == "" {
		return "/"
	}
	return u.EscapedPath()
}

// dirURL is the directory of a URL path, with its slash. A last segment
// without a dot is taken for a directory.
func dirURL(p string) string {
	p, _, _ = strings.Cut(p, "?")
	p, _, _ = strings.Cut(p, "#")
	if p == "" || strings.HasSuffix(p, "/") {
		return p
	}
	if strings.Contains(path.Base(p), ".") {
		return p[:strings.LastIndexByte(p, '/')+1]
	}
	return p + "/"
}
