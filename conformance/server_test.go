package main

import (
	"io"
	"os"
	"os/exec"
	"strings"
	"testing"
)

func TestTheServerRunsUntilItIsStopped(t *testing.T) {
	process := exec.Command(os.Args[0], "serve", `{"http":"127.0.0.1:1","https":"127.0.0.1:2","h2":"127.0.0.1:3"}`)
	s, err := startProcess(process, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	if want := (proxy{"127.0.0.1:1", "127.0.0.1:2", "127.0.0.1:3"}); s.proxy != want {
		t.Errorf("it is at %v", s.proxy)
	}
	if process.ProcessState != nil {
		t.Error("it has ended by itself")
	}
	s.stop()
	if !process.ProcessState.Success() {
		t.Errorf("it ended with %s", process.ProcessState)
	}
}

func TestAServerThatDoesNotStartIsAnError(t *testing.T) {
	for output, want := range map[string]string{
		"":                "unexpected end of JSON input",
		"Traceback":       "invalid character 'T'",
		`{"http":"a:1"}`:  `it printed "{\"http\":\"a:1\"}\n"`,
		`{"http":"a:1"}}`: "invalid character '}'",
	} {
		_, err := startProcess(exec.Command(os.Args[0], "serve", output), io.Discard)
		if err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), "remove .wpt") {
			t.Errorf("%q: %v", output, err)
		}
	}
}
