package swtest_test

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"testing"
	"time"

	"github.com/swgen/swgen/swtest"
)

// transport is a network that takes its time.
type transport func(r *http.Request) (*http.Response, error)

func (t transport) RoundTrip(r *http.Request) (*http.Response, error) { return t(r) }
func (t transport) ServeHTTP(http.ResponseWriter, *http.Request)      { panic("asked as a handler") }

// endless is a body that goes on until its request is given up.
type endless struct{ r *http.Request }

func (e endless) Read(p []byte) (int, error) {
	select {
	case <-e.r.Context().Done():
		return 0, e.r.Context().Err()
	case <-time.After(time.Millisecond):
		return copy(p, "x"), nil
	}
}

func TestATransportMayAnswerSlowlyAndWithoutEnd(t *testing.T) {
	b := swtest.New(swtest.Options{Network: transport(func(r *http.Request) (*http.Response, error) {
		switch r.URL.Path {
		case "/":
			return &http.Response{StatusCode: 200, Status: "200 Fine", Header: http.Header{}, Body: io.NopCloser(bytes.NewReader([]byte("home")))}, nil
		case "/endless":
			return &http.Response{StatusCode: 200, Header: http.Header{}, Body: io.NopCloser(endless{r})}, nil
		}
		return nil, errors.New("no such host")
	})})
	defer b.Close()
	tab := b.Open(origin + "/")
	if p := tab.Page(); p.Text() != "home" || p.StatusText != "Fine" {
		t.Errorf("the page is %v %q", p, p.StatusText)
	}
	if p := tab.Ask("/endless", swtest.Ask{Abort: 50 * time.Millisecond}); p.Err == nil {
		t.Errorf("an endless answer ended: %v", p)
	}
	if p := tab.Get("/none"); p.Err == nil {
		t.Errorf("a broken network answered: %v", p)
	}
}
