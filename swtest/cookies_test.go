package swtest_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/swgen/swgen/swtest"
)

// TestCookiesLiveByTheVirtualClock: a day is over when the test says so.
func TestCookiesLiveByTheVirtualClock(t *testing.T) {
	site := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/login" {
			http.SetCookie(w, &http.Cookie{Name: "day", Value: "1", Path: "/", MaxAge: 86400})
			http.SetCookie(w, &http.Cookie{Name: "session", Value: "2", Path: "/"})
			http.SetCookie(w, &http.Cookie{Name: "deep", Value: "3", Path: "/deep"})
		}
		w.Header().Set("Content-Type", "text/plain")
		w.Write([]byte(r.Header.Get("Cookie")))
	})
	b := swtest.New(swtest.Options{Network: site})
	defer b.Close()
	sent := func(tab *swtest.Tab, path, want string) {
		t.Helper()
		if p := tab.Get(path); string(p.Body) != want {
			t.Errorf("%s was asked for with %q, want %q", path, p.Body, want)
		}
	}
	tab := b.Open("https://site.test/")
	sent(tab, "/a", "")
	tab.Get("/login")
	sent(tab, "/a", "day=1; session=2")
	sent(tab, "/deep/a", "deep=3; day=1; session=2")
	b.Advance(23 * time.Hour)
	copied, err := b.Fork(swtest.Options{Network: site})
	if err != nil {
		t.Fatal(err)
	}
	defer copied.Close()
	b.Advance(2 * time.Hour)
	sent(tab, "/a", "session=2")
	sent(copied.Open("https://site.test/"), "/a", "day=1; session=2")
}
