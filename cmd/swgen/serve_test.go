package main

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/swgen/swgen"
)

// TestServe asks a server for the worker that nobody has written, switches the
// network off by typing, and stops.
func TestServe(t *testing.T) {
	stderr, talk := io.Pipe()
	typed, keyboard := io.Pipe()
	var stdout bytes.Buffer
	a := &app{stdout: &stdout, stderr: talk, stdin: typed, getenv: func(string) string { return "" }, now: time.Now, build: swgen.Build, kill: swgen.Kill}
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan int)
	go func() {
		code := a.run(ctx, []string{"serve", siteDir(t), "--listen", "localhost:0", "--host", "cloudflare-pages", "--base", "/repo", "--json"})
		talk.Close()
		done <- code
	}()
	heard := func(until string) string {
		var text strings.Builder
		for b := make([]byte, 1); !strings.Contains(text.String(), until); text.Write(b) {
			if _, err := stderr.Read(b); err != nil {
				t.Fatalf("%v after %q", err, text.String())
			}
		}
		return text.String()
	}
	address := regexp.MustCompile(`http://localhost:\d+/repo/`).FindString(heard("/.swgen/\n"))
	response, err := http.Get(address + "sw.js")
	if err != nil {
		t.Fatal(err)
	}
	worker, err := io.ReadAll(response.Body)
	response.Body.Close()
	if err != nil || !strings.Contains(string(worker), "MANIFEST") || response.Header.Get("Cache-Control") != "public, max-age=0, must-revalidate" {
		t.Errorf("%v %q %q", err, worker[:min(60, len(worker))], response.Header)
	}
	io.WriteString(keyboard, "o\n")
	heard("the network is off\n")
	if _, err := http.Get(address); err == nil {
		t.Error("answered without a network")
	}
	stop()
	go io.Copy(io.Discard, stderr)
	if code := <-done; code != exitGood {
		t.Error("exit code", code)
	}
	var line struct {
		Who, URL string
		Status   int
	}
	first, _, _ := strings.Cut(stdout.String(), "\n")
	if err := json.Unmarshal([]byte(first), &line); err != nil || line.Who != "network" || line.URL != "/repo/sw.js" || line.Status != 200 {
		t.Errorf("%v %s", err, first)
	}
}

func TestServeNeedsAnAddressThatIsFree(t *testing.T) {
	taken, err := net.Listen("tcp", "localhost:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	_, run := fake("serve", siteDir(t), "--listen", taken.Addr().String())
	if code, _, stderr := run(); code != exitUsage || !strings.Contains(stderr, "choose another address") {
		t.Error(code, stderr)
	}
}
