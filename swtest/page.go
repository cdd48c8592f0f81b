package swtest

import (
	"encoding/json"
	"errors"
	"fmt"

	"github.com/swgen/swgen/internal/eventloop"
	"github.com/swgen/swgen/internal/jsvm"
	"github.com/swgen/swgen/internal/platform"
	"github.com/swgen/swgen/internal/weburl"
)

// RegisterOptions are the options of ServiceWorkerContainer.register.
type RegisterOptions struct {
	// Scope is a URL, relative to the page; empty: the directory of the script.
	Scope string
	// Module is the type "module", else it is "classic".
	Module bool
	// UpdateViaCache says what update checks may take from the HTTP cache:
	// imports, all or none; empty is imports.
	UpdateViaCache string
}

// Register registers a worker from the page and waits for what register()
// promises: that the installation has begun. Browser.Settle waits for the
// rest. The error is what register() rejects with, in Chromium's words:
// "SecurityError: Failed to register a ServiceWorker for scope …". That an
// installation fails is no error here: Registration.Active is nil then.
func (t *Tab) Register(script string, options ...RegisterOptions) (*Registration, error) {
	if t.client == nil {
		return nil, errors.New("the tab shows no page that could register a worker")
	}
	var given RegisterOptions
	if len(options) > 0 {
		given = options[0]
	}
	u, err := weburl.Parse(script, t.client.url)
	if err != nil {
		return nil, err
	}
	o := registerOptions{ScriptURL: u.Set("hash", "").Href, UpdateViaCache: given.UpdateViaCache, Type: "classic"}
	if given.Module {
		o.Type = "module"
	}
	if given.Scope != "" {
		o.Scope = &given.Scope
	}
	r, err := await(t.browser, t.client.register(o))
	if err != nil {
		return nil, err
	}
	if r.err != nil {
		return nil, r.err
	}
	return &Registration{t.browser, r.reg}, nil
}

// Controller is the worker that controls the page, nil when none does.
func (t *Tab) Controller() *Worker {
	if t.client == nil || t.client.controller == nil {
		return nil
	}
	return &Worker{t.client.controller}
}

func (t *Tab) realm() (*platform.Realm, error) {
	if t.client == nil {
		return nil, errors.New("the tab shows no page that could run a script")
	}
	return t.client.script()
}

// Run runs a script in the page, which has no document, as a script element
// would; url is its name in errors. The error is what it throws, or why it was
// stopped.
func (t *Tab) Run(url, source string) error {
	realm, err := t.realm()
	if err != nil {
		return err
	}
	defer t.client.listen()
	return realm.Exec(url, source)
}

// Eval evaluates an expression in the page, waits for it when it is a promise,
// and returns the value as JSON. The error is what it throws, or an ErrStuck, or
// says that the page is gone.
func (t *Tab) Eval(expression string) (json.RawMessage, error) {
	realm, err := t.realm()
	if err != nil {
		return nil, err
	}
	c := t.client
	c.listen()
	f := eventloop.NewFuture[any](t.browser.loop)
	if err := realm.Eval(expression, func(value any, err error) {
		if err != nil {
			value = err
		}
		f.Resolve(value)
	}); err != nil {
		return nil, err
	}
	err = t.browser.run(func() bool { return f.Done() || !realm.Alive() })
	switch {
	case err != nil:
		return nil, err
	case !f.Done() && c.failure != nil:
		return nil, c.failure
	case !f.Done():
		return nil, fmt.Errorf("%s is gone before the expression had a value", c)
	}
	switch v := f.Value().(type) {
	case error:
		return nil, v
	case jsvm.JSON:
		return json.RawMessage(v), nil
	default:
		return json.Marshal(v)
	}
}

// Messages are the messages that workers have sent to the page so far, as
// JSON. A page takes them once it has run a script: this is one.
func (t *Tab) Messages() ([]json.RawMessage, error) {
	if _, err := t.Eval("0"); err != nil {
		return nil, err
	}
	t.browser.Advance(0)
	value, err := t.Eval(`globalThis[Symbol.for("swtest.messages")]`)
	if err != nil {
		return nil, err
	}
	var list []json.RawMessage
	return list, json.Unmarshal(value, &list)
}

// Console is what the page wrote to its console and threw without catching it,
// and so its dedicated workers.
func (t *Tab) Console() []Event {
	var lines []Event
	for _, e := range t.browser.Console() {
		if e.tab == t {
			lines = append(lines, e)
		}
	}
	return lines
}

// Post sends a message, any value that JSON can carry, from the page to a
// worker of its origin. Browser.Settle waits for what the worker does with it.
// A redundant worker is an error.
func (t *Tab) Post(w *Worker, message any) error {
	text, err := json.Marshal(message)
	if err != nil {
		return err
	}
	slot := "active"
	switch r := w.w.reg; w.w {
	case r.installing:
		slot = "installing"
	case r.waiting:
		slot = "waiting"
	case r.active:
	default:
		return fmt.Errorf("%s is redundant and takes no messages", w.w)
	}
	_, err = t.Eval(fmt.Sprintf("navigator.serviceWorker.getRegistrations().then(all => all.find(r => r.scope === %s).%s.postMessage(%s))",
		quote(w.w.reg.scope), slot, text))
	return err
}

func quote(s string) string {
	text, _ := json.Marshal(s)
	return string(text)
}
