package fetch

import "strings"

// mimeType is a parsed MIME type (https://mimesniff.spec.whatwg.org/).
type mimeType struct {
	essence    string
	parameters []Header // in order, each name once
}

// parseMIME reads one MIME type.
func parseMIME(s string) (mimeType, bool) {
	s = strings.Trim(s, "\t\n\r ")
	essence, rest, _ := strings.Cut(s, ";")
	kind, subtype, ok := strings.Cut(strings.TrimRight(essence, "\t\n\r "), "/")
	if !ok || !isToken(kind) || !isToken(subtype) {
		return mimeType{}, false
	}
	m := mimeType{essence: strings.ToLower(kind + "/" + subtype)}
	for rest != "" {
		rest = strings.TrimLeft(rest, "\t\n\r ")
		end := strings.IndexAny(rest, ";=")
		if end < 0 {
			break
		}
		name := strings.ToLower(rest[:end])
		separator := rest[end]
		if rest = rest[end+1:]; separator == ';' {
			continue
		}
		var value string
		if strings.HasPrefix(rest, `"`) {
			value, rest = quotedString(rest)
			_, rest, _ = strings.Cut(rest, ";")
		} else {
			value, rest, _ = strings.Cut(rest, ";")
			if value = strings.TrimRight(value, "\t\n\r "); value == "" {
				continue
			}
		}
		if _, twice := m.parameter(name); isToken(name) && !twice && isQuotable(value) {
			m.parameters = append(m.parameters, Header{name, value})
		}
	}
	return m, true
}

// quotedString is the value of the quoted string at the start of s, and what
// follows it.
func quotedString(s string) (value, rest string) {
	var b strings.Builder
	for i := 1; i < len(s); i++ {
		switch {
		case s[i] == '"':
			return b.String(), s[i+1:]
		case s[i] == '\\' && i+1 < len(s):
			i++
		}
		b.WriteByte(s[i])
	}
	return b.String(), ""
}

func (m mimeType) parameter(name string) (string, bool) {
	for _, p := range m.parameters {
		if p.Name == name {
			return p.Value, true
		}
	}
	return "", false
}

// String serializes the MIME type.
func (m mimeType) String() string {
	var b strings.Builder
	b.WriteString(m.essence)
	for _, p := range m.parameters {
		b.WriteString(";" + p.Name + "=")
		if isToken(p.Value) {
			b.WriteString(p.Value)
		} else {
			b.WriteString(`"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(p.Value) + `"`)
		}
	}
	return b.String()
}

// ContentType is the essence of the MIME type that the list declares
// ("extract a MIME type"), "" when it declares none that can be read.
func (h Headers) ContentType() string { return h.mimeType().essence }

func (h Headers) mimeType() mimeType {
	var found mimeType
	charset := ""
	for _, value := range h.List("Content-Type") {
		m, ok := parseMIME(value)
		if !ok || m.essence == "*/*" {
			continue
		}
		given, has := m.parameter("charset")
		switch {
		case m.essence != found.essence:
			charset = given
		case !has && charset != "":
			m.parameters = append(m.parameters, Header{"charset", charset})
		}
		found = m
	}
	return found
}

// IsJavaScriptType says whether a MIME type's essence is a JavaScript one.
func IsJavaScriptType(essence string) bool {
	switch essence {
	case "application/ecmascript", "application/javascript", "application/x-ecmascript", "application/x-javascript",
		"text/ecmascript", "text/javascript", "text/javascript1.0", "text/javascript1.1", "text/javascript1.2",
		"text/javascript1.3", "text/javascript1.4", "text/javascript1.5", "text/jscript", "text/livescript",
		"text/x-ecmascript", "text/x-javascript":
		return true
	}
	return false
}

func isToken(s string) bool {
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case '0' <= c && c <= '9', 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', strings.IndexByte("!#$%&'*+-.^_`|~", c) >= 0:
		default:
			return false
		}
	}
	return s != ""
}

// isQuotable says whether s can stand in a quoted string.
func isQuotable(s string) bool {
	for i := 0; i < len(s); i++ {
		if c := s[i]; c < ' ' && c != '\t' || c == 0x7f {
			return false
		}
	}
	return true
}
