package verify_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/swgen/swgen"
)

// worker is a hand-made worker of two files.
const worker = `
addEventListener("install", event => event.waitUntil(caches.open("v1").then(cache => cache.addAll(["./", "page.html"]))));
addEventListener("fetch", event => event.respondWith(caches.match(event.request, {ignoreSearch: true}).then(found => found || fetch(event.request))));
`

// registering is a page that registers it.
func registering(call string) string {
	return pageOf("<script>navigator.serviceWorker.register(" + call + ")</script>")
}

func pageOf(head string) string {
	return "<!doctype html><html><head><title>x</title>\n" + head + "\n</head><body></body></html>"
}

// setupCase is a site, made of a usual one and some files ("" removes one), and
// what is wrong with its set-up: lines of severity, kind, place and message. A
// clean neighbour has nothing.
type setupCase struct {
	name   string
	files  map[string]string
	config swgen.Config
	want   string
}

// deployed are sites with a worker of their own.
var deployed = []setupCase{
	{"a whole site", nil, swgen.Config{}, ``},
	{"under a path", map[string]string{"index.html": registering(`"sw.js"`), "page.html": registering(`"/repo/sw.js", {scope: "/repo/"}`)}, swgen.Config{Base: "/repo/"}, ``},

	{"no page registers", map[string]string{"index.html": pageOf(""), "page.html": pageOf("")}, swgen.Config{},
		`error registration-missing no page registers a worker, so no visitor gets it`},
	{"a script that cannot be read may register", map[string]string{"index.html": pageOf("<script src=https://cdn.example/x.js></script>"), "page.html": pageOf("")}, swgen.Config{},
		`warning registration-missing no page registers a worker, so no visitor gets it`},
	{"a page does not register", map[string]string{"a.html": pageOf(""), "b.html": pageOf("")}, swgen.Config{},
		`warning registration-missing a.html: 2 of 4 pages register no worker, such as /a, /b`},
	{"pages that need not register", map[string]string{
		"404.html": pageOf(""), "part.html": "<p>part</p>", "old.html": pageOf("<meta http-equiv=refresh content='0; url=/page.html'>"),
	}, swgen.Config{}, ``},
	{"pages that register by scripts and elements", map[string]string{
		"index.html":     pageOf("<script type=module src=a.js></script>"),
		"page.html":      pageOf("<script src=d/s.js></script>"),
		"load.html":      strings.Replace(pageOf(""), "<body>", `<body onload="navigator.serviceWorker.register('sw.js')">`, 1),
		"click.html":     strings.Replace(pageOf(""), "<body>", `<body><button onclick="navigator.serviceWorker.register('/else.js')">x</button>`, 1),
		"amp.html":       strings.Replace(pageOf(""), "<html>", "<html amp>", 1) + `<amp-install-serviceworker src="/sw.js" layout=nodisplay></amp-install-serviceworker>`,
		"framed.html":    pageOf("") + `<iframe src=page.html></iframe>`,
		"computed.html":  registering(`location.hash`),
		"imported.html":  pageOf("<script type=module>import('./b.js')</script>"),
		"a.js":           "import './b.js'",
		"b.js":           "navigator.serviceWorker.register(new URL('sw.js', import.meta.url), {type: 'classic'})",
		"d/s.js":         "navigator.serviceWorker.register('sw.js')",
		"workbox.html":   pageOf("<script type=module>const wb = new Workbox('sw.js'); wb.register()</script>"),
		"branches.html":  pageOf("<script>if (x) navigator.serviceWorker.register('/dev.js'); else navigator.serviceWorker.register('sw.js')</script>"),
		"prefetch.html":  registering(`"sw.js"`) + "<link rel=prefetch href=/none.js>",
		"noscripts.html": registering(`"sw.js"`) + "<noscript><script>navigator.serviceWorker.register('/none.js')</script></noscript>",
	}, swgen.Config{}, ``},

	{"two scripts register", map[string]string{"index.html": registering(`"sw.js"`) + "<script src=r.js></script>", "r.js": "\nnavigator.serviceWorker.register('/sw.js')"}, swgen.Config{},
		`note registration-doubled index.html:2: registers the worker, and so does r.js:2; this concerns /`},
	{"two scripts register for two scopes", map[string]string{"index.html": registering(`"sw.js"`) + "<script src=r.js></script>", "r.js": "\nnavigator.serviceWorker.register('/sw.js', {scope: '/d/'})"}, swgen.Config{}, ``},

	{"another worker", map[string]string{"other.html": registering(`"/other.js"`), "both.html": registering(`"/sw.js"`) + "<script src=r.js></script>", "r.js": "navigator.serviceWorker.register('/other.js', {scope: '/push/'})", "other.js": "1"}, swgen.Config{}, `
		warning registration-other other.html:2: registers /other.js for the same scope, and not the worker /sw.js; this concerns /other
		note registration-other r.js:1: registers /other.js for the scope /push/, and not the worker /sw.js, which the page itself registers; this concerns /both`},

	{"no worker at the address", map[string]string{"index.html": registering(`"/sw.js"`), "page.html": registering(`"/no.js"`)}, swgen.Config{Base: "/repo/"}, `
		warning registration-url index.html:2: registers /sw.js; this answers with status 404; this concerns /repo/
		warning registration-url page.html:2: registers /no.js; this answers with status 404; this concerns /repo/page`},
	{"a page at the address", map[string]string{"page.html": registering(`"/elsewhere.html"`), "elsewhere.html": registering(`"sw.js"`), "a/b.html": registering(`"sw.js"`), "_redirects": "/moved.js /sw.js 301", "m.html": registering(`"moved.js"`)}, swgen.Config{}, `
		warning registration-url a/b.html:2: registers /a/sw.js; this answers with status 404; this concerns /a/b
		warning registration-url m.html:2: registers /moved.js; this is redirected to /sw.js, which browsers refuse; this concerns /m
		warning registration-url page.html:2: registers /elsewhere.html; this is of type "text/html; charset=utf-8", which is no script; this concerns /page`},
	{"another origin", map[string]string{
		"index.html": registering(`"https://cdn.example/sw.js"`) + "<link rel=canonical href=https://a.example/>", "page.html": registering(`"https://a.example/sw.js"`),
	}, swgen.Config{}, `
		warning registration-url index.html:2: registers https://cdn.example/sw.js; this is of another origin, which browsers refuse; this concerns /`},
	{"an origin that is not known", map[string]string{"index.html": registering(`"https://a.example/sw.js"`)}, swgen.Config{}, ``},
	{"a base that the address is relative to", map[string]string{"d/a.html": pageOf("<base href=/repo/d/><script>navigator.serviceWorker.register('sw.js')</script>")}, swgen.Config{Base: "/repo/"}, `
		warning registration-url d/a.html:2: registers /repo/d/sw.js, written relative to the base /repo/d/ of the page; this answers with status 404; this concerns /repo/d/a`},

	{"a scope that is too wide", map[string]string{"sw.js": "", "app/sw.js": worker, "app/index.html": registering(`"sw.js"`), "app/page.html": registering(`"sw.js", {scope: "/"}`), "index.html": registering(`"app/sw.js"`), "page.html": ""}, swgen.Config{Worker: "app/sw.js"}, `
		warning registration-scope app/page.html:2: registers the worker for the scope /, and browsers refuse all that is not within /app/; this concerns /app/page
		warning scope-pages app/sw.js: has the scope /app/, and there are pages outside of it; this concerns /`},
	{"a scope that the host allows", map[string]string{
		"sw.js": "", "app/sw.js": worker, "app/index.html": registering(`"sw.js"`), "app/page.html": registering(`"sw.js", {scope: "/"}`), "index.html": "", "page.html": "",
		"_headers": "/app/sw.js\n  Service-Worker-Allowed: ..",
	}, swgen.Config{Worker: "app/sw.js"},
		`warning registration-scope app/page.html:2: registers the worker for the scope /, and it was verified for /app/; this concerns /app/page`},
	{"another scope than was verified", map[string]string{"index.html": registering(`"sw.js", {scope: "/app/"}`)}, swgen.Config{},
		`warning registration-scope index.html:2: registers the worker for the scope /app/, and it was verified for /; this concerns /`},

	{"links to the base path without its slash", map[string]string{
		"index.html": registering(`"sw.js"`) + "<a href=/repo>a</a><a href=/repo/>b</a>", "page.html": registering(`"sw.js"`) + "<a href='/repo?x#y'>c</a><a href=./>d</a>",
	}, swgen.Config{Base: "/repo/"},
		`warning link-outside-scope index.html: 2 links lead to /repo, which no worker below /repo/ controls: offline, visitors see the browser's error page`},
	{"one link to the base path without its slash", map[string]string{"index.html": registering(`"/repo/sw.js"`) + "<a href=../repo>a</a>"}, swgen.Config{Base: "/repo/"},
		`warning link-outside-scope index.html: a link leads to /repo, which no worker below /repo/ controls: offline, visitors see the browser's error page`},

	{"bases", map[string]string{
		"out.html": pageOf("<base href=/><script>navigator.serviceWorker.register('/repo/sw.js')</script>"),
		"in.html":  pageOf("<base href=./><script>navigator.serviceWorker.register('sw.js')</script>"),
		"far.html": pageOf("<base href=https://b.example/repo/><script>navigator.serviceWorker.register('/repo/sw.js')</script>"),
	}, swgen.Config{Base: "/repo/"}, `
		warning base-path out.html:2: the base element leads to /, and the site is under /repo/; this concerns /repo/out`},

	{"Vary: *", map[string]string{"_headers": "/*\n  X-A: b\n/page\n  Vary: Accept, *", "sw.js": strings.ReplaceAll(worker, "page.html", "page")}, swgen.Config{},
		`warning vary-star _headers:3: Vary: * is sent with what is precached, such as /page, and cache.put() refuses it: the worker does not install`},
	{"another Vary", map[string]string{"_headers": "/page\n  Vary: Accept", "sw.js": strings.ReplaceAll(worker, "page.html", "page")}, swgen.Config{}, ``},
	{"Vary: * on what is not stored", map[string]string{"_headers": "/x\n  Vary: *", "x.html": registering(`"/sw.js"`)}, swgen.Config{}, ``},

	{"a worker that is no script", map[string]string{"_headers": "/sw.js\n  Content-Type: text/plain"}, swgen.Config{},
		`warning worker-type _headers:1: the worker /sw.js is of type "text/plain", which is no script`},
	{"a worker of another type", map[string]string{"_headers": "/sw.js\n  Content-Type: Application/JavaScript;charset=utf-8"}, swgen.Config{}, ``},
	{"a worker that the host moves", map[string]string{"_redirects": "/sw.js /x.js 301!", "x.js": "1"}, swgen.Config{},
		`warning worker-type sw.js: the worker /sw.js is redirected to /x.js, which browsers refuse`},

	{"a policy of the worker", map[string]string{"_headers": "/sw.js\n  Content-Security-Policy: default-src 'none'; connect-src 'self' https:/page"}, swgen.Config{}, ``},
	{"a policy that forbids to fetch", map[string]string{"_headers": "/sw.js\n  Content-Security-Policy: default-src 'none'", "sw.js": strings.ReplaceAll(worker, "page.html", "page")}, swgen.Config{},
		`warning csp-connect _headers:1: "default-src 'none'" is sent with the worker and forbids it to fetch 2 of the 2 files that it precaches, such as /`},
}

