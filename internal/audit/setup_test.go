package audit

import (
	"fmt"
	"strings"
	"testing"
)

// TestSetup is what pages say, as `file line URL scope` of each registration,
// with a mark of what loads it.
func TestSetup(t *testing.T) {
	s := audited(t, "generic", "/r/", files(`
-- d/index.html --
<!doctype html><base href=../e/>
<meta http-equiv=content-security-policy content="script-src 'self'">
<script src=/r/a.js nonce=n></script>
<script>navigator.serviceWorker.register("sw.js", {scope: "./"})</script>
<link rel=modulepreload href=/r/m.js><script type=module src=/r/m.js integrity=i></script>
<body onclick="navigator.serviceWorker.register('/r/click.js')">
<iframe src=/r/frame.html></iframe>
<script src=https://cdn.example/x.js></script>
-- a.js --
navigator.serviceWorker.register("sw.js")
trustedTypes.createPolicy("one", {})
-- m.js --
import "./n.js"
-- n.js --

navigator.serviceWorker.register(new URL("../x/sw.js", import.meta.url), {scope: new URL("s/", import.meta.url)})
-- frame.html --
<!doctype html><script>navigator.serviceWorker.register("sw.js")</script>
-- fragment.html --
<p>a</p><script>import(x)</script>`))
	show := func(up Setup) (list []string) {
		for _, r := range up.Registrations {
			mark := "by a script"
			switch {
			case r.Trust != nil:
				mark = fmt.Sprintf("by an element %+v", *r.Trust)
			case r.Inline != nil:
				mark = fmt.Sprintf("in the page %+v", r.Inline.Trust)
			}
			if !r.Sure {
				mark += ", perhaps"
			}
			list = append(list, fmt.Sprintf("%s:%d %s %s %s", r.In, r.Line, r.Worker, r.Within, mark))
		}
		return list
	}
	up := s.Setup(s.Pages[0])
	compare(t, "registrations", show(up), lines(`
		d/index.html:4 /r/e/sw.js /r/e/ in the page {Nonce: Integrity: Policies:1}
		d/index.html:6 /r/click.js  in the page {Nonce: Integrity: Policies:1}, perhaps
		a.js:1 /r/e/sw.js  by an element {Nonce:n Integrity: Policies:1}
		n.js:2 /x/sw.js /r/s/ by a script
		frame.html:1 /r/sw.js  in the page {Nonce: Integrity: Policies:0}, perhaps`))
	if up.Base != "/r/e/" || up.BaseLine != 1 || len(up.Policies) != 1 || up.Policies[0].Line != 2 || up.Fragment || !up.Beyond || fmt.Sprint(up.TypePolicies) != "[one]" {
		t.Errorf("%+v", up)
	}
	if up = s.Setup(s.Pages[1]); !up.Fragment || !up.Beyond || up.Base != "/r/fragment.html" {
		t.Errorf("%+v", up)
	}
	if up = s.Setup(s.Pages[2]); up.Fragment || up.Beyond || len(show(up)) != 1 {
		t.Errorf("%+v", up)
	}
}

func TestEntriesOfWebAppManifests(t *testing.T) {
	s := audited(t, "generic", "/r/", files(`
-- index.html --
<link rel=manifest href=m/app.json>
-- m/app.json --
{"start_url": "../?a", "icons": [{"src": "i.svg", "sizes": "any"}],
"shortcuts": [{"url": "/r/b"},
{"url": "/r/no"}]}
-- m/i.svg --
-- b.html --`))
	var got []string
	for _, e := range s.Entries {
		got = append(got, fmt.Sprintf("%s:%d %s %s %s", e.In, e.Line, e.What, e.URL, e.File))
	}
	compare(t, "entries", got, lines(`
		m/app.json:2 a shortcut /r/b b.html
		m/app.json:1 start_url /r/?a index.html`))
}

// TestNeedsInOddPlaces: what attributes, drawings and lists of chunks load.
func TestNeedsInOddPlaces(t *testing.T) {
	for name, c := range map[string]struct{ site, want string }{
		"attributes": {`
-- index.html --
<body onload="fetch('/r/a.json')">
<button onclick="import('./b.js')
return false">b</button>
-- a.json --
-- b.js --
import "./c.js"
-- c.js --`, `
			required data /r/a.json index.html:1
			soft module /r/b.js index.html:2
			soft module /r/c.js b.js:1`},
		"drawings": {`
-- index.html --
<iframe src=a.svg></iframe>
-- a.svg --
<?xml version="1.0"?>
<?xml-stylesheet href="a.css" type="text/css"?>
<svg xmlns="http://www.w3.org/2000/svg"></svg>
-- a.css --
a{b:url(i.png)}
-- i.png --`, `
			degrading frame /r/a.svg index.html:1
			degrading style /r/a.css a.svg:2
			degrading image /r/i.png a.css:1`},
		"speculation rules": {`
-- index.html --
<script type=speculationrules>{"prerender": [{"source": "list", "urls": ["b.html"]}, {"where": {"and": [{"href_matches": "/no/*"}, {"selector_matches": ".x"}, {"not": {"href_matches": ["/urls", "/r/none"]}}]}, "eagerness": "moderate"}]}</script>
-- b.html --`, `
			soft data /r/b.html index.html:1`},
		"lists of chunks": {`
-- index.html --
<script src=/r/app/static/x/_buildManifest.js></script>
-- app/static/x/_buildManifest.js --
self.__BUILD_MANIFEST={"/b":["static/chunks/b.js","static/css/b.css","static/chunks/no.js"]}
-- app/static/chunks/b.js --
-- app/static/css/b.css --`, `
			required script /r/app/static/x/_buildManifest.js index.html:1
			assumed module /r/app/static/chunks/b.js app/static/x/_buildManifest.js:0
			assumed style /r/app/static/css/b.css app/static/x/_buildManifest.js:0`},
	} {
		s := audited(t, "generic", "/r/", files(c.site))
		compare(t, name, needsOf(t, s, "index.html"), lines(c.want))
		for _, f := range s.Findings {
			if f.ID != "orphans" && !strings.HasPrefix(f.ID, "manifest") {
				t.Errorf("%s: %v", name, f)
			}
		}
	}
}
