//go:build (linux && (amd64 || arm64 || loong64 || ppc64le || riscv64 || s390x)) || ((darwin || freebsd || windows) && (amd64 || arm64))

package jsvm

import (
	"errors"
	"fmt"
	"strings"

	"modernc.org/libc"
	lib "modernc.org/libquickjs"
)

// module is what became of one URL. The engine leaves a module whose imports
// failed, and those that import each other with it, half linked in its list:
// they must not be found there again.
type module struct {
	imports    []string
	err        error
	definition uintptr // JSModuleDef
}

// evaluation is that of a module, from a frame of the engine's stack.
type evaluation struct{ definition, frame uintptr }

// Module is a module that is being evaluated or was.
type Module struct {
	vm      *VM
	promise lib.TJSValue
	settled bool
	err     error
}

// SetLoader sets what import() of a classic script is loaded by.
func (vm *VM) SetLoader(l Loader) { vm.loader = l }

// EvalModule loads what a module imports, links it and begins to evaluate it;
// it ends before that when the module waits for a promise. The error tells
// that a module could not be loaded, parsed or linked: nothing was evaluated
// then. url is import.meta.url, and an import of it later is this module. The
// loader stays in use for import().
func (vm *VM) EvalModule(url, source string, l Loader) (*Module, error) {
	return call(vm, func() (*Module, error) {
		vm.loader = l
		return vm.evalModule(url, source)
	})
}

func (vm *VM) evalModule(url, source string) (*Module, error) {
	v, err := vm.settle(vm.compileModule(url, source))
	if err != nil {
		return nil, err
	}
	outer := vm.module
	vm.module = evaluation{address(v), vm.frame()}
	promise, err := vm.settle(lib.XJS_EvalFunction(vm.tls, vm.ctx, v))
	vm.module = outer
	if err != nil {
		return nil, err
	}
	// What becomes of it is told by Result: it is no unhandled rejection.
	at[lib.TJSPromiseData](lib.XJS_GetOpaque(vm.tls, promise, lib.EJS_CLASS_PROMISE)).Fis_handled = 1
	return &Module{vm: vm, promise: promise}, nil
}

// inModule says that what happens is done by the engine itself while it
// evaluates a module: the promises that it then rejects are its own. The
// module has one of them from the beginning of its evaluation.
func (vm *VM) inModule() bool {
	m := vm.module
	return m.definition != 0 && m.frame == vm.frame() && tag(at[lib.TJSModuleDef](m.definition).Fpromise) == lib.EJS_TAG_OBJECT
}

// Result says whether the module's evaluation has ended, and how: with an
// *Exception when it threw.
func (m *Module) Result() (settled bool, err error) {
	if m.settled {
		return true, m.err
	}
	_, err = call(m.vm, func() (any, error) { return nil, m.settle() })
	if err != nil {
		return false, err
	}
	return m.settled, m.err
}

func (m *Module) settle() error {
	vm := m.vm
	state := lib.XJS_PromiseState(vm.tls, vm.ctx, m.promise)
	if state == lib.EJS_PROMISE_PENDING {
		return nil
	}
	if state == lib.EJS_PROMISE_REJECTED {
		reason := lib.XJS_PromiseResult(vm.tls, vm.ctx, m.promise)
		m.err = vm.exception(reason)
		vm.free(reason)
	}
	vm.free(m.promise)
	m.settled = true
	return nil
}

// compileModule compiles a module with all that it imports.
func (vm *VM) compileModule(url, source string) lib.TJSValue {
	m := &module{}
	vm.modules[url] = m
	vm.linking++
	v := vm.eval(url, source, lib.MJS_EVAL_TYPE_MODULE|lib.MJS_EVAL_FLAG_COMPILE_ONLY)
	vm.linking--
	if isException(v) {
		return vm.fail(m)
	}
	m.definition = address(v)
	if err := vm.setMeta(url, m.definition); err != nil {
		vm.free(v)
		vm.throw(err)
		return vm.fail(m)
	}
	return v
}

// fail marks a module by the pending exception.
func (vm *VM) fail(m *module) lib.TJSValue {
	if vm.stopping() {
		m.err = vm.stopReason()
	} else {
		m.err = vm.thrown()
		vm.throw(m.err)
	}
	if vm.linking == 0 {
		vm.failImporters()
	}
	return exception
}

// failImporters marks the modules that import, over any number of others, one
// that failed.
func (vm *VM) failImporters() {
	for again := true; again; {
		again = false
		for _, m := range vm.modules {
			for _, url := range m.imports {
				if imported := vm.modules[url]; m.err == nil && imported != nil && imported.err != nil {
					m.err, again = imported.err, true
				}
			}
		}
	}
}

