package e2e

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/swgen/swgen"
	"github.com/swgen/swgen/internal/browsertest"
	"github.com/swgen/swgen/manifest"
)

// titled is a site of pages whose titles are their paths.
func titled(names ...string) fstest.MapFS {
	site := fstest.MapFS{}
	for _, name := range names {
		text, _ := json.Marshal(name)
		site[name] = &fstest.MapFile{Data: []byte("<!doctype html><html lang=en><meta charset=utf-8><title>t</title><body><script>document.title=" + string(text) + "</script>\n<!--" + fmt.Sprintf("%x", name) + "-->")}
	}
	return site
}

// visit is what became of a navigation.
type visit struct {
	status int
	lands  string // path, query and fragment of the document
	title  string
	hops   int // redirects on the way
}

func open(t *testing.T, tab *browsertest.Tab, server *browsertest.Server, path string) visit {
	t.Helper()
	if err := tab.Navigate(server.URL(path)); err != nil {
		t.Errorf("%s: %v", path, err)
		return visit{}
	}
	var v visit
	for _, r := range tab.Responses() {
		if r.Type != "Document" {
			continue
		}
		if v.status = r.Status; r.Status/100 == 3 {
			v.hops++
		}
	}
	v.title, _ = tab.Title()
	v.lands = eval[string](t, tab, "location.href.slice(location.origin.length)")
	return v
}

