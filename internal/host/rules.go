package host

import (
	"net/http"
	"net/url"
	"path"
	"regexp"
	"slices"
	"strings"
)

// rules are what a site configures.
type rules struct {
	redirects []redirect
	headers   []headerRule
	// fallback is the file that answers with status 200 for what is not there.
	fallback, fallbackRule string
}

// redirect is a rule about a URL path, which is given decoded and with its
// first slash. A status of 200 or 404 shows another file in its place.
type redirect struct {
	match  *regexp.Regexp
	to     string // with $name for what match found
	status int
	force  bool // even if there is a file
	from   string
}

// headerRule adds headers to the answers for some URL paths.
type headerRule struct {
	match *regexp.Regexp
	set   [][2]string
	unset []string
	from  string
}

// ruled is the answer of the first rule that is about a path of the site.
// forced are those that go before files.
func (h *Host) ruled(name string, forced bool) (Answer, bool) {
	asked := h.Base + name
	for _, r := range h.rules.redirects {
		if r.force != forced {
			continue
		}
		found := r.match.FindStringSubmatchIndex(asked)
		if found == nil {
			continue
		}
		to := string(r.match.ExpandString(nil, r.to, asked, found))
		if a, ok := h.follow(r, asked, to); ok {
			return a, true
		}
	}
	return Answer{}, false
}

// follow is what a rule makes of a request; not ok when the rule leads to
// nothing, and the next one has its turn.
func (h *Host) follow(r redirect, asked, to string) (Answer, bool) {
	if r.status >= 300 && r.status < 400 {
		u, err := url.Parse(to)
		if err != nil || !u.IsAbs() && u.Path == asked {
			return Answer{}, false // to itself: hosts ignore it
		}
		return Answer{Status: r.status, Location: u.String(), Rule: r.from}, true
	}
	if to == "" {
		return Answer{Status: r.status, Rule: r.from}, true
	}
	name, inside := strings.CutPrefix(path.Clean("/"+strings.TrimPrefix(to, "/")), strings.TrimSuffix(h.Base, "/"))
	if strings.Contains(to, "://") || !inside {
		return Answer{Status: r.status, Rule: r.from}, true // from elsewhere
	}
	name = strings.TrimPrefix(name, "/")
	if strings.HasSuffix(to, "/") && name != "" {
		name += "/"
	}
	shown := h.spelled(name)
	for range 4 {
		if !shown.Redirects() {
			break
		}
		next, err := url.PathUnescape(shown.Location)
		if err != nil {
			return Answer{}, false
		}
		shown = h.spelled(strings.TrimPrefix(next, h.Base))
	}
	if shown.File == "" {
		return Answer{}, false
	}
	return Answer{Status: r.status, File: shown.File, Rule: r.from}, true
}

// header has what the host sends with an answer.
func (h *Host) header(escaped string, a Answer) http.Header {
	header := make(http.Header)
	if h.CacheControl != "" {
		header.Set("Cache-Control", h.CacheControl)
	}
	for _, pair := range h.Headers {
		header.Set(pair[0], pair[1])
	}
	asked, err := url.PathUnescape(escaped)
	if err != nil {
		return header
	}
	for _, r := range h.rules.headers {
		if !r.match.MatchString(asked) {
			continue
		}
		for _, pair := range r.set {
			header.Set(pair[0], pair[1])
		}
		for _, name := range r.unset {
			header.Del(name)
		}
	}
	if a.Redirects() {
		header.Set("Location", a.Location)
	}
	return header
}

// HeaderFrom is the configuration that sends a header with the answer for the
// path of a URL, such as "_headers:3"; "" when none does.
func (h *Host) HeaderFrom(escaped, name string) (from string) {
	asked, err := url.PathUnescape(escaped)
	if err != nil {
		return ""
	}
	for _, r := range h.rules.headers {
		if !r.match.MatchString(asked) {
			continue
		}
		if slices.ContainsFunc(r.set, func(pair [2]string) bool { return strings.EqualFold(pair[0], name) }) {
			from = r.from
		}
		if slices.ContainsFunc(r.unset, func(other string) bool { return strings.EqualFold(other, name) }) {
			from = ""
		}
	}
	return from
}
