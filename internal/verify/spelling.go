package verify

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/swgen/swgen/internal/glob"
	"github.com/swgen/swgen/swtest"
)

// manyPages is how many pages are asked for in every spelling, and fewPages in
// haste; more show nothing new.
const manyPages, fewPages = 40, 12

// pages are precached pages in scope that cannot be missing, not too many.
func (t *trial) pages() []string {
	var pages []string
	for _, u := range t.small.urls {
		if strings.HasPrefix(u, t.scope()) && t.isPage(u) && !t.small.optional(u) && t.content(t.small.Deployment, u) != nil {
			pages = append(pages, u)
		}
	}
	most := manyPages
	if t.options.Sample > 0 {
		most = fewPages
	}
	if len(pages) <= most {
		return pages
	}
	some := make([]string, most)
	for i := range some {
		some[i] = pages[i*len(pages)/most]
	}
	return some
}

// spellings are other URLs that may mean a page. Which of them do, the host
// knows: an encoded slash is no slash to RFC 3986, but to most hosts it is.
func spellings(base, u string) []string {
	list := []string{u + "?utm_source=verify"}
	directory, name := u[:strings.LastIndexByte(u, '/')+1], u[strings.LastIndexByte(u, '/')+1:]
	switch {
	case name == "":
		list = append(list, u+"index.html", u+"index")
		if u != base {
			list = append(list, strings.TrimSuffix(u, "/"))
		}
	case name == "index.html":
		list = append(list, directory)
	case strings.HasSuffix(name, ".html"):
		list = append(list, strings.TrimSuffix(u, ".html"), strings.TrimSuffix(u, ".html")+"/")
	default:
		list = append(list, u+".html", u+"/")
	}
	if last := strings.LastIndexByte(strings.TrimSuffix(u, "/"), '/') + 1; last >= len(base) && last < len(u) && u[last] != '%' {
		list = append(list, fmt.Sprintf("%s%%%02x%s", u[:last], u[last], u[last+1:]))
		if last > len(base) {
			list = append(list, u[:last-1]+"%2F"+u[last:])
		}
	}
	return list
}

// everySpelling is W8.
func everySpelling(t *trial) {
	shell := t.shell()
	b := t.copy(t.small)
	tab := b.Open(home + t.scope())
	b.Network.Offline(true)
	fallback := t.unknown(b, &tab, shell)
	for _, u := range t.pages() {
		if p := t.navigate(b, &tab, u); !sameBytes(p, t.content(t.small.Deployment, u)) {
			continue // what is not stored at all is the matter of W1
		}
		for _, spelling := range spellings(t.subject.Base, u) {
			if strings.HasPrefix(spelling, t.scope()) {
				t.spelled(b, &tab, u, spelling, fallback)
			}
		}
	}
	if u := t.small.critical(func(u string) bool { return hasType(u) && !t.keepsQuery(u) }); u != "" && sameBytes(load(tab, u), t.content(t.small.Deployment, u)) {
		p := load(tab, u+"?v=2")
		t.check(sameBytes(p, t.content(t.small.Deployment, u)), b, u, "", "offline, the file with a query behind it is not answered: %s", describe(p))
	}
	t.online(b, &tab, shell)
}

// navigate goes to a URL of the site; a tab that shows an error is replaced.
func (t *trial) navigate(b *swtest.Browser, tab **swtest.Tab, u string) *swtest.Response {
	p := (*tab).Navigate(home + u)
	if p.Err != nil {
		(*tab).Close()
		*tab = b.Open(home + t.scope())
	}
	return p
}

// spelled expects offline what the host answers: the page, under the same URL
// or the one that the host redirects to. To redirect to the page's own URL is
// right, too, where the host answers in place.
func (t *trial) spelled(b *swtest.Browser, tab **swtest.Tab, u, spelling string, fallback []byte) {
	if strings.Contains(spelling, "?") && t.keepsQuery(u) {
		return
	}
	want := t.content(t.small.Deployment, u)
	body, where := t.shown(t.small.Deployment, spelling)
	t.mark(b)
	p := t.navigate(b, tab, spelling)
	address := (*tab).URL()
	if string(body) != string(want) {
		// The host does not know this spelling. An answer is welcome where the
		// links of the page lead somewhere.
		t.check(!sameBytes(p, want) || sameBytes(p, fallback) || directoryOf(address) == directoryOf(home+u), b, spelling, "redirect to "+u, "the page %s is shown, but its relative links lead elsewhere under this URL", u)
		return
	}
	if t.check(sameBytes(p, want), b, spelling, "", "offline, this spelling of %s does not show the page: %s", u, describe(p)) {
		inPlace := pathOnly(home+where) == pathOnly(home+spelling)
		t.check(pathOnly(address) == pathOnly(home+where) || inPlace && pathOnly(address) == pathOnly(home+u), b, spelling, "redirect to "+where,
			"offline, the page is shown under %s, and the host shows it under %s, where relative links lead elsewhere", address, where)
	}
}