// TestSpellingsOfAPage asks for pages in every way that hosts know.
func TestSpellingsOfAPage(t *testing.T) {
	t.Parallel()
	browser := browsertest.Start(t, browsertest.Options{})
	files := titled("index.html", "about/index.html", "flat.html", "both.html", "both/index.html", "deep/er/index.html", "deep/leaf.html",
		"grün/index.html", "grün/blatt.html", "a b/index.html", "it's.html", "100%.html", "[x]/index.html", "p|q.html", "c^d.html", "at@+$/index.html", "A.html", "%41.html", "404.html")
	const same = ""
	rows := []struct {
		ask   string
		shows string
		lands string // "" is where it asked
		// differs says that the test's host answers otherwise, and why the worker may.
		differs string
	}{
		{"/", "index.html", same, ""},
		{"/?utm=1", "index.html", same, ""},
		{"/#part", "index.html", same, ""},
		{"/index.html", "index.html", same, ""},
		{"/index.html?a=b#c", "index.html", same, ""},
		{"/index", "index.html", same, ""},
		{"/about/", "about/index.html", same, ""},
		{"/about/index.html", "about/index.html", same, ""},
		{"/about/index", "about/index.html", same, ""},
		{"/about", "about/index.html", "/about/", ""},
		{"/about?x=1&y=%20", "about/index.html", "/about/?x=1&y=%20", ""},
		{"/about?x=1#top", "about/index.html", "/about/?x=1#top", ""},
		{"/about/?x=1#top", "about/index.html", same, ""},
		{"/about.html", "404.html", same, ""},
		{"/flat.html", "flat.html", same, ""},
		{"/flat", "flat.html", same, ""},
		{"/flat?q", "flat.html", same, ""},
		{"/flat/", "flat.html", "/flat.html", "this host has no page there; Netlify and Cloudflare answer with the page"},
		{"/both", "both.html", same, ""},
		{"/both.html", "both.html", same, ""},
		{"/both/", "both/index.html", same, ""},
		{"/deep/er", "deep/er/index.html", "/deep/er/", ""},
		{"/deep/er/index.html", "deep/er/index.html", same, ""},
		{"/deep/leaf", "deep/leaf.html", same, ""},
		{"/deep/./er/../leaf", "deep/leaf.html", "/deep/leaf", ""},
		{"/deep", "404.html", same, ""},
		{"/deep/", "404.html", same, ""},
		{"/About/", "404.html", same, ""},
		{"/nowhere?x", "404.html", same, ""},
		{"/flat.html/", "404.html", same, ""},
		{"/gr%C3%BCn/", "grün/index.html", same, ""},
		{"/gr%c3%bcn/", "grün/index.html", same, ""},
		{"/grün/", "grün/index.html", "/gr%C3%BCn/", ""},
		{"/gr%c3%bcn", "grün/index.html", "/gr%C3%BCn/", ""},
		{"/gr%c3%bcn/index.html", "grün/index.html", same, ""},
		{"/gr%c3%bcn/blatt", "grün/blatt.html", same, ""},
		{"/%67rün/blat%74.html", "grün/blatt.html", "/%67r%C3%BCn/blat%74.html", ""},
		{"/%61bout/", "about/index.html", same, ""},
		{"/%61bout", "about/index.html", "/about/", ""},
		{"/fl%61t", "flat.html", same, ""},
		{"/flat%2ehtml", "flat.html", same, ""},
		{"/index%2Ehtml", "index.html", same, ""},
		{"/about/%69ndex.html", "about/index.html", same, ""},
		{"/a%20b/", "a b/index.html", same, ""},
		{"/a b", "a b/index.html", "/a%20b/", ""},
		{"/a+b/", "404.html", same, ""},
		{"/it's", "it's.html", same, ""},
		{"/it%27s.html", "it's.html", same, ""},
		{"/100%25", "100%.html", same, ""},
		{"/100%25.html?x=%", "100%.html", same, ""},
		{"/[x]", "[x]/index.html", "/[x]/", ""},
		{"/%5Bx%5d/", "[x]/index.html", same, ""},
		{"/p|q", "p|q.html", same, ""},
		{"/p%7Cq", "p|q.html", same, ""},
		{"/c^d", "c^d.html", "/c%5Ed", ""},
		{"/c%5ed", "c^d.html", same, ""},
		{"/at@+$", "at@+$/index.html", "/at@+$/", ""},
		{"/at%40%2b%24/", "at@+$/index.html", same, ""},
		{"/A", "A.html", same, ""},
		{"/%41", "A.html", same, ""},
		{"/%2541", "%41.html", same, ""},
		{"/deep%2Fleaf", "deep/leaf.html", same, ""},
	}
	site := build(t, files, swgen.Config{})
	bare, server := browsertest.Serve(t, "/", files), browsertest.Serve(t, "/", site)
	control, tab := browser.NewTab(t), install(t, browser, server.URL("/"))
	server.Down()
	for _, row := range rows {
		want := visit{status: 200, lands: row.lands, title: row.shows}
		if row.shows == "404.html" {
			want.status = 404
		}
		if want.lands == "" {
			want.lands = row.ask
		}
		got := open(t, tab, server, row.ask)
		want.hops = got.hops // the host's are compared below
		if !sameVisit(got, want) {
			t.Errorf("%s: %+v offline, want %+v", row.ask, got, want)
		}
		if online := open(t, control, bare, row.ask); row.differs == "" && !sameVisit(got, online) {
			t.Errorf("%s: %+v offline, %+v online", row.ask, got, online)
		}
	}
}

// sameVisit compares visits except for the spelling of percent-encodings,
// which a redirect of a host may change.
func sameVisit(a, b visit) bool {
	plain := func(v visit) visit {
		if u, err := url.Parse(v.lands); err == nil {
			v.lands = u.Path + "?" + u.RawQuery + "#" + u.Fragment
		}
		return v
	}
	return plain(a) == plain(b)
}

// hostile are names that escape, encode, compare or inherit badly.
var hostile = []string{
	"space in it", "#hash", "what?", "100%", "%41", "A", `"quoted"`, "it's", "`tick`", "__proto__", "constructor", "hasOwnProperty", "toString",
	"line\u2028separator", "<script>alert(1)<", "</script>", "${x}", "Привет", "日本語", "caf\u00e9", "cafe\u0301", "Twin", "twin",
	"🏝", "👩\u200d👧", "a&b", "a+b", "a;b", "a=b", "a@b", "a,b", "a!b", "a$b", "a(b)", "a*b", "a~b", "a:b", "{curly}", "[square]", "p|q", "c^d",
	`back\slash`, "-dash", "dot.in.it", "a..b", "trailing.", strings.Repeat("long", 50), "swgen", "index", "\u202eright to left",
}

