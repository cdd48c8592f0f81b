// Package swtest is a browser for tests of service workers, inside the test's
// own process: registration and scope, installing, waiting and active workers,
// clients, caches, a scripted network and a virtual clock. It runs the very
// bytes of a worker in a JavaScript engine and refuses what browsers refuse.
//
//	b := swtest.New(swtest.Options{Network: swtest.Files(os.DirFS("public"))})
//	defer b.Close()
//	tab := b.Open("https://example.test/")
//	if _, err := tab.Register("/sw.js"); err != nil {
//		t.Fatal(err)
//	}
//	if err := b.Settle(); err != nil { // until it is installed
//		t.Fatal(err)
//	}
//	b.Network.Offline(true)
//	if page := tab.Navigate("/about/"); page.From != "worker" {
//		t.Errorf("offline: %v\n%v", page, b.Trace())
//	}
//
// The examples tell the rest, in this order: a site offline (that of the package), an update
// while a tab is open ([Registration.Update]), what is stored ([Files]), a worker
// that is stopped ([Browser.StopWorkers], [Point]), a slow network
// ([Network.Script]), a push message ([Notification.Click]), and how to find out
// what went wrong ([Browser.Trace]).
//
// It has no documents: a page is a client that asks for what it is told to
// ask for, and may run scripts that need no DOM. It knows nothing of swgen.
// Where browsers differ or depart from the standards, it does as Chromium; what
// it lacks throws an error that names itself. Names such as Destination and Mode
// are those of the standards: Service Workers (w3c.github.io/ServiceWorker) and
// Fetch (fetch.spec.whatwg.org).
//
// A Browser is deterministic: the same calls with the same Options give the
// same events in the same order, whatever the machine. Nothing happens between
// the calls, and time passes only in them, on a clock of the browser's own. All
// methods belong to one goroutine.
package swtest

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"time"

	"github.com/swgen/swgen/internal/eventloop"
	"github.com/swgen/swgen/internal/fetch"
	"github.com/swgen/swgen/internal/platform"
)

// Options make a Browser. The zero value is a browser without a network.
type Options struct {
	// Network answers every request to every origin; Request.Host and
	// Request.TLS tell which. Nil: nothing answers.
	Network http.Handler
	// Clock is when the test begins. Zero: 2026-01-01 00:00 UTC.
	Clock time.Time
	// Seed chooses what looks random to scripts, and the ids of clients.
	Seed uint64
	// Quota is how many bytes an origin may store. Zero: 1 GB.
	Quota int64
	// Private makes a browser whose caches and databases are refused, as some
	// private modes do.
	Private bool
	// Turn is the longest time that a script may run without a pause, on the
	// real clock; what exceeds it is stopped, and the trace says so. Zero: ten
	// seconds. Tasks that make tasks without end are stopped after six times
	// as long.
	Turn time.Duration
	// Memory is what one worker or page may hold, in bytes. Zero: 512 MB.
	Memory int64
	// Point, when set, is asked before each asynchronous operation of a worker
	// and decides what becomes of it: see Fault.
	Point func(Point) Fault
}

// Browser is a browser with its storage, workers and open tabs.
type Browser struct {
	// Network is the network as the test scripts it.
	Network *Network

	options  Options
	loop     *eventloop.Loop
	exchange *platform.Exchange
	fetcher  *fetch.Fetcher
	random   *rand.ChaCha8
	origins  map[string]*origin
	tabs     []*Tab
	clients  []*client
	home     string // the origin of the first page
	lastID   int
	focus    int // counts focusing, to order windows by it
	points   int
	busy     int // what Settle waits for
	trace    []Event
	began    time.Time
	closed   bool
}

// A test waits at most so long, on the virtual clock, for something to happen.
// The longest that a browser itself waits is the five minutes of an event.
const patience = 15 * time.Minute

