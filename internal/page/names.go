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

// isFileName reports whether a string looks like the path of a script, a
// style sheet or data.
func isFileName(text string) bool {
	if len(text) < 4 || len(text) > 300 || strings.ContainsAny(text, " <>{}()*\"':;,|") {
		return false
	}
	text, _, _ = strings.Cut(text, "?")
	switch path.Ext(text) {
	case ".js", ".mjs", ".css", ".json", ".wasm":
		return len(path.Base(text)) > len(path.Ext(text))
	}
	return false
}
