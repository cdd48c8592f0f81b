package fetch

import (
	"errors"
	"io"
	"testing"
)

func all(t *testing.T, b *Body) string {
	t.Helper()
	var got string
	called := false
	b.ReadAll(func(all []byte, err error) {
		if err != nil {
			t.Fatal(err)
		}
		got, called = string(all), true
	})
	if !called {
		t.Fatal("the body has no end")
	}
	return got
}

func TestTwoReadersOfOneStreamGetTheSameBytes(t *testing.T) {
	a, w := NewBody(nil)
	w.Write([]byte("one "), nil)
	a.Read(func(chunk []byte, err error) {
		if string(chunk) != "one " || err != nil {
			t.Errorf("%q, %v", chunk, err)
		}
	})
	b := a.Tee()
	w.Write([]byte("two "), nil)
	w.Write([]byte("three"), nil)
	w.Close()
	if got := all(t, a); got != "two three" {
		t.Errorf("a: %q", got)
	}
	if got := all(t, b); got != "two three" {
		t.Errorf("b: %q", got)
	}
}

func TestAReaderWaitsForTheWriter(t *testing.T) {
	b, w := NewBody(nil)
	var got []string
	var read func([]byte, error)
	read = func(chunk []byte, err error) {
		if err != nil {
			got = append(got, err.Error())
			return
		}
		got = append(got, string(chunk))
		b.Read(read)
	}
	b.Read(read)
	w.Write([]byte("x"), nil)
	w.Fail(errors.New("reset"))
	if len(got) != 2 || got[0] != "x" || got[1] != "reset" {
		t.Errorf("got %q", got)
	}
}

func TestAWriterIsHeldBackUntilSomebodyReads(t *testing.T) {
	b, w := NewBody(nil)
	wanted := 0
	more := func(ok bool) {
		if ok {
			wanted++
		}
	}
	w.Write(make([]byte, 10), more)
	if wanted != 1 {
		t.Error("a small chunk holds the writer back")
	}
	w.Write(make([]byte, highWater), more)
	if wanted != 1 {
		t.Error("a full buffer does not hold the writer back")
	}
	b.Read(func([]byte, error) {})
	b.Read(func([]byte, error) {})
	if wanted != 2 {
		t.Error("reading does not let the writer go on")
	}
}

func TestTheLastReaderToCancelStopsTheWriter(t *testing.T) {
	cancelled := 0
	a, w := NewBody(func() { cancelled++ })
	b := a.Tee()
	a.Cancel()
	a.Cancel()
	if cancelled != 0 {
		t.Error("cancelled while another still reads")
	}
	a.Read(func(_ []byte, err error) {
		if !errors.Is(err, errCancelled) {
			t.Errorf("reading a cancelled body: %v", err)
		}
	})
	b.Cancel()
	if cancelled != 1 {
		t.Errorf("cancelled %d times", cancelled)
	}
	w.Write([]byte("x"), func(ok bool) {
		if ok {
			t.Error("more is wanted though nobody reads")
		}
	})
}

func TestTakeNeedsTheEnd(t *testing.T) {
	b, w := NewBody(nil)
	w.Write([]byte("x"), nil)
	if _, ok := b.Take(); ok {
		t.Error("taken before the end")
	}
	w.Close()
	if got, ok := b.Take(); !ok || string(got) != "x" {
		t.Errorf("%q, %v", got, ok)
	}
	b.Read(func(_ []byte, err error) {
		if err != io.EOF {
			t.Errorf("after Take: %v", err)
		}
	})
}
