//go:build (linux && (amd64 || arm64 || loong64 || ppc64le || riscv64 || s390x)) || ((darwin || freebsd || windows) && (amd64 || arm64))

package jsvm

import (
	"maps"
	"slices"

	"modernc.org/libc"
	lib "modernc.org/libquickjs"
)

// hostPanic is what a HostFunc panicked with.
type hostPanic struct{ value any }

// newFunction makes a function of JavaScript that calls f.
func (vm *VM) newFunction(name string, f HostFunc) lib.TJSValue {
	file, err := vm.cstring(valid(name))
	if err != nil {
		return vm.throw(err)
	}
	defer vm.freeC(file)
	call := func(_ *libc.TLS, _ uintptr, _ lib.TJSValue, argc int32, argv uintptr) lib.TJSValue {
		return vm.guard(func() lib.TJSValue { return vm.callHost(f, argc, argv) })
	}
	return lib.XJS_NewCFunction2(vm.tls, vm.ctx, keep(vm, call), file, 0, lib.EJS_CFUNC_generic, 0)
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
		if f, ok := host[name].(HostFunc); ok {
			v, err = vm.checked(vm.newFunction(name, f))
		} else {
			v, err = vm.toJS(host[name])
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