// New starts a browser with an empty profile.
func New(o Options) *Browser {
	if o.Clock.IsZero() {
		o.Clock = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	}
	if o.Quota == 0 {
		o.Quota = 1 << 30
	}
	if o.Turn == 0 {
		o.Turn = 10 * time.Second
	}
	loop := eventloop.New(o.Clock)
	loop.Patience = 6 * o.Turn
	var seed [32]byte
	for i := range 8 {
		seed[i] = byte(o.Seed >> (8 * i))
	}
	b := &Browser{
		options:  o,
		loop:     loop,
		exchange: platform.NewExchange(loop),
		random:   rand.NewChaCha8(seed),
		origins:  make(map[string]*origin),
		began:    o.Clock,
	}
	b.Network = &Network{browser: b, handler: o.Network}
	b.fetcher = &fetch.Fetcher{
		Network:   wire{b.Network},
		Cache:     new(fetch.HTTPCache),
		Cookies:   newCookies(b.Now),
		Blob:      b.exchange.Blob,
		Intercept: b.intercept,
	}
	return b
}

// Close ends every worker and page.
func (b *Browser) Close() {
	if b.closed {
		return
	}
	b.closed = true
	b.stopWorkers("the browser closed")
	for _, c := range slices.Clone(b.clients) {
		c.end()
	}
	b.loop.Close()
}

// StopWorkers kills every worker that runs, as browsers do when they please:
// each starts anew with its next event.
func (b *Browser) StopWorkers() { b.stopWorkers("stopped by the test") }

func (b *Browser) stopWorkers(why string) {
	for _, name := range sortedKeys(b.origins) {
		for _, r := range b.origins[name].registrations {
			for _, w := range r.workers() {
				w.stop(why)
			}
		}
	}
}

// Now is the time on the browser's clock.
func (b *Browser) Now() time.Time { return b.loop.Now() }

// Advance lets time pass on the browser's clock: timers fire, workers without
// work stop after thirty seconds, a visit is followed by an update check after
// one.
func (b *Browser) Advance(d time.Duration) {
	end := b.loop.Now().Add(d)
	if b.loop.Advance(d) != nil {
		b.quell()
		_ = b.loop.Advance(end.Sub(b.loop.Now()))
	}
}

// ErrStuck says that the browser still waits for something that cannot happen
// any more, or not within a quarter of an hour of its clock.
var ErrStuck = errors.New("the browser waits for something that does not happen")

// Settle runs until no request, no event of a worker and no registration is
// under way; the clock goes on when they wait for it. Timers of scripts, and
// the update check that follows a visit after a second, come only with Advance.
// The error is an ErrStuck.
func (b *Browser) Settle() error {
	for {
		if err := b.run(func() bool { return b.busy == 0 }); err != nil {
			return err
		}
		if b.Advance(0); b.busy == 0 {
			return nil
		}
	}
}

func (b *Browser) run(done func() bool) error {
	err := b.loop.Run(patience, done)
	if errors.Is(err, eventloop.ErrEndless) {
		b.quell()
		err = b.loop.Run(patience, done)
	}
	if err != nil {
		return fmt.Errorf("%w: %w\n%s", ErrStuck, err, b.tail(12))
	}
	return nil
}

// quell ends all scripts: one of them makes tasks without end, and nobody
// knows which.
func (b *Browser) quell() {
	b.note("exception", "browser", "scripts made tasks without end for %v: all of them are stopped", b.loop.Patience)
	b.stopWorkers("tasks without end")
	for _, c := range slices.Clone(b.clients) {
		c.crash(eventloop.ErrEndless)
	}
}

// begin starts something that Settle waits for, as steps that may wait.
func (b *Browser) begin(steps func(co *eventloop.Co)) {
	b.busy++
	b.loop.Go(func(co *eventloop.Co) {
		defer func() { b.busy-- }()
		steps(co)
	})
}

// await runs the browser until a value is there.
func await[T any](b *Browser, f *eventloop.Future[T]) (T, error) {
	err := b.run(f.Done)
	return f.Value(), err
}

// do runs steps to their end and returns what they return.
func do[T any](b *Browser, steps func(co *eventloop.Co) T) (T, error) {
	f := eventloop.NewFuture[T](b.loop)
	b.begin(func(co *eventloop.Co) { f.Resolve(steps(co)) })
	return await(b, f)
}

func (b *Browser) id() int {
	b.lastID++
	return b.lastID
}

// uuid is a client's id.
func (b *Browser) uuid() string {
	var x [16]byte
	_, _ = b.random.Read(x[:])
	x[6], x[8] = x[6]&0x0f|0x40, x[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", x[:4], x[4:6], x[6:8], x[8:10], x[10:])
}
