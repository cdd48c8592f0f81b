package templates

import (
	"fmt"

	"github.com/swgen/swgen/internal/bundle"
	"github.com/swgen/swgen/strategies"
)

// Texts is the wording of the prompt.
type Texts struct {
	Message string `json:"message"`
	Accept  string `json:"accept"`
	Dismiss string `json:"dismiss"`
	Lang    string `json:"lang"`
}

// Registration says what a registration script does.
type Registration struct {
	// Worker and Scope are URLs relative to the script.
	Worker, Scope string
	Update        strategies.Update
	Texts         Texts
}

// Register makes the script by which pages register the worker.
func Register(r Registration, o Options) ([]byte, error) {
	entry := `import { register } from "./register";` + "\n"
	if r.Update == strategies.Prompt {
		entry += `import { prompt } from "./prompt";` + "\n" + "register(prompt(" + literal(r.Texts) + "));\n"
	} else {
		entry += "register();\n"
	}
	return page(entry, map[string]any{"WORKER": r.Worker, "SCOPE": r.Scope}, o)
}

// Unregister makes the script that takes the registration script's place in a
// killed site.
func Unregister(o Options) ([]byte, error) {
	return page(`import "./unregister"`, nil, o)
}

// page bundles a script of pages; its names stay its own.
func page(entry string, constants map[string]any, o Options) ([]byte, error) {
	script, err := bundle.Modules(Modules(), entry, bundle.Options{Constants: constants, Readable: o.Debug})
	if err != nil {
		return nil, fmt.Errorf("bundling the registration script: %w", err)
	}
	return []byte(Mark + `(()=>{"use strict";` + lineBreak(o) + string(script.Code) + "})();\n"), nil
}
