package browsertest

import (
	"net/http"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// intercept has an identity, which a func lacks, so that it can be removed again.
type intercept struct {
	handle func(w http.ResponseWriter, r *http.Request) bool
}

// Intercept lets f see each request before the site does; a true result means that f has answered. Several are asked
// in the order they were added. The returned func takes f away again.
//
// The faults below are such intercepts. Their path is that of [Request]; where they take a number of times, 0 means
// until removed.
func (s *Server) Intercept(f func(w http.ResponseWriter, r *http.Request) bool) (remove func()) {
	i := &intercept{f}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.intercepts = append(s.intercepts, i)
	return func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.intercepts = slices.DeleteFunc(slices.Clone(s.intercepts), func(other *intercept) bool { return other == i })
	}
}

// Fail answers a path with a status and a short text.
func (s *Server) Fail(path string, status, times int) (remove func()) {
	return s.interceptPath(path, times, func(w http.ResponseWriter, r *http.Request) bool {
		w.Header().Set("Cache-Control", "no-store")
		http.Error(w, http.StatusText(status), status)
		return true
	})
}

// Redirect answers a path with a redirect to a URL.
func (s *Server) Redirect(path, to string, status int) (remove func()) {
	return s.interceptPath(path, 0, func(w http.ResponseWriter, r *http.Request) bool {
		w.Header().Set("Cache-Control", "no-store")
		w.Header().Set("Location", to)
		w.WriteHeader(status)
		return true
	})
}

// Corrupt flips one bit in the middle of a path's body; length and headers stay right.
func (s *Server) Corrupt(path string) (remove func()) {
	return s.interceptPath(path, 0, func(w http.ResponseWriter, r *http.Request) bool {
		s.serveSite(&corrupting{ResponseWriter: w}, r)
		return true
	})
}

// Drop closes the connection of a path without an answer. Chromium tries once more when it had used the connection
// before, so a single drop often goes unseen.
func (s *Server) Drop(path string, times int) (remove func()) {
	return s.interceptPath(path, times, func(http.ResponseWriter, *http.Request) bool {
		panic(http.ErrAbortHandler)
	})
}

// Delay makes every request wait before it is answered.
func (s *Server) Delay(d time.Duration) (remove func()) {
	return s.Intercept(func(w http.ResponseWriter, r *http.Request) bool {
		t := time.NewTimer(d)
		defer t.Stop()
		select {
		case <-t.C:
		case <-r.Context().Done():
		}
		return false
	})
}

// Hang holds the requests of a path until release, and then answers them. A client that gives up ends its request.
func (s *Server) Hang(path string) (release func()) {
	released := make(chan struct{})
	remove := s.interceptPath(path, 0, func(w http.ResponseWriter, r *http.Request) bool {
		select {
		case <-released:
		case <-r.Context().Done():
		}
		return false
	})
	return sync.OnceFunc(func() {
		remove()
		close(released)
	})
}

func (s *Server) interceptPath(path string, times int, f func(http.ResponseWriter, *http.Request) bool) (remove func()) {
	var hits atomic.Int64
	return s.Intercept(func(w http.ResponseWriter, r *http.Request) bool {
		if r.URL.Path != path || times > 0 && hits.Add(1) > int64(times) {
			return false
		}
		return f(w, r)
	})
}

type corrupting struct {
	http.ResponseWriter
	done bool
}

func (w *corrupting) Write(p []byte) (int, error) {
	if !w.done && len(p) > 0 {
		w.done = true
		p = slices.Clone(p)
		p[len(p)/2] ^= 1
	}
	return w.ResponseWriter.Write(p)
}
