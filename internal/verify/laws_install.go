package verify

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/swgen/swgen/manifest"
	"github.com/swgen/swgen/strategies"
	"github.com/swgen/swgen/swtest"
)

const installLaw = "W1"

var installLaws = []Law{
	{Code: installLaw, Name: "install precaches", Sentence: "An install that succeeds has stored every critical entry with exactly the bytes of the build.", check: installPrecaches},
	{Code: "W2", Name: "integrity", Sentence: "A body that is not the build's is never stored where the policy is strict, and never a page under another file's URL.", needs: deployable, check: integrity},
	{Code: "W3", Name: "failed installs cost nothing", Sentence: "After an install that failed the old version serves on, the next try fetches only what is missing, and nothing is left behind.", needs: deployable, check: failedInstall},
	{Code: "W4", Name: "small updates", Sentence: "An update downloads only content that is not stored yet, in parallel, the most important first.", needs: deployable, check: smallUpdate},
}

// content is what a URL of the build answers with, nil when no file says so.
func (r *run) content(d *Deployment, url string) []byte {
	name, ok := strings.CutPrefix(url, r.subject.Base)
	if !ok {
		return nil
	}
	file, status := resolve(d.Files, unescape(name))
	if status != http.StatusOK {
		return nil
	}
	return readFile(d.Files, file)
}

func installPrecaches(t *trial) {
	if t.now.failure != "" {
		t.check(false, t.now.first, t.script(), "the console above says what the worker ran into; every URL that it precaches must answer with status 200",
			"the worker does not install: %s", t.now.failure)
		return
	}
	b := t.copy(t.now)
	held := bodies(b)
	if m := t.now.Manifest; m != nil {
		for _, e := range m.Entries {
			if !e.Optional && !e.Unverified {
				t.check(held[e.Hash] > 0, t.now.first, e.URL, "the install must fail when a critical file cannot be had", "installed, but these bytes of the build are not stored")
			}
		}
	}
	b.Network.Offline(true)
	tab := b.Open(home + t.scope())
	for _, u := range t.now.urls {
		want, known := t.now.hashes[u]
		got := tab.Get(u)
		switch {
		case got.Err != nil && !t.now.optional(u):
			t.check(false, b, u, "", "precached, but offline it is a network error: %v", got.Err)
		case got.Err == nil && known:
			t.check(same(got, want), b, u, "", "precached, but offline it answers with other bytes than the build's: %s", describe(got))
		}
	}
}

// strict says whether the bytes of a URL are to be verified.
func (t *trial) strict(url string) bool {
	spec := t.subject.Spec
	if spec == nil {
		return false
	}
	ext := url[strings.LastIndexByte(url, '.')+1:]
	return slices.Contains(spec.Strict, "*") || slices.Contains(spec.Strict, ext)
}

func integrity(t *trial) {
	old, n := t.deploys()
	if n == nil {
		return
	}
	for _, u := range n.urls() {
		if manifest.ClassOf(u) != manifest.Page {
			t.wrongPage(old, n, u)
		}
		if t.strict(u) {
			t.wrongBytes(old, n, u)
		}
	}
}

// wrongBytes serves other bytes than the build's, to every request and then
// only to those that a cache in between may answer.
func (t *trial) wrongBytes(old *stage, n *next, u string) {
	wrong := slices.Clone(n.changed[u][1])
	wrong[len(wrong)-1] ^= 1
	answer := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", contentType(u))
		w.Write(wrong)
	})
	b := t.copy(old)
	b.Network.Script(func(q *swtest.Request) swtest.Weather {
		if pathOf(q) == u {
			return swtest.Weather{Answer: answer}
		}
		return swtest.Weather{}
	})
	_ = t.deploy(b, &n.Deployment)
	t.check(bodies(b)[manifest.Sum(wrong)] == 0, b, u, "compare the hash of what arrives with the manifest's before it is stored",
		"one bit of the file was changed on its way, and it was stored")
	if old.optional(u) {
		return
	}
	t.check(t.active(b, old.Deployment), b, u, "", "a file arrived damaged again and again, and the version that has it was installed")

	b = t.copy(old)
	b.Network.Script(func(q *swtest.Request) swtest.Weather {
		if pathOf(q) == u && !strings.Contains(q.URL, "?") {
			return swtest.Weather{Answer: answer}
		}
		return swtest.Weather{}
	})
	_ = t.deploy(b, &n.Deployment)
	t.check(t.active(b, &n.Deployment), b, u, "ask again with a query that no cache in between can know",
		"a cache between the site and the visitor answered with an old copy, and the update did not get past it")
}

