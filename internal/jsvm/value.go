//go:build (linux && (amd64 || arm64 || loong64 || ppc64le || riscv64 || s390x)) || ((darwin || freebsd || windows) && (amd64 || arm64))

package jsvm

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"maps"
	"math"
	"slices"
	"strings"
	"unicode/utf8"
	"unsafe"

	lib "modernc.org/libquickjs"
)

const valueSize = unsafe.Sizeof(lib.TJSValue{})

var (
	undefined = lib.TJSValue{Ftag: lib.EJS_TAG_UNDEFINED}
	null      = lib.TJSValue{Ftag: lib.EJS_TAG_NULL}
	exception = lib.TJSValue{Ftag: lib.EJS_TAG_EXCEPTION}
)

// tag is what kind of value v is.
func tag(v lib.TJSValue) int32 { return int32(v.Ftag) }

func isException(v lib.TJSValue) bool { return tag(v) == lib.EJS_TAG_EXCEPTION }

// payload is the union of a value. C keeps a pointer, a number of 64 bits or,
// in the low half, one of 32 in it.
func payload(v *lib.TJSValue) *uint64 { return (*uint64)(unsafe.Pointer(&v.Fu)) }

// address is where the object, string or module v is.
func address(v lib.TJSValue) uintptr { return uintptr(*payload(&v)) }

func (vm *VM) free(v lib.TJSValue) { lib.XFreeValue(vm.tls, vm.ctx, v) }

func newInt(n int32, tag int64) (v lib.TJSValue) {
	*payload(&v) = uint64(uint32(n))
	v.Ftag = tag
	return v
}

func newNumber(f float64) (v lib.TJSValue) {
	if n := int32(f); float64(n) == f && (n != 0 || !math.Signbit(f)) {
		return newInt(n, lib.EJS_TAG_INT)
	}
	*payload(&v) = math.Float64bits(f)
	v.Ftag = lib.EJS_TAG_FLOAT64
	return v
}

func newBool(b bool) lib.TJSValue {
	if b {
		return newInt(1, lib.EJS_TAG_BOOL)
	}
	return newInt(0, lib.EJS_TAG_BOOL)
}

// toJS makes a value of the engine, which the caller must free.
func (vm *VM) toJS(v any) (lib.TJSValue, error) {
	switch v := v.(type) {
	case nil:
		return undefined, nil
	case bool:
		return newBool(v), nil
	case float64:
		return newNumber(v), nil
	case int:
		return newNumber(float64(v)), nil
	case string:
		return vm.checked(vm.newString(v))
	case JSON:
		return vm.parseJSON(v)
	case []byte:
		return vm.newBytes(v)
	case List:
		return vm.newArray(v)
	case Fields:
		return vm.newObject(v)
	case map[string]any:
		if v == nil {
			return null, nil
		}
		return vm.newObject(fieldsOf(v))
	case int64:
		return newNumber(float64(v)), nil
	case int32:
		return newNumber(float64(v)), nil
	case uint64:
		return newNumber(float64(v)), nil
	case uint32:
		return newNumber(float64(v)), nil
	}
	text, err := json.Marshal(v)
	if err != nil {
		return undefined, err
	}
	return vm.parseJSON(text)
}

func (vm *VM) newArray(list List) (lib.TJSValue, error) {
	array, err := vm.checked(lib.XJS_NewArray(vm.tls, vm.ctx))
	if err != nil {
		return undefined, err
	}
	for i, item := range list {
		v, err := vm.toJS(item)
		if err == nil && lib.XJS_DefinePropertyValueUint32(vm.tls, vm.ctx, array, lib.Tuint32_t(i), v, lib.MJS_PROP_C_W_E) < 0 {
			err = vm.thrown()
		}
		if err != nil {
			vm.free(array)
			return undefined, err
		}
	}
	return array, nil
}

