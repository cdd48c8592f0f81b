package page

import (
	"bytes"
	"strings"
)

// devSign is a script that only a development server puts into a page.
type devSign struct {
	// path is a part of the script's URL, or of an inline script.
	path string
	what string
}

// devSigns are tried in order, so that a special one goes before a general one.
var devSigns = []devSign{
	{"livereload.js?mindelay", "hugo server"},
	{"livereload.js?snipver", "jekyll serve"},
	{"livereload.js?port", "hugo server or zola serve"},
	{"/livereload.js", "a live reload server"},
	{"/@vite/client", "the Vite development server"},
	{"browser-sync-client", "Browsersync"},
	{".11ty/reload-client", "eleventy --serve"},
	{"webpack-dev-server", "webpack-dev-server"},
	{"__webpack_hmr", "webpack hot module replacement"},
	{"webpack-hot-middleware", "webpack hot module replacement"},
	{"/_next/static/development/", "next dev"},
	{"__nuxt_devtools__", "nuxt dev"},
}

// devHints are what a page must contain to be looked at closely. Each sign
// contains one of them.
var devHints = [][]byte{
	[]byte("livereload"), []byte("@vite/"), []byte("browser-sync"), []byte("11ty/"), []byte("webpack"),
	[]byte("static/development/"), []byte("__nuxt_devtools__"),
	[]byte("localhost"), []byte("127.0.0.1"), []byte("0.0.0.0"), []byte("[::1]"),
}

// DevServer reports whether a page comes from a development server rather
// than from a build, and which sign says so, such as
// `hugo server (/livereload.js?mindelay=10)`.
func DevServer(content []byte) (what string, ok bool) {
	if !hasDevHint(content) {
		return "", false
	}
	c := newCursor(content)
	for c.next() {
		if !c.isStart() || c.inert() {
			continue
		}
		if what := devElement(c); what != "" {
			return what, true
		}
	}
	return "", false
}

func hasDevHint(content []byte) bool {
	for _, hint := range devHints {
		if bytes.Contains(content, hint) {
			return true
		}
	}
	return false
}

// devElement looks for a sign in the element at the cursor. Anchors are no
// sign: documentation links to http://localhost:3000/.
func devElement(c *cursor) string {
	name := string(c.name)
	if name == "a" || name == "area" {
		return ""
	}
	at := c.attrs(nil)
	for _, a := range at {
		if a.key != "src" && a.key != "href" {
			continue
		}
		url := cleanURL(a.val)
		if what := devSignIn(url); what != "" && name == "script" {
			return what + " (" + url + ")"
		}
		if IsLocal(url) {
			return url + " in " + name + " " + a.key
		}
	}
	if name == "script" && isScript(at.get("type")) && !at.has("src") {
		return devInline(c.text("script"))
	}
	return ""
}

// devInline looks for a sign in an inline script. The script must load
// something: others may hold the text of a page that is about such servers.
func devInline(script string) string {
	for _, loads := range []string{"document.write", "createElement", "import"} {
		if strings.Contains(script, loads) {
			if what := devSignIn(script); what != "" {
				return what + " (inline script)"
			}
			return ""
		}
	}
	return ""
}

func devSignIn(text string) string {
	for _, sign := range devSigns {
		if strings.Contains(text, sign.path) {
			return sign.what
		}
	}
	return ""
}

// IsLocal reports whether a URL is of a server on the machine of its reader.
func IsLocal(url string) bool {
	scheme, rest, ok := strings.Cut(url, "//")
	if !ok || scheme != "" && !strings.EqualFold(scheme, "http:") && !strings.EqualFold(scheme, "https:") {
		return false
	}
	for _, host := range []string{"localhost", "127.0.0.1", "0.0.0.0", "[::1]"} {
		if after, ok := strings.CutPrefix(rest, host); ok && (after == "" || strings.ContainsAny(after[:1], ":/?#")) {
			return true
		}
	}
	return false
}
