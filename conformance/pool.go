package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os/exec"
	"strings"
	"sync"
	"time"
)

// Tests are run in child processes of this same program: the engine does not
// run faster on several goroutines, and a test may crash or hang a process.
// A child takes one test after another as JSON on its standard input, and
// answers each with one JSON value on its standard output.

// childCommand, with the proxy as JSON, makes the program a child.
const childCommand = "run-tests"

// The time limits of a test on the real clock: several times those of the
// tests' own runner, whose fastest machines these need not be. A test that
// waits in vain ends sooner, by the virtual clock. A child that keeps neither
// limit is killed after half as much again.
const (
	shortLimit = time.Minute
	longLimit  = 3 * time.Minute
)

type task struct {
	Test  Test
	Limit time.Duration
}

type answer struct {
	Subtests []Subtest
	Harness  Status
	Error    string
}

// serveTests is the child: it runs tests until in ends.
func serveTests(engine Runtime, srv http.Handler, in io.Reader, out io.Writer) error {
	if engine == nil {
		return errNoRuntime
	}
	tasks, answers := json.NewDecoder(in), json.NewEncoder(out)
	for {
		var t task
		if err := tasks.Decode(&t); err == io.EOF {
			return nil
		} else if err != nil {
			return err
		}
		var a answer
		var err error
		if a.Subtests, a.Harness, err = engine.Run(t.Test, srv, t.Limit); err != nil {
			a.Error = err.Error()
		}
		if err := answers.Encode(a); err != nil {
			return err
		}
	}
}

// pool runs tests in several children at a time.
type pool struct {
	Jobs    int
	Command func() *exec.Cmd // makes a child
	Limit   time.Duration    // of a test; 0 is the tests' own limits
	Done    func(outcome)    // told of each test as it ends, one at a time; may be nil
}

// run runs the tests and returns their outcomes in the same order.
func (p pool) run(tests []Test) []outcome {
	outcomes := make([]outcome, len(tests))
	next := make(chan int)
	var done sync.Mutex
	var jobs sync.WaitGroup
	for range p.Jobs {
		jobs.Go(func() {
			var c *child
			for i := range next {
				outcomes[i], c = p.one(tests[i], c)
				if p.Done != nil {
					done.Lock()
					p.Done(outcomes[i])
					done.Unlock()
				}
			}
			c.stop()
		})
	}
	for i := range tests {
		next <- i
	}
	close(next)
	jobs.Wait()
	return outcomes
}

// one runs a test in the child, or in a new one if there is none, and returns
// the child for the next test, unless it did not survive.
func (p pool) one(t Test, c *child) (outcome, *child) {
	began := time.Now()
	limit := shortLimit
	if t.Long {
		limit = longLimit
	}
	if p.Limit > 0 {
		limit = p.Limit
	}
	o := outcome{Test: t}
	var a answer
	err := error(nil)
	if c == nil {
		c, err = startChild(p.Command())
	}
	if err == nil {
		a, err = c.ask(task{t, limit})
	}
	o.Took = time.Since(began)
	if err != nil {
		o.Crash = err.Error()
		c.stop()
		return o, nil
	}
	o.Subtests, o.Harness, o.Crash = a.Subtests, a.Harness, a.Error
	return o, c
}

// child is a process that runs tests; a nil one has been stopped.
type child struct {
	process *exec.Cmd
	stdin   io.WriteCloser
	tasks   *json.Encoder
	answers *json.Decoder
	stderr  lastWords
}

func startChild(process *exec.Cmd) (*child, error) {
	c := &child{process: process}
	process.Stderr = &c.stderr
	stdin, err := process.StdinPipe()
	if err != nil {
		return nil, err
	}
	stdout, err := process.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := process.Start(); err != nil {
		return nil, fmt.Errorf("starting a process for tests: %w", err)
	}
	c.stdin, c.tasks, c.answers = stdin, json.NewEncoder(stdin), json.NewDecoder(stdout)
	return c, nil
}

// ask has the child run a test. After an error the child is of no more use.
func (c *child) ask(t task) (answer, error) {
	hung := time.AfterFunc(t.Limit+t.Limit/2, func() { _ = c.process.Process.Kill() })
	var a answer
	err := c.tasks.Encode(t)
	if err == nil {
		err = c.answers.Decode(&a)
	}
	if !hung.Stop() {
		return answer{}, fmt.Errorf("hung for more than %s", t.Limit)
	}
	if err != nil {
		c.stop() // so that all that it had to say is there
		return answer{}, fmt.Errorf("the process ended: %s: %s", c.process.ProcessState, c.stderr.cause())
	}
	return a, nil
}

func (c *child) stop() {
	if c == nil {
		return
	}
	_ = c.stdin.Close()
	hung := time.AfterFunc(stopLimit, func() { _ = c.process.Process.Kill() })
	defer hung.Stop()
	_ = c.process.Wait()
}

// lastWords keeps the end of what a process printed.
type lastWords struct {
	mu   sync.Mutex
	text []byte
}

func (w *lastWords) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.text = append(w.text, p...)
	if excess := len(w.text) - 1<<16; excess > 0 {
		w.text = bytes.Clone(w.text[excess:])
	}
	return len(p), nil
}

// cause is the line that says why the process died: where Go says so, else
// the last.
func (w *lastWords) cause() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	last := ""
	for l := range bytes.Lines(w.text) {
		text := strings.TrimSpace(string(l))
		if strings.HasPrefix(text, "panic:") || strings.HasPrefix(text, "fatal error:") {
			return text
		}
		if text != "" {
			last = text
		}
	}
	return last
}