// TestHostileNames serves files of hostile names, as pages, directories and
// resources, in several percent-encodings.
func TestHostileNames(t *testing.T) {
	t.Parallel()
	browser := browsertest.Start(t, browsertest.Options{})
	files := titled("home.html", "index.html", "404.html")
	want := make(map[string]string) // request → the content's own mark
	ask := func(name, as string) {
		want[as] = fmt.Sprintf("<!--%x-->", name)
	}
	deep := strings.Repeat("dir-of-thirty-chars-in-length/", 10) + "end.html"
	add := func(name string) {
		files[name] = titled(name)[name]
		for _, encoded := range []string{canonical(name), everyByte(canonical(name))} {
			ask(name, encoded)
			ask(name, encoded+"?query=1")
		}
		page, isPage := strings.CutSuffix(name, ".html")
		directory, isDirectory := strings.CutSuffix(name, "/index.html")
		switch {
		case isDirectory:
			ask(name, canonical(directory+"/"))
			ask(name, everyByte(canonical(directory))+"/?q")
		case isPage && !strings.HasSuffix(page, "/index"):
			ask(name, canonical(page))
			ask(name, everyByte(canonical(page))+"?q#f")
		}
	}
	for _, name := range hostile {
		add("pages/" + name + ".html")
		add("dirs/" + name + "/index.html")
		add("data/" + name + ".txt")
		add("data/none/" + name)
		if name != "index" {
			add(name + ".html") // a colon in the first segment of a relative URL ends a scheme
		}
	}
	add("c:/index.html")
	add(deep)
	site := build(t, files, swgen.Config{})
	server := browsertest.Serve(t, "/", site)
	tab := install(t, browser, server.URL("/"))
	server.Down()

	requests, _ := json.Marshal(want)
	wrong := eval[[]string](t, tab, `(async () => {
		const wrong = [];
		await Promise.all(Object.entries(`+string(requests)+`).map(async ([path, mark]) => {
			try {
				const response = await fetch("/" + path);
				if (response.status != 200 || !(await response.text()).endsWith(mark)) wrong.push(path + ": " + response.status);
			} catch (error) {
				wrong.push(path + ": " + error);
			}
		}));
		return wrong.sort();
	})()`)
	for _, line := range wrong {
		t.Error(line)
	}
	t.Logf("%d requests for %d files", len(want), len(files))
	for i, name := range hostile {
		page, directory := "pages/"+name+".html", "dirs/"+name+"/index.html"
		if i%2 == 0 {
			page, directory = directory, page
		}
		if got := open(t, tab, server, "/"+canonical(page)); got.status != 200 || got.title != page {
			t.Errorf("%s: %+v", page, got)
		}
		address := strings.TrimSuffix(strings.TrimSuffix(directory, "/index.html"), ".html")
		if got := open(t, tab, server, "/"+canonical(address)+"?q#f"); got.status != 200 || got.title != directory || !strings.HasSuffix(got.lands, "?q#f") {
			t.Errorf("%s: %+v", address, got)
		}
	}
	if got := open(t, tab, server, "/"+canonical(deep)); got.title != deep {
		t.Errorf("%+v", got)
	}
}

// canonical percent-encodes each segment of a name.
func canonical(name string) string {
	segments := strings.Split(name, "/")
	for i, s := range segments {
		segments[i] = url.PathEscape(s)
	}
	return strings.Join(segments, "/")
}

// everyByte percent-encodes even letters, in small hexadecimal digits.
func everyByte(path string) string {
	var out strings.Builder
	for i := 0; i < len(path); i++ {
		switch c := path[i]; {
		case c == '/' || c == '.':
			out.WriteByte(c)
		case c == '%':
			out.WriteString(strings.ToLower(path[i : i+3]))
			i += 2
		default:
			fmt.Fprintf(&out, "%%%02x", c)
		}
	}
	return out.String()
}

