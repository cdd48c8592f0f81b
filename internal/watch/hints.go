package watch

import (
	"sync"

	"github.com/fsnotify/fsnotify"
)

// A hint is what the system tells of a path since it was looked at last.
type hint struct {
	name string // as fsnotify has it
	op   fsnotify.Op
}

// hints keeps what the system tells until somebody looks, so that the system's
// own queue does not run over meanwhile. What it tells of one path is one
// hint: its memory is bounded by the number of paths.
type hints struct {
	ready chan struct{} // told when there is something

	mu    sync.Mutex
	queue []hint
	place map[string]int // of a name in the queue
	err   error
}

func newHints() *hints {
	return &hints{ready: make(chan struct{}, 1), place: make(map[string]int)}
}

// gather takes everything from a watcher until that is closed.
func (h *hints) gather(w *fsnotify.Watcher) {
	for {
		select {
		case e, ok := <-w.Events:
			if !ok {
				return
			}
			h.put(e)
		case err, ok := <-w.Errors:
			if !ok {
				return
			}
			h.fail(err)
		}
	}
}

func (h *hints) put(e fsnotify.Event) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if i, known := h.place[e.Name]; known {
		h.queue[i].op |= e.Op
		return
	}
	h.place[e.Name] = len(h.queue)
	h.queue = append(h.queue, hint{name: e.Name, op: e.Op})
	h.wake()
}

// fail notes that hints may be missing.
func (h *hints) fail(err error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.err = err
	h.wake()
}

func (h *hints) wake() {
	select {
	case h.ready <- struct{}{}:
	default:
	}
}

// take returns the hints in the order in which they came; an error tells that
// some are missing.
func (h *hints) take() ([]hint, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	queue, err := h.queue, h.err
	h.queue, h.err = nil, nil
	clear(h.place)
	return queue, err
}
