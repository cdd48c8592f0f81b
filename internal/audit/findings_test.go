package audit

import (
	"slices"
	"strings"
	"testing"
	"testing/fstest"
)

// found writes findings as `severity id place: message`, and those about
// orphans only when they are asked for.
func found(s *Site, orphans bool) (list []string) {
	for _, f := range s.Findings {
		if orphans == (f.ID == "orphans" || f.ID == "old-fingerprint") {
			list = append(list, string(f.Severity)+" "+f.ID+" "+f.String())
		}
	}
	return list
}

func TestFindings(t *testing.T) {
	for name, c := range map[string]struct{ site, want string }{
		"a whole site": {`
-- index.html --
<a href=/r/>home</a><a href=#x>x</a><a href="mailto:a@example.com">m</a><a href=https://other.example/>o</a><a href=/other/>o</a>`, ``},
		"links and references to nothing": {`
-- index.html --
<a href=no.html>n</a>
<img src=no.png><link rel=icon href=no.ico>
-- b.html --
<a href=/r/no.html#x>n</a><link rel=preload href=no.woff2 as=font>`, `
warning broken-link b.html:1: a link to "/r/no.html#x" leads to nothing, here and in 1 other places
warning missing-file index.html:2: the image "no.png" is not in the site
note missing-file b.html:1: the font "no.woff2" is not in the site
note missing-file index.html:2: the icon "no.ico" is not in the site`},
		"upper and lower case": {`
-- index.html --
<img src=Img/A.png><a href=About>a</a>
-- img/a.png --
-- about.html --`, `
warning wrong-case index.html:1: a link to "About" leads to nothing
warning wrong-case index.html:1: the image "Img/A.png" is not in the site`},
		"names that are not encoded": {"\n-- index.html --\n" +
			"<img src='a%20b.png'><img src='c#d.png'><img src='e?f.png'><img src='g+h.png'><img src='\u00fc.png'><img src='100%.png'>\n" +
			"-- a%20b.png --\n-- c#d.png --\n-- e?f.png --\n-- g h.png --\n-- u\u0308.png --\n-- 100%.png --\n", `
warning wrong-encoding index.html:1: the image "100%.png" is not in the site
warning wrong-encoding index.html:1: the image "a%20b.png" is not in the site
warning wrong-encoding index.html:1: the image "c#d.png" is not in the site
warning wrong-encoding index.html:1: the image "e?f.png" is not in the site
warning wrong-encoding index.html:1: the image "g+h.png" is not in the site
warning wrong-encoding index.html:1: the image "ü.png" is not in the site`},
		"the base path is left out": {`
-- index.html --
<img src=/i.png><a href=/b.html>b</a><a href=/>top</a>
-- i.png --
-- b.html --`, `
warning outside-base index.html:1: "/b.html" is outside of the site, which is under /r/
warning outside-base index.html:1: "/i.png" is outside of the site, which is under /r/`},
		"what is malformed": {`
-- index.html --
<link rel=stylesheet href=s.css><script src=s.js></script>
<link rel=manifest href=m.json>
<script type=importmap>
{"imports":}
</script>
<script type=speculationrules>[</script>
-- b.html --
<p class="
-- c.html --
<!-- never closed
-- d.html --
<script>never()
-- s.css --
a{}
}
-- s.js --
ok()
function (
-- m.json --
{
"icons": oops`, `
warning malformed b.html: it ends within a tag
warning malformed c.html: it ends within a comment
warning malformed d.html: it ends within a script
warning malformed index.html:4: import map: invalid character '}' looking for beginning of value
warning malformed index.html:6: speculation rules: unexpected EOF
warning malformed m.json:2: web app manifest: invalid character 'o' looking for beginning of value
warning malformed s.css:2: a block is closed that was not opened
warning malformed s.js:2: Expected identifier but found "("`},
		"imports that lead nowhere": {`
-- index.html --
<script type=module>import "bare"
import(x)
import "./no.js"</script>`, `
warning bare-import index.html:1: "bare" is imported by a bare name, for which no import map has an address
warning missing-file index.html:3: the module "./no.js" is not in the site
note computed-import index.html:2: an import whose URL is computed cannot be followed`},
		"what only a page can tell": {`
-- a/index.html --
<script src=../s.js></script>
-- b/index.html --
<script src=../s.js></script>
-- s.js --
fetch("d.json")
-- a/d.json --`, `
warning missing-file s.js:1: the file "d.json" is not in the site`},
		"a development server": {`
-- index.html --
<script src=/r/livereload.js?mindelay=10></script><script src=s.js></script>
-- livereload.js --
-- s.js --
fetch("http://localhost:3000/x")`, `
warning dev-server index.html: hugo server (/r/livereload.js?mindelay=10)
warning dev-server s.js:1: "http://localhost:3000/x" is on the machine of the visitor`},
		"what is no URL": {`
-- index.html --
<img src="https://%host%/i.png">
<a href="http://[">x</a><a href="javascript:x()">y</a><img src="data:,x">`, `
warning invalid-url index.html:1: "https://%host%/i.png" is no URL
warning invalid-url index.html:2: "http://[" is no URL`},
		"embed and object": {`
-- index.html --
<embed src=a.pdf>
-- a.pdf --`, `
note bypass index.html:1: "a.pdf" is loaded by embed or object, which bypass service workers`},
		"a not-found page at any depth": {`
-- 404.html --
<a href=x>x</a><link rel=stylesheet href=s.css>
-- s.css --
a{b:url(i.png)}
-- i.png --`, `
warning broken-link 404.html:1: a link to "x" leads to nothing
warning relative-404 404.html:1: the not-found page asks for "s.css", which is relative to the address of a visitor's mistake`},
		"a web app manifest": {`
-- index.html --
<link rel=manifest href=m/app.json>
-- m/app.json --
{
  "start_url": "/r/?source=app", "scope": "/r/app/",
  "icons": [{"src": "i.png", "sizes": "48x48 192x192"}],
  "shortcuts": [{"url": "/r/no/", "icons": [{"src": "no.png"}]}],
  "screenshots": [{"src": "no2.png"}]
}
-- m/i.png --`, `
warning broken-link m/app.json:4: a link to "/r/no/" leads to nothing
warning manifest-icons m/app.json: no icon of 512 pixels, which browsers ask of what they install
warning manifest-start m/app.json:2: start_url /r/?source=app is not within the scope /r/app/
note missing-file m/app.json:4: the icon "no.png" is not in the site
note missing-file m/app.json:5: the image "no2.png" is not in the site`},
		"a web app manifest whose start page is not there": {`
-- index.html --
<link rel=manifest href=app.json>
-- app.json --
{"start_url":
"start.html", "icons": [{"src": "i.svg", "sizes": "any"}]}
-- i.svg --`, `
warning broken-link app.json:2: a link to "start.html" leads to nothing`},
	} {
		compare(t, name, found(audited(t, "generic", "/r/", files(c.site)), false), lines(c.want))
	}
}

