package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"
)

// probes are what the tests rely on the server for, each with something that
// only a right answer holds. They are asked before every run, so that a server
// that does not work is not reported as a thousand failing tests.
var probes = []struct {
	What, URL, Header, Body string
}{
	{"the harness", "https://web-platform.test:8443/resources/testharness.js", "Content-Type: text/javascript", "promise_test"},
	{"a worker wrapper", "https://web-platform.test:8443/fetch/api/headers/headers-basic.any.worker.js", "", `importScripts("/fetch/api/headers/headers-basic.any.js")`},
	{"substitution of ports", "https://web-platform.test:8443/common/get-host-info.sub.js", "", "HTTPS_PORT2 = '8444'"},
	{"substitution of the scheme", "https://web-platform.test:8443/webmessaging/event.origin.sub.htm", "", `"https://web-platform.test"`},
	{"the other scheme", "http://www1.web-platform.test:8001/webmessaging/event.origin.sub.htm", "", `"http://web-platform.test"`},
	{"HTTP/2", "https://web-platform.test:9000/webmessaging/event.origin.sub.htm", "", `"https://web-platform.test"`},
	{"a header file", "https://web-platform.test:8443/common/blank-with-cors.html", "Access-Control-Allow-Origin: *", ""},
	{"a handler in Python", "https://web-platform.test:8443/fetch/api/resources/inspect-headers.py?headers=x-probe", "X-Request-X-Probe: yes", ""},
	{"storing on the server", "https://web-platform.test:8443/fetch/api/resources/stash-put.py?key=6b1b6b3f-46c9-4c61-8a8b-6f3bb7a5a0c1&value=kept", "", "done"},
	{"taking from the server", "https://web-platform.test:8443/fetch/api/resources/stash-take.py?key=6b1b6b3f-46c9-4c61-8a8b-6f3bb7a5a0c1", "", "kept"},
}

// selfCheck asks the server all that the tests rely on.
func selfCheck(srv http.RoundTripper) error {
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	for _, p := range probes {
		if err := probe(ctx, srv, p.URL, p.Header, p.Body); err != nil {
			return fmt.Errorf("the tests' server does not do what they need, %s: %s: %w", p.What, p.URL, err)
		}
	}
	return nil
}

func probe(ctx context.Context, srv http.RoundTripper, url, header, body string) error {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return err
	}
	r.Header.Set("X-Probe", "yes")
	resp, err := srv.RoundTrip(r)
	if err != nil {
		return err
	}
	defer func() { _ = resp.Body.Close() }()
	content, err := io.ReadAll(resp.Body)
	if err != nil {
		return err
	}
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("status %s", resp.Status)
	}
	name, value, _ := strings.Cut(header, ": ")
	if got := resp.Header.Get(name); !strings.HasPrefix(got, value) {
		return fmt.Errorf("header %s is %q", name, got)
	}
	if !strings.Contains(string(content), body) {
		return fmt.Errorf("%q is not in the body", body)
	}
	return nil
}
