package host

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// Spelling turns what is asked for into the canonical address of a page: a
// path that ends with Cut has Add there instead. For the home page, whose
// path is "", both begin without a slash.
type Spelling struct {
	Cut, Add string
	// Redirect says that the host sends visitors to the canonical address.
	Redirect bool
}

// ends are what stands behind the stem of a form.
var ends = [formCount]string{"", "/", ".html", "", "/", "/index.html"}

// preferred is the order in which forms are canonical where a host shows a
// page under several and redirects none.
var preferred = [2][3]form{{fileHTML, file, fileSlash}, {folderSlash, folder, folderIndex}}

// canonical is the form of a family's pages that the host answers with the
// page and sends others to.
func (p *Profile) canonical(family [3]form) form {
	for _, f := range family {
		if v := p.forms[f]; v.status >= 300 && v.status < 400 {
			return v.to
		}
	}
	for _, f := range family {
		if p.forms[f].status == http.StatusOK {
			return f
		}
	}
	return family[0]
}

// Spellings are all addresses of pages but the canonical ones, in the order in
// which they are to be tried.
func (p *Profile) Spellings() []Spelling {
	var list []Spelling
	index := false // x/index is x/index.html
	for _, family := range preferred {
		to := p.canonical(family)
		for _, f := range family {
			v := p.forms[f]
			if f == to {
				continue
			}
			s := Spelling{ends[f], ends[to], v.status != http.StatusOK}
			i := slices.IndexFunc(list, func(other Spelling) bool { return other.Cut == s.Cut && other.Add == s.Add })
			switch {
			case v.status >= http.StatusBadRequest && i < 0:
			case i >= 0:
				// One rule for both kinds of pages: where they differ, a
				// redirect is right for the links of either.
				list[i].Redirect = list[i].Redirect || s.Redirect
			default:
				s.Redirect = s.Redirect || f == folderSlash && to == folder && p.forms[fileSlash].status >= http.StatusBadRequest
				list = append(list, s)
			}
		}
		index = index || p.forms[file].status < http.StatusBadRequest
	}
	if index {
		to := p.canonical(preferred[1])
		list = append(list, Spelling{"/index", ends[to], p.forms[folderIndex].status != http.StatusOK})
	}
	return list
}

// Page is the path, in the site, of the canonical address of a file: the
// usual one of the host, unless another file is in its way. shown is false
// when it has none.
func (h *Host) Page(name string) (path string, shown bool) {
	usual := h.usualPage(name)
	if usual == name {
		return name, true
	}
	a := h.answer(h.escape(usual))
	if a.Status == http.StatusOK && a.File == name || a.Rule != "" {
		return usual, true
	}
	if urls := h.URLs(name); len(urls) > 0 {
		return decoded(strings.TrimPrefix(urls[0].Path, (&url.URL{Path: h.Base}).EscapedPath())), true
	}
	return usual, false
}

func (p *Profile) usualPage(name string) string {
	if name == "index.html" {
		return ""
	}
	if stem, ok := strings.CutSuffix(name, "/index.html"); ok {
		return stem + ends[p.canonical(preferred[1])]
	}
	if stem, ok := strings.CutSuffix(name, ".html"); ok {
		return stem + ends[p.canonical(preferred[0])]
	}
	return name
}
