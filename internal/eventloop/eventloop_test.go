package eventloop

import (
	"errors"
	"slices"
	"testing"
	"time"
)

var start = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

func TestTasksRunBeforeTheClockMoves(t *testing.T) {
	l := New(start)
	var got []string
	note := func(s string) func() { return func() { got = append(got, s) } }
	l.After(2*time.Second, note("late"))
	l.After(time.Second, note("early, set first"))
	l.After(time.Second, note("early, set second"))
	stopped := l.After(time.Second, note("never"))
	l.Post(func() {
		got = append(got, "task")
		l.Post(note("task of the task"))
		stopped.Stop()
		stopped.Stop()
	})
	l.Advance(1500 * time.Millisecond)
	want := []string{"task", "task of the task", "early, set first", "early, set second"}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	if d := l.Now().Sub(start); d != 1500*time.Millisecond {
		t.Errorf("the clock moved %v", d)
	}
}

func TestATaskMayTakeTime(t *testing.T) {
	l := New(start)
	var at time.Duration
	l.After(time.Second, func() { at = l.Now().Sub(start) })
	l.Post(func() { l.Drift(3 * time.Second) })
	l.Advance(0)
	l.Advance(0)
	if at != 3*time.Second {
		t.Errorf("the timer ran at %v", at)
	}
}

func TestRunEndsWhenDoneOrWhenNothingCanHappen(t *testing.T) {
	l := New(start)
	if err := l.Run(time.Hour, func() bool { return false }); !errors.Is(err, ErrIdle) {
		t.Errorf("idle: %v", err)
	}
	fired := false
	l.After(time.Minute, func() { fired = true })
	if err := l.Run(time.Second, func() bool { return fired }); !errors.Is(err, ErrLate) {
		t.Errorf("late: %v", err)
	}
	if err := l.Run(time.Hour, func() bool { return fired }); err != nil {
		t.Error(err)
	}
	if d := l.Now().Sub(start); d != time.Minute {
		t.Errorf("the clock moved %v", d)
	}
}

func TestACoroutineWaitsWhileOthersRun(t *testing.T) {
	l := New(start)
	var got []string
	f := NewFuture[string](l)
	l.Go(func(c *Co) {
		got = append(got, "one")
		got = append(got, Await(c, f))
		c.Sleep(time.Second)
		got = append(got, "woken")
	})
	l.Post(func() {
		got = append(got, "two")
		f.Resolve("value")
		f.Resolve("ignored")
	})
	f.Then(func(s string) { got = append(got, "then "+s) })
	l.Advance(time.Second)
	if want := []string{"one", "two", "then value", "value", "woken"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	if len(l.waiting) != 0 {
		t.Error("the finished coroutine is still listed")
	}
}

func TestCloseUnwindsWhatWaits(t *testing.T) {
	l := New(start)
	unwound := false
	l.Go(func(c *Co) {
		defer func() { unwound = true }()
		Await(c, NewFuture[int](l))
		t.Error("went on")
	})
	l.Advance(0)
	l.Close()
	if !unwound {
		t.Error("the coroutine was left behind")
	}
}

func TestAPanicInACoroutineReachesTheOneWhoRunsTheLoop(t *testing.T) {
	l := New(start)
	l.Go(func(*Co) { panic("x") })
	defer func() {
		if r := recover(); r != "x" {
			t.Errorf("recovered %v", r)
		}
	}()
	l.Advance(0)
}

func TestTheClockIsTheRealOneWhileSomethingOutsideIsAwaited(t *testing.T) {
	l := New(start)
	o := l.Outside()
	arrived, fired := false, false
	l.After(time.Hour, func() { fired = true })
	go o.Post(func() {
		arrived = true
		o.Done()
		o.Done()
	})
	if err := l.Run(2*time.Hour, func() bool { return arrived }); err != nil {
		t.Fatal(err)
	}
	if d := l.Now().Sub(start); fired || d > time.Minute {
		t.Errorf("the clock jumped %v, fired %v", d, fired)
	}
	if o.Post(func() {}) {
		t.Error("a task was taken after the end")
	}
	l.Advance(time.Hour)
	if !fired {
		t.Error("the clock does not jump again")
	}
}

func TestATimerIsNotLateForWhatIsOutside(t *testing.T) {
	l := New(start)
	o := l.Outside()
	defer o.Done()
	fired := false
	l.After(time.Millisecond, func() { fired = true })
	if err := l.Run(time.Second, func() bool { return fired }); err != nil {
		t.Error(err)
	}
}

func TestTasksWithoutEndAreNamed(t *testing.T) {
	l := New(start)
	l.Patience = time.Millisecond
	var again func()
	again = func() { l.Post(again) }
	l.Post(again)
	if err := l.Run(time.Hour, func() bool { return false }); !errors.Is(err, ErrEndless) {
		t.Errorf("running: %v", err)
	}
	if err := l.Advance(time.Hour); !errors.Is(err, ErrEndless) {
		t.Errorf("advancing: %v", err)
	}
	if d := l.Now().Sub(start); d != 0 {
		t.Errorf("the clock moved %v", d)
	}
}
