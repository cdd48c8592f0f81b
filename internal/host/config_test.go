package host

import (
	"strings"
	"testing"
)

// TestConfigurations reads each file that a host reads, and asks.
func TestConfigurations(t *testing.T) {
	for _, test := range []struct {
		name, host, file, content string
		files                     string
		answers                   map[string]string
		findings                  string
	}{
		{
			"redirects of Netlify give way to files", "netlify", "_redirects", `
# old addresses
/old       /new
/docs/*    /guide/:splat  302
/home      /              301!
/index.html /elsewhere    301!
/app/*     /app/index.html 200
/news/:year/:slug /blog/:year-:slug
/fr/*      /fr/404.html   404
/store id=:id /blog/:id 301
/ /anz 302 Country=au,nz
/broken
`,
			"index.html new/index.html docs/real.html app/index.html fr/404.html home.html",
			map[string]string{
				"/old": "301 /new", "/old/": "301 /new", "/docs/a/b": "302 /guide/a/b", "/docs/real": "200 docs/real.html",
				"/home": "301 /", "/index.html": "301 /elsewhere", "/app/deep/er": "200 app/index.html", "/news/2020/x": "301 /blog/2020-x",
				"/fr/x": "404 fr/404.html", "/": "200 index.html",
			},
			"note _redirects:10: the rule depends on the query; note _redirects:11: the rule depends on the visitor; warning _redirects:12: no target in \"/broken\"",
		},
		{
			"redirects of Cloudflare go before files", "cloudflare-pages", "_redirects", "/a /b\n/x/* /y/:splat 301",
			"a.html b.html x/z.html y/z.html 404.html", map[string]string{"/a": "302 /b", "/x/z": "301 /y/z", "/b": "200 b.html"}, "",
		},
		{
			"netlify.toml", "netlify", "netlify.toml", `
[build.processing.html]
pretty_urls = false
[[redirects]]
from = "/a/*"
to = "/b/:splat"
status = 302
force = true
[[headers]]
for = "/*"
[headers.values]
Cache-Control = "no-store"
`,
			"a/x.html b.html", map[string]string{"/a/x": "302 /b/x", "/b/": "200 b.html no-store"}, "",
		},
		{
			"_headers", "cloudflare-pages", "_headers", `
/*
  X-Frame-Options: DENY
/static/*
  Cache-Control: public, max-age=31536000, immutable
/secret/x.html
  ! X-Frame-Options
`,
			"index.html static/a.js 404.html", map[string]string{
				"/": "200 index.html public, max-age=0, must-revalidate", "/static/a.js": "200 static/a.js public, max-age=31536000, immutable",
			}, "",
		},
		{
			"vercel.json", "vercel", "vercel.json", `{
  "cleanUrls": true, "trailingSlash": false,
  "redirects": [
    {"source": "/old/:path*", "destination": "/new/:path*"},
    {"source": "/v(\\d+)/:rest", "destination": "/version/$1/:rest", "permanent": false},
    {"source": "/me", "destination": "/you", "has": [{"type": "cookie", "key": "x"}]}
  ],
  "rewrites": [{"source": "/:path*", "destination": "/index.html"}],
  "headers": [{"source": "/(.*).css", "headers": [{"key": "Cache-Control", "value": "max-age=60"}]}]
}`,
			"index.html a.html b/index.html s.css", map[string]string{
				"/a": "200 a.html", "/a.html": "308 /a", "/b/": "308 /b", "/old/x/y": "308 /new/x/y", "/v12/x": "307 /version/12/x",
				"/unknown/x": "200 index.html", "/s.css": "200 s.css max-age=60",
			},
			"note vercel.json: the rule for /me depends on the request",
		},
		{
			"firebase.json", "firebase", "firebase.json", `{"hosting": {
  "cleanUrls": true, "ignore": ["**/*.txt"],
  "redirects": [{"source": "/foo{,/**}", "destination": "/bar"}, {"regex": "^/r/(?P<id>\\d+)$", "destination": "/items/:id", "type": 302}],
  "rewrites": [{"source": "/api/**", "function": "api"}, {"source": "**", "destination": "/index.html"}],
  "headers": [{"source": "**/*.@(css|js)", "headers": [{"key": "Cache-Control", "value": "max-age=9"}]}]
}}`,
			"index.html a.html n.txt x/s.css", map[string]string{
				"/a.html": "301 /a", "/a": "200 a.html", "/foo/x": "301 /bar", "/foo": "301 /bar", "/r/12": "302 /items/12", "/nowhere": "200 index.html",
				"/n.txt": "200 index.html", "/x/s.css": "200 x/s.css max-age=9",
			},
			"note firebase.json: the rule for /api/** leads to what is no file",
		},
		{
			"staticwebapp.config.json", "azure-static-web-apps", "staticwebapp.config.json", `{
  "trailingSlash": "always",
  "routes": [{"route": "/old*", "redirect": "/new", "statusCode": 301}, {"route": "/admin", "allowedRoles": ["admin"]}, {"route": "/shown", "rewrite": "/a.html"}],
  "navigationFallback": {"rewrite": "/index.html", "exclude": ["/img/*.{png,gif}"]},
  "globalHeaders": {"Cache-Control": "no-cache"}
}`,
			"index.html a.html", map[string]string{
				"/a": "301 /a/", "/a/": "200 a.html no-cache", "/older": "301 /new", "/shown": "200 a.html", "/x": "200 index.html", "/img/x.png": "404",
			},
			"note staticwebapp.config.json: the rule for /admin depends on the visitor",
		},
		{
			"wrangler.toml", "cloudflare-workers", "wrangler.toml", "[assets]\nhtml_handling = \"drop-trailing-slash\"\nnot_found_handling = \"single-page-application\"\n",
			"index.html a/index.html", map[string]string{"/a/": "307 /a", "/a": "200 a/index.html", "/x": "200 index.html"}, "",
		},
		{
			"wrangler.jsonc", "cloudflare-workers", "wrangler.jsonc", "{ // comment\n \"assets\": {\"not_found_handling\": \"404-page\",}, }",
			"index.html 404.html", map[string]string{"/x": "404 404.html"}, "",
		},
		{
			"a file that is none", "vercel", "vercel.json", "{", "index.html", map[string]string{"/": "200 index.html"},
			"warning vercel.json: it is not JSON that Vercel understands",
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			files := site(strings.Fields(test.files)...)
			files[test.file] = site("x=" + test.content)["x"]
			h := newHost(t, test.host, "/", files)
			for asked, want := range test.answers {
				a := h.Answer(asked)
				got := said(a)
				if len(strings.Fields(want)) > 2 {
					got += " " + a.Header.Get("Cache-Control")
				}
				if got != want {
					t.Errorf("%s: %s (%s), want %s", asked, got, a.Rule, want)
				}
			}
			var said []string
			for _, f := range h.Findings {
				said = append(said, string(f.Severity)+" "+f.String())
			}
			for i, want := range strings.Split(test.findings, "; ") {
				if i < len(said) != (want != "") || i < len(said) && !strings.HasPrefix(said[i], want) || len(said) > len(strings.Split(test.findings, "; ")) {
					t.Errorf("findings are %q, want %q", said, test.findings)
				}
			}
		})
	}
}

