package watch

import (
	"context"
	"maps"
	"slices"
	"sync"
	"time"
)

// A pile gathers changes until a batch of them closes.
type pile struct {
	quiet, most time.Duration
	filled      chan struct{} // told when the empty pile got something

	mu          sync.Mutex
	batch       Batch // All and Gone; Paths are in paths
	paths       map[string]struct{}
	first, last time.Time
	there       bool // what the batches so far told
}

func newPile(quiet, most time.Duration) *pile {
	return &pile{quiet: quiet, most: most, filled: make(chan struct{}, 1), paths: make(map[string]struct{})}
}

func (p *pile) empty() bool { return len(p.paths) == 0 && !p.batch.All && !p.batch.Gone }

// change makes a change to the pile, now.
func (p *pile) change(make func()) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.last = time.Now()
	wasEmpty := p.empty()
	if wasEmpty {
		p.first = p.last
	}
	make()
	if wasEmpty {
		select {
		case p.filled <- struct{}{}:
		default:
		}
	}
}

// add puts paths onto the pile.
func (p *pile) add(paths []string) {
	if len(paths) == 0 {
		return
	}
	p.change(func() {
		for _, path := range paths {
			p.paths[path] = struct{}{}
		}
	})
}

// all tells that the directory is there and may be all new; at once, without
// waiting for quiet, on request.
func (p *pile) all(atOnce bool) {
	p.change(func() {
		p.batch = Batch{All: true}
		if atOnce {
			p.first = time.Time{}
		}
	})
}

// gone tells that the directory is not there; that is worth a batch if the
// last one told otherwise.
func (p *pile) gone() {
	p.change(func() {
		clear(p.paths)
		p.batch = Batch{Gone: p.there}
	})
}

// take empties the pile when its batch is closed; else it tells how long that
// takes, < 0 for an empty one.
func (p *pile) take() (b Batch, wait time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.empty() {
		return b, -1
	}
	now := time.Now()
	if wait = min(p.quiet-now.Sub(p.last), p.most-now.Sub(p.first)); wait > 0 {
		return b, wait
	}
	b = p.batch
	if !b.All && !b.Gone {
		b.Paths = slices.Sorted(maps.Keys(p.paths))
	}
	p.batch, p.paths = Batch{}, make(map[string]struct{})
	p.there = !b.Gone
	return b, 0
}

// deliver calls do with each batch until the context is done.
func (p *pile) deliver(ctx context.Context, do func(Batch)) {
	for ctx.Err() == nil {
		b, wait := p.take()
		if wait == 0 {
			do(b)
			continue
		}
		var closes <-chan time.Time
		if wait > 0 {
			closes = time.After(wait)
		}
		select {
		case <-ctx.Done():
		case <-closes:
		case <-p.filled:
		}
	}
}
