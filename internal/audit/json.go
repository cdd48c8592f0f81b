package audit

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"strconv"
	"strings"
)

// value is a string in a JSON text, and where it is.
type value struct {
	// path are the keys and indices around it, joined by slashes; a slash in a
	// key is written ~1, and ~ is ~0, as in RFC 6901.
	path, text string
	line       int
}

// maxJSONDepth is how deep objects and arrays may nest.
const maxJSONDepth = 100

// readJSON lists the strings of a JSON text in their order. What comes before
// a mistake is listed, too; err says what the mistake is and line where.
func readJSON(text string) (values []value, line int, err error) {
	text = strings.TrimPrefix(text, "\ufeff")
	r := jsonReader{text: text, decoder: json.NewDecoder(strings.NewReader(text))}
	err = r.value("", 0)
	if err == nil {
		if _, more := r.decoder.Token(); more != io.EOF {
			err = errors.New("something follows the value")
		}
	}
	return r.values, 1 + strings.Count(text[:min(len(text), int(r.decoder.InputOffset()))], "\n"), err
}

type jsonReader struct {
	text    string
	decoder *json.Decoder
	values  []value
	// line is the line of the offset counted.
	line, counted int
}

func (r *jsonReader) value(path string, depth int) error {
	if depth > maxJSONDepth {
		return errors.New("it nests too deep")
	}
	token, err := r.decoder.Token()
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	if err != nil {
		return err
	}
	switch token := token.(type) {
	case string:
		end := int(r.decoder.InputOffset())
		r.line += bytes.Count([]byte(r.text[r.counted:end]), []byte("\n"))
		r.counted = end
		r.values = append(r.values, value{path, token, r.line + 1})
	case json.Delim:
		return r.inside(path, depth, token == '{')
	}
	return nil
}

func (r *jsonReader) inside(path string, depth int, object bool) error {
	for i := 0; r.decoder.More(); i++ {
		key := strconv.Itoa(i)
		if object {
			token, err := r.decoder.Token()
			if err != nil {
				return err
			}
			name, ok := token.(string)
			if !ok {
				return errors.New("a key is no string")
			}
			key = escapeKey.Replace(name)
		}
		if err := r.value(path+"/"+key, depth+1); err != nil {
			return err
		}
	}
	_, err := r.decoder.Token()
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}

var (
	escapeKey   = strings.NewReplacer("~", "~0", "/", "~1")
	unescapeKey = strings.NewReplacer("~1", "/", "~0", "~")
)