// FuzzConfigurations: whatever is in a file, hosts answer.
func FuzzConfigurations(f *testing.F) {
	for _, seed := range []string{
		"/a/* /b/:splat 301!\n/* /index.html 200\n/a\n  X: y", `{"redirects": [{"source": "/:a(x)/:b*", "destination": "/$1/:b"}]}`,
		`{"hosting": {"rewrites": [{"source": "/@(a|b)/{c,d}/[!x]?/**", "destination": "/i.html"}]}}`, `{"routes": [{"route": "/a*.{b,c}", "redirect": "/x"}]}`,
		"[[redirects]]\nfrom = \"/a\"\nto = \"/b\"\n",
	} {
		f.Add(seed, "/a/b")
	}
	f.Fuzz(func(t *testing.T, content, asked string) {
		for _, p := range Profiles() {
			for _, c := range configOf(p.ID) {
				files := site("index.html", "a/b.html", c.name+"="+content)
				a := newHost(t, p.ID, "/", files).Answer(asked)
				if a.Status < 200 || a.Status > 599 {
					t.Errorf("%s with %q in %s: status %d", p.ID, content, c.name, a.Status)
				}
			}
		}
	})
}

func TestDetect(t *testing.T) {
	for _, test := range []struct {
		files []string
		want  string
	}{
		{nil, ""},
		{[]string{"netlify.toml"}, "netlify netlify.toml"},
		{[]string{"firebase.json={\"functions\": {}}"}, ""},
		{[]string{"firebase.json={\"hosting\": {}}"}, "firebase firebase.json"},
		{[]string{"wrangler.toml=pages_build_output_dir = \"public\"\n# not assets"}, "cloudflare-pages wrangler.toml"},
		{[]string{"wrangler.jsonc={\"assets\": {}}"}, "cloudflare-workers wrangler.jsonc"},
		{[]string{".github/workflows/deploy.yml=  - uses: actions/deploy-pages@v4", "vercel.json"}, "vercel vercel.json github-pages .github/workflows/deploy.yml"},
		{[]string{".github/workflows/deploy.yml=  # actions/deploy-pages is not used"}, ""},
	} {
		var got []string
		for _, f := range Detect(site(test.files...)) {
			got = append(got, f.ID, f.From)
		}
		if strings.Join(got, " ") != test.want {
			t.Errorf("%q: %q", test.files, got)
		}
	}
}
