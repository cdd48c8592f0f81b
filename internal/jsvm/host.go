//go:build (linux && (amd64 || arm64 || loong64 || ppc64le || riscv64 || s390x)) || ((darwin || freebsd || windows) && (amd64 || arm64))

package jsvm

import (
	"maps"
	"slices"
	"unsafe"

	"modernc.org/libc"
	lib "modernc.org/libquickjs"
)

// hostPanic is what a HostFunc panicked with.
type hostPanic struct{ value any }

// newFunction makes a function of JavaScript of one of Go.
func (vm *VM) newFunction(name string, call native) lib.TJSValue {
	file, err := vm.cstring(valid(name))
	if err != nil {
		return vm.throw(err)
	}
	defer vm.freeC(file)
	return lib.XJS_NewCFunction2(vm.tls, vm.ctx, keep(vm, call), file, 0, lib.EJS_CFUNC_generic, 0)
}

// native is a function of Go as the engine calls it.
type native func(_ *libc.TLS, _ uintptr, this lib.TJSValue, argc int32, argv uintptr) lib.TJSValue

func (vm *VM) hostFunction(f HostFunc) native {
	return func(_ *libc.TLS, _ uintptr, _ lib.TJSValue, argc int32, argv uintptr) lib.TJSValue {
		return vm.guard(func() lib.TJSValue { return vm.callHost(f, argc, argv) })
	}
}

// showMembers is the builtin ShowMembers.
func (vm *VM) showMembers(_ *libc.TLS, _ uintptr, _ lib.TJSValue, argc int32, argv uintptr) lib.TJSValue {
	if argc < 1 {
		return undefined
	}
	object := *at[lib.TJSValue](argv)
	hidden := []lib.TJSAtom{lib.EJS_ATOM_constructor}
	if lib.XJS_IsFunction(vm.tls, vm.ctx, object) != 0 {
		hidden = []lib.TJSAtom{lib.EJS_ATOM_length, lib.EJS_ATOM_name, lib.EJS_ATOM_prototype}
	}
	table, length := vm.out, vm.out+8
	if lib.XJS_GetOwnPropertyNames(vm.tls, vm.ctx, table, length, object, lib.MJS_GPN_STRING_MASK) < 0 {
		return exception
	}
	names, n := *at[uintptr](table), *at[uint32](length)
	defer lib.XJS_FreePropertyEnum(vm.tls, vm.ctx, names, n)
	for i := range n {
		name := at[lib.TJSPropertyEnum](names + uintptr(i)*unsafe.Sizeof(lib.TJSPropertyEnum{})).Fatom
		if slices.Contains(hidden, name) {
			continue
		}
		const flags = lib.MJS_PROP_HAS_ENUMERABLE | lib.MJS_PROP_ENUMERABLE
		if lib.XJS_DefineProperty(vm.tls, vm.ctx, object, name, undefined, undefined, undefined, flags) < 0 {
			return exception
		}
	}
	return undefined
}

func (vm *VM) callHost(f HostFunc, argc int32, argv uintptr) lib.TJSValue {
	args := make([]any, argc)
	for i := range args {
		var err error
		if args[i], err = vm.toGo(*at[lib.TJSValue](argv + uintptr(i)*valueSize)); err != nil {
			return vm.throw(err)
		}
	}
	result, err := f(args)
	if vm.stopping() || vm.dead {
		return undefined
	}
	var v lib.TJSValue
	if err == nil {
		v, err = vm.toJS(result)
	}
	if err != nil {
		return vm.throw(err)
	}
	return v
}

// guard runs Go code that JavaScript called. A panic must not go up through
// the engine, which would be left in the middle of its work: JavaScript is
// ended instead, and the panic goes on where that was called. Nothing holds up
// runtime.Goexit or a panic of the engine itself.
func (vm *VM) guard(f func() lib.TJSValue) (result lib.TJSValue) {
	if vm.stopping() {
		return vm.throwStop()
	}
	returned := false
	defer func() {
		if returned || vm.dead {
			return
		}
		if p := recover(); p != nil { // else runtime.Goexit goes on
			vm.panicked = &hostPanic{p}
			vm.stop(nil)
			result = vm.throwStop()
		}
	}()
	result = f()
	if vm.dead {
		panic(errDead)
	}
	returned = true
	if vm.overdue() {
		vm.free(result)
		vm.drop()
		return vm.throwStop()
	}
	return result
}

// hostObject makes an object of functions and values.
func (vm *VM) hostObject(host map[string]any) (lib.TJSValue, error) {
	object, err := vm.checked(lib.XJS_NewObject(vm.tls, vm.ctx))
	if err != nil {
		return undefined, err
	}
	for _, name := range slices.Sorted(maps.Keys(host)) {
		var v lib.TJSValue
		switch given := host[name].(type) {
		case HostFunc:
			v, err = vm.checked(vm.newFunction(name, vm.hostFunction(given)))
		case Builtin:
			v, err = vm.checked(vm.newFunction(name, vm.showMembers))
		default:
			v, err = vm.toJS(given)
		}
		if err == nil && lib.XJS_DefinePropertyValue(vm.tls, vm.ctx, object, vm.atom(name), v, lib.MJS_PROP_C_W_E) < 0 {
			err = vm.thrown()
		}
		if err != nil {
			vm.free(object)
			return undefined, err
		}
	}
	return object, nil
}

// atom is the number by which the engine knows a property's name.
func (vm *VM) atom(name string) lib.TJSAtom {
	if a, ok := vm.atoms[name]; ok {
		return a
	}
	s := valid(name)
	p, err := vm.scratch.put(s)
	if err != nil {
		return lib.EJS_ATOM_empty_string
	}
	a := lib.XJS_NewAtomLen(vm.tls, vm.ctx, p, lib.Tsize_t(len(s)))
	if a == lib.MJS_ATOM_NULL { // out of memory
		vm.drop()
		return lib.EJS_ATOM_empty_string
	}
	vm.atoms[name] = a
	return a
}
