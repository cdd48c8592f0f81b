package fetch

import (
	"bytes"
	"errors"
	"io"
	"slices"

	"github.com/swgen/swgen/internal/eventloop"
)

// ErrAborted ends a body whose request was aborted.
var ErrAborted = errors.New("the request was aborted")

// errCancelled ends the reading of a body that was cancelled.
var errCancelled = errors.New("the body was cancelled")

// highWater is how many bytes a source holds that nobody has read before its
// writer is asked to wait.
const highWater = 64 << 10

// Body reads a stream of bytes. Several bodies can read the same source, each
// at its own place. It belongs to one event loop: a callback runs before Read
// returns when the bytes are there, else from the writer's call.
type Body struct {
	src    *source
	chunk  int // the next chunk to read
	closed bool
	fates  []*fate // of the fetches that it came through
}

// fate is shared by the bodies of one fetch, and by what is teed off them
// later: aborting the fetch fails them, but not the readers from before.
type fate struct {
	aborted bool
	bodies  []*Body
}

// Writer feeds a stream.
type Writer struct{ src *source }

type source struct {
	chunks  [][]byte
	end     error // io.EOF, or why the stream failed; nil while it goes on
	readers []*Body
	waiting []func()
	want    []func(bool)
	cancel  func()
	whole   bool     // made of bytes, so that they can be sent again
	atEnd   []func() // when the stream ended well
}

// Bytes is a body whose bytes are all there. They must not change any more.
func Bytes(b []byte) *Body {
	src := &source{end: io.EOF, whole: true}
	if len(b) > 0 {
		src.chunks = [][]byte{b}
	}
	body := &Body{src: src}
	src.readers = []*Body{body}
	return body
}

// NewBody makes a stream. cancelled is called once when nobody reads it any
// more before its end; it may be nil.
func NewBody(cancelled func()) (*Body, *Writer) {
	src := &source{cancel: cancelled}
	body := &Body{src: src}
	src.readers = []*Body{body}
	return body, &Writer{src}
}

// Write appends a chunk, which must not change any more. more, if given, is
// called once another chunk is wanted, with false when nobody reads any more.
func (w *Writer) Write(chunk []byte, more func(wanted bool)) {
	if len(chunk) > 0 && w.src.end == nil {
		w.src.chunks = append(w.src.chunks, chunk)
	}
	if more != nil {
		w.src.want = append(w.src.want, more)
	}
	w.src.wake()
}

// Close ends the stream.
func (w *Writer) Close() { w.Fail(io.EOF) }

// Fail ends the stream with an error.
func (w *Writer) Fail(err error) {
	if w.src.end != nil {
		return
	}
	w.src.end = err
	w.src.wake()
	if err == io.EOF {
		for _, f := range w.src.atEnd {
			f()
		}
	}
}

// wake lets readers that wait try again, then tells the writer whether more
// is wanted.
func (s *source) wake() {
	waiting := s.waiting
	s.waiting = nil
	for _, again := range waiting {
		again()
	}
	s.demand()
}

func (s *source) demand() {
	if len(s.want) == 0 || len(s.readers) > 0 && s.unread() >= highWater {
		return
	}
	want := s.want
	s.want = nil
	for _, more := range want {
		more(len(s.readers) > 0)
	}
}

// unread counts what the reader that is furthest has not read.
func (s *source) unread() int {
	furthest := &Body{src: s}
	for _, r := range s.readers {
		furthest.chunk = max(furthest.chunk, r.chunk)
	}
	return furthest.left()
}

// left counts the bytes that are there and not read.
func (b *Body) left() int {
	n := 0
	for _, chunk := range b.src.chunks[b.chunk:] {
		n += len(chunk)
	}
	return n
}

// Tee is a second body that reads from the same place on.
func (b *Body) Tee() *Body {
	c := &Body{src: b.src, chunk: b.chunk, closed: b.closed, fates: slices.Clip(b.fates)}
	if !b.closed {
		b.src.readers = append(b.src.readers, c)
	}
	return c
}

