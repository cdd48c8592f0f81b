package verify

import (
	"io/fs"
	"net/url"

	"github.com/swgen/swgen/swtest"
)

// pathOf is the URL of a request as manifests write it: without the origin of
// the site, query and fragment.
func pathOf(q *swtest.Request) string {
	u, err := url.Parse(q.URL)
	if err != nil {
		return q.URL
	}
	return u.EscapedPath()
}

func unescape(path string) string {
	if plain, err := url.PathUnescape(path); err == nil {
		return plain
	}
	return path
}

// readFile is a file's content, nil when it cannot be read.
func readFile(files fs.FS, name string) []byte {
	content, err := fs.ReadFile(files, name)
	if err != nil {
		return nil
	}
	return content
}
