package selection

import (
	"bytes"
	"compress/gzip"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/url"
	"strings"
)

// listed is a page as a sitemap lists it.
type listed struct {
	written, path string
	priority      float64
}

// usualPriority is that of a page of which a sitemap says nothing
// (sitemaps.org, "priority").
const usualPriority = 0.5

// maxSitemap is how large a sitemap may be, in bytes, and maxSitemaps how many
// files it may have (sitemaps.org: 50 MB, 50,000; nobody has that many).
const (
	maxSitemap  = 50 << 20
	maxSitemaps = 1000
)

// readSitemaps reads the sitemap at one of its usual places, or where
// robots.txt says that it is, and those that it refers to.
func readSitemaps(files fs.FS) (all []listed, err error) {
	queue := append(inRobots(files), "sitemap.xml", "sitemap-index.xml", "sitemap_index.xml")
	found := ""
	for _, name := range queue {
		if content, err := fs.ReadFile(files, name); err == nil && len(content) > 0 {
			found = name
			break
		}
	}
	if found == "" {
		return nil, errors.New("the site has no sitemap: there is no sitemap.xml or sitemap-index.xml, and robots.txt names none")
	}
	queue = []string{found}
	read := make(map[string]bool)
	for len(queue) > 0 {
		name := queue[0]
		queue = queue[1:]
		if read[name] || len(read) == maxSitemaps {
			continue
		}
		read[name] = true
		pages, more, err := readSitemap(files, name)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		all = append(all, pages...)
		queue = append(queue, more...)
	}
	return all, nil
}

// inRobots are the sitemaps that robots.txt names, as files of the site.
func inRobots(files fs.FS) (names []string) {
	content, err := fs.ReadFile(files, "robots.txt")
	if err != nil {
		return nil
	}
	for line := range strings.Lines(string(content)) {
		if key, value, ok := strings.Cut(line, ":"); ok && strings.EqualFold(strings.TrimSpace(key), "sitemap") {
			names = append(names, fileOf(files, strings.TrimSpace(value)))
		}
	}
	return names
}

// fileOf is the file of a sitemap's URL. The site may be deployed below the
// root of its origin: then its path begins with directories that are not there.
func fileOf(files fs.FS, address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	name := strings.TrimPrefix(u.Path, "/")
	for whole := name; ; {
		if _, err := fs.Stat(files, name); err == nil {
			return name
		}
		_, rest, ok := strings.Cut(name, "/")
		if !ok {
			return whole
		}
		name = rest
	}
}

func readSitemap(files fs.FS, name string) (pages []listed, more []string, err error) {
	content, err := fs.ReadFile(files, name)
	if err != nil {
		return nil, nil, errors.New("the sitemap names it, and it is not there")
	}
	var reader io.Reader = bytes.NewReader(content)
	if strings.HasSuffix(name, ".gz") {
		if reader, err = gzip.NewReader(reader); err != nil {
			return nil, nil, err
		}
	}
	var sitemap struct {
		URLs []struct {
			Loc      string   `xml:"loc"`
			Priority *float64 `xml:"priority"`
		} `xml:"url"`
		Sitemaps []struct {
			Loc string `xml:"loc"`
		} `xml:"sitemap"`
	}
	if err := xml.NewDecoder(io.LimitReader(reader, maxSitemap)).Decode(&sitemap); err != nil {
		return nil, nil, fmt.Errorf("it cannot be read as a sitemap: %w", err)
	}
	for _, one := range sitemap.URLs {
		l := listed{written: strings.TrimSpace(one.Loc), priority: usualPriority}
		if u, err := url.Parse(l.written); err == nil {
			l.path = u.EscapedPath()
		}
		if one.Priority != nil {
			l.priority = *one.Priority
		}
		pages = append(pages, l)
	}
	for _, one := range sitemap.Sitemaps {
		more = append(more, fileOf(files, strings.TrimSpace(one.Loc)))
	}
	return pages, more, nil
}
