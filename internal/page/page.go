// Package page knows what an HTML page says, what the style sheets and scripts
// of pages load, and where a script element goes in a page: it reads and edits
// the bytes of one file. It follows no reference, opens no file and never
// writes HTML that it has parsed: a page that is edited keeps every byte of
// its own.
//
// It is the one door to tdewolff/parse, for its CSS lexer, and to
// golang.org/x/net/html, of which it uses the tokenizer alone. A parsed and rendered page would differ in quotes, omitted tags and
// whitespace, so the diff of a deployment would be every page in full.
package page

import "bytes"

// asciiBased reports whether the bytes below 128 of a page are ASCII wherever
// they stand, so that tags can be found in it and written to it. This holds
// for UTF-8 and for most old encodings; it does not hold for UTF-16 and
// ISO-2022-JP.
func asciiBased(content []byte) bool {
	if bytes.HasPrefix(content, []byte("\xfe\xff")) || bytes.HasPrefix(content, []byte("\xff\xfe")) {
		return false
	}
	return !bytes.Contains(content, []byte("\x1b$"))
}
