package host

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/fstest"
)

func site(names ...string) fstest.MapFS {
	files := make(fstest.MapFS)
	for _, name := range names {
		name, content, _ := strings.Cut(name, "=")
		files[name] = &fstest.MapFile{Data: []byte(content)}
	}
	return files
}

func newHost(t *testing.T, id, base string, files fstest.MapFS) *Host {
	t.Helper()
	h, err := New(id, Options{Base: base, Site: files, Has: func(name string) bool { _, ok := files[name]; return ok }})
	if err != nil {
		t.Fatal(err)
	}
	return h
}

// said is an answer in few words.
func said(a Answer) string {
	switch {
	case a.Redirects():
		return fmt.Sprint(a.Status, " ", a.Location)
	case a.File != "":
		return fmt.Sprint(a.Status, " ", a.File)
	}
	return fmt.Sprint(a.Status)
}

// TestTheGuide holds the profiles to the live test that they were taken from:
// the rows are those of its table, with the files file.html,
// folder/index.html, and both.html beside both/index.html.
func TestTheGuide(t *testing.T) {
	files := site("index.html", "file.html", "folder/index.html", "both.html", "both/index.html")
	asked := []string{"/file", "/file/", "/file.html", "/folder", "/folder/", "/folder/index.html", "/both", "/both/"}
	for id, row := range map[string]string{
		"github-pages":          "200|404|200|/folder/|200|200|both.html|both/index.html",
		"netlify":               "200|/file|200|/folder/|200|200|both.html|/both",
		"netlify-plain":         "200|200|200|200|200|200|both.html|both/index.html",
		"vercel":                "404|404|200|200|200|200|both/index.html|both/index.html",
		"vercel-clean":          "200|200|/file|200|200|/folder|both.html|both/index.html",
		"vercel-clean-no-slash": "200|/file|/file|200|/folder|/folder|both.html|/both",
		"vercel-clean-slash":    "/file/|200|/file/|/folder/|200|/folder/|/both/|both.html",
		"cloudflare-pages":      "200|/file|/file|/folder/|200|/folder/|both.html|both/index.html",
		"render":                "200|200|200|200|200|200|both.html|both/index.html",
		"azure-static-web-apps": "200|/file|200|200|200|200|both.html|both/index.html",
		"firebase":              "404|404|200|/folder/|200|200|/both/|both/index.html",
		"s3-website":            "404|404|200|/folder/|200|200|/both/|both/index.html",
		"s3-cloudfront":         "403|403|200|403|403|200|403|403",
		"nginx":                 "404|404|200|/folder/|200|200|/both/|both/index.html",
	} {
		h := newHost(t, id, "/", files)
		for i, want := range strings.Split(row, "|") {
			a := h.Answer(asked[i])
			got := said(a)
			switch {
			case want == "200" && a.Status == 200:
				continue
			case strings.HasPrefix(want, "/"):
				got = a.Location
			case strings.HasSuffix(want, ".html"):
				got = a.File
			case a.Status == 404 || a.Status == 403:
				got = fmt.Sprint(a.Status)
			}
			if got != want {
				t.Errorf("%s %s: %s, want %s", id, asked[i], said(a), want)
			}
		}
	}
}

func TestEveryProfileIsWhole(t *testing.T) {
	files := site("index.html", "a/index.html", "b.html", "c.css", "404.html")
	for _, p := range Profiles() {
		if p.Name == "" || !strings.HasPrefix(p.Source, "https://") || p.Date == "" || p.NotFound.Status == 0 {
			t.Errorf("%s: name, source, date or what is not found is missing", p.ID)
		}
		for _, base := range []string{"/", "/repo/"} {
			h := newHost(t, p.ID, base, files)
			if got := said(h.Answer(base)); got != "200 index.html" {
				t.Errorf("%s: the home page is %s", p.ID, got)
			}
			for name := range files {
				urls := h.URLs(name)
				if len(urls) == 0 {
					t.Errorf("%s: no URL leads to %s", p.ID, name)
					continue
				}
				if a := h.Answer(urls[0].Path); a.Status != 200 || a.File != name || !strings.HasPrefix(urls[0].Path, base) {
					t.Errorf("%s: the canonical URL of %s is %s, which answers %s", p.ID, name, urls[0].Path, said(a))
				}
			}
		}
	}
}