// made are sites for which swgen makes the worker and registers it.
var madeSites = []setupCase{
	{"a whole site", nil, swgen.Config{}, ``},
	{"a worker of its own place", nil, swgen.Config{Worker: "a/sw.js", RegisterScript: "b/register.js"},
		`warning scope-pages a/sw.js: has the scope /a/, and there are pages outside of it; this concerns 2 of 2 pages, such as / and /page`},
	{"a scope that is configured", map[string]string{"a/x.html": pageOf("")}, swgen.Config{Scope: "/a/"},
		`warning scope-pages sw.js: has the scope /a/, and there are pages outside of it; this concerns 2 of 3 pages, such as / and /page`},
	{"Vary: * is taken off", map[string]string{"_headers": "/*\n  Vary: *"}, swgen.Config{}, ``},

	{"a policy of all", map[string]string{"_headers": "/*\n  Content-Security-Policy: default-src 'self'; require-trusted-types-for 'script'; trusted-types swgen; sandbox allow-scripts allow-same-origin"}, swgen.Config{}, ``},
	{"a policy that forbids the script", map[string]string{"_headers": "/*\n  Content-Security-Policy: script-src 'none'"}, swgen.Config{},
		`warning csp-script _headers:1: "script-src 'none'" blocks /swgen-register.js, which registers the worker; this concerns 2 of 2 pages, such as / and /page`},
	{"a policy with nonces", map[string]string{"page.html": pageOf("<meta http-equiv=content-security-policy content=\"script-src 'nonce-abc'; worker-src 'self'\">")}, swgen.Config{Nonce: "abc"}, ``},
	{"another nonce", map[string]string{"page.html": pageOf("<meta http-equiv=content-security-policy content=\"script-src 'nonce-abc'; worker-src 'self'\">")}, swgen.Config{Nonce: "abd"},
		`warning csp-script page.html:2: "script-src 'nonce-abc'" blocks /swgen-register.js, which registers the worker; this concerns /page`},
	{"a policy in the body", map[string]string{"page.html": strings.Replace(pageOf(""), "<body>", "<body><meta http-equiv=content-security-policy content=\"script-src 'none'\">", 1)}, swgen.Config{}, ``},
	{"a policy of another origin", map[string]string{"_headers": "/*\n  Content-Security-Policy: script-src https://b.example", "page.html": pageOf("<link rel=canonical href=https://a.example/page>")}, swgen.Config{},
		`warning csp-script _headers:1: "script-src https://b.example" blocks /swgen-register.js, which registers the worker; this concerns 2 of 2 pages, such as / and /page`},
	{"a policy of the origin", map[string]string{"_headers": "/*\n  Content-Security-Policy: script-src https://a.example", "page.html": pageOf("<link rel=canonical href=https://a.example/page>")}, swgen.Config{}, ``},
	{"a policy of what may be the origin", map[string]string{"_headers": "/*\n  Content-Security-Policy: script-src https://*.example.com/swgen-register.js; worker-src *.example.com"}, swgen.Config{}, ``},
	{"a policy of another path", map[string]string{"_headers": "/*\n  Content-Security-Policy: script-src https://*.example.com/a/; worker-src *.example.com"}, swgen.Config{},
		`warning csp-script _headers:1: "script-src https://*.example.com/a/" blocks /swgen-register.js, which registers the worker; this concerns 2 of 2 pages, such as / and /page`},
	{"a policy that forbids workers", map[string]string{"page.html": pageOf("<meta http-equiv=content-security-policy content=\"script-src 'self'; child-src 'none'\">")}, swgen.Config{},
		`warning csp-worker page.html:2: "child-src 'none'" forbids the worker /sw.js; this concerns /page`},
	{"a sandbox", map[string]string{"_headers": "/page\n  Content-Security-Policy: sandbox allow-scripts"}, swgen.Config{},
		`warning csp-sandbox _headers:1: "sandbox allow-scripts" has no allow-same-origin, without which no worker is registered; this concerns /page`},
	{"a sandbox in the page is none", map[string]string{
		"page.html": pageOf("<meta http-equiv=content-security-policy content=sandbox>"), "_headers": "/\n  Content-Security-Policy: sandbox",
	}, swgen.Config{}, `warning csp-sandbox _headers:1: "sandbox" has no allow-scripts, without which no worker is registered; this concerns /`},
	{"trusted types", map[string]string{"_headers": "/*\n  Content-Security-Policy: require-trusted-types-for 'script'; trusted-types default other"}, swgen.Config{},
		`warning trusted-types _headers:1: "require-trusted-types-for 'script'" refuses strings, and "trusted-types default other" the policy "swgen" of swgen-register.js:1; this concerns 2 of 2 pages, such as / and /page`},

	{"a policy and a script in the page", map[string]string{"page.html": pageOf("<meta http-equiv=content-security-policy content=\"script-src 'self'\"><script>navigator.serviceWorker.register('/sw.js')</script>")}, swgen.Config{},
		`warning csp-script page.html:2: "script-src 'self'" blocks the script in the page, which registers the worker; this concerns /page`},
	{"a policy after the script", map[string]string{"page.html": pageOf("<script>navigator.serviceWorker.register('/sw.js')</script><meta http-equiv=content-security-policy content=\"script-src 'self'\">")}, swgen.Config{}, ``},
	{"a policy with the hash of the script", map[string]string{"page.html": pageOf("<meta http-equiv=content-security-policy content=\"script-src 'sha256-X'; script-src 'self'; worker-src 'self'\"><script>navigator.serviceWorker.register('/sw.js')</script>")}, swgen.Config{},
		`warning csp-script page.html:2: "script-src 'sha256-X'" blocks the script in the page, which registers the worker; this concerns /page`},
	{"strings and trusted types", map[string]string{"page.html": pageOf("<meta http-equiv=content-security-policy content=\"require-trusted-types-for 'script'\"><script>navigator.serviceWorker.register('/sw.js')</script>")}, swgen.Config{},
		`warning trusted-types page.html:2: "require-trusted-types-for 'script'" refuses the string that the page itself registers; this concerns /page`},
	{"strings and a default policy", map[string]string{"page.html": pageOf("<meta http-equiv=content-security-policy content=\"require-trusted-types-for 'script'\"><script>trustedTypes.createPolicy('default', {createScriptURL: u => u}); navigator.serviceWorker.register('/sw.js')</script>")}, swgen.Config{}, ``},

	{"where visitors begin", map[string]string{
		"page.html": pageOf("<link rel=manifest href=/app.webmanifest>"),
		"app.webmanifest": `{"start_url": "/drafts/a?source=app",
			"icons": [{"src": "i.png", "sizes": "512x512"}],
			"shortcuts": [{"url": "/page"},
				{"url": "/drafts/a"}]}`,
		"drafts/a.html": pageOf(""), "i.png": "x",
	}, swgen.Config{Exclude: []string{"drafts/**"}}, `
		warning manifest-offline app.webmanifest:1: start_url leads to /drafts/a?source=app, which does not work without a network: drafts/** leaves it out
		warning manifest-offline app.webmanifest:4: a shortcut leads to /drafts/a, which does not work without a network: drafts/** leaves it out`},
	{"where visitors begin, offline", map[string]string{
		"page.html":       pageOf("<link rel=manifest href=/app.webmanifest>"),
		"app.webmanifest": `{"start_url": "/?source=app", "icons": [{"src": "i.png", "sizes": "512x512"}], "shortcuts": [{"url": "/page.html"}]}`, "i.png": "x",
	}, swgen.Config{}, ``},
	{"where visitors begin, outside", map[string]string{
		"page.html":       pageOf("<link rel=manifest href=/app.webmanifest>"),
		"app.webmanifest": `{"start_url": "/", "icons": [{"src": "i.png", "sizes": "512x512"}]}`, "i.png": "x", "a/x.html": pageOf(""),
	}, swgen.Config{Worker: "a/sw.js"}, `
		warning manifest-scope app.webmanifest:1: start_url leads to /, which is outside of the worker's scope /a/
		warning scope-pages a/sw.js: has the scope /a/, and there are pages outside of it; this concerns 2 of 3 pages, such as / and /page`},

	{"long caching", map[string]string{"_headers": "/*\n  Cache-Control: public, max-age=604800"}, swgen.Config{}, `
		warning long-cache _headers:1: "public, max-age=604800" is sent with pages: caches may keep it for 7 days; this concerns 2 of 2 pages, such as / and /page
		warning long-cache _headers:1: "public, max-age=604800" is sent with the worker: caches may keep it for 7 days`},
	{"short caching", map[string]string{"_headers": "/*\n  Cache-Control: max-age=600\n/s.css\n  Cache-Control: max-age=31536000, immutable\n/page\n  Cache-Control: max-age=31536000, no-cache"}, swgen.Config{}, ``},
	{"types that are wrong", map[string]string{
		"page.html": pageOf("<link rel=stylesheet href=/s.css><script src=/s.js></script>"), "s.css": "a{}", "s.js": "1",
		"_headers": "/*\n  X-Content-Type-Options: nosniff\n/s.*\n  Content-Type: text/plain",
	}, swgen.Config{}, `
		warning nosniff _headers:3: the script /s.js has the type "text/plain", and nosniff makes browsers refuse it
		warning nosniff _headers:3: the style /s.css has the type "text/plain", and nosniff makes browsers refuse it`},
	{"types that are right", map[string]string{
		"page.html": pageOf("<link rel=stylesheet href=/s.css><script src=/s.js></script>"), "s.css": "a{}", "s.js": "1", "_headers": "/*\n  X-Content-Type-Options: nosniff",
	}, swgen.Config{}, ``},
	{"sites that are wiped", map[string]string{"_headers": "/page\n  Clear-Site-Data: \"cache\", \"storage\""}, swgen.Config{},
		`warning clear-site-data _headers:1: Clear-Site-Data: "storage" is sent with pages, and removes the worker and its caches with each visit that reaches the host; this concerns /page`},
	{"caches that are wiped", map[string]string{"_headers": "/*\n  Clear-Site-Data: \"cache\""}, swgen.Config{}, ``},
}

