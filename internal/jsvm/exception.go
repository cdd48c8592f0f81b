//go:build (linux && (amd64 || arm64 || loong64 || ppc64le || riscv64 || s390x)) || ((darwin || freebsd || windows) && (amd64 || arm64))

package jsvm

import (
	"errors"
	"strings"
	"unsafe"

	"modernc.org/libc"
	lib "modernc.org/libquickjs"
)

// rethrow is the last exception that came to Go and what had been thrown, so
// that a HostFunc that returns it throws the same again.
type rethrow struct {
	e *Exception
	v lib.TJSValue
}

// forget drops what rethrow keeps.
func (vm *VM) forget() {
	if vm.last.e != nil {
		vm.free(vm.last.v)
		vm.last = rethrow{}
	}
}

// take makes a Go value of the result of the engine, which it frees.
func (vm *VM) take(v lib.TJSValue) (any, error) {
	v, err := vm.settle(v)
	if err != nil {
		return nil, err
	}
	result, err := vm.toGo(v)
	vm.free(v)
	if vm.stopping() {
		return nil, vm.stopReason()
	}
	return result, err
}

// settle makes an error of a result that is none. Once JavaScript has been
// stopped no result counts: a promise may have taken what stopped it.
func (vm *VM) settle(v lib.TJSValue) (lib.TJSValue, error) {
	if vm.stopping() {
		vm.free(v)
		vm.drop()
		return undefined, vm.stopReason()
	}
	return vm.checked(v)
}

// checked makes an error of an exception.
func (vm *VM) checked(v lib.TJSValue) (lib.TJSValue, error) {
	if isException(v) {
		return undefined, vm.thrown()
	}
	return v, nil
}

// drop forgets the pending exception.
func (vm *VM) drop() { vm.free(lib.XJS_GetException(vm.tls, vm.ctx)) }

// thrown takes the pending exception.
func (vm *VM) thrown() error {
	v := lib.XJS_GetException(vm.tls, vm.ctx)
	e := vm.exception(v)
	if vm.stopping() {
		vm.free(v)
		return vm.stopReason()
	}
	vm.forget()
	vm.last = rethrow{e, v}
	return e
}

// exception describes what was thrown. It reads properties, which can run
// script, but nothing of what that throws is looked at: there is no end to it.
func (vm *VM) exception(v lib.TJSValue) *Exception {
	if tag(v) == lib.EJS_TAG_NULL && vm.heap.refused {
		// There was not even memory for the error.
		return &Exception{Name: "RangeError", Message: memoryMessage}
	}
	if tag(v) != lib.EJS_TAG_OBJECT {
		e := &Exception{Message: vm.text(v)}
		if tag(v) != lib.EJS_TAG_SYMBOL && tag(v) != lib.EJS_TAG_BIG_INT && tag(v) != lib.EJS_TAG_SHORT_BIG_INT {
			e.Value, _ = vm.toGo(v)
		}
		return e
	}
	e := &Exception{
		Name:    vm.member(v, lib.EJS_ATOM_name),
		Message: vm.member(v, lib.EJS_ATOM_message),
		Stack:   topOf(vm.member(v, lib.EJS_ATOM_stack)),
	}
	if lib.XJS_IsError(vm.tls, vm.ctx, v) != 0 {
		return e
	}
	text := lib.XJS_JSONStringify(vm.tls, vm.ctx, v, undefined, undefined)
	if s := vm.text(text); tag(text) == lib.EJS_TAG_STRING || tag(text) == lib.EJS_TAG_STRING_ROPE {
		e.Value = JSON(s)
		if e.Name == "" && e.Message == "" {
			e.Message = s
		}
	}
	vm.free(text)
	return e
}

// topOf is the first lines of a stack trace, which has one for each of
// thousands of calls when they nest too deep.
func topOf(stack string) string {
	const most = 50
	lines := strings.SplitN(strings.TrimSuffix(stack, "\n"), "\n", most+1)
	return strings.Join(lines[:min(len(lines), most)], "\n")
}

// member is the property of v that is a string, or else "".
func (vm *VM) member(v lib.TJSValue, name lib.TJSAtom) (s string) {
	p := lib.XGetProperty(vm.tls, vm.ctx, v, name)
	if tag(p) == lib.EJS_TAG_STRING || tag(p) == lib.EJS_TAG_STRING_ROPE {
		s = vm.text(p)
	}
	if isException(p) {
		vm.drop()
	}
	vm.free(p)
	return s
}

// text is any value as a string, as far as there is one.
func (vm *VM) text(v lib.TJSValue) string {
	if isException(v) {
		vm.drop()
		return ""
	}
	s, ok := vm.string(v)
	if !ok {
		vm.drop()
	}
	return s
}