// TestUnknownPages asks for what is not there, and for what is not stored.
func TestUnknownPages(t *testing.T) {
	t.Parallel()
	browser := browsertest.Start(t, browsertest.Options{})
	rows := []struct {
		name   string
		files  []string
		config swgen.Config
		ask    string
		want   visit
	}{
		{"a 404 page when every page is stored", []string{"404.html", "offline.html"}, swgen.Config{}, "/nowhere", visit{404, "/nowhere", "404.html", 0}},
		{"the same page in a directory", []string{"404/index.html"}, swgen.Config{}, "/nowhere/", visit{404, "/nowhere/", "404/index.html", 0}},
		{"the offline page when some are not", []string{"404.html", "offline.html", "big.html"}, swgen.Config{Exclude: []string{"big.html"}}, "/big", visit{503, "/big", "offline.html", 0}},
		{"the offline page in a directory", []string{"404.html", "offline/index.html", "big.html"}, swgen.Config{Exclude: []string{"big.html"}}, "/big?q#f", visit{503, "/big?q#f", "offline/index.html", 0}},
		{"an offline page alone", []string{"offline.html"}, swgen.Config{}, "/nowhere", visit{503, "/nowhere", "offline.html", 0}},
		{"pages of other names", []string{"oops/index.html", "404.html"}, swgen.Config{NotFoundPage: "oops/"}, "/nowhere", visit{404, "/nowhere", "oops/index.html", 0}},
		{"the built-in page", nil, swgen.Config{}, "/nowhere", visit{503, "/nowhere", "You are offline", 0}},
		{"the built-in page, for a 404 page is no answer to what is only not stored", []string{"404.html", "big.html"}, swgen.Config{Exclude: []string{"big.html"}}, "/big", visit{503, "/big", "You are offline", 0}},
		{"the 404 page under its own address", []string{"404.html"}, swgen.Config{}, "/404.html", visit{200, "/404.html", "404.html", 0}},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			site := build(t, titled(append(row.files, "index.html")...), row.config)
			server := browsertest.Serve(t, "/", site)
			tab := install(t, browser, server.URL("/"))
			server.Down()
			if got := open(t, tab, server, row.ask); got != row.want {
				t.Errorf("%+v, want %+v", got, row.want)
			}
			if got := eval[string](t, tab, "fetch('/nothing.json').then(r => 'status ' + r.status, e => e.name)"); got != "TypeError" {
				t.Errorf("a missing resource offline: %s", got)
			}
			must(t, server.Up())
			server.Reset()
			if got := open(t, tab, server, "/nowhere-online"); got.status != 404 || server.Count("/nowhere-online") != 1 {
				t.Errorf("online %+v, asked %v", got, server.Paths())
			}
		})
	}
}

