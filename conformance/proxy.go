package main

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// proxy answers for every host and port that the tests know, by asking the
// real listeners. The port decides the scheme, so that a request needs to say
// no more than its Host.
type proxy struct {
	HTTP  string `json:"http"`  // loopback address that answers as http
	HTTPS string `json:"https"` // the one that answers as https, without TLS
	H2    string `json:"h2"`    // the one that answers as https, in HTTP/2 without TLS
}

// transport2 talks to the listener of HTTP/2: a connection for each request,
// and nothing is decompressed, for that is the runtime's work.
var transport2 = &http.Transport{DisableKeepAlives: true, DisableCompression: true, Protocols: unencrypted2()}

func unencrypted2() *http.Protocols {
	p := new(http.Protocols)
	p.SetUnencryptedHTTP2(true)
	return p
}

// RoundTrip is ServeHTTP for those who also want to see the status text.
// Its error is a network error: no such host or port, or a broken answer.
func (p proxy) RoundTrip(r *http.Request) (*http.Response, error) {
	to, err := p.listener(r.Host)
	if err != nil {
		return nil, err
	}
	if to != p.H2 {
		return exchange(to, r)
	}
	out := r.Clone(r.Context())
	out.RequestURI = ""
	out.URL.Scheme, out.URL.Host = "http", to
	if len(out.Header["User-Agent"]) == 0 {
		out.Header["User-Agent"] = nil // else Go names itself
	}
	resp, err := transport2.RoundTrip(out)
	if err == nil {
		resp.Status = strconv.Itoa(resp.StatusCode) // HTTP/2 has no status text
	}
	return resp, err
}

// ServeHTTP answers the request that r.Host is asked for. A network error
// aborts the response with the panic that net/http has for it.
func (p proxy) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	resp, err := p.RoundTrip(r)
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	defer func() { _ = resp.Body.Close() }()
	for name, values := range resp.Header {
		w.Header()[name] = values
	}
	w.WriteHeader(resp.StatusCode)
	if err := copyNow(w, resp.Body); err != nil {
		panic(http.ErrAbortHandler)
	}
}

// copyNow passes each piece on as it comes: tests read bodies that trickle.
func copyNow(w http.ResponseWriter, body io.Reader) error {
	out := http.NewResponseController(w)
	buffer := make([]byte, 32<<10)
	for {
		n, err := body.Read(buffer)
		if n > 0 {
			if _, err := w.Write(buffer[:n]); err != nil {
				return err
			}
			if err := out.Flush(); err != nil && !errors.Is(err, http.ErrNotSupported) {
				return err
			}
		}
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

// listener is the address that answers for a host with a port.
func (p proxy) listener(hostPort string) (string, error) {
	u := url.URL{Host: hostPort}
	port, err := strconv.Atoi(u.Port())
	if err != nil || !isKnownHost(u.Hostname()) {
		return "", fmt.Errorf("no server of the tests is at %q", hostPort)
	}
	for scheme, known := range ports {
		switch {
		case !slices.Contains(known, port):
		case scheme == "h2":
			return p.H2, nil
		case strings.HasPrefix(scheme, "https"):
			return p.HTTPS, nil
		case strings.HasPrefix(scheme, "http"):
			return p.HTTP, nil
		}
	}
	return "", fmt.Errorf("no HTTP server of the tests is at %q", hostPort)
}

// isKnownHost says whether the tests' configuration resolves the name; it has
// two domains with subdomains, of which one is told not to exist.
func isKnownHost(name string) bool {
	name = strings.TrimSuffix(name, ".")
	if name == "localhost" || name == "127.0.0.1" {
		return true
	}
	sub, ok := strings.CutSuffix(name, host)
	sub = strings.TrimSuffix(sub, "not-")
	return ok && (sub == "" || strings.HasSuffix(sub, ".")) && !strings.Contains(sub, "nonexistent")
}