// Read hands the next chunk to then: io.EOF at the end of the stream, another
// error when it failed.
func (b *Body) Read(then func(chunk []byte, err error)) {
	switch s := b.src; {
	case b.closed:
		then(nil, errCancelled)
	case b.lost():
		then(nil, ErrAborted)
	case b.chunk < len(s.chunks):
		b.chunk++
		then(s.chunks[b.chunk-1], nil)
		s.demand()
	case s.end != nil:
		then(nil, s.end)
	default:
		s.waiting = append(s.waiting, func() { b.Read(then) })
	}
}

// ReadAll hands all that is left to then.
func (b *Body) ReadAll(then func(all []byte, err error)) {
	var chunks [][]byte
	var next func([]byte, error)
	next = func(chunk []byte, err error) {
		switch {
		case err == io.EOF:
			then(join(chunks), nil)
		case err != nil:
			then(nil, err)
		default:
			chunks = append(chunks, chunk)
			b.Read(next)
		}
	}
	b.Read(next)
}

// Take is all that is left when the stream has ended well, without waiting.
func (b *Body) Take() (all []byte, ok bool) {
	if b.closed || b.src.end != io.EOF || b.lost() {
		return nil, false
	}
	rest := b.src.chunks[b.chunk:]
	b.chunk = len(b.src.chunks)
	return join(rest), true
}

// Streams says whether the bytes come from a stream, so that they cannot be
// sent again.
func (b *Body) Streams() bool { return !b.src.whole }

// Ended says whether the stream has its end, good or bad.
func (b *Body) Ended() bool { return b.src.end != nil }

// Cancel gives up reading. The last reader to do so stops the writer.
func (b *Body) Cancel() {
	if b.closed {
		return
	}
	b.closed = true
	b.src.leave(func(r *Body) bool { return r == b })
}

// leave takes readers away and stops the writer when none is left.
func (s *source) leave(gone func(*Body) bool) {
	s.readers = slices.DeleteFunc(s.readers, gone)
	s.wake()
	if len(s.readers) == 0 && s.end == nil {
		s.end = errCancelled
		if s.cancel != nil {
			s.cancel()
		}
	}
}

// hold makes b fail when the fetch is aborted.
func (f *fate) hold(b *Body) {
	b.fates = append(slices.Clip(b.fates), f)
	f.bodies = append(f.bodies, b)
}

func (f *fate) abort() {
	f.aborted = true
	for _, b := range f.bodies {
		b.src.leave((*Body).lost)
	}
}

// lost says whether an abort took away what b has still to deliver.
func (b *Body) lost() bool {
	if len(b.fates) == 0 || b.src.end == io.EOF && b.chunk == len(b.src.chunks) {
		return false
	}
	return slices.ContainsFunc(b.fates, func(f *fate) bool { return f.aborted })
}

// whenWhole calls then with all bytes of the stream once it has ended well,
// whether or not anybody reads them. It does not make the writer go on.
func (b *Body) whenWhole(then func(all []byte)) {
	s := b.src
	switch s.end {
	case nil:
		s.atEnd = append(s.atEnd, func() { then(join(s.chunks)) })
	case io.EOF:
		then(join(s.chunks))
	}
}

// wait is ReadAll for a coroutine.
func (b *Body) wait(co *eventloop.Co) ([]byte, error) {
	type result struct {
		all []byte
		err error
	}
	if all, ok := b.Take(); ok {
		return all, nil
	}
	f := eventloop.NewFuture[result](co.Loop())
	b.ReadAll(func(all []byte, err error) { f.Resolve(result{all, err}) })
	r := eventloop.Await(co, f)
	return r.all, r.err
}

func join(chunks [][]byte) []byte {
	if len(chunks) == 1 {
		return chunks[0]
	}
	return bytes.Join(chunks, nil)
}