func (vm *VM) newObject(fields Fields) (lib.TJSValue, error) {
	object, err := vm.checked(lib.XJS_NewObject(vm.tls, vm.ctx))
	if err != nil {
		return undefined, err
	}
	for i := 0; i < len(fields); i += 2 {
		v, err := vm.toJS(fields[i+1])
		if err == nil && lib.XJS_DefinePropertyValue(vm.tls, vm.ctx, object, vm.atom(fields[i].(string)), v, lib.MJS_PROP_C_W_E) < 0 {
			err = vm.thrown()
		}
		if err != nil {
			vm.free(object)
			return undefined, err
		}
	}
	return object, nil
}

// fieldsOf is a map as encoding/json would write it.
func fieldsOf(m map[string]any) Fields {
	fields := make(Fields, 0, 2*len(m))
	for _, name := range slices.Sorted(maps.Keys(m)) {
		v := m[name]
		switch bytes := v.(type) {
		case nil:
			v = Null
		case []byte:
			v = base64.StdEncoding.EncodeToString(bytes)
		}
		fields = append(fields, name, v)
	}
	return fields
}

func (vm *VM) newString(s string) lib.TJSValue {
	s = valid(s)
	p, err := vm.scratch.put(s)
	if err != nil {
		return vm.throw(err)
	}
	return lib.XJS_NewStringLen(vm.tls, vm.ctx, p, lib.Tsize_t(len(s)))
}

// valid replaces each byte that is not UTF-8, as ranging over a string does.
func valid(s string) string {
	if utf8.ValidString(s) {
		return s
	}
	return string([]rune(s))
}

func (vm *VM) parseJSON(text []byte) (lib.TJSValue, error) {
	if string(text) == "null" {
		return null, nil
	}
	s := valid(unsafe.String(unsafe.SliceData(text), len(text)))
	p, err := vm.scratch.put(s)
	if err != nil {
		return undefined, err
	}
	return vm.checked(lib.XJS_ParseJSON(vm.tls, vm.ctx, p, lib.Tsize_t(len(s)), vm.jsonName))
}

// newBytes makes a Uint8Array on an ArrayBuffer of its own.
func (vm *VM) newBytes(b []byte) (lib.TJSValue, error) {
	buffer, err := vm.checked(lib.XJS_NewArrayBufferCopy(vm.tls, vm.ctx, 0, lib.Tsize_t(len(b))))
	if err != nil {
		return undefined, err
	}
	data := lib.XJS_GetArrayBuffer(vm.tls, vm.ctx, vm.out, buffer)
	copy(bytesAt(data, len(b)), b)
	*at[[3]lib.TJSValue](vm.out) = [3]lib.TJSValue{buffer, undefined, undefined} // offset, length
	array := lib.XJS_NewTypedArray(vm.tls, vm.ctx, 3, vm.out, lib.EJS_TYPED_ARRAY_UINT8)
	vm.free(buffer)
	return vm.checked(array)
}

// toGo is a value as Go sees it. v stays the caller's.
func (vm *VM) toGo(v lib.TJSValue) (any, error) {
	switch tag(v) {
	case lib.EJS_TAG_INT:
		return float64(int32(*payload(&v))), nil
	case lib.EJS_TAG_FLOAT64:
		return math.Float64frombits(*payload(&v)), nil
	case lib.EJS_TAG_BOOL:
		return uint32(*payload(&v)) != 0, nil
	case lib.EJS_TAG_UNDEFINED, lib.EJS_TAG_NULL:
		return nil, nil
	case lib.EJS_TAG_STRING, lib.EJS_TAG_STRING_ROPE:
		s, ok := vm.string(v)
		if !ok {
			return nil, vm.thrown()
		}
		return s, nil
	case lib.EJS_TAG_OBJECT:
		if class := lib.XJS_GetClassID(vm.tls, v); class >= lib.EJS_CLASS_ARRAY_BUFFER && class <= lib.EJS_CLASS_DATAVIEW {
			return vm.bytes(v, class)
		}
	}
	return vm.json(v)
}

