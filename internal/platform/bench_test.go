package platform_test

import (
	"testing"
	"time"

	"github.com/swgen/swgen/internal/eventloop"
	"github.com/swgen/swgen/internal/platform"
)

// What verifying a site spends its time on, with BenchmarkFetchAndPut.

func bareRealm(b *testing.B, kind platform.Kind) *scripted {
	s := &scripted{loop: eventloop.New(time.Unix(1e9, 0)), answers: map[string]any{}}
	var err error
	s.realm, err = platform.New(platform.Options{
		Kind: kind, URL: scriptURL, Loop: s.loop, Outside: s, Exchange: platform.NewExchange(s.loop), Secure: true,
	})
	if err != nil {
		b.Fatal(err)
	}
	return s
}

func BenchmarkBoot(b *testing.B) {
	for _, kind := range []platform.Kind{platform.ServiceWorker, platform.Window} {
		b.Run(string(kind), func(b *testing.B) {
			for b.Loop() {
				bareRealm(b, kind).realm.Close()
			}
		})
	}
}

func BenchmarkMatch(b *testing.B) {
	s := newSite(b)
	run := func(script string) {
		if _, err := s.realm.Run(scriptURL, script); err != nil {
			b.Fatal(err)
		}
		s.loop.Advance(time.Minute)
	}
	run(`caches.open("c").then(c => c.put("/page", new Response("a page", { headers: { "Content-Type": "text/html", ETag: "abc" } })))`)
	for b.Loop() {
		run(`caches.match("/page")`)
	}
}

// A page's request that the worker answers with a response of its own URL.
func BenchmarkFetchEvent(b *testing.B) {
	s := bareRealm(b, platform.ServiceWorker)
	defer s.realm.Close()
	answered := 0
	s.answers["event.respond"] = func(args []any) any {
		if _, err := s.realm.Response(args[1]); err != nil {
			b.Fatal(err)
		}
		answered++
		return nil
	}
	if _, err := s.realm.Run(scriptURL, `
		const page = new Response("a page", { headers: { "Content-Type": "text/html", ETag: "abc" } })
		onfetch = e => { const r = page.clone(); e.respondWith(Promise.resolve(new Response(r.body, r))) }
	`); err != nil {
		b.Fatal(err)
	}
	n := 0
	for b.Loop() {
		n++
		if _, err := s.realm.Dispatch("fetch", n, fetchRecord()); err != nil {
			b.Fatal(err)
		}
		if _, err := s.realm.Dispatch("handled", n, true, ""); err != nil {
			b.Fatal(err)
		}
		s.log = s.log[:0]
	}
	if answered != n {
		b.Fatalf("%d of %d events were answered", answered, n)
	}
}