// setMeta makes import.meta.
func (vm *VM) setMeta(url string, m uintptr) error {
	meta, err := vm.checked(lib.XJS_GetImportMeta(vm.tls, vm.ctx, m))
	if err != nil {
		return err
	}
	resolve := vm.newFunction("resolve", vm.hostFunction(func(args []any) (any, error) {
		if len(args) > 0 {
			if specifier, ok := args[0].(string); ok {
				return vm.resolveURL(specifier, url)
			}
		}
		return nil, &Exception{Name: "TypeError", Message: "import.meta.resolve needs a string"}
	}))
	v, err := vm.checked(resolve)
	if err == nil && lib.XJS_DefinePropertyValue(vm.tls, vm.ctx, meta, vm.atom("resolve"), v, lib.MJS_PROP_C_W_E) < 0 {
		err = vm.thrown()
	}
	if err == nil {
		v, err = vm.toJS(url)
	}
	if err == nil && lib.XJS_DefinePropertyValue(vm.tls, vm.ctx, meta, vm.atom("url"), v, lib.MJS_PROP_C_W_E) < 0 {
		err = vm.thrown()
	}
	vm.free(meta)
	return err
}

func (vm *VM) resolveURL(specifier, referrer string) (string, error) {
	if vm.loader.Resolve == nil {
		return "", &Exception{Name: "TypeError", Message: fmt.Sprintf("no module %q can be found from here", specifier)}
	}
	return vm.loader.Resolve(specifier, referrer)
}

// resolve is the engine's question for the name of an imported module.
func (vm *VM) resolve(_ *libc.TLS, _, referrer, specifier, _ uintptr) (name uintptr) {
	from, what := vm.stringAt(referrer), vm.stringAt(specifier)
	v := vm.guard(func() lib.TJSValue {
		url, err := vm.resolveImport(what, from)
		if err != nil {
			return vm.throw(err)
		}
		if name = lib.Xjs_malloc(vm.tls, vm.ctx, lib.Tsize_t(len(url)+1)); name == 0 {
			return exception
		}
		to := bytesAt(name, len(url)+1)
		copy(to, url)
		to[len(url)] = 0
		return undefined
	})
	if isException(v) && name != 0 {
		lib.Xjs_free(vm.tls, vm.ctx, name)
		name = 0
	}
	return name
}

func (vm *VM) resolveImport(specifier, referrer string) (string, error) {
	if vm.linking == 0 && !vm.loader.Dynamic {
		return "", &Exception{Name: "TypeError", Message: "import() is not allowed here"}
	}
	url, err := vm.resolveURL(specifier, referrer)
	if err != nil {
		return "", err
	}
	if url = valid(url); strings.ContainsRune(url, 0) {
		return "", &Exception{Name: "TypeError", Message: fmt.Sprintf("%q is no URL", url)}
	}
	m := vm.modules[url]
	if importer := vm.modules[referrer]; importer != nil && vm.linking > 0 {
		importer.imports = append(importer.imports, url)
	}
	if m != nil && m.err != nil {
		return "", m.err
	}
	if m != nil && vm.linking == 0 {
		vm.module.definition = m.definition
	}
	return url, nil
}

// load is the engine's question for a module it has not seen.
func (vm *VM) load(_ *libc.TLS, _, name, _ uintptr, _ lib.TJSValue) (m uintptr) {
	url := vm.stringAt(name)
	v := vm.guard(func() lib.TJSValue {
		if vm.tls.StackSlots() >= vm.limits.Stack*9/10 {
			return vm.throw(&Exception{Name: "RangeError", Message: stackMessage})
		}
		source, err := vm.loadURL(url)
		if err != nil {
			vm.throw(err)
			missing := &module{}
			vm.modules[url] = missing
			return vm.fail(missing)
		}
		return vm.compileModule(url, source)
	})
	if isException(v) {
		return 0
	}
	if vm.linking == 0 {
		vm.module.definition = address(v)
	}
	// The engine's list of modules keeps it.
	vm.free(v)
	return address(v)
}

func (vm *VM) loadURL(url string) (string, error) {
	if vm.loader.Load == nil {
		return "", errors.New("no module can be loaded from here")
	}
	return vm.loader.Load(url)
}

// attributes is the engine's question whether it may import with attributes.
func (vm *VM) attributes(_ *libc.TLS, _, _ uintptr, given lib.TJSValue) int32 {
	v := vm.guard(func() lib.TJSValue {
		list, err := vm.json(given)
		if err != nil {
			return vm.throw(err)
		}
		if text, ok := list.(JSON); ok && string(text) != "{}" {
			return vm.throw(&Exception{Name: "TypeError", Message: fmt.Sprintf("import attributes %s are not supported", text)})
		}
		return undefined
	})
	if isException(v) {
		return -1
	}
	return 0
}
