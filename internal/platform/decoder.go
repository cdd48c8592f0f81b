package platform

import (
	"bytes"
	"errors"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/htmlindex"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"
)

// decodeUTF8 is the Encoding standard's UTF-8 decode: one U+FFFD for each
// maximal subpart of an ill-formed sequence.
func decodeUTF8(b []byte) string {
	if utf8.Valid(b) {
		return string(b)
	}
	var out strings.Builder
	for len(b) > 0 {
		c, size := utf8.DecodeRune(b)
		if c == utf8.RuneError && size <= 1 {
			size = max(illFormed(b), 1)
			out.WriteRune(utf8.RuneError)
		} else {
			out.Write(b[:size])
		}
		b = b[size:]
	}
	return out.String()
}

// illFormed is the length of the maximal subpart at the start of b, which is
// not well-formed (Unicode, table 3-7).
func illFormed(b []byte) int {
	low, high, want := byte(0x80), byte(0xBF), 0
	switch c := b[0]; {
	case c >= 0xC2 && c <= 0xDF:
		want = 1
	case c >= 0xE0 && c <= 0xEF:
		want = 2
		if c == 0xE0 {
			low = 0xA0
		} else if c == 0xED {
			high = 0x9F
		}
	case c >= 0xF0 && c <= 0xF4:
		want = 3
		if c == 0xF0 {
			low = 0x90
		} else if c == 0xF4 {
			high = 0x8F
		}
	}
	n := 1
	for n <= want && n < len(b) && b[n] >= low && b[n] <= high {
		n, low, high = n+1, 0x80, 0xBF
	}
	return n
}

// incomplete is how many bytes at the end of b could be the beginning of a
// character.
func incomplete(b []byte) int {
	for n := 1; n <= 3 && n <= len(b); n++ {
		tail := b[len(b)-n:]
		if utf8.RuneStart(tail[0]) {
			if !utf8.FullRune(tail) && illFormed(tail) == n && tail[0] >= 0xC2 {
				return n
			}
			return 0
		}
	}
	return 0
}

// decoder is a TextDecoder that was given part of its bytes.
type decoder struct {
	legacy  transform.Transformer // nil: UTF-8
	fatal   bool
	keepBOM bool
	started bool
	rest    []byte
}

func newDecoder(name string, fatal, ignoreBOM bool) (*decoder, error) {
	d := &decoder{fatal: fatal, keepBOM: ignoreBOM}
	switch name {
	case "utf-8":
	case "utf-16le":
		d.legacy = unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM).NewDecoder()
	case "utf-16be":
		d.legacy = unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM).NewDecoder()
	default:
		e, err := htmlindex.Get(name)
		if err != nil {
			return nil, &Exception{Name: "RangeError", Message: "the encoding " + name + " is not known"}
		}
		d.legacy, d.keepBOM = e.NewDecoder(), true
		if name == "iso-8859-8-i" { // the same bytes in another order
			e = charmap.ISO8859_8
		}
		if table, ok := e.(*charmap.Charmap); ok {
			d.legacy = singleByte{table}
		}
	}
	return d, nil
}

func (d *decoder) push(b []byte, last bool) (string, error) {
	b = append(d.rest, b...)
	d.rest = nil
	var text string
	if d.legacy == nil {
		if !last {
			n := incomplete(b)
			d.rest = bytes.Clone(b[len(b)-n:])
			b = b[:len(b)-n]
		}
		if d.fatal && !utf8.Valid(b) {
			return "", &Exception{Name: "TypeError", Message: "the encoded data was not valid"}
		}
		text = decodeUTF8(b)
	} else {
		out, err := d.transform(b, last)
		if err != nil {
			return "", err
		}
		text = string(out)
		if d.fatal && strings.ContainsRune(text, utf8.RuneError) {
			return "", &Exception{Name: "TypeError", Message: "the encoded data was not valid"}
		}
	}
	if !d.started && text != "" {
		d.started = true
		if !d.keepBOM {
			text = strings.TrimPrefix(text, "\uFEFF")
		}
	}
	return text, nil
}

// singleByte decodes an encoding of one byte for each character. Where tables
// have nothing for 0x80 to 0x9F, the standard has control characters.
type singleByte struct{ table *charmap.Charmap }

func (singleByte) Reset() {}

func (s singleByte) Transform(to, from []byte, _ bool) (wrote, read int, err error) {
	for _, b := range from {
		if wrote+utf8.UTFMax > len(to) {
			return wrote, read, transform.ErrShortDst
		}
		c := s.table.DecodeByte(b)
		if c == utf8.RuneError && b < 0xA0 {
			c = rune(b)
		}
		wrote += utf8.EncodeRune(to[wrote:], c)
		read++
	}
	return wrote, read, nil
}

func (d *decoder) transform(b []byte, last bool) ([]byte, error) {
	var out []byte
	buffer := make([]byte, 4096)
	for {
		wrote, read, err := d.legacy.Transform(buffer, b, last)
		out = append(out, buffer[:wrote]...)
		b = b[read:]
		switch {
		case errors.Is(err, transform.ErrShortDst):
		case errors.Is(err, transform.ErrShortSrc):
			d.rest = bytes.Clone(b)
			return out, nil
		case err != nil:
			return nil, &Exception{Name: "TypeError", Message: "the encoded data was not valid: " + err.Error()}
		default:
			return out, nil
		}
	}
}
