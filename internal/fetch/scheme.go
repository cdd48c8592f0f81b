package fetch

import (
	"encoding/base64"
	"fmt"
	"strconv"
	"strings"
)

// scheme is the standard's scheme fetch.
func (r *run) scheme() *Response {
	scheme, rest, _ := strings.Cut(r.req.URL, ":")
	switch scheme {
	case "http", "https":
		return r.http(false)
	case "data":
		return dataURL(rest)
	case "blob":
		return r.blob()
	case "about":
		if path, _, _ := strings.Cut(rest, "#"); path == "blank" {
			return whole("text/html;charset=utf-8", []byte{})
		}
	}
	return r.fail("URL scheme %q is not supported", scheme)
}

func whole(contentType string, body []byte) *Response {
	return &Response{
		Type: "default", Status: 200, StatusText: "OK", Body: Bytes(body),
		Headers: Headers{{"Content-Type", contentType}},
	}
}

// dataURL is the standard's data: URL processor; rest is what follows the
// scheme.
func dataURL(rest string) *Response {
	rest, _, _ = strings.Cut(rest, "#")
	kind, encoded, ok := strings.Cut(rest, ",")
	if !ok {
		return NetworkError("a data: URL without a comma")
	}
	kind = strings.Trim(kind, " ")
	body := percentDecode(encoded)
	if semicolon := strings.LastIndexByte(kind, ';'); semicolon >= 0 &&
		strings.EqualFold(strings.TrimLeft(kind[semicolon+1:], " "), "base64") {
		if body, ok = forgivingBase64(body); !ok {
			return NetworkError("a data: URL whose base64 is malformed")
		}
		kind = kind[:semicolon]
	}
	if strings.HasPrefix(kind, ";") {
		kind = "text/plain" + kind
	}
	mime, ok := parseMIME(kind)
	if !ok {
		return whole("text/plain;charset=US-ASCII", body)
	}
	return whole(mime.String(), body)
}

func percentDecode(s string) []byte {
	b := make([]byte, 0, len(s))
	for i := 0; i < len(s); i++ {
		if s[i] == '%' && i+2 < len(s) {
			if c, err := strconv.ParseUint(s[i+1:i+3], 16, 8); err == nil {
				b = append(b, byte(c))
				i += 2
				continue
			}
		}
		b = append(b, s[i])
	}
	return b
}

// forgivingBase64 is the Infra Standard's forgiving-base64 decode.
func forgivingBase64(b []byte) ([]byte, bool) {
	s := strings.Map(func(c rune) rune {
		if strings.ContainsRune("\t\n\f\r ", c) {
			return -1
		}
		return c
	}, string(b))
	if len(s)%4 == 0 {
		s = strings.TrimSuffix(strings.TrimSuffix(s, "="), "=")
	}
	decoded, err := base64.RawStdEncoding.DecodeString(s)
	return decoded, err == nil
}

func (r *run) blob() *Response {
	url, _, _ := strings.Cut(r.req.URL, "#")
	if r.req.Method != "GET" || r.f.Blob == nil {
		return r.fail("a blob: URL can only be read")
	}
	body, contentType, ok := r.f.Blob(url)
	if !ok {
		return r.fail("there is no blob (any more)")
	}
	resp := whole(contentType, body)
	if value, ranged := r.req.Headers.Get("Range"); ranged {
		first, last, ok := parseRange(value, true)
		size := len(body)
		switch {
		case !ok, first >= size:
			return r.fail("the range %q cannot be had of %d bytes", value, size)
		case first < 0:
			first, last = max(size-last, 0), size-1
		case last < 0 || last >= size:
			last = size - 1
		}
		resp.RangeRequested = true
		resp.Status, resp.StatusText = 206, "Partial Content"
		resp.Headers.Add("Content-Range", fmt.Sprintf("bytes %d-%d/%d", first, last, size))
		body = body[first : last+1]
		resp.Body = Bytes(body)
	}
	resp.Headers.Add("Content-Length", strconv.Itoa(len(body)))
	return resp
}

// parseRange reads a single range: first is -1 for the last bytes, last is -1
// for an open end.
func parseRange(value string, allowSpace bool) (first, last int, ok bool) {
	rest, ok := strings.CutPrefix(value, "bytes")
	space := ""
	if allowSpace {
		space = "\t "
	}
	rest, equals := strings.CutPrefix(strings.TrimLeft(rest, space), "=")
	from, to, dash := strings.Cut(rest, "-")
	from, to = strings.Trim(from, space), strings.TrimLeft(to, space)
	first, okFirst := decimal(from)
	last, okLast := decimal(to)
	if !ok || !equals || !dash || !okFirst || !okLast || from == "" && to == "" || from != "" && to != "" && first > last {
		return 0, 0, false
	}
	return first, last, true
}

// decimal reads digits; none at all are -1.
func decimal(s string) (int, bool) {
	if s == "" {
		return -1, true
	}
	if strings.Trim(s, "0123456789") != "" {
		return 0, false
	}
	n, err := strconv.Atoi(s)
	return n, err == nil
}
