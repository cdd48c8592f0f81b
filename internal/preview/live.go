package preview

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"time"
)

//go:embed reload.js
var reloadScript []byte

// event is what pages are told; see reload.js.
type event struct {
	// Reload: the site has changed. Failed is why it could not be built, ""
	// when it could.
	Reload bool   `json:"reload"`
	Failed string `json:"failed"`
}

// Reload has the pages that are open load the site as it is now.
func (s *Server) Reload() { s.send(event{Reload: true}) }

// Failed shows in the pages that are open why the site was not built, until
// the next Reload; with "" it takes that away.
func (s *Server) Failed(why string) { s.send(event{Failed: why}) }

func (s *Server) send(e event) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.failed = e.Failed
	if e.Reload {
		s.builds++
	}
	for page := range s.open {
		select {
		case old := <-page: // it was not sent yet
			e.Reload = e.Reload || old.Reload
		default:
		}
		page <- e
	}
}

// serveReload serves the script that listens. It knows which build the page
// that loads it shows, so that none is missed before it listens.
func (s *Server) serveReload(w http.ResponseWriter) {
	s.mu.Lock()
	defer s.mu.Unlock()
	_, _ = fmt.Fprintf(w, "globalThis.swgenBuild = %d\n%s", s.builds, reloadScript)
}

// keepOpen is how often something is sent at least, so that nothing in between
// closes the connection.
const keepOpen = 20 * time.Second

// serveEvents tells a page what happens, until it goes (HTML standard,
// "server-sent events").
func (s *Server) serveEvents(w http.ResponseWriter, r *http.Request) {
	page := make(chan event, 1)
	s.mu.Lock()
	s.open[page] = true
	if e := (event{Reload: r.FormValue("build") != strconv.Itoa(s.builds), Failed: s.failed}); e != (event{}) {
		page <- e
	}
	s.mu.Unlock()
	defer func() {
		s.mu.Lock()
		delete(s.open, page)
		s.mu.Unlock()
	}()
	w.Header().Set("Content-Type", "text/event-stream")
	out := http.NewResponseController(w)
	beat := time.NewTicker(keepOpen)
	defer beat.Stop()
	text := ": open\n\n"
	for {
		if _, err := fmt.Fprint(w, text); err != nil || out.Flush() != nil {
			return
		}
		select {
		case <-r.Context().Done():
			return
		case <-beat.C:
			text = ":\n\n"
		case e := <-page:
			content, err := json.Marshal(e)
			if err != nil {
				panic(err) // its type cannot fail
			}
			text = fmt.Sprintf("data: %s\n\n", content)
		}
	}
}