// wrongPage serves a page in place of another file, as hosts with a fallback
// for single-page applications do.
func (t *trial) wrongPage(old *stage, n *next, u string) {
	page := []byte("<!doctype html><title>fallback</title>")
	b := t.copy(old)
	b.Network.Script(func(q *swtest.Request) swtest.Weather {
		if pathOf(q) != u {
			return swtest.Weather{}
		}
		return swtest.Weather{Answer: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			w.Write(page)
		})}
	})
	_ = t.deploy(b, &n.Deployment)
	t.check(bodies(b)[manifest.Sum(page)] == 0, b, u, "refuse text/html where no page is expected", "the host answered with a page (status 200) in place of the file, and it was stored")
}

// active says whether the deployment's worker is the one that answers.
func (t *trial) active(b *swtest.Browser, d *Deployment) bool {
	r := registered(b, t.scope())
	return r != nil && r.Active() != nil && r.Active().Source() == string(readFile(d.Files, t.subject.Worker))
}

func failedInstall(t *trial) {
	old, n := t.deploys()
	if n == nil {
		return
	}
	broken := n.loose
	if broken == "" {
		broken = n.page
	}
	b := t.copy(old)
	b.Network.Script(func(q *swtest.Request) swtest.Weather {
		if pathOf(q) == broken {
			return swtest.Weather{Status: http.StatusInternalServerError}
		}
		return swtest.Weather{}
	})
	tab := b.Open(home + t.scope())
	b.Network.Forget()
	_ = t.deploy(b, &n.Deployment)
	if !t.check(t.active(b, old.Deployment), b, broken, "", "a critical file of the new version answers with status 500, and the new version was installed") {
		return
	}
	got := fetched(b.Network.Requests())
	b.Network.Offline(true)
	for _, u := range n.urls() {
		p := tab.Get(u)
		t.check(old.optional(u) || sameBytes(p, n.changed[u][0]), b, u, "", "after an install that failed the old version does not answer with its own bytes")
	}
	b.Network.Offline(false)
	b.Network.Script(nil)
	b.Network.Forget()
	if err := t.update(b); err != nil {
		t.check(false, b, "", "", "the next try failed: %v", err)
		return
	}
	t.check(t.active(b, &n.Deployment), b, broken, "", "the site was mended, and the next try does not install")
	for u := range fetched(b.Network.Requests()) {
		t.check(!got[u] || u == broken, b, u, "keep what was downloaded for the next try", "downloaded again, though the install that failed had it already")
	}
	tab.Close()
	_ = b.Settle()
	b.Open(home + t.scope()).Close()
	_ = b.Settle()
	clean := t.copy(old)
	_ = t.deploy(clean, &n.Deployment)
	clean.Open(home + t.scope()).Close()
	_ = clean.Settle()
	t.check(b.Usage(home) <= clean.Usage(home), b, "", "", "an install that failed leaves %d bytes behind for good", b.Usage(home)-clean.Usage(home))
}

// fetched are the URLs that workers asked for, without the worker itself.
func fetched(requests []*swtest.Request) map[string]bool {
	urls := make(map[string]bool)
	for _, q := range requests {
		if q.Destination == "" && q.Status == http.StatusOK {
			urls[pathOf(q)] = true
		}
	}
	return urls
}

// trip is how long every answer takes while the order of downloads is looked at.
const trip = 100 * time.Millisecond

func smallUpdate(t *trial) {
	old, n := t.deploys()
	if n == nil {
		return
	}
	b := t.copy(old)
	b.Network.Delay(trip)
	b.Network.Forget()
	start := b.Now()
	if err := t.deploy(b, &n.Deployment); err != nil {
		t.check(false, b, "", "", "the update failed: %v", err)
		return
	}
	took := b.Now().Sub(start)
	had := bodies(old.first)
	times := make(map[string]int)
	last := "" // optional file asked for
	for _, q := range b.Network.Requests() {
		if q.Destination != "" || !strings.HasPrefix(q.URL, home) {
			continue
		}
		u := pathOf(q)
		times[u]++
		hash, known := n.hashes[u]
		t.check(!known || had[hash] == 0, b, u, "", "downloaded, though the same content is stored%s", from(n, u))
		t.check(times[u] == 1, b, u, "", "downloaded %d times in one update", times[u])
		if optional(n.Manifest, u) {
			last = u
		} else {
			t.check(last == "", b, u, "", "a critical file was asked for after the optional %s", last)
		}
	}
	if count := len(times); count >= 4 {
		t.check(took < time.Duration(count)*trip, b, "", "ask for several files at a time", "%d files took %v at %v each: they were downloaded one after another", count, took, trip)
	}
}

func from(n *next, u string) string {
	if u == n.moved {
		return " under the file's old name"
	}
	return ""
}

// policy is the update policy, "" when it is not known.
func (t *trial) policy() strategies.Update {
	if t.subject.Spec == nil {
		return ""
	}
	return t.subject.Spec.Update
}

func describe(p *swtest.Response) string {
	if p.Err != nil {
		return p.Err.Error()
	}
	return fmt.Sprintf("status %d, %d bytes from the %s", p.Status, len(p.Body), p.From)
}
