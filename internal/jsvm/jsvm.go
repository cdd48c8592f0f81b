// Package jsvm runs JavaScript in an engine that is part of the program. It
// knows no service workers and no web platform; it is the one door to the
// engine.
package jsvm

import (
	"encoding/json"
	"fmt"
	"time"

	"modernc.org/quickjs"
)

// VM is one JavaScript realm. It is not safe for use by several goroutines.
type VM struct {
	engine *quickjs.VM
}

// New makes a realm in which a single call may take as long as limit.
func New(limit time.Duration) (*VM, error) {
	engine, err := quickjs.NewVM()
	if err != nil {
		return nil, fmt.Errorf("starting the JavaScript engine: %w", err)
	}
	if err := engine.SetEvalTimeout(limit); err != nil {
		engine.Close()
		return nil, fmt.Errorf("limiting the JavaScript engine: %w", err)
	}
	return &VM{engine}, nil
}

// Close frees the realm.
func (vm *VM) Close() error { return vm.engine.Close() }

// Run runs a script.
func (vm *VM) Run(script string) error {
	_, err := vm.engine.Eval(script, quickjs.EvalGlobal)
	return err
}

// Call calls a global function with values that JSON can carry, and reads its
// result, which must be such a value too, into out.
func (vm *VM) Call(out any, function string, args ...any) error {
	list, err := json.Marshal(args)
	if err != nil {
		return fmt.Errorf("arguments of %s: %w", function, err)
	}
	// The arguments are JSON, which is JavaScript.
	result, err := vm.engine.Eval("JSON.stringify("+function+"(..."+string(list)+"))", quickjs.EvalGlobal)
	if err != nil {
		return fmt.Errorf("%s: %w", function, err)
	}
	text, ok := result.(string)
	if !ok {
		return fmt.Errorf("%s: the result has no JSON form", function)
	}
	return json.Unmarshal([]byte(text), out)
}
