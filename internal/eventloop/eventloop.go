// Package eventloop runs tasks one at a time on a virtual clock, so that a
// browser played in a test is deterministic and its minutes take no time. It
// does not know what the tasks do.
//
// The clock stands still while there is a task to run and jumps to the next
// timer when there is none. Only while something outside is awaited, such as a
// real network, does it go as the real clock goes. A Loop belongs to the
// goroutine that runs it; what an Outside offers is for others.
package eventloop

import (
	"container/heap"
	"errors"
	"fmt"
	"time"
)

// ErrIdle says that nothing is left that could bring about what Run waits
// for: no task, no timer.
var ErrIdle = errors.New("nothing left to run")

// ErrLate says that what Run waits for did not happen within the given
// virtual time.
var ErrLate = errors.New("not within the time allowed")

// ErrEndless says that tasks went on making tasks for longer than Patience.
var ErrEndless = errors.New("tasks without end")

// Loop is a queue of tasks and a clock.
type Loop struct {
	// Patience is how long, in real time, Run and Advance let tasks make tasks
	// while the clock stands still. Zero: for ever.
	Patience time.Duration
	standing struct {
		at    time.Time
		since time.Time // real
		tasks int
	}
	now    time.Time
	tasks  []func()
	head   int
	timers timerHeap
	seq    uint64
	// What happens outside: how much is awaited, and what it brings.
	outside  int
	arriving chan func()
	// coroutines that wait for something, to be unwound by Close.
	waiting map[*Co]struct{}
}

// New makes a loop whose clock shows start.
func New(start time.Time) *Loop {
	return &Loop{now: start, waiting: make(map[*Co]struct{}), arriving: make(chan func())}
}

// Now is the virtual time.
func (l *Loop) Now() time.Time { return l.now }

// Post appends a task to the queue.
func (l *Loop) Post(task func()) { l.tasks = append(l.tasks, task) }

// Timer is a task that waits for its time.
type Timer struct {
	at    time.Time
	seq   uint64
	task  func()
	index int
	loop  *Loop
}

// After runs task when d has passed on the clock. Timers for the same time
// run in the order in which they were set.
func (l *Loop) After(d time.Duration, task func()) *Timer {
	l.seq++
	t := &Timer{at: l.now.Add(max(d, 0)), seq: l.seq, task: task, loop: l}
	heap.Push(&l.timers, t)
	return t
}

// Stop takes a timer back. It does nothing to one that has run.
func (t *Timer) Stop() {
	if t.index >= 0 {
		heap.Remove(&t.loop.timers, t.index)
	}
}

// Drift moves the clock on by d while a task runs: the time that the task
// takes. Timers that become due run after it.
func (l *Loop) Drift(d time.Duration) { l.now = l.now.Add(d) }

// Step runs one task that is ready and says whether there was one.
func (l *Loop) Step() bool {
	if l.head == len(l.tasks) {
		return false
	}
	task := l.tasks[l.head]
	l.tasks[l.head] = nil
	if l.head++; l.head == len(l.tasks) {
		l.tasks, l.head = l.tasks[:0], 0
	}
	task()
	return true
}

// Run runs tasks and timers until done says true. It returns an error that
// wraps ErrIdle or ErrLate when that does not happen within the virtual time
// limit, or ErrEndless.
func (l *Loop) Run(limit time.Duration, done func() bool) error {
	end := l.now.Add(limit)
	l.standing.at = time.Time{}
	for !done() {
		if l.Step() || l.receive(end) {
			if l.endless() {
				return ErrEndless
			}
			continue
		}
		switch {
		case len(l.timers) == 0:
			return ErrIdle
		case l.timers[0].at.After(end):
			l.reach(end)
			return fmt.Errorf("%w (%v)", ErrLate, limit)
		}
		l.fire()
	}
	return nil
}

// Advance lets d pass: what is due by then runs, and the clock shows the new
// time afterwards. The error is ErrEndless.
func (l *Loop) Advance(d time.Duration) error {
	end := l.now.Add(d)
	l.standing.at = time.Time{}
	for {
		if l.Step() || l.receive(end) {
			if l.endless() {
				return ErrEndless
			}
			continue
		}
		if len(l.timers) == 0 || l.timers[0].at.After(end) {
			l.reach(end)
			return nil
		}
		l.fire()
	}
}

// Outside is something that happens on other goroutines, in real time.
type Outside struct {
	loop *Loop
	gone chan struct{}
}

// Outside begins something outside; Done must end it, on the loop.
func (l *Loop) Outside() *Outside {
	l.outside++
	return &Outside{l, make(chan struct{})}
}

// Post runs a task on the loop and says whether it took it; it does not once
// Done was called. It waits until the loop runs.
func (o *Outside) Post(task func()) bool {
	select {
	case o.loop.arriving <- task:
		return true
	case <-o.gone:
		return false
	}
}

// Done ends it: the loop does not wait for it any more.
func (o *Outside) Done() {
	select {
	case <-o.gone:
	default:
		close(o.gone)
		o.loop.outside--
	}
}

// receive waits for what happens outside, if anything does, until the next
// timer or the end is due, and says whether something came.
func (l *Loop) receive(end time.Time) bool {
	if l.outside == 0 {
		return false
	}
	due := end
	if len(l.timers) > 0 && l.timers[0].at.Before(due) {
		due = l.timers[0].at
	}
	began := time.Now()
	timer := time.NewTimer(due.Sub(l.now))
	defer timer.Stop()
	select {
	case task := <-l.arriving:
		l.now = l.now.Add(min(time.Since(began), due.Sub(l.now)))
		l.Post(task)
		return true
	case <-timer.C:
		return false
	}
}

// endless says whether tasks have made tasks for longer than Patience.
func (l *Loop) endless() bool {
	const often = 1 << 10 // the real clock is slow to read
	s := &l.standing
	if l.Patience == 0 {
		return false
	}
	if !l.now.Equal(s.at) {
		s.at, s.since, s.tasks = l.now, time.Now(), 0
	}
	s.tasks++
	return s.tasks%often == 0 && time.Since(s.since) > l.Patience
}

// fire moves the first timer's task to the queue and the clock to its time.
func (l *Loop) fire() {
	t := heap.Pop(&l.timers).(*Timer)
	l.reach(t.at)
	l.Post(t.task)
}

// reach moves the clock to a time, unless a task took it further already.
func (l *Loop) reach(t time.Time) {
	if t.After(l.now) {
		l.now = t
	}
}

// Close drops all tasks and timers and unwinds what still waits.
func (l *Loop) Close() {
	l.tasks, l.head, l.timers = nil, 0, nil
	for c := range l.waiting {
		c.stop()
	}
}

type timerHeap []*Timer

func (h timerHeap) Len() int { return len(h) }
func (h timerHeap) Less(i, j int) bool {
	if !h[i].at.Equal(h[j].at) {
		return h[i].at.Before(h[j].at)
	}
	return h[i].seq < h[j].seq
}
func (h timerHeap) Swap(i, j int) {
	h[i], h[j] = h[j], h[i]
	h[i].index, h[j].index = i, j
}
func (h *timerHeap) Push(x any) {
	t := x.(*Timer)
	t.index = len(*h)
	*h = append(*h, t)
}
func (h *timerHeap) Pop() any {
	old := *h
	t := old[len(old)-1]
	*h = old[:len(old)-1]
	t.index = -1
	return t
}
