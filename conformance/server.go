package main

import (
	"bufio"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"time"
)

// serveScript starts the tests' own server, wptserve, which is in the package
// that the tests come from: it knows their handlers in Python, substitutions,
// pipes, header files and worker wrappers better than anything written again.
//
//go:embed serve.py
var serveScript string

// host is the name that the tests believe in; nothing resolves it.
const host = "web-platform.test"

// ports are those that the tests believe in, by the scheme names of wptserve.
// Every URL of the tests has one of them, and proxy leads it to a real one.
var ports = map[string][]int{
	"http":            {8000, 8001},
	"http-private":    {8002},
	"http-public":     {8003},
	"https":           {8443, 8444},
	"https-private":   {8445},
	"https-public":    {8446},
	"h2":              {9000},
	"ws":              {8666},
	"wss":             {8667},
	"webtransport-h3": {11000},
}

// server is the running process that serves the tests.
type server struct {
	proxy
	process *exec.Cmd
	stdin   io.Closer
}

// startServer serves the tests in wpt on loopback and returns when it answers.
// What the server has to say goes to log.
func startServer(wpt string, log io.Writer) (*server, error) {
	believed, err := json.Marshal(ports)
	if err != nil {
		return nil, err
	}
	python, err := exec.LookPath("python3")
	if err != nil {
		return nil, errors.New("python3 is not installed: the tests' own server is written in it (apt-get install python3)")
	}
	return startProcess(exec.Command(python, "-B", "-c", serveScript, wpt, string(believed)), log)
}

// startProcess starts a server that prints its addresses as a line of JSON and
// ends with its standard input.
func startProcess(process *exec.Cmd, log io.Writer) (*server, error) {
	process.Stderr = log
	stdin, err := process.StdinPipe()
	if err != nil {
		return nil, err
	}
	stdout, err := process.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := process.Start(); err != nil {
		return nil, fmt.Errorf("starting the tests' server: %w", err)
	}
	s := &server{process: process, stdin: stdin}
	hung := time.AfterFunc(30*time.Second, func() { _ = process.Process.Kill() })
	line, err := bufio.NewReader(stdout).ReadBytes('\n')
	hung.Stop()
	if err == nil {
		err = json.Unmarshal(line, &s.proxy)
	}
	if err == nil && (s.HTTP == "" || s.HTTPS == "" || s.H2 == "") {
		err = fmt.Errorf("it printed %q", line)
	}
	if err != nil {
		s.stop()
		return nil, fmt.Errorf("the tests' server did not start: %w; remove %s to fetch the tests anew", err, wptDir)
	}
	return s, nil
}

// stopLimit is how long a process that was told to end may take.
const stopLimit = 5 * time.Second

// stop ends the process.
func (s *server) stop() {
	_ = s.stdin.Close()
	hung := time.AfterFunc(stopLimit, func() { _ = s.process.Process.Kill() })
	defer hung.Stop()
	_ = s.process.Wait() // its exit code says nothing: it ends by our hand
}
