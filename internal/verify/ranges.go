package verify

import (
	"fmt"
	"net/http"
	"strconv"

	"github.com/swgen/swgen/manifest"
	"github.com/swgen/swgen/swtest"
)

// fewMedia is how many files are asked for in ranges; more show nothing new.
const fewMedia = 5

// ranges is W10.
func ranges(t *trial) {
	b := t.copy(t.small)
	tab := b.Open(home + t.scope())
	b.Network.Offline(true)
	tried := 0
	for _, u := range t.small.urls {
		want := t.content(t.small.Deployment, u)
		if manifest.ClassOf(u) != manifest.Media || len(want) == 0 || tried == fewMedia || !sameBytes(tab.Get(u), want) {
			continue // what is not stored is the matter of W1, or optional
		}
		tried++
		t.ranged(b, tab, u, want)
	}
}

// span is a range that a file is asked for, and the bytes from and up to which
// it means.
type span struct {
	header   string
	from, to int
}

func spans(size int) []span {
	n := strconv.Itoa
	list := []span{
		{"bytes=0-", 0, size},
		{"bytes=0-0", 0, 1},
		{"bytes=" + n(size/2) + "-", size / 2, size},
		{"bytes=" + n(size/2) + "-" + n(size-1), size / 2, size},
		{"bytes=" + n(size-1) + "-" + n(size+100), size - 1, size},
		{"bytes=-1", size - 1, size},
		{"bytes=-" + n(size+100), 0, size},
	}
	if size > 3 {
		list = append(list, span{"bytes=1-2", 1, 3}, span{"bytes=-3", size - 3, size})
	}
	return list
}

// ranged asks for parts of a file (RFC 9110, section 14).
func (t *trial) ranged(b *swtest.Browser, tab *swtest.Tab, u string, want []byte) {
	size := len(want)
	ask := func(value string) *swtest.Response {
		t.mark(b)
		return tab.Ask(u, swtest.Ask{Destination: "audio", Header: http.Header{"Range": {value}}})
	}
	for _, s := range spans(size) {
		p := ask(s.header)
		if t.check(p.Status == http.StatusPartialContent && sameBytes(p, want[s.from:s.to]), b, u, "", "Range: %s is not answered by status 206 and those bytes: %s", s.header, describe(p)) {
			where := fmt.Sprintf("bytes %d-%d/%d", s.from, s.to-1, size)
			t.check(p.Header.Get("Content-Range") == where, b, u, "", "Range: %s is answered with Content-Range %q instead of %q", s.header, p.Header.Get("Content-Range"), where)
		}
	}
	for _, value := range []string{"bytes=" + strconv.Itoa(size) + "-", "bytes=-0"} {
		p := ask(value)
		t.check(p.Status == http.StatusRequestedRangeNotSatisfiable, b, u, "", "Range: %s of a file of %d bytes is not answered by status 416: %s", value, size, describe(p))
	}
	for _, value := range []string{"bytes=2-1", "bytes=-", "bytes=x", "lines=0-1", "bytes=0-0,2-2"} {
		p := ask(value)
		several := p.Status == http.StatusPartialContent && value == "bytes=0-0,2-2"
		t.check(several || p.Status == http.StatusOK && sameBytes(p, want), b, u, "ignore a Range header that means nothing, and answer several ranges with the whole", "Range: %s is not answered by the whole file: %s", value, describe(p))
	}
}
