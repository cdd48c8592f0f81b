package csp

import (
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"slices"
	"strings"

	"github.com/swgen/swgen/internal/weburl"
)

// sourceList are source expressions (section 2.3.1).
type sourceList []string

// has reports whether a keyword is in the list.
func (l sourceList) has(keyword string) bool {
	return slices.ContainsFunc(l, func(e string) bool { return strings.EqualFold(e, keyword) })
}

// matches is "does url match source list" (section 6.7.2.7), before a redirect.
func (l sourceList) matches(url, self string) bool {
	u, err := weburl.Parse(url, "")
	if err != nil {
		return false
	}
	of, err := weburl.Parse(self, "")
	if err != nil {
		return false
	}
	return slices.ContainsFunc(l, func(e string) bool { return matches(e, u, of) })
}

// matches is "does url match expression" (section 6.7.2.8). 'none' matches
// nothing.
func matches(expression string, u, self weburl.URL) bool {
	if expression == "*" {
		return u.Protocol == "https:" || u.Protocol == "http:" || u.Protocol == self.Protocol
	}
	if strings.EqualFold(expression, "'self'") {
		return u.Origin != "null" && u.Origin == self.Origin || u.Hostname == self.Hostname && u.Hostname != "" &&
			(u.Port == self.Port) && upgrades(self.Protocol, u.Protocol)
	}
	if scheme, ok := strings.CutSuffix(expression, ":"); ok && isScheme(scheme) {
		return matchesScheme(scheme+":", u.Protocol)
	}
	e, ok := parseHost(expression)
	if !ok || u.Hostname == "" {
		return false
	}
	scheme := self.Protocol
	if e.scheme != "" {
		scheme = e.scheme + ":"
	}
	return matchesScheme(scheme, u.Protocol) && matchesHost(e.host, u.Hostname) && matchesPort(e, u) && matchesPath(e.path, u.Pathname)
}

// upgrades are the schemes that 'self' means besides its own.
func upgrades(self, other string) bool {
	return other == "https:" || other == "wss:" || self == "http:" && (other == "http:" || other == "ws:")
}

// matchesScheme is section 6.7.2.9: a scheme stands for its safe form, too. In
// the standard, but not in Chromium, those of sockets also stand for http.
func matchesScheme(a, b string) bool {
	a = strings.ToLower(a)
	return a == b || a == "http:" && b == "https:" || a == "ws:" && b == "wss:"
}

// matchesHost is section 6.7.2.10, but that addresses match as names do: this
// is what browsers do.
func matchesHost(pattern, host string) bool {
	if pattern == "*" {
		return true
	}
	if suffix, ok := strings.CutPrefix(pattern, "*"); ok {
		return strings.HasSuffix(host, strings.ToLower(suffix))
	}
	return strings.EqualFold(pattern, host)
}

// matchesPort is section 6.7.2.11, with what browsers add: port 80 stands for
// 443 where http stands for https. The parser leaves out default ports.
func matchesPort(e hostSource, u weburl.URL) bool {
	standard := map[string]string{"http:": "80", "https:": "443", "ws:": "80", "wss:": "443"}[u.Protocol]
	port := u.Port
	if port == "" {
		port = standard
	}
	switch e.port {
	case "*":
		return true
	case "":
		return port == standard
	}
	given := strings.TrimLeft(e.port, "0")
	return given == port || given == "80" && port == "443" && !strings.EqualFold(e.scheme, "https")
}

// matchesPath is section 6.7.2.12.
func matchesPath(pattern, path string) bool {
	if pattern == "" || pattern == "/" {
		return true
	}
	a, b := strings.Split(pattern, "/"), strings.Split(path, "/")
	if last := len(a) - 1; a[last] == "" {
		a = a[:last]
		if len(b) <= last {
			return false
		}
		b = b[:last]
	}
	return slices.EqualFunc(a, b, func(a, b string) bool { return decoded(a) == decoded(b) })
}

// decoded undoes percent-encodings; a percent sign that begins none stays.
func decoded(text string) string {
	var b strings.Builder
	for i := 0; i < len(text); i++ {
		if text[i] == '%' && i+2 < len(text) && isHex(text[i+1]) && isHex(text[i+2]) {
			b.WriteByte(hex(text[i+1])<<4 | hex(text[i+2]))
			i += 2
			continue
		}
		b.WriteByte(text[i])
	}
	return b.String()
}

func isHex(c byte) bool { return isDigit(c) || c|0x20 >= 'a' && c|0x20 <= 'f' }

func hex(c byte) byte {
	if isDigit(c) {
		return c - '0'
	}
	return c | 0x20 - 'a' + 10
}

// hostSource is a host-source; what it does not have is "".
type hostSource struct{ scheme, host, port, path string }