func TestCanonicalURLs(t *testing.T) {
	files := site("index.html", "a/index.html", "b.html", "ü/index.html")
	for id, want := range map[string]string{
		"generic":               "/repo/ /repo/a/ /repo/b.html /repo/%C3%BC/",
		"netlify":               "/repo/ /repo/a/ /repo/b /repo/%C3%BC/",
		"cloudflare-pages":      "/repo/ /repo/a/ /repo/b /repo/%C3%BC/",
		"vercel-clean-no-slash": "/repo/ /repo/a /repo/b /repo/%C3%BC",
		"vercel-clean-slash":    "/repo/ /repo/a/ /repo/b/ /repo/%C3%BC/",
		"s3-cloudfront":         "/repo/ /repo/a/index.html /repo/b.html /repo/%C3%BC/index.html",
	} {
		h := newHost(t, id, "/repo/", files)
		var got []string
		for _, name := range []string{"index.html", "a/index.html", "b.html", "ü/index.html"} {
			got = append(got, h.URLs(name)[0].Path)
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%s: %s", id, strings.Join(got, " "))
		}
	}
}

func TestNotFound(t *testing.T) {
	for _, test := range []struct{ host, files, asked, want string }{
		{"github-pages", "index.html 404.html docs/404.html", "/docs/x", "404 404.html"},
		{"cloudflare-pages", "index.html 404.html docs/404.html", "/docs/x/y", "404 docs/404.html"},
		{"cloudflare-pages", "index.html 404.html docs/404.html", "/x", "404 404.html"},
		{"cloudflare-pages", "index.html", "/assets/gone.css", "200 index.html"},
		{"github-pages", "index.html", "/x", "404"},
		{"s3-cloudfront", "index.html 404.html", "/x", "403"},
	} {
		h := newHost(t, test.host, "/", site(strings.Fields(test.files)...))
		if got := said(h.Answer(test.asked)); got != test.want {
			t.Errorf("%s with %s: %s is %s, want %s", test.host, test.files, test.asked, got, test.want)
		}
	}
}

func TestWhatIsOutsideOfTheSite(t *testing.T) {
	h := newHost(t, "github-pages", "/repo/", site("index.html", "a.html", "404.html"))
	for asked, want := range map[string]string{
		"/repo/index": "200 index.html", "/repo": "301 /repo/", "/repo/": "200 index.html", "/": "404", "/other/a.html": "404", "/repo/%zz": "400", "/repo/a%2Ehtml": "200 a.html",
	} {
		if got := said(h.Answer(asked)); got != want {
			t.Errorf("%s: %s, want %s", asked, got, want)
		}
	}
}

func TestDroppedFiles(t *testing.T) {
	for _, test := range []struct {
		host, files, name string
		dropped, certain  bool
	}{
		{"cloudflare-pages", "_headers", "_headers", true, true},
		{"cloudflare-pages", "a/.DS_Store", "a/.DS_Store", true, true},
		{"firebase", ".well-known/x", ".well-known/x", true, true},
		{"firebase", "a/.b/c", "a/.b/c", true, true},
		{"github-pages", "_astro/a.js", "_astro/a.js", true, false},
		{"github-pages", "_astro/a.js .nojekyll", "_astro/a.js", false, false},
		{"nginx", "_astro/a.js", "_astro/a.js", false, false},
		{"apache", "a/.htaccess", "a/.htaccess", true, true},
	} {
		h := newHost(t, test.host, "/", site(strings.Fields(test.files)...))
		d, dropped := h.Dropped(test.name)
		if dropped != test.dropped || dropped && (d.If == "") != test.certain {
			t.Errorf("%s: %s dropped %v, %q", test.host, test.name, dropped, d.If)
		}
		if served := h.Answer("/"+test.name).Status == 200; served == (test.dropped && test.certain) {
			t.Errorf("%s: %s answered %v", test.host, test.name, served)
		}
	}
}

