package platform

import (
	"embed"
	"fmt"
	"sync"

	"github.com/swgen/swgen/internal/jsvm"
)

//go:generate go run ./generate

// preludes are the bundles made from src by go generate.
//
//go:embed prelude
var preludes embed.FS

// Each bundle is compiled once in a process.
var programs sync.Map // name → func() (jsvm.Program, error)

func program(name string) (jsvm.Program, error) {
	compile, ok := programs.Load(name)
	if !ok {
		compile, _ = programs.LoadOrStore(name, sync.OnceValues(func() (jsvm.Program, error) {
			source, err := preludes.ReadFile("prelude/" + name + ".js")
			if err != nil {
				return jsvm.Program{}, fmt.Errorf("no part of the web platform is named %q", name)
			}
			return jsvm.Compile("swtest:"+name, string(source))
		}))
	}
	return compile.(func() (jsvm.Program, error))()
}

func mainProgram() (jsvm.Program, error) { return program("main") }
