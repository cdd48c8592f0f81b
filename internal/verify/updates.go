package verify

import (
	"net/http"
	"path"
	"strings"
	"time"

	"github.com/swgen/swgen/manifest"
	"github.com/swgen/swgen/swtest"
)

// trip is how long every answer takes while downloads are looked at.
const trip = 100 * time.Millisecond

// smallUpdate is W4: an update, and the way back while a page of the old
// version is still open.
func smallUpdate(t *trial) {
	d := t.deploys()
	if d == nil {
		return
	}
	b := t.copy(d.from)
	b.Open(home + t.scope())
	t.economical(b, d, d.to, d.hashes, "")
	t.economical(b, d, d.from.Deployment, d.from.hashes, ", when the site went back to the previous version")
}

// content is what a body can stand in for: the same bytes may be needed with
// another content type.
type content struct {
	hash manifest.Hash
	kind string
}

func contentOf(u string, hash manifest.Hash) content {
	if manifest.ClassOf(u) == manifest.Page {
		return content{hash, ".html"}
	}
	return content{hash, path.Ext(u)}
}

// economical deploys, and looks at what is downloaded.
func (t *trial) economical(b *swtest.Browser, d *deploy, to *Deployment, hashes map[string]manifest.Hash, when string) {
	had := t.had(b, d)
	var began []time.Time
	b.Network.Script(func(q *swtest.Request) swtest.Weather {
		if fromWorker(q) {
			began = append(began, b.Now())
		}
		return swtest.Weather{Delay: trip}
	})
	b.Network.Forget()
	t.deploy(b, to)
	files, last := 0, ""
	for _, q := range b.Network.Requests() {
		u := pathOf(q)
		hash, known := hashes[u]
		if !fromWorker(q) || !known || q.Status != http.StatusOK || !strings.HasPrefix(u, "/") {
			continue
		}
		files++
		as, stored := had[contentOf(u, hash)]
		switch {
		case stored && as == u:
			t.check(false, b, u, "", "downloaded, though the same content is stored%s", when)
		case stored:
			t.check(false, b, u, "", "downloaded, though the same content is stored or on its way as %s%s", as, when)
		default:
			t.checks++
		}
		had[contentOf(u, hash)] = u
		t.check(last == "" || t.rank(to, last) <= t.rank(to, u), b, u, "", "asked for after %s, which is less important", last)
		last = u
	}
	if files < 4 || t.lazy() {
		return
	}
	took := began[len(began)-1].Sub(began[0])
	t.check(took < time.Duration(len(began)-1)*trip, b, "", "ask for several files at a time", "every answer takes %v, and the last of %d files was asked for %v after the first: they are downloaded one after another", trip, len(began), took)
}

// rank orders what is downloaded: the home page, what is verified, pages, the
// rest, and what is optional. What is important to the workers of others is not
// known.
func (t *trial) rank(d *Deployment, u string) int {
	switch {
	case optional(d.Manifest, u):
		return 4
	case t.subject.Spec == nil || u == t.subject.Base:
		return 0
	case t.strict(u):
		return 1
	case t.isPage(u):
		return 2
	}
	return 3
}

// had is what is stored, with a URL of it.
func (t *trial) had(b *swtest.Browser, d *deploy) map[content]string {
	had, held := make(map[content]string), bodies(b)
	for _, hashes := range []map[string]manifest.Hash{d.from.hashes, d.hashes} {
		for u, hash := range hashes {
			if held[hash] > 0 {
				had[contentOf(u, hash)] = u
			}
		}
	}
	return had
}
