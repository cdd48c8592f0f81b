package verify

import (
	"net/http"
	"path"
	"slices"
	"strings"

	"github.com/swgen/swgen/manifest"
	"github.com/swgen/swgen/swtest"
)

// strict says whether the bytes of a URL are to be verified.
func (t *trial) strict(u string) bool {
	spec := t.subject.Spec
	if spec == nil {
		return false
	}
	extension := strings.TrimPrefix(path.Ext(u), ".")
	if t.isPage(u) && extension == "" {
		extension = "html"
	}
	return slices.Contains(spec.Strict, "*") || slices.Contains(spec.Strict, strings.ToLower(extension))
}

// integrity is W2. That an install fails which cannot have a critical file is
// the matter of W1; here nothing wrong may be stored.
func integrity(t *trial) {
	if u := t.small.critical(t.strict); u != "" {
		t.notStored(t.firstVisit(), t.damage(t.small.Deployment, u))
		t.wronglyMended(u)
	}
	if u := t.small.critical(hasType); u != "" {
		t.notStored(t.firstVisit(), t.fallback(u))
	}
	d := t.deploys()
	if d == nil {
		return
	}
	strict, typed := slices.DeleteFunc(d.urls(), func(u string) bool { return !t.strict(u) }), slices.DeleteFunc(d.urls(), func(u string) bool { return !hasType(u) })
	for _, urls := range t.together(strict) {
		t.notStored(t.later(d), t.damage(d.to, urls...))
		t.staleOnTheWay(d, urls)
	}
	for _, urls := range t.together(typed) {
		t.notStored(t.later(d), t.fallback(urls...))
		if t.options.Sample == 0 {
			t.notStored(t.later(d), t.redirectedHome(urls...))
		}
	}
}

// hasType says whether a URL's extension tells that it is no page.
func hasType(u string) bool { return path.Ext(u) != "" && manifest.ClassOf(u) != manifest.Page }

// together are the URLs one by one, or in haste all at once.
func (t *trial) together(urls []string) [][]string {
	if t.options.Sample > 0 && len(urls) > 0 {
		return [][]string{urls}
	}
	var list [][]string
	for _, u := range urls {
		list = append(list, []string{u})
	}
	return list
}

// mishap is what goes wrong with the answers for some URLs.
type mishap struct {
	weather func(*swtest.Request) swtest.Weather
	wrong   map[string][]byte // by URL: what must not be stored
	what    string
}

// damage changes one bit of what the URLs answer with, however often they are
// asked.
func (t *trial) damage(d *Deployment, urls ...string) mishap {
	m := mishap{wrong: make(map[string][]byte), what: "one bit of the file was changed on its way"}
	for _, u := range urls {
		m.wrong[u] = damaged(t.content(d, u))
	}
	m.weather = func(q *swtest.Request) swtest.Weather {
		if wrong, ok := m.wrong[pathOf(q)]; ok {
			return swtest.Weather{Answer: answer(contentType(pathOf(q)), wrong)}
		}
		return swtest.Weather{}
	}
	return m
}

// fallback serves a page with status 200 in place of the files, as hosts do
// that are set up for an application of one page.
func (t *trial) fallback(urls ...string) mishap {
	page := []byte("<!doctype html><title>fallback</title>")
	m := mishap{wrong: make(map[string][]byte), what: "the host answered with a page (status 200) in place of the file"}
	m.weather = only(swtest.Weather{Answer: answer("text/html; charset=utf-8", page)}, urls...)
	for _, u := range urls {
		m.wrong[u] = page
	}
	return m
}

// redirectedHome sends those who ask for the files to a page.
func (t *trial) redirectedHome(urls ...string) mishap {
	m := t.fallback(urls...)
	page := m.weather
	const lost = "/swgen-verify-lost"
	m.weather = func(q *swtest.Request) swtest.Weather {
		if pathOf(q) == lost {
			return page(&swtest.Request{URL: home + urls[0]})
		}
		return only(swtest.Weather{Answer: http.RedirectHandler(lost, http.StatusFound)}, urls...)(q)
	}
	m.what = "the host redirected to a page (status 200) in place of the file"
	return m
}

// occasion is a browser, and what makes its worker download.
type occasion struct {
	*swtest.Browser
	when     string
	download func()
}

func (t *trial) firstVisit() occasion {
	b := t.visitor(t.small.Deployment, swtest.Options{})
	return occasion{b, "during the first install", func() { t.register(b) }}
}

func (t *trial) later(d *deploy) occasion {
	b := t.copy(d.from)
	return occasion{b, "during an update", func() { t.deploy(b, d.to) }}
}

func (t *trial) notStored(o occasion, m mishap) {
	defer t.done()
	o.Network.Script(m.weather)
	o.download()
	held := bodies(o.Browser)
	for _, u := range sorted(m.wrong) {
		t.check(held[manifest.Sum(m.wrong[u])] == 0, o.Browser, u, "", "%s %s, and it was stored", o.when, m.what)
	}
}

// staleOnTheWay has a cache between the site and its visitors that answers
// with the old files where it knows the URL.
func (t *trial) staleOnTheWay(d *deploy, urls []string) {
	b := t.copy(d.from)
	defer t.done()
	b.Network.Script(func(q *swtest.Request) swtest.Weather {
		if u := pathOf(q); slices.Contains(urls, u) && !strings.Contains(q.URL, "?") {
			return swtest.Weather{Answer: answer(contentType(u), d.changed[u][0])}
		}
		return swtest.Weather{}
	})
	t.deploy(b, d.to)
	t.check(t.installed(b, d), b, urls[0], "ask again with a query that no cache in between can know",
		"a cache between the site and the visitor answered with the old file, and the update did not get past it")
}

// wronglyMended loses what is stored, and damages what is asked for instead.
func (t *trial) wronglyMended(u string) {
	b := t.copy(t.small)
	tab := b.Open(home + t.scope())
	t.eval(tab, emptyCaches)
	t.notStored(occasion{b, "while a lost file was asked for again", func() {
		load(tab, u)
		_ = b.Settle()
	}}, t.damage(t.small.Deployment, u))
}
