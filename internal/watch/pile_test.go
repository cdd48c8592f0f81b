package watch

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

type event struct {
	at   time.Duration
	what string // paths, "all", "now" for all at once, or "gone"
}

func TestBatchesClose(t *testing.T) {
	const ms = time.Millisecond
	for _, c := range []struct {
		name   string
		events []event
		slow   time.Duration // how long each batch is worked on
		want   string
	}{
		{"when it is quiet", []event{{0, "b a"}, {100 * ms, "a"}, {200 * ms, "c"}},
			0, "450ms: a b c"},
		{"after a while that is never quiet", every(200*ms, 12, "x"),
			0, "2s: x; 2.45s: x"},
		{"each on its own after a pause", []event{{0, "a"}, {1 * time.Second, "b"}},
			0, "250ms: a; 1.25s: b"},
		{"together, when the one before takes long", []event{{0, "a"}, {500 * ms, "b"}, {900 * ms, "c"}},
			time.Second, "250ms: a; 1.25s: b c"},
		{"but not sooner than quiet for that", []event{{0, "a"}, {1200 * ms, "b"}},
			time.Second, "250ms: a; 1.45s: b"},
		{"with all, which holds every path", []event{{0, "a"}, {0, "all"}, {0, "b"}},
			0, "250ms: ALL"},
		{"at once in the beginning", []event{{0, "now"}, {0, "b"}},
			0, "0s: ALL; 250ms: b"},
		{"without a word of what never came", []event{{0, "all"}, {100 * ms, "gone"}, {2 * time.Second, "all"}},
			0, "2.25s: ALL"},
		{"once for what is gone", []event{{0, "all"}, {1 * time.Second, "a"}, {1 * time.Second, "gone"}, {2 * time.Second, "all"}, {2100 * ms, "gone"}},
			0, "250ms: ALL; 1.25s: GONE"},
		{"with all, for what came again in time", []event{{0, "all"}, {1 * time.Second, "gone"}, {1100 * ms, "all"}},
			0, "250ms: ALL; 1.35s: ALL"},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				p := newPile(250*ms, 2*time.Second)
				ctx, cancel := context.WithCancel(t.Context())
				began := time.Now()
				var got []string
				done := make(chan struct{})
				go func() {
					defer close(done)
					p.deliver(ctx, func(b Batch) {
						what := strings.Join(b.Paths, " ")
						if b.All {
							what += "ALL"
						}
						if b.Gone {
							what += "GONE"
						}
						got = append(got, fmt.Sprintf("%s: %s", time.Since(began), what))
						time.Sleep(c.slow)
					})
				}()
				for _, e := range c.events {
					time.Sleep(e.at - time.Since(began))
					switch e.what {
					case "all", "now":
						p.all(e.what == "now")
						synctest.Wait()
					case "gone":
						p.gone()
					default:
						p.add(strings.Fields(e.what))
					}
				}
				time.Sleep(time.Minute)
				cancel()
				<-done
				if got := strings.Join(got, "; "); got != c.want {
					t.Errorf("got  %s\nwant %s", got, c.want)
				}
			})
		})
	}
}

func every(d time.Duration, n int, what string) (events []event) {
	for i := range n {
		events = append(events, event{time.Duration(i) * d, what})
	}
	return events
}

func TestNoBatchAfterTheEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPile(time.Second, time.Second)
		ctx, cancel := context.WithCancel(t.Context())
		p.add([]string{"a"})
		var got []Batch
		time.AfterFunc(time.Millisecond, cancel)
		p.deliver(ctx, func(b Batch) { got = append(got, b) })
		if len(got) > 0 {
			t.Errorf("got %v", got)
		}
	})
}
