package main

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
)

// speak answers each connection with the text, once it has the head of a
// request, which it hands over.
func speak(t *testing.T, text string) (address string, heads <-chan string) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	asked := make(chan string, 1)
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			from, head := bufio.NewReader(conn), ""
			for !strings.HasSuffix(head, "\r\n\r\n") {
				line, err := from.ReadString('\n')
				if err != nil {
					break
				}
				head += line
			}
			asked <- head
			_, _ = io.WriteString(conn, text)
			_ = conn.Close()
		}
	}()
	return listener.Addr().String(), asked
}

func askRaw(t *testing.T, text, method string, header http.Header) (resp *http.Response, body, head string, err error) {
	t.Helper()
	address, heads := speak(t, text)
	r, err := http.NewRequestWithContext(t.Context(), method, "http://web-platform.test:8000/a%2fb?c|d", nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header = header
	resp, err = exchange(address, r)
	head = <-heads
	if err != nil {
		return nil, "", head, err
	}
	defer func() { _ = resp.Body.Close() }()
	content, err := io.ReadAll(resp.Body)
	return resp, string(content), head, err
}

func TestHeadersAreSentAsTheyAre(t *testing.T) {
	header := http.Header{"X-B": {"\x01\x7f", "é"}, "X-A": {""}}
	_, _, head, err := askRaw(t, "HTTP/1.1 200 OK\r\n\r\n", "POST", header)
	want := "POST /a%2fb?c|d HTTP/1.1\r\nHost: web-platform.test:8000\r\nConnection: keep-alive\r\n" +
		"X-A: \r\nX-B: \x01\x7f\r\nX-B: é\r\nContent-Length: 0\r\n\r\n"
	if err != nil || head != want {
		t.Errorf("%v, %q", err, head)
	}
}

func TestAnswersThatBrowsersUnderstand(t *testing.T) {
	for _, c := range []struct{ answer, want string }{
		{"HTTP/1.1 200 Fine by me\r\nx-a: \x0b\x0c\r\nX-A:2\t\r\nContent-Length: 2\r\n\r\nhello", `200 Fine by me ["\v\f" "2"] "he"`},
		{"HTTP/1.0 299 \r\n\r\nto the end", `299  [] "to the end"`},
		{"HTTP/1.1 200\nX-A: a", `200 ["a"] ""`},
		{"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0, 0\r\n\r\nx", `200 OK [] ""`},
		{"HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\nhello", `200 OK [] "hello"`},
		{"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n", `200 OK [] "abc"`},
		{"HTTP/1.1 204 No\r\nContent-Length: 3\r\n\r\nabc", `204 No [] ""`},
		{"HTTP/1.1 101 Switch\r\n\r\nabc", `101 Switch [] ""`},
		{"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nab", `200 OK [] "ab" unexpected EOF`},
	} {
		resp, body, _, err := askRaw(t, c.answer, "GET", nil)
		if resp == nil {
			t.Errorf("%q: %v", c.answer, err)
			continue
		}
		got := fmt.Sprintf("%s %q %q", resp.Status, resp.Header["X-A"], body)
		if err != nil {
			got += " " + err.Error()
		}
		if got != c.want {
			t.Errorf("%q: %s", c.answer, got)
		}
	}
	if _, body, _, err := askRaw(t, "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n", "HEAD", nil); body != "" || err != nil {
		t.Errorf("HEAD: %q, %v", body, err)
	}
}

func TestAnswersThatBrowsersRefuse(t *testing.T) {
	for _, answer := range []string{
		"", "nonsense\r\n\r\n", "HTTP/1.1 x\r\n\r\n", "HTTP/1.1 200 OK\r\nX-A: \x00\r\n\r\n", "HTTP/1.1 200 OK\r\nno header\r\n\r\n",
		"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
	} {
		if resp, _, _, err := askRaw(t, answer, "GET", nil); err == nil {
			t.Errorf("%q: %v", answer, resp)
		}
	}
}
