package swtest

import (
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
	c.controller = d.owner.controller
	q := &fetch.Request{
		Method: "GET", URL: d.options.ScriptURL, Mode: "same-origin", Credentials: "same-origin", Cache: "default", Redirect: "follow",
		Referrer: "client", Destination: "worker", Origin: c.origin.name, ClientURL: d.owner.url, ClientID: d.owner.id,
	}
	if r := c.origin.match(d.options.ScriptURL); r != nil && r.active != nil && !r.unregistered {
		c.controller = r.active
		q.ClientID, q.ResultingClientID = c.id, c.id
	}
	p := b.fetcher.Fetch(co, q)
	contentType, _ := p.Headers.Get("content-type")
	if p.IsError() || p.Status < 200 || p.Status > 299 || !javaScriptType(contentType) {
		d.failed("", "")
		return
	}
	if u := p.URL(); u != "" {
		c.url = u
	}
	source, err := readAll(co, p)
	if err != nil || c.gone {
		d.failed("", "")
		return
	}
	d.run(source)
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
		_, err = realm.Run(c.url, source)
	}
	if err != nil {
		d.failed(err.Error(), c.url)
	}
	d.running = true
	for _, message := range d.queue {
		d.receive(message)
	}
	d.queue = nil
}

// failed fires error at the owner's Worker object.
func (d *dedicated) failed(message, file string) {
	if r := d.owner.realm; r != nil {
		_, _ = r.Dispatch("dedicatedError", d.number, map[string]any{"message": message, "filename": file, "lineno": 0, "colno": 0})
	}
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
			_, _ = c.realm.Dispatch("scopeMessage", message)
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
			_, _ = owner.realm.Dispatch("dedicatedMessage", number, message)
		}
	})
	return nil, nil
}

func toldScopeClose(a *agent, _ params) (any, error) {
	c := a.client
	a.browser.loop.Post(c.end)
	return nil, nil
}
