package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httputil"
	"net/textproto"
	"slices"
	"strconv"
	"strings"
)

// HTTP/1.1 by hand. The tests send and receive headers that net/http refuses
// to carry, control characters above all, and tell apart what it makes equal;
// browsers pass all of it on.

// exchange sends r to the address, on a connection of its own, for handlers
// that break one must not break the next request with it. The response ends
// with the context of r.
func exchange(address string, r *http.Request) (*http.Response, error) {
	var body []byte
	if r.Body != nil {
		var err error
		if body, err = io.ReadAll(r.Body); err != nil {
			return nil, err
		}
	}
	conn, err := new(net.Dialer).DialContext(r.Context(), "tcp", address)
	if err != nil {
		return nil, err
	}
	stop := context.AfterFunc(r.Context(), func() { _ = conn.Close() })
	closeAll := func() error {
		stop()
		return conn.Close()
	}
	if _, err := conn.Write(requestBytes(r, body)); err != nil {
		_ = closeAll()
		return nil, err
	}
	resp, err := readResponse(bufio.NewReader(conn), r.Method)
	if err != nil {
		_ = closeAll()
		return nil, err
	}
	resp.Request = r
	resp.Body = &closing{resp.Body, closeAll}
	return resp, nil
}

// closing is a body that closes something else.
type closing struct {
	io.Reader
	close func() error
}

func (c *closing) Close() error { return c.close() }

// requestBytes is the request on the wire. A body has a length: wptserve reads
// no chunked ones. So has the lack of one where a method usually has a body
// (Fetch, HTTP-network-or-cache fetch, step 8.4).
func requestBytes(r *http.Request, body []byte) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "%s %s HTTP/1.1\r\nHost: %s\r\nConnection: keep-alive\r\n", r.Method, r.URL.RequestURI(), r.Host)
	for _, name := range sortedKeys(r.Header) {
		for _, value := range r.Header[name] {
			if name != "Content-Length" && name != "Connection" {
				b.WriteString(name + ": " + value + "\r\n")
			}
		}
	}
	if len(body) > 0 || r.Method == http.MethodPost || r.Method == http.MethodPut {
		fmt.Fprintf(&b, "Content-Length: %d\r\n", len(body))
	}
	b.WriteString("\r\n")
	b.Write(body)
	return b.Bytes()
}

func sortedKeys(h http.Header) []string {
	names := make([]string, 0, len(h))
	for name := range h {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// readResponse reads the head of the response, past informational ones, and
// leaves its body to be read.
func readResponse(from *bufio.Reader, method string) (*http.Response, error) {
	for {
		resp, err := readHead(from)
		if err != nil {
			return nil, fmt.Errorf("the server's response: %w", err)
		}
		if resp.StatusCode >= 200 || resp.StatusCode == http.StatusSwitchingProtocols {
			resp.Body, err = bodyOf(resp, from, method)
			return resp, err
		}
	}
}

// readHead reads a status line and headers. Only what browsers refuse is
// refused: a zero byte, and a line that is no header.
func readHead(from *bufio.Reader) (*http.Response, error) {
	first, err := readLine(from)
	if err != nil {
		return nil, err
	}
	version, status, _ := strings.Cut(first, " ")
	code, _, _ := strings.Cut(status, " ")
	resp := &http.Response{Status: status, Proto: version, Header: make(http.Header), ContentLength: -1}
	if resp.StatusCode, err = strconv.Atoi(code); err != nil || !strings.HasPrefix(version, "HTTP/") {
		return nil, fmt.Errorf("malformed status line %q", first)
	}
	for {
		line, err := readLine(from)
		if line == "" { // or the connection ends: some of the tests' files do so
			return resp, nil
		}
		if err != nil {
			return nil, err
		}
		name, value, ok := strings.Cut(line, ":")
		if !ok || name == "" || strings.Contains(value, "\x00") {
			return nil, fmt.Errorf("malformed header line %q", line)
		}
		name = textproto.CanonicalMIMEHeaderKey(name)
		resp.Header[name] = append(resp.Header[name], strings.Trim(value, " \t"))
	}
}

// readLine reads up to a line feed, with or without a carriage return, or to
// the end of the connection.
func readLine(from *bufio.Reader) (string, error) {
	line, err := from.ReadString('\n')
	switch {
	case err == io.EOF && line != "":
		err = nil
	case err == io.EOF:
		err = io.ErrUnexpectedEOF
	}
	return strings.TrimSuffix(strings.TrimSuffix(line, "\n"), "\r"), err
}

// bodyOf says where the body ends: RFC 9112, section 6.3.
func bodyOf(resp *http.Response, from *bufio.Reader, method string) (io.ReadCloser, error) {
	if method == http.MethodHead || resp.StatusCode < 200 || resp.StatusCode == http.StatusNoContent || resp.StatusCode == http.StatusNotModified {
		return http.NoBody, nil
	}
	if strings.EqualFold(resp.Header.Get("Transfer-Encoding"), "chunked") {
		return io.NopCloser(httputil.NewChunkedReader(from)), nil
	}
	lengths := strings.Split(strings.Join(resp.Header["Content-Length"], ","), ",")
	for i := range lengths {
		lengths[i] = strings.TrimSpace(lengths[i])
	}
	switch lengths = slices.Compact(lengths); {
	case lengths[0] == "" && len(lengths) == 1:
		return io.NopCloser(from), nil
	case len(lengths) > 1:
		return nil, errors.New("the server's response has two lengths")
	}
	n, err := strconv.ParseInt(lengths[0], 10, 64)
	if err != nil || n < 0 {
		return io.NopCloser(from), nil // as if there were none
	}
	resp.ContentLength = n
	return io.NopCloser(&exactly{from, n}), nil
}

// exactly reads as many bytes as were announced: fewer are a broken body.
type exactly struct {
	from io.Reader
	left int64
}

func (e *exactly) Read(p []byte) (int, error) {
	if e.left == 0 {
		return 0, io.EOF
	}
	if int64(len(p)) > e.left {
		p = p[:e.left]
	}
	n, err := e.from.Read(p)
	if e.left -= int64(n); err == io.EOF && e.left > 0 {
		err = io.ErrUnexpectedEOF
	}
	return n, err
}