// TestQueriesThatMatter keeps some queries apart, and precaches others.
func TestQueriesThatMatter(t *testing.T) {
	t.Parallel()
	browser := browsertest.Start(t, browsertest.Options{})
	other := browsertest.Serve(t, "/", texts("font.css", "elsewhere", "data.json", "elsewhere too"))
	other.Intercept(func(w http.ResponseWriter, r *http.Request) bool {
		w.Header().Set("Access-Control-Allow-Origin", "*")
		return false
	})
	files := titled("index.html", "search/index.html", "find.html", "404.html")
	files["data.json"] = &fstest.MapFile{Data: []byte("plain")}
	site := build(t, files, swgen.Config{
		KeepQuery: []string{"search/**", "find*", "grün/**"},
		Extra: []manifest.Extra{
			{URL: "/data.json?lang=de&x=%20", Revision: "1"},
			{URL: "api/start?v=2", Revision: "1"},
			{URL: "/api/bare", Revision: "1"},
			{URL: other.URL("/font.css?family=A+B"), Revision: "1"},
			{URL: other.URL("/data.json"), Revision: "1"},
		},
		Templated: []manifest.Templated{{URL: "/made/", Text: "1"}},
	})
	server := browsertest.Serve(t, "/", site)
	server.Intercept(func(w http.ResponseWriter, r *http.Request) bool {
		switch r.URL.Path {
		case "/data.json", "/api/start", "/api/bare":
			fmt.Fprintf(w, "%s?%s", r.URL.Path, r.URL.RawQuery)
		case "/made/":
			w.Header().Set("Content-Type", "text/html")
			fmt.Fprint(w, "<title>made</title>")
		default:
			return false
		}
		return true
	})
	tab := install(t, browser, server.URL("/"))
	server.Down()
	other.Down()
	const nothing = "TypeError"
	for _, row := range []struct{ ask, want string }{
		{"/data.json", "/data.json?"},
		{"/data.json?lang=fr", "/data.json?"},
		{"/data.json?lang=de&x=%20", "/data.json?lang=de&x=%20"},
		{"/data.json?x=%20&lang=de", "/data.json?"},
		{"/api/start?v=2", "/api/start?v=2"},
		{"/api/start?v=3", nothing},
		{"/api/start", nothing},
		{"/api/bare", "/api/bare?"},
		{"/api/bare?x", "/api/bare?"},
		{other.URL("/font.css?family=A+B"), "elsewhere"},
		{other.URL("/font.css"), nothing},
		{other.URL("/data.json"), "elsewhere too"},
		{other.URL("/data.json?x"), nothing},
	} {
		if got := eval[string](t, tab, fmt.Sprintf("fetch(%q).then(r => r.text()).catch(e => e.name)", row.ask)); got != row.want {
			t.Errorf("%s: %q, want %q", row.ask, got, row.want)
		}
	}
	for _, row := range []struct {
		ask  string
		want visit
	}{
		{"/?q=1", visit{200, "/?q=1", "index.html", 0}},
		{"/search/", visit{200, "/search/", "search/index.html", 0}},
		{"/search", visit{200, "/search/", "search/index.html", 1}},
		{"/search/?q=1", visit{404, "/search/?q=1", "404.html", 0}},
		{"/find", visit{200, "/find", "find.html", 0}},
		{"/find?q=1", visit{404, "/find?q=1", "404.html", 0}},
		{"/f%69nd?q=1", visit{404, "/f%69nd?q=1", "404.html", 0}},
		{"/made", visit{200, "/made/", "made", 1}},
		{"/made/?x", visit{200, "/made/?x", "made", 0}},
	} {
		if got := open(t, tab, server, row.ask); got != row.want {
			t.Errorf("%s: %+v, want %+v", row.ask, got, row.want)
		}
	}
}

// TestSitesBelowTheRoot puts sites side by side on one origin, as GitHub
// Pages does.
func TestSitesBelowTheRoot(t *testing.T) {
	t.Parallel()
	browser := browsertest.Start(t, browsertest.Options{})
	files := titled("index.html", "about/index.html", "flat.html", "404.html", "grün/index.html")
	site := build(t, files, swgen.Config{Base: "/my repo/"})
	server := browsertest.Serve(t, "/my repo/", site)
	server.Mount("/", texts("index.html", "<title>other</title>", "flat.html", "<title>other flat</title>", "x.json", "other"))
	tab := install(t, browser, server.URL("/my%20repo/"))
	server.Reset()
	if got := eval[string](t, tab, "fetch('/x.json').then(r => r.text())"); got != "other" || server.Count("/x.json") != 1 {
		t.Errorf("outside the base: %q, asked %v", got, server.Paths())
	}
	server.Down()
	for _, row := range []struct {
		ask  string
		want visit
	}{
		{"/my%20repo/", visit{200, "/my%20repo/", "index.html", 0}},
		{"/my%20repo/about?x#y", visit{200, "/my%20repo/about/?x#y", "about/index.html", 1}},
		{"/my%20repo/flat", visit{200, "/my%20repo/flat", "flat.html", 0}},
		{"/my%20repo/gr%c3%bcn", visit{200, "/my%20repo/gr%C3%BCn/", "grün/index.html", 1}},
		{"/my%20repo/nowhere", visit{404, "/my%20repo/nowhere", "404.html", 0}},
	} {
		if got := open(t, tab, server, row.ask); got != row.want {
			t.Errorf("%s: %+v, want %+v", row.ask, got, row.want)
		}
	}
	for _, outside := range []string{"/", "/flat", "/my%20repo"} {
		if err := tab.Navigate(server.URL(outside)); err == nil {
			t.Errorf("%s is no part of the site and came offline", outside)
		}
	}
}

