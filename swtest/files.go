package swtest

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/url"
	"path"
	"strings"
	"time"

	"github.com/swgen/swgen/internal/mediatype"
)

// Files answers as a plain static host does, GitHub Pages above all: a
// directory by its index.html, "/about" by about.html, or by a redirect to
// "/about/" when that is a directory, what is not there by the site's
// 404.html, a range by that part of the file. Its answers have an ETag and
// say nothing about caching. Under a path, wrap it in http.StripPrefix.
func Files(site fs.FS) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			w.Header().Set("Allow", "GET, HEAD")
			w.WriteHeader(http.StatusMethodNotAllowed)
			return
		}
		name, status := resolve(site, strings.TrimPrefix(r.URL.Path, "/"))
		switch {
		case status == http.StatusMovedPermanently:
			// Relative, since a prefix may have been cut off.
			to := url.URL{Path: "./" + path.Base(r.URL.Path) + "/", RawQuery: r.URL.RawQuery}
			w.Header().Set("Location", strings.TrimPrefix(to.String(), "./"))
			w.WriteHeader(status)
			return
		case name == "":
			w.Header().Set("Content-Type", "text/plain; charset=utf-8")
			w.WriteHeader(status)
			_, _ = io.WriteString(w, "404 page not found\n")
			return
		}
		content, err := fs.ReadFile(site, name)
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		w.Header().Set("Content-Type", mediatype.Of(name))
		if status != http.StatusOK {
			w.WriteHeader(status)
			_, _ = w.Write(content)
			return
		}
		w.Header().Set("ETag", fmt.Sprintf("\"%x\"", sha256.Sum256(content))[:17]+"\"")
		http.ServeContent(w, r, name, time.Time{}, bytes.NewReader(content))
	})
}

// resolve finds the file that answers for a path, "" for none, and the status
// that goes with it.
func resolve(site fs.FS, name string) (file string, status int) {
	if name == "" || strings.HasSuffix(name, "/") {
		if isFile(site, name+"index.html") {
			return name + "index.html", http.StatusOK
		}
	} else {
		switch {
		case isFile(site, name):
			return name, http.StatusOK
		case isFile(site, name+".html"):
			return name + ".html", http.StatusOK
		case isFile(site, name+"/index.html"):
			return "", http.StatusMovedPermanently
		}
	}
	if isFile(site, "404.html") {
		return "404.html", http.StatusNotFound
	}
	return "", http.StatusNotFound
}

func isFile(site fs.FS, name string) bool {
	if !fs.ValidPath(name) {
		return false
	}
	info, err := fs.Stat(site, name)
	return err == nil && info.Mode().IsRegular()
}
