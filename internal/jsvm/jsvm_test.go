package jsvm

import (
	"testing"
	"time"
)

func newVM(t *testing.T) *VM {
	t.Helper()
	vm, err := New(200 * time.Millisecond)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { vm.Close() })
	return vm
}

func TestCallCarriesValuesBothWays(t *testing.T) {
	vm := newVM(t)
	if err := vm.Run("function twice(s) { return [s + s, s.length] }"); err != nil {
		t.Fatal(err)
	}
	var out []any
	if err := vm.Call(&out, "twice", "ü\u2028\x00'"); err != nil {
		t.Fatal(err)
	}
	if out[0] != "ü\u2028\x00'ü\u2028\x00'" || out[1] != 4.0 {
		t.Errorf("got %q", out)
	}
}

func TestAnEndlessScriptEndsInAnError(t *testing.T) {
	if err := newVM(t).Run("for (;;) {}"); err == nil {
		t.Error("the script ended without an error")
	}
}

func TestAnExceptionIsAnError(t *testing.T) {
	if err := newVM(t).Run("throw new Error('no')"); err == nil {
		t.Error("no error")
	}
}
