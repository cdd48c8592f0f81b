package host

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"path"
	"strings"
	"time"
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
		w.Header().Set("Content-Type", ContentType(a.File))
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

// contentTypes stands in for package mime, which reads the machine's tables.
var contentTypes = map[string]string{
	".aac":         "audio/aac",
	".apng":        "image/apng",
	".avif":        "image/avif",
	".bin":         "application/octet-stream",
	".css":         "text/css; charset=utf-8",
	".csv":         "text/csv; charset=utf-8",
	".flac":        "audio/flac",
	".gif":         "image/gif",
	".htm":         "text/html; charset=utf-8",
	".html":        "text/html; charset=utf-8",
	".ico":         "image/x-icon",
	".jpeg":        "image/jpeg",
	".jpg":         "image/jpeg",
	".js":          "text/javascript; charset=utf-8",
	".json":        "application/json",
	".m4a":         "audio/mp4",
	".md":          "text/markdown; charset=utf-8",
	".mjs":         "text/javascript; charset=utf-8",
	".mp3":         "audio/mpeg",
	".mp4":         "video/mp4",
	".oga":         "audio/ogg",
	".ogg":         "audio/ogg",
	".ogv":         "video/ogg",
	".opus":        "audio/ogg",
	".otf":         "font/otf",
	".pdf":         "application/pdf",
	".png":         "image/png",
	".svg":         "image/svg+xml",
	".ttf":         "font/ttf",
	".txt":         "text/plain; charset=utf-8",
	".vtt":         "text/vtt; charset=utf-8",
	".wasm":        "application/wasm",
	".wav":         "audio/wav",
	".webm":        "video/webm",
	".webmanifest": "application/manifest+json",
	".webp":        "image/webp",
	".woff":        "font/woff",
	".woff2":       "font/woff2",
	".xhtml":       "application/xhtml+xml",
	".xml":         "application/xml",
	".zip":         "application/zip",
}

// ContentType is the media type that hosts give a file, by its extension.
func ContentType(name string) string {
	if t := contentTypes[strings.ToLower(path.Ext(name))]; t != "" {
		return t
	}
	return "application/octet-stream"
}