func TestHandler(t *testing.T) {
	files := site("index.html=home", "a/index.html=page a", "404.html=lost")
	server := httptest.NewServer(newHost(t, "github-pages", "/repo/", files).Handler(files))
	defer server.Close()
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	for _, test := range []struct{ method, path, ranges, want string }{
		{"GET", "/repo/", "", "200 home max-age=600 text/html; charset=utf-8"},
		{"HEAD", "/repo/", "", "200  max-age=600 text/html; charset=utf-8"},
		{"GET", "/repo/a?q=1", "", "301 /repo/a/?q=1"},
		{"GET", "/repo/a/", "bytes=5-5", "206 a max-age=600 text/html; charset=utf-8"},
		{"GET", "/repo/x", "", "404 lost max-age=600 text/html; charset=utf-8"},
		{"POST", "/repo/", "", "405   "},
	} {
		request, err := http.NewRequest(test.method, server.URL+test.path, nil)
		if err != nil {
			t.Fatal(err)
		}
		if test.ranges != "" {
			request.Header.Set("Range", test.ranges)
		}
		response, err := client.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(response.Body)
		response.Body.Close()
		got := fmt.Sprintf("%d %s %s %s", response.StatusCode, body, response.Header.Get("Cache-Control"), response.Header.Get("Content-Type"))
		if l := response.Header.Get("Location"); l != "" {
			got = fmt.Sprint(response.StatusCode, " ", l)
		}
		if err != nil || got != test.want {
			t.Errorf("%s %s: %q, want %q", test.method, test.path, got, test.want)
		}
	}
}

func TestUnknownHosts(t *testing.T) {
	if _, err := New("geocities", Options{}); err == nil || !strings.Contains(err.Error(), "github-pages") {
		t.Error(err)
	}
}

// TestSpellingsAgreeWithAnswers: what spellings say of a page is what the
// host answers.
func TestSpellingsAgreeWithAnswers(t *testing.T) {
	files := site("index.html", "a/index.html", "b.html", "d/e.html", "ü é.html")
	for _, p := range Profiles() {
		h := newHost(t, p.ID, "/", files)
		for name := range files {
			page, _ := h.Page(name)
			if got, want := h.escape(page), h.URLs(name)[0].Path; got != want {
				t.Errorf("%s: %s is at %s and at %s", p.ID, name, got, want)
			}
			for _, asked := range spellingsOf(name) {
				if asked == "index.html" {
					continue // the home page has no stem
				}
				got := said(h.answer("/" + asked))
				want := "404"
				for _, s := range append([]Spelling{{}}, h.Spellings()...) {
					stem, fits := strings.CutSuffix("/"+asked, s.Cut)
					to := strings.TrimPrefix(stem+s.Add, "/")
					if !fits || to != page {
						continue
					}
					if want = "200 " + name; s.Redirect {
						want = "30x " + h.escape(to)
					}
					break
				}
				if strings.HasPrefix(got, "40") {
					continue // a worker may know more spellings
				}
				if strings.HasPrefix(want, "30x") && strings.HasPrefix(got, "30") {
					got = "30x" + got[3:]
				}
				if p.ID == "firebase-clean" && strings.HasSuffix(asked, "/") {
					continue // it knows x/ of folders alone, and workers cannot tell
				}
				if got != want {
					t.Errorf("%s: /%s is %s, and the spellings say %s", p.ID, asked, got, want)
				}
			}
		}
	}
}

// TestPagesInEachOthersWay: x.html beside x/index.html, both of which a host
// may show under one address, get addresses of their own.
func TestPagesInEachOthersWay(t *testing.T) {
	files := site("index.html", "both.html", "both/index.html")
	for _, p := range Profiles() {
		h := newHost(t, p.ID, "/", files)
		file, has := h.Page("both.html")
		folder, hasToo := h.Page("both/index.html")
		if has && hasToo && file == folder || !has && !hasToo {
			t.Errorf("%s: both are at %s", p.ID, file)
		}
	}
}

func TestAnUnknownHostIsGuessed(t *testing.T) {
	for name, want := range map[string]string{
		"github": "github-pages", "GitHub": "github-pages", "cloudflare": "cloudflare-pages", "azure": "azure-static-web-apps", "s3": "s3-website",
		"netlfiy": "netlify", "netlify.app": "netlify", "githubpages": "github-pages", "firebase-hosting": "firebase", "geocities": "", "": "",
	} {
		_, err := ByID(name)
		if _, guess, _ := strings.Cut(err.Error(), "did you mean "); guess != "" && want == "" || want != "" && guess != want+"?" {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestHeadersAreTracedToTheirRules(t *testing.T) {
	h := newHost(t, "netlify", "/", fstest.MapFS{"_headers": {Data: []byte("# ours\n/a/*\n  X-A: https://a.example/ 1\n\n/a/b\n  x-a: 2\n/a/c\n  ! X-A\n")}})
	for path, want := range map[string]string{"/a/x": "_headers:2", "/a/b": "_headers:5", "/a/c": "", "/b": "", "/%zz": ""} {
		if got := h.HeaderFrom(path, "X-A"); got != want {
			t.Errorf("%s: %q, want %q", path, got, want)
		}
	}
}
