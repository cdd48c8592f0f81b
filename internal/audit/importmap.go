package audit

import (
	"slices"
	"strings"

	"github.com/swgen/swgen/internal/page"
)

// importMap is the import map of a page:
// https://html.spec.whatwg.org/multipage/webappapis.html#import-maps.
// URLs are written as target.url has them.
type importMap struct {
	imports specifiers
	scopes  []scope // the longest prefix first
}

type scope struct {
	prefix string
	specifiers
}

// specifiers are keys with their addresses, the longest key first; an address
// of "" stands for none.
type specifiers []specifier

type specifier struct{ key, address string }

// readImportMaps merges the import maps of a page, of which an earlier one
// has precedence; nil when there are none.
func (s *Site) readImportMaps(n *node, texts []page.Inline) *importMap {
	if len(texts) == 0 {
		return nil
	}
	m := &importMap{}
	for _, inline := range texts {
		values, line, err := readJSON(inline.Text)
		if err != nil {
			n.fault("malformed", inline.Line+line-1, "import map: "+err.Error())
			continue // a browser ignores it as a whole
		}
		for _, v := range values {
			s.addToMap(m, n, v)
		}
	}
	m.imports.sort()
	slices.SortStableFunc(m.scopes, func(a, b scope) int { return strings.Compare(b.prefix, a.prefix) })
	for _, sc := range m.scopes {
		sc.sort()
	}
	return m
}

// addToMap adds a string of an import map: imports/key or scopes/prefix/key.
func (s *Site) addToMap(m *importMap, n *node, v value) {
	parts := strings.Split(v.path, "/")
	for i := range parts {
		parts[i] = unescapeKey.Replace(parts[i])
	}
	switch {
	case len(parts) == 3 && parts[1] == "imports":
		m.imports.add(s.specifier(n, parts[2], v.text))
	case len(parts) == 4 && parts[1] == "scopes":
		prefix, ok := s.absolute(parts[2], n.base)
		if !ok {
			return
		}
		i := slices.IndexFunc(m.scopes, func(sc scope) bool { return sc.prefix == prefix })
		if i < 0 {
			i = len(m.scopes)
			m.scopes = append(m.scopes, scope{prefix: prefix})
		}
		m.scopes[i].add(s.specifier(n, parts[3], v.text))
	}
}

func (s *Site) specifier(n *node, key, address string) specifier {
	if !isBare(key) {
		if url, ok := s.absolute(key, n.base); ok {
			key = url
		}
	}
	if isBare(address) {
		address = ""
	} else if url, ok := s.absolute(address, n.base); ok {
		address = url
	}
	if strings.HasSuffix(key, "/") && !strings.HasSuffix(address, "/") {
		address = ""
	}
	return specifier{key, address}
}

func (l *specifiers) add(sp specifier) {
	if !slices.ContainsFunc(*l, func(other specifier) bool { return other.key == sp.key }) {
		*l = append(*l, sp)
	}
}

func (l specifiers) sort() {
	slices.SortFunc(l, func(a, b specifier) int { return strings.Compare(b.key, a.key) })
}

// find is the address for a name: that of the same key, or of the longest key
// that ends in a slash and starts it.
func (l specifiers) find(name string) (address string, ok bool) {
	for _, sp := range l {
		if sp.key == name {
			return sp.address, true
		}
	}
	for _, sp := range l {
		if rest, is := strings.CutPrefix(name, sp.key); is && strings.HasSuffix(sp.key, "/") {
			if sp.address == "" {
				return "", true
			}
			return sp.address + rest, true
		}
	}
	return "", false
}

// mapped is what an import in a file leads to under an import map, nil when
// the name has no address.
func (s *Site) mapped(m *importMap, e *edge, in *node) *target {
	name := e.written
	if e.to != nil {
		name = e.to.url
	}
	for _, sc := range m.scopes {
		if sc.prefix != in.base && !(strings.HasSuffix(sc.prefix, "/") && strings.HasPrefix(in.base, sc.prefix)) {
			continue
		}
		if address, ok := sc.find(name); ok {
			return s.addressed(address)
		}
	}
	if address, ok := m.imports.find(name); ok {
		return s.addressed(address)
	}
	return e.to
}

func (s *Site) addressed(address string) *target {
	if address == "" {
		return nil
	}
	return s.resolve(address, s.base)
}
