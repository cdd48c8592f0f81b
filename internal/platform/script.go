package platform

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/swgen/swgen/internal/jsvm"
	"github.com/swgen/swgen/internal/weburl"
)

// runModule loads, links and evaluates a module. Service workers may not wait
// at the top level of one.
func (r *Realm) runModule(url, source string) error {
	importers := make(map[string]string)
	l := jsvm.Loader{
		Resolve: func(specifier, referrer string) (string, error) {
			url, err := resolve(specifier, referrer)
			if importers[url] == "" {
				importers[url] = referrer
			}
			return url, err
		},
		Load: func(url string) (string, error) {
			return wait(r, func() (string, error) { return r.Outside.Module(url, importers[url]) })
		},
		Dynamic: r.Kind != ServiceWorker,
	}
	m, err := r.vm.EvalModule(url, source, l)
	if err != nil {
		return err
	}
	if ended, err := m.Result(); err != nil {
		return err
	} else if !ended && r.Kind == ServiceWorker {
		return &Exception{Name: "TypeError", Message: "Top-level await is disallowed in service workers."}
	}
	if _, err := r.vm.Drain(); err != nil {
		return err
	}
	_, err = m.Result()
	return err
}

// resolve is HTML's "resolve a module specifier" without import maps.
func resolve(specifier, referrer string) (string, error) {
	if u, err := weburl.Parse(specifier, ""); err == nil {
		return u.Href, nil
	}
	if !strings.HasPrefix(specifier, "/") && !strings.HasPrefix(specifier, "./") && !strings.HasPrefix(specifier, "../") {
		return "", &jsvm.Exception{Name: "TypeError", Message: fmt.Sprintf(
			"Failed to resolve module specifier %q. Relative references must start with either \"/\", \"./\", or \"../\".", specifier)}
	}
	u, err := weburl.Parse(specifier, referrer)
	return u.Href, err
}

// Eval evaluates an expression, waits for it when it is a promise, and hands
// the value to done, with an *Exception when it throws.
func (r *Realm) Eval(expression string, done func(value any, err error)) error {
	r.evaluating = done
	return r.enter(func() error {
		_, err := r.hooks.Call("evaluate", expression)
		return err
	})
}

// DispatchInto is Dispatch with a result that is an object.
func (r *Realm) DispatchInto(into any, kind string, args ...any) error {
	value, err := r.Dispatch(kind, args...)
	if err != nil {
		return err
	}
	text, _ := value.(jsvm.JSON)
	if err := json.Unmarshal(text, into); err != nil {
		return fmt.Errorf("%s answered with %s: %w", kind, text, err)
	}
	return nil
}
