package audit

import (
	"net/http"
	"path"
	"strings"

	"github.com/swgen/swgen/internal/page"
	"github.com/swgen/swgen/internal/weburl"
)

// placeholder is the origin of a site that does not say its own; the name is
// reserved, so that no reference can mean it.
const placeholder = "https://site.invalid"

// maxRedirects is how many redirects are followed to a file.
const maxRedirects = 5

// target is what a URL leads to.
type target struct {
	// url is a path with its query in the site's own origin, else a whole URL.
	url string
	// index numbers targets, in no order.
	index int32
	lead  Lead
	node  *node
	// location is where the first redirect goes.
	location string
	// strange is set when the file that is shown is not the one that was asked
	// for: the page of a single-page application, or what a rule of the site
	// puts there; ruled is set for the latter.
	strange, ruled bool
}

// resolve is what a URL leads to when it is written in a document whose base
// URL is base; nil when it is no URL or asks no server.
func (s *Site) resolve(written, base string) *target {
	url, ok := s.absolute(written, base)
	if !ok {
		return nil
	}
	if t, ok := s.targets.Load(url); ok {
		return t.(*target)
	}
	t := s.lookup(url)
	t.index = s.indices.Add(1) - 1
	known, _ := s.targets.LoadOrStore(url, t)
	return known.(*target)
}

// absolute resolves a URL by the URL Standard. The result is a path and query
// for the site's own origin, and has no fragment. base is written likewise.
func (s *Site) absolute(written, base string) (url string, ok bool) {
	if url, ok := quick(written, base); ok {
		return url, true
	}
	if strings.HasPrefix(base, "/") {
		base = s.origin() + base
	}
	u, err := weburl.Parse(written, base)
	if err != nil || u.Protocol != "http:" && u.Protocol != "https:" {
		return "", false
	}
	if u.Origin == s.origin() || u.Origin == placeholder {
		return u.Pathname + u.Search, true
	}
	return strings.TrimSuffix(u.Href, u.Hash), true
}

func (s *Site) origin() string {
	if s.Origin == "" {
		return placeholder
	}
	return s.Origin
}

// quick resolves what nearly all references are: a path, relative or not, in
// which nothing would be encoded, on a base in the site's own origin.
func quick(written, base string) (string, bool) {
	if written == "" || !strings.HasPrefix(base, "/") || strings.HasPrefix(written, "//") {
		return "", false
	}
	if i := strings.IndexByte(written, '#'); i >= 0 {
		written = written[:i]
	}
	query := ""
	if i := strings.IndexByte(written, '?'); i >= 0 {
		written, query = written[:i], written[i:]
	}
	for i := 0; i < len(written); i++ {
		if c := written[i]; !plain[c] && (c != '%' || isDot(written[i:])) {
			return "", false
		}
	}
	for i := 1; i < len(query); i++ {
		if !plain[query[i]] && query[i] != '?' && query[i] != ':' || query[i] == '\'' {
			return "", false
		}
	}
	if query == "?" {
		return "", false
	}
	if !strings.HasPrefix(written, "/") {
		base, baseQuery, _ := strings.Cut(base, "?")
		switch {
		case written != "":
			written = base[:strings.LastIndexByte(base, '/')+1] + written
		case query == "" && baseQuery != "":
			return "", false
		default:
			written = base
		}
	}
	if strings.Contains(written, "/.") {
		written = withoutDots(written)
	}
	return written + query, true
}

// isDot reports whether text starts with a dot that is percent-encoded.
func isDot(text string) bool { return len(text) >= 3 && strings.EqualFold(text[:3], "%2e") }

// withoutDots removes the segments . and .. of a path that starts with a slash.
func withoutDots(p string) string {
	segments := strings.Split(p[1:], "/")
	kept := segments[:0]
	for i, segment := range segments {
		last := i == len(segments)-1
		switch segment {
		case "..":
			kept = kept[:max(0, len(kept)-1)]
			if last {
				kept = append(kept, "")
			}
		case ".":
			if last {
				kept = append(kept, "")
			}
		default:
			kept = append(kept, segment)
		}
	}
	return "/" + strings.Join(kept, "/")
}

// plain are the bytes that stand in a path as they are and mean nothing; a
// colon may end a scheme, and %2e is a dot.
var plain = func() (set [256]bool) {
	for c := byte('!'); c <= '~'; c++ {
		set[c] = !strings.ContainsRune("\"#%:<>?\\^`{|}", rune(c))
	}
	return set
}()

// lookup asks the host what it shows under a URL.
func (s *Site) lookup(url string) *target {
	t := &target{url: url}
	if !strings.HasPrefix(url, "/") {
		t.lead = External
		return t
	}
	asked, _, _ := strings.Cut(url, "?")
	if !strings.HasPrefix(asked, s.base) && asked+"/" != s.base {
		t.lead = Outside
		return t
	}
	a := s.host.Answer(asked)
	t.lead = File
	for range maxRedirects {
		if !a.Redirects() {
			break
		}
		if t.lead == File {
			t.lead, t.location = Redirect, a.Location
		}
		next, ok := s.absolute(a.Location, asked)
		if !ok {
			break
		}
		if !strings.HasPrefix(next, "/") {
			t.lead = External
			return t
		}
		asked, _, _ = strings.Cut(next, "?")
		a = s.host.Answer(asked)
	}
	t.node = s.nodes[a.File]
	if a.Status != http.StatusOK || t.node == nil {
		t.lead, t.node = Missing, nil
		return t
	}
	t.strange = !isAddress(strings.TrimPrefix(unescape(asked), s.base), a.File)
	t.ruled = a.Rule != ""
	return t
}

// isAddress reports whether a path of the site names a file in one of the
// ways that hosts spell it.
func isAddress(asked, file string) bool {
	asked = strings.TrimSuffix(asked, "/")
	return asked == file || asked+".html" == file || path.Join(asked, "index.html") == file
}

// leadFor is what the target is to something that loads it as a kind.
func (t *target) leadFor(kind page.Kind) Lead {
	switch {
	case kind == page.Server:
		return OnlyServer
	case kind == page.Object && t.node != nil:
		return Bypass
	case t.lead != Missing && (!t.strange || t.ruled || kind == page.Frame):
		return t.lead
	case kind == page.Data && path.Ext(strings.SplitN(t.url, "?", 2)[0]) == "":
		return OnlyServer // an interface rather than a file: /api/users
	}
	return Missing // or a page where a file was asked for
}
