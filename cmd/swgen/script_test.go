package main

import (
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"swgen": main})
}

// The scripts are the command's specification.
func TestScripts(t *testing.T) {
	p := testscript.Params{Files: scripts, RequireExplicitExec: true, RequireUniqueNames: true}
	if scripts == nil {
		p.Dir = "testdata/script"
	}
	testscript.Run(t, p)
}
