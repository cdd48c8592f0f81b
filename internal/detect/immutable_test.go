package detect

import (
	"strings"
	"testing"
)

func TestImmutable(t *testing.T) {
	for files, want := range map[string]string{
		"index.html _astro/a.css _astro/x/b.js":                                                              "_astro/",
		"docs/_next/static/chunks/a.js docs/_next/data/x.json":                                               "docs/_next/static/",
		"_nuxt/entry.js _nuxt/builds/latest.json":                                                            "_nuxt/",
		"_nuxt/builds/latest.json":                                                                           "",
		"assets/app.B7x2_k9Q.js assets/style.1a2b3c4d.css":                                                   "assets/",
		"assets/app.B7x2_k9Q.js assets/style.css":                                                            "",
		"assets/chunks/a.B7x2_k9Q.js assets/chunks/b.Q7x2_k9B.js assets/c.D7x2_k9Q.js assets/d.E7x2_k9Q.css": "assets/",
		"css/main.abcdefgh.css css/more.css":                                                                 "",
		"posts/2020-01-01.html posts/2020-01-02.html":                                                        "",
		"img/photo-landscape.png img/photo-portrait.png":                                                     "",
	} {
		if got := strings.Join(Immutable(strings.Fields(files)), " "); got != want {
			t.Errorf("%s: %q, want %q", files, got, want)
		}
	}
}
