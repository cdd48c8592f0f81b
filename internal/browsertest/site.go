package browsertest

import (
	"bytes"
	"io/fs"
	"net/http"
	"path"
	"strconv"
	"strings"
	"time"
)

// site answers as a plain static host does, GitHub Pages above all: pages without ".html", directories by their
// index.html, a slash added by a redirect, the site's own 404.html.
type site struct {
	base string
	fsys fs.FS
}

func (m site) serve(w http.ResponseWriter, r *http.Request, name string, ranges bool) {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		w.WriteHeader(http.StatusMethodNotAllowed)
		return
	}
	file, status := m.resolve(name)
	switch {
	case status == http.StatusMovedPermanently:
		redirect(w, r.URL.Path+"/", r.URL.RawQuery)
		return
	case file == "":
		http.NotFound(w, r)
		return
	}
	body, err := fs.ReadFile(m.fsys, file)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", contentType(file))
	if ranges && status == http.StatusOK {
		http.ServeContent(w, r, file, time.Time{}, bytes.NewReader(body))
		return
	}
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(status)
	if r.Method == http.MethodGet {
		w.Write(body)
	}
}

// resolve finds the file that answers for name, a path relative to the base, and the status it goes out with. The file
// is "" when there is nothing to send.
func (m site) resolve(name string) (file string, status int) {
	if name == "" || strings.HasSuffix(name, "/") {
		if m.isFile(name + "index.html") {
			return name + "index.html", http.StatusOK
		}
	} else {
		switch {
		case m.isFile(name):
			return name, http.StatusOK
		case m.isFile(name + ".html"):
			return name + ".html", http.StatusOK
		case m.isFile(name + "/index.html"):
			return "", http.StatusMovedPermanently
		}
	}
	if m.isFile("404.html") {
		return "404.html", http.StatusNotFound
	}
	return "", http.StatusNotFound
}

func (m site) isFile(name string) bool {
	if !fs.ValidPath(name) {
		return false
	}
	info, err := fs.Stat(m.fsys, name)
	return err == nil && info.Mode().IsRegular()
}

// contentTypes stands in for package mime, which reads the machine's own tables.
var contentTypes = map[string]string{
	".atom":        "application/atom+xml; charset=utf-8",
	".avif":        "image/avif",
	".bmp":         "image/bmp",
	".cjs":         "text/javascript; charset=utf-8",
	".css":         "text/css; charset=utf-8",
	".csv":         "text/csv; charset=utf-8",
	".gif":         "image/gif",
	".htm":         "text/html; charset=utf-8",
	".html":        "text/html; charset=utf-8",
	".ico":         "image/x-icon",
	".jpeg":        "image/jpeg",
	".jpg":         "image/jpeg",
	".js":          "text/javascript; charset=utf-8",
	".json":        "application/json; charset=utf-8",
	".map":         "application/json; charset=utf-8",
	".md":          "text/markdown; charset=utf-8",
	".mjs":         "text/javascript; charset=utf-8",
	".mp3":         "audio/mpeg",
	".mp4":         "video/mp4",
	".ogg":         "audio/ogg",
	".otf":         "font/otf",
	".pdf":         "application/pdf",
	".png":         "image/png",
	".rss":         "application/rss+xml; charset=utf-8",
	".svg":         "image/svg+xml; charset=utf-8",
	".ttf":         "font/ttf",
	".txt":         "text/plain; charset=utf-8",
	".wasm":        "application/wasm",
	".webm":        "video/webm",
	".webmanifest": "application/manifest+json; charset=utf-8",
	".webp":        "image/webp",
	".woff":        "font/woff",
	".woff2":       "font/woff2",
	".xml":         "application/xml; charset=utf-8",
}

func contentType(file string) string {
	if t := contentTypes[strings.ToLower(path.Ext(file))]; t != "" {
		return t
	}
	return "application/octet-stream"
}
