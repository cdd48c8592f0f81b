package page

import (
	"path"
	"strconv"
	"strings"
	"unicode/utf8"
)

// KindOf is what a URL is loaded as, by its extension.
func KindOf(url string) Kind {
	url, _, _ = strings.Cut(url, "#")
	url, _, _ = strings.Cut(url, "?")
	switch strings.ToLower(path.Ext(url)) {
	case ".js", ".mjs":
		return Module
	case ".css":
		return Style
	case ".png", ".jpg", ".jpeg", ".gif", ".webp", ".avif", ".svg", ".ico", ".bmp":
		return Image
	case ".woff2", ".woff", ".ttf", ".otf", ".eot":
		return Font
	case ".mp3", ".mp4", ".webm", ".ogg", ".wav", ".m4a", ".mov":
		return Media
	case ".vtt":
		return Track
	case ".html":
		return Frame
	}
	return Data
}

// jsText decodes the escapes of a string.
func jsText(raw string) string {
	if !strings.Contains(raw, `\`) {
		return raw
	}
	var b strings.Builder
	for i := 0; i < len(raw); i++ {
		if raw[i] != '\\' || i+1 == len(raw) {
			b.WriteByte(raw[i])
			continue
		}
		i++
		length := map[byte]int{'x': 2, 'u': 4}[raw[i]]
		if length == 0 || i+length >= len(raw) {
			if r := unescaped[raw[i]]; r != 0 {
				b.WriteByte(r)
			} else if raw[i] != '\n' {
				b.WriteByte(raw[i])
			}
			continue
		}
		if n, err := strconv.ParseUint(raw[i+1:i+1+length], 16, 32); err == nil && utf8.ValidRune(rune(n)) {
			b.WriteRune(rune(n))
		}
		i += length
	}
	return b.String()
}

var unescaped = map[byte]byte{'n': '\n', 't': '\t', 'r': '\r', 'b': '\b', 'f': '\f', 'v': '\v'}

// maxName is how long the name of a file in a string may be.
const maxName = 300

// fileKind is what a file name that stands in a script is of; ok when it is
// that of a script, a style sheet, data, an image, a font or a page.
func fileKind(name string) (kind Kind, ok bool) {
	name, _, _ = strings.Cut(name, "?")
	ext := path.Ext(name)
	if len(path.Base(name)) <= len(ext) {
		return "", false
	}
	switch kind = KindOf(name); kind {
	case Module, Style, Image, Font, Frame:
		return kind, true
	}
	return kind, ext == ".json" || ext == ".wasm"
}

// namesIn calls found for each file name in a string: the whole, or else its
// parts, as in HTML that a script writes.
func namesIn(text string, found func(name string)) {
	if len(text) <= maxName && !strings.ContainsAny(text, " <>{}()*\"':;,|") {
		if _, ok := fileKind(text); ok {
			found(text)
		}
		return
	}
	for at := 0; ; {
		dot := strings.IndexByte(text[at:], '.')
		if dot < 0 {
			return
		}
		dot += at
		end := dot + 1
		for end < len(text) && isNameByte(text[end]) && text[end] != '/' {
			end++
		}
		at = end
		start := dot
		for start > max(0, dot-maxName) && (isNameByte(text[start-1]) || text[start-1] == '.') {
			start--
		}
		if end < len(text) && (text[end] == '.' || text[end] == '/') {
			continue // the name goes on
		}
		if _, ok := fileKind(text[start:end]); ok && !strings.HasPrefix(text[start:], "//") {
			found(text[start:end])
		}
	}
}

// isNameByte reports whether a byte may be a part of a path, but for dots. It
// knows fewer than there are: = and & end the names in HTML and in queries.
func isNameByte(b byte) bool {
	return isWordByte(b) && b != '\\' || strings.IndexByte("-/%@+~", b) >= 0
}
