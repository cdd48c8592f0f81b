// Package host knows how the hosts of static sites answer: which file a URL
// shows, which spellings of it are redirected and where, what comes when
// nothing is there, which files never arrive, and with which headers. The
// rules of each host are data with a source and a date (profiles.go); what a
// site configures is read from the files that the host reads. It knows no
// manifests and no workers.
package host

import (
	"cmp"
	"net/http"
	"net/url"
	"path"
	"slices"
	"strings"

	"github.com/swgen/swgen/internal/finding"
	"github.com/swgen/swgen/internal/glob"
)

// Host answers for a site. Its methods may be called from many goroutines.
type Host struct {
	Profile
	// Base is the URL path of the site, with a slash at both ends.
	Base string
	// Findings are what could not be understood of the site's configuration.
	Findings []finding.Finding

	has   func(name string) bool
	rules rules
	drops []drop
}

type drop struct {
	glob.Pattern
	Drop
}

// Answer is what a host answers to a GET.
type Answer struct {
	// Status is the HTTP status.
	Status int
	// File is the file whose content is the body, "" when it is the host's own.
	File string
	// Location is where a redirect goes: a path from the root of the origin,
	// or a whole URL.
	Location string
	// Rule is the configuration that decided, as "file:line", "" for the host
	// itself.
	Rule string
	// Header has what the host sends besides the content type.
	Header http.Header
}

// Redirects says whether the answer is a redirect.
func (a Answer) Redirects() bool { return a.Location != "" }

// Answer is what the host answers for the path of a URL, percent-encoded, in
// the origin that the site is part of.
func (h *Host) Answer(escaped string) Answer {
	a := h.answer(escaped)
	a.Header = h.header(escaped, a)
	return a
}

func (h *Host) answer(escaped string) Answer {
	asked, err := url.PathUnescape(escaped)
	if err != nil {
		return Answer{Status: http.StatusBadRequest}
	}
	if asked+"/" == h.Base {
		return Answer{Status: http.StatusMovedPermanently, Location: h.Base}
	}
	name, inside := strings.CutPrefix(asked, h.Base)
	if !inside {
		return Answer{Status: http.StatusNotFound}
	}
	if a, ok := h.ruled(name, true); ok {
		return a
	}
	a := h.spelled(name)
	if a.Status < http.StatusBadRequest {
		return a
	}
	if ruled, ok := h.ruled(name, false); ok {
		return ruled
	}
	return h.notFound(name, a.Status)
}

// spelled looks for the file that a path means, as the host spells paths.
func (h *Host) spelled(name string) Answer {
	stem, slash := strings.CutSuffix(name, "/")
	switch {
	case name == "":
		return h.serve("index.html")
	case slash && h.fileFirst && h.served(stem+".html"):
		return h.judge(fileSlash, stem)
	case slash && h.served(name+"index.html"):
		return h.judge(folderSlash, stem)
	case slash && h.served(stem+".html"):
		return h.judge(fileSlash, stem)
	case slash:
		return Answer{Status: http.StatusNotFound}
	case path.Base(name) == "index.html" && h.served(name):
		return h.judge(folderIndex, strings.TrimSuffix(strings.TrimSuffix(name, "index.html"), "/"))
	case path.Base(name) == "index" && !h.served(name) && h.served(name+".html") && h.forms[file].status < http.StatusBadRequest:
		return h.judge(folderIndex, strings.TrimSuffix(strings.TrimSuffix(name, "index"), "/"))
	case strings.HasSuffix(name, ".html") && h.served(name):
		return h.judge(fileHTML, strings.TrimSuffix(name, ".html"))
	case h.served(name):
		return h.serve(name)
	case path.Base(name) != "index" && h.served(name+".html") && (h.fileFirst || h.forms[file].status < http.StatusBadRequest || !h.served(name+"/index.html")):
		return h.judge(file, name)
	case h.served(name + "/index.html"):
		return h.judge(folder, name)
	}
	return Answer{Status: http.StatusNotFound}
}

// judge is what becomes of a form of a page: stem is its path without
// extension and without a last slash, "" for the home page.
func (h *Host) judge(f form, stem string) Answer {
	v := h.forms[f]
	switch {
	case v.status == http.StatusOK && f < folder:
		return h.serve(stem + ".html")
	case v.status == http.StatusOK:
		return h.serve(path.Join(stem, "index.html"))
	case v.status >= http.StatusBadRequest:
		return Answer{Status: v.status}
	}
	return Answer{Status: v.status, Location: h.escape(spell(v.to, stem))}
}