func TestEveryFindingHasARemedy(t *testing.T) {
	s := audited(t, "generic", "/r/", files(`
-- index.html --
<p><img src=/i.png><img src=I.png><img src=no.png><embed src=i.png><script src=s.js></script><a href=x>
-- s.js --
import(x); import "y"; fetch("http://localhost/")
-- i.png --
-- main.0a1b2c3d.css --
-- orphan.html --
<p`))
	for _, f := range s.Findings {
		if f.Hint == "" || f.Message == "" || strings.HasSuffix(f.Hint, ".") {
			t.Errorf("%+v", f)
		}
	}
	if len(s.Findings) < 8 {
		t.Errorf("only %d findings", len(s.Findings))
	}
}

func TestHintsNameTheRightURL(t *testing.T) {
	s := audited(t, "generic", "/r/", files("-- index.html --\n<img src=A.png><img src=/b.png><img src='c%20d.png'>\n-- a.png --\n-- b.png --\n-- c%20d.png --\n"))
	var hints []string
	for _, f := range s.Findings {
		if f.ID != "orphans" {
			hints = append(hints, f.Hint)
		}
	}
	compare(t, "hints", hints, lines(`
		write /r/b.png
		write /r/a.png: hosts tell upper from lower case
		write /r/c%2520d.png, which is the name of the file "c%20d.png"`))
}

