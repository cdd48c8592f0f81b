//go:build (linux && (amd64 || arm64 || loong64 || ppc64le || riscv64 || s390x)) || ((darwin || freebsd || windows) && (amd64 || arm64))

package jsvm

import (
	"errors"

	lib "modernc.org/libquickjs"
)

// Object is an object of JavaScript, which lives as long as its VM.
type Object struct {
	vm    *VM
	value lib.TJSValue
}

// Global is the global object.
func (vm *VM) Global() *Object {
	if vm.closed || vm.dead {
		return &Object{vm, undefined}
	}
	// The realm keeps its global object.
	return &Object{vm, at[lib.TJSContext](vm.ctx).Fglobal_obj}
}

// Call calls a method. The error is an *Exception when JavaScript threw.
func (o *Object) Call(method string, args ...any) (any, error) {
	return call(o.vm, func() (any, error) { return o.vm.invoke(o.value, method, args) })
}

func (vm *VM) invoke(this lib.TJSValue, method string, args []any) (any, error) {
	size := (len(args) + 1) * int(valueSize)
	argv := vm.tls.Alloc(size)
	defer vm.tls.Free(size)
	given, err := vm.arguments(argv, args)
	result := undefined
	if err == nil {
		result = lib.XJS_Invoke(vm.tls, vm.ctx, this, vm.atom(method), int32(given), argv)
	}
	for i := range given {
		vm.free(*at[lib.TJSValue](argv + uintptr(i)*valueSize))
	}
	if err != nil {
		return nil, err
	}
	return vm.take(result)
}

// arguments puts values at argv and says how many there are.
func (vm *VM) arguments(argv uintptr, args []any) (int, error) {
	for i, arg := range args {
		v, err := vm.toJS(arg)
		if err != nil {
			return i, err
		}
		*at[lib.TJSValue](argv + uintptr(i)*valueSize) = v
	}
	return len(args), nil
}

// Compile makes a program of a classic script.
func Compile(name, source string) (Program, error) {
	vm, err := New(Limits{})
	if err != nil {
		return Program{}, err
	}
	defer vm.Close()
	lib.XJS_SetStripInfo(vm.tls, vm.rt, lib.MJS_STRIP_SOURCE)
	return call(vm, func() (Program, error) {
		script, err := vm.checked(vm.eval(name, source, lib.MJS_EVAL_TYPE_GLOBAL|lib.MJS_EVAL_FLAG_COMPILE_ONLY))
		if err != nil {
			return Program{}, err
		}
		p := lib.XJS_WriteObject(vm.tls, vm.ctx, vm.out, script, lib.MJS_WRITE_OBJ_BYTECODE)
		if p == 0 {
			return Program{}, vm.thrown()
		}
		return Program{clone(p, *at[uint64](vm.out))}, nil
	})
}

// Run runs a program and returns its completion value.
func (vm *VM) Run(p Program) (any, error) {
	return call(vm, func() (any, error) { return vm.take(vm.program(p)) })
}

// RunInto runs a program and leaves its completion value in a global variable.
func (vm *VM) RunInto(p Program, global string) error {
	_, err := call(vm, func() (lib.TJSValue, error) {
		v, err := vm.settle(vm.program(p))
		if err == nil && lib.XSetProperty(vm.tls, vm.ctx, at[lib.TJSContext](vm.ctx).Fglobal_obj, vm.atom(global), v) < 0 {
			err = vm.thrown()
		}
		return undefined, err
	})
	return err
}

// RunWith calls the function that a program evaluates to with an object made
// of host, whose values are HostFunc or what VM carries, and returns the
// object that it returns.
func (vm *VM) RunWith(p Program, host map[string]any) (*Object, error) {
	return call(vm, func() (*Object, error) { return vm.runWith(p, host) })
}

func (vm *VM) runWith(p Program, host map[string]any) (*Object, error) {
	f, err := vm.settle(vm.program(p))
	if err != nil {
		return nil, err
	}
	object, err := vm.hostObject(host)
	if err != nil {
		vm.free(f)
		return nil, err
	}
	argv := vm.tls.Alloc(int(valueSize))
	*at[lib.TJSValue](argv) = object
	v := lib.XJS_Call(vm.tls, vm.ctx, f, undefined, 1, argv)
	vm.tls.Free(int(valueSize))
	vm.free(object)
	vm.free(f)
	if v, err = vm.settle(v); err != nil {
		return nil, err
	}
	if tag(v) != lib.EJS_TAG_OBJECT {
		vm.free(v)
		return nil, errors.New("the program's function returned no object")
	}
	return &Object{vm, v}, nil
}

// program runs a program.
func (vm *VM) program(p Program) lib.TJSValue {
	if len(p.code) == 0 {
		return vm.throw(errors.New("the program is empty"))
	}
	code, err := vm.heap.UintptrMalloc(len(p.code))
	if err != nil {
		return vm.throw(err)
	}
	defer vm.freeC(code)
	copy(bytesAt(code, len(p.code)), p.code)
	f := lib.XJS_ReadObject(vm.tls, vm.ctx, code, lib.Tsize_t(len(p.code)), lib.MJS_READ_OBJ_BYTECODE)
	if isException(f) {
		return f
	}
	return lib.XJS_EvalFunction(vm.tls, vm.ctx, f)
}
