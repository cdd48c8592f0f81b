package scenario

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

// fields splits the arguments of a command; quotes hold one together.
func fields(text string) []string {
	quoted := false
	list := strings.FieldsFunc(text, func(r rune) bool {
		if r == '"' {
			quoted = !quoted
		}
		return r == ' ' && !quoted
	})
	for i, f := range list {
		list[i] = strings.ReplaceAll(f, `"`, "")
	}
	return list
}

// plain is the text of an HTML document.
func plain(html string) string {
	var b strings.Builder
	for html != "" {
		text, rest, _ := strings.Cut(html, "<")
		b.WriteString(text)
		_, html, _ = strings.Cut(rest, ">")
	}
	return strings.Join(strings.Fields(b.String()), " ")
}

// bytesOf undoes page.js's way of sending bytes: a character each.
func bytesOf(text string) []byte {
	var b []byte
	for _, r := range text {
		b = append(b, byte(r))
	}
	return b
}

// quote shows a body: JSON as it is, text in quotes, and what is long or
// binary by its length and hash.
func quote(body []byte) string {
	switch {
	case len(body) > 400 || !utf8.Valid(body):
		return fmt.Sprintf("%d bytes, %s", len(body), hash(body))
	case len(body) > 1 && (body[0] == '{' || body[0] == '[') && json.Valid(body):
		return string(body)
	}
	return strconv.Quote(string(body))
}

// hash is short for a body that a transcript does not show.
func hash(body []byte) string {
	sum := sha256.Sum256(body)
	return "sha256 " + hex.EncodeToString(sum[:6])
}