// with is a site with some files changed.
func (c setupCase) with(usual map[string]string) fstest.MapFS {
	site := fstest.MapFS{}
	all := maps.Clone(usual)
	maps.Copy(all, c.files)
	for name, content := range all {
		if content != "" {
			site[name] = file(content)
		}
	}
	return site
}

func (c setupCase) check(t *testing.T, report *swgen.Report, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	var got, want []string
	for _, f := range report.Setup {
		if f.Hint == "" {
			t.Errorf("no advice: %v", f)
		}
		got = append(got, fmt.Sprintf("%s %s %s", f.Severity, f.ID, f))
	}
	for line := range strings.Lines(c.want) {
		if line = strings.TrimSpace(line); line != "" {
			want = append(want, line)
		}
	}
	if !slices.Equal(got, want) {
		t.Errorf("got\n  %s\nwant\n  %s", strings.Join(got, "\n  "), strings.Join(want, "\n  "))
	}
}

func TestTheSetupOfWorkersOfOthers(t *testing.T) {
	usual := map[string]string{"index.html": registering(`"sw.js"`), "page.html": registering(`"/sw.js", {scope: "/"}`), "sw.js": worker}
	for i, c := range deployed {
		if few && i%8 != 1 {
			continue
		}
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if c.config.Base != "" && c.files["page.html"] == "" {
				c.files["page.html"] = registering(`"sw.js"`)
			}
			c.config.Host = "netlify"
			report, err := swgen.VerifyDeployed(t.Context(), c.with(usual), c.config, false, nil, swgen.VerifyOptions{Laws: []string{"W1"}, Pages: true})
			c.check(t, report, err)
		})
	}
}

func TestTheSetupOfWorkersOfSwgen(t *testing.T) {
	usual := map[string]string{"index.html": pageOf(""), "page.html": pageOf("")}
	for i, c := range madeSites {
		if few && i%8 != 1 {
			continue
		}
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			site := c.with(usual)
			c.config.Host = "netlify"
			result, err := swgen.Build(t.Context(), site, c.config)
			if err != nil || result.Failed(false) {
				t.Fatal(err, result.Findings)
			}
			report, err := swgen.Verify(t.Context(), site, result, nil, swgen.VerifyOptions{Laws: []string{"W1"}, Pages: true})
			c.check(t, report, err)
		})
	}
}