func (vm *VM) json(v lib.TJSValue) (any, error) {
	text := lib.XJS_JSONStringify(vm.tls, vm.ctx, v, undefined, undefined)
	switch tag(text) {
	case lib.EJS_TAG_EXCEPTION:
		return nil, vm.thrown()
	case lib.EJS_TAG_UNDEFINED:
		return nil, nil
	}
	p := lib.XJS_ToCStringLen2(vm.tls, vm.ctx, vm.out, text, 0)
	vm.free(text)
	if p == 0 {
		return nil, vm.thrown()
	}
	j := JSON(clone(p, *at[uint64](vm.out)))
	lib.XJS_FreeCString(vm.tls, vm.ctx, p)
	return j, nil
}

func clone(p uintptr, n uint64) []byte {
	b := make([]byte, n)
	copy(b, bytesAt(p, n))
	return b
}

// bytes copies what an ArrayBuffer holds or a view of one shows.
func (vm *VM) bytes(v lib.TJSValue, class lib.TJSClassID) (any, error) {
	var view *lib.TJSTypedArray
	if class > lib.EJS_CLASS_SHARED_ARRAY_BUFFER {
		view = at[lib.TJSTypedArray](*(*uintptr)(unsafe.Pointer(&at[lib.TJSObject](address(v)).Fu)))
		*payload(&v) = uint64(view.Fbuffer)
	}
	data := lib.XJS_GetArrayBuffer(vm.tls, vm.ctx, vm.out, v)
	if lib.XJS_HasException(vm.tls, vm.ctx) != 0 {
		return nil, vm.thrown() // it is detached
	}
	size := *at[uint64](vm.out)
	if view == nil {
		return clone(data, size), nil
	}
	from, n := uint64(view.Foffset), uint64(view.Flength)
	if view.Ftrack_rab != 0 && from <= size {
		n = size - from
	}
	if from+n > size {
		return nil, &Exception{Name: "TypeError", Message: "the view is outside of its ArrayBuffer"}
	}
	return clone(data+uintptr(from), n), nil
}

// string is the text of v, which is a string; false leaves an exception.
func (vm *VM) string(v lib.TJSValue) (string, bool) {
	p := lib.XJS_ToCStringLen2(vm.tls, vm.ctx, vm.out, v, 0)
	if p == 0 {
		return "", false
	}
	s := wellFormed(bytesAt(p, *at[uint64](vm.out)))
	lib.XJS_FreeCString(vm.tls, vm.ctx, p)
	return s, true
}

// stringAt is the text at p, which a zero byte ends.
func (vm *VM) stringAt(p uintptr) string {
	n := 0
	for *at[byte](p + uintptr(n)) != 0 {
		n++
	}
	return wellFormed(bytesAt(p, n))
}

// wellFormed copies text of the engine with U+FFFD for each lone surrogate,
// which the engine writes as if it were a character. Both take three bytes.
func wellFormed(text []byte) string {
	if bytes.IndexByte(text, 0xED) < 0 || utf8.Valid(text) {
		return string(text)
	}
	var s strings.Builder
	s.Grow(len(text))
	for len(text) > 0 {
		_, n := utf8.DecodeRune(text)
		if n == 1 && text[0] >= utf8.RuneSelf {
			s.WriteRune(utf8.RuneError)
			text = text[3:]
			continue
		}
		s.Write(text[:n])
		text = text[n:]
	}
	return s.String()
}

// cstring puts a name or a source into memory of its own, ended by a zero
// byte. The engine takes a name to end at any zero byte.
func (vm *VM) cstring(s string) (uintptr, error) {
	p, err := vm.heap.UintptrMalloc(len(s) + 1)
	if err != nil {
		return 0, err
	}
	to := bytesAt(p, len(s)+1)
	copy(to, s)
	to[len(s)] = 0
	return p, nil
}

func (vm *VM) freeC(p uintptr) {
	// The heap cannot refuse its own memory.
	_ = vm.heap.UintptrFree(p)
}