// TestNarrowScope has the worker in a directory of the site: pages outside
// its scope are stored for it and not controlled.
func TestNarrowScope(t *testing.T) {
	t.Parallel()
	browser := browsertest.Start(t, browsertest.Options{})
	files := texts(
		"index.html", "<title>home</title>",
		"style.css", "body{color:rgb(1, 2, 3)}",
		"app/index.html", `<title>app</title><link rel=stylesheet href="../style.css"><body>`,
		"app/more/index.html", `<title>more</title><link rel=stylesheet href="/repo/style.css"><body>`,
	)
	site := build(t, files, swgen.Config{Base: "/repo/", Worker: "app/sw.js", Scope: "app/more/"})
	if _, err := fs.Stat(site, "app/sw.js"); err != nil {
		t.Fatal(err)
	}
	server := browsertest.Serve(t, "/repo/", site)
	tab := install(t, browser, server.URL("/repo/app/more/"))
	if scope := eval[string](t, tab, "navigator.serviceWorker.ready.then(r => r.scope)"); scope != server.URL("/repo/app/more/") {
		t.Errorf("scope %s", scope)
	}
	server.Down()
	if got := open(t, tab, server, "/repo/app/more/?x"); got.title != "more" {
		t.Errorf("%+v", got)
	}
	if broken := tab.Broken(); len(broken) > 0 {
		t.Errorf("%v", broken)
	}
	if color := eval[string](t, tab, "getComputedStyle(document.body).color"); color != "rgb(1, 2, 3)" {
		t.Errorf("the stylesheet outside the scope: %s", color)
	}
	for _, outside := range []string{"/repo/", "/repo/app/"} {
		if err := tab.Navigate(server.URL(outside)); err == nil {
			t.Errorf("%s is outside the scope and came offline", outside)
		}
	}
}

// TestHostsThatRedirectPages installs from a host that knows pages without
// their endings only: what is stored came by a redirect, which browsers refuse
// as the answer to a navigation.
func TestHostsThatRedirectPages(t *testing.T) {
	t.Parallel()
	browser := browsertest.Start(t, browsertest.Options{})
	for _, sounds := range []bool{false, true} {
		files := titled("index.html", "about/index.html", "flat.html", "404.html")
		if sounds {
			files = with(files, "tone.wav", string(sound(1))) // another part of the worker answers
		}
		site := build(t, files, swgen.Config{})
		server := browsertest.Serve(t, "/", site)
		server.Redirect("/flat.html", "/flat", http.StatusPermanentRedirect)
		server.Redirect("/404.html", "/404", http.StatusPermanentRedirect)
		server.Redirect("/about/", "/about", http.StatusPermanentRedirect)
		server.Intercept(func(w http.ResponseWriter, r *http.Request) bool {
			if r.URL.Path != "/about" {
				return false
			}
			w.Header().Set("Content-Type", "text/html")
			w.Write(site.MapFS["about/index.html"].Data)
			return true
		})
		tab := install(t, browser, server.URL("/"))
		if server.Count("/flat") == 0 || server.Count("/about") == 0 {
			t.Fatalf("no redirect at the install: %v", server.Paths())
		}
		for _, online := range []bool{true, false} {
			if !online {
				server.Down()
			}
			for _, row := range []struct {
				ask  string
				want visit
			}{
				{"/flat", visit{200, "/flat", "flat.html", 0}},
				{"/flat.html", visit{200, "/flat.html", "flat.html", 0}},
				{"/about", visit{200, "/about/", "about/index.html", 1}},
				{"/about/", visit{200, "/about/", "about/index.html", 0}},
				{"/404.html", visit{200, "/404.html", "404.html", 0}},
			} {
				if got := open(t, tab, server, row.ask); got != row.want {
					t.Errorf("online %v, sounds %v: %s: %+v, want %+v", online, sounds, row.ask, got, row.want)
				}
			}
		}
		if got := open(t, tab, server, "/nowhere"); got != (visit{404, "/nowhere", "404.html", 0}) {
			t.Errorf("%+v", got)
		}
		// Relative URLs mean what the asked address says, not where the redirect led.
		if got := eval[string](t, tab, "fetch('/flat').then(r => new URL(r.url).pathname + ' ' + r.redirected)"); got != "/flat false" {
			t.Error(got)
		}
	}
}
