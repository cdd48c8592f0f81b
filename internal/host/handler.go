package host

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"strings"
	"time"

	"github.com/swgen/swgen/internal/mediatype"
)

// Handler answers for the files of a site as the host does: status,
// redirects, not-found pages and headers, and ranges of a file.
func (h *Host) Handler(site fs.FS) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			w.Header().Set("Allow", "GET, HEAD")
			w.WriteHeader(http.StatusMethodNotAllowed)
			return
		}
		a := h.Answer(r.URL.EscapedPath())
		for name, values := range a.Header {
			w.Header()[name] = values
		}
		switch {
		case a.Redirects():
			if r.URL.RawQuery != "" && !strings.Contains(a.Location, "?") {
				w.Header().Set("Location", a.Location+"?"+r.URL.RawQuery)
			}
			w.WriteHeader(a.Status)
		case a.File == "":
			plain(w, a.Status, http.StatusText(a.Status)+"\n")
		default:
			serveFile(w, r, site, a)
		}
	})
}

func plain(w http.ResponseWriter, status int, text string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.WriteHeader(status)
	_, _ = io.WriteString(w, text) // the client has gone when this fails
}

func serveFile(w http.ResponseWriter, r *http.Request, site fs.FS, a Answer) {
	content, err := fs.ReadFile(site, a.File)
	if err != nil {
		plain(w, http.StatusInternalServerError, err.Error()+"\n")
		return
	}
	if w.Header().Get("Content-Type") == "" {
		w.Header().Set("Content-Type", mediatype.Of(a.File))
	}
	if a.Status != http.StatusOK {
		w.WriteHeader(a.Status)
		_, _ = w.Write(content)
		return
	}
	sum := sha256.Sum256(content)
	w.Header().Set("ETag", fmt.Sprintf("%q", fmt.Sprintf("%x", sum[:8])))
	http.ServeContent(w, r, a.File, time.Time{}, bytes.NewReader(content))
}
