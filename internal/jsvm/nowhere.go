//go:build !((linux && (amd64 || arm64 || loong64 || ppc64le || riscv64 || s390x)) || ((darwin || freebsd || windows) && (amd64 || arm64)))

package jsvm

import (
	"fmt"
	"runtime"
	"time"
)

// VM cannot be made: the engine has not been translated for this system.
type VM struct{}

var errNowhere = fmt.Errorf("no JavaScript engine for %s on %s", runtime.GOOS, runtime.GOARCH)

// New returns an error.
func New(Limits) (*VM, error) { return nil, errNowhere }

// Compile returns an error.
func Compile(string, string) (Program, error) { return Program{}, errNowhere }

// There is no VM to call any of what follows.

func (vm *VM) Close()     {}
func (vm *VM) Interrupt() {}

func (vm *VM) SetTurn(turn time.Duration) {}

func (vm *VM) Eval(name, source string) (any, error) { return nil, errNowhere }
func (vm *VM) Exec(name, source string) error        { return errNowhere }

func (vm *VM) Run(p Program) (any, error) { return nil, errNowhere }

func (vm *VM) RunInto(p Program, global string) error { return errNowhere }

func (vm *VM) RunWith(p Program, host map[string]any) (*Object, error) { return nil, errNowhere }

func (vm *VM) SetLoader(l Loader) {}

func (vm *VM) EvalModule(url, source string, l Loader) (*Module, error) { return nil, errNowhere }

func (vm *VM) Drain() (jobs int, err error) { return 0, errNowhere }

func (vm *VM) DrainOne() (bool, error) { return false, errNowhere }

func (vm *VM) OnRejection(report func(promise uint64, handled bool, reason *Exception)) {}

func (vm *VM) TrackRejections(o *Object, method string) {}

func (vm *VM) Global() *Object { return nil }

// Object is an object of a VM.
type Object struct{}

func (o *Object) Call(method string, args ...any) (any, error) { return nil, errNowhere }

// Module is a module of a VM.
type Module struct{}

func (m *Module) Result() (settled bool, err error) { return false, errNowhere }