// throw throws a Go error in JavaScript.
func (vm *VM) throw(err error) lib.TJSValue {
	var e *Exception
	if errors.As(err, &e) {
		if e == vm.last.e {
			return lib.XJS_Throw(vm.tls, vm.ctx, lib.XDupValue(vm.tls, vm.ctx, vm.last.v))
		}
		return vm.throwError(e.Name, e.Message)
	}
	return vm.throwError("", err.Error())
}

// throwError throws an error of the class that name says, or else an Error
// with that name, if any.
func (vm *VM) throwError(name, message string) lib.TJSValue {
	class, native := errorClass(name)
	v := lib.XJS_NewError(vm.tls, vm.ctx)
	if native {
		vm.free(v)
		v = lib.XJS_NewObjectProtoClass(vm.tls, vm.ctx, at[lib.TJSContext](vm.ctx).Fnative_error_proto[class], lib.EJS_CLASS_ERROR)
	}
	if isException(v) {
		return v
	}
	ok := vm.define(v, lib.EJS_ATOM_message, message)
	if name != "" {
		ok = ok && vm.define(v, vm.atom("hostName"), name) && (native || vm.define(v, lib.EJS_ATOM_name, name))
	}
	if !ok {
		vm.free(v)
		return exception
	}
	return lib.XJS_Throw(vm.tls, vm.ctx, v)
}

func (vm *VM) define(v lib.TJSValue, name lib.TJSAtom, s string) bool {
	text := vm.newString(s)
	return !isException(text) && lib.XJS_DefinePropertyValue(vm.tls, vm.ctx, v, name, text, lib.MJS_PROP_WRITABLE|lib.MJS_PROP_CONFIGURABLE) >= 0
}

func errorClass(name string) (class int, native bool) {
	switch name {
	case "EvalError":
		return lib.EJS_EVAL_ERROR, true
	case "RangeError":
		return lib.EJS_RANGE_ERROR, true
	case "ReferenceError":
		return lib.EJS_REFERENCE_ERROR, true
	case "SyntaxError":
		return lib.EJS_SYNTAX_ERROR, true
	case "TypeError":
		return lib.EJS_TYPE_ERROR, true
	case "URIError":
		return lib.EJS_URI_ERROR, true
	}
	return 0, false
}

// throwStop throws what no catch and no finally of a script sees.
func (vm *VM) throwStop() lib.TJSValue {
	v := lib.XJS_NewError(vm.tls, vm.ctx)
	if isException(v) {
		vm.drop()
		v = null
	}
	lib.XJS_Throw(vm.tls, vm.ctx, v)
	lib.XJS_SetUncatchableException(vm.tls, vm.ctx, 1)
	return exception
}

// nameErrors gives the engine's own errors the names and words that scripts
// know from browsers. The engine has a class InternalError for calls nested
// too deep and for the end of memory, where browsers throw a RangeError.
func (vm *VM) nameErrors() error {
	protos := &at[lib.TJSContext](vm.ctx).Fnative_error_proto
	vm.free(protos[lib.EJS_INTERNAL_ERROR])
	protos[lib.EJS_INTERNAL_ERROR] = lib.XDupValue(vm.tls, vm.ctx, protos[lib.EJS_RANGE_ERROR])
	global := lib.XJS_GetGlobalObject(vm.tls, vm.ctx)
	lib.XJS_DeleteProperty(vm.tls, vm.ctx, global, vm.atom("InternalError"), 0)
	vm.free(global)

	// The engine asks the class of an object how to define its properties.
	hooks, err := vm.heap.UintptrMalloc(int(unsafe.Sizeof(lib.TJSClassExoticMethods{})))
	if err != nil {
		return err
	}
	*at[lib.TJSClassExoticMethods](hooks) = lib.TJSClassExoticMethods{Fdefine_own_property: keep(vm, vm.defineOnError)}
	classes := at[lib.TJSRuntime](vm.rt).Fclass_array
	at[lib.TJSClass](classes + lib.EJS_CLASS_ERROR*unsafe.Sizeof(lib.TJSClass{})).Fexotic = hooks
	return nil
}

// defineOnError defines a property of an error. Only the engine itself makes
// errors at that depth, when calls or the text that it reads nest too deep.
func (vm *VM) defineOnError(tls *libc.TLS, ctx uintptr, v lib.TJSValue, name lib.TJSAtom, value, getter, setter lib.TJSValue, flags int32) int32 {
	flags |= lib.MJS_PROP_NO_EXOTIC
	if name == lib.EJS_ATOM_message && tls.StackSlots() >= vm.limits.Stack && tag(value) == lib.EJS_TAG_STRING && vm.text(value) == "stack overflow" {
		lib.XJS_SetPrototype(tls, ctx, v, at[lib.TJSContext](ctx).Fnative_error_proto[lib.EJS_RANGE_ERROR])
		value = vm.newString(stackMessage)
		defer vm.free(value)
	}
	return lib.XJS_DefineProperty(tls, ctx, v, name, value, getter, setter, flags)
}
