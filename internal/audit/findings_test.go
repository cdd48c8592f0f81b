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
warning broken-link b.html:1: a link to "/r/no.html#x" leads to nothing, here and in another place
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
		"places are in the order of their lines": {"\n-- index.html --\n" + strings.Repeat("\n", 8) +
			"<img src=c.png>\n<img src=a.png>\n<img src=b.png>\n<a href=x>x</a>\n<a href=x>x</a>\n<a href=x>x</a>\n", `
warning broken-link index.html:12: a link to "x" leads to nothing, here and in 2 other places
warning missing-file index.html:9: the image "c.png" is not in the site
warning missing-file index.html:10: the image "a.png" is not in the site
warning missing-file index.html:11: the image "b.png" is not in the site`},
		"computed imports whose directory is assumed": {`
-- index.html --
<script>window.__VP_HASH_MAP__=JSON.parse("{}")</script><script type=module src=assets/app.js></script>
-- assets/app.js --
import(x)`, ``},
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
		"scripts lead to pages, and hosts show some": {`
-- index.html --
<script src=menu.js></script>
-- menu.js --
var menu = {text: "Files", url: "files.html"}
-- files.html --
-- offline.html --
-- _not-found.html --
-- en/404.html --`, ``},
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
			warning clean-urls index.html:1: the host has no clean URLs: "/b" leads to nothing, although b.html is there
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

// TestHostsWithoutCleanURLs: one finding says what all such links have in common.
func TestHostsWithoutCleanURLs(t *testing.T) {
	site := files("-- index.html --\n<a href=/about>a</a><a href=/ships/gannet/>g</a><a href=/no>n</a>\n-- about.html --\n<a href=/about>a</a>\n-- ships/gannet.html --\n")
	for host, hint := range map[string]string{
		"vercel":     `set "cleanUrls": true in vercel.json, which is --host vercel-clean, or link to /about.html`,
		"firebase":   `set "cleanUrls": true in firebase.json, which is --host firebase-clean, or link to /about.html`,
		"s3-website": "link to /about.html",
	} {
		s := audited(t, host, "/", site)
		compare(t, host, found(s, false), lines(`
			warning broken-link index.html:1: a link to "/no" leads to nothing
			warning clean-urls about.html:1: the host has no clean URLs: "/about" leads to nothing, although about.html is there, here and in 2 other places`))
		compare(t, host+" orphans", s.Orphans, nil)
		if s.Findings[1].Hint != hint {
			t.Errorf("%s: %s", host, s.Findings[1].Hint)
		}
	}
	dropped := audited(t, "firebase", "/", files("-- index.html --\n<a href=/.draft>d</a>\n-- .draft.html --\n"))
	compare(t, "a page that the host drops", found(dropped, false), lines(`warning broken-link index.html:1: a link to "/.draft" leads to nothing`))
	clean := audited(t, "github-pages", "/", files("-- index.html --\n<a href=/about/>a</a><a href=/about>b</a>\n-- about.html --\n"))
	compare(t, "a host with clean URLs", found(clean, false), lines(`warning broken-link index.html:1: a link to "/about/" leads to nothing`))
}

// TestAMistakeMakesNoOrphan: a file that nothing leads to but a reference with a
// mistake, which is named, is none.
func TestAMistakeMakesNoOrphan(t *testing.T) {
	s := audited(t, "generic", "/r/", files("-- index.html --\n<img src=/i.png>\n-- i.png --\n-- j.png --\n"))
	compare(t, "orphans", s.Orphans, []string{"j.png"})
}
