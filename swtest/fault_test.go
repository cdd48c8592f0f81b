package swtest_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/swgen/swgen/swtest"
)

var precached = files{"/": "home", "/about/": "about us", "/style.css": "body{}", "/sw.js": precaching}

func TestAKillAtAnyPointOfTheInstallLeavesNoWorker(t *testing.T) {
	points := 0
	for kill := 1; ; kill++ {
		points = 0
		b, tab := open(t, precached, swtest.Options{Point: func(p swtest.Point) swtest.Fault {
			if points++; points == kill {
				return swtest.Kill
			}
			return swtest.Proceed
		}})
		r := install(t, b, tab, "/sw.js")
		if points < kill {
			same(t, "states without a kill", states(r), [3]string{2: "activated"})
			break
		}
		same(t, fmt.Sprintf("states after a kill at point %d", kill), states(r), [3]string{})
		if !traced(b, "fault", "killed at") {
			t.Error("the trace does not tell of the kill")
		}
		points = -100
		again := install(t, b, tab, "/sw.js")
		same(t, "states of the next try", states(again), [3]string{2: "activated"})
	}
	if points < 4 {
		t.Errorf("only %d points", points)
	}
}

func TestAPointSaysWhatIsAboutToHappen(t *testing.T) {
	var seen []string
	b, tab := open(t, precached, swtest.Options{Point: func(p swtest.Point) swtest.Fault {
		seen = append(seen, p.String())
		return swtest.Proceed
	}})
	install(t, b, tab, "/sw.js")
	same(t, "points", seen, []string{
		"point 1, cachesOpen v1 in the installing worker https://example.test/sw.js",
		"point 2, fetch GET https://example.test/ in the installing worker https://example.test/sw.js",
		"point 3, fetch GET https://example.test/about/ in the installing worker https://example.test/sw.js",
		"point 4, fetch GET https://example.test/style.css in the installing worker https://example.test/sw.js",
		"point 5, cachePut 3 entries in the installing worker https://example.test/sw.js",
	})
}

func TestOperationsFailAsInABrowser(t *testing.T) {
	for _, test := range []struct {
		operation string
		fault     swtest.Fault
		want      string
	}{
		{"cachesOpen", swtest.Fail, "install event: UnknownError: Unexpected internal error"},
		{"cachePut", swtest.Full, "install event: QuotaExceededError: Quota exceeded."},
		{"fetch", swtest.Fail, "install event: TypeError: Failed to fetch"},
	} {
		b, tab := open(t, precached, swtest.Options{Point: func(p swtest.Point) swtest.Fault {
			if p.Operation == test.operation {
				return test.fault
			}
			return swtest.Proceed
		}})
		same(t, test.operation, states(install(t, b, tab, "/sw.js")), [3]string{})
		if !traced(b, "exception", test.want) {
			t.Errorf("%s: the trace does not say %q", test.operation, test.want)
		}
	}
}

func TestAKillWhileItAnswersLeavesThePageToTheNetwork(t *testing.T) {
	kill := false
	b, tab := open(t, precached, swtest.Options{Point: func(p swtest.Point) swtest.Fault {
		if kill && p.State == "activated" {
			return swtest.Kill
		}
		return swtest.Proceed
	}})
	install(t, b, tab, "/sw.js")
	tab.Navigate("/")
	kill = true
	same(t, "a page", answered(tab.Navigate("/about/")), "network: about us")
	same(t, "its part", answered(tab.Get("/style.css")), "error")
	kill = false
	same(t, "afterwards", answered(tab.Get("/style.css")), "worker: body{}")
}

func TestAWorkerMayDieBetweenAnyTwoEvents(t *testing.T) {
	b, tab, r := controlled(t, files{"/sw.js": precaching, "/about/": "about us", "/style.css": "body{}"})
	b.Network.Offline(true)
	for range 3 {
		r.Active().Stop()
		same(t, "a page", answered(tab.Navigate("/about/")), "worker: about us")
		r.Active().Stop()
		same(t, "its part", answered(tab.Load("/style.css", "style")), "worker: body{}")
	}
}

// play is a story with all kinds of chance in it, and its trace.
func play(t *testing.T, seed uint64) []string {
	n := 0
	b, tab := open(t, files{"/": "home", "/about/": "about", "/style.css": "", "/sw.js": precaching + `
		onmessage = event => event.waitUntil(Promise.race([1, 2, 3].map(async i => {
			await new Promise(done => setTimeout(done, Math.random() * 1000))
			console.log(i, crypto.randomUUID(), Math.random())
			event.source.postMessage(event.source.id)
		})))`}, swtest.Options{Seed: seed, Point: func(p swtest.Point) swtest.Fault {
		if n++; n%17 == 0 {
			return swtest.Kill
		}
		return swtest.Proceed
	}})
	for range 3 {
		r := install(t, b, tab, "/sw.js")
		if r.Active() == nil {
			continue
		}
		tab.Navigate("/")
		must(t, tab.Post(r.Active(), "go"))
		must(t, b.Settle())
		b.Open(origin + "/about/")
	}
	var lines []string
	for _, e := range b.Trace() {
		lines = append(lines, e.String())
	}
	return lines
}

func TestTheSameSeedTellsTheSameStory(t *testing.T) {
	first, again, other := play(t, 1), play(t, 1), play(t, 2)
	if !slices.Equal(first, again) {
		t.Errorf("first:\n%s\nthen:\n%s", strings.Join(first, "\n"), strings.Join(again, "\n"))
	}
	if slices.Equal(first, other) {
		t.Error("another seed changes nothing")
	}
	if len(first) < 20 {
		t.Errorf("the story is %d events long", len(first))
	}
}
