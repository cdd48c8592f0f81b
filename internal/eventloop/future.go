package eventloop

import (
	"iter"
	"time"
)

// Future is a value that is not there yet. The zero value with a Loop set by
// NewFuture waits for Resolve.
type Future[T any] struct {
	loop  *Loop
	done  bool
	value T
	then  []func(T)
}

// NewFuture makes a future that waits for its value.
func NewFuture[T any](l *Loop) *Future[T] { return &Future[T]{loop: l} }

// Resolve gives the value. Only the first call counts.
func (f *Future[T]) Resolve(value T) {
	if f.done {
		return
	}
	f.done, f.value = true, value
	for _, then := range f.then {
		f.loop.Post(func() { then(value) })
	}
	f.then = nil
}

// Then runs a task with the value once it is there; never before it returns.
func (f *Future[T]) Then(task func(T)) {
	if f.done {
		f.loop.Post(func() { task(f.value) })
		return
	}
	f.then = append(f.then, task)
}

// Done says whether the value is there.
func (f *Future[T]) Done() bool { return f.done }

// Value is the value, or the zero value while there is none.
func (f *Future[T]) Value() T { return f.value }

// Co is a sequence of steps that may wait for futures between them; other
// tasks run meanwhile. The algorithms of the standards read best that way.
type Co struct {
	loop  *Loop
	yield func(struct{}) bool
	next  func() (struct{}, bool)
	stop  func()
}

// stopped unwinds a coroutine whose loop was closed.
type stopped struct{}

// Go starts a coroutine as a task of its own.
func (l *Loop) Go(steps func(*Co)) {
	c := &Co{loop: l}
	c.next, c.stop = iter.Pull(func(yield func(struct{}) bool) {
		defer func() {
			if r := recover(); r != nil && r != (stopped{}) {
				panic(r)
			}
		}()
		c.yield = yield
		steps(c)
	})
	l.waiting[c] = struct{}{}
	l.Post(c.resume)
}

func (c *Co) resume() {
	if _, more := c.next(); !more {
		delete(c.loop.waiting, c)
	}
}

// Loop is the loop that runs the coroutine.
func (c *Co) Loop() *Loop { return c.loop }

// Await waits for a value.
func Await[T any](c *Co, f *Future[T]) T {
	if !f.done {
		f.then = append(f.then, func(T) { c.resume() })
		if !c.yield(struct{}{}) {
			panic(stopped{})
		}
	}
	return f.value
}

// Sleep waits on the clock.
func (c *Co) Sleep(d time.Duration) {
	f := NewFuture[struct{}](c.loop)
	c.loop.After(d, func() { f.Resolve(struct{}{}) })
	Await(c, f)
}