func TestOrphans(t *testing.T) {
	for name, c := range map[string]struct{ site, want string }{
		"old fingerprints": {`
-- index.html --
<link rel=stylesheet href=main.0a1b2c3d.css><script src=app-BxYz12_a.js></script><img src=tower_1024.png>
-- main.0a1b2c3d.css --
-- main.4e5f6a7b.css --
-- app-BxYz12_a.js --
-- app-QwEr34Ty.js --
-- tower_1024.png --
-- tower_2048.png --
-- 0a1b2c3d.css --`, `
note old-fingerprint app-QwEr34Ty.js: no page leads to it: it seems to be an older app-BxYz12_a.js
note old-fingerprint main.4e5f6a7b.css: no page leads to it: it seems to be an older main.0a1b2c3d.css
note orphans no page leads to 4 of its files, such as 0a1b2c3d.css, app-QwEr34Ty.js, main.4e5f6a7b.css`},
		"what is named otherwise is none": {`
-- index.html --
<link rel=alternate href=feed.json><meta property=og:image content=og.png><script nomodule src=old.js></script>
<script>navigator.serviceWorker.register("sw.js")</script><form action=search.html></form>
-- feed.json --
-- og.png --
-- old.js --
-- sw.js --
-- search.html --
-- robots.txt --
-- sitemap.xml --
-- .well-known/x --
-- index.html.br --
-- moved/index.html --
<meta http-equiv=refresh content="0;url=/">`, ``},
		"pages": {`
-- index.html --
-- lonely.html --`, `
note orphans no page leads to 1 of its files, such as lonely.html`},
	} {
		compare(t, name, found(audited(t, "generic", "/", files(c.site)), true), lines(c.want))
	}
}

func TestHostsAnswerDifferently(t *testing.T) {
	site := `
-- index.html --
<a href=/b.html>b</a><a href=/no>n</a><iframe src=/b></iframe><script src=/no.js></script><img src=/_img/i.png>
-- b.html --
-- _img/i.png --`
	for _, c := range []struct{ host, base, needs, findings string }{
		{"generic", "/", `
			required script /no.js missing index.html:1
			degrading frame /b > b.html index.html:1
			degrading image /_img/i.png index.html:1`, `
			warning broken-link index.html:1: a link to "/no" leads to nothing
			warning missing-file index.html:1: the script "/no.js" is not in the site`},
		{"netlify", "/", `
			required script /no.js missing index.html:1
			degrading frame /b > b.html index.html:1
			degrading image /_img/i.png index.html:1`, `
			warning broken-link index.html:1: a link to "/no" leads to nothing
			warning missing-file index.html:1: the script "/no.js" is not in the site`},
		{"cloudflare-pages", "/", `
			required script /no.js missing index.html:1
			degrading frame /b > b.html index.html:1
			degrading image /_img/i.png index.html:1`, `
			warning broken-link index.html:1: a link to "/no" leads to no page of its own: the host shows index.html
			warning missing-file index.html:1: the script "/no.js" is not in the site`},
		{"firebase", "/", `
			required script /no.js missing index.html:1
			degrading frame /b missing index.html:1
			degrading image /_img/i.png index.html:1`, `
			warning broken-link index.html:1: a link to "/no" leads to nothing
			warning missing-file index.html:1: the page "/b" is not in the site
			warning missing-file index.html:1: the script "/no.js" is not in the site`},
	} {
		s := audited(t, c.host, c.base, files(site))
		compare(t, c.host+" needs", needsOf(t, s, "index.html"), lines(c.needs))
		compare(t, c.host+" findings", found(s, false), lines(c.findings))
	}
}

func TestASiteConfiguresWhatIsShown(t *testing.T) {
	s := audited(t, "netlify", "/", files(`
-- index.html --
<a href=/old>o</a><a href=/app/x>x</a><script>fetch("/api/x")</script>
-- new.html --
-- app.html --
-- data.json --
-- _redirects --
/old /new 301
/app/* /app.html 200
/api/* /data.json 200`))
	compare(t, "findings", found(s, false), nil)
	compare(t, "links", s.Pages[slices.IndexFunc(s.Pages, func(p *Page) bool { return p.File == "index.html" })].Links(), []string{"app.html", "new.html"})
	compare(t, "needs", needsOf(t, s, "index.html"), lines(`required data /api/x > data.json index.html:1`))
}

