package platform

import (
	"bytes"
	"compress/flate"
	"compress/gzip"
	"compress/zlib"
	"errors"
	"fmt"
	"io"
	"iter"
)

// codec compresses or decompresses a stream piece by piece.
type codec interface {
	push(b []byte, last bool) ([]byte, error)
}

func newCodec(direction, format string) (codec, error) {
	if direction == "decompress" {
		return newDecompressor(format), nil
	}
	c := &compressor{}
	switch format {
	case "gzip":
		c.in = gzip.NewWriter(&c.out)
	case "deflate":
		c.in = zlib.NewWriter(&c.out)
	case "deflate-raw":
		w, err := flate.NewWriter(&c.out, flate.DefaultCompression)
		if err != nil {
			return nil, err
		}
		c.in = w
	default:
		return nil, fmt.Errorf("unsupported compression format %q", format)
	}
	return c, nil
}

type compressor struct {
	in  io.WriteCloser
	out bytes.Buffer
}

func (c *compressor) push(b []byte, last bool) ([]byte, error) {
	c.out.Reset()
	if _, err := c.in.Write(b); err != nil {
		return nil, err
	}
	if last {
		if err := c.in.Close(); err != nil {
			return nil, err
		}
	}
	return notNil(bytes.Clone(c.out.Bytes())), nil
}

// decompressor turns Go's readers, which pull, into something that is fed:
// the reader runs as a coroutine that stops when it has no input left.
type decompressor struct {
	input []byte
	last  bool
	wait  func() bool // false: nobody feeds any more
	next  func() (piece, bool)
	ended bool
}

// piece is some output, or the wish for more input.
type piece struct {
	bytes []byte
	err   error
	more  bool
}

func newDecompressor(format string) *decompressor {
	d := &decompressor{}
	d.next, _ = iter.Pull(func(yield func(piece) bool) {
		d.wait = func() bool { return yield(piece{more: true}) }
		yield(piece{err: d.inflate(format, func(b []byte) bool { return yield(piece{bytes: b}) })})
	})
	return d
}

func (d *decompressor) inflate(format string, emit func([]byte) bool) error {
	var r io.Reader
	var err error
	switch format {
	case "gzip":
		var z *gzip.Reader
		if z, err = gzip.NewReader(d); err == nil {
			z.Multistream(false)
			r = z
		}
	case "deflate":
		r, err = zlib.NewReader(d)
	default:
		r = flate.NewReader(d)
	}
	for err == nil {
		buffer := make([]byte, 32<<10)
		var n int
		n, err = r.Read(buffer)
		if n > 0 && !emit(buffer[:n]) {
			return nil
		}
	}
	if !errors.Is(err, io.EOF) {
		return err
	}
	d.ended = true
	return nil
}

// Read and ReadByte give the reader its input; with ReadByte it takes no byte
// that it does not need.
func (d *decompressor) Read(p []byte) (int, error) {
	for len(d.input) == 0 {
		if d.last || !d.wait() {
			return 0, io.ErrUnexpectedEOF
		}
	}
	n := copy(p, d.input)
	d.input = d.input[n:]
	return n, nil
}

func (d *decompressor) ReadByte() (byte, error) {
	var b [1]byte
	_, err := d.Read(b[:])
	return b[0], err
}

func (d *decompressor) push(b []byte, last bool) ([]byte, error) {
	d.input, d.last = append(d.input, b...), last
	out := []byte{}
	for !d.ended {
		p, alive := d.next()
		if p.err != nil || !alive {
			return nil, fmt.Errorf("the compressed data was not valid: %w", p.err)
		}
		if p.more && !last {
			return out, nil
		}
		out = append(out, p.bytes...)
	}
	if len(d.input) > 0 {
		return nil, errors.New("junk found after end of compressed data")
	}
	return out, nil
}
