package strategies

import (
	"strings"
	"testing"
	"time"
)

// A table that leaves out a case promises nothing there.
func TestEveryTableCoversEveryCase(t *testing.T) {
	for _, s := range All() {
		rows := make(map[string]bool)
		for _, p := range s.Promises {
			if p.Stored && !p.Asked {
				t.Errorf("%s stores what it did not ask for: %+v", s.Name, p)
			}
			if p.Answer == FromNetwork && !p.Asked {
				t.Errorf("%s answers from a network it did not ask: %+v", s.Name, p)
			}
			if p.Answer == FromCache && !p.Cached {
				t.Errorf("%s answers from an empty cache: %+v", s.Name, p)
			}
			if p.Answer == FromNetwork && p.Network == Down {
				t.Errorf("%s answers from a network that is down: %+v", s.Name, p)
			}
			rows[string(p.Network)+map[bool]string{true: " cached"}[p.Cached]] = true
		}
		if len(s.Promises) != 8 || len(rows) != 8 {
			t.Errorf("%s has %d rows, %d of them different, want 8", s.Name, len(s.Promises), len(rows))
		}
		if s.Summary == "" {
			t.Errorf("%s has no summary", s.Name)
		}
	}
}

func TestResolveRefusesWhatMeansNothing(t *testing.T) {
	for _, test := range []struct {
		name string
		spec Spec
		want string // "" is accepted
	}{
		{"a route of each strategy", Spec{Routes: []Route{{Strategy: CacheFirst}, {Strategy: NetworkFirst, Timeout: time.Second}, {Strategy: StaleWhileRevalidate}, {Strategy: NetworkOnly, Method: "POST"}, {Strategy: CacheOnly}}}, ""},
		{"unknown policy", Spec{Update: "sometimes"}, "no update policy"},
		{"no strategy", Spec{Routes: []Route{{Path: "a"}}}, "no strategy"},
		{"the precache as a route", Spec{Routes: []Route{{Strategy: Precache}}}, "no strategy for a route"},
		{"a bad glob", Spec{Routes: []Route{{Strategy: CacheFirst, Path: "[a"}}}, "no glob"},
		{"a bad query glob", Spec{KeepQuery: []string{"js/**.js"}}, "** must stand between slashes"},
		{"a timeout without a network", Spec{Routes: []Route{{Strategy: CacheFirst, Timeout: time.Second}}}, "has no option timeout"},
		{"a cache for what is not cached", Spec{Routes: []Route{{Strategy: NetworkOnly, Cache: "x"}}}, "has no option cache"},
		{"caching answers to POST", Spec{Routes: []Route{{Strategy: CacheFirst, Method: "POST"}}}, "cannot answer POST"},
		{"a negative age", Spec{Routes: []Route{{Strategy: CacheFirst, MaxAge: -1}}}, "negative"},
		{"opaque answers of one's own origin", Spec{Routes: []Route{{Strategy: CacheFirst, Opaque: true}}}, "matches none"},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, findings := Resolve(test.spec)
			switch {
			case test.want == "" && len(findings) > 0:
				t.Errorf("refused: %v", findings)
			case test.want != "" && len(findings) != 1:
				t.Errorf("got %v, want one finding", findings)
			case test.want != "" && (!strings.Contains(findings[0].Message, test.want) || findings[0].Hint == ""):
				t.Errorf("got %v with hint %q, want %q", findings[0], findings[0].Hint, test.want)
			}
		})
	}
}

func TestResolveFillsInDefaultsAndLeavesTheInputAlone(t *testing.T) {
	in := Spec{Routes: []Route{{Strategy: CacheFirst}}}
	out, _ := Resolve(in)
	if in.Routes[0].Method != "" {
		t.Error("the input was changed")
	}
	if r := out.Routes[0]; r.Method != "GET" || r.Cache != "cache-first" || out.Update != Fresh || out.Root != "./" {
		t.Errorf("got %+v", out)
	}
}
