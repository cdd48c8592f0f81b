package verify

import (
	"net/http"
	"path"
	"strconv"
	"strings"

	"github.com/swgen/swgen/internal/csp"
	"github.com/swgen/swgen/internal/finding"
	"github.com/swgen/swgen/swtest"
)

// checkWorker looks at what the host sends with the worker.
func (u *setup) checkWorker() {
	if fault := faultOf(u.worker); fault != "" {
		at := u.subject.Worker
		if u.worker.status == http.StatusOK {
			at = u.from(u.script(), "Content-Type")
		}
		u.tell("worker-type", finding.Warning, at, "", "", "the worker %s %s", u.script(), fault)
	}
	u.checkAge(u.script(), "", u.worker.header, "the worker")
	u.checkConnections()
	if u.now.failure != "" {
		u.checkVary()
	}
}

// checkConnections holds what is precached to the worker's own policy.
func (u *setup) checkConnections() {
	const name = "Content-Security-Policy"
	text := strings.Join(u.worker.header.Values(name), ",")
	if text == "" {
		return
	}
	policies := u.parsed(nil, false, text, u.from(u.script(), name))
	urls, forbidden, first, by, at := u.precached(), 0, "", "", ""
	for _, url := range urls {
		b, place := u.forbidden(policies, func(p csp.Policy, origin string) string {
			return p.Connection(whole(origin, url), origin+u.script())
		})
		if b == "" {
			continue
		}
		if forbidden++; forbidden == 1 {
			first, by, at = url, b, place
		}
	}
	if forbidden > 0 {
		u.tell("csp-connect", finding.Warning, at, "", "", "%q is sent with the worker and forbids it to fetch %d of the %d files that it precaches, such as %s", by, forbidden, len(urls), first)
	}
}

// precached is what the worker is to store.
func (u *setup) precached() []string {
	if u.now.failure == "" || u.now.Manifest == nil {
		return u.now.urls
	}
	var urls []string
	for _, e := range u.now.Manifest.Entries {
		urls = append(urls, e.URL)
	}
	return urls
}

// checkVary looks for answers that no cache takes among those that a worker got
// which did not install. Others have taken the header off.
func (u *setup) checkVary() {
	for _, q := range u.now.first.Network.Requests() {
		if !fromWorker(q) || !strings.HasPrefix(q.URL, home+"/") {
			continue
		}
		target := pathOf(q)
		for value := range strings.SplitSeq(strings.Join(u.asked(target).header.Values("Vary"), ","), ",") {
			if strings.TrimSpace(value) == "*" {
				u.tell("vary-star", finding.Warning, u.from(target, "Vary"), "", "", "Vary: * is sent with what is precached, such as %s, and cache.put() refuses it: the worker does not install", target)
				return
			}
		}
	}
}

// day is in seconds: caches may keep what is no longer true for less.
const day = 24 * 60 * 60

// checkAge looks at how long caches may keep an answer.
func (u *setup) checkAge(url, page string, header http.Header, what string) {
	control := strings.ToLower(strings.Join(header.Values("Cache-Control"), ","))
	age := 0
	for directive := range strings.SplitSeq(control, ",") {
		name, value, _ := strings.Cut(strings.TrimSpace(directive), "=")
		switch name {
		case "no-store", "no-cache":
			return
		case "max-age", "s-maxage":
			if seconds, err := strconv.Atoi(strings.Trim(value, `"`)); err == nil {
				age = max(age, seconds)
			}
		}
	}
	if age >= day {
		u.tell("long-cache", finding.Warning, u.from(url, "Cache-Control"), page, "", "%q is sent with %s: caches may keep it for %d days", control, what, age/day)
	}
}

// checkHeaders looks at what the host sends with pages and what they load.
func (u *setup) checkHeaders() {
	for _, p := range u.pages {
		u.checkAge(p.URL, p.URL, p.header, "pages")
		for value := range strings.SplitSeq(strings.Join(p.header.Values("Clear-Site-Data"), ","), ",") {
			if value = strings.TrimSpace(value); value == `"storage"` || value == `"*"` {
				u.tell("clear-site-data", finding.Warning, u.from(p.URL, "Clear-Site-Data"), p.URL, "", "Clear-Site-Data: %s is sent with pages, and removes the worker and its caches with each visit that reaches the host", value)
			}
		}
	}
	for _, load := range sorted(u.loaded) {
		destination, url, _ := strings.Cut(load, " ")
		if destination == "script" || destination == "style" || destination == "worker" {
			u.checkSniffing(destination, url)
		}
	}
}

// checkSniffing holds a script or a style sheet to its type where browsers do
// (https://fetch.spec.whatwg.org/#x-content-type-options-header). What the host
// says of names that it does not know is not known here.
func (u *setup) checkSniffing(destination, url string) {
	if !strings.HasPrefix(url, "/") {
		return
	}
	answer := u.asked(url)
	first, _, _ := strings.Cut(answer.header.Get("X-Content-Type-Options"), ",")
	if answer.status != http.StatusOK || !strings.EqualFold(strings.TrimSpace(first), "nosniff") {
		return
	}
	contentType := answer.header.Get("Content-Type")
	essence, _, _ := strings.Cut(contentType, ";")
	good := destination == "style" && strings.EqualFold(strings.TrimSpace(essence), "text/css") || destination != "style" && isJavaScript(contentType)
	at := u.from(url, "Content-Type")
	if !good && (at != url || essence != "application/octet-stream") {
		u.tell("nosniff", finding.Warning, at, "", "", "the %s %s has the type %q, and nosniff makes browsers refuse it", destination, url, contentType)
	}
}

// checkEntries opens where web app manifests let visitors begin.
func (u *setup) checkEntries() {
	if len(u.site.Entries) == 0 {
		return
	}
	var b *swtest.Browser
	var tab *swtest.Tab
	if u.now.failure == "" {
		b = u.copy(u.now)
		tab = b.Open(home + u.scope())
		b.Network.Offline(true)
		defer u.done()
	}
	for _, e := range u.site.Entries {
		at := e.In + ":" + strconv.Itoa(e.Line)
		if !strings.HasPrefix(e.URL, u.scope()) {
			u.tell("manifest-scope", finding.Warning, at, "", "", "%s leads to %s, which is outside of the worker's scope %s", e.What, e.URL, u.scope())
			continue
		}
		if b == nil || path.Ext(e.File) == "" {
			continue
		}
		if got := u.navigate(b, &tab, e.URL); !sameBytes(got, readFile(u.now.Files, e.File)) {
			why := describe(got)
			if u.subject.LeftOut != nil && u.subject.LeftOut(e.File) != "" {
				why = u.subject.LeftOut(e.File) + " leaves it out"
			}
			u.tell("manifest-offline", finding.Warning, at, "", "", "%s leads to %s, which does not work without a network: %s", e.What, e.URL, why)
		}
	}
}