// spell is the path of a form of a page.
func spell(f form, stem string) string {
	if stem == "" {
		return strings.TrimPrefix(ends[f], "/")
	}
	return stem + ends[f]
}

// escape is the URL path of a path in the site.
func (h *Host) escape(name string) string {
	return (&url.URL{Path: h.Base + name}).EscapedPath()
}

func (h *Host) serve(name string) Answer {
	if !h.served(name) {
		return Answer{Status: http.StatusNotFound}
	}
	return Answer{Status: http.StatusOK, File: name}
}

// served says whether a file is there and the host serves it.
func (h *Host) served(name string) bool {
	if !h.has(name) {
		return false
	}
	d, dropped := h.Dropped(name)
	return !dropped || d.If != ""
}

// Dropped says whether a file of the site does not arrive at the host, or may
// not, and which rule says so.
func (h *Host) Dropped(name string) (Drop, bool) {
	for _, d := range h.drops {
		if d.Match(name) {
			return d.Drop, true
		}
	}
	return Drop{}, false
}

func (h *Host) notFound(name string, status int) Answer {
	if status == http.StatusNotFound {
		status = h.NotFound.Status
	}
	if h.rules.fallback != "" && h.served(h.rules.fallback) {
		return Answer{Status: http.StatusOK, File: h.rules.fallback, Rule: h.rules.fallbackRule}
	}
	if h.NotFound.Page {
		if page := h.notFoundPage(name); page != "" {
			return Answer{Status: status, File: page}
		}
	}
	if h.NotFound.Home && h.served("index.html") {
		return Answer{Status: http.StatusOK, File: "index.html"}
	}
	return Answer{Status: status}
}

// notFoundPage is the 404 page for a path, "" when there is none.
func (h *Host) notFoundPage(name string) string {
	for h.NotFound.Nearest && name != "." && name != "" {
		name = path.Dir(strings.TrimSuffix(name, "/"))
		if page := path.Join(name, "404.html"); h.served(page) {
			return page
		}
	}
	if h.served("404.html") {
		return "404.html"
	}
	return ""
}

// URL is an address of a file.
type URL struct {
	// Path is the URL path, percent-encoded, from the root of the origin.
	Path string `json:"path"`
	// Status is what the host answers there: 200, or a redirect to Location.
	Status   int    `json:"status"`
	Location string `json:"location,omitempty"`
}

// URLs are the addresses that lead to a file, in the order of preference. The
// first is the canonical one, which answers with the file itself; there is
// none when the host does not serve the file.
func (h *Host) URLs(name string) []URL {
	var list []URL
	wanted := make(map[string]int) // how many spellings are redirected to one
	for _, spelling := range spellingsOf(name) {
		u := h.escape(spelling)
		switch a := h.answer(u); {
		case a.Status == http.StatusOK && a.File == name:
			list = append(list, URL{Path: u, Status: a.Status})
		case a.Redirects() && h.leadsTo(a.Location, name):
			list = append(list, URL{u, a.Status, a.Location})
			wanted[a.Location]++
		}
	}
	slices.SortStableFunc(list, func(a, b URL) int {
		return cmp.Or(cmp.Compare(a.Status, b.Status), cmp.Compare(wanted[b.Path], wanted[a.Path]))
	})
	if len(list) > 0 && list[0].Status != http.StatusOK {
		return nil
	}
	return list
}

// leadsTo says whether a redirect ends, in few steps, at a file.
func (h *Host) leadsTo(location, name string) bool {
	for range 4 {
		a := h.answer(location)
		if !a.Redirects() {
			return a.Status == http.StatusOK && a.File == name
		}
		location = a.Location
	}
	return false
}

// spellingsOf lists the paths that some host shows a file under; the first
// is the one that most do.
func spellingsOf(name string) []string {
	if name == "index.html" {
		return []string{"", name}
	}
	if stem, ok := strings.CutSuffix(name, "/index.html"); ok {
		return []string{stem + "/", stem, name}
	}
	if stem, ok := strings.CutSuffix(name, ".html"); ok {
		return []string{name, stem, stem + "/"}
	}
	return []string{name}
}
