package watch

import (
	"context"
	"time"
)

// looks is in how many directories polling looks at a time: on a network each
// look is a question that waits for its answer.
const looks = 8

// poll follows one directory by looking through it at each interval; less often
// where a look takes more than a fifth of that.
func (w *watcher) poll(ctx context.Context, at place) error {
	t := newTree(at.path, w.Skip)
	t.slots = make(chan struct{}, looks-1)
	for first := true; ; first = false {
		began := time.Now()
		changed, _, err := t.update(ctx)
		switch {
		case err != nil:
			return err
		case !at.still(w.Dir):
			return errAgain
		case first:
			w.started()
		default:
			w.pile.add(changed)
		}
		took := time.Since(began)
		if !sleep(ctx, max(w.Poll, 5*took)-took) {
			return ctx.Err()
		}
	}
}