// directoryOf is what relative links of a page belong to.
func directoryOf(u string) string {
	u = pathOnly(u)
	return u[:strings.LastIndexByte(u, '/')]
}

// shown is what a host shows under a URL path, and where it redirects to.
func (r *run) shown(d *Deployment, path string) (body []byte, where string) {
	where, _, _ = strings.Cut(path, "?")
	for range 5 {
		h := r.ask(d, where)
		if h.location == "" {
			if h.status == http.StatusOK {
				body = h.body.Bytes()
			}
			return body, where
		}
		where = h.location
	}
	return nil, where
}

// shell says whether a worker of others answers a page that nobody knows with
// status 200 even where there is a network, as those of applications do whose
// script looks at the URL. Then every URL is a page of the application, the
// status is honest, and what the host would say is not asked for. A page that
// is answered so only without a network is one that the host calls unknown.
func (t *trial) shell() bool {
	if t.subject.Spec != nil {
		return false
	}
	b := t.copy(t.small)
	defer t.done()
	p := b.Open(home + t.nowhere()).Page()
	return p.From == "worker" && p.Status == http.StatusOK
}

// nowhere is the URL of a page that the site does not have.
func (r *run) nowhere() string { return r.scope() + "swgen-verify/no-such-page" }

// unknown asks for what the site does not have, offline, and returns the page
// that stands in for it.
func (t *trial) unknown(b *swtest.Browser, tab **swtest.Tab, shell bool) (fallback []byte) {
	const hint = "answer navigations that nothing else can with an offline page, and give it status 404 or 503"
	u := t.nowhere()
	t.mark(b)
	p := t.navigate(b, tab, u)
	good := p.Err == nil && (p.Status >= 400 || shell) && len(p.Body) > 0
	if spec := t.subject.Spec; spec != nil && spec.Offline != nil {
		page := t.content(t.small.Deployment, t.subject.Base+(&url.URL{Path: unescape(spec.Offline.Path)}).EscapedPath())
		good = good && p.Status == spec.Offline.Status && (page == nil || sameBytes(p, page))
	}
	t.check(good, b, u, hint, "offline, an unknown page is not answered by a page with an honest status: %s", describe(p))
	script := (*tab).Load(t.scope()+"swgen-verify/no-such-script.js", "script")
	t.check(script.Err != nil || script.Status >= 400, b, t.scope()+"swgen-verify/no-such-script.js", "answer only navigations with a page", "offline, an unknown script is answered: %s", describe(script))
	return p.Body
}

// online asks for what the worker has to leave to the host.
func (t *trial) online(b *swtest.Browser, tab **swtest.Tab, shell bool) {
	b.Network.Offline(false)
	t.mark(b)
	u := t.nowhere()
	want := t.ask(t.small.Deployment, u)
	p := t.navigate(b, tab, u)
	t.check(shell || p.Err == nil && p.Status == want.status && string(p.Body) == want.body.String(), b, u, "ask the network for what is not precached", "online, an unknown page is not what the host answers (status %d): %s", want.status, describe(p))
	for _, u := range t.small.urls {
		if !t.keepsQuery(u) || !strings.HasPrefix(u, "/") {
			continue
		}
		b.Network.Forget()
		(*tab).Get(u + "?q=verify")
		asked := b.Network.Requests()
		t.check(len(asked) == 1 && asked[0].URL == home+u+"?q=verify", b, u+"?q=verify", "", "a query makes another resource here, and the network was not asked for it")
		return
	}
}

// keepsQuery says whether a query makes another resource under a URL.
func (t *trial) keepsQuery(u string) bool {
	if t.subject.Spec == nil {
		return false
	}
	for _, text := range t.subject.Spec.KeepQuery {
		if p, err := glob.Compile(text); err == nil && p.Match(unescape(strings.TrimPrefix(u, t.subject.Base))) {
			return true
		}
	}
	return false
}