func TestAssumedFiles(t *testing.T) {
	for name, c := range map[string]struct{ site, want string }{
		"webpack": {`
-- index.html --
<script src=/js/main.js></script>
-- js/main.js --
(self.webpackChunkx=self.webpackChunkx||[]).push([[1],{}])
-- js/1.js --
-- js/1.js.map --
-- js/main.js.LICENSE.txt --
-- js/img/i.png --
-- other.js --`, `
required script /js/main.js index.html:1
assumed module /js/1.js js/:0
assumed image /js/img/i.png js/:0`},
		"webpack at the root": {`
-- index.html --
<script src=/app.js></script>
-- app.js --
self.webpackChunkx=[]
-- 1.js --
-- i.png --
-- page-data/app-data.json --
-- page-data/index/page-data.json --`, `
required script /app.js index.html:1
assumed data /page-data/app-data.json index.html:0
assumed data /page-data/index/page-data.json index.html:0
assumed module /1.js ./:0`},
		"Next": {`
-- index.html --
<script src=/_next/static/chunks/a.js></script>
-- index.txt --
-- __next._tree.txt --
-- _next/static/chunks/a.js --
x()
-- _next/static/chunks/b.js --
-- _next/static/media/i.png --`, `
required script /_next/static/chunks/a.js index.html:1
assumed data /index.txt index.html:0
assumed data /__next._tree.txt index.html:0
assumed module /_next/static/chunks/b.js _next/static/:0
assumed image /_next/static/media/i.png _next/static/:0`},
		"VitePress": {`
-- index.html --
<script>window.__VP_HASH_MAP__=JSON.parse("{}")</script><script type=module src=/assets/app.js></script>
-- assets/app.js --
import(x)
-- assets/index.md.js --
import "./chunk.js"
-- assets/chunk.js --`, `
required module /assets/app.js index.html:1
assumed module /assets/chunk.js assets/:0
assumed module /assets/index.md.js assets/:0
assumed module  unresolved assets/app.js:1`},
		"Pagefind": {`
-- index.html --
<script src=/pagefind/pagefind-ui.js></script>
-- pagefind/pagefind-ui.js --
import(b+"pagefind.js")
-- pagefind/pagefind.js --
-- pagefind/wasm.en.pagefind --`, `
required script /pagefind/pagefind-ui.js index.html:1
assumed module  unresolved pagefind/pagefind-ui.js:1
assumed module /pagefind/pagefind.js pagefind/pagefind-ui.js:0
assumed data /pagefind/wasm.en.pagefind pagefind/:0`},
		"Vite's manifest": {`
-- index.html --
<script type=module src=/assets/a.js></script>
-- .vite/manifest.json --
{"src/a.js": {"file": "assets/a.js", "css": ["assets/a.css"], "assets": ["assets/i.png"]}}
-- assets/a.js --
-- assets/a.css --
-- assets/i.png --`, `
required module /assets/a.js index.html:1
required style /assets/a.css assets/a.js:0
degrading image /assets/i.png assets/a.js:0`},
		"SvelteKit's data": {`
-- index.html --
-- about.html --
-- __data.json --
-- about/__data.json --`, `
assumed data /__data.json index.html:0`},
	} {
		compare(t, name, needsOf(t, audited(t, "generic", "/", files(c.site)), "index.html"), lines(c.want))
	}
}

func TestPagesThatTheHostDropsAreNone(t *testing.T) {
	s := audited(t, "firebase", "/", files("-- index.html --\n<img src=.img/i.png>\n-- .draft.html --\n-- .img/i.png --\n"))
	if len(s.Pages) != 1 {
		t.Errorf("%d pages", len(s.Pages))
	}
	circumstances := audited(t, "github-pages", "/", files("-- index.html --\n<img src=_i/no.png><img src=_i/i.png>\n-- _i/i.png --\n"))
	compare(t, "findings", found(circumstances, false), lines(`warning missing-file index.html:1: the image "_i/no.png" is not in the site`))
	compare(t, "findings", found(s, false), lines(`warning dropped-file index.html:1: the image ".img/i.png" is not in the site`))
}

func TestAFileThatCannotBeReadIsAnError(t *testing.T) {
	site := files("-- index.html --\n<script src=s.js></script>\n")
	site["s.js"] = &fstest.MapFile{Mode: 0o20000000000} // a directory
	h := audited(t, "generic", "/", files("-- s.js --\n-- index.html --\n")).host
	if _, err := Run(t.Context(), Options{Site: site, Host: h, Files: []string{"index.html", "s.js"}}); err == nil || !strings.Contains(err.Error(), "s.js") {
		t.Errorf("%v", err)
	}
}
