//go:build (linux && (amd64 || arm64 || loong64 || ppc64le || riscv64 || s390x)) || ((darwin || freebsd || windows) && (amd64 || arm64))

package jsvm

import (
	"unsafe"

	"modernc.org/libc"
	lib "modernc.org/libquickjs"
	"modernc.org/memory"
)

// heap is the memory of one VM. It is not that of libc, which all VMs would
// share under one lock: so VMs run side by side, and Close gives back all
// there is, whatever state the engine is in.
type heap struct {
	memory.Allocator
	refused bool // an allocation hit the limit
}

// The engine's allocation functions keep their own account in the state s.

func (h *heap) malloc(_ *libc.TLS, s uintptr, size lib.Tsize_t) uintptr {
	state := at[lib.TJSMallocState](s)
	left := state.Fmalloc_limit - min(state.Fmalloc_size, state.Fmalloc_limit)
	if size <= left {
		// A block is larger than what was asked for.
		if p, err := h.UintptrMalloc(int(size)); err == nil && usable(p) <= left {
			state.Fmalloc_count++
			state.Fmalloc_size += usable(p)
			return p
		} else if err == nil {
			_ = h.UintptrFree(p)
		}
	}
	h.refused = true
	return 0
}

func (h *heap) free(_ *libc.TLS, s, p uintptr) {
	if p == 0 {
		return
	}
	state := at[lib.TJSMallocState](s)
	state.Fmalloc_count--
	state.Fmalloc_size -= usable(p)
	if err := h.UintptrFree(p); err != nil {
		panic(err)
	}
}

func (h *heap) realloc(tls *libc.TLS, s, p uintptr, size lib.Tsize_t) uintptr {
	switch {
	case p == 0 && size == 0:
		return 0
	case p == 0:
		return h.malloc(tls, s, size)
	case size == 0:
		h.free(tls, s, p)
		return 0
	}
	had := usable(p)
	if had >= size {
		return p
	}
	grown := h.malloc(tls, s, size)
	if grown != 0 {
		copy(bytesAt(grown, had), bytesAt(p, had))
		h.free(tls, s, p)
	}
	return grown
}

func (h *heap) usable(_ *libc.TLS, p uintptr) lib.Tsize_t { return usable(p) }

func usable(p uintptr) lib.Tsize_t { return lib.Tsize_t(memory.UintptrUsableSize(p)) }

// at is the value of C at the address p.
func at[T any](p uintptr) *T { return *(**T)(unsafe.Pointer(&p)) }

// bytesAt are n bytes of C at the address p.
func bytesAt[N ~int | ~uint64](p uintptr, n N) []byte { return unsafe.Slice(at[byte](p), n) }

// pointer is a function of Go as C points at it. C does not keep it alive.
func pointer[F any](f F) uintptr { return *(*uintptr)(unsafe.Pointer(&f)) }

// buffer is memory in which texts and bytes cross into the engine, so that
// the engine never sees an address of Go.
type buffer struct {
	heap *heap
	p    uintptr
	size int
}

// maxKept is how large a buffer stays for the next text.
const maxKept = 1 << 20

// put copies s, ends it with a zero byte and returns its address, which is
// good until the next put.
func (b *buffer) put(s string) (uintptr, error) {
	if len(s) >= b.size || b.size > maxKept && len(s) < maxKept {
		if err := b.resize(max(len(s)+1, 4096)); err != nil {
			return 0, err
		}
	}
	to := bytesAt(b.p, len(s)+1)
	copy(to, s)
	to[len(s)] = 0
	return b.p, nil
}

func (b *buffer) resize(n int) error {
	if err := b.heap.UintptrFree(b.p); err != nil {
		return err
	}
	b.p, b.size = 0, 0
	p, err := b.heap.UintptrMalloc(n)
	if err != nil {
		return err
	}
	b.p, b.size = p, n
	return nil
}
