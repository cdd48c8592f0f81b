package swgen

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/swgen/swgen/internal/audit"
	"github.com/swgen/swgen/internal/finding"
	"github.com/swgen/swgen/internal/selection"
	"github.com/swgen/swgen/manifest"
)

// What is precached, as the option of that name has it.
const (
	precacheFiles     = "files"
	precacheReachable = "reachable"
)

// choose is what leaves files out that the chosen pages do not need, nil when
// all files count.
func (b *build) choose(ctx context.Context) (func(name string) (rule, reason string), error) {
	c := &b.config
	pages, err := selection.Parse(c.Pages)
	reachable := c.Precache == precacheReachable
	if err != nil || pages.All() && !reachable {
		return nil, nil // check has said what is wrong
	}
	files, err := fileNames(b.overlay.site)
	if err != nil {
		return nil, err
	}
	own := b.places.own()
	files = slices.DeleteFunc(files, func(name string) bool { return slices.Contains(own, name) })
	site, err := audit.Run(ctx, audit.Options{Site: b.overlay.site, Files: files, Host: b.host})
	if err != nil {
		return nil, err
	}
	always := slices.Concat(usualNotFound, usualOffline)
	for _, name := range []string{c.NotFoundPage, c.OfflinePage} {
		if name != "" {
			always = append(always, site.FileAt(b.Found.Base+strings.TrimPrefix(name, "/")))
		}
	}
	chosen, err := pages.Choose(site, b.overlay.site, always)
	if err != nil {
		b.Findings = append(b.Findings, Finding{ID: "pages", Severity: finding.Error, Path: "pages", Message: err.Error(), Hint: "let the site's generator write one, or write pages: depth 2 from /"})
		return nil, nil
	}
	b.tellStrangers(pages, chosen.Strangers)
	return func(name string) (rule, reason string) {
		switch {
		case chosen.Pages[name] || chosen.Needed[name]:
		case manifest.ClassOf(name) == manifest.Page && !pages.All():
			return "pages: " + strings.Join(strings.Fields(c.Pages), " "), "it does not choose them"
		case reachable:
			return "precache: " + precacheReachable, "no page that is precached is seen to need them"
		}
		return "", ""
	}, nil
}

// tellStrangers names what chooses no page: a typing error, or a sitemap of
// another site.
func (b *build) tellStrangers(pages selection.Pages, strangers []string) {
	if len(strangers) == 0 {
		return
	}
	f := Finding{ID: "pages", Severity: finding.Error, Path: "pages", Message: strings.Join(strangers, " and ") + " is no page of the site", Hint: "give the URL path of a page below the base path, such as /docs/"}
	if pages.Sitemap {
		f.Severity = finding.Warning
		f.Message = fmt.Sprintf("the sitemap lists %d addresses that the site does not have, such as %s", len(strangers), strangers[0])
		f.Hint = "build the site anew, or correct the address that it is configured to have"
	}
	b.Findings = append(b.Findings, f)
}
