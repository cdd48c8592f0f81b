package platform

import (
	"errors"
	"fmt"
	"io"

	"github.com/swgen/swgen/internal/fetch"
)

// Byte streams that script holds by number. A number is given up when its
// stream was read to the end, cancelled or handed on.

func (r *Realm) addBody(b *fetch.Body) int {
	r.lastBody++
	r.bodies[r.lastBody] = b
	return r.lastBody
}

func (r *Realm) body(handle int) (*fetch.Body, error) {
	b, ok := r.bodies[handle]
	if !ok {
		return nil, fmt.Errorf("no body has number %d", handle)
	}
	return b, nil
}

func (r *Realm) takeBody(handle int) (*fetch.Body, error) {
	b, err := r.body(handle)
	delete(r.bodies, handle)
	return b, err
}

// BodyHandle hands a stream to script.
func (r *Realm) BodyHandle(b *fetch.Body) any {
	if b == nil {
		return nil
	}
	return r.addBody(b)
}

func (r *Realm) bodyFunctions(add func(string, function)) {
	add("bodyFromBytes", func(a arguments) (any, error) { return r.addBody(fetch.Bytes(a.bytes(0))), nil })
	add("bodyOpen", func(a arguments) (any, error) {
		call := a.int(0)
		body, writer := fetch.NewBody(func() { r.settle(call, nil, nil) })
		handle := r.addBody(body)
		r.writers[handle] = writer
		return handle, nil
	})
	add("bodyPush", func(a arguments) (any, error) {
		call, w := a.int(0), r.writers[a.int(1)]
		if w == nil {
			return nil, fmt.Errorf("body %d is not open for writing", a.int(1))
		}
		w.Write(a.bytes(2), func(wanted bool) { r.settle(call, wanted, nil) })
		return nil, nil
	})
	add("bodyEnd", func(a arguments) (any, error) {
		return nil, r.finishBody(a.int(0), io.EOF)
	})
	add("bodyFail", func(a arguments) (any, error) {
		return nil, r.finishBody(a.int(0), &written{r, &Exception{Name: a.string(1), Message: a.string(2)}})
	})
	add("bodyRead", func(a arguments) (any, error) {
		call, handle := a.int(0), a.int(1)
		b, err := r.body(handle)
		if err != nil {
			return nil, err
		}
		b.Read(func(chunk []byte, err error) {
			if err != nil {
				delete(r.bodies, handle)
			}
			if errors.Is(err, io.EOF) {
				r.settle(call, nil, nil)
				return
			}
			r.settle(call, chunk, r.seen(err))
		})
		return nil, nil
	})
	add("bodyTake", func(a arguments) (any, error) {
		b, err := r.body(a.int(0))
		if err != nil {
			return nil, err
		}
		all, ok := b.Take()
		if !ok {
			return nil, nil
		}
		delete(r.bodies, a.int(0))
		return notNil(all), nil
	})
	add("bodyAll", func(a arguments) (any, error) {
		call := a.int(0)
		b, err := r.takeBody(a.int(1))
		if err != nil {
			return nil, err
		}
		b.ReadAll(func(all []byte, err error) { r.settle(call, notNil(all), r.seen(err)) })
		return nil, nil
	})
	add("bodyTee", func(a arguments) (any, error) {
		b, err := r.body(a.int(0))
		if err != nil {
			return nil, err
		}
		return r.addBody(b.Tee()), nil
	})
	add("bodyCancel", func(a arguments) (any, error) {
		if b, err := r.takeBody(a.int(0)); err == nil {
			b.Cancel()
		}
		return nil, nil
	})
}

func (r *Realm) finishBody(handle int, end error) error {
	w := r.writers[handle]
	if w == nil {
		return fmt.Errorf("body %d is not open for writing", handle)
	}
	delete(r.writers, handle)
	w.Fail(end)
	return nil
}

// written is how a realm ended a stream of its own before its time.
type written struct {
	by *Realm
	*Exception
}

func (w *written) Unwrap() error { return w.Exception }

// seen is an error of a stream as this realm sees it: what another one threw
// is no more than a network error.
func (r *Realm) seen(err error) error {
	var w *written
	if errors.As(err, &w) && w.by != r {
		return &Exception{Name: "TypeError", Message: "network error"}
	}
	return err
}

// notNil keeps an empty body apart from none.
func notNil(b []byte) []byte {
	if b == nil {
		return []byte{}
	}
	return b
}