// parseHost reads a host-source. A query or a fragment is ignored, as browsers
// do.
func parseHost(text string) (e hostSource, ok bool) {
	text, _, _ = strings.Cut(text, "#")
	text, _, _ = strings.Cut(text, "?")
	if scheme, rest, found := strings.Cut(text, "://"); found {
		if !isScheme(scheme) {
			return e, false
		}
		e.scheme, text = scheme, rest
	}
	if i := strings.IndexByte(text, '/'); i >= 0 {
		text, e.path = text[:i], text[i:]
	}
	var hasPort bool
	e.host, e.port, hasPort = strings.Cut(text, ":")
	if hasPort && e.port != "*" && (e.port == "" || strings.Trim(e.port, "0123456789") != "") {
		return e, false
	}
	return e, isHost(e.host)
}

func isScheme(text string) bool {
	for i := range len(text) {
		if !isLetter(text[i]) && (i == 0 || !isDigit(text[i]) && !strings.ContainsRune("+-.", rune(text[i]))) {
			return false
		}
	}
	return text != ""
}

// isHost reports whether text is a host-part; with the underscore that
// browsers allow.
func isHost(text string) bool {
	if text == "*" {
		return true
	}
	text = strings.TrimSuffix(strings.TrimPrefix(text, "*."), ".")
	for label := range strings.SplitSeq(text, ".") {
		if label == "" {
			return false
		}
		for i := range len(label) {
			if !isLetter(label[i]) && !isDigit(label[i]) && label[i] != '-' && label[i] != '_' {
				return false
			}
		}
	}
	return true
}

func isLetter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }
func isDigit(c byte) bool  { return c >= '0' && c <= '9' }

// allowsScript is the pre-request check of script directives (section 6.7.1.1)
// for an element of the page's source.
func (l sourceList) allowsScript(s Script, self string) bool {
	switch {
	case l.allowsNonce(s.Nonce), l.allowsIntegrity(s.Integrity):
		return true
	case l.has("'strict-dynamic'"):
		return false
	}
	return l.matches(s.URL, self)
}

// allowsInline is "does element match source list" (section 6.7.3.3).
func (l sourceList) allowsInline(s Script) bool {
	closed := l.has("'strict-dynamic'")
	for _, e := range l {
		nonce, isNonce := nonceOf(e)
		algorithm, digest := hashOf(e)
		switch {
		case isNonce && !s.Handler && s.Nonce == nonce:
			return true
		case algorithm != "" && (!s.Handler || l.has("'unsafe-hashes'")) && digest == sum(algorithm, s.Text):
			return true
		}
		closed = closed || isNonce || algorithm != ""
	}
	return !closed && l.has("'unsafe-inline'")
}

func (l sourceList) allowsNonce(nonce string) bool {
	return slices.ContainsFunc(l, func(e string) bool {
		given, ok := nonceOf(e)
		return ok && given == nonce
	})
}

// allowsIntegrity is section 6.7.2.4: each digest of the element is in the list.
func (l sourceList) allowsIntegrity(integrity string) bool {
	found := false
	for metadata := range strings.FieldsSeq(integrity) {
		metadata, _, _ = strings.Cut(metadata, "?")
		algorithm, digest := hashOf("'" + metadata + "'")
		if algorithm == "" {
			continue // of another kind, which browsers ignore
		}
		if found = slices.ContainsFunc(l, func(e string) bool {
			a, d := hashOf(e)
			return a == algorithm && d == digest
		}); !found {
			return false
		}
	}
	return found
}

// nonceOf is the value of a nonce-source.
func nonceOf(expression string) (value string, ok bool) {
	return quoted(expression, "nonce-")
}

// hashOf are the parts of a hash-source, "" when it is none.
func hashOf(expression string) (algorithm, digest string) {
	for _, algorithm := range [...]string{"sha256", "sha384", "sha512"} {
		if value, ok := quoted(expression, algorithm+"-"); ok {
			return algorithm, strings.NewReplacer("-", "+", "_", "/").Replace(value)
		}
	}
	return "", ""
}

// quoted is the base64-value in an expression such as 'nonce-value'.
func quoted(expression, prefix string) (value string, ok bool) {
	start := 1 + len(prefix)
	if len(expression) < start+2 || expression[0] != '\'' || expression[len(expression)-1] != '\'' || !strings.EqualFold(expression[1:start], prefix) {
		return "", false
	}
	value = expression[start : len(expression)-1]
	digits := strings.TrimRight(value, "=")
	if len(value)-len(digits) > 2 || digits == "" {
		return "", false
	}
	for i := range len(digits) {
		if !isLetter(digits[i]) && !isDigit(digits[i]) && !strings.ContainsRune("+/-_", rune(digits[i])) {
			return "", false
		}
	}
	return value, true
}

// sum is the digest of a script as a hash-source has it.
func sum(algorithm, text string) string {
	var digest []byte
	switch algorithm {
	case "sha256":
		s := sha256.Sum256([]byte(text))
		digest = s[:]
	case "sha384":
		s := sha512.Sum384([]byte(text))
		digest = s[:]
	case "sha512":
		s := sha512.Sum512([]byte(text))
		digest = s[:]
	}
	return base64.StdEncoding.EncodeToString(digest)
}
