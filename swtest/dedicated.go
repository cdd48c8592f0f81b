package swtest

import (
	"fmt"
	"strings"

	"github.com/swgen/swgen/internal/eventloop"
	"github.com/swgen/swgen/internal/fetch"
	"github.com/swgen/swgen/internal/jsvm"
	"github.com/swgen/swgen/internal/platform"
)

// dedicated is a dedicated worker: a client of its own, controlled as its
// script's URL says (HTML, Run a worker).
type dedicated struct {
	number  int
	owner   *client
	client  *client
	options dedicatedOptions
	queue   []jsvm.JSON
	running bool
}

type dedicatedOptions struct {
	ScriptURL   string `json:"scriptURL"`
	Type        string `json:"type"`
	Name        string `json:"name"`
	Credentials string `json:"credentials"`
}

func toldDedicatedNew(a *agent, p params) (any, error) {
	var o dedicatedOptions
	if err := p.into(0, &o); err != nil {
		return nil, err
	}
	b := a.browser
	c := b.newClient(o.ScriptURL, "worker", "none")
	c.origin = a.origin
	d := &dedicated{number: b.id(), owner: a.client, client: c, options: o}
	c.dedicated, c.owner = d, a.client
	a.client.children = append(a.client.children, c)
	b.begin(d.load)
	return d.number, nil
}

// load fetches the script, through the worker that will control it, and runs
// it.
func (d *dedicated) load(co *eventloop.Co) {
	c := d.client
	b := c.browser
	q := &fetch.Request{
		Method: "GET", URL: d.options.ScriptURL, Mode: "same-origin", Credentials: "same-origin", Cache: "default", Redirect: "follow",
		Referrer: "client", Destination: "worker", Origin: c.origin.name, ClientURL: d.owner.url, ClientID: d.owner.id,
	}
	local := strings.HasPrefix(c.url, "blob:") || strings.HasPrefix(c.url, "data:")
	if local {
		c.controller = d.owner.controller
	} else {
		q.ResultingClientID = c.id
		if r := c.origin.match(c.url); r != nil {
			c.controller = r.active
		}
	}
	p := b.fetcher.Fetch(co, q)
	if p.IsError() {
		d.refused(p.Reason)
		return
	}
	contentType, _ := p.Headers.Get("content-type")
	source, err := readAll(co, p)
	switch {
	case c.gone:
		return
	case p.Status < 200 || p.Status > 299:
		d.refused(fmt.Sprintf("status %d", p.Status))
		return
	case !javaScriptType(contentType) && !(local && d.options.Type == "classic"):
		d.refused(fmt.Sprintf("the MIME type %q is not JavaScript's", essence(contentType)))
		return
	case err != nil:
		d.refused(err.Error())
		return
	}
	if u := p.URL(); u != "" {
		c.url = u
	}
	d.run(source)
}

// refused ends a worker whose script did not load.
func (d *dedicated) refused(why string) {
	d.note("refused", "its script did not load: %s", why)
	d.failed("", "")
	d.client.end()
}

func (d *dedicated) run(source string) {
	c, b := d.client, d.client.browser
	a := &agent{browser: b, origin: c.origin, client: c}
	realm, err := platform.New(platform.Options{
		Kind: platform.Worker, URL: c.url, Module: d.options.Type == "module", Secure: true, Loop: b.loop, Outside: a,
		Exchange: b.exchange, Turn: b.options.Turn, Memory: b.options.Memory,
	})
	if err != nil {
		d.failed(err.Error(), c.url)
		return
	}
	a.realm, c.realm = realm, realm
	c.execute()
	if d.options.Type == "module" {
		err = realm.RunModule(c.url, source)
	} else {
		err = realm.Exec(c.url, source)
	}
	if err != nil {
		d.note("exception", "the script threw: %v", err)
		d.failed("Uncaught "+err.Error(), c.url)
	}
	d.running = true
	for _, message := range d.queue {
		d.receive(message)
	}
	d.queue = nil
}

func (d *dedicated) note(kind, format string, args ...any) {
	(&agent{browser: d.client.browser, client: d.client}).note(kind, format, args...)
}

// failed fires error at the owner's Worker object.
func (d *dedicated) failed(message, file string) {
	dispatch(d.owner.realm, "dedicatedError", d.number, map[string]any{"message": message, "filename": file, "lineno": 0, "colno": 0})
}

// receive delivers a message to the worker's global scope.
func (d *dedicated) receive(message jsvm.JSON) {
	if !d.running {
		d.queue = append(d.queue, message)
		return
	}
	c := d.client
	c.browser.loop.Post(func() {
		if c.realm != nil {
			c.realm.TakePorts(message)
			dispatch(c.realm, "scopeMessage", message)
		}
	})
}

func (a *agent) child(number int) *dedicated {
	for _, c := range a.client.children {
		if c.dedicated != nil && c.dedicated.number == number {
			return c.dedicated
		}
	}
	return nil
}

func toldDedicatedPost(a *agent, p params) (any, error) {
	if d := a.child(p.num(0)); d != nil {
		d.receive(p.json(1))
	}
	return nil, nil
}

func toldDedicatedTerminate(a *agent, p params) (any, error) {
	if d := a.child(p.num(0)); d != nil {
		d.client.end()
	}
	return nil, nil
}

func toldScopePost(a *agent, p params) (any, error) {
	owner, number, message := a.client.owner, a.client.dedicated.number, p.json(0)
	a.browser.loop.Post(func() {
		if owner.realm != nil {
			owner.realm.TakePorts(message)
			dispatch(owner.realm, "dedicatedMessage", number, message)
		}
	})
	return nil, nil
}

func toldScopeClose(a *agent, _ params) (any, error) {
	c := a.client
	a.browser.loop.Post(c.end)
	return nil, nil
}
