package main

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"
)

// The test binary is also the processes that the command starts.
func TestMain(m *testing.M) {
	switch {
	case len(os.Args) > 1 && os.Args[1] == childCommand:
		if err := run(os.Args[1:], script{}, os.Stdout, os.Stderr); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	case len(os.Args) > 2 && os.Args[1] == "serve":
		fmt.Println(os.Args[2])
		_, _ = io.Copy(io.Discard, os.Stdin)
	default:
		os.Exit(m.Run())
	}
}

// script is a runtime whose worker scripts are lines like "pass NAME".
type script struct{}

func (script) Run(t Test, srv http.Handler, _ time.Duration) (subtests []Subtest, status Status, err error) {
	w := httptest.NewRecorder()
	srv.ServeHTTP(w, httptest.NewRequest(http.MethodGet, t.Script, nil))
	for row := range strings.Lines(w.Body.String()) {
		verb, rest, _ := strings.Cut(strings.TrimSpace(row), " ")
		switch verb {
		case "pass":
			subtests = append(subtests, Subtest{Name: rest})
		case "fail":
			subtests = append(subtests, Subtest{Name: rest, Status: 1, Message: "it is not so"})
		case "harness":
			status = Status{Status: 2, Message: rest}
		case "error":
			err = errors.New(rest)
		case "panic":
			panic(rest)
		case "hang":
			time.Sleep(time.Hour)
		case "babble":
			fmt.Println("not JSON")
		}
	}
	return subtests, status, err
}

func TestMistakesInTheArgumentsAreUsage(t *testing.T) {
	for _, args := range [][]string{{"-jobs", "0"}, {"streams"}, {"-nothing"}} {
		if err := run(args, script{}, io.Discard, io.Discard); !errors.Is(err, errUsage) {
			t.Errorf("%q: %v", args, err)
		}
	}
}

func TestOutsideOfTheRepositoryTheExpectationsAreMissed(t *testing.T) {
	t.Chdir(t.TempDir())
	err := run(nil, script{}, io.Discard, io.Discard)
	if err == nil || !strings.Contains(err.Error(), "root of the repository") {
		t.Errorf("got %v", err)
	}
}

func TestInside(t *testing.T) {
	for _, c := range []struct {
		path, dir string
		want      bool
	}{
		{"fetch/api/a.any.js", "fetch", true},
		{"fetch/api/a.any.js", "fetch/api/a.any.js", true},
		{"fetch/api/a.any.js?x", "fetch/api/a.any.js", true},
		{"fetch/api/", "fetch/api", true},
		{"fetcher/a.any.js", "fetch", false},
		{"fetch", "fetch/api", false},
	} {
		if got := inside(c.path, c.dir); got != c.want {
			t.Errorf("inside(%q, %q) = %t", c.path, c.dir, got)
		}
	}
}
